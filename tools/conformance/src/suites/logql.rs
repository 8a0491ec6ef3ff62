//! LogQL: cases taken from upstream's tables. Each line of the file is a case, whose kind says what is compared.

mod data;
mod eval;
mod helpers;
mod http;
mod lines;
mod stages;
mod syntax;
mod tree;

use std::path::Path;

use crate::suite::{CaseResult, Suite, case_id, run_case};
use data::Case;

/// Where the cases are.
const FILES: &[&str] = &["loki/logql_cases.jsonl", "loki/logql_eval_cases.jsonl"];

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Logql;

/// Runs a case of one kind.
type Check = fn(&Case) -> Result<(), String>;

impl Suite for Logql {
    fn name(&self) -> &'static str {
        "logql"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let mut results = Vec::new();
        for file in FILES.iter().map(|file| cases.join(file)) {
            let lines = data::read(&file)?;
            results.extend(lines.into_iter().filter_map(|(line, case)| run_line(case_id(cases, &file, line), case)));
        }
        Ok(results)
    }
}

/// Runs a case; none if nothing here runs its kind.
fn run_line(id: String, case: Result<Case, String>) -> Option<CaseResult> {
    let case = match case {
        Ok(case) => case,
        Err(error) => return Some(CaseResult { id, failure: Some(format!("the case cannot be read: {error}")) }),
    };
    let kind = case.text("kind").unwrap_or_default();
    let check =
        [syntax::check_of, stages::check_of, helpers::check_of, http::check_of, lines::check_of, eval::check_of]
            .into_iter()
            .find_map(|check_of| check_of(&kind))?;
    Some(run_case(id, || check(&case).map_err(|failure| format!("{kind}: {case}\n{failure}"))))
}

#[cfg(test)]
mod tests;
