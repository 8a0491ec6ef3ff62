//! Rule files, and all that they hold.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use config::Report;

use crate::spec::{GroupSpec, Language};
use crate::{defaults, file, glob, validate};

/// Groups of rules, in the order of their files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSet {
    /// The groups.
    pub groups: Vec<GroupSpec>,
}

/// Why rules were not loaded: everything that is wrong with them, one text each, with file and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The texts; at least one.
    pub errors: Vec<String>,
}

impl RuleSet {
    /// Reads one file's text. `file` is the name that errors and views show; what became of each key goes to the report.
    ///
    /// # Errors
    /// Everything that Prometheus would refuse, in its words.
    pub fn parse(file: &str, text: &str, language: Language, report: &Report) -> Result<RuleSet, LoadError> {
        let one = |error: config::Error| LoadError { errors: vec![error.to_string()] };
        let root = config::parse(file, text).map_err(one)?;
        let raw = file::read(&root, report).map_err(one)?;
        let groups = validate::groups(file, language, raw).map_err(|errors| LoadError { errors })?;
        Ok(RuleSet { groups })
    }

    /// Reads files, all or none.
    ///
    /// # Errors
    /// What is wrong with any of them, files that cannot be read among it.
    pub fn load(paths: &[PathBuf], language: Language, report: &Report) -> Result<RuleSet, LoadError> {
        let mut set = RuleSet::default();
        let mut errors = Vec::new();
        for path in paths {
            let name = path.display().to_string();
            match fs::read_to_string(path) {
                Err(error) => errors.push(format!("{name}: {error}")),
                Ok(text) => match RuleSet::parse(&name, &text, language, report) {
                    Ok(file) => set.extend(file),
                    Err(wrong) => errors.extend(wrong.errors),
                },
            }
        }
        if errors.is_empty() { Ok(set) } else { Err(LoadError { errors }) }
    }

    /// Reads the files that patterns name, as `rule_files` has them; a pattern that is not absolute is relative to the folder. Files are
    /// read once, in the order of their names. What is to be said though it is no error (a pattern that matches nothing) comes along.
    ///
    /// # Errors
    /// As for [`load`](RuleSet::load), and when a pattern is none.
    pub fn load_patterns(
        folder: &Path,
        patterns: &[String],
        language: Language,
        report: &Report,
    ) -> Result<(RuleSet, Vec<String>), LoadError> {
        let mut paths = Vec::new();
        let mut warnings = Vec::new();
        let mut errors = Vec::new();
        for pattern in patterns {
            let pattern = folder.join(pattern);
            match glob::matching(&pattern) {
                Ok(found) if found.is_empty() => {
                    warnings.push(format!("no rule file matches {}", pattern.display()));
                }
                Ok(found) => paths.extend(found),
                Err(error) => errors.push(format!("{}: {error}", pattern.display())),
            }
        }
        if !errors.is_empty() {
            return Err(LoadError { errors });
        }
        paths.sort();
        paths.dedup();
        RuleSet::load(&paths, language, report).map(|set| (set, warnings))
    }

    /// The rules that are shipped: about hosts, containers, lines of logs and the program itself.
    ///
    /// # Errors
    /// Never, unless the program was built from broken rules.
    pub fn shipped() -> Result<RuleSet, LoadError> {
        let mut set = RuleSet::default();
        for (name, text, language) in defaults::FILES {
            set.extend(RuleSet::parse(name, text, *language, &Report::new())?);
        }
        Ok(set)
    }

    /// Adds the groups of another set.
    pub fn extend(&mut self, other: RuleSet) {
        self.groups.extend(other.groups);
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.errors.join("\n"))
    }
}

impl std::error::Error for LoadError {}
