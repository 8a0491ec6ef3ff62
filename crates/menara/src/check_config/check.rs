//! Checks of single files, as `serve` would read them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use config::Report;
use rules::{Language, PrometheusConfig, RuleSet};
use shipper::Settings;

use super::kind::Kind;
use crate::configuration::{self, n_rules};
use crate::serve::host_name;

const UNKNOWN: &str = "cannot tell what this file is: it has keys neither of an alertmanager.yml, a prometheus.yml, a promtail.yaml nor of a \
                       file of rules, and no such name";

/// Stands for the address in links, which no check depends on.
const SOMEWHERE: &str = "http://127.0.0.1";

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) found: Vec<String>,
    /// What it says in vain.
    pub(super) warnings: Vec<String>,
    /// What is wrong with it.
    pub(super) errors: Vec<String>,
}

impl Checked {
    pub(super) fn new(path: PathBuf) -> Checked {
        Checked { path, ..Checked::default() }
    }
}

/// Files that were checked, each once.
#[derive(Debug, Default)]
pub(super) struct Checks {
    pub(super) done: Vec<Checked>,
    seen: BTreeSet<PathBuf>,
}

impl Checks {
    /// Checks a file, and those that it names.
    pub(super) fn file(&mut self, path: &Path, kind: Option<Kind>) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        let mut checked = Checked::new(path.to_owned());
        let mut further = Vec::new();
        match fs::read_to_string(path) {
            Err(error) => checked.errors.push(format!("cannot read it: {error}")),
            Ok(text) => further = check(&mut checked, kind, &text),
        }
        self.done.push(checked);
        for path in further {
            self.file(&path, Some(Kind::Rules));
        }
    }
}

/// Checks a text. The files of rules that it names.
fn check(checked: &mut Checked, kind: Option<Kind>, text: &str) -> Vec<PathBuf> {
    let name = checked.path.display().to_string();
    let root = config::parse(&name, text);
    match kind.or_else(|| Kind::of(&checked.path, root.as_ref().ok())) {
        Some(Kind::Alertmanager) => alertmanager(checked, text),
        Some(Kind::Prometheus) => return prometheus(checked, text),
        Some(Kind::Promtail) => promtail(checked, text),
        Some(Kind::Rules) => rules(checked, text),
        None => checked.errors.push(root.err().map_or_else(|| UNKNOWN.to_owned(), |error| error.to_string())),
    }
    Vec::new()
}

fn alertmanager(checked: &mut Checked, text: &str) {
    let read = match configuration::alertmanager(&checked.path, text) {
        Ok(read) => read,
        Err(error) => return checked.errors.push(format!("{error:#}")),
    };
    let config = read.value;
    checked.warnings = read.warnings;
    checked.found = vec![
        "global config".to_owned(),
        "route".to_owned(),
        format!("{} inhibit rules", config.inhibit_rules.len()),
        format!("{} receivers", config.receivers.len()),
        format!("{} templates", config.templates.len()),
    ];
    let folder = folder_of(&checked.path);
    for pattern in &config.templates {
        if rules::matching_files(&folder.join(pattern)).is_ok_and(|found| found.is_empty()) {
            checked.warnings.push(format!("templates: no file matches {pattern}"));
        }
    }
    if let Err(error) = configuration::templater(&config, &folder, SOMEWHERE) {
        checked.errors.push(format!("{error:#}"));
    }
}

fn prometheus(checked: &mut Checked, text: &str) -> Vec<PathBuf> {
    let read = match configuration::prometheus(&checked.path, text) {
        Ok(read) => read,
        Err(error) => {
            checked.errors.push(format!("{error:#}"));
            return Vec::new();
        }
    };
    let PrometheusConfig { folder, rule_files, .. } = read.value;
    checked.warnings = read.warnings;
    let mut paths = Vec::new();
    for pattern in &rule_files {
        match rules::matching_files(&folder.join(pattern)) {
            Ok(found) if found.is_empty() => checked.warnings.push(format!("rule_files: no file matches {pattern}")),
            Ok(found) => paths.extend(found),
            Err(error) => checked.errors.push(format!("rule_files: {pattern}: {error}")),
        }
    }
    paths.sort();
    paths.dedup();
    checked.found = vec![format!("{} rule files", paths.len())];
    paths
}

fn rules(checked: &mut Checked, text: &str) {
    let report = Report::new();
    match RuleSet::parse(&checked.path.display().to_string(), text, Language::PromQl, &report) {
        Ok(set) => checked.found = vec![format!("{} groups", set.groups.len()), format!("{} rules", n_rules(&set))],
        Err(error) => checked.errors = error.errors,
    }
    checked.warnings = configuration::warnings(report.into_notices()).collect();
}

fn promtail(checked: &mut Checked, text: &str) {
    match Settings::from_promtail(&checked.path.display().to_string(), text, &host_name()) {
        Ok((settings, notices)) => {
            checked.found = vec![format!("{} sources of lines", settings.targets.len())];
            checked.warnings = configuration::warnings(notices).collect();
        }
        Err(error) => checked.errors.push(error.to_string()),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().map(Path::to_owned).unwrap_or_default()
}
