//! Kinds about small rules.

use logql_syntax::{duration, text};
use serde_json::Value;

use super::Check;
use super::data::{Case, expect_eq};

pub(super) fn check_of(kind: &str) -> Option<Check> {
    match kind {
        "duration" => Some(check_duration),
        "sanitize_label" => Some(check_sanitize_label),
        "contains_ci" => Some(check_contains_ci),
        _ => None,
    }
}

fn check_duration(case: &Case) -> Result<(), String> {
    let ns = duration::parse_ns(&case.text("input")?).ok();
    expect_eq("nanoseconds", &ns, &case.get("ns").and_then(Value::as_i64))
}

fn check_sanitize_label(case: &Case) -> Result<(), String> {
    expect_eq("label", &text::sanitize_label_name(&case.text("input")?), &case.text("expect")?)
}

fn check_contains_ci(case: &Case) -> Result<(), String> {
    let found = text::contains_ignoring_case(&case.bytes("line")?, &case.text("substr_lower")?);
    expect_eq("found", &Some(found), &case.flag("expect"))
}
