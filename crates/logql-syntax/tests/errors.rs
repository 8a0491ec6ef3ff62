//! What is wrong with queries, in upstream's words.

use logql_syntax::{parse, parse_labels, parse_log_selector, parse_matchers, parse_syntax};

fn check(query: &str, expected: &str) {
    let error = parse(query).map(|expr| expr.to_string()).map_err(|error| error.to_string());
    assert_eq!(error, Err(expected.to_owned()), "{query}");
}

#[test]
fn what_would_fit_is_listed_where_it_is_little() {
    for (query, column, message) in [
        ("", 1, "unexpected $end"),
        ("{", 2, "unexpected $end, expecting IDENTIFIER or }"),
        ("{a", 3, "unexpected $end, expecting = or =~ or !~ or !="),
        ("{a=b}", 4, "unexpected IDENTIFIER, expecting STRING"),
        ("{a=`b` c=`d`}", 8, "unexpected IDENTIFIER, expecting } or ,"),
        ("{a=`b`,}", 8, "unexpected }, expecting IDENTIFIER"),
        ("{a=`b`} |", 10, "unexpected $end"),
        ("{a=`b`} | json a=", 18, "unexpected $end, expecting STRING"),
        ("{a=`b`} | json a,", 18, "unexpected $end, expecting IDENTIFIER"),
        ("{a=`b`} | label_format a b", 26, "unexpected IDENTIFIER, expecting ="),
        ("{a=`b`} | label_format a=", 26, "unexpected $end, expecting IDENTIFIER or STRING"),
        ("{a=`b`} | drop", 15, "unexpected $end, expecting IDENTIFIER"),
        ("{a=`b`} | (", 12, "unexpected $end, expecting IDENTIFIER or ("),
        ("{a=`b`} | a=`b` or", 19, "unexpected $end, expecting IDENTIFIER or ("),
        ("{a=`b`} | a=~1", 14, "unexpected NUMBER, expecting STRING"),
        ("{a=`b`} | a > -", 16, "unexpected $end, expecting NUMBER"),
        ("{a=`b`} | unwrap x", 11, "unexpected unwrap"),
        ("{a=`b`} by (a)", 9, "unexpected by"),
        ("rate(sum(x))", 6, "unexpected SUM, expecting NUMBER or { or ("),
        ("rate(1 {", 8, "unexpected {, expecting ,"),
        ("rate({a=`b`})", 13, "unexpected )"),
        ("rate(({a=`b`}))", 15, "unexpected ), expecting RANGE"),
        (
            "rate({a=`b`} | unwrap 1 [1m])",
            23,
            "unexpected NUMBER, expecting IDENTIFIER or BYTES_CONV or DURATION_CONV or DURATION_SECONDS_CONV",
        ),
        ("rate({a=`b`} | unwrap x)", 24, "unexpected ), expecting RANGE or |"),
        ("rate({a=`b`} | unwrap x | json [1m])", 27, "unexpected json, expecting IDENTIFIER or ("),
        ("rate({a=`b`}[1m] x)", 18, "unexpected IDENTIFIER, expecting )"),
        ("rate({a=`b`}[1m] offset 5)", 25, "unexpected NUMBER, expecting DURATION"),
        ("sum by a (vector(1))", 1, "unexpected IDENTIFIER"),
        ("sum by (a b) (vector(1))", 11, "unexpected IDENTIFIER, expecting , or )"),
        ("sum(vector(1)) by (a,)", 22, "unexpected ), expecting IDENTIFIER"),
        ("sum({a=`b`})", 12, "unexpected )"),
        ("vector(-1)", 8, "unexpected -, expecting NUMBER"),
        ("vector(1) + on a", 16, "unexpected IDENTIFIER, expecting ("),
        ("topk(-1, vector(1))", 8, "unexpected ,"),
    ] {
        check(query, &format!("parse error at line 1, col {column}: syntax error: {message}"));
    }
}

#[test]
fn places_are_counted_as_upstream_does() {
    check("{a=`b`}\n\n  x", "parse error at line 3, col 3: syntax error: unexpected IDENTIFIER");
    check("{é=`☺`} x", "parse error at line 1, col 9: syntax error: unexpected IDENTIFIER");
    // Behind tokens of several characters the line is forgotten.
    check(
        "{a=`b`} | b >= 1 >= 2",
        "parse error : unexpected type for left leg of binary operation (>=): *syntax.PipelineExpr",
    );
    check("{a=`b`} 5m", "parse error at line 0, col 9: syntax error: unexpected DURATION");
    let error = parse("rate({a=`b`}[5m] x)").expect_err("a word too many");
    assert_eq!((error.span.start, error.span.end), (17, 18));
}

#[test]
fn what_cannot_be_cut_into_tokens_is_told() {
    for (query, expected) in [
        ("{a=\"b", "line 1, col 4: literal not terminated"),
        ("{a=`b", "line 1, col 4: literal not terminated"),
        ("{a=\"b\nc\"}", "line 1, col 4: literal not terminated"),
        ("{a=\"\\d\"}", "line 1, col 4: invalid char escape"),
        ("{a=\"\\ud800\"}", "line 1, col 4: invalid syntax"),
        ("{a=\"\\xff\"}", "line 1, col 4: not built yet: bytes that are not UTF-8 in a string"),
        ("{a='bc'}", "line 1, col 4: illegal char literal"),
        ("{a=`\0`}", "line 1, col 4: invalid character NUL"),
        ("08", "line 1, col 1: invalid digit '8' in octal literal"),
        ("0x", "line 1, col 1: hexadecimal literal has no digits"),
        ("1e", "line 1, col 1: exponent has no digits"),
        ("1__0", "line 1, col 1: '_' must separate successive digits"),
        ("1 /* 2", "line 1, col 3: comment not terminated"),
        ("rate({a=`b`}[5m", "line 0, col 13: missing closing ']' in duration"),
        ("rate({a=`b`}[5])", "line 0, col 13: not a valid duration string: \"5\""),
        ("rate({a=`b`}[1m1h])", "line 0, col 13: not a valid duration string: \"1m1h\""),
        ("rate({a=`b`}[5x])", "line 0, col 13: unknown unit \"x\" in duration \"5x\""),
        ("rate({a=`b`}[])", "line 0, col 13: empty duration string"),
        ("rate({a=`b`}[300y])", "line 0, col 13: duration out of range"),
    ] {
        check(query, &format!("parse error at {expected}"));
    }
}

#[test]
fn what_means_nothing_is_refused() {
    let needs_matcher = "queries require at least one regexp or equality matcher that does not have an empty-compatible value. \
                         For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";
    for (query, expected) in [
        ("{}", needs_matcher),
        ("{a=``}", needs_matcher),
        ("vector(1) + rate({a!=`b`}[1m])", needs_matcher),
        ("{a=~`(`}", "error parsing regexp: missing closing ): `(`"),
        ("vector(1) * {a=`b`} | json", "unexpected type for right leg of binary operation (*): *syntax.PipelineExpr"),
        ("vector(1) and 2", "unexpected literal for right leg of logical/set binary operation (and): 2.000000"),
        ("1e999", "unable to parse literal as a float: strconv.ParseFloat: parsing \"1e999\": value out of range"),
        ("topk(1.5, vector(1))", "invalid parameter topk(1.5,"),
        ("sort(2, vector(1))", "unsupported parameter for operation sort(2,"),
        ("sort_desc(vector(1)) by (a)", "sort and sort_desc doesn't allow grouping by"),
        ("approx_topk by (a) (1, vector(1))", "grouping not allowed for approx_topk aggregation"),
        ("bytes_rate({a=`b`} | unwrap x [1m])", "invalid aggregation bytes_rate with unwrap"),
        ("rate_counter({a=`b`}[1m])", "invalid aggregation rate_counter without unwrap"),
        ("rate({a=`b`}[1m]) by (a)", "grouping not allowed for rate aggregation"),
        ("{a=`b`} | regexp `x`", "invalid regexp parser: at least one named capture must be supplied"),
        (
            "{a=`b`} | pattern `<a><b>`",
            "invalid pattern parser: found consecutive capture '<a><b>': invalid expression",
        ),
        ("{a=`b`} | pattern `<a> <a>`", "invalid pattern parser: duplicate capture name (a): invalid expression"),
        ("variants(rate({a=`b`}[1m])) of ({a=`b`}[1m])", "not built yet: variants"),
    ] {
        check(query, &format!("parse error : {expected}"));
    }
}

#[test]
fn arguments_of_stages_are_not_looked_at_where_only_the_form_counts() {
    for (stage, expected) in [
        ("|~ `(`", "error parsing regexp: missing closing ): `(`"),
        ("|~ ip(`::1`)", "ip: invalid operation"),
        ("!= ip(`x`)", "ip: invalid pattern: \"x\""),
        ("| a=ip(`1.2.3.4-1.2.3.3`)", "ip: invalid pattern: \"1.2.3.4-1.2.3.3\""),
        ("!> `<_><_>`", "found consecutive capture '<_><_>': invalid expression"),
        ("| json a=`b..c`", "cannot parse expression [b..c]: syntax error: unexpected DOT, expecting FIELD"),
        ("| json a=``", "cannot parse expression []: syntax error: unexpected $end, expecting LSB or FIELD"),
        ("| logfmt a=`b c`", "cannot parse expression [b c]: syntax error: unexpected KEY"),
        ("| label_format a=b,a=c", "multiple label name 'a' not allowed in a single format operation"),
        ("| label_format __error__=c", "__error__ cannot be formatted"),
    ] {
        let query = format!("{{a=`b`}} {stage}");
        check(&query, expected);
        assert!(parse_syntax(&query).is_ok(), "{query}");
    }
    // Joined with something, a wrong address is only found when a line is looked at.
    assert!(parse("{a=`b`} | a=ip(``) or b=`c`").is_ok());
}

#[test]
fn narrower_forms_are_told_apart() {
    assert_eq!(parse_matchers("{a=`b`, c!=`d`}").map(|matchers| matchers.len()), Ok(2));
    assert!(parse_matchers("{a=`b`} |= `c`").is_err());
    assert!(parse_matchers("vector(1)").is_err());
    assert_eq!(parse_log_selector("{a=`b`} |= `c`").map(|log| log.stages.len()), Ok(1));
    let error = parse_log_selector("vector(1)").expect_err("a metric query");
    assert_eq!(error.to_string(), "parse error : only log selector is supported");
    assert_eq!(
        parse_labels("{b=\"1\", a=\"\\n\"}").map(|labels| labels.to_string()),
        Ok("{a=\"\\n\", b=\"1\"}".into())
    );
    assert!(parse_labels("{}").is_ok());
    for text in ["{a=~`b`}", "{a=`b`, a=`c`}", "{a=`b`} | json", "a", "vector(1)"] {
        assert!(parse_labels(text).is_err(), "{text}");
    }
}

#[test]
fn characters_of_no_use_are_refused() {
    for query in ["{a=`b`} | json!", "{?=`b`}", "{a=`b`} | 'x'=`b`", "vector(1) $ 2", "{a=`b`} | \u{a0}=1"] {
        let error = parse(query).map(|expr| expr.to_string()).map_err(|error| error.to_string());
        assert!(error.as_ref().is_err_and(|error| error.contains("unexpected IDENTIFIER")), "{query}: {error:?}");
    }
}
