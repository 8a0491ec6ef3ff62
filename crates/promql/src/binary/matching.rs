//! Arithmetic and comparisons of two vectors: pairing their series.

use foldhash::{HashMap, HashMapExt};
use model::Labels;
use model::labels::METRIC_NAME;
use promql_syntax::ast::{Binary, MatchCardinality, VectorMatching};
use std::collections::hash_map::Entry;

use super::arithmetic::apply;
use crate::error::{QueryError, Result};
use crate::eval::Evaluator;
use crate::grid::{GridColumn, GridSeries, is_present, merge_same_labels};
use crate::labels::{result_labels, signature, without_metadata};

/// Pairs the series of both sides and computes each pair.
///
/// # Errors
/// With upstream's texts, when at some step several series of the "one" side share a signature, or several of the other
/// side do without a group modifier, or results of a group have the same labels.
pub(crate) fn pair(
    evaluator: &Evaluator<'_>,
    node: &Binary,
    how: &VectorMatching,
    lhs: Vec<GridSeries>,
    rhs: Vec<GridSeries>,
    steps: usize,
) -> Result<Vec<GridSeries>> {
    let swapped = how.cardinality == MatchCardinality::OneToMany;
    let (many, one) = if swapped { (rhs, lhs) } else { (lhs, rhs) };
    let mut ones: HashMap<Labels, Vec<usize>> = HashMap::new();
    for (place, series) in one.iter().enumerate() {
        ones.entry(signature(&series.labels, how)).or_default().push(place);
    }
    check_one_side(&ones, &one, &many, how, steps)?;
    let mut matched = Matched::default();
    let mut results = Vec::new();
    for series in &many {
        let signature = signature(&series.labels, how);
        for other in ones.get(&signature).into_iter().flatten().map(|place| &one[*place]) {
            let column = compute(node, swapped, &series.column, &other.column);
            if column.is_empty() {
                continue;
            }
            let result = result(evaluator, node, how, series, other, column);
            matched.check(&signature, &result, how)?;
            evaluator.budget.take(result.column.points())?;
            results.push(result);
        }
    }
    merge_same_labels(results)
}

fn result(
    evaluator: &Evaluator<'_>,
    node: &Binary,
    how: &VectorMatching,
    many: &GridSeries,
    one: &GridSeries,
    column: GridColumn,
) -> GridSeries {
    let labels = result_labels(&many.labels, &one.labels, !node.op.is_comparison(), how);
    if !node.return_bool {
        return GridSeries { labels, drop_name: many.drop_name, column };
    }
    if evaluator.options.delayed_name_removal {
        return GridSeries { labels, drop_name: true, column };
    }
    GridSeries { labels: without_metadata(&labels), drop_name: false, column }
}

fn compute(node: &Binary, swapped: bool, many: &GridColumn, one: &GridColumn) -> GridColumn {
    let mut column = many.clone();
    column.filter_map(|step, value| {
        let other = one.get(step)?;
        let (lhs, rhs) = if swapped { (other, value) } else { (value, other) };
        apply(node.op, node.return_bool, lhs, rhs)
    });
    column
}

/// Series of the "one" side may share a signature as long as they never meet at a step where there is anything to pair.
fn check_one_side(
    ones: &HashMap<Labels, Vec<usize>>,
    one: &[GridSeries],
    many: &[GridSeries],
    how: &VectorMatching,
    steps: usize,
) -> Result<()> {
    if ones.values().all(|places| places.len() < 2) {
        return Ok(());
    }
    let mut anything = vec![false; steps];
    for series in many {
        anything.iter_mut().zip(series.column.values()).for_each(|(any, value)| *any |= is_present(*value));
    }
    let mut shared: Vec<&Vec<usize>> = ones.values().filter(|places| places.len() > 1).collect();
    // The error names the first pair, whatever the order of the map.
    shared.sort_unstable();
    for step in (0..steps).filter(|step| anything[*step]) {
        for places in &shared {
            let mut present = places.iter().map(|place| &one[*place]).filter(|s| s.column.get(step).is_some());
            if let (Some(first), Some(second)) = (present.next(), present.next()) {
                return Err(duplicate(&first.labels, &second.labels, how));
            }
        }
    }
    Ok(())
}

fn duplicate(first: &Labels, second: &Labels, how: &VectorMatching) -> QueryError {
    let side = if how.cardinality == MatchCardinality::OneToMany { "left" } else { "right" };
    let named = |name: &str| how.labels.iter().any(|l| l == name);
    let group = second.filter(|name| if how.on { named(name) } else { name != METRIC_NAME && !named(name) });
    QueryError::execution(format!(
        "found duplicate series for the match group {group} on the {side} hand-side of the operation: \
         [{second}, {first}];many-to-many matching not allowed: matching labels must be unique on one side"
    ))
}

/// The steps at which results were made, to find those that exclude each other.
#[derive(Default)]
struct Matched {
    steps: HashMap<(Labels, Labels), Vec<bool>>,
}

impl Matched {
    /// One-to-one, a signature has one result at a step; otherwise one for each set of labels.
    fn check(&mut self, signature: &Labels, result: &GridSeries, how: &VectorMatching) -> Result<()> {
        let one_to_one = how.cardinality == MatchCardinality::OneToOne;
        let labels = if one_to_one { Labels::empty() } else { result.labels.clone() };
        let values = result.column.values();
        match self.steps.entry((signature.clone(), labels)) {
            Entry::Vacant(entry) => {
                entry.insert(values.iter().map(|v| is_present(*v)).collect());
            }
            Entry::Occupied(mut entry) => {
                for (taken, value) in entry.get_mut().iter_mut().zip(values) {
                    let present = is_present(*value);
                    if present && *taken {
                        return Err(QueryError::execution(if one_to_one {
                            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                        } else {
                            "multiple matches for labels: grouping labels must ensure unique matches"
                        }));
                    }
                    *taken |= present;
                }
            }
        }
        Ok(())
    }
}
