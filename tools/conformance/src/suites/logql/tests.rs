use super::*;

fn outcome(case: &str) -> Option<Option<String>> {
    run_line("id".to_owned(), Case::parse(case)).map(|result| result.failure)
}

fn passes(case: &str) {
    assert_eq!(outcome(case), Some(None), "{case}");
}

fn fails(case: &str, part: &str) {
    let failure = outcome(case).flatten().unwrap_or_else(|| panic!("{case} should fail"));
    assert!(failure.contains(part), "{failure}");
}

#[test]
fn cases_of_queries_pass_and_fail() {
    passes(r#"{"kind":"parse","query":"{a=\"b\"}","valid":true,"canonical":"{a=\"b\"}","noop_pipeline":true}"#);
    fails(r#"{"kind":"parse","query":"{a=\"b\"}","valid":true,"canonical":"{a='b'}"}"#, "canonical form");
    fails(r#"{"kind":"parse","query":"{a=\"b\"}","valid":false}"#, "should be refused");
    fails(r#"{"kind":"parse","query":"{a=\"b\"","valid":true}"#, "is refused");
    let error = r#"{"kind":"parse","query":"{a=","valid":false,"error":{"msg":"MSG","line":1,"col":4}}"#;
    passes(&error.replace("MSG", "syntax error: unexpected $end, expecting STRING"));
    fails(error, "MSG");
    let tree = r#"{"kind":"parse","query":"{a=\"b\"} | json","valid":true,"ast":{"t":"pipeline","selector":[["a","=","b"]],"stages":STAGES}}"#;
    passes(&tree.replace("STAGES", r#"[{"t":"json"}]"#));
    fails(&tree.replace("STAGES", r#"[{"t":"unpack"}]"#), "tree");
    fails(&tree.replace("STAGES", r#"[{"t":"json","exprs":[["x","y"]]}]"#), "tree");
    passes(r#"{"kind":"lex","input":"sum(","tokens":["SUM","OPEN_PARENTHESIS"]}"#);
    fails(r#"{"kind":"lex","input":"sum","tokens":["SUM"]}"#, "tokens");
    fails(r#"{"kind":"format","query":"{a=\"b\"}","max_chars_per_line":20,"formatted":"x"}"#, "formatted");
}

#[test]
fn cases_of_stages_and_rules_pass_and_fail() {
    passes(r#"{"kind":"stage_invalid","pipeline":"|~ ip(\"1.2.3.4\")"}"#);
    fails(r#"{"kind":"stage_invalid","pipeline":"|= ip(\"1.2.3.4\")"}"#, "should be refused");
    fails(r#"{"kind":"stage_invalid","pipeline":"|~ \"(\"","error":"nonsense"}"#, "should hold");
    fails(r#"{"kind":"stage_valid","pipeline":"| pattern \"x\""}"#, "is refused");
    passes(r#"{"kind":"json_expr","expression":"a[0]","path":["a",0],"valid":true}"#);
    fails(r#"{"kind":"logfmt_expr","expression":"a b","path":["a"],"valid":true}"#, "is refused");
    passes(r#"{"kind":"contains_ci","line_b64":"//79QUI=","substr_lower":"ab","expect":true}"#);
    fails(r#"{"kind":"duration","input":"1h","ns":1}"#, "nanoseconds");
    fails(r#"{"kind":"http_query","endpoint":"query","query":"{a=\"b\"}","expect_status":"2xx"}"#, "status");
    passes(r#"{"kind":"http_query","query":"{a=\"b\"}","expect_status":"2xx"}"#);
}

#[test]
fn cases_of_lines_pass_and_fail() {
    let pipeline = r#"{"kind":"pipeline","pipeline":"| json","line":"{\"a\":1}","labels":{"b":"2"},"keep":true,"expect_labels":LABELS}"#;
    passes(&pipeline.replace("LABELS", r#"{"a":"1","b":"2"}"#));
    fails(&pipeline.replace("LABELS", r#"{"a":"1"}"#), "labels");
    fails(r#"{"kind":"pipeline","pipeline":"| a=`1`","line":"","labels":{},"keep":true}"#, "kept");
    passes(
        r#"{"kind":"pipeline","pipeline":"| drop x","line":"","labels":{},"pre_error":"E","keep":true,"expect_labels":{"__error__":"E"}}"#,
    );
    fails(
        r#"{"kind":"pipeline","pipeline":"| line_format `a`","line":"b","labels":{},"keep":true,"expect_line":"b"}"#,
        "line",
    );
    passes(r#"{"kind":"filter","query":"{a=\"b\"} |= `x`","line":"yxz","keep":true}"#);
    fails(r#"{"kind":"filter","query":"{a=\"b\"} |= `x`","line":"y","keep":true}"#, "kept");
    let sample = r#"{"kind":"sample","query":"sum by (a)(rate({b=\"c\"}[1m]))","line":"x","labels":{"a":"1","b":"2"},"keep":true,"sample_value":VALUE,"sample_labels":{"a":"1"}}"#;
    passes(&sample.replace("VALUE", "1"));
    fails(&sample.replace("VALUE", "2"), "value");
    let captures = r#"{"kind":"pattern_captures","pattern":"<x> y","line":"z y","capture_names":["x"],"captures":["z"],"line_filter_match":MATCH}"#;
    passes(&captures.replace("MATCH", "true"));
    fails(&captures.replace("MATCH", "false"), "line filter");
}

#[test]
fn cases_of_queries_over_lines_pass_and_fail() {
    let case = r#"{"kind":"eval","mode":"instant","at_ns":2000,"query":"QUERY","load":[{"labels":{"a":"b"},"line":"x{{.i}}","at_ns":1000,"every_ns":500,"count":2}],EXPECT}"#;
    let case = |query: &str, expected: &str| case.replace("QUERY", query).replace("EXPECT", expected);
    let count = "count_over_time({a=`b`} |= `x` [1s])";
    passes(&case(count, r#""expect":[{"labels":{"a":"b"},"values":[2]}]"#));
    fails(&case(count, r#""expect":[{"labels":{"a":"b"},"values":[3]}]"#), "values");
    fails(&case(count, r#""expect":[{"labels":{},"values":[2]}]"#), "series");
    fails(&case(count, r#""expect_empty":true"#), "series");
    passes(&case("count_over_time({a=`b`} |= `x1` [1s])", r#""expect":[{"labels":{"a":"b"},"values":[1]}]"#));
    passes(&case("1 + 1", r#""scalar":[2]"#));
    fails(&case("1 + 1", r#""scalar":[3]"#), "should");
    passes(&case("rate({a=`b`}", r#""expect_fail":true,"fail_msg":"syntax error""#));
    fails(&case("rate({a=`b`}", r#""expect_fail":true,"fail_msg":"nonsense""#), "should hold");
    fails(&case(count, r#""expect_fail":true"#), "should fail");
}

#[test]
fn what_cannot_be_read_fails_and_other_kinds_are_left_out() {
    fails("nonsense", "cannot be read");
    fails(r#"{"kind":"lex"}"#, "no text input");
    assert_eq!(outcome(r#"{"kind":"nonesuch"}"#), None);
    assert_eq!(Logql.run(Path::new("/nonesuch")).expect("an absent file is no error"), []);
}
