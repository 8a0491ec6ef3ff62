//! Alerts: their timeline, their series, and what the alert manager hears.

mod support;

use model::{Labels, PostedAlert};
use rules::{Health, Settings};
use support::{Bench, MINUTE_MS, START_MS, put};

const UP: &[(&str, &str)] = &[("__name__", "up"), ("job", "node"), ("instance", "a")];

/// Evaluates a rule once a minute. `samples` has one character a minute: a digit for the value of `up`, `-` for none. The
/// expectation has one word a minute: the letter of each alert's state (`.` for none), then what was posted: `F` firing, `R` resolved.
fn check(fields: &str, samples: &str, expected: &str) {
    let mut bench = Bench::new(&format!("groups: [{{name: g, rules: [{{alert: Down, expr: up == 0, {fields}}}]}}]"));
    let mut found = Vec::new();
    for sample in samples.chars() {
        let now_ms = bench.next(|store, now_ms| {
            let value = sample.to_digit(10).map_or(model::STALE_NAN, f64::from);
            put(store, UP, now_ms, value);
        });
        let alerts = bench.rule().alerting.map(|alerting| alerting.alerts).unwrap_or_default();
        let state = alerts.first().map_or('.', |alert| alert.state.as_str().chars().next().unwrap_or('?'));
        let posted: String = bench.posted().iter().map(|alert| letter(alert, now_ms)).collect();
        found.push(format!("{state}{posted}"));
    }
    assert_eq!(found.join(" "), expected, "{fields}: {samples}");
}

fn letter(alert: &PostedAlert, now_ms: i64) -> char {
    if alert.ends_at_ms.is_some_and(|ends_at_ms| ends_at_ms <= now_ms) { 'R' } else { 'F' }
}

#[test]
fn alerts_have_a_timeline() {
    check("for: 0m", "1001", ". fF f .R");
    check("for: 2m", "00001", "p p fF f .R");
    check("for: 2m", "00100", "p p . p p");
    check("keep_firing_for: 2m", "01111", "fF f fF .R .");
    check("for: 1m, keep_firing_for: 1m", "001011", "p fF f fF f .R");
    check("for: 0m", "0-0", "fF .R fF");
}

#[test]
fn alerts_are_posted_again_and_again() {
    // The resend delay is a minute, and must be over: with evaluations once a minute every other one posts.
    check("for: 0m", "00000", "fF f fF f fF");
    // A resolved alert is posted for 15 minutes.
    let expected = format!("fF .R . {}", ".R . ".repeat(7) + ". .");
    check("for: 0m", &format!("0{}", "1".repeat(18)), &expected);
}

#[test]
fn posted_alerts_say_all() {
    let mut bench = Bench::over(std::sync::Arc::default(), START_MS);
    let settings = Settings {
        external_labels: Labels::from_pairs([("site", "home"), ("severity", "none")]),
        ..Settings::default()
    };
    bench.load(
        "groups: [{name: g, interval: 5m, rules: [{alert: Down, expr: up == 0, labels: {severity: 'v{{ $value }}'}, \
         annotations: {summary: '{{ $labels.instance }} at {{ $externalLabels.site }}', wrong: '{{ query `(` }}'}}]}]",
        settings,
    );
    let now_ms = bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    let posted = bench.posted();
    let [alert] = posted.as_slice() else { panic!("one alert: {posted:?}") };
    let labels = [("alertname", "Down"), ("instance", "a"), ("job", "node"), ("severity", "v0"), ("site", "home")];
    assert_eq!(alert.labels, Labels::from_pairs(labels));
    assert_eq!(alert.annotations["summary"], "a at home");
    assert_eq!(
        alert.annotations["wrong"],
        "<error expanding template: error executing template __alert_Down: template: __alert_Down:1:115: executing \
         \"__alert_Down\" at <query `(`>: error calling query: 1:2: parse error: unclosed left parenthesis>"
    );
    assert_eq!((alert.starts_at_ms, alert.ends_at_ms), (Some(now_ms), Some(now_ms + 20 * MINUTE_MS)));
    assert_eq!(alert.generator_url, "http://menara/graph?g0.expr=up+%3D%3D+0&g0.tab=1");
    // External labels are for others: here, alerts do not have them.
    assert_eq!(bench.rule().alerting.map(|a| a.alerts[0].labels.get("site").to_owned()), Some(String::new()));
}

#[test]
fn alerts_are_relabelled_on_their_way_out() {
    let text = "global: {external_labels: {site: home}}\nalerting:\n  alert_relabel_configs:\n  - {action: drop, source_labels: [instance], regex: b}\n  \
                - {source_labels: [site, instance], separator: '/', target_label: place}\n  - {action: labeldrop, regex: site|instance}\n";
    let path = std::path::Path::new("/etc/prometheus.yml");
    let config = rules::PrometheusConfig::parse(path, text, &|_| None, &config::Report::new()).expect("a valid file");
    let mut bench = Bench::over(std::sync::Arc::default(), START_MS);
    bench.load("groups: [{name: g, rules: [{alert: Down, expr: up == 0}]}]", Settings::from(&config));
    bench.next(|store, now_ms| {
        put(store, UP, now_ms, 0.0);
        put(store, &[("__name__", "up"), ("job", "node"), ("instance", "b")], now_ms, 0.0);
    });
    let posted: Vec<Labels> = bench.posted().into_iter().map(|alert| alert.labels).collect();
    assert_eq!(posted, [Labels::from_pairs([("alertname", "Down"), ("job", "node"), ("place", "home/a")])]);
    // Here they stay as they are.
    let shown = bench.rule().alerting.map(|alerting| alerting.alerts.len());
    assert_eq!((shown, bench.rule().health), (Some(2), Health::Good));
}

#[test]
fn series_show_alerts() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{alert: Down, expr: up == 0, for: 1m, labels: {x: y}}]}]");
    for _ in 0..2 {
        bench.next(|store, now_ms| put(store, UP, now_ms, 1.0));
    }
    let first_ms = bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    bench.next(|store, now_ms| put(store, UP, now_ms, 1.0));
    assert_eq!(
        bench.stored("ALERTS", first_ms),
        [
            "{alertname=\"Down\", alertstate=\"firing\", instance=\"a\", job=\"node\", x=\"y\"} 1:1 2:stale",
            "{alertname=\"Down\", alertstate=\"pending\", instance=\"a\", job=\"node\", x=\"y\"} 0:1 1:stale",
        ]
    );
    let since = first_ms / 1000;
    assert_eq!(
        bench.stored("ALERTS_FOR_STATE", first_ms),
        [format!("{{alertname=\"Down\", instance=\"a\", job=\"node\", x=\"y\"}} 0:{since} 1:{since} 2:stale")]
    );
}

#[test]
fn alerts_that_became_one_are_an_error() {
    let mut bench = Bench::new("groups: [{name: g, rules: [{alert: Down, expr: up == 0, labels: {instance: ''}}]}]");
    bench.next(|store, now_ms| {
        put(store, UP, now_ms, 0.0);
        put(store, &[("__name__", "up"), ("job", "node"), ("instance", "b")], now_ms, 0.0);
    });
    let expected = "vector contains metrics with the same labelset after applying alert labels";
    assert_eq!((bench.rule().health, bench.rule().last_error.as_deref()), (Health::Bad, Some(expected)));
    assert!(bench.posted().is_empty());
}

#[test]
fn what_the_alert_manager_does_not_keep_is_posted_with_the_next_evaluation() {
    let mut bench = Bench::new("groups: [{name: g, interval: 10s, rules: [{alert: Down, expr: up == 0}]}]");
    *bench.inbox.is_closed.lock() = true;
    bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    assert_eq!(bench.rule().last_error.as_deref(), Some("handing alerts over: closed"));
    *bench.inbox.is_closed.lock() = false;
    bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    assert_eq!((bench.posted().len(), bench.rule().health), (1, Health::Good));
    bench.next(|store, now_ms| put(store, UP, now_ms, 0.0));
    assert!(bench.posted().is_empty(), "not before the resend delay is over");
}
