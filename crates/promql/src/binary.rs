//! Binary operators.

mod arithmetic;
mod matching;
mod set;

use promql_syntax::ast::{Binary, BinaryOp, ValueType};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Sink};
use crate::grid::{GridSeries, ScalarColumn};
use crate::selector::Around;
use arithmetic::{apply, compute};

/// Two scalars; a comparison of scalars always has `bool`.
pub(crate) fn scalars(op: BinaryOp, lhs: &ScalarColumn, rhs: &ScalarColumn, steps: usize) -> ScalarColumn {
    if let (ScalarColumn::Constant(lhs), ScalarColumn::Constant(rhs)) = (lhs, rhs) {
        return ScalarColumn::Constant(compute(op, *lhs, *rhs));
    }
    ScalarColumn::Steps((0..steps).map(|step| compute(op, lhs.at(step), rhs.at(step))).collect())
}

/// Two vectors.
pub(crate) fn vectors(evaluator: &Evaluator<'_>, node: &Binary, grid: Grid) -> Result<Vec<GridSeries>> {
    let Some(how) = &node.matching else { return Err(QueryError::unexpected("two vectors without a matching")) };
    let lhs = evaluator.eval_vector(&node.lhs, grid)?;
    let rhs = evaluator.eval_vector(&node.rhs, grid)?;
    match node.op {
        BinaryOp::And => Ok(set::and(lhs, &rhs, how, grid.len())),
        BinaryOp::Unless => Ok(set::unless(lhs, &rhs, how, grid.len())),
        BinaryOp::Or => set::or(lhs, rhs, how, grid.len()),
        _ => matching::pair(evaluator, node, how, lhs, rhs, grid.len()),
    }
}

/// A vector and a scalar, series by series.
pub(crate) fn stream_with_scalar(evaluator: &Evaluator<'_>, node: &Binary, grid: Grid, sink: Sink<'_>) -> Result<()> {
    let vector_is_left = node.lhs.value_type() == ValueType::InstantVector;
    let (vector, scalar) = if vector_is_left { (&node.lhs, &node.rhs) } else { (&node.rhs, &node.lhs) };
    let scalar = evaluator.eval_scalar(scalar, grid)?;
    let (op, return_bool) = (node.op, node.return_bool);
    evaluator.stream(vector, grid, Around::default(), &mut |mut one| {
        one.column.filter_map(|step, value| {
            let other = scalar.at(step);
            let (lhs, rhs) = if vector_is_left { (value, other) } else { (other, value) };
            if op.is_comparison() && !return_bool {
                // The vector's value is kept, on whichever side it stands.
                return (compute(op, lhs, rhs) == 1.0).then_some(value);
            }
            apply(op, return_bool, lhs, rhs)
        });
        if one.column.is_empty() {
            return Ok(());
        }
        if !op.is_comparison() || return_bool {
            evaluator.drop_name(&mut one);
        }
        sink(one)
    })
}
