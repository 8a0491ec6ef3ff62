//! Upstream's test scripts run as its own harness runs them, on a store in memory.
//!
//! An instant evaluation is run again in other ways that must give the same result; see [`rerun`].

mod compare;
mod data;
mod rerun;

use std::path::Path;

use promql::{Annotations, Engine, EngineOptions, QueryError, QueryErrorKind, QueryResult};
use promql_syntax::ast::Expr;
use storage::{CancelToken, Grid, TenantId};
use testkit::MemoryStore;

use super::promql_parse::test_scripts;
use crate::suite::{CaseResult, Suite, case_id, run_case};
use crate::testscript::{self, CommandKind, Eval, EvalTime, Expectations, MessageMatch};

/// Upstream's harness allows so many samples at a time.
const MAX_SAMPLES: usize = 10_000;

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Promqltest;

impl Suite for Promqltest {
    fn name(&self) -> &'static str {
        "promqltest"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let mut results = Vec::new();
        for file in test_scripts(&cases.join("prometheus"))? {
            run_script(cases, &file, &mut results)?;
        }
        Ok(results)
    }
}

fn run_script(cases: &Path, file: &Path, results: &mut Vec<CaseResult>) -> std::io::Result<()> {
    let harness = Harness::new();
    let mut store = MemoryStore::new();
    for command in testscript::read(file)?.commands {
        let id = case_id(cases, file, command.line);
        match command.kind {
            Ok(CommandKind::Clear) => store = MemoryStore::new(),
            Ok(CommandKind::Load(load)) => data::load(&store, &load),
            Ok(CommandKind::Eval(eval)) => {
                results.push(run_case(id, || harness.check(&store, &eval).map_err(|why| report(&eval, &why))));
            }
            Err(error) => {
                results.push(CaseResult { id, failure: Some(format!("the script cannot be read: {error}")) });
            }
        }
    }
    Ok(())
}

fn report(eval: &Eval, why: &str) -> String {
    format!("query: {}\n{why}", eval.query)
}

/// Evaluates queries with the switches of upstream's harness.
struct Harness {
    engine: Engine,
}

/// What a query came to.
type Outcome = Result<QueryResult, QueryError>;

impl Harness {
    fn new() -> Harness {
        // Metrics are judged by their names: scripts that expect no remark about them carry no type labels.
        let options =
            EngineOptions { max_samples: MAX_SAMPLES, delayed_name_removal: true, ..EngineOptions::default() };
        Harness { engine: Engine::new(options) }
    }

    /// Runs a case in every way.
    fn check(&self, store: &MemoryStore, eval: &Eval) -> Result<(), String> {
        let expr = match promql_syntax::parse(&eval.query) {
            Ok(expr) => expr,
            Err(error) => {
                let texts = [error.first().message.clone(), error.to_string()];
                return check_failure(eval.expectations.fail.as_ref(), &texts);
            }
        };
        let found = match eval.time {
            EvalTime::Instant(at_ms) => self.instant(store, &expr, &eval.query, at_ms),
            EvalTime::Range(times) => self.range(store, &expr, &eval.query, compare::grid(times)),
        };
        if let Some(result) = judge(eval, found)? {
            check_annotations(&eval.expectations, &result.annotations)?;
            compare::check(&eval.result, &result.value, eval.time, eval.expectations.ordered)?;
        }
        match eval.time {
            EvalTime::Instant(at_ms) => rerun::check(self, store, eval, &expr, at_ms),
            EvalTime::Range(_) => Ok(()),
        }
    }

    fn instant(&self, store: &MemoryStore, expr: &Expr, query: &str, at_ms: i64) -> Outcome {
        self.engine.instant(store, TenantId::default(), expr, query, at_ms, None, &CancelToken::new())
    }

    fn range(&self, store: &MemoryStore, expr: &Expr, query: &str, grid: Grid) -> Outcome {
        self.engine.range(store, TenantId::default(), expr, query, grid, None, &CancelToken::new())
    }
}

/// The result, if the query was to succeed and did; nothing, if it was to fail and did.
fn judge(eval: &Eval, outcome: Outcome) -> Result<Option<QueryResult>, String> {
    match (outcome, &eval.expectations.fail) {
        (Ok(result), None) => Ok(Some(result)),
        (Ok(_), Some(_)) => Err("should fail, but does not".to_owned()),
        // Failing for lack of a part is not the failure that is wanted.
        (Err(error), _) if error.kind() == QueryErrorKind::NotBuilt => Err(error.to_string()),
        (Err(error), wanted) => check_failure(wanted.as_ref(), &[error.to_string()]).map(|()| None),
    }
}

/// Whether a failure is wanted and reads as it should; one of the texts is enough.
fn check_failure(wanted: Option<&MessageMatch>, texts: &[String]) -> Result<(), String> {
    let text = texts.last().map_or("", String::as_str);
    match wanted {
        None => Err(format!("error: {text}")),
        Some(wanted) if texts.iter().any(|text| matches(wanted, text)) => Ok(()),
        Some(wanted) => Err(format!("should fail with {wanted:?}, but fails with {text:?}")),
    }
}

fn check_annotations(wanted: &Expectations, found: &Annotations) -> Result<(), String> {
    check_kind("warning", &wanted.warn, wanted.no_warn, &found.warnings)?;
    check_kind("info", &wanted.info, wanted.no_info, &found.infos)
}

/// Each annotation must be wanted if any is, and each wanted one must be there.
fn check_kind(kind: &str, wanted: &[MessageMatch], none: bool, found: &[String]) -> Result<(), String> {
    if none && !found.is_empty() {
        return Err(format!("no {kind} expected, but found {found:?}"));
    }
    if let Some(missing) = wanted.iter().find(|wanted| !found.iter().any(|text| matches(wanted, text))) {
        return Err(format!("expected {kind} {missing:?}, but found {found:?}"));
    }
    match found.iter().find(|text| !wanted.iter().any(|wanted| matches(wanted, text))) {
        Some(text) if !wanted.is_empty() => Err(format!("unexpected {kind} {text:?}")),
        _ => Ok(()),
    }
}

fn matches(wanted: &MessageMatch, text: &str) -> bool {
    match wanted {
        MessageMatch::Any => true,
        MessageMatch::Text(wanted) => wanted == text,
        MessageMatch::Regex(pattern) => goregex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)),
    }
}

#[cfg(test)]
mod tests;
