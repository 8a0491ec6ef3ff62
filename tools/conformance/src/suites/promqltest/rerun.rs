//! The other ways in which an instant evaluation is run.
//!
//! With `@ <evaluation time>` on every selector the time of the query itself must not matter, and the middle step of a
//! range query of three must be the instant answer. Annotations are not compared again, since their positions may shift
//! and sorting a range is remarked upon.

use promql::{QueryValue, VectorSample};
use promql_syntax::ast::{AtModifier, DurationExpr, DurationKind, Expr, ExprKind, SelectorModifiers};
use storage::Grid;
use testkit::MemoryStore;

use super::{Harness, compare, judge};
use crate::testscript::{Eval, EvalTime};

const MINUTE_MS: i64 = 60_000;

/// Runs the other ways of an instant evaluation.
pub(super) fn check(
    harness: &Harness,
    store: &MemoryStore,
    eval: &Eval,
    expr: &Expr,
    at_ms: i64,
) -> Result<(), String> {
    let mut pinned = expr.clone();
    if pin(&mut pinned, at_ms) {
        for time_ms in [-10 * at_ms, 0, at_ms / 5, at_ms, 10 * at_ms] {
            let again = || {
                let found = harness.instant(store, &pinned, &eval.query, time_ms);
                let Some(result) = judge(eval, found)? else { return Ok(()) };
                compare::check(&eval.result, &result.value, eval.time, eval.expectations.ordered)
            };
            again().map_err(|why: String| format!("pinned by @ and run at {time_ms} ms: {why}"))?;
        }
    }
    let is_range_vector = eval.result.range_vector.is_some();
    if is_range_vector || eval.result.string.is_some() || refers_to_query(expr) {
        return Ok(());
    }
    as_middle_step(harness, store, eval, expr, at_ms).map_err(|why| format!("as a range query: {why}"))
}

fn as_middle_step(harness: &Harness, store: &MemoryStore, eval: &Eval, expr: &Expr, at_ms: i64) -> Result<(), String> {
    let grid = Grid { start_ms: at_ms - MINUTE_MS, end_ms: at_ms + MINUTE_MS, step_ms: MINUTE_MS };
    let Some(result) = judge(eval, harness.range(store, expr, &eval.query, grid))? else { return Ok(()) };
    let QueryValue::Matrix(series) = result.value else { return Err("not a matrix".to_owned()) };
    if !series.is_sorted_by(|a, b| a.labels < b.labels) {
        return Err("series are not sorted by labels".to_owned());
    }
    let at = |points: &[(i64, f64)]| points.iter().find(|(time, _)| *time == at_ms).map(|(_, value)| *value);
    let middle = if eval.result.scalar.is_some() {
        let value = series.first().and_then(|one| at(&one.points)).ok_or("no value at the middle step")?;
        QueryValue::Scalar { time_ms: at_ms, value }
    } else {
        let sample = |one: promql::MatrixSeries| {
            Some(VectorSample { value: at(&one.points)?, labels: one.labels, time_ms: at_ms })
        };
        QueryValue::Vector(series.into_iter().filter_map(sample).collect())
    };
    compare::check(&eval.result, &middle, EvalTime::Instant(at_ms), false)
}

/// Pins every selector and subquery that is not pinned yet; false if the query looks at the clock in another way.
fn pin(expr: &mut Expr, at_ms: i64) -> bool {
    let set = |modifiers: &mut SelectorModifiers| {
        modifiers.at.get_or_insert(AtModifier::Time(at_ms));
    };
    match &mut expr.kind {
        ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Selector(selector) => {
            set(&mut selector.modifiers);
            true
        }
        ExprKind::Range(range) => {
            set(&mut range.selector.modifiers);
            true
        }
        // What is inside moves along with the subquery.
        ExprKind::Subquery(subquery) => {
            set(&mut subquery.modifiers);
            pin(&mut subquery.expr.clone(), at_ms)
        }
        ExprKind::Call(call) => {
            let depends = depends_on_time(call.function.name);
            call.args.iter_mut().all(|arg| pin(arg, at_ms)) && !depends
        }
        ExprKind::Aggregate(node) => {
            node.param.as_mut().is_none_or(|param| pin(param, at_ms)) && pin(&mut node.expr, at_ms)
        }
        ExprKind::Binary(node) => pin(&mut node.lhs, at_ms) && pin(&mut node.rhs, at_ms),
        ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => pin(expr, at_ms),
    }
}

fn depends_on_time(function: &str) -> bool {
    matches!(
        function,
        "day_of_month"
            | "day_of_week"
            | "day_of_year"
            | "days_in_month"
            | "end"
            | "hour"
            | "minute"
            | "month"
            | "predict_linear"
            | "range"
            | "start"
            | "step"
            | "time"
            | "timestamp"
            | "year"
    )
}

/// Whether the start, end, step or range of the query itself matters.
fn refers_to_query(expr: &Expr) -> bool {
    let modified = |modifiers: &SelectorModifiers| {
        matches!(modifiers.at, Some(AtModifier::Start | AtModifier::End))
            || modifiers.offset.as_ref().is_some_and(duration_refers_to_query)
    };
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::String(_) => false,
        ExprKind::Selector(selector) => modified(&selector.modifiers),
        ExprKind::Range(range) => modified(&range.selector.modifiers) || duration_refers_to_query(&range.range),
        ExprKind::Subquery(subquery) => {
            modified(&subquery.modifiers)
                || duration_refers_to_query(&subquery.range)
                || subquery.step.as_ref().is_some_and(duration_refers_to_query)
                || refers_to_query(&subquery.expr)
        }
        ExprKind::Call(call) => {
            matches!(call.function.name, "start" | "end" | "range" | "step") || call.args.iter().any(refers_to_query)
        }
        ExprKind::Aggregate(node) => node.param.as_ref().is_some_and(refers_to_query) || refers_to_query(&node.expr),
        ExprKind::Binary(node) => refers_to_query(&node.lhs) || refers_to_query(&node.rhs),
        ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => refers_to_query(expr),
    }
}

fn duration_refers_to_query(duration: &DurationExpr) -> bool {
    match &duration.kind {
        DurationKind::Step | DurationKind::Range => true,
        DurationKind::Literal(_) => false,
        DurationKind::Unary { expr, .. } | DurationKind::Paren(expr) => duration_refers_to_query(expr),
        DurationKind::Binary { lhs, rhs, .. } | DurationKind::MinOf(lhs, rhs) | DurationKind::MaxOf(lhs, rhs) => {
            duration_refers_to_query(lhs) || duration_refers_to_query(rhs)
        }
    }
}
