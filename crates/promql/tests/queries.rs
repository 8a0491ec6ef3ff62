//! Small cases of every part of the evaluation; the figures follow from the definitions by hand.

mod support;

use support::{check, check_notes, check_ordered, check_range};

const REQUESTS: &str = r#"
    requests_total{job="a", pod="1"} 0+10x30
    requests_total{job="a", pod="2"} 0+20x30
    requests_total{job="b", pod="1"} 0+30x30
"#;

#[test]
fn selects_the_latest_sample() {
    let gaps = r#"
        m{x="gap"}   1 _ _
        m{x="gone"}  1 2 stale
        m{x="nan"}   1 2 NaN
    "#;
    check(gaps, 20, "m", &[r#"m{x="gap"} 1"#, r#"m{x="nan"} NaN"#]);
    check(gaps, 299, r#"m{x="gap"}"#, &[r#"m{x="gap"} 1"#]);
    check(gaps, 300, r#"m{x="gap"}"#, &[]);
    check(gaps, 10, r#"m{x!~"g.*"}"#, &[r#"m{x="nan"} 2"#]);
    check(gaps, 20, r#"m{x="gone"} offset 10s"#, &[r#"m{x="gone"} 2"#]);
    check(gaps, 0, r#"m{x="gone"} offset -10s"#, &[r#"m{x="gone"} 2"#]);
    check(gaps, 1000, r#"m{x="gap"} @ 20"#, &[r#"m{x="gap"} 1"#]);
    check(gaps, 20, r#"{__name__="m", x="gap"} @ 30 offset 10s"#, &[r#"m{x="gap"} 1"#]);
}

#[test]
fn evaluates_ranges_of_steps() {
    check_range("m 1 2 _ 4 stale 6", (0, 60, 10), "m", &["m{} 1 2 2 4 _ 6 6"]);
    check_range("m 1 2 3 4", (0, 30, 10), "m @ 10", &["m{} 2 2 2 2"]);
    check_range("m 1 2 3 4", (0, 30, 10), "m @ end() - m @ start()", &["{} 3 3 3 3"]);
    check_range("m 1 2 3 4", (0, 30, 15), "timestamp(m)", &["{} 0 10 30"]);
    check_range("m 1 2 3 4", (0, 30, 15), "timestamp(m + 0)", &["{} 0 15 30"]);
    check_range("m 1 2 3 4", (0, 20, 10), "time() + 1", &["{} 1 11 21"]);
    check_range("m 1 2 3 4", (0, 20, 10), "3", &["{} 3 3 3"]);
    check_range("m 1 2 3 4", (0, 20, 10), "vector(1) or m", &[r#"{} 1 1 1"#]);
    check_range(
        "m 1",
        (0, 20, 10),
        "m[1m]",
        &["error: invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"],
    );
}

#[test]
fn shows_range_vectors_and_strings_of_instant_queries() {
    check("m 1 2 stale 4", 30, "m[30s]", &["m{} 2@10 4@30"]);
    check("m 1 2 stale 4", 30, "(m[31s])", &["m{} 1@0 2@10 4@30"]);
    check("m 1 2 3 4", 30, "(m * 2)[20s:10s]", &["{} 6@20 8@30"]);
    check("", 0, "\"text\"", &["text"]);
    check("", 7, "time()", &["7"]);
    check("", 0, "-(1 + 2 ^ 3 ^ 0)", &["-3"]);
}

#[test]
fn extrapolates_rates() {
    check(REQUESTS, 300, r#"rate(requests_total{job="b"}[1m])"#, &[r#"{job="b",pod="1"} 3"#]);
    check(REQUESTS, 300, r#"increase(requests_total{job="b"}[1m])"#, &[r#"{job="b",pod="1"} 180"#]);
    check(REQUESTS, 300, r#"irate(requests_total{job="b"}[1m])"#, &[r#"{job="b",pod="1"} 3"#]);
    // A reset: 10 before it, 5 after it, over 20 of 30 seconds.
    check("c_total 0 10 5", 20, "increase(c_total[30s])", &["{} 15"]);
    check("c 5 10 2", 20, "delta(c[30s])", &["{} -4.5"]);
    check("c_total 0 10 5", 20, "irate(c_total[30s])", &["{} 0.5"]);
    check("c_total 1", 0, "rate(c_total[1m])", &[]);
    check("c_total 0 stale 10", 20, "increase(c_total[21s])", &["{} 10"]);
    // The counter was at 5 at its first sample and grows by 10 in 10 seconds: it began 5 seconds earlier.
    check("c_total _ _ _ 5 15 25", 50, "increase(c_total[40s])", &["{} 25"]);
    check_notes(
        "c 0 1",
        10,
        "sum(rate(c[20s]))",
        &[],
        &["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"c\" (1:10)"],
    );
    check_notes("c_total 0 1", 10, "rate(c_total[20s])", &[], &[]);
}

#[test]
fn aggregates_windows() {
    let one = "m 1 5 NaN 3 stale 4";
    for (function, expected) in [
        ("avg_over_time(m[25s])", "{} 3.5"),
        ("count_over_time(m[1m])", "{} 5"),
        ("min_over_time(m[1m])", "{} 1"),
        ("max_over_time(m[1m])", "{} 5"),
        ("sum_over_time(m[25s])", "{} 7"),
        ("last_over_time(m[1m])", "m{} 4"),
        ("first_over_time(m[1m])", "m{} 1"),
        ("present_over_time(m[1m])", "{} 1"),
        ("stdvar_over_time(m[25s])", "{} 0.25"),
        ("stddev_over_time(m[25s])", "{} 0.5"),
        ("quantile_over_time(0.5, m[25s])", "{} 3.5"),
        ("mad_over_time(m[25s])", "{} 0.5"),
        ("mad_over_time(m[1m])", "{} NaN"),
        ("ts_of_max_over_time(m[1m])", "{} 10"),
        ("ts_of_min_over_time(m[1m])", "{} 0"),
        ("ts_of_last_over_time(m[1m])", "{} 50"),
        ("ts_of_first_over_time(m[1m])", "{} 0"),
    ] {
        check(one, 50, function, &[expected]);
    }
    check(one, 50, "absent_over_time(m[1m])", &[]);
    check(one, 200, r#"absent_over_time(m{x="1", y=~"2"}[5s])"#, &[r#"{x="1"} 1"#]);
    check_notes(
        one,
        50,
        "quantile_over_time(2, m[1m])",
        &["PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)"],
        &[],
    );
}

#[test]
fn aggregates_series() {
    for (query, expected) in [
        ("sum(requests_total)", vec!["{} 600"]),
        ("sum by (job) (requests_total)", vec![r#"{job="a"} 300"#, r#"{job="b"} 300"#]),
        ("sum without (job) (requests_total)", vec![r#"{pod="1"} 400"#, r#"{pod="2"} 200"#]),
        ("avg by (job) (rate(requests_total[1m]))", vec![r#"{job="a"} 1.5"#, r#"{job="b"} 3"#]),
        ("min(requests_total)", vec!["{} 100"]),
        ("max(requests_total)", vec!["{} 300"]),
        ("count(requests_total)", vec!["{} 3"]),
        ("group(requests_total)", vec!["{} 1"]),
        (r#"stdvar(requests_total{job="a"})"#, vec!["{} 2500"]),
        (r#"stddev(requests_total{job="a"})"#, vec!["{} 50"]),
        ("quantile(0.5, requests_total)", vec!["{} 200"]),
        (r#"count_values("v", requests_total > 150)"#, vec![r#"{v="200"} 1"#, r#"{v="300"} 1"#]),
        ("topk(1, requests_total)", vec![r#"requests_total{job="b",pod="1"} 300"#]),
        ("bottomk(1, requests_total)", vec![r#"requests_total{job="a",pod="1"} 100"#]),
        ("topk by (pod) (0, requests_total)", vec![]),
        ("count(limitk(2, requests_total))", vec!["{} 2"]),
        ("count(limit_ratio(1, requests_total))", vec!["{} 3"]),
        ("count(limit_ratio(0.5, requests_total) or limit_ratio(-0.5, requests_total))", vec!["{} 3"]),
        ("sum(nothing)", vec![]),
    ] {
        check(REQUESTS, 100, query, &expected);
    }
    check(REQUESTS, 100, "topk(NaN, requests_total)", &["error: Parameter value is NaN"]);
    check(REQUESTS, 100, "topk(1e30, requests_total)", &["error: Scalar value 1e+30 overflows int64"]);
    check(REQUESTS, 100, "count_values(\"\", requests_total)", &["error: invalid label name \"\""]);
    check_range(
        "a{x=\"1\"} 1 4 NaN\na{x=\"2\"} 2 3 1",
        (0, 20, 10),
        "topk(1, a)",
        &[r#"a{x="1"} _ 4 _"#, r#"a{x="2"} 2 _ 1"#],
    );
    check("a{x=\"1\"} NaN\na{x=\"2\"} 1\na{x=\"3\"} NaN", 0, "max(a)", &["{} 1"]);
}

#[test]
fn sorts_instant_results() {
    let load = "m{x=\"a1\"} 3\nm{x=\"a10\"} NaN\nm{x=\"a9\"} 1\nm{x=\"b\"} 2";
    let [one, ten, nine, b] = [r#"m{x="a1"} 3"#, r#"m{x="a10"} NaN"#, r#"m{x="a9"} 1"#, r#"m{x="b"} 2"#];
    check_ordered(load, 0, "sort(m)", &[nine, b, one, ten]);
    check_ordered(load, 0, "sort_desc(m)", &[one, b, nine, ten]);
    check_ordered(load, 0, "sort_by_label(m, \"x\")", &[one, nine, ten, b]);
    check_ordered(load, 0, "sort_by_label_desc(m, \"x\")", &[b, ten, nine, one]);
    check_ordered(load, 0, "topk(3, m)", &[one, b, nine]);
    check_ordered(load, 0, "bottomk(4, m)", &[nine, b, one, ten]);
}

#[test]
fn pairs_vectors() {
    let load = r#"
        errors{code="500", method="get"} 24
        errors{code="404", method="get"} 30
        errors{code="500", method="put"} 6
        total{method="get"} 600
        total{method="put"} 60
        other{method="get", zone="z"} 3
    "#;
    for (query, expected) in [
        (r#"errors{code="500"} / ignoring(code) total"#, vec![r#"{method="get"} 0.04"#, r#"{method="put"} 0.1"#]),
        (r#"errors{code="500"} / on(method) total"#, vec![r#"{method="get"} 0.04"#, r#"{method="put"} 0.1"#]),
        (
            "errors / ignoring(code) group_left total",
            vec![
                r#"{code="404",method="get"} 0.05"#,
                r#"{code="500",method="get"} 0.04"#,
                r#"{code="500",method="put"} 0.1"#,
            ],
        ),
        (
            "other * on(method) group_right(zone) errors",
            vec![r#"{code="404",method="get",zone="z"} 90"#, r#"{code="500",method="get",zone="z"} 72"#],
        ),
        ("total > 100", vec![r#"total{method="get"} 600"#]),
        ("100 < total", vec![r#"total{method="get"} 600"#]),
        ("total > bool 100", vec![r#"{method="get"} 1"#, r#"{method="put"} 0"#]),
        ("total == total", vec![r#"total{method="get"} 600"#, r#"total{method="put"} 60"#]),
        ("total - on(method) total", vec![r#"{method="get"} 0"#, r#"{method="put"} 0"#]),
        ("total and on(method) other", vec![r#"total{method="get"} 600"#]),
        ("total unless on(method) other", vec![r#"total{method="put"} 60"#]),
        ("other or on(method) total", vec![r#"other{method="get",zone="z"} 3"#, r#"total{method="put"} 60"#]),
        ("other % 2 ^ 2", vec![r#"{method="get",zone="z"} 3"#]),
        ("-other", vec![r#"{method="get",zone="z"} -3"#]),
        ("+other", vec![r#"other{method="get",zone="z"} 3"#]),
        ("vector(1) atan2 vector(0)", vec!["{} 1.5707963267948966"]),
        (
            "total / on(method) errors",
            vec![
                r#"error: found duplicate series for the match group {method="get"} on the right hand-side of the operation: [{__name__="errors", code="500", method="get"}, {__name__="errors", code="404", method="get"}];many-to-many matching not allowed: matching labels must be unique on one side"#,
            ],
        ),
        (
            "errors / on(method) total",
            vec!["error: multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"],
        ),
        (
            "errors * on(method) group_left(code) other",
            vec!["error: multiple matches for labels: grouping labels must ensure unique matches"],
        ),
    ] {
        check(load, 0, query, &expected);
    }
}

#[test]
fn pairs_series_that_follow_each_other() {
    // Two series of one signature are fine as long as they never meet.
    let load = r#"
        one{x="a", pod="1"} 1 1 stale
        one{x="a", pod="2"} _ _ 2 2
        many{x="a"} 10 10 10 10
    "#;
    check_range(load, (0, 30, 10), "many * on(x) one", &[r#"{x="a"} 10 10 20 20"#]);
    check_range(load, (0, 30, 10), "one * on(x) many", &[r#"{x="a"} 10 10 20 20"#]);
    check_range("a 1 1 stale\nb _ _ 2 3", (0, 30, 10), r#"-{__name__=~"a|b"}"#, &["{} -1 -1 -2 -3"]);
}

#[test]
fn maps_values() {
    let load = "m{x=\"1\"} -2.5\nm{x=\"2\"} 7";
    for (query, expected) in [
        ("abs(m)", vec![r#"{x="1"} 2.5"#, r#"{x="2"} 7"#]),
        ("ceil(m)", vec![r#"{x="1"} -2"#, r#"{x="2"} 7"#]),
        ("floor(m)", vec![r#"{x="1"} -3"#, r#"{x="2"} 7"#]),
        ("round(m)", vec![r#"{x="1"} -2"#, r#"{x="2"} 7"#]),
        ("round(m, 5)", vec![r#"{x="1"} 0"#, r#"{x="2"} 5"#]),
        ("clamp(m, 0, 5)", vec![r#"{x="1"} 0"#, r#"{x="2"} 5"#]),
        ("clamp(m, 5, 0)", vec![]),
        ("clamp_min(m, 3)", vec![r#"{x="1"} 3"#, r#"{x="2"} 7"#]),
        ("clamp_max(m, 3)", vec![r#"{x="1"} -2.5"#, r#"{x="2"} 3"#]),
        ("clamp_max(m, NaN)", vec![r#"{x="1"} NaN"#, r#"{x="2"} NaN"#]),
        ("scalar(m)", vec!["NaN"]),
        (r#"scalar(m{x="2"})"#, vec!["7"]),
        ("vector(3)", vec!["{} 3"]),
        ("absent(m)", vec![]),
        (r#"absent(nothing{a="1", a="2", b="3"})"#, vec![r#"{b="3"} 1"#]),
        ("absent(sum(nothing))", vec!["{} 1"]),
        (r#"label_replace(m, "y", "<$1>", "x", "(\\d)")"#, vec![r#"m{x="1",y="<1>"} -2.5"#, r#"m{x="2",y="<2>"} 7"#]),
        (r#"label_replace(m, "x", "", "x", "1")"#, vec!["m{} -2.5", r#"m{x="2"} 7"#]),
        (r#"label_replace(m, "y", "z", "x", "3.*")"#, vec![r#"m{x="1"} -2.5"#, r#"m{x="2"} 7"#]),
        (
            r#"label_replace(m, "x", "same", "x", ".*")"#,
            vec!["error: vector cannot contain metrics with the same labelset"],
        ),
        (r#"label_replace(m, "y", "", "x", "(")"#, vec!["error: invalid regular expression in label_replace(): ("]),
    ] {
        check(load, 0, query, &expected);
    }
    check("a 1\nb 2", 0, r#"abs({__name__=~"a|b"})"#, &["error: vector cannot contain metrics with the same labelset"]);
    check(
        "a 1\nb 2",
        0,
        r#"sum(abs({__name__=~"a|b"}))"#,
        &["error: vector cannot contain metrics with the same labelset"],
    );
}

#[test]
fn finds_quantiles_of_classic_histograms() {
    let load = r#"
        h_bucket{le="0"} 0
        h_bucket{le="2"} 10
        h_bucket{le="4"} 20
        h_bucket{le="+Inf"} 20
    "#;
    check(load, 0, "histogram_quantile(0.25, h_bucket)", &["{} 1"]);
    check(load, 0, "histogram_quantile(0.75, h_bucket)", &["{} 3"]);
    check(load, 0, "histogram_quantile(1, h_bucket)", &["{} 4"]);
    check(load, 0, "histogram_quantile(-1, h_bucket)", &["{} -inf"]);
    check(load, 0, "histogram_quantile(NaN, h_bucket)", &["{} NaN"]);
    check(load, 0, r#"histogram_quantile(0.5, h_bucket{le!="+Inf"})"#, &["{} NaN"]);
    check_notes(
        "h{le=\"x\"} 1",
        0,
        "histogram_quantile(1.5, h)",
        &[
            "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"x\" for metric name \"h\" (1:25)",
            "PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:20)",
        ],
        &[],
    );
    let falling = "h{le=\"1\"} 10\nh{le=\"2\"} 8\nh{le=\"+Inf\"} 20";
    check(falling, 0, "histogram_quantile(0.5, h)", &["{} 1"]);
    check_notes(
        falling,
        0,
        "histogram_quantile(0.5, h)",
        &[],
        &["PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see \
         https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile), from buckets 2 to 2, \
         with a max diff of 2, over 1 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:00:00Z (1:25)"],
    );
}

#[test]
fn evaluates_subqueries() {
    check(REQUESTS, 300, r#"max_over_time(rate(requests_total{job="b"}[1m])[2m:30s])"#, &[r#"{job="b",pod="1"} 3"#]);
    check("m 0+1x30", 105, "sum_over_time(m[30s:10s])", &["{} 27"]);
    check("m 0+1x30", 105, "sum_over_time(m[30s:10s] @ 105 offset 10s)", &["{} 24"]);
    check("m 0+1x30", 105, "count_over_time(m[2m:])", &["{} 2"]);
    check("m 1 stale", 15, "count_over_time(m[10s:1s])", &["{} 4"]);
    check_range("m 0+1x30", (0, 30, 10), "sum_over_time(m[20s:10s])", &["{} 0 1 3 5"]);
    check_range("m 0+1x30", (0, 20, 10), "last_over_time(m[20s:10s] @ 20)", &["m{} 2 2 2"]);
    check("m 0+1x30", 100, "max_over_time(sum_over_time(m[20s:10s])[30s:10s])", &["{} 19"]);
}

#[test]
fn computes_durations() {
    check_range("m 0+1x30", (100, 120, 10), "count_over_time(m[2 * step()])", &["{} 2 2 2"]);
    check_range("m 0+1x30", (100, 120, 10), "m offset range()", &["m{} 8 9 10"]);
    check_range(
        "m 0+1x30",
        (100, 120, 10),
        "count_over_time(m[step() - 10])",
        &["error: duration must be greater than 0"],
    );
    check("m 1", 0, "m[1m % step()]", &["error: modulo by zero"]);
}
