//! Series descriptions, the notation of test scripts.

use model::histogram::{CounterResetHint, Span};
use model::{Histogram, Labels};
use promql_syntax::series::{SeriesValue, parse_series_description, parse_start_times};

/// Shows points the way they are written.
fn show(values: &[SeriesValue]) -> String {
    let shown: Vec<String> = values
        .iter()
        .map(|value| match value {
            SeriesValue::Omitted => "_".to_owned(),
            SeriesValue::Stale => "stale".to_owned(),
            SeriesValue::Float(value) => model::float::format_plain(*value),
            SeriesValue::Histogram { histogram, .. } => format!("{:?}/{}", histogram.positive_buckets, histogram.sum),
        })
        .collect();
    shown.join(" ")
}

/// Checks labels and points of a line.
fn check(line: &str, labels: &[(&str, &str)], points: &str) {
    let series = parse_series_description(line).unwrap_or_else(|errors| panic!("{line:?}: {errors}"));
    assert_eq!(series.labels, Labels::from_pairs(labels.iter().copied()), "{line:?}");
    assert_eq!(show(&series.values), points, "{line:?}");
}

#[test]
fn metrics() {
    check("", &[], "");
    check("{}", &[], "");
    check("{} 1", &[], "1");
    check("m", &[("__name__", "m")], "");
    check("m 1 2 3   ", &[("__name__", "m")], "1 2 3");
    check("m{} 1", &[("__name__", "m")], "1");
    check("a:b{x=\"y\",} 1", &[("__name__", "a:b"), ("x", "y")], "1");
    check("sum{by=\"x\"} 1", &[("__name__", "sum"), ("by", "x")], "1");
    check("m{a=\"\\u70ac = torch\", 'b c'=`d`}\t1", &[("__name__", "m"), ("a", "炬 = torch"), ("b c", "d")], "1");
    check(
        "{\"http.requests\", \"service.name\"=\"api\"}\t\t1",
        &[("__name__", "http.requests"), ("service.name", "api")],
        "1",
    );
    check("{__name__=\"m\", a=\"\"} 1", &[("__name__", "m")], "1");
}

#[test]
fn points() {
    for (points, expected) in [
        ("1 2 3", "1 2 3"),
        ("-1 +2 -0.5 .5 1e3", "-1 2 -0.5 0.5 1000"),
        ("NaN Inf -Inf +inf", "NaN +Inf -Inf +Inf"),
        ("1 2 3-10x4", "1 2 3 -7 -17 -27 -37"),
        ("3-0x4", "3 3 3 3 3"),
        ("1x0", "1"),
        ("1+1x0", "1"),
        ("1x3", "1 1 1 1"),
        ("-1x1", "-1 -1"),
        ("0+0.5x3", "0 0.5 1 1.5"),
        ("1 3 _ 5 _x4", "1 3 _ 5 _ _ _ _"),
        ("_x0 1", "1"),
        ("1 -1 -3-10x2 7", "1 -1 -3 -13 -23 7"),
        ("stale 1 stale", "stale 1 stale"),
        ("1e2x1", "100 100"),
        ("010", "8"),
    ] {
        check(&format!("{{}} {points}"), &[], expected);
    }
}

#[test]
fn histograms() {
    check("{} {{}}", &[], "[]/0");
    check("{} {{ }}", &[], "[]/0");
    check("{} {{buckets:[5 10 7] schema:1}}x2", &[], "[5.0, 10.0, 7.0]/0 [5.0, 10.0, 7.0]/0 [5.0, 10.0, 7.0]/0");
    check("{} {{sum:1}}+{{sum:1}}x2 {{sum:2}}-{{sum:3}}x1", &[], "[]/1 []/2 []/3 []/2 []/-1");
    check(
        "{} {{buckets:[5 10 7]}}-{{buckets:[1 2 3]}}x2",
        &[],
        "[5.0, 10.0, 7.0]/0 [4.0, 8.0, 4.0]/0 [3.0, 6.0, 1.0]/0",
    );
    check("{} {{buckets:[5] schema:0}}+{{buckets:[1 2] schema:1}}x2", &[], "[5.0]/0 [6.0, 2.0]/0 [7.0, 4.0]/0");
    check("{} {{buckets:[1] offset:2}}+{{buckets:[2] offset:-1}}x1", &[], "[1.0]/0 [2.0, 1.0]/0");
    let line = "{} {{schema:1  sum:-0.3 count:3.1 z_bucket:7.1 z_bucket_w:0.05 buckets:[5.1 10 7 ] offset:-3 \
                n_buckets:[-4.1 5] n_offset:5 counter_reset_hint:gauge }}";
    let series = parse_series_description(line).expect("a valid line");
    let expected = Histogram {
        counter_reset_hint: CounterResetHint::Gauge,
        schema: 1,
        zero_threshold: 0.05,
        zero_count: 7.1,
        count: 3.1,
        sum: -0.3,
        positive_spans: vec![Span { offset: -3, length: 3 }],
        negative_spans: vec![Span { offset: 5, length: 2 }],
        positive_buckets: vec![5.1, 10.0, 7.0],
        negative_buckets: vec![-4.1, 5.0],
        custom_values: Vec::new(),
    };
    assert_eq!(series.values, [SeriesValue::Histogram { histogram: Box::new(expected), hint_is_set: true }]);
    let line = "{} {{schema:-53 custom_values:[1 +5 Inf] counter_reset_hint:not_reset}}";
    let series = parse_series_description(line).expect("a valid line");
    let [SeriesValue::Histogram { histogram, hint_is_set: true }] = series.values.as_slice() else {
        panic!("{:?}", series.values)
    };
    assert_eq!(histogram.custom_values, [1.0, 5.0, f64::INFINITY]);
    assert_eq!((histogram.schema, histogram.counter_reset_hint), (-53, CounterResetHint::NotReset));
}

#[test]
fn errors() {
    for (line, expected) in [
        ("{", "1:2: parse error: unexpected end of input inside braces"),
        (
            "{\"http.requests\"xx} 0+50x2",
            "1:17: parse error: unexpected identifier \"xx\" in label set, expected \",\" or \"}\"",
        ),
        ("{\"http.requests\"=, x=\"y\"}", "1:18: parse error: unexpected \",\" in label set, expected string"),
        ("{\"http.requests} 1", "1:2: parse error: unterminated quoted string"),
        ("{a} 1", "1:3: parse error: unexpected \"}\" in label set, expected \"=\""),
        ("{a!=\"b\"} 1", "1:3: parse error: unexpected <op:!=> in label set, expected \"=\""),
        ("{,} 1", "1:2: parse error: unexpected \",\" in label set, expected identifier or \"}\""),
        ("1 2", "1:1: parse error: unexpected number \"1\" in series values"),
        ("m {} 1", "1:3: parse error: unexpected character in series sequence: '{'"),
        ("{}1", "1:3: parse error: unexpected number \"1\" in series values"),
        ("{} 1+1", "1:7: parse error: unexpected end of input in series values"),
        ("{} 1 _a4", "1:7: parse error: unexpected identifier \"a4\" in series values, expected number or \"stale\""),
        ("{} -3-3 -3", "1:8: parse error: unexpected \" \" in series values"),
        ("{} -3 _-2", "1:8: parse error: unexpected <op:-> in series values"),
        ("{} 3+3x4-4", "1:9: parse error: unexpected <op:-> in series values"),
        ("{} foo", "1:4: parse error: unexpected identifier \"foo\" in series values, expected number or \"stale\""),
        ("{} 1..2", "1:4: parse error: bad number syntax: \"1..\""),
        ("{} 1xy", "1:6: parse error: unexpected identifier \"y\" in series values, expected number or \"stale\""),
        ("{} 1x99999999999999999999", "1:6: parse error: invalid repetition in series values: 99999999999999999999"),
        ("{} 1x18446744073709551615", "1:6: parse error: invalid repetition in series values: 18446744073709551615"),
        ("{} 1x1000000", "1:1: parse error: too many points in series values"),
        ("{} {{sum:1}}x18446744073709551614", "1:1: parse error: too many points in series values"),
        ("{} {{sum:1}}+{{sum:1}}x18446744073709551614", "1:1: parse error: too many points in series values"),
        ("{} {{schema:1 schema:1}}", "1:1: parse error: duplicate key \"schema\" in histogram"),
        ("{} {{foo:1}}", "1:6: parse error: bad histogram descriptor found: \"foo\""),
        ("{} {{schema :1}}", "1:6: parse error: missing `:` for histogram descriptor"),
        ("{} {{schema: 1}}", "1:13: parse error: unexpected \" \" in series values"),
        ("{} {{schema:99999999999}}", "1:13: parse error: integer out of range in histogram: 99999999999"),
        ("{} {{buckets:[ 1]}}", "1:15: parse error: unexpected \" \" in series values"),
        ("{} {{buckets:[1;2]}}", "1:16: parse error: invalid character in buckets description: ';'"),
        ("{} {{counter_reset_hint:foo}}", "1:25: parse error: bad histogram descriptor found: \"foo\""),
        ("{} {{sum:1", "1:11: parse error: histogram description incomplete unexpected: '\u{fffd}'"),
        ("{} {{sum:1}", "1:11: parse error: histogram description incomplete unexpected: '}'"),
        ("{} {{sum:1;}}", "1:11: parse error: histogram description incomplete unexpected: ';'"),
        (
            "{} {{buckets:[5 10 7] schema:1}}+{{buckets:[1 2 3] schema:0}}x2",
            "1:63: parse error: error combining histograms: cannot merge from schema 0 to 1",
        ),
    ] {
        let errors = parse_series_description(line).expect_err(line);
        assert_eq!(errors.to_string(), expected, "{line:?}");
    }
}

#[test]
fn start_times() {
    let times = parse_start_times("m{a=\"b\"}@st _ _ -30s-1mx2 -1ms 0s 5x0 _x2").expect_err("a number has no unit");
    assert_eq!(times.to_string(), "1:35: parse error: unknown unit \"\" in duration \"5\"");
    for (points, expected) in [
        ("", vec![]),
        ("_ _ 0 0s", vec![None, None, Some(0), Some(0)]),
        ("-30s-1mx2", vec![Some(-30_000), Some(-90_000), Some(-150_000)]),
        ("-59999ms+1sx1", vec![Some(-59_999), Some(-58_999)]),
        ("-1mx1 _x2", vec![Some(-60_000), Some(-60_000), None, None]),
        ("1h5m", vec![Some(3_900_000)]),
    ] {
        let times = parse_start_times(&format!("m{{a=\"b\"}}@st {points}")).expect("a valid line");
        let times = times.expect("a line of start timestamps");
        assert_eq!(times.labels, Labels::from_pairs([("__name__", "m"), ("a", "b")]));
        assert_eq!(times.offsets_ms, expected, "{points}");
    }
    for line in ["m{a=\"b\"} 1 2", "m 1", "{} 1", ""] {
        assert_eq!(parse_start_times(line), Ok(None), "{line}");
    }
    for line in ["m@st 1m+1m", "m@st +", "m@st x", "m@st 1m2", "m@st _xx", "m@st1m", "m@st _+1m", "m{"] {
        parse_start_times(line).expect_err(line);
    }
}
