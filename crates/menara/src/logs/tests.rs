use serde_json::json;

use super::lines;
use super::print::{Line, render, shared_labels};
use crate::cli::LineOutput;

fn check(output: LineOutput, share: bool, expected: &str) {
    let answer = json!([
        {"stream": {"job": "a", "level": "info"}, "values": [["1435781451781000001", "one"], ["x", "skipped"]]},
        {"stream": {"job": "a"}, "values": [["1435781451000000000", "two \"quoted\""]]},
    ]);
    let lines: Vec<Line> = lines(&answer);
    let shared = if share { shared_labels(&lines) } else { Vec::new() };
    assert_eq!(render(&lines, output, &shared), expected, "{output:?}");
}

#[test]
fn prints_lines() {
    check(LineOutput::Raw, false, "one\ntwo \"quoted\"\n");
    check(
        LineOutput::Default,
        false,
        "2015-07-01T20:10:51.781000001Z {job=\"a\", level=\"info\"} one\n\
         2015-07-01T20:10:51Z {job=\"a\"} two \"quoted\"\n",
    );
    check(
        LineOutput::Default,
        true,
        "2015-07-01T20:10:51.781000001Z {level=\"info\"} one\n2015-07-01T20:10:51Z two \"quoted\"\n",
    );
    check(
        LineOutput::Jsonl,
        true,
        "{\"labels\":{\"job\":\"a\",\"level\":\"info\"},\"line\":\"one\",\"timestamp\":\"2015-07-01T20:10:51.781000001Z\"}\n\
         {\"labels\":{\"job\":\"a\"},\"line\":\"two \\\"quoted\\\"\",\"timestamp\":\"2015-07-01T20:10:51Z\"}\n",
    );
}
