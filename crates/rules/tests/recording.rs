//! Recording rules: what is written, and what ends.

mod support;

use rules::{Health, Settings};
use support::{Bench, MINUTE_MS, put};

#[test]
fn answers_become_series_and_series_that_vanish_end() {
    let mut bench = Bench::new(
        "groups: [{name: g, labels: {team: a}, rules: [{record: 'job:up', expr: up, labels: {kind: sum, gone: ''}}]}]",
    );
    let first_ms = bench.next(|store, now_ms| {
        put(store, &[("__name__", "up"), ("job", "x"), ("gone", "y")], now_ms, 1.0);
        put(store, &[("__name__", "up"), ("job", "z")], now_ms, 2.0);
    });
    bench.next(|store, now_ms| {
        put(store, &[("__name__", "up"), ("job", "x"), ("gone", "y")], now_ms, 3.0);
        put(store, &[("__name__", "up"), ("job", "z")], now_ms, model::STALE_NAN);
    });
    bench.next(|store, now_ms| put(store, &[("__name__", "up"), ("job", "z")], now_ms, 4.0));
    assert_eq!(
        bench.stored("job:up", first_ms),
        ["{job=\"x\", kind=\"sum\", team=\"a\"} 0:1 1:3 2:3", "{job=\"z\", kind=\"sum\", team=\"a\"} 0:2 1:stale 2:4"]
    );
    assert_eq!((bench.rule().health, bench.rule().last_error), (Health::Good, None));
}

#[test]
fn rules_of_a_group_see_what_those_before_them_wrote() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{record: a, expr: vector(1)}, {record: b, expr: a + 1}]}]");
    let first_ms = bench.next(|_, _| {});
    assert_eq!(bench.stored("a", first_ms), ["{} 0:1"]);
    assert_eq!(bench.stored("b", first_ms), ["{} 0:2"]);
}

#[test]
fn a_scalar_is_a_series_without_labels() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{record: a, expr: '42'}]}]");
    let first_ms = bench.next(|_, _| {});
    assert_eq!(bench.stored("a", first_ms), ["{} 0:42"]);
}

#[test]
fn queries_look_back_by_the_offset() {
    for (group_offset, global_ms, minutes) in [("", 0, 0), ("", MINUTE_MS, 1), ("query_offset: 2m,", MINUTE_MS, 2)] {
        let mut bench = Bench::over(std::sync::Arc::default(), support::START_MS);
        let settings = Settings { query_offset_ms: global_ms, ..Settings::default() };
        bench.load(&format!("groups: [{{name: g, {group_offset} rules: [{{record: a, expr: up}}]}}]"), settings);
        let at_ms = bench.next(|store, now_ms| {
            for minute in 0..5 {
                put(store, &[("__name__", "up")], now_ms - minute * MINUTE_MS, minute as f64);
            }
        });
        assert_eq!(bench.stored("a", at_ms - 2 * MINUTE_MS), [format!("{{}} {}:{minutes}", 2 - minutes)]);
    }
}

#[test]
fn failures_are_told_and_end_nothing() {
    let series = |n: usize| {
        move |store: &testkit::MemoryStore, now_ms: i64| {
            for i in 0..n {
                put(store, &[("__name__", "up"), ("i", &i.to_string())], now_ms, 1.0);
            }
        }
    };
    for (rules, expected) in [
        ("limit: 1, rules: [{record: a, expr: up}]", "exceeded limit of 1 with 2 series"),
        (
            "rules: [{record: a, expr: up, labels: {i: ''}}]",
            "vector contains metrics with the same labelset after applying rule labels",
        ),
        ("rules: [{record: a, expr: 'up[5m]'}]", "rule result is not a vector or scalar"),
        ("rules: [{record: a, expr: 'deriv(up[5m])'}]", "not built yet: function deriv"),
    ] {
        let mut bench = Bench::new(&format!("groups: [{{name: g, {rules}}}]"));
        let first_ms = bench.next(series(2));
        assert_eq!((bench.rule().health, bench.rule().last_error.as_deref()), (Health::Bad, Some(expected)), "{rules}");
        assert!(bench.stored("a", first_ms).is_empty());
        let group = &bench.manager.view().groups()[0];
        assert_eq!((group.rule_evaluations, group.failures, group.samples), (1, 1, 0));
    }
    let mut bench = Bench::new("groups: [{name: g, limit: 1, rules: [{record: a, expr: up}]}]");
    let first_ms = bench.next(series(1));
    assert_eq!(bench.manager.view().groups()[0].samples, 1);
    bench.next(series(2));
    assert_eq!(bench.stored("a", first_ms), ["{i=\"0\"} 0:1"], "a failed evaluation ends nothing");
}

#[test]
fn two_rules_that_write_the_same_are_told() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{record: a, expr: '2'}, {record: a, expr: '1'}]}]");
    bench.next(|_, _| {});
    let second = bench.manager.view().groups()[0].rules[1].clone();
    assert_eq!(second.last_error.as_deref(), Some("duplicate sample for timestamp"));
    assert_eq!(bench.rule().health, Health::Good);
}

#[test]
fn groups_are_evaluated_in_their_rhythm() {
    let mut bench = Bench::new(
        "groups: [{name: fast, interval: 10s, rules: [{record: a, expr: time()}]}, {name: slow, rules: [{record: b, expr: time()}]}]",
    );
    let start_ms = support::START_MS;
    while bench.manager.next_due_ms().is_some_and(|due_ms| due_ms < start_ms + 10 * MINUTE_MS) {
        bench.next(|_, _| {});
    }
    let count = |metric: &str| bench.stored(metric, start_ms)[0].split(' ').count() - 1;
    assert_eq!((count("a"), count("b")), (60, 10));
    // Moments that nobody called at are left out and counted.
    let late_ms = bench.manager.next_due_ms().expect("rules") + 10 * MINUTE_MS;
    bench.manager.step(late_ms);
    let groups = bench.manager.view().groups();
    let missed: Vec<u64> = groups.iter().map(|group| group.missed).collect();
    assert_eq!(missed, [59, 10]);
    // Setting the clock back does not stop evaluations.
    bench.manager.step(start_ms);
    assert!(bench.manager.next_due_ms().is_some_and(|due_ms| due_ms <= start_ms + MINUTE_MS));
}
