use super::run_line;

fn check(case: &str, expected_failure: Option<&str>) {
    let failure = run_line(case).err();
    match (&failure, expected_failure) {
        (None, None) => {}
        (Some(got), Some(expected)) => assert!(got.contains(expected), "{case}: {got}"),
        _ => panic!("{case}: {failure:?}"),
    }
}

#[test]
fn wrong_expectations_fail() {
    check(r#"{"kind":"detect_level_in_text","line":"an error","expect_level":"error"}"#, None);
    check(r#"{"kind":"detect_level_in_text","line":"an error","expect_level":"warn"}"#, Some("got \"error\""));
    check(r#"{"kind":"detect_level","line":"x","structured_metadata":{"level":"WARN"},"expect_level":"warn"}"#, None);
    check(r#"{"kind":"param_timestamp","value":"1","valid":false}"#, Some("should be refused"));
    check(r#"{"kind":"param_timestamp","value":"x","valid":true,"expect_ns":1}"#, Some("error: "));
    check(r#"{"kind":"default_step","start_ns":0,"end_ns":0,"expect_step_s":2}"#, Some("step: got"));
    check(r#"{"kind":"range_query_params","path":"/x?query=a&start=0&end=1","expect":{"limit":100}}"#, None);
    check(r#"{"kind":"range_query_params","path":"/x?query=a&start=0&end=1","expect":{"limit":1}}"#, Some("limit"));
    check(r#"{"kind":"made up"}"#, Some("unknown kind"));
    check("{", Some("cannot be read"));
}

#[test]
fn pushed_lines_are_compared() {
    let case = |body: &str, valid: bool, line: &str| {
        serde_json::json!({
            "kind": "push_json", "content_type": "application/json", "body": body, "valid": valid,
            "expect_labels": {"a": "b"}, "expect_entries": [[{"ts_ns": 1, "line": line, "structured_metadata": {}}]],
        })
        .to_string()
    };
    let body = r#"{"streams":[{"stream":{"a":"b"},"values":[["1","x"]]}]}"#;
    check(&case(body, true, "x"), None);
    check(&case(body, true, "y"), Some("lines: got"));
    check(&case(body, false, "x"), Some("should be refused"));
    check(&case("{", false, "x"), None);
}
