//! `scalar` and `vector`.

use model::Labels;
use promql_syntax::ast::{Call, Expr};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::{GridColumn, GridSeries, ScalarColumn, is_present};
use crate::selector::Around;

/// The value of the only series; NaN at steps where there is none or more than one.
pub(crate) fn scalar(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [vector] = &*call.args else { return Err(QueryError::unexpected("scalar() takes one vector")) };
    let mut found = vec![0usize; grid.len()];
    let mut values = vec![f64::NAN; grid.len()];
    let around = Around { function: call.function.name, grouping: None };
    evaluator.stream(vector, grid, around, &mut |one| {
        for ((value, found), sample) in values.iter_mut().zip(&mut found).zip(one.column.values()) {
            if is_present(*sample) {
                *found += 1;
                *value = if *found == 1 { *sample } else { f64::NAN };
            }
        }
        Ok(())
    })?;
    Ok(Value::Scalar(ScalarColumn::Steps(values)))
}

/// A series without labels.
pub(crate) fn vector(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [scalar] = &*call.args else { return Err(QueryError::unexpected("vector() takes one scalar")) };
    let values = evaluator.eval_scalar(scalar, grid)?.to_values(grid.len());
    let column = GridColumn::from_values(values);
    Ok(Value::Vector(vec![GridSeries { labels: Labels::empty(), drop_name: false, column }]))
}
