//! Restarts and changed rules: what goes on where it was, and what ends.

mod support;

use std::sync::Arc;

use rules::{AlertState, Settings};
use support::{Bench, MINUTE_MS, put};
use testkit::MemoryStore;

const UP: &[(&str, &str)] = &[("__name__", "up"), ("job", "node")];

fn down(store: &MemoryStore, now_ms: i64) {
    put(store, UP, now_ms, 0.0);
}

/// Runs a rule for some minutes, leaves it down for some, and counts the minutes until it fires after the new start.
fn check(for_minutes: i64, before: usize, outage_minutes: i64, expected: Option<usize>) {
    let rules = format!(
        "groups: [{{name: g, rules: [{{alert: Down, expr: up == 0, for: {for_minutes}m, labels: {{v: 'v{{{{ $value }}}}'}}}}]}}]"
    );
    let store = Arc::new(MemoryStore::new());
    let mut first = Bench::over(Arc::clone(&store), support::START_MS);
    first.load(&rules, Settings::default());
    let mut last_ms = 0;
    // The first two evaluations write no series of alerts.
    for minute in 0..before + 2 {
        let is_down = minute >= 2;
        last_ms = first.next(|store, now_ms| put(store, UP, now_ms, if is_down { 0.0 } else { 1.0 }));
    }
    drop(first);
    let mut second = Bench::over(store, last_ms + outage_minutes * MINUTE_MS - 1);
    second.load(&rules, Settings::default());
    let fires_after = (1..=200).find(|_| {
        second.next(down);
        second.rule().alerting.is_some_and(|alerting| alerting.state == AlertState::Firing)
    });
    assert_eq!(fires_after, expected, "for {for_minutes}m, {before} minutes before an outage of {outage_minutes}");
}

#[test]
fn waiting_goes_on_after_a_restart() {
    // Evaluations before the stop: the alert has waited for one minute less. State is taken over after the second evaluation.
    // It waited for 20 of 30 minutes, so that 10 are left from the take-over on.
    check(30, 21, 5, Some(12));
    // It waited for 5 of 30.
    check(30, 6, 5, Some(27));
    // It waited for 28 of 30: the grace period is ten minutes.
    check(30, 29, 5, Some(12));
    // It fired: it does so again with the evaluation after.
    check(30, 40, 5, Some(3));
    // Rules that wait for less than the grace period wait anew.
    check(5, 20, 5, Some(6));
    // Too long an outage: waits anew.
    check(30, 21, 90, Some(31));
}

#[test]
fn unchanged_groups_go_on_undisturbed() {
    let rules = "groups: [{name: g, rules: [{alert: Down, expr: up == 0, for: 2m}]}]";
    let mut bench = Bench::new(rules);
    bench.next(down);
    bench.next(down);
    let due_ms = bench.manager.next_due_ms();
    bench.load(rules, Settings::default());
    assert_eq!(bench.manager.next_due_ms(), due_ms);
    bench.next(down);
    assert_eq!(bench.rule().alerting.map(|alerting| alerting.state), Some(AlertState::Firing));
}

#[test]
fn changed_groups_keep_their_alerts() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{alert: Down, expr: up == 0, for: 2m}]}]");
    bench.next(down);
    bench.next(down);
    bench.load(
        "groups: [{name: g, rules: [{record: a, expr: '1'}, {alert: Down, expr: up < 1, for: 2m}]}]",
        Settings::default(),
    );
    bench.next(down);
    let state = bench.manager.view().groups()[0].rules[1].alerting.as_ref().map(|alerting| alerting.state);
    assert_eq!(state, Some(AlertState::Firing), "it has waited since before the change");
}

#[test]
fn series_of_rules_that_are_gone_end() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{record: a, expr: '1'}, {record: b, expr: '1'}]}]");
    let first_ms = bench.next(|_, _| {});
    bench.load("groups: [{name: g, rules: [{record: b, expr: '2'}]}]", Settings::default());
    bench.next(|_, _| {});
    assert_eq!(bench.stored("a", first_ms), ["{} 0:1 1:stale"]);
    assert_eq!(bench.stored("b", first_ms), ["{} 0:1 1:2"]);
}

#[test]
fn series_of_groups_that_are_gone_end_unless_another_group_writes_them() {
    let group = |name: &str| format!("groups: [{{name: {name}, rules: [{{record: a, expr: '1'}}]}}]");
    let mut bench = Bench::new(&group("g"));
    let first_ms = bench.next(|_, _| {});
    bench.load("groups: []", Settings::default());
    bench.next(|_, _| {});
    assert_eq!(bench.manager.next_due_ms(), None);
    assert_eq!(bench.stored("a", first_ms), ["{} 0:stale"].map(|_| "{} 0:1".to_owned()), "the same moment stays");
    let mut bench = Bench::new(&group("g"));
    let first_ms = bench.next(|_, _| {});
    bench.clock.set_ms(first_ms + MINUTE_MS / 2);
    bench.load("groups: []", Settings::default());
    assert_eq!(bench.next(|_, _| {}), first_ms + MINUTE_MS / 2 + 2 * MINUTE_MS);
    assert_eq!(bench.stored("a", first_ms), ["{} 0:1 0.5:stale"]);
}
