//! Whole configurations, single receivers, addresses.

use alerting::Syntax;
use alerting::config::{self, HostPort, receivers};
use serde_json::Value;

use super::data::{Case, node};
use super::{expect, matchers};

pub(super) fn check(case: &Case<'_>) -> Option<Result<(), String>> {
    let text = match case.text("config_file") {
        "" => Ok(case.text("config").to_owned()),
        file => std::fs::read_to_string(case.folder.join(file)).map_err(|error| format!("{file}: {error}")),
    };
    let syntax = match case.text("enable_feature") {
        "" => Syntax::Classic,
        feature => matchers::syntax(feature.strip_suffix("-mode").unwrap_or(feature)),
    };
    Some(text.and_then(|text| judge(case.value, load_with(&text, syntax))))
}

/// Reads a configuration as upstream's tests do: with classic names. The error is worded as upstream words it.
pub(super) fn load(text: &str) -> Result<config::Config, String> {
    load_with(text, Syntax::Classic)
}

fn load_with(text: &str, syntax: Syntax) -> Result<config::Config, String> {
    let report = ::config::Report::new();
    config::load("alertmanager.yml", text, syntax, &report).map_err(|error| upstream_text(&error))
}

/// Errors of the YAML library stand behind a heading, with their lines.
fn upstream_text(error: &::config::Error) -> String {
    let message = error.message();
    let is_of_library = message.starts_with("cannot unmarshal ")
        || (message.starts_with("field ") && message.contains(" not found in type "));
    match error.position() {
        Some(position) if is_of_library => format!("yaml: unmarshal errors:\n  line {}: {message}", position.line),
        _ => message.to_owned(),
    }
}

pub(super) fn snippet(case: &Case<'_>) -> Option<Result<(), String>> {
    let read = || {
        let root = node(case.text("yaml"))?;
        receivers::read_entry(case.text("integration"), &root, Syntax::Classic).map_err(|error| upstream_text(&error))
    };
    Some(judge(case.value, read()))
}

/// Compares an outcome with `valid`, `error`, `error_contains` or `error_any`.
fn judge<T>(case: &Value, outcome: Result<T, String>) -> Result<(), String> {
    let error = outcome.err();
    if case["valid"].as_bool() == Some(true) {
        return expect("error", &error, &None);
    }
    let Some(error) = error else { return Err("is taken, but should be refused".to_owned()) };
    match (case["error"].as_str(), case["error_contains"].as_str()) {
        (Some(expected), _) => expect("error", &error.as_str(), &expected),
        (None, Some(part)) if !error.contains(part) => Err(format!("error {error:?} does not contain {part:?}")),
        _ => Ok(()),
    }
}

pub(super) fn hostport(case: &Case<'_>) -> Option<Result<(), String>> {
    let parsed = node(case.text("input")).and_then(|node| {
        let text = node.text().map_err(|error| error.to_string())?;
        HostPort::parse(text)
    });
    Some(expect("is refused", &parsed.is_err(), &case.value["error"].as_bool().unwrap_or_default()))
}

/// The address of a webhook is one.
pub(super) fn template_url(case: &Case<'_>) -> Option<Result<(), String>> {
    let read = || {
        let root = node(&format!("url: {}", case.text("input")))?;
        receivers::read_entry("webhook_configs", &root, Syntax::Classic).map_err(|error| error.message().to_owned())
    };
    let outcome = match (read(), case.value["error_contains"].as_str()) {
        (Ok(_), None) => Ok(()),
        (Err(error), Some(part)) if error.contains(part) => Ok(()),
        (outcome, expected) => Err(format!("got {:?}, expected an error with {expected:?}", outcome.err())),
    };
    Some(outcome)
}
