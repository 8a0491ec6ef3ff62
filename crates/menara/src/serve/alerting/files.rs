//! The files that say what is alerted about and who is told.

use std::fs;
use std::path::Path;

use ::alerting::{Config, Syntax, config};
use ::config::Report;
use anyhow::{Context, anyhow};
use rules::{Language, PrometheusConfig, RuleSet, Settings};

/// Routes and receivers; without it alerts are shown and nobody is told.
pub(crate) const ALERTMANAGER_FILE: &str = "alertmanager.yml";
/// Read for what it says about rules.
pub(crate) const PROMETHEUS_FILE: &str = "prometheus.yml";
/// Holds files of rules.
pub(crate) const RULES_FOLDER: &str = "rules";

const NOBODY_IS_TOLD: &str =
    "route: {receiver: nobody, group_by: [alertname, instance]}\nreceivers: [{name: nobody}]\n";

/// Rules and how they are evaluated.
pub(super) struct Rules {
    pub(super) rules: RuleSet,
    pub(super) settings: Settings,
}

impl Rules {
    pub(super) fn n_rules(&self) -> usize {
        self.rules.groups.iter().map(|group| group.rules.len()).sum()
    }
}

/// Reads `alertmanager.yml`.
pub(super) fn alertmanager_config(folder: &Path) -> anyhow::Result<Config> {
    let path = folder.join(ALERTMANAGER_FILE);
    let report = Report::new();
    let text = text_of(&path)?;
    let text = text.as_deref().unwrap_or(NOBODY_IS_TOLD);
    let config = config::load(&path.display().to_string(), text, Syntax::default(), &report)?;
    tell(report);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Ok(config)
}

/// Reads the files below `rules/`, those that `prometheus.yml` names, and the shipped ones.
pub(super) fn rules(folder: &Path, shipped: bool) -> anyhow::Result<Rules> {
    let report = Report::new();
    let path = folder.join(PROMETHEUS_FILE);
    let prometheus = match text_of(&path)? {
        Some(text) => PrometheusConfig::parse(&path, &text, &|name| std::env::var(name).ok(), &report)?,
        None => PrometheusConfig { folder: folder.to_owned(), ..PrometheusConfig::default() },
    };
    let mut patterns = prometheus.rule_files.clone();
    let own = folder.join(RULES_FOLDER);
    if fs::metadata(&own).is_ok() {
        patterns.extend(["*.yml", "*.yaml"].map(|names| format!("{RULES_FOLDER}/{names}")));
    }
    let loaded = RuleSet::load_patterns(&prometheus.folder, &patterns, Language::PromQl, &report);
    let (mut rules, warnings) = loaded.map_err(|error| anyhow!("{error}"))?;
    tell(report);
    for warning in warnings.iter().filter(|warning| !warning.contains(RULES_FOLDER)) {
        tracing::warn!("{warning}");
    }
    if shipped {
        rules.extend(RuleSet::shipped().map_err(|error| anyhow!("the shipped rules are broken: {error}"))?);
    }
    Ok(Rules { rules, settings: Settings::from(&prometheus) })
}

fn text_of(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn tell(report: Report) {
    for notice in report.into_notices().iter().filter(|notice| notice.is_warning()) {
        tracing::warn!("{notice}");
    }
}
