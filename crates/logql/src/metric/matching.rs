//! Arithmetic and comparisons of two vectors: pairing their series.

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::{Binary, MatchCardinality, VectorMatching};

use super::binary::compute;
use super::grid::{ABSENT, Series, is_present};
use crate::error::{QueryError, Result};
use crate::labels::LabelSet;

/// The labels by which series of two vectors are paired; all of them where nothing is written.
pub(super) fn signature(labels: &LabelSet, matching: Option<&VectorMatching>) -> LabelSet {
    let Some(matching) = matching else { return labels.clone() };
    let is_named = |name: &str| matching.labels.iter().any(|label| label == name);
    labels.filter(|name| is_named(name) == matching.on)
}

/// Pairs the series of both sides and computes each pair.
///
/// # Errors
/// When at some step several series of the "one" side share a signature, or several of the other side do without a group
/// modifier, or results of a group have the same labels.
pub(super) fn pair(node: &Binary, lhs: Vec<Series>, rhs: Vec<Series>, steps: usize) -> Result<Vec<Series>> {
    let matching = node.matching.as_ref();
    let cardinality = matching.map_or(MatchCardinality::OneToOne, |matching| matching.cardinality);
    let is_swapped = cardinality == MatchCardinality::OneToMany;
    let (many, one) = if is_swapped { (rhs, lhs) } else { (lhs, rhs) };
    let mut ones: HashMap<LabelSet, Vec<&Series>> = HashMap::new();
    for series in &one {
        ones.entry(signature(&series.labels, matching)).or_default().push(series);
    }
    check_one_side(&ones, is_swapped, steps)?;
    let mut results = Results { places: HashMap::new(), series: Vec::new() };
    for series in &many {
        let signature = signature(&series.labels, matching);
        for other in ones.get(&signature).into_iter().flatten() {
            let values = series.values.iter().zip(&other.values).map(|(many, one)| {
                if !is_present(*many) || !is_present(*one) {
                    return ABSENT;
                }
                let (lhs, rhs) = if is_swapped { (*one, *many) } else { (*many, *one) };
                compute(node.op, node.return_bool, lhs, rhs, lhs)
            });
            let labels = result_labels(&series.labels, &other.labels, matching);
            results.add(&signature, Series { labels, values: values.collect() }, cardinality)?;
        }
    }
    results.series.retain(Series::is_any_present);
    Ok(results.series)
}

/// Series of the "one" side may share a signature as long as they never meet.
fn check_one_side(ones: &HashMap<LabelSet, Vec<&Series>>, is_swapped: bool, steps: usize) -> Result<()> {
    let side = if is_swapped { "left" } else { "right" };
    // The error names the first group, whatever the order of the map.
    let mut shared: Vec<(&LabelSet, &Vec<&Series>)> = ones.iter().filter(|(_, series)| series.len() > 1).collect();
    shared.sort_by_key(|(signature, _)| *signature);
    for (signature, series) in shared {
        let is_met = |step: usize| series.iter().filter(|one| is_present(one.values[step])).count() > 1;
        if (0..steps).any(is_met) {
            return Err(QueryError::execution(format!(
                "found duplicate series on the {side} hand-side for the match group {signature}: [{}, {}]; many-to-many \
                 matching not allowed: matching labels must be unique on one side",
                series[1].labels, series[0].labels
            )));
        }
    }
    Ok(())
}

/// The labels of the result of a pair: those of the "many" side (or of the left one), changed by `on`, `ignoring` and the labels
/// that a group modifier takes from the "one" side.
fn result_labels(many: &LabelSet, one: &LabelSet, matching: Option<&VectorMatching>) -> LabelSet {
    let Some(matching) = matching else { return many.clone() };
    if matching.cardinality == MatchCardinality::OneToOne {
        return signature(many, Some(matching));
    }
    let is_included = |name: &str| matching.include.iter().any(|label| label == name);
    let own = many.iter().filter(|(name, _)| !is_included(name));
    LabelSet::from_pairs(own.chain(one.iter().filter(|(name, _)| is_included(name))))
}

/// Results by labels; those with the same labels may not meet at a step.
struct Results {
    places: HashMap<(LabelSet, LabelSet), usize>,
    series: Vec<Series>,
}

impl Results {
    fn add(&mut self, signature: &LabelSet, result: Series, cardinality: MatchCardinality) -> Result<()> {
        let is_one_to_one = cardinality == MatchCardinality::OneToOne;
        // One-to-one, the labels of a result are the signature.
        let group = if is_one_to_one { LabelSet::empty() } else { signature.clone() };
        let Some(place) = self.places.get(&(group.clone(), result.labels.clone())) else {
            self.places.insert((group, result.labels.clone()), self.series.len());
            self.series.push(result);
            return Ok(());
        };
        for (value, new) in self.series[*place].values.iter_mut().zip(result.values) {
            if !is_present(new) {
                continue;
            }
            if is_present(*value) {
                return Err(QueryError::execution(if is_one_to_one {
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                } else {
                    "multiple matches for labels: grouping labels must ensure unique matches"
                }));
            }
            *value = new;
        }
        Ok(())
    }
}
