//! Valid queries, as they print on one line and over several.

use promql_syntax::{format, parse};

/// Checks the one-line form, and that it is stable.
fn check(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        let expr = parse(query).unwrap_or_else(|errors| panic!("{query:?}: {errors}"));
        assert_eq!(expr.to_string(), *expected, "{query:?}");
        let again = parse(expected).unwrap_or_else(|errors| panic!("{query:?} prints as {expected:?}: {errors}"));
        assert_eq!(again.to_string(), *expected, "{query:?}");
    }
}

/// Checks queries that print as they are written.
fn check_same(queries: &[&str]) {
    for query in queries {
        check(&[(query, query)]);
    }
}

#[test]
fn numbers() {
    check(&[
        ("1", "1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1000"),
        ("5e-3", "0.005"),
        ("1e30", "1000000000000000000000000000000"),
        ("0xc", "12"),
        ("0X_1F", "31"),
        ("0xe5", "229"),
        ("0755", "493"),
        ("-0755", "-493"),
        ("09", "9"),
        ("0755.5", "755.5"),
        ("1_000", "1000"),
        ("1_000.5_5", "1000.55"),
        ("Inf", "+Inf"),
        ("-iNf", "-Inf"),
        ("+Inf", "+Inf"),
        ("nAn", "NaN"),
        ("+5.5e-3", "0.0055"),
        ("--1", "1"),
        ("-0", "-0"),
        ("5m", "5m"),
        ("90s", "1m30s"),
        ("-1h30m", "-1h30m"),
        ("1d12h", "36h"),
        ("4w", "4w"),
        ("1y2w3d4h5m6s7ms", "9172h5m6s7ms"),
        ("9223372036854775808", "9223372036854776000"),
    ]);
}

#[test]
fn strings() {
    check(&[
        ("\"a\"", "\"a\""),
        ("'a\"b'", "\"a\\\"b\""),
        ("`a\\d\nb`", "\"a\\\\d\\nb\""),
        ("\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\"", "\"\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\""),
        ("'\\'\\x41\\101\\u00e9\\U0001F600'", "\"'AAé😀\""),
        ("\"\\xc3\\xa9 \\xff\"", "\"é \\ufffd\""),
        ("\"\\U0001011111☺\"", "\"\u{10111}11☺\""),
        (
            "{\"\\xff\"=\"\\xff\", a=~\"b\"} + on (\"\\xff\") c",
            "{\"\\ufffd\"=\"\\ufffd\",a=~\"b\"} + on (\"\\ufffd\") c",
        ),
    ]);
}

#[test]
fn selectors() {
    check(&[
        ("foo{}", "foo"),
        ("foo { }", "foo"),
        ("foo:bar{a=\"bc\"}", "foo:bar{a=\"bc\"}"),
        (":foo", ":foo"),
        ("{\"foo\"}", "{__name__=\"foo\"}"),
        ("{__name__=\"a\"}", "{__name__=\"a\"}"),
        ("{\"foo\", a=\"bc\",}", "{__name__=\"foo\",a=\"bc\"}"),
        (
            "{a=\"b\", foo!=\"bar\", \"foo\", t=~\"t\", bar!~\"baz\"}",
            "{__name__=\"foo\",a=\"b\",bar!~\"baz\",foo!=\"bar\",t=~\"t\"}",
        ),
        ("{'foo\\'bar', `a\\dos`=\"boo\"}", "{\"a\\\\dos\"=\"boo\",__name__=\"foo'bar\"}"),
        ("{\"my.metric\", \"lbl.x\"=\"v\"}", "{\"lbl.x\"=\"v\",__name__=\"my.metric\"}"),
        ("{__name__=\"bar\", __name__=\"baz\"}", "{__name__=\"bar\",__name__=\"baz\"}"),
        ("{\"bar\", __name__=\"baz\"}", "{__name__=\"bar\",__name__=\"baz\"}"),
        ("{__name__=~\"bar\", __name__!~\"baz\"}", "{__name__!~\"baz\",__name__=~\"bar\"}"),
        ("foo{NaN='bc', on=\"x\", sum=\"y\"}", "foo{NaN=\"bc\",on=\"x\",sum=\"y\"}"),
        ("foo{bar='}'} # comment } {", "foo{bar=\"}\"}"),
        ("foo{ # comment\n a=\"b\" # another\r, }", "foo{a=\"b\"}"),
        ("foo{a=\"\"}", "foo{a=\"\"}"),
        ("infra", "infra"),
        ("nananere", "nananere"),
        ("info(x, {})", "info(x, {})"),
    ]);
}

#[test]
fn keywords_as_names() {
    check_same(&[
        "by",
        "without",
        "offset",
        "and",
        "or",
        "unless",
        "sum",
        "TopK",
        "count_values",
        "start",
        "end",
        "step",
        "range",
        "anchored",
        "smoothed",
        "min_of",
        "max_of",
        "fill",
        "fill_left",
        "fill_right",
        "limit_ratio",
        "rate",
        "foo * sum",
        "sum(sum)",
        "fill + fill",
        "and and and",
        "offset{step=\"1s\"}[5m]",
        "step{offset=\"1s\"}[5m]",
        "offset offset 5m",
        "anchored anchored",
        "start @ start()",
        "sum by (and, by, avg, count, alert, on, bool, ignoring, group_left, group_right, atan2, start, fill, fill_left) (x)",
        "foo unless on (start, anchored, min_of) bar",
    ]);
    check(&[("sum by (\"NaN\", 'inf', `Without`, x) (y)", "sum by (\"NaN\", \"inf\", \"Without\", x) (y)")]);
    check(&[("sum BY (a:b, 'c d', \"e\") (x)", "sum by (\"a:b\", \"c d\", e) (x)")]);
}

#[test]
fn ranges_and_subqueries() {
    check(&[
        ("test[1000ms]", "test[1s]"),
        ("test[5]", "test[5s]"),
        ("test[4.18]", "test[4s180ms]"),
        ("test[0.0001]", "test[0.0001]"),
        ("test[ 5m ] OFFSET 3600", "test[5m] offset 1h"),
        ("test[5m] @ 1m", "test[5m] @ 60.000"),
        ("test[1:]", "test[1s:]"),
        ("test[10m5s:1h6ms]", "test[10m5s:1h6ms]"),
        ("foo[1h:step()]", "foo[1h:step()]"),
        ("foo[step():5m]", "foo[step():5m]"),
        ("some_metric OFFSET 1m [10m:5s]", "some_metric offset 1m[10m:5s]"),
        ("some_metric[10m:5s] offset 1m @ 123", "some_metric[10m:5s] @ 123.000 offset 1m"),
        ("(foo + bar{nm=\"val\"})[5m:]", "(foo + bar{nm=\"val\"})[5m:]"),
    ]);
    check_same(&[
        "min_over_time(rate(foo{bar=\"baz\"}[2s])[5m:] offset 4m)[4m:3s]",
        "sum without (and, by) (x)[30m:10s]",
        "foo[5m] anchored @ 5.000 offset 5m",
        "foo @ 5.000 smoothed offset 5m",
    ]);
}

#[test]
fn duration_expressions() {
    check(&[
        ("foo[11s+10s-5*2^2]", "foo[11s + 10s - 5 * 2 ^ 2]"),
        ("foo[-(10s-5s)+20s]", "foo[-(10s - 5s) + 20s]"),
        ("foo[-10s+15s]", "foo[-10s + 15s]"),
        ("foo[  -  step  (  )  ]", "foo[-step()]"),
        ("foo[+step()]", "foo[step()]"),
        ("foo[Max_Of(STEP(),5s)]", "foo[max_of(step(), 5s)]"),
        ("foo[-2^2]", "foo[-2 ^ 2]"),
        ("foo[0+-2^2]", "foo[0 + -2 ^ 2]"),
        ("foo[2m/range()]", "foo[2m / range()]"),
        ("foo[(5s)]", "foo[(5s)]"),
        ("foo[60*30]", "foo[60 * 30]"),
        ("foo[4s+4s:1s*2] offset (5s-8)", "foo[4s + 4s:1s * 2] offset (5s - 8)"),
        ("foo[24m+((1.5*2m)+2m)]", "foo[24m + ((1.5 * 2m) + 2m)]"),
        ("foo[1+(STep()-5)*2]", "foo[1 + (step() - 5) * 2]"),
        ("foo[1h30m % 1h]", "foo[1h30m % 1h]"),
    ]);
}

#[test]
fn offsets() {
    check(&[
        ("foo offset -7m", "foo offset -7m"),
        ("foo offset - 5d", "foo offset -5d"),
        ("foo offset 0", "foo"),
        ("foo offset 0s offset 5m", "foo offset 5m"),
        ("foo offset 1m30ms", "foo offset 1m30ms"),
        ("foo offset 5s-8", "foo offset 5s - 8"),
        ("foo offset -1^1", "foo offset -1s ^ 1"),
        ("foo offset -(1^2)", "foo offset -(1 ^ 2)"),
        ("foo offset (-1^2)", "foo offset (-1 ^ 2)"),
        ("foo offset -(5)", "foo offset -(5)"),
        ("foo offset +(5)", "foo offset (5)"),
        ("foo offset (1h / 2)", "foo offset (1h / 2)"),
        ("foo offset ((2 ^ 3) * 1m)", "foo offset ((2 ^ 3) * 1m)"),
        ("foo offset step()*0", "foo offset step() * 0"),
        ("foo offset -step()", "foo offset -step()"),
        ("foo offset STEP()", "foo offset step()"),
        ("foo offset -min_of(5s,step()+8s)", "foo offset -min_of(5s, step() + 8s)"),
        ("foo offset -min_of(step(), 1s)^0", "foo offset -min_of(step(), 1s) ^ 0"),
        ("foo offset -(min_of(step(), 1s))+8000", "foo offset -(min_of(step(), 1s)) + 8000"),
        ("foo offset (1) + 2", "foo offset (1) + 2"),
        ("foo offset (1) > 2", "foo offset (1) > 2"),
        // The offset must not take in the operator behind it when the parts change places.
        ("foo offset (1) @ 5 + 2", "foo @ 5.000 offset +(1) + 2"),
        ("foo offset +(1) + 2", "foo offset +(1) + 2"),
        ("foo offset --5 + 3", "foo offset (5 + 3)"),
        ("foo offset - -step()", "foo offset --step()"),
        ("foo offset +-2^2", "foo offset (-2 ^ 2)"),
    ]);
}

#[test]
fn at_modifiers() {
    check(&[
        ("foo @ 10", "foo @ 10.000"),
        ("foo @ -3.3e1", "foo @ -33.000"),
        ("foo @ .3", "foo @ 0.300"),
        ("foo @ 3.3335", "foo @ 3.334"),
        ("foo @ 0xA", "foo @ 10.000"),
        ("foo @ - 1234", "foo @ -1234.000"),
        ("foo @ -0.0005", "foo @ -0.001"),
        ("foo @ START(   )", "foo @ start()"),
        ("foo @ end() offset 5m", "foo @ end() offset 5m"),
        ("foo offset 5m @ 10", "foo @ 10.000 offset 5m"),
        ("foo smoothed @ 10", "foo @ 10.000 smoothed"),
    ]);
}

#[test]
fn operators() {
    check(&[
        ("1+2*3^-4", "1 + 2 * 3 ^ -4"),
        ("-1^2", "-1 ^ 2"),
        ("-foo^2", "-foo ^ 2"),
        ("Inf ^ 2 ^ Inf", "Inf ^ 2 ^ +Inf"),
        ("-Inf ^ 2", "-Inf ^ 2"),
        ("+foo", "+foo"),
        ("a AND b Or c UNLESS d", "a and b or c unless d"),
        ("1 < bool 2 - 1 * 2", "1 < bool 2 - 1 * 2"),
        ("a - on() c", "a - on () c"),
        ("a - ignoring() c", "a - c"),
        ("a - ON(b,) GROUP_LEFT c", "a - on (b) group_left () c"),
        ("a - on(b) group_left (x,y) c", "a - on (b) group_left (x, y) c"),
        ("a - ignoring(b) group_right() c", "a - ignoring (b) group_right () c"),
        ("a > bool on(\"x y\") b", "a > bool on (\"x y\") b"),
        ("a + fill(1) b", "a + fill (1) b"),
        ("a + on(x) group_left fill (-Inf) b", "a + on (x) group_left () fill (-Inf) b"),
        ("a + fill_right(2) fill_left(1) b", "a + fill_left (1) fill_right (2) b"),
        ("a + fill_left(1e30) b", "a + fill_left (1e+30) b"),
        ("a </ 1", "a </ 1"),
        ("a >/on(x)b", "a >/ on (x) b"),
        ("1 + foo atan2 bar", "1 + foo atan2 bar"),
        ("a == b == c", "a == b == c"),
        ("((a))", "((a))"),
    ]);
}

#[test]
fn groups_as_upstream() {
    fn shape_of(expr: &promql_syntax::ast::Expr) -> String {
        let children: Vec<String> = expr.children().into_iter().map(shape_of).collect();
        if children.is_empty() { expr.to_string() } else { format!("[{}]", children.join(" ")) }
    }
    for (query, shape) in [
        ("a+b+c", "[[a b] c]"),
        ("a^b^c", "[a [b c]]"),
        ("-a^b", "[[a b]]"),
        ("-a*b", "[[a] b]"),
        ("a^-b*c", "[[a [b]] c]"),
        ("a+b*c", "[a [b c]]"),
        ("a or b and c", "[a [b c]]"),
        ("a and b unless c or d", "[[[a b] c] d]"),
        ("a > b + c", "[a [b c]]"),
        ("a </ b + c > d", "[[a [b c]] d]"),
        ("a atan2 b + c", "[[a b] c]"),
        ("-a offset 5m", "[a offset 5m]"),
        ("a + b @ 5", "[a b @ 5.000]"),
        ("max_over_time(a[5m:]) ^ b", "[[[a]] b]"),
        ("-max_over_time(-a[5m:])", "refused"),
    ] {
        let found = parse(query).map_or_else(|_| "refused".to_owned(), |expr| shape_of(&expr));
        assert_eq!(found, shape, "{query}");
    }
}

#[test]
fn aggregations() {
    check(&[
        ("SuM BY(a) (x)", "sum by (a) (x)"),
        ("sum(x) by (a, b,)", "sum by (a, b) (x)"),
        ("sum by () (x)", "sum(x)"),
        ("sum without() (x)", "sum without () (x)"),
        ("sum by (\"foo bar\")({\"some.metric\"})", "sum by (\"foo bar\") ({__name__=\"some.metric\"})"),
        ("topk by (a) (5, x)", "topk by (a) (5, x)"),
        ("count_values('v', x)", "count_values(\"v\", x)"),
        ("limitk(5, x) + limit_ratio(-0.5, x)", "limitk(5, x) + limit_ratio(-0.5, x)"),
    ]);
}

#[test]
fn functions() {
    check(&[
        ("start ( )", "start()"),
        ("time()", "time()"),
        ("max_of(step(), min_of(1, 2))", "max_of(step(), min_of(1, 2))"),
        ("round(x)", "round(x)"),
        ("label_join(x, \"a\", \"b\")", "label_join(x, \"a\", \"b\")"),
        ("histogram_quantiles(x, \"q\", 0, 1)", "histogram_quantiles(x, \"q\", 0, 1)"),
        ("info(x, {__name__=~\".+\", a=\"b\"})", "info(x, {__name__=~\".+\",a=\"b\"})"),
        ("rate(x[5m])", "rate(x[5m])"),
    ]);
}

/// Checks the form over several lines, which is also stable.
fn check_format(query: &str, expected: &str) {
    let format = |text: &str| format(&parse(text).unwrap_or_else(|errors| panic!("{text:?}: {errors}")));
    let formatted = format(query);
    assert_eq!(formatted, expected, "{query:?}");
    assert_eq!(format(&formatted), expected, "{query:?}");
}

const LONG: &str = "a_metric_with_a_rather_long_name_total{instance=\"localhost\",job=\"node\"}";

#[test]
fn short_queries_stay_on_one_line() {
    check_format("sum  by(job)(rate(x[5m]))>0", "sum by (job) (rate(x[5m])) > 0");
    let selector = format!("{LONG}[5m] offset 5m");
    check_format(&selector, &selector);
    let exactly_at_the_limit = format!("\"{}\"", "x".repeat(98));
    check_format(&exactly_at_the_limit, &exactly_at_the_limit);
}

#[test]
fn long_queries_are_split() {
    check_format(&format!("{LONG}+{LONG}"), &format!("  {LONG}\n+\n  {LONG}"));
    check_format(
        &format!("{LONG} > bool on(job) group_left(x) {LONG}"),
        &format!("  {LONG}\n> bool on (job) group_left (x)\n  {LONG}"),
    );
    check_format(
        &format!("sum by (job) (rate({LONG}[5m]) / rate({LONG}[5m]))"),
        &format!("sum by (job) (\n    rate({LONG}[5m])\n  /\n    rate({LONG}[5m])\n)"),
    );
    check_format(
        &format!("topk(5, sum by (a_label_with_a_long_name, another_label) ({LONG}))"),
        &format!("topk(\n  5,\n  sum by (a_label_with_a_long_name, another_label) (\n    {LONG}\n  )\n)"),
    );
    check_format(
        &format!("label_replace({LONG}, \"destination\", \"$1\", \"source\", \"(.*)\")"),
        &format!("label_replace(\n  {LONG},\n  \"destination\",\n  \"$1\",\n  \"source\",\n  \"(.*)\"\n)"),
    );
    check_format(&format!("-({LONG}+{LONG})"), &format!("-(\n    {LONG}\n  +\n    {LONG}\n)"));
    check_format(
        &format!("max_over_time(rate({LONG}[5m])[1h:1m] offset 5m) / {LONG}"),
        &format!("  max_over_time(\nrate({LONG}[5m])[1h:1m] offset 5m\n  )\n/\n  {LONG}"),
    );
    check_format(
        &format!("max_over_time(sum by (a_label, another_label) (rate({LONG}[5m]))[1h:1m] offset 5m)"),
        &format!("max_over_time(\n  sum by (a_label, another_label) (\n    rate({LONG}[5m])\n  )[1h:1m] offset 5m\n)"),
    );
}
