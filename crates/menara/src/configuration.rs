//! The files of the configuration directory that say what is alerted about and who is told; `serve` and `check-config` read them alike.

use std::fs;
use std::path::{Path, PathBuf};

use ::alerting::Syntax;
use ::alerting::config::{self, Config};
use ::config::{Notice, Report};
use anyhow::{Context, anyhow};
use jiff::tz::TimeZone;
use notify::Templater;
use rules::{Language, PrometheusConfig, RuleSet, Settings};

/// Routes and receivers; without it alerts are shown and nobody is told.
pub(crate) const ALERTMANAGER_FILE: &str = "alertmanager.yml";
/// Read for what it says about rules.
pub(crate) const PROMETHEUS_FILE: &str = "prometheus.yml";
/// Names what is shipped; without it that is `/var/log`.
pub(crate) const PROMTAIL_FILE: &str = "promtail.yaml";
/// Holds files of rules.
pub(crate) const RULES_FOLDER: &str = "rules";
/// The names of files in that folder, as patterns.
pub(crate) const RULES_NAMES: [&str; 2] = ["*.yml", "*.yaml"];

/// Stands in for a missing `alertmanager.yml`.
pub(crate) const NOBODY_IS_TOLD: &str =
    "route: {receiver: nobody, group_by: [alertname, instance]}\nreceivers: [{name: nobody}]\n";

/// What was read, and what is to be said about it though it is no error.
#[derive(Debug)]
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(crate) warnings: Vec<String>,
}

impl<T> Read<T> {
    /// Writes the warnings to the log.
    pub(crate) fn tell(self) -> T {
        for warning in self.warnings {
            tracing::warn!("{warning}");
        }
        self.value
    }
}

/// Rules and how they are evaluated.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) rules: RuleSet,
    pub(crate) settings: Settings,
    /// Patterns of the files that they come from.
    pub(crate) patterns: Vec<PathBuf>,
}

impl Rules {
    pub(crate) fn n_rules(&self) -> usize {
        n_rules(&self.rules)
    }
}

pub(crate) fn n_rules(rules: &RuleSet) -> usize {
    rules.groups.iter().map(|group| group.rules.len()).sum()
}

/// The text of an `alertmanager.yml`.
pub(crate) fn alertmanager(path: &Path, text: &str) -> anyhow::Result<Read<Config>> {
    let report = Report::new();
    let config = config::load(&path.display().to_string(), text, Syntax::default(), &report)?;
    let warnings = warnings(report.into_notices()).chain(config.warnings.iter().cloned()).collect();
    Ok(Read { value: config, warnings })
}

/// The text of a `prometheus.yml`.
pub(crate) fn prometheus(path: &Path, text: &str) -> anyhow::Result<Read<PrometheusConfig>> {
    let report = Report::new();
    let config = PrometheusConfig::parse(path, text, &|name| std::env::var(name).ok(), &report)?;
    Ok(Read { value: config, warnings: warnings(report.into_notices()).collect() })
}

/// What a configuration directory says of rules: the files below `rules/`, those that `prometheus.yml` names, and the shipped ones.
pub(crate) fn rules(folder: &Path, shipped: bool) -> anyhow::Result<Read<Rules>> {
    let path = folder.join(PROMETHEUS_FILE);
    let Read { value: prometheus, mut warnings } = match text_of(&path)? {
        Some(text) => prometheus(&path, &text)?,
        None => {
            let value = PrometheusConfig { folder: folder.to_owned(), ..PrometheusConfig::default() };
            Read { value, warnings: Vec::new() }
        }
    };
    let mut patterns = prometheus.rule_files.clone();
    patterns.extend(RULES_NAMES.map(|names| format!("{RULES_FOLDER}/{names}")));
    let report = Report::new();
    let loaded = RuleSet::load_patterns(&prometheus.folder, &patterns, Language::PromQl, &report);
    let (mut rules, not_found) = loaded.map_err(|error| anyhow!("{error}"))?;
    warnings.extend(self::warnings(report.into_notices()));
    warnings.extend(not_found.into_iter().filter(|warning| !warning.contains(RULES_FOLDER)));
    if shipped {
        rules.extend(RuleSet::shipped().map_err(|error| anyhow!("the shipped rules are broken: {error}"))?);
    }
    let patterns = patterns.iter().map(|pattern| prometheus.folder.join(pattern)).collect();
    Ok(Read { value: Rules { rules, settings: Settings::from(&prometheus), patterns }, warnings })
}

/// The files that `templates` of an `alertmanager.yml` in a folder names.
pub(crate) fn template_files(config: &Config, folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for pattern in &config.templates {
        let found = rules::matching_files(&folder.join(pattern));
        files.extend(found.map_err(|why| anyhow!("templates: {pattern}: {why}"))?);
    }
    Ok(files)
}

/// What puts notifications into words, with the user's templates. `external_url` is what links begin with.
pub(crate) fn templater(config: &Config, folder: &Path, external_url: &str) -> anyhow::Result<Templater> {
    let mut templater = Templater::new(external_url, TimeZone::system());
    for path in template_files(config, folder)? {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        templater.add(&text).map_err(|why| anyhow!("{}: {why}", path.display()))?;
    }
    Ok(templater)
}

/// The text of a file; `None` when there is none.
pub(crate) fn text_of(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// What somebody should be told of the keys of a file.
pub(crate) fn warnings(notices: Vec<Notice>) -> impl Iterator<Item = String> {
    notices.into_iter().filter(Notice::is_warning).map(|notice| notice.to_string())
}
