use std::path::Path;

use super::{notifications, rules, run};

fn outcome(case: &str, check: super::Check, folder: &Path) -> Result<(), String> {
    let node = config::parse("case", case).expect("a case");
    run(&node, folder, check)
}

fn check_rule(case: &str, expected_failure: Option<&str>) {
    match (outcome(case, rules::check, Path::new("")), expected_failure) {
        (Ok(()), None) => {}
        (Err(got), Some(expected)) => assert!(got.contains(expected), "{case}: {got}"),
        (got, _) => panic!("{case}: {got:?}"),
    }
}

#[test]
fn wrong_expectations_fail() {
    check_rule(r#"{template: "{{ 1 }}", expect: "1"}"#, None);
    check_rule(r#"{template: "{{ 1 }}", expect: "2"}"#, Some("got \"1\", expected \"2\""));
    check_rule(r#"{template: "{{ 1 }}", error: "x"}"#, Some("expected an error"));
    check_rule(r#"{template: "{{", error: "error parsing template test: template: test:1: unclosed action"}"#, None);
    check_rule(r#"{template: "{{", error: "x"}"#, Some("unclosed action"));
    check_rule(r#"{template: "{{ .x.y }}", options: [missingkey=error], expect: ""}"#, Some("nil data"));
    check_rule(r#"{template: "{{ 1 }}", options: [nonsense], expect: "1"}"#, Some("unrecognized option"));
}

#[test]
fn rules_have_their_data() {
    check_rule(r#"{template: "{{ range . }}{{ . }};{{ end }}", data: {floats: [1, 1e6]}, expect: "1;1e+06;"}"#, None);
    check_rule(r#"{template: "{{ range . }}{{ printf \"%T\" . }}{{ end }}", data: {ints: [1]}, expect: "int"}"#, None);
    check_rule(
        r#"{template: "{{ query \"x\" | first | label \"a\" }}", query_result: [{labels: {a: b}, value: 1}], expect: b}"#,
        None,
    );
    check_rule(
        r#"{template: "{{define \"a\"}}<i>{{.}}</i>{{end}}{{tmpl \"a\" \"<\"}}", html: true, expect: "<i>&lt;</i>"}"#,
        None,
    );
}

#[test]
fn notifications_need_their_templates() {
    let failure = outcome(r#"{template: "x", expect: "x"}"#, notifications::check, Path::new("nowhere"));
    assert!(failure.is_err_and(|failure| failure.contains("No such file")));
}
