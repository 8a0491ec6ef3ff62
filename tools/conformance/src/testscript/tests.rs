use super::*;
use promql_syntax::series::SeriesValue;

/// The commands of a script, which must all be readable.
fn read_all(script: &str) -> Vec<(usize, CommandKind)> {
    let commands = parse(script).commands.into_iter();
    commands.map(|command| (command.line, command.kind.unwrap_or_else(|error| panic!("{error}")))).collect()
}

/// The only evaluation of a script.
fn read_eval(script: &str) -> Eval {
    match read_all(script).pop() {
        Some((1, CommandKind::Eval(eval))) => *eval,
        other => panic!("{other:?}"),
    }
}

/// Checks the message of a script's only command, which cannot be read.
fn check_error(script: &str, expected: &str) {
    let commands = parse(script).commands;
    let [Command { kind: Err(error), .. }] = commands.as_slice() else { panic!("{script:?}: {commands:?}") };
    assert_eq!(error.to_string(), expected, "{script:?}");
}

#[test]
fn commands_end_at_blank_and_comment_lines() {
    let script =
        "# a comment\nclear\nload 5m\n  a 1\n\t# ends the command\n\nload_with_nhcb 10s\n\tb{x=\"y\"} 1x2\n\t\nclear\n";
    let lines: Vec<usize> = read_all(script).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 7, 10]);
    assert!(parse("").commands.is_empty());
}

#[test]
fn loads() {
    let script = "load_with_nhcb 1m30s\n  a{b=\"c\"}@st _ -30s -1mx1\n  a{b=\"c\"}    _ 1 2+3x1\n  d stale";
    let (_, CommandKind::Load(load)) = read_all(script).remove(0) else { panic!("not a load") };
    assert_eq!((load.step_ms, load.with_nhcb, load.series.len()), (90_000, true, 2));
    assert_eq!(load.series[0].line, 3);
    assert_eq!(load.series[0].labels.to_string(), "{__name__=\"a\", b=\"c\"}");
    let values = [SeriesValue::Omitted, SeriesValue::Float(1.0), SeriesValue::Float(2.0), SeriesValue::Float(5.0)];
    assert_eq!(load.series[0].values, values);
    assert_eq!(load.series[0].start_offsets_ms, [None, Some(-30_000), Some(-60_000), Some(-60_000)]);
    assert_eq!(load.series[1].values, [SeriesValue::Stale]);
    assert!(load.series[1].start_offsets_ms.is_empty());
}

#[test]
fn times() {
    let eval = read_eval("eval instant at 1m sum(x) by (y)\n  {y=\"z\"} 5\n  {} 1");
    assert_eq!((eval.query.as_str(), eval.time), ("sum(x) by (y)", EvalTime::Instant(60_000)));
    assert_eq!(eval.result.series.len(), 2);
    assert_eq!(eval.result.series[0].line, 2);
    assert_eq!(read_eval("eval instant 1 + 1\n  2").time, EvalTime::Instant(0));
    let eval = read_eval("eval range from -1m to 10s step 5s  x  offset 5s\n x 1 _ 2");
    let times = RangeTimes { start_ms: -60_000, end_ms: 10_000, step_ms: 5_000 };
    assert_eq!((eval.query.as_str(), eval.time), ("x  offset 5s", EvalTime::Range(times)));
}

#[test]
fn expectations() {
    let eval = read_eval(
        "eval instant at 0 x\n expect warn msg: PromQL warning: a (1:5)\n expect info regex:a.*b\n expect no_warn\n \
         expect no_info\n expect ordered\n expect fail",
    );
    let expected = Expectations {
        fail: Some(MessageMatch::Any),
        warn: vec![MessageMatch::Text("PromQL warning: a (1:5)".to_owned())],
        no_warn: true,
        info: vec![MessageMatch::Regex("a.*b".to_owned())],
        no_info: true,
        ordered: true,
    };
    assert_eq!(eval.expectations, expected);
    for (script, fail) in [
        ("eval instant at 0 x\n expect fail msg: \"a: \\\"b\\\"\"", MessageMatch::Text("a: \"b\"".to_owned())),
        ("eval_fail instant at 0 x", MessageMatch::Any),
        ("eval_fail instant at 0 x\n expected_fail_message a b", MessageMatch::Text("a b".to_owned())),
        ("eval_fail range from 0 to 1s step 1s x\n expected_fail_regexp a|b", MessageMatch::Regex("a|b".to_owned())),
        ("eval_fail instant at 0 x\n expect fail regex:`a`", MessageMatch::Regex("a".to_owned())),
    ] {
        assert_eq!(read_eval(script).expectations.fail, Some(fail), "{script:?}");
    }
    assert_eq!(read_eval("eval_warn instant at 0 x").expectations.warn, [MessageMatch::Any]);
    assert_eq!(read_eval("eval_info instant at 0 x").expectations.info, [MessageMatch::Any]);
    assert!(read_eval("eval_ordered instant at 0 x").expectations.ordered);
}

#[test]
fn results() {
    for (line, scalar) in
        [("5", Some(5.0)), ("-Inf", Some(f64::NEG_INFINITY)), ("1e-3", Some(0.001)), ("0x10", Some(16.0))]
    {
        assert_eq!(read_eval(&format!("eval instant at 0 x\n {line}")).result.scalar, scalar, "{line}");
    }
    assert!(read_eval("eval instant at 0 x\n NaN").result.scalar.is_some_and(f64::is_nan));
    let eval = read_eval("eval instant at 0 x\n expect string 'a \"b\"'");
    assert_eq!(eval.result.string.as_deref(), Some("a \"b\""));
    let eval = read_eval("eval instant at 0 x[2m]\n expect range vector from 0 to 2m step 1m\n x 1 2 3");
    assert_eq!(eval.result.range_vector, Some(RangeTimes { start_ms: 0, end_ms: 120_000, step_ms: 60_000 }));
    let eval = read_eval("eval instant at 0 x\n {} {{schema:0 counter_reset_hint:gauge}}\n infra 1\n nan_total{} 2");
    assert_eq!(eval.result.series.len(), 3);
}

#[test]
fn errors() {
    check_error("lod 5m", "line 1: unknown command: lod 5m");
    check_error("load_x 5m", "line 1: unknown command: load_x");
    check_error("load", "line 1: empty duration string");
    check_error("load 5x", "line 1: not a valid duration string: \"5x\"");
    check_error(
        "\nload 5m\n  a 1 b",
        "line 3: 1:5: parse error: unexpected identifier \"b\" in series values, expected number or \"stale\"",
    );
    check_error("load 5m\n a@st 0s\n b 1", "line 3: start timestamps must stand directly before their series");
    check_error(
        "load 5m\n a@st 0s\n a@st 0s\n a 1",
        "line 3: start timestamps must stand directly before their series",
    );
    check_error("load 5m\n a@st 0s\n a 1 2", "line 3: start timestamps and points must be of the same number");
    check_error("load 5m\n a@st 0s", "line 2: start timestamps without a series");
    check_error("eval_x instant at 0 x", "line 1: unknown command: eval_x");
    check_error("eval sometimes x", "line 1: unknown kind of evaluation: sometimes");
    check_error("eval instant at 5m", "line 1: no query");
    check_error("eval instant at x y", "line 1: not a valid duration string: \"x\"");
    check_error("eval range from 0 until 1s x", "line 1: expected `to`, found `until`");
    check_error(
        "eval range from 1m to 0 step 1s x",
        "line 1: the step must be positive and the end not before the start",
    );
    check_error("eval instant at 0 x\n expect nothing", "line 2: unknown expectation: nothing");
    check_error("eval instant at 0 x\n expect fail because", "line 2: unexpected because");
    check_error("eval instant at 0 x\n expect fail msg: a\n expect fail msg: b", "line 3: more than one `expect fail`");
    check_error("eval instant at 0 x\n expect string 5", "line 2: expected a string");
    check_error("eval instant at 0 x\n 5\n 6", "line 3: more than one number as the result");
}
