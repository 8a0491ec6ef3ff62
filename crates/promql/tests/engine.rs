//! Limits, cancelling, refusals and switches.

mod support;

use model::Histogram;
use promql::{Engine, EngineOptions, QueryErrorKind, QueryValue};
use storage::batch::Value;
use storage::{CancelToken, Grid, TenantId};
use support::{delayed, instant, labels, load, parse, range, show};

#[expect(clippy::expect_used, reason = "a query that is not refused fails its test")]
fn kind_of(engine: &Engine, query: &str) -> (QueryErrorKind, String) {
    let error =
        instant(engine, &load("m{x=\"1\"} 0+1x100\nm{x=\"2\"} 0+1x100"), query, 1_000_000).expect_err("refused");
    (error.kind(), error.to_string())
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    for (query, what) in [
        ("deriv(m[5m])", "function deriv"),
        ("sum(1 + label_join(m, \"a\", \"b\"))", "function label_join"),
        ("rate(m[5m] anchored)", "the anchored modifier"),
        ("rate(m[5m] smoothed)", "the smoothed modifier"),
        ("m + fill(0) m", "fill modifiers"),
        ("m >/ 3", "operator >/"),
        ("m </ 3", "operator </"),
    ] {
        let found = kind_of(&Engine::default(), query);
        assert_eq!(found, (QueryErrorKind::NotBuilt, format!("not built yet: {what}")), "{query}");
    }
}

#[test]
fn native_histograms_are_refused_where_they_matter() {
    let store = load("m 1 2");
    store.insert(&labels("m"), 20_000, Value::Histogram(std::sync::Arc::new(Histogram::default())));
    let engine = Engine::default();
    for query in ["m", "sum(m)", "rate(m[1m])", "count_over_time(m[15s])"] {
        let error = instant(&engine, &store, query, 20_000).expect_err("refused");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (QueryErrorKind::NotBuilt, "not built yet: native histogram samples")
        );
    }
    assert_eq!(show(&instant(&engine, &store, "m", 10_000).expect("floats").value), ["m{} 2"]);
    assert_eq!(show(&instant(&engine, &store, "sum_over_time(m[1m])", 10_000).expect("floats").value), ["{} 3"]);
}

#[test]
fn queries_that_hold_too_much_are_refused() {
    let limited = |max_samples| Engine::new(EngineOptions { max_samples, ..EngineOptions::default() });
    let message = "query processing would load too many samples into memory in query execution";
    let store = load("m{x=\"1\"} 0+1x100\nm{x=\"2\"} 0+1x100");
    let grid = Grid { start_ms: 0, end_ms: 1_000_000, step_ms: 10_000 };
    let found = range(&limited(201), &store, "m", grid).expect_err("too much");
    assert_eq!((found.kind(), found.to_string().as_str()), (QueryErrorKind::Execution, message));
    let found = range(&limited(202), &store, "m", grid).expect("just enough");
    assert_eq!((found.stats.samples_read, found.stats.peak_samples), (202, 202));
    assert!(range(&limited(202), &store, "sum(m)", grid).is_ok());
    let found = instant(&limited(50), &store, "max_over_time(m[1h:1ms])", 0).expect_err("too many steps");
    assert_eq!(found.to_string(), message);
}

#[test]
fn a_pulled_token_stops_the_query() {
    let store = load("m 1");
    let run = |cancel: &CancelToken| {
        let engine = Engine::default();
        engine.instant(&store, TenantId::default(), &parse("sum(m)"), "sum(m)", 0, None, cancel).map(|_| ())
    };
    let cancel = CancelToken::new();
    assert!(run(&cancel).is_ok());
    cancel.cancel();
    let error = run(&cancel).expect_err("cancelled");
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (QueryErrorKind::Canceled, "query was canceled in expression evaluation")
    );
    let timed_out = CancelToken::new();
    timed_out.time_out();
    let error = run(&timed_out).expect_err("timed out");
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (QueryErrorKind::Timeout, "query timed out in expression evaluation")
    );
}

#[test]
fn deep_expressions_do_not_exhaust_the_stack() {
    let sum = vec!["m"; 400].join(" + ");
    let found = instant(&Engine::default(), &load("m 1"), &sum, 0).expect("a long sum");
    assert_eq!(show(&found.value), ["{} 400"]);
    for (before, after, times) in [
        ("abs(", ")", 400),
        ("sum(", ")", 400),
        ("-", "", 400),
        ("1 + (", ")", 200),
        ("topk(1, label_replace(", ", \"a\", \"b\", \"c\", \"d\"))", 200),
        ("max_over_time((", ")[1m:30s])", 150),
        ("(m or ", ")", 200),
    ] {
        let query = before.repeat(times) + "m" + &after.repeat(times);
        if let Ok(expr) = promql_syntax::parse(&query) {
            let (engine, cancel) = (Engine::default(), CancelToken::new());
            let found = engine.instant(&load("m 1"), TenantId::default(), &expr, &query, 0, None, &cancel);
            assert!(found.is_ok_and(|found| show(&found.value).len() == 1), "{before}");
        }
    }
    let sum = vec!["m"; 600].join(" + ");
    if let Ok(expr) = promql_syntax::parse(&sum) {
        let cancel = CancelToken::new();
        let found = Engine::default().instant(&load("m 1"), TenantId::default(), &expr, &sum, 0, None, &cancel);
        assert_eq!(found.expect_err("too deep").kind(), QueryErrorKind::Invalid);
    }
}

#[test]
fn lookback_can_be_given_with_the_query() {
    let store = load("m 1");
    let at = |lookback| {
        let cancel = CancelToken::new();
        let engine = Engine::default();
        let found = engine.instant(&store, TenantId::default(), &parse("m"), "m", 10_000, lookback, &cancel);
        show(&found.expect("a result").value).len()
    };
    assert_eq!((at(None), at(Some(10_000)), at(Some(10_001))), (1, 0, 1));
}

#[test]
fn names_can_be_dropped_at_the_end() {
    let store = load("a_total{x=\"1\"} 0 10\nb_total{x=\"1\"} 0 30");
    let query = r#"label_replace(increase({x="1"}[11s]), "of", "$1", "__name__", "(.)_total")"#;
    let found = instant(&delayed(), &store, query, 10_000).expect("names are still there");
    assert_eq!(show(&found.value), [r#"{of="a",x="1"} 10"#, r#"{of="b",x="1"} 30"#]);
    let query = r#"sum by (x) (increase({x="1"}[11s]))"#;
    assert_eq!(show(&instant(&delayed(), &store, query, 10_000).expect("one group").value), [r#"{x="1"} 40"#]);
    for engine in [delayed(), Engine::default()] {
        let error = instant(&engine, &store, r#"increase({x="1"}[11s])"#, 10_000).expect_err("equal labels");
        assert_eq!(error.to_string(), "vector cannot contain metrics with the same labelset");
    }
}

#[test]
fn metric_types_can_tell_counters() {
    let engine = Engine::new(EngineOptions { type_and_unit_labels: true, ..EngineOptions::default() });
    let infos = |series: &str| {
        let store = load(&format!("{series} 0 1"));
        let found = instant(&engine, &store, "rate(m[20s])", 10_000).expect("a rate");
        let QueryValue::Vector(samples) = found.value else { panic!("a vector") };
        assert!(samples[0].labels.is_empty(), "name, type and unit go together");
        found.annotations.infos
    };
    assert!(infos(r#"m{__type__="counter", __unit__="s"}"#).is_empty());
    assert_eq!(
        infos(r#"m{__type__="gauge"}"#),
        [
            "PromQL info: metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got \"gauge\": \"m\" (1:6)",
        ]
    );
}

#[test]
fn odd_times_and_durations_are_survived() {
    let store = load("m 0+1x30\nn{x=\"1\"} 1 stale 3");
    let queries = [
        "m offset 290y",
        "m offset -290y",
        "m @ -9000000000000000",
        "m @ 9000000000000000 offset -200y",
        "rate(m[290y])",
        "rate(m[1ms])",
        "sum_over_time(m[290y:250y])",
        "count_over_time(m[10s:100y] offset 290y)",
        "max_over_time(m[1ms:1ms])",
        "timestamp(m offset 290y) + time()",
        "histogram_quantile(0.5, m)",
        "topk(-1, m) or bottomk(1e18, n)",
        "absent_over_time(m[290y] @ -9000000000000000)",
    ];
    for query in queries {
        for time_ms in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            // Whatever the answer is, there has to be one.
            if let Ok(result) = instant(&Engine::default(), &store, query, time_ms) {
                assert!(show(&result.value).len() <= 2, "{query} at {time_ms}");
            }
        }
        let grid = Grid { start_ms: i64::MAX - 5, end_ms: i64::MAX, step_ms: 2 };
        assert!(range(&Engine::default(), &store, query, grid).is_ok(), "{query}");
    }
}

#[test]
fn sorting_a_range_is_remarked_upon() {
    let store = load("m{x=\"1\"} 2\nm{x=\"2\"} 1");
    let grid = Grid { start_ms: 0, end_ms: 10_000, step_ms: 10_000 };
    for (query, place) in [("sort(m)", "1:1"), ("1 +\n sort_by_label_desc(m, \"x\")", "2:2")] {
        let found = range(&Engine::default(), &store, query, grid).expect("a result");
        let text = "PromQL warning: sort is ineffective for range queries since results are always ordered by labels";
        assert_eq!(found.annotations.warnings, [format!("{text} ({place})")]);
        let found = instant(&Engine::default(), &store, query, 0).expect("a result");
        assert!(found.annotations.warnings.is_empty());
    }
}
