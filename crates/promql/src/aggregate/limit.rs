//! `limitk` and `limit_ratio`: a sample of the series of each group.

use promql_syntax::ast::Aggregate;
use storage::Grid;
use xxhash_rust::xxh64::xxh64;

use super::groups::Groups;
use super::topk::keep_steps;
use super::{around, counts, parameter};
use crate::error::{QueryError, Result};
use crate::eval::Evaluator;
use crate::grid::GridSeries;
use model::Labels;

/// The first so many series of each group at every step.
pub(crate) fn limitk(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    let counts = counts(evaluator, node, grid)?;
    let mut kept = Vec::new();
    let mut groups: Groups<Vec<usize>> = Groups::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |mut one| {
        let taken = &mut groups.of(&one.labels, false, node.grouping.as_ref(), || vec![0; grid.len()]).state;
        one.column = keep_steps(&one.column, |step| {
            let free = taken[step] < counts[step];
            taken[step] += usize::from(free);
            free
        });
        keep(evaluator, one, &mut kept)
    })?;
    Ok(kept)
}

/// The series whose labels hash below the ratio; those left out by a ratio `r` are the ones kept by `r - 1`.
pub(crate) fn limit_ratio(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    let parameter = parameter(node)?;
    let ratios = evaluator.eval_scalar(parameter, grid)?.to_values(grid.len());
    if ratios.iter().any(|r| r.is_nan()) {
        return Err(QueryError::execution("Ratio value is NaN"));
    }
    let most = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    if most > 1.0 {
        evaluator.notes.borrow_mut().invalid_ratio(most, 1.0, parameter.span);
    }
    if least < -1.0 {
        evaluator.notes.borrow_mut().invalid_ratio(least, -1.0, parameter.span);
    }
    let mut kept = Vec::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |mut one| {
        let offset = hash(&one.labels) as f64 / u64::MAX as f64;
        one.column = keep_steps(&one.column, |step| {
            let ratio = ratios[step].clamp(-1.0, 1.0);
            if ratio >= 0.0 { offset < ratio } else { offset >= 1.0 + ratio }
        });
        keep(evaluator, one, &mut kept)
    })?;
    Ok(kept)
}

fn keep(evaluator: &Evaluator<'_>, one: GridSeries, kept: &mut Vec<GridSeries>) -> Result<()> {
    if !one.column.is_empty() {
        evaluator.budget.take(one.column.points())?;
        kept.push(one);
    }
    Ok(())
}

/// Upstream's label hash: XXH64 over names and values, each behind its length (one byte, or 255 and three bytes).
fn hash(labels: &Labels) -> u64 {
    let mut bytes = Vec::with_capacity(labels.as_bytes().len());
    for text in labels.iter().flat_map(|(name, value)| [name, value]) {
        match u8::try_from(text.len()) {
            Ok(length) if length < 255 => bytes.push(length),
            _ => {
                let [a, b, c, ..] = (text.len() as u64).to_le_bytes();
                bytes.extend([255, a, b, c]);
            }
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    xxh64(&bytes, 0)
}
