//! What the API says of alerts and silences, asked of the alert manager itself; the wire is another suite's.

use std::collections::BTreeMap;

use alerting::manager::AlertView;
use alerting::{SilenceDraft, Syntax};
use model::{Fingerprint, Labels, PostedAlert};
use serde_json::{Value, json};

use super::acceptance::api_matcher;
use super::data::{Case, items, labels, ms, texts};
use super::world::{Answer, World};
use super::{expect, matchers};

pub(super) fn check(case: &Case<'_>) -> Option<Result<(), String>> {
    // A prefix of paths is the wire's.
    let needs_wire = texts(&case.value["extra_args"]).iter().any(|argument| argument.starts_with("--web."));
    (!needs_wire).then(|| run(case))
}

fn run(case: &Case<'_>) -> Result<(), String> {
    let syntax = match case.text("enable_feature") {
        "classic-mode" => Syntax::Classic,
        _ => Syntax::Fallback,
    };
    let mut world = World::start(case.text("config"), syntax, 0)?;
    let mut saved = BTreeMap::new();
    for (number, call) in items(&case.value["calls"]).iter().enumerate() {
        call_one(&mut world, call, syntax, &mut saved).map_err(|failure| format!("call {number}: {failure}"))?;
    }
    Ok(())
}

fn call_one(
    world: &mut World,
    call: &Value,
    syntax: Syntax,
    saved: &mut BTreeMap<String, String>,
) -> Result<(), String> {
    if let Some(sleep_ms) = ms(&call["sleep_s"]) {
        return world.run_until(world.now_ms + sleep_ms, |_, _| Answer::Heard);
    }
    let method = ["POST", "GET", "DELETE"].into_iter().find(|method| call[*method].is_string());
    let target = method.and_then(|method| call[method].as_str()).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match (method, path) {
        (Some("POST"), "/api/v2/alerts") => judge(call, post_alerts(world, call)),
        (Some("GET"), "/api/v2/alerts") => get_alerts(world, call, query, syntax, saved),
        (Some("POST"), "/api/v2/silences") => {
            let set = world.manager.set_silence(&draft(world, call), world.now_ms);
            if let (Ok(id), Some(name)) = (&set, call["save"].as_str()) {
                saved.insert(name.to_owned(), id.clone());
            }
            judge(call, set.map(|_| ()).map_err(|error| error.to_string()))
        }
        (Some("GET"), "/api/v2/silences") => get_silences(world, call, syntax),
        (Some("DELETE"), path) => {
            let name = path.strip_prefix("/api/v2/silence/$").unwrap_or_default();
            let id = saved.get(name).ok_or("no such silence")?;
            judge(call, world.manager.expire_silence(id, world.now_ms).map_err(|error| error.to_string()))
        }
        _ => Err(format!("unknown call {call}")),
    }
}

/// Compares an outcome with the status and the error of a call.
fn judge(call: &Value, outcome: Result<(), String>) -> Result<(), String> {
    let status = if outcome.is_ok() { 200 } else { 400 };
    if call["status"].as_u64() != Some(status) {
        return Err(format!("got {outcome:?}, expected the status {}", call["status"]));
    }
    match (outcome, call["error_contains"].as_str()) {
        (Err(error), Some(part)) if !error.contains(part) => Err(format!("error {error:?} lacks {part:?}")),
        _ => Ok(()),
    }
}

fn times(world: &World, call: &Value) -> [Option<i64>; 2] {
    ["starts_in_s", "ends_in_s"].map(|key| ms(&call["times"][key]).map(|ms| world.now_ms + ms))
}

fn post_alerts(world: &mut World, call: &Value) -> Result<(), String> {
    let [starts_at_ms, ends_at_ms] = times(world, call);
    let alert =
        |value: &Value| PostedAlert { labels: labels(value), starts_at_ms, ends_at_ms, ..PostedAlert::default() };
    let alerts: Vec<PostedAlert> = items(&call["body_labels"]).iter().map(alert).collect();
    world.manager.post(&alerts, world.now_ms).map_err(|error| error.to_string())
}

fn draft(world: &World, call: &Value) -> SilenceDraft {
    let [starts_at_ms, ends_at_ms] = times(world, call);
    SilenceDraft {
        matcher_sets: vec![items(&call["body"]["matchers"]).iter().map(api_matcher).collect()],
        starts_at_ms,
        ends_at_ms,
        ..SilenceDraft::default()
    }
}

fn get_alerts(
    world: &World,
    call: &Value,
    query: &str,
    syntax: Syntax,
    saved: &BTreeMap<String, String>,
) -> Result<(), String> {
    let filters = query.split('&').filter_map(|parameter| parameter.strip_prefix("filter="));
    let filters = filters.map(|filter| syntax.parse_matcher(filter)).collect::<Result<Vec<_>, _>>()?;
    let mut alerts = world.manager.alerts(world.now_ms);
    alerts.retain(|view| filters.iter().all(|filter| filter.matches_labels(&view.alert.labels)));
    if let Some(count) = call["count"].as_u64() {
        expect("count", &(alerts.len() as u64), &count)?;
    }
    for (key, severity) in
        [("every_alert", None), ("alert_warning", Some("warning")), ("alert_critical", Some("critical"))]
    {
        for (field, wanted) in call[key].as_object().into_iter().flatten() {
            let concerned = alerts
                .iter()
                .filter(|view| severity.is_none_or(|severity| view.alert.labels.get("severity") == severity));
            for view in concerned {
                expect(&format!("{field} of {}", view.alert.labels), &shown(view, field), &resolved(wanted, saved))?;
            }
        }
    }
    Ok(())
}

fn shown(view: &AlertView, field: &str) -> Value {
    match field {
        "status.state" => json!(if view.is_suppressed() { "suppressed" } else { "active" }),
        "status.silencedBy" => json!(view.silenced_by),
        "status.inhibitedBy" => json!(view.inhibited_by.iter().map(ToString::to_string).collect::<Vec<_>>()),
        "fingerprint" => json!(view.fingerprint.to_string()),
        _ => Value::Null,
    }
}

/// A value of a case with `$NAME` and `fp(label=value,…)` filled in.
fn resolved(wanted: &Value, saved: &BTreeMap<String, String>) -> Value {
    match wanted {
        Value::Array(items) => items.iter().map(|item| resolved(item, saved)).collect(),
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$') {
                return json!(saved.get(name));
            }
            let fingerprint = text.strip_prefix("fp(").and_then(|text| text.strip_suffix(')'));
            let pairs = |pairs: &str| Labels::from_pairs(pairs.split(',').filter_map(|pair| pair.split_once('=')));
            fingerprint.map_or(wanted.clone(), |text| json!(Fingerprint::of(&pairs(text)).to_string()))
        }
        other => other.clone(),
    }
}

fn get_silences(world: &World, call: &Value, syntax: Syntax) -> Result<(), String> {
    let filters = texts(&call["filters"]);
    let filters = filters.iter().map(|filter| syntax.parse_matcher(filter)).collect::<Result<Vec<_>, _>>()?;
    let mut silences = world.manager.silences(world.now_ms);
    silences.retain(|(_, silence)| filters.iter().all(|filter| matchers::is_filtered(silence, filter)));
    if let Some(count) = call["count"].as_u64() {
        expect("count", &(silences.len() as u64), &count)?;
    }
    let wanted = &call["every"]["matchers"];
    if wanted.is_null() {
        return Ok(());
    }
    let wanted: Vec<_> = items(wanted).iter().map(|matcher| api_matcher(matcher).check(syntax)).collect();
    silences.iter().try_for_each(|(_, silence)| {
        let got: Vec<_> = silence.matcher_sets.iter().flatten().cloned().map(Ok).collect();
        expect("matchers", &got, &wanted)
    })
}
