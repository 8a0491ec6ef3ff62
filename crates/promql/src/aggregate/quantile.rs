//! `quantile`, and the quantile of plain values that functions share.

use promql_syntax::ast::Aggregate;
use storage::Grid;

use super::groups::{Group, Groups};
use super::{around, parameter};
use crate::error::Result;
use crate::eval::Evaluator;
use crate::grid::{GridColumn, GridSeries, is_present};

/// Evaluates `quantile`.
pub(crate) fn eval(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    let parameter = parameter(node)?;
    let quantile = evaluator.eval_scalar(parameter, grid)?;
    for value in (0..grid.len()).map(|step| quantile.at(step)).filter(|q| !(0.0..=1.0).contains(q)) {
        evaluator.notes.borrow_mut().invalid_quantile(value, parameter.span);
    }
    let mut groups: Groups<Vec<GridColumn>> = Groups::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |one| {
        evaluator.budget.take(one.column.points())?;
        groups.of(&one.labels, one.drop_name, node.grouping.as_ref(), Vec::new).state.push(one.column);
        Ok(())
    })?;
    let finish = |group: Group<Vec<GridColumn>>| {
        let mut column = GridColumn::absent(grid.len());
        let mut values = Vec::with_capacity(group.state.len());
        for (step, out) in column.values_mut().iter_mut().enumerate() {
            values.clear();
            values.extend(group.state.iter().map(|c| c.values()[step]).filter(|v| is_present(*v)));
            if !values.is_empty() {
                *out = quantile_of(quantile.at(step), &mut values);
            }
        }
        GridSeries { labels: group.labels, drop_name: group.drop_name, column }
    };
    Ok(groups.into_groups().into_iter().map(finish).collect())
}

/// The quantile of values, interpolated between neighbours; NaN sorts below everything. A quantile below 0 or above 1
/// is infinite. Sorts the values.
pub(crate) fn quantile_of(quantile: f64, values: &mut [f64]) -> f64 {
    if values.is_empty() || quantile.is_nan() {
        return f64::NAN;
    }
    if quantile < 0.0 {
        return f64::NEG_INFINITY;
    }
    if quantile > 1.0 {
        return f64::INFINITY;
    }
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan())));
    let last = values.len() - 1;
    let rank = quantile * last as f64;
    let lower = rank.floor();
    let weight = rank - lower;
    let lower = (lower as usize).min(last);
    let upper = (lower + 1).min(last);
    values[lower] * (1.0 - weight) + values[upper] * weight
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpolates_between_neighbours() {
        for (quantile, values, expected) in [
            (0.5, vec![4.0, 0.0, 1.0], 1.0),
            (0.75, vec![0.0, 1.0, 4.0], 2.5),
            (1.0, vec![3.0, f64::NAN], 3.0),
            (-0.1, vec![1.0], f64::NEG_INFINITY),
            (1.1, vec![1.0], f64::INFINITY),
        ] {
            assert_eq!(quantile_of(quantile, &mut values.clone()), expected, "{quantile} of {values:?}");
        }
        assert!(quantile_of(0.0, &mut [3.0, f64::NAN]).is_nan());
        assert!(quantile_of(f64::NAN, &mut [3.0]).is_nan());
        assert!(quantile_of(0.5, &mut []).is_nan());
    }
}
