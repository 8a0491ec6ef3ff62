//! Every text and every execution comes to an end.

use gotemplate::limits::{MAX_EXECUTION_DEPTH, MAX_NESTING, MAX_TEMPLATE_DEPTH, MAX_VALUE_DEPTH};
use gotemplate::{Limits, Templates};

use crate::{check, execute, functions, run};

#[track_caller]
fn check_fails(text: &str, part: &str) {
    match run(text) {
        Err(error) => assert!(error.contains(part), "{error}"),
        Ok(out) => panic!("{text} wrote {} bytes", out.len()),
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "{{if 1}}".repeat(depth), "{{end}}".repeat(depth));
    check(&nested(MAX_NESTING - 1), "");
    check_fails(&nested(MAX_NESTING + 1), "nested more than 100 levels deep");
    let parens = |depth: usize| format!("{{{{{}1{}}}}}", "(".repeat(depth), ")".repeat(depth));
    check(&parens(MAX_NESTING - 1), "1");
    check_fails(&parens(100_000), "nested more than 100 levels deep");
    let arms = format!("{{{{if 0}}}}{}{{{{end}}}}", "{{else if 0}}".repeat(10_000));
    check(&arms, "");
}

#[test]
fn calls_are_bounded() {
    check_fails(r#"{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}"#, "exceeded maximum template depth");
    // The deepest execution that is allowed must fit the stack of a thread: bodies, templates and parentheses.
    let body = format!("{}{{{{template \"a\" .}}}}{}", "{{with 1}}".repeat(60), "{{end}}".repeat(60));
    check_fails(&format!("{{{{define \"a\"}}}}{body}{{{{end}}}}{{{{template \"a\" .}}}}"), "exceeded maximum depth");
    let parens = format!("{{{{print {}(1){}}}}}", "(print ".repeat(90), ")".repeat(90));
    check_fails(
        &format!("{{{{define \"a\"}}}}{parens}{{{{template \"a\"}}}}{{{{end}}}}{{{{template \"a\"}}}}"),
        "template depth",
    );
    const { assert!(MAX_TEMPLATE_DEPTH < MAX_EXECUTION_DEPTH) };
}

#[test]
fn steps_are_bounded() {
    check_fails("{{range 1000000000}}{{end}}", "exceeded maximum number of steps (1000000)");
    check_fails("{{range 2000}}{{range 2000}}{{end}}{{end}}", "exceeded maximum number of steps");
}

#[test]
fn output_is_bounded() {
    let mut templates =
        Templates::new(functions()).limits(Limits { output_bytes: 10, value_bytes: 100, ..Limits::default() });
    for (text, expected) in [
        ("{{.s}}{{.s}}", Ok("hellohello")),
        ("{{.s}}{{.s}}.", Err("exceeded maximum size of output (10 bytes)")),
        ("{{.m}}", Err("exceeded maximum size of output (10 bytes)")),
        ("{{$x := printf \"%100d\" 1}}", Ok("")),
        ("{{$x := printf \"%101d\" 1}}", Err("the result has more than 100 bytes")),
        ("{{$x := print .m .m .m .m .m .m .m}}", Err("the result has more than 100 bytes")),
    ] {
        templates.parse("x", text).expect("a template");
        match (execute(&templates), expected) {
            (Ok(out), Ok(expected)) => assert_eq!(out, expected),
            (Err(error), Err(part)) => assert!(error.contains(part), "{error}"),
            (got, _) => panic!("{text}: {got:?}"),
        }
    }
}

#[test]
fn values_are_bounded() {
    check_fails(r#"{{$x := "12345678"}}{{range 64}}{{$x = print $x $x}}{{end}}"#, "the result has more than");
    check_fails("{{$x := list}}{{range 200}}{{$x = list $x}}{{end}}", "the result has more than 100 levels");
    check_fails("{{$x := list 1 1}}{{range 90}}{{$x = list $x $x}}{{end}}{{$x}}", "exceeded maximum size of output");
    const { assert!(MAX_VALUE_DEPTH >= 90) };
}
