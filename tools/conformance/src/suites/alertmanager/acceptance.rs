//! Notifications in time: alerts are pushed, silences set, and what reaches the collectors is compared.

use std::collections::BTreeMap;

use alerting::silence::MatcherDraft;
use alerting::{SilenceDraft, Syntax};
use model::notify::NotifiedAlert;
use serde_json::Value;

use super::data::{Case, items, labels, ms};
use super::expect;
use super::world::{Answer, ORIGIN_MS, Received, World, posted};

pub(super) fn check(case: &Case<'_>) -> Option<Result<(), String>> {
    Some(run(case))
}

fn run(case: &Case<'_>) -> Result<(), String> {
    let start_delay_ms = match super::data::texts(&case.value["extra_args"]).as_slice() {
        [] => 0,
        [flag, delay] if flag == "--dispatch.start-delay" => {
            model::duration::parse_ms(delay).map_err(|error| error.to_string())?
        }
        other => return Err(format!("unknown arguments {other:?}")),
    };
    let mut world = World::start(case.text("config"), Syntax::Fallback, start_delay_ms)?;
    let behaviours = behaviours(&case.value["receiver_behaviour"])?;
    let answer = |collector: &str, at_ms: i64| match behaviours.get(collector) {
        Some((until_ms, answer)) if at_ms < *until_ms => *answer,
        _ => Answer::Heard,
    };
    let mut silences = BTreeMap::new();
    for one in items(&case.value["steps"]) {
        let at_ms = ORIGIN_MS + ms(&one["at"]).ok_or("a step without a time")?;
        world.run_until(at_ms, answer)?;
        step(&mut world, one, &mut silences)?;
    }
    // What happens at the end itself is behind it.
    world.run_until(end_ms(case.value) - 1, answer)?;
    if case.value["expect_same_alerts_from_both_sizes"].as_bool() == Some(true) {
        return tells_each_once(case.value, &world);
    }
    let tolerance_ms = ms(&case.value["tolerance_s"]).unwrap_or_default();
    let mut expected = case.value["expect"].as_object().into_iter().flatten();
    expected.try_for_each(|(name, batches)| check_collector(name, items(batches), &world, tolerance_ms))
}

/// Until when collectors do something else than hear, and what.
fn behaviours(behaviour: &Value) -> Result<BTreeMap<String, (i64, Answer)>, String> {
    let read = |(name, text): (&String, &Value)| {
        let text = text.as_str().unwrap_or_default();
        let until = text.rsplit_once("while t < ").and_then(|(_, until)| until.parse::<f64>().ok());
        let until_s = until.ok_or_else(|| format!("unknown behaviour {text:?}"))?;
        let answer = if text.contains("answers 200") { Answer::Dropped } else { Answer::Refused };
        Ok((name.clone(), (ORIGIN_MS + (until_s * 1000.0) as i64, answer)))
    };
    behaviour.as_object().into_iter().flatten().map(read).collect()
}

fn end_ms(case: &Value) -> i64 {
    let batches = case["expect"].as_object().into_iter().flatten().flat_map(|(_, batches)| items(batches));
    let ends = batches.filter_map(|batch| ms(&batch["between"][1])).chain(ms(&case["run_until"]));
    ORIGIN_MS + ends.max().unwrap_or_default()
}

fn step(world: &mut World, step: &Value, silences: &mut BTreeMap<String, String>) -> Result<(), String> {
    let alerts = items(&step["push"]).iter().chain(items(&step["amtool_alert_add"]));
    let alerts: Vec<_> = alerts.map(posted).collect();
    world.manager.post(&alerts, world.now_ms).map_err(|error| error.to_string())?;
    if step["reload"].as_bool() == Some(true) {
        world.reload();
    }
    if let Value::Object(_) = &step["set_silence"] {
        let wanted = &step["set_silence"];
        let id = world.manager.set_silence(&draft(wanted), world.now_ms).map_err(|error| error.to_string())?;
        silences.insert(wanted["id"].as_str().unwrap_or_default().to_owned(), id);
    }
    if let Some(name) = step["delete_silence"].as_str() {
        let id = silences.get(name).ok_or("no such silence")?;
        world.manager.expire_silence(id, world.now_ms).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn draft(value: &Value) -> SilenceDraft {
    let at = |key: &str| ms(&value[key]).map(|ms| ORIGIN_MS + ms);
    SilenceDraft {
        matcher_sets: vec![items(&value["matchers"]).iter().map(api_matcher).collect()],
        starts_at_ms: at("starts_at"),
        ends_at_ms: at("ends_at"),
        created_by: "admin@example.com".to_owned(),
        comment: "some comment".to_owned(),
        ..SilenceDraft::default()
    }
}

/// A matcher as the API writes it.
pub(super) fn api_matcher(value: &Value) -> MatcherDraft {
    let is = |key: &str, default| value[key].as_bool().unwrap_or(default);
    let op = match (is("isEqual", true), is("isRegex", false)) {
        (true, false) => "=",
        (false, false) => "!=",
        (true, true) => "=~",
        (false, true) => "!~",
    };
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    MatcherDraft { name: text("name"), op: op.to_owned(), value: text("value") }
}

fn check_collector(name: &str, expected: &[Value], world: &World, tolerance_ms: i64) -> Result<(), String> {
    let received = world.received.get(name).ok_or_else(|| format!("no collector {name}"))?;
    let all: Vec<String> = received.iter().map(shown).collect();
    for batch in expected {
        let between = [0, 1].map(|i| ORIGIN_MS + ms(&batch["between"][i]).unwrap_or_default());
        let mut in_time = received.iter().filter(|r| between[0] <= r.at_ms && r.at_ms <= between[1]);
        let alerts = items(&batch["alerts"]);
        let is_met = match alerts {
            [] => in_time.next().is_none(),
            alerts => in_time.any(|received| is_batch(&received.notification.alerts, alerts, tolerance_ms)),
        };
        if !is_met {
            return Err(format!("{name}: not met: {batch}\nreceived:\n{}", all.join("\n")));
        }
    }
    if received.iter().any(|received| received.notification.alerts.is_empty()) {
        return Err(format!("{name}: received an empty batch"));
    }
    let total = received.iter().map(|received| received.notification.alerts.len()).sum::<usize>();
    let expected_total = expected.iter().map(|batch| items(&batch["alerts"]).len()).sum();
    expect(&format!("{name}: alerts in all, of\n{}\n", all.join("\n")), &total, &expected_total)
}

fn is_batch(got: &[NotifiedAlert], expected: &[Value], tolerance_ms: i64) -> bool {
    got.len() == expected.len()
        && expected.iter().all(|expected| got.iter().any(|got| is_alert(got, expected, tolerance_ms)))
}

fn is_alert(got: &NotifiedAlert, expected: &Value, tolerance_ms: i64) -> bool {
    let posted = posted(expected);
    let is_near = |got_ms: Option<i64>, expected_ms: Option<i64>| match (got_ms, expected_ms) {
        (Some(got_ms), Some(expected_ms)) => (got_ms - expected_ms).abs() <= tolerance_ms,
        (None, None) => true,
        _ => false,
    };
    let ends_at_ms = got.is_resolved.then_some(got.alert.ends_at_ms);
    got.alert.labels == labels(&expected["labels"])
        && got.alert.annotations == posted.annotations
        && is_near(Some(got.alert.starts_at_ms), posted.starts_at_ms)
        && is_near(ends_at_ms, posted.ends_at_ms)
}

fn shown(received: &Received) -> String {
    let relative = |ms: i64| (ms - ORIGIN_MS) as f64 / 1000.0;
    let alert = |alert: &NotifiedAlert| {
        let end = alert.is_resolved.then(|| relative(alert.alert.ends_at_ms));
        format!("{}[{}:{end:?}]", alert.alert.labels, relative(alert.alert.starts_at_ms))
    };
    let alerts: Vec<String> = received.notification.alerts.iter().map(alert).collect();
    format!("@ {} {}", relative(received.at_ms), alerts.join(" "))
}

/// A cluster tells what one instance tells. There are no clusters here, so what is left is that one instance tells of each alert once.
fn tells_each_once(case: &Value, world: &World) -> Result<(), String> {
    let pushed = items(&case["steps"]).iter().flat_map(|step| items(&step["push"]));
    let mut expected: Vec<_> = pushed.map(|alert| labels(&alert["labels"])).collect();
    let received = world.received.values().flatten().flat_map(|received| &received.notification.alerts);
    let mut got: Vec<_> = received.map(|alert| alert.alert.labels.clone()).collect();
    expected.sort();
    got.sort();
    expect("alerts", &got, &expected)
}
