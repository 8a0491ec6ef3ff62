//! What a file is: told from its keys, else from its name.

use std::path::Path;

use config::Node;

use crate::configuration::RULES_FOLDER;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Alertmanager,
    Prometheus,
    Promtail,
    Rules,
}

/// Keys that only one kind of file has.
const KEYS: &[(Kind, &[&str])] = &[
    (Kind::Rules, &["groups"]),
    (Kind::Promtail, &["client", "clients", "limits_config", "positions", "server", "target_config"]),
    (
        Kind::Alertmanager,
        &["inhibit_rules", "mute_time_intervals", "receivers", "route", "templates", "time_intervals"],
    ),
    (
        Kind::Prometheus,
        &["alerting", "otlp", "remote_read", "remote_write", "rule_files", "scrape_config_files", "storage"],
    ),
];

impl Kind {
    /// The kind of a file; `None` where nobody can tell.
    pub(super) fn of(path: &Path, root: Option<&Node>) -> Option<Kind> {
        let keys: Vec<&str> = root
            .and_then(|root| root.entries("").ok())
            .map_or_else(Vec::new, |entries| entries.iter().map(|entry| &*entry.key).collect());
        let by_keys = KEYS.iter().find(|(_, names)| names.iter().any(|name| keys.contains(name)));
        // Two kinds have this one; promtail.yaml is told by its name then.
        let scrapes = || keys.contains(&"scrape_configs").then_some(Kind::Prometheus);
        by_keys.map(|(kind, _)| *kind).or_else(|| Kind::named(path)).or_else(scrapes)
    }

    fn named(path: &Path) -> Option<Kind> {
        let kind = match path.file_stem()?.to_str()? {
            "alertmanager" => Kind::Alertmanager,
            "prometheus" => Kind::Prometheus,
            "promtail" => Kind::Promtail,
            _ if path.parent()?.file_name()? == RULES_FOLDER => Kind::Rules,
            _ => return None,
        };
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_keys_else_by_its_name() {
        for (path, text, expected) in [
            ("x.yml", "groups: []", Some(Kind::Rules)),
            ("prometheus.yml", "groups: []", Some(Kind::Rules)),
            ("x.yml", "global: {}\nroute: {}", Some(Kind::Alertmanager)),
            ("x.yml", "receivers:", Some(Kind::Alertmanager)),
            ("x.yml", "global: {}\nscrape_configs: []", Some(Kind::Prometheus)),
            ("x.yml", "rule_files: []", Some(Kind::Prometheus)),
            ("x.yml", "clients: []\nscrape_configs: []", Some(Kind::Promtail)),
            ("promtail.yaml", "scrape_configs: []", Some(Kind::Promtail)),
            ("/etc/alertmanager.yml", "BAD", Some(Kind::Alertmanager)),
            ("prometheus.yaml", "", Some(Kind::Prometheus)),
            ("rules/x.yml", "", Some(Kind::Rules)),
            ("x.yml", "global: {}", None),
            ("x.yml", "- groups", None),
            ("x.yml", "", None),
        ] {
            let root = config::parse(path, text).ok();
            assert_eq!(Kind::of(Path::new(path), root.as_ref()), expected, "{path}: {text}");
        }
    }
}
