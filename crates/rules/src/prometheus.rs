//! What `prometheus.yml` says about rules.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{Block, Error, Report, Result};
use model::labels::{METRIC_NAME, Quoted};
use model::{Labels, LabelsBuilder};
use relabel::NameScheme;

use crate::file::duration;

const DEFAULT_INTERVAL_MS: i64 = 60_000;
/// What has to do with fetching samples from elsewhere.
const SCRAPING: &str = "nothing is scraped";

/// What rules need to know of `prometheus.yml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrometheusConfig {
    /// The folder to which `rule_files` are relative.
    pub folder: PathBuf,
    /// The patterns of rule files, as they are written.
    pub rule_files: Vec<String>,
    /// How often groups are evaluated that do not say so themselves. Milliseconds.
    pub evaluation_interval_ms: i64,
    /// How far back the queries of groups look that do not say so themselves. Milliseconds.
    pub rule_query_offset_ms: i64,
    /// Labels that each alert gets on its way out.
    pub external_labels: Labels,
    /// What is done to the labels of each alert on its way out, external ones among them; may drop it.
    pub alert_relabel: Vec<relabel::Rule>,
}

impl Default for PrometheusConfig {
    fn default() -> PrometheusConfig {
        PrometheusConfig {
            folder: PathBuf::new(),
            rule_files: Vec::new(),
            evaluation_interval_ms: DEFAULT_INTERVAL_MS,
            rule_query_offset_ms: 0,
            external_labels: Labels::empty(),
            alert_relabel: Vec::new(),
        }
    }
}

impl PrometheusConfig {
    /// Reads the file's text. What is not about rules is reported by name. `environment` gives the values of variables, which external
    /// labels may name as `$X` or `${X}`.
    ///
    /// # Errors
    /// At the first thing that Prometheus would refuse, in its words, with the place; what is not about rules is not judged.
    pub fn parse(
        path: &Path,
        text: &str,
        environment: &dyn Fn(&str) -> Option<String>,
        report: &Report,
    ) -> Result<PrometheusConfig> {
        let root = config::parse(&path.display().to_string(), text)?;
        let mut block = Block::root(&root, "config.plain", report)?;
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let mut read = PrometheusConfig { folder, ..PrometheusConfig::default() };
        if let Some(global) = block.block("global", "config.plain")? {
            read_global(global, &mut read, environment)?;
        }
        if let Some(node) = block.get("rule_files") {
            for item in node.items("[]string")? {
                let pattern = item.text()?;
                if !is_rule_path(pattern) {
                    return Err(item.error(format!("invalid rule file path {}", Quoted(pattern))));
                }
                read.rule_files.push(pattern.to_owned());
            }
        }
        if let Some(mut alerting) = block.block("alerting", "config.plain")? {
            read.alert_relabel = relabel::read(&mut alerting, "alert_relabel_configs", NameScheme::Utf8)?;
            alerting.not_built("alertmanagers", "alerts go to the alert manager of this process alone");
            alerting.finish()?;
        }
        for key in ["scrape_configs", "scrape_config_files"] {
            block.not_built(key, SCRAPING);
        }
        block.not_built("remote_write", "nothing is written elsewhere");
        block.not_built("remote_read", "nothing is read from elsewhere");
        block.not_built("storage", "the store has its own settings");
        block.not_built("otlp", "nothing is received by OTLP");
        block.ignored("runtime", "there is no garbage collector");
        block.ignored("tracing", "there is nothing to trace to");
        block.finish()?;
        Ok(read)
    }
}

fn read_global(
    mut block: Block<'_>,
    read: &mut PrometheusConfig,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<()> {
    if let Some(interval_ms) = duration(&mut block, "evaluation_interval")?.filter(|ms| *ms > 0) {
        read.evaluation_interval_ms = interval_ms;
    }
    if let Some(offset_ms) = duration(&mut block, "rule_query_offset")? {
        read.rule_query_offset_ms = offset_ms;
    }
    let file = Arc::clone(block.node().file());
    let mut labels = LabelsBuilder::new();
    for (entry, value) in block.text_map("external_labels")? {
        if entry.key.is_empty() || entry.key == METRIC_NAME {
            let message = format!("{} is not a valid label name", Quoted(&entry.key));
            return Err(Error::new(&file, Some(entry.position), message));
        }
        labels.set(&entry.key, &expand(value, environment));
    }
    read.external_labels = labels.build();
    for key in [
        "scrape_interval",
        "scrape_timeout",
        "scrape_protocols",
        "scrape_failure_log_file",
        "scrape_native_histograms",
        "scrape_classic_histograms",
        "always_scrape_classic_histograms",
        "convert_classic_histograms_to_nhcb",
        "extra_scrape_metrics",
        "body_size_limit",
        "sample_limit",
        "target_limit",
        "label_limit",
        "label_name_length_limit",
        "label_value_length_limit",
        "keep_dropped_targets",
        "metric_name_validation_scheme",
        "metric_name_escaping_scheme",
    ] {
        block.not_built(key, SCRAPING);
    }
    block.not_built("query_log_file", "queries are not logged");
    block.finish()
}

/// Whether a path has its first star in the last of its names, as Prometheus wants it.
fn is_rule_path(path: &str) -> bool {
    path.split_once('*').is_none_or(|(_, rest)| !rest.contains('/'))
}

/// Fills variables in as Go's `os.Expand` does: `$X`, `${X}`, and `$$` for a dollar sign. One that is not set is empty.
fn expand(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let value = |name: &str| if name == "$" { "$".to_owned() } else { environment(name).unwrap_or_default() };
        if let Some(braced) = after.strip_prefix('{') {
            match braced.split_once('}') {
                Some((name, behind)) => {
                    out.push_str(&value(name));
                    rest = behind;
                }
                // An opening brace that nothing closes is swallowed.
                None => rest = braced,
            }
            continue;
        }
        if let Some(behind) = after.strip_prefix('$') {
            out.push('$');
            rest = behind;
            continue;
        }
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        if name.is_empty() {
            out.push('$');
        } else {
            out.push_str(&value(name));
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<PrometheusConfig>, Vec<String>) {
        let environment = |name: &str| (name == "SITE").then(|| "home".to_owned());
        let report = Report::new();
        let read = PrometheusConfig::parse(Path::new("/etc/prometheus.yml"), text, &environment, &report);
        let warnings = report.into_notices().iter().filter(|n| n.is_warning()).map(ToString::to_string).collect();
        (read, warnings)
    }

    #[test]
    fn what_is_about_rules_is_read_and_the_rest_is_named() {
        let (found, warnings) = read(
            "global:\n  scrape_interval: 15s\n  evaluation_interval: 15s\n  rule_query_offset: 1m\n  \
             external_labels: {site: '${SITE}-$SITE$$', none: '$NONE'}\nrule_files:\n- 'rules/*.yml'\n- /abs.yml\n\
             scrape_configs: []\nalerting:\n  alertmanagers: []\n",
        );
        let expected = PrometheusConfig {
            folder: PathBuf::from("/etc"),
            rule_files: vec!["rules/*.yml".to_owned(), "/abs.yml".to_owned()],
            evaluation_interval_ms: 15_000,
            rule_query_offset_ms: 60_000,
            external_labels: Labels::from_pairs([("site", "home-home$")]),
            alert_relabel: Vec::new(),
        };
        assert_eq!(found, Ok(expected));
        assert_eq!(
            warnings,
            [
                "/etc/prometheus.yml:2:3: not built yet: global.scrape_interval: nothing is scraped",
                "/etc/prometheus.yml:11:3: not built yet: alerting.alertmanagers: alerts go to the alert manager of this process alone",
                "/etc/prometheus.yml:9:1: not built yet: scrape_configs: nothing is scraped",
            ]
        );
        assert_eq!(read("").0.map(|c| c.evaluation_interval_ms), Ok(60_000));
    }

    #[test]
    fn what_is_wrong_is_refused_in_upstreams_words() {
        for (text, expected) in [
            ("rule_files: [my_rule, 'my/*/rule']", ":1:23: invalid rule file path \"my/*/rule\""),
            ("global: {evaluation_interval: 1}", ":1:31: not a valid duration string: \"1\""),
            ("global: {external_labels: {__name__: x}}", ":1:28: \"__name__\" is not a valid label name"),
            ("globals: {}", ":1:1: field globals not found in type config.plain"),
            ("alerting: {x: 1}", ":1:12: field x not found in type config.plain"),
            ("alerting: {alert_relabel_configs: [{action: x}]}", ":1:45: unknown relabel action \"x\""),
            ("rule_files: x", ":1:13: cannot unmarshal !!str `x` into []string"),
        ] {
            let found = read(text).0.map_err(|error| error.to_string());
            assert_eq!(found, Err(format!("/etc/prometheus.yml{expected}")), "{text}");
        }
    }
}
