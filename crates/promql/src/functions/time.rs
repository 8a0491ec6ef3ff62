//! `time` and `timestamp`.

use promql_syntax::ast::{Call, Expr, ExprKind};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::{ScalarColumn, merge_same_labels};
use crate::selector::{Around, Yield};
use crate::shape::unwrap_parens;

/// The evaluation time in seconds.
pub(crate) fn time(_: &Evaluator<'_>, _: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    Ok(Value::Scalar(ScalarColumn::Steps((0..grid.len()).map(|step| seconds(grid, step)).collect())))
}

/// The time of each sample of a selector; samples of any other expression are as old as the evaluation.
pub(crate) fn timestamp(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [vector] = &*call.args else { return Err(QueryError::unexpected("timestamp() takes one vector")) };
    let vector = unwrap_parens(vector);
    let around = Around { function: call.function.name, grouping: None };
    let mut series = Vec::new();
    if let ExprKind::Selector(selector) = &vector.kind {
        evaluator.stream_selector(selector, grid, around, Yield::Times, &mut |one| {
            series.push(one);
            Ok(())
        })?;
    } else {
        evaluator.stream(vector, grid, around, &mut |mut one| {
            one.column.filter_map(|step, _| Some(seconds(grid, step)));
            series.push(one);
            Ok(())
        })?;
    }
    series.iter_mut().for_each(|one| evaluator.drop_name(one));
    Ok(Value::Vector(merge_same_labels(series)?))
}

fn seconds(grid: Grid, step: usize) -> f64 {
    grid.time_ms(step) as f64 / 1000.0
}
