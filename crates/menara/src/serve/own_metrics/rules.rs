//! What rules say of themselves, under Prometheus' names.

use ::rules::{GroupView, RulesView};
use exposition::Family;
use model::MetricKind;

/// A family: its name, what it means, its kind, and its value for a group.
type Row = (&'static str, &'static str, MetricKind, fn(&GroupView) -> f64);

const FAMILIES: &[Row] = &[
    ("prometheus_rule_evaluations_total", "Evaluations of single rules.", MetricKind::Counter, |group| {
        group.rule_evaluations as f64
    }),
    (
        "prometheus_rule_evaluation_failures_total",
        "Evaluations of single rules that failed.",
        MetricKind::Counter,
        |group| group.failures as f64,
    ),
    ("prometheus_rule_group_interval_seconds", "The distance of a group's evaluations.", MetricKind::Gauge, |group| {
        group.interval_ms as f64 / 1e3
    }),
    ("prometheus_rule_group_rules", "Rules.", MetricKind::Gauge, |group| group.rules.len() as f64),
    (
        "prometheus_rule_group_iterations_total",
        "Evaluations of a group, those left out among them.",
        MetricKind::Counter,
        |group| (group.evaluations + group.missed) as f64,
    ),
    (
        "prometheus_rule_group_iterations_missed_total",
        "Evaluations of a group that were left out since the one before took too long.",
        MetricKind::Counter,
        |group| group.missed as f64,
    ),
    (
        "prometheus_rule_group_last_duration_seconds",
        "How long a group's last evaluation took.",
        MetricKind::Gauge,
        |group| group.evaluation_ns as f64 / 1e9,
    ),
    (
        "prometheus_rule_group_last_evaluation_timestamp_seconds",
        "When a group was last evaluated, in seconds since the epoch; 0 before.",
        MetricKind::Gauge,
        |group| group.last_evaluation_ms.unwrap_or(0) as f64 / 1e3,
    ),
    (
        "prometheus_rule_group_last_evaluation_samples",
        "Samples that a group's last evaluation made.",
        MetricKind::Gauge,
        |group| group.samples as f64,
    ),
];

/// A sample per group, which is called by its file and name.
pub(super) fn families(rules: &RulesView) -> impl Iterator<Item = Family> {
    let groups = rules.groups();
    FAMILIES.iter().map(move |(name, help, kind, value)| {
        let mut family = Family::new(*name, *help, *kind);
        for group in &groups {
            let label = format!("{};{}", group.file, group.name);
            family.push(vec![("rule_group".into(), label)], value(group));
        }
        family
    })
}
