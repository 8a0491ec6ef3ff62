//! What came to Go's templates after the version that wrote the other tables, and options.

use gotemplate::{MissingKey, Templates};

use crate::{check, check_error, execute, functions};

#[test]
fn ranges_over_integers() {
    check("{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}{{range 0}}x{{else}}none{{end}}", "01201none");
    check("{{range .u}}{{.}}{{end}}{{range -1}}x{{else}}none{{end}}", "01234none");
    check_error(
        "{{range $i, $x := 5}}{{end}}",
        r#"template: x:1:18: executing "x" at <5>: can't use 5 to iterate over more than one variable"#,
    );
}

#[test]
fn assigns_in_ranges() {
    check("{{$x := 0}}{{range $x = .ss}}{{$x}}{{end}}{{$x}}", "xyy");
    check("{{$k := 0}}{{$x := 0}}{{range $k, $x = .m}}{{end}}{{$k}}{{$x}}", "btwo");
}

#[test]
fn continues_with() {
    check("{{with .z}}a{{else with .e}}b{{else with .i}}{{.}}{{else}}c{{end}}", "1");
    check("{{with .z}}a{{else with .e}}b{{else}}c{{end}}", "c");
    check("{{with $x := .z}}a{{else with $y := .i}}{{$x}}{{$y}}{{end}}", "<no value>1");
    check_error("{{if 1}}{{else with 2}}{{end}}", "template: x:1: unexpected <with> in input");
}

#[track_caller]
fn check_missing(missing_key: MissingKey, text: &str, expected: Result<&str, &str>) {
    let mut templates = Templates::new(functions()).missing_key(missing_key);
    assert_eq!(templates.parse("x", text), Ok(()), "{text}");
    assert_eq!(execute(&templates), expected.map(ToOwned::to_owned).map_err(ToOwned::to_owned), "{text}");
}

#[test]
fn keys_may_be_missing() {
    let text = "{{.sm.nope}}|{{.m.nope}}|{{.nope}}";
    check_missing(MissingKey::NoValue, text, Ok("<no value>|<no value>|<no value>"));
    check_missing(MissingKey::Zero, text, Ok("|<no value>|<no value>"));
    let error = r#"template: x:1:5: executing "x" at <.sm.nope>: map has no entry for key "nope""#;
    check_missing(MissingKey::Error, text, Err(error));
    let error = r#"template: x:1:17: executing "x" at <$x.nope>: nil data; no entry for key "nope""#;
    check_missing(MissingKey::Error, "{{$x := .z}}{{ $x.nope }}", Err(error));
}

#[test]
fn options_have_names() {
    for option in ["missingkey=default", "missingkey=invalid", "missingkey=zero", "missingkey=error"] {
        assert!(Templates::new(functions()).option(option).is_ok(), "{option}");
    }
    let error = Templates::new(functions()).option("missingkey=x").expect_err("there is none");
    assert_eq!(error.to_string(), "unrecognized option: missingkey=x");
}

#[test]
fn later_texts_define_templates_anew() {
    let mut templates = Templates::new(functions());
    templates.parse("x", r#"{{define "a"}}1{{end}}{{template "a"}}{{template "b"}}"#).expect("a template");
    templates.parse("y", r#"{{define "a"}}2{{end}}{{define "b"}}b{{end}}"#).expect("a template");
    // An empty one does not replace another.
    templates.parse("z", r#"{{define "a"}} {{end}}"#).expect("a template");
    assert_eq!(execute(&templates).as_deref(), Ok("2b"));
    assert_eq!(templates.names(), ["a", "b", "x", "y", "z"]);
    let mut out = String::new();
    let error = templates.execute("no", gotemplate::Value::Nil, &mut out).expect_err("there is none");
    assert_eq!(error.to_string(), r#"template: no template "no" associated with template "no""#);
}

#[test]
fn tells_what_it_looks_at() {
    for (text, names) in [
        ("{{.a}} {{.b.c | printf .a}} {{if .d}}{{.e}}{{else}}{{.f}}{{end}}", Some(&["a", "b", "c", "d", "e", "f"][..])),
        ("{{$x := .a}}{{$x}}{{$.b}}{{range .c}}{{end}}", Some(&["a", "b", "c"][..])),
        ("{{.a}}{{.}}", None),
        ("{{$}}", None),
        ("{{(index . \"a\").b}}", None),
    ] {
        let mut templates = Templates::new(functions());
        templates.parse("x", text).expect("a template");
        assert_eq!(templates.field_names("x").as_deref(), names, "{text}");
        assert_eq!(templates.calls("x", "printf"), text.contains("printf"));
    }
}
