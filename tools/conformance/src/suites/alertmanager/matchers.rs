//! Matchers and label names.

use alerting::matcher::{self, Matcher};
use alerting::{Silence, Syntax};
use serde_json::Value;

use super::data::{Case, items};
use super::expect;

pub(super) fn parse(case: &Case<'_>) -> Option<Result<(), String>> {
    let (input, is_one) = (case.text("input"), case.text("kind") == "matcher");
    let parsed = match (case.text("parser"), is_one) {
        // Upstream's table is of the parser itself, which takes braces around one matcher.
        ("utf8", true) => matcher::parse_one_utf8(input).map(|matcher| vec![matcher]),
        (parser, true) => syntax(parser).parse_matcher(input).map(|matcher| vec![matcher]),
        (parser, false) => syntax(parser).parse_matchers(input),
    };
    let outcome = match (parsed, case.value["error"].as_str()) {
        (Ok(matchers), None) => {
            let got: Vec<_> = matchers.iter().map(parts).collect();
            let expected: Vec<_> = items(&case.value["expect"]).iter().map(expected_parts).collect();
            expect("matchers", &got, &expected)
        }
        (Err(error), Some(expected)) => expect("error", &error.as_str(), &expected),
        (parsed, expected) => Err(format!("got {parsed:?}, expected the error {expected:?}")),
    };
    Some(outcome)
}

fn parts(matcher: &Matcher) -> [String; 3] {
    [matcher.name().to_owned(), matcher.op().as_str().to_owned(), matcher.value().to_owned()]
}

fn expected_parts(value: &Value) -> [String; 3] {
    ["name", "op", "value"].map(|key| value[key].as_str().unwrap_or_default().to_owned())
}

pub(super) fn syntax(name: &str) -> Syntax {
    match name {
        "utf8" | "utf8-strict" => Syntax::Utf8,
        "classic" => Syntax::Classic,
        _ => Syntax::Fallback,
    }
}

pub(super) fn matches(case: &Case<'_>) -> Option<Result<(), String>> {
    let draft = alerting::silence::MatcherDraft {
        name: "label".to_owned(),
        op: case.text("op").to_owned(),
        value: case.text("pattern").to_owned(),
    };
    let got = draft.check(Syntax::Utf8).map(|matcher| matcher.matches(case.text("value")));
    Some(expect("match", &got, &Ok(case.value["match"].as_bool().unwrap_or_default())))
}

pub(super) fn label_name(case: &Case<'_>) -> Option<Result<(), String>> {
    let got = syntax(case.text("mode")).is_label_name(case.text("name"));
    Some(expect("valid", &got, &case.value["valid"].as_bool().unwrap_or_default()))
}

/// Whether a silence has a matcher that stands in a filter.
pub(super) fn is_filtered(silence: &Silence, filter: &Matcher) -> bool {
    silence.matcher_sets.iter().flatten().any(|matcher| matcher == filter)
}
