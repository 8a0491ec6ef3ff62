use logql_syntax::parse_log_selector;

use super::*;

const JSON: &str = r#"{"a":"1","b":{"c":2.5,"d":[1],"e":null},"a-b":"x","a":"again"}"#;
const LOGFMT: &str = r#"level=warn took=2s size=3MB msg="hi there" empty= 9x=1"#;

/// Passes a line of `{app="s", env="prod"}` with metadata `{trace="m", env="m"}` through a pipeline; what becomes of it, as text.
fn run(pipeline: &str, line: &str) -> Option<String> {
    let expr = parse_log_selector(&format!("{{app=\"s\"}} {pipeline}")).expect("a valid pipeline");
    let mut compiled = Pipeline::compile(&expr, &Surroundings::default()).expect("it is built");
    let stream = Labels::from_pairs([("app", "s"), ("env", "prod")]);
    let metadata = Labels::from_pairs([("trace", "m"), ("env", "m")]);
    let processed = compiled.process(&stream, 0, line.as_bytes(), metadata.as_bytes())?;
    Some(format!("{} {}", processed.text(), processed.labels()))
}

/// `labels` are those besides stream and metadata, as they are shown.
#[track_caller]
fn check(pipeline: &str, line: &str, expected: Option<&str>) {
    assert_eq!(run(pipeline, line).as_deref(), expected, "{pipeline} on {line}");
}

#[test]
fn filters_lines() {
    let kept = r#"10.1.2.3 GET {app="s", env="prod", env_extracted="m", trace="m"}"#;
    for (pipeline, passes) in [
        ("|= `GET`", true),
        ("|= `PUT` or `GET`", true),
        ("!= `PUT` or `GET`", false),
        ("|~ `G.T` !~ `PUT`", true),
        ("|= ip(`10.0.0.0/8`)", true),
        ("!= ip(`10.0.0.0/8`)", false),
        ("|> `<_> GET`", true),
        ("!> `<_> GET`", false),
        ("|= ``", true),
    ] {
        check(pipeline, "10.1.2.3 GET", passes.then_some(kept));
    }
}

#[test]
fn parses_json() {
    check("| json | keep a, b_c, a_b", JSON, Some(&format!(r#"{JSON} {{a="1", a_b="x", b_c="2.5"}}"#)));
    check(
        "| json x=`b.c`, y=`b.d[0]`, z=`b.e`, none=`q` | keep x, y, z, none",
        JSON,
        Some(&format!(r#"{JSON} {{none="", x="2.5", y="1", z=""}}"#)),
    );
    check(
        "| json | keep a",
        r#"{"a":1,"b":nope}"#,
        Some(r#"{"a":1,"b":nope} {__error__="JSONParserErr", __error_details__="Unknown value type", a="1"}"#),
    );
    check("| json | __error__=``", "text", None);
    check(
        "| json | keep env, env_extracted",
        r#"{"env":"line"}"#,
        Some(r#"{"env":"line"} {env="prod", env_extracted="line"}"#),
    );
    check(
        "| json | keep trace, trace_extracted",
        r#"{"trace":"line"}"#,
        Some(r#"{"trace":"line"} {trace="m", trace_extracted="line"}"#),
    );
}

#[test]
fn parses_logfmt_and_captures() {
    check(
        "| logfmt | keep level, msg, empty, _9x",
        LOGFMT,
        Some(&format!(r#"{LOGFMT} {{_9x="1", level="warn", msg="hi there"}}"#)),
    );
    check("| logfmt --keep-empty | keep empty", LOGFMT, Some(&format!(r#"{LOGFMT} {{empty=""}}"#)));
    check("| logfmt l=`level`, none | keep l, none", LOGFMT, Some(&format!(r#"{LOGFMT} {{l="warn", none=""}}"#)));
    check(
        "| logfmt --strict | keep a",
        "a=1 b==2",
        Some(
            r#"a=1 b==2 {__error__="LogfmtParserErr", __error_details__="logfmt syntax error at pos 7 : unexpected '='", a="1"}"#,
        ),
    );
    check(
        "| regexp `(?P<verb>[A-Z]+) (?P<path>/\\S*)?` | keep verb, path",
        "GET x",
        Some(r#"GET x {path="", verb="GET"}"#),
    );
    check(
        "| pattern `<verb> <_> <code>` | keep verb, code",
        "GET /x 200",
        Some(r#"GET /x 200 {code="200", verb="GET"}"#),
    );
    check(
        "| unpack | keep app_extracted, pod",
        r#"{"pod":"p","app":"q","n":1,"_entry":"text"}"#,
        Some(r#"text {app_extracted="q", pod="p"}"#),
    );
    check("| unpack | keep pod", r#"{"pod":"p"}"#, Some(r#"{"pod":"p"} {}"#));
}

#[test]
fn filters_labels() {
    for (filter, passes) in [
        ("level=`warn` and took > 1s", true),
        ("took > 1s, size < 1MB", false),
        ("took > 1h or size == 3MB", true),
        ("_9x >= 1 msg=~`hi.*`", true),
        ("missing > 1", false),
        ("missing != `x`", true),
        ("missing=``", true),
        ("level > 1", true),
        ("level > 1 | __error__=``", false),
        ("level > 1 and _9x > 5", false),
    ] {
        assert_eq!(run(&format!("| logfmt | {filter}"), LOGFMT).is_some(), passes, "{filter}");
    }
    check(
        "| logfmt | level > 1 and took > 1 | keep x",
        "level=warn took=2s",
        Some(
            r#"level=warn took=2s {__error__="LabelFilterErr", __error_details__="strconv.ParseFloat: parsing \"warn\": invalid syntax"}"#,
        ),
    );
}

#[test]
fn rewrites() {
    check(
        "| label_format host=app, note=`fixed` | drop env, env_extracted, trace=`m`",
        "x",
        Some(r#"x {host="s", note="fixed"}"#),
    );
    check("| line_format `constant` |= `constant` | keep app=`s`, env=`other`", "x", Some(r#"constant {app="s"}"#));
    check("| decolorize |= `red text` | keep app", "\u{1b}[31mred\u{1b}[0m text", Some(r#"red text {app="s"}"#));
    check("| json | drop __error__, __error_details__ | keep app", "text", Some(r#"text {app="s"}"#));
}

#[test]
fn keeps_categories_apart() {
    let expr = parse_log_selector("{app=`s`} | logfmt | label_format zone=app").expect("a valid pipeline");
    let mut pipeline = Pipeline::compile(&expr, &Surroundings::default()).expect("it is built");
    let metadata = Labels::from_pairs([("trace", "m")]);
    let stream = Labels::from_pairs([("app", "s")]);
    let processed = pipeline.process(&stream, 0, b"level=warn", metadata.as_bytes()).expect("it passes");
    let shown = [processed.stream_labels(), processed.metadata(), processed.parsed()].map(|set| set.to_string());
    assert_eq!(shown, [r#"{zone="s"}"#, r#"{trace="m"}"#, r#"{level="warn"}"#]);
}

#[test]
fn formats_by_templates() {
    check("| line_format `{{.app}} {{.env | ToUpper}} {{.missing}}!` | keep app", "x", Some(r#"s PROD ! {app="s"}"#));
    check("| line_format `{{__line__}}-{{__timestamp__ | unixEpoch}}` | keep app", "x", Some(r#"x-0 {app="s"}"#));
    // What a stage sets, its own templates do not see yet; what it renamed before them, they do.
    check("| keep app | label_format b=app, a=`{{.b}}{{.app}}`, c=`{{.a}}`", "x", Some(r#"x {a="s", b="s", c=""}"#));
    let details = r#"__error_details__="template: line:1:2: executing \"line\" at <.app>: app is not a method but has arguments""#;
    let failed = format!(r#"x {{__error__="TemplateFormatErr", {details}, app="s"}}"#);
    check("| keep app | line_format `{{.app .env}}`", "x", Some(&failed));
}

#[test]
fn refuses_templates_that_are_none() {
    for (stage, message) in [
        ("line_format `{{`", "invalid line template: template: line:1: unclosed action"),
        (
            "label_format a=`{{nope}}`",
            "invalid template for label 'a': template: label:1: function \"nope\" not defined",
        ),
    ] {
        let expr = parse_log_selector(&format!("{{app=\"s\"}} | {stage}")).expect("a valid pipeline");
        let error = Pipeline::compile(&expr, &Surroundings::default()).expect_err("it is none");
        let stage = stage.replace('`', "\"");
        let expected = format!("parse error : stage '| {stage}' : {message}");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn filters_that_a_store_can_apply_are_taken_out() {
    let expr = parse_log_selector("{app=`s`} |= `a` or `b` | json != `c` |> `<_>x` | line_format `d` |= `d`")
        .expect("a valid pipeline");
    let mut stages = Stages::compile(&expr.stages, &Surroundings::default()).expect("it is built");
    let pushed = stages.take_pushed_filters();
    assert!(
        matches!(&pushed[..], [LineFilter::ContainsAny(any), LineFilter::NotContains(_)] if any.len() == 2),
        "{pushed:?}"
    );
    assert_eq!(stages.stages.len(), 4);
    assert!(stages.may_drop() && stages.changes_line());
}

/// No line makes any pipeline fail, and a pipeline whose filters a store applies keeps the same lines.
#[test]
fn random_lines_pass_or_not_but_never_panic() {
    let pipelines: Vec<LogExpr> = [
        "| json | a > 1 | keep a, b",
        "| json x=`a.b[1]` | label_format y=x | drop app",
        "| logfmt --strict --keep-empty | a=`1` or b > 1s",
        "|= `a` | logfmt a, b=`c` != `{` | unpack | decolorize",
        "| regexp `(?P<a>.)(?P<b>\\d+)` | addr=ip(`10.0.0.0/8`) or a!=``",
        "| pattern `<a> <_>=<b>` |> `<_>a<_>` !~ `x+` |= ip(`::1`)",
    ]
    .iter()
    .map(|pipeline| parse_log_selector(&format!("{{app=\"s\"}} {pipeline}")).expect("a valid pipeline"))
    .collect();
    let mut random = testkit::Random(testkit::seed(4));
    let words = [
        "a", "b", "=", "\"", "{", "}", ":", ",", "[", "]", " ", "1", "10.0.0.1", "::1", "\\u00", "\x1b[1m", "é",
        "_entry",
    ];
    let stream = Labels::from_pairs([("app", "s")]);
    for _ in 0..4_000 {
        let mut line = Vec::new();
        for _ in 0..random.below(16) {
            line.extend_from_slice(words[random.below(words.len())].as_bytes());
            if random.below(40) == 0 {
                line.push(random.next() as u8);
            }
        }
        for expr in &pipelines {
            let mut whole = Pipeline::compile(expr, &Surroundings::default()).expect("it is built");
            let is_kept = whole.process(&stream, 0, &line, &[]).is_some();
            let mut rest = Pipeline::compile(expr, &Surroundings::default()).expect("it is built");
            let pushed = rest.stages.take_pushed_filters();
            let is_kept_so = pushed.iter().all(|f| f.passes(&line)) && rest.process(&stream, 0, &line, &[]).is_some();
            assert_eq!(is_kept, is_kept_so, "{:?} on {line:?}", expr.stages);
        }
    }
}
