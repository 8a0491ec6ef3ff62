//! Kinds about single stages and what they are given as strings.

use logql_syntax::ast::{JsonKey, PatternPart};
use logql_syntax::{parse, parse_json_path, parse_logfmt_key, parse_pattern};
use serde_json::{Value, json};

use super::Check;
use super::data::{Case, expect_eq};

pub(super) fn check_of(kind: &str) -> Option<Check> {
    match kind {
        "stage_invalid" => Some(check_stage_invalid),
        "stage_valid" => Some(check_stage_valid),
        "pattern_parse" => Some(check_pattern_parse),
        "json_expr" => Some(check_json_expr),
        "logfmt_expr" => Some(check_logfmt_expr),
        _ => None,
    }
}

/// A pipeline as a query.
fn query_of(case: &Case) -> Result<String, String> {
    Ok(format!("{{app=\"a\"}} {}", case.text("pipeline")?))
}

fn check_stage_invalid(case: &Case) -> Result<(), String> {
    let error = match parse(&query_of(case)?) {
        Ok(expr) => return Err(format!("is accepted, but should be refused: {expr}")),
        Err(error) => error.to_string(),
    };
    // Some texts are the names of Go's variables or formats; what a format wraps is not told.
    let expected = match case.get("error").and_then(Value::as_str) {
        None => return Ok(()),
        Some("ErrNoCapture") => "at least one capture is required",
        Some(text) => text.strip_suffix(": %w").unwrap_or(text),
    };
    if error.contains(expected) { Ok(()) } else { Err(format!("error {error}\nshould hold {expected}")) }
}

fn check_stage_valid(case: &Case) -> Result<(), String> {
    parse(&query_of(case)?).map(drop).map_err(|error| format!("is refused: {error}"))
}

fn check_pattern_parse(case: &Case) -> Result<(), String> {
    let template = parse_pattern(&case.text("pattern")?);
    let part = |part: &PatternPart| match part {
        PatternPart::Literal(text) => json!({ "literal": text }),
        PatternPart::Capture(name) => json!({ "capture": name.as_deref().unwrap_or("_") }),
    };
    let nodes: Value = template.parts.iter().map(part).collect();
    expect_eq("nodes", &Some(&nodes), &case.get("nodes"))
}

fn check_json_expr(case: &Case) -> Result<(), String> {
    let path = parse_json_path(&case.text("expression")?).map(|path| path.iter().map(json_key).collect());
    check_path(case, path)
}

fn json_key(key: &JsonKey) -> Value {
    match key {
        JsonKey::Key(key) => json!(key),
        JsonKey::Index(index) => json!(index),
    }
}

fn check_logfmt_expr(case: &Case) -> Result<(), String> {
    let expression = case.text("expression")?;
    check_path(case, parse_logfmt_key(&expression).map(|key| json!([key])))
}

fn check_path(case: &Case, path: Result<Value, String>) -> Result<(), String> {
    match (path, case.flag("valid")) {
        (Ok(path), Some(true)) => expect_eq("path", &Some(&path), &case.get("path")),
        (Err(error), Some(false)) => match case.get("error").and_then(Value::as_str) {
            Some(expected) if !error.contains(expected) => Err(format!("error {error}\nshould hold {expected}")),
            _ => Ok(()),
        },
        (Ok(path), _) => Err(format!("is accepted, but should be refused: {path}")),
        (Err(error), _) => Err(format!("is refused: {error}")),
    }
}
