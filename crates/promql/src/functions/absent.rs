//! `absent` and `absent_over_time`.

use foldhash::{HashSet, HashSetExt};
use model::labels::METRIC_NAME;
use model::{Labels, LabelsBuilder, MatchOp, Matcher};
use promql_syntax::ast::{Call, Expr, ExprKind};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::{ABSENT, GridColumn, GridSeries, ScalarColumn, is_present};
use crate::selector::Around;
use crate::shape::unwrap_parens;

/// 1 at the steps where the vector is empty.
pub(crate) fn absent(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [vector] = &*call.args else { return Err(QueryError::unexpected("absent() takes one vector")) };
    let mut present = vec![false; grid.len()];
    evaluator.stream(vector, grid, Around { function: call.function.name, grouping: None }, &mut |one| {
        for (present, value) in present.iter_mut().zip(one.column.values()) {
            *present |= is_present(*value);
        }
        Ok(())
    })?;
    Ok(where_not(&present, vector))
}

/// 1 at the steps whose window has no sample of any series.
pub(crate) fn absent_over_time(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [range] = &*call.args else { return Err(QueryError::unexpected("absent_over_time() takes one range vector")) };
    let mut present = vec![false; grid.len()];
    let around = Around { function: call.function.name, grouping: None };
    evaluator.stream_windows(range, grid, around, &ScalarColumn::Constant(f64::NAN), &mut |series| {
        for (step, present) in present.iter_mut().enumerate() {
            *present |= !series.windows.rows(step).is_empty();
        }
        Ok(())
    })?;
    Ok(where_not(&present, range))
}

fn where_not(present: &[bool], argument: &Expr) -> Value {
    let values: Vec<f64> = present.iter().map(|present| if *present { ABSENT } else { 1.0 }).collect();
    let column = GridColumn::from_values(values);
    if column.is_empty() {
        return Value::Vector(Vec::new());
    }
    Value::Vector(vec![GridSeries { labels: labels_of(argument), drop_name: false, column }])
}

/// What a selector asks for by equality describes the series that is missing; a label asked for twice does not.
fn labels_of(argument: &Expr) -> Labels {
    match &unwrap_parens(argument).kind {
        ExprKind::Selector(selector) => labels_asked_for(&selector.matchers),
        ExprKind::Range(range) => labels_asked_for(&range.selector.matchers),
        _ => Labels::empty(),
    }
}

fn labels_asked_for(matchers: &[Matcher]) -> Labels {
    let mut builder = LabelsBuilder::new();
    let mut seen = HashSet::new();
    for matcher in matchers.iter().filter(|m| m.name() != METRIC_NAME) {
        if matcher.op() == MatchOp::Equal && seen.insert(matcher.name()) {
            builder.set(matcher.name(), matcher.value());
        } else {
            builder.remove(matcher.name());
        }
    }
    builder.build()
}
