//! Operators that choose and order series.

use std::cmp::Ordering;

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::Grouping;

use super::grid::{ABSENT, Series, is_present};
use super::group_labels;
use crate::labels::LabelSet;

/// Keeps, at each step, the `count` largest (or smallest) values of each group. Series come out in the order of their values at the
/// first step where they have any.
pub(super) fn select(
    mut series: Vec<Series>,
    grouping: Option<&Grouping>,
    count: usize,
    smallest: bool,
) -> Vec<Series> {
    // Of equal values, the labels that sort first are kept, whatever order the series came in.
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
    let mut groups: HashMap<LabelSet, Vec<usize>> = HashMap::new();
    for (place, one) in series.iter().enumerate() {
        groups.entry(group_labels(&one.labels, grouping)).or_default().push(place);
    }
    let steps = series.first().map_or(0, |one| one.values.len());
    let mut ranked: Vec<usize> = Vec::new();
    for places in groups.values() {
        for step in 0..steps {
            ranked.clear();
            ranked.extend(places.iter().filter(|place| is_present(series[**place].values[step])));
            ranked.sort_by(|a, b| compare(series[*a].values[step], series[*b].values[step], smallest));
            for place in ranked.iter().skip(count) {
                series[*place].values[step] = ABSENT;
            }
        }
    }
    series.retain(Series::is_any_present);
    sort(series, smallest)
}

/// Orders series by value; values that are not numbers come last in either order.
pub(super) fn sort(mut series: Vec<Series>, ascending: bool) -> Vec<Series> {
    let first = |one: &Series| one.values.iter().copied().find(|value| is_present(*value)).unwrap_or(f64::NAN);
    series.sort_by(|a, b| compare(first(a), first(b), ascending).then_with(|| a.labels.cmp(&b.labels)));
    series
}

fn compare(left: f64, right: f64, ascending: bool) -> Ordering {
    match (left.is_nan(), right.is_nan()) {
        (false, false) if ascending => left.total_cmp(&right),
        (false, false) => right.total_cmp(&left),
        (left, right) => left.cmp(&right),
    }
}
