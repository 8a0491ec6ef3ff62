//! Aggregations: many series of a vector become one per group, or some of them are chosen.

pub(crate) mod quantile;

mod count_values;
mod fold;
mod groups;
mod limit;
mod topk;

use promql_syntax::ast::{Aggregate, AggregateOp, Expr};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::Evaluator;
use crate::grid::{GridSeries, ScalarColumn};
use crate::selector::Around;
use crate::shape::unwrap_parens;

/// Evaluates an aggregation at every step.
pub(crate) fn eval(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    match node.op {
        AggregateOp::Sum
        | AggregateOp::Avg
        | AggregateOp::Count
        | AggregateOp::Min
        | AggregateOp::Max
        | AggregateOp::Group
        | AggregateOp::Stddev
        | AggregateOp::Stdvar => fold::eval(evaluator, node, grid),
        AggregateOp::Topk => topk::eval(evaluator, node, grid, topk::Rank::Largest),
        AggregateOp::Bottomk => topk::eval(evaluator, node, grid, topk::Rank::Smallest),
        AggregateOp::CountValues => count_values::eval(evaluator, node, grid),
        AggregateOp::Quantile => quantile::eval(evaluator, node, grid),
        AggregateOp::Limitk => limit::limitk(evaluator, node, grid),
        AggregateOp::LimitRatio => limit::limit_ratio(evaluator, node, grid),
    }
}

/// What stands around the aggregated expression, for the store's hints.
fn around(node: &Aggregate) -> Around<'_> {
    Around { function: node.op.as_str(), grouping: node.grouping.as_ref() }
}

/// The expression of the first argument.
fn parameter(node: &Aggregate) -> Result<&Expr> {
    let parameter = node.param.as_ref().map(unwrap_parens);
    parameter.ok_or_else(|| QueryError::unexpected("an aggregation without its parameter"))
}

/// The number of series that `topk`, `bottomk` and `limitk` keep at each step.
fn counts(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<usize>> {
    let scalar: ScalarColumn = evaluator.eval_scalar(parameter(node)?, grid)?;
    (0..grid.len())
        .map(|step| {
            let value = scalar.at(step);
            let show = || model::float::format_shortest(value);
            if value.is_nan() {
                Err(QueryError::execution("Parameter value is NaN"))
            } else if value >= i64::MAX as f64 {
                Err(QueryError::execution(format!("Scalar value {} overflows int64", show())))
            } else if value <= i64::MIN as f64 {
                Err(QueryError::execution(format!("Scalar value {} underflows int64", show())))
            } else {
                Ok(value.max(0.0) as usize)
            }
        })
        .collect()
}
