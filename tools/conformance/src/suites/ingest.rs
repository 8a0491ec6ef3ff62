//! Lines on their way in and the parameters of queries: cases taken from Loki's tables. Each line of the file is a case, whose kind
//! says what is compared.

mod levels;
mod params;
mod push;

use std::path::Path;

use serde_json::Value;

use crate::suite::{CaseResult, Suite, case_id, run_case};

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Ingest;

impl Suite for Ingest {
    fn name(&self) -> &'static str {
        "ingest"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let file = cases.join("loki/http_ingest_cases.jsonl");
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            text => text?,
        };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        Ok(lines.map(|(i, line)| run_case(case_id(cases, &file, i + 1), || run_line(line))).collect())
    }
}

fn run_line(line: &str) -> Result<(), String> {
    let case: Value = serde_json::from_str(line).map_err(|error| format!("the case cannot be read: {error}"))?;
    let check = match case["kind"].as_str() {
        Some("push_json") => push::json,
        Some("push_http") => push::http,
        Some("detect_level") => levels::of_entry,
        Some("detect_level_in_text") => levels::of_text,
        Some("param_timestamp") => params::timestamp,
        Some("param_bounds") => params::bounds,
        Some("param_interval") => params::interval,
        Some("range_query_params") => params::range,
        Some("default_step") => params::default_step,
        kind => return Err(format!("unknown kind of case: {kind:?}")),
    };
    check(&case).map_err(|failure| format!("{line}\n{failure}"))
}

/// A text of a case; empty where it is absent.
fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_default()
}

/// A number of a case.
fn number(case: &Value, name: &str) -> Result<i64, String> {
    case[name].as_i64().ok_or_else(|| format!("the case has no number {name}"))
}

/// Compares what came out with what a case expects.
fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, expected: &T) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("{what}: got {got:?}, expected {expected:?}")) }
}

/// Compares a result with a case that says whether it is valid and what it gives then.
fn expect_valid<T: PartialEq + std::fmt::Debug>(
    case: &Value,
    got: Result<T, String>,
    expected: impl FnOnce() -> Result<T, String>,
) -> Result<(), String> {
    match (got, case["valid"].as_bool().unwrap_or(true)) {
        (Ok(got), true) => expect("result", &got, &expected()?),
        (Err(_), false) => Ok(()),
        (Ok(got), false) => Err(format!("gave {got:?}, but should be refused")),
        (Err(error), true) => Err(format!("error: {error}")),
    }
}

#[cfg(test)]
mod tests;
