//! `and or unless`.

use foldhash::{HashMap, HashMapExt};
use model::Labels;
use promql_syntax::ast::VectorMatching;

use crate::error::Result;
use crate::grid::{GridSeries, is_present, merge_same_labels};
use crate::labels::signature;

/// The left series, at the steps where some right one has the same signature.
pub(crate) fn and(lhs: Vec<GridSeries>, rhs: &[GridSeries], how: &VectorMatching, steps: usize) -> Vec<GridSeries> {
    let presence = presence(rhs, how, steps);
    keep(lhs, how, &presence, true)
}

/// The left series, at the steps where no right one has the same signature.
pub(crate) fn unless(lhs: Vec<GridSeries>, rhs: &[GridSeries], how: &VectorMatching, steps: usize) -> Vec<GridSeries> {
    let presence = presence(rhs, how, steps);
    keep(lhs, how, &presence, false)
}

/// The left series, and the right ones at the steps where no left one has the same signature.
pub(crate) fn or(
    mut lhs: Vec<GridSeries>,
    rhs: Vec<GridSeries>,
    how: &VectorMatching,
    steps: usize,
) -> Result<Vec<GridSeries>> {
    let presence = presence(&lhs, how, steps);
    lhs.extend(keep(rhs, how, &presence, false));
    // A series that comes from either side at different steps is one series.
    merge_same_labels(lhs)
}

/// For each signature the steps at which it occurs.
fn presence(series: &[GridSeries], how: &VectorMatching, steps: usize) -> HashMap<Labels, Vec<bool>> {
    let mut found: HashMap<Labels, Vec<bool>> = HashMap::new();
    for one in series {
        let present = found.entry(signature(&one.labels, how)).or_insert_with(|| vec![false; steps]);
        for (present, value) in present.iter_mut().zip(one.column.values()) {
            *present |= is_present(*value);
        }
    }
    found
}

fn keep(
    series: Vec<GridSeries>,
    how: &VectorMatching,
    presence: &HashMap<Labels, Vec<bool>>,
    wanted: bool,
) -> Vec<GridSeries> {
    let keep_one = |mut one: GridSeries| {
        let present = presence.get(&signature(&one.labels, how));
        let at = |step: usize| present.is_some_and(|p| p.get(step).copied().unwrap_or(false));
        one.column.filter_map(|step, value| (at(step) == wanted).then_some(value));
        (!one.column.is_empty()).then_some(one)
    };
    series.into_iter().filter_map(keep_one).collect()
}
