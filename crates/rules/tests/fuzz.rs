//! Any text is a rule file or is refused; one that is read can be evaluated.

mod support;

use config::Report;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rules::{Language, PrometheusConfig, Settings};
use support::{Bench, parse};

/// Fixed, so that a run can be repeated; a failure prints the case itself.
const SEED: u64 = 20_261_125;

const FILE: &str = "
groups:
- name: one
  interval: 30s
  query_offset: 10s
  limit: 5
  labels: {team: a, kind: group}
  rules:
  - alert: Down
    expr: up{job=\"x\"} == 0
    for: 5m
    keep_firing_for: 1m
    labels: {kind: '{{ $value | humanize }}'}
    annotations: {summary: '{{ with query \"up\" }}{{ . | first | label \"job\" }}{{ end }} is {{ $labels.job }}'}
  - record: 'job:up:sum'
    expr: sum by (job) (up)
";

const PROMETHEUS: &str = "
global:
  evaluation_interval: 15s
  external_labels: {site: '${SITE}', host: a}
rule_files: ['rules/*.yml', \"x.yml\"]
scrape_configs: [{job_name: a}]
";

fn changed(text: &str, at: prop::sample::Index, len: usize, with: &str) -> Option<String> {
    let start = at.index(text.len());
    let end = (start + len).min(text.len());
    let is_whole = text.is_char_boundary(start) && text.is_char_boundary(end);
    is_whole.then(|| format!("{}{with}{}", &text[..start], &text[end..]))
}

fn check(text: &str) {
    let Ok(set) = parse(text) else { return };
    // Two readings of a text are the same.
    assert_eq!(parse(text).as_ref(), Ok(&set));
    let mut bench = Bench::over(std::sync::Arc::default(), support::START_MS);
    bench.manager.load(set, Settings::default(), support::START_MS);
    if bench.manager.next_due_ms().is_some() {
        bench.next(|store, now_ms| support::put(store, &[("__name__", "up"), ("job", "x")], now_ms, 0.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(SEED), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_rule_file_is_read_or_refused(
        at in any::<prop::sample::Index>(), len in 0usize..8, with in "[a-z{}\\[\\]:'\"\\-$.|0-9 \n]{0,4}",
    ) {
        if let Some(text) = changed(FILE, at, len, &with) {
            check(&text);
        }
    }

    #[test]
    fn a_changed_prometheus_yml_is_read_or_refused(
        at in any::<prop::sample::Index>(), len in 0usize..8, with in "[a-z{}\\[\\]:'\"\\-$*/0-9 \n]{0,4}",
    ) {
        if let Some(text) = changed(PROMETHEUS, at, len, &with) {
            let path = std::path::Path::new("prometheus.yml");
            let read = |text: &str| PrometheusConfig::parse(path, text, &|_| None, &Report::new());
            prop_assert_eq!(read(&text), read(&text));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        check(&text);
        let _parsed = rules::Expression::parse(Language::LogQl, &text);
    }
}

#[test]
fn the_files_that_are_changed_are_valid() {
    assert!(parse(FILE).is_ok());
    check(FILE);
}
