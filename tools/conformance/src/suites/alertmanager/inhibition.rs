//! Inhibition.

use alerting::config::InhibitRule;
use alerting::inhibit::Inhibitor;
use model::Alert;
use serde_json::{Value, json};

use super::data::{Case, alert, items, labels};
use super::{configs, expect};

const NOW_MS: i64 = 1_000_000_000;

/// Rules as the configuration has them.
fn rules(rules: &Value) -> Result<Vec<InhibitRule>, String> {
    let file = json!({"route": {"receiver": "r"}, "receivers": [{"name": "r"}], "inhibit_rules": rules});
    // JSON is YAML.
    configs::load(&file.to_string()).map(|config| config.inhibit_rules)
}

fn source(value: &Value) -> Alert {
    let mut alert = alert(value, NOW_MS);
    let is_active = value["active"].as_bool().unwrap_or_default();
    alert.starts_at_ms = NOW_MS - 60_000;
    alert.ends_at_ms = if is_active { NOW_MS + 60_000 } else { NOW_MS - 1000 };
    alert
}

fn check(rules: &[InhibitRule], sources: &Value, target: &Value, expected: &Value) -> Result<(), String> {
    let mut inhibitor = Inhibitor::new(rules);
    items(sources).iter().for_each(|value| inhibitor.put(&source(value)));
    let got = !inhibitor.inhibiting(&labels(target), NOW_MS).is_empty();
    expect("inhibited", &Value::Bool(got), expected)
}

pub(super) fn has_equal(case: &Case<'_>) -> Option<Result<(), String>> {
    let one = case.value;
    // Upstream's table is of a function that takes sources as such; here a label makes them so.
    let marked = |source: &Value| {
        let mut source = source.clone();
        source["labels"]["is_source"] = json!("yes");
        source
    };
    let sources: Value = items(&one["sources"]).iter().map(marked).collect();
    let outcome = rules(&json!([{"source_match": {"is_source": "yes"}, "equal": one["equal"]}]))
        .and_then(|rules| check(&rules, &sources, &one["target"], &one["inhibited"]));
    Some(outcome)
}

pub(super) fn rules_match(case: &Case<'_>) -> Option<Result<(), String>> {
    Some(with_rules_of("rules_match", case))
}

pub(super) fn rules_matchers(case: &Case<'_>) -> Option<Result<(), String>> {
    Some(with_rules_of("rules_matchers", case))
}

fn with_rules_of(table: &str, case: &Case<'_>) -> Result<(), String> {
    let table = &case.file[table];
    check(&rules(&table["rules"])?, &table["sources"], &case.value["target"], &case.value["inhibited"])
}

/// Alerts come one after the other; those with the same labels replace each other.
pub(super) fn sequence(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let rules = rules(&case.file["sequence"]["rules"])?;
        items(&case.value["expect"]).iter().try_for_each(|one| {
            check(&rules, &case.value["alerts"], &one["labels"], &one["inhibited"])
                .map_err(|failure| format!("{}: {failure}", one["labels"]))
        })
    };
    Some(run())
}
