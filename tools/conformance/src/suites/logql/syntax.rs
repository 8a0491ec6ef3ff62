//! Kinds about whole queries: what they parse to, how they print, what is wrong with them.

use logql_syntax::ast::{Expr, LogExpr};
use logql_syntax::{ParseError, ParseErrorKind, format, parse_matchers, parse_syntax, token_names};
use model::Matcher;
use serde_json::{Value, json};

use super::Check;
use super::data::{Case, expect_eq};
use super::tree;

pub(super) fn check_of(kind: &str) -> Option<Check> {
    match kind {
        "parse" => Some(check_parse),
        "lex" => Some(check_lex),
        "format" => Some(check_format),
        "parse_matchers" => Some(check_parse_matchers),
        "parse_labels" => Some(check_parse_labels),
        _ => None,
    }
}

fn check_parse(case: &Case) -> Result<(), String> {
    let query = case.text("query")?;
    let expr = match (parse_syntax(&query), case.flag("valid")) {
        (Ok(expr), Some(true)) => expr,
        (Err(error), Some(false)) => return check_error(case, &error),
        (Ok(expr), _) => return Err(format!("is accepted, but should be refused: {expr}")),
        (Err(error), _) => return Err(format!("is refused: {error}")),
    };
    let text = expr.to_string();
    if let Some(tree) = case.get("ast") {
        tree::expect_same(&tree::of_expr(&expr), tree)?;
    }
    if case.get("canonical").is_some() {
        expect_eq("canonical form", &text, &case.text("canonical")?)?;
    }
    if let Some(matchers) = case.get("matchers") {
        let Expr::Log(log) = &expr else { return Err("is no log query".to_owned()) };
        expect_eq("matchers", &shown_matchers(&log.matchers), matchers)?;
    }
    check_log_property(case, &expr, "noop_pipeline", LogExpr::is_noop_pipeline)?;
    check_log_property(case, &expr, "has_filter", LogExpr::has_filter)?;
    // Upstream only says of some that they can be read again; here all must be.
    let again = parse_syntax(&text).map_err(|error| format!("prints as {text}, which is refused: {error}"))?;
    expect_eq("printed again", &again.to_string(), &text)
}

fn check_error(case: &Case, error: &ParseError) -> Result<(), String> {
    let Some(expected) = case.get("error") else { return Ok(()) };
    if let Some(part) = expected.get("contains").and_then(Value::as_str) {
        let found = error.to_string().contains(part);
        return if found { Ok(()) } else { Err(format!("error {error}\nshould hold {part}")) };
    }
    let (line, column) = match error.kind {
        ParseErrorKind::Syntax { line, column } => (line, column),
        ParseErrorKind::Meaning | ParseErrorKind::Stage => (0, 0),
    };
    expect_eq("error", &json!({ "msg": error.message, "line": line, "col": column }), expected)
}

fn check_log_property(case: &Case, expr: &Expr, name: &str, property: fn(&LogExpr) -> bool) -> Result<(), String> {
    match (case.flag(name), expr) {
        (None, _) => Ok(()),
        (Some(should), Expr::Log(log)) => expect_eq(name, &property(log), &should),
        (Some(_), Expr::Metric(_)) => Err("is no log query".to_owned()),
    }
}

fn shown_matchers(matchers: &[Matcher]) -> Value {
    matchers.iter().map(tree::of_matcher).collect()
}

fn check_lex(case: &Case) -> Result<(), String> {
    let names = Value::from(token_names(&case.text("input")?));
    expect_eq("tokens", &Some(&names), &case.get("tokens"))
}

fn check_format(case: &Case) -> Result<(), String> {
    let max_chars =
        case.get("max_chars_per_line").and_then(Value::as_u64).ok_or("the case has no max_chars_per_line")?;
    let expr = parse_syntax(&case.text("query")?).map_err(|error| error.to_string())?;
    expect_eq("formatted", &format(&expr, max_chars as usize), &case.text("formatted")?)
}

fn check_parse_matchers(case: &Case) -> Result<(), String> {
    match (parse_matchers(&case.text("query")?), case.flag("valid")) {
        (Ok(matchers), Some(true)) => match case.get("matchers") {
            Some(should) => expect_eq("matchers", &shown_matchers(&matchers), should),
            None => Ok(()),
        },
        (Err(_), Some(false)) => Ok(()),
        (Ok(_), _) => Err("is accepted, but should be refused".to_owned()),
        (Err(error), _) => Err(format!("is refused: {error}")),
    }
}

fn check_parse_labels(case: &Case) -> Result<(), String> {
    let parsed = logql_syntax::parse_labels(&case.text("input")?);
    match (parsed, case.get("labels")) {
        (Ok(labels), Some(should @ Value::Object(_))) => {
            let labels: serde_json::Map<String, Value> =
                labels.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
            expect_eq("labels", &Value::Object(labels), should)
        }
        (Err(_), None | Some(Value::Null)) => Ok(()),
        (Ok(_), _) => Err("is accepted, but should be refused".to_owned()),
        (Err(error), _) => Err(format!("is refused: {error}")),
    }
}
