//! `topk` and `bottomk`: the series with the largest or smallest values of each group, with their own labels.

use std::cmp::Ordering;

use promql_syntax::ast::Aggregate;
use storage::Grid;

use super::groups::Groups;
use super::{around, counts};
use crate::error::Result;
use crate::eval::Evaluator;
use crate::grid::{ABSENT, GridColumn, GridSeries, is_present};

/// Which end is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    /// `topk`
    Largest,
    /// `bottomk`
    Smallest,
}

impl Rank {
    /// The better value first; a NaN is worse than any number.
    fn compare(self, a: f64, b: f64) -> Ordering {
        let order = match self {
            Rank::Largest => b.partial_cmp(&a),
            Rank::Smallest => a.partial_cmp(&b),
        };
        order.unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
    }
}

/// Evaluates either of them.
pub(crate) fn eval(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid, rank: Rank) -> Result<Vec<GridSeries>> {
    let counts = counts(evaluator, node, grid)?;
    let mut series = Vec::new();
    let mut groups: Groups<Vec<usize>> = Groups::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |one| {
        evaluator.budget.take(one.column.points())?;
        groups.of(&one.labels, false, node.grouping.as_ref(), Vec::new).state.push(series.len());
        series.push(one);
        Ok(())
    })?;
    let mut kept: Vec<GridColumn> = series.iter().map(|_| GridColumn::absent(grid.len())).collect();
    let mut order = Vec::new();
    for group in groups.into_groups() {
        for (step, count) in counts.iter().enumerate() {
            let value = |place: &usize| series[*place].column.values()[step];
            let mut members: Vec<usize> = group.state.iter().copied().filter(|m| is_present(value(m))).collect();
            // A stable sort: of equal values the series that came first is kept.
            members.sort_by(|a, b| rank.compare(value(a), value(b)));
            members.truncate(*count);
            for member in &members {
                kept[*member].values_mut()[step] = value(member);
            }
            if grid.len() == 1 {
                order.append(&mut members);
            }
        }
    }
    if grid.len() > 1 {
        order.extend(0..series.len());
    }
    Ok(take_in_order(series, kept, &order))
}

/// The series in the order given, with only the values kept.
fn take_in_order(series: Vec<GridSeries>, kept: Vec<GridColumn>, order: &[usize]) -> Vec<GridSeries> {
    let take = |place: &usize| {
        let GridSeries { labels, drop_name, .. } = series.get(*place)?;
        let column = kept.get(*place)?.clone();
        (!column.is_empty()).then(|| GridSeries { labels: labels.clone(), drop_name: *drop_name, column })
    };
    order.iter().filter_map(take).collect()
}

/// Keeps the values of a series at the steps that pass.
pub(super) fn keep_steps(column: &GridColumn, mut keep: impl FnMut(usize) -> bool) -> GridColumn {
    let values = column.values().iter().enumerate();
    GridColumn::from_values(values.map(|(step, v)| if is_present(*v) && keep(step) { *v } else { ABSENT }).collect())
}
