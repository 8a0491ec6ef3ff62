//! Which labels a result keeps.

use model::Labels;
use model::labels::METRIC_NAME;
use promql_syntax::ast::{AggregateGrouping, MatchCardinality, VectorMatching};

/// The label that holds a metric's type.
pub(crate) const METRIC_TYPE: &str = "__type__";
/// The label that holds a metric's unit.
pub(crate) const METRIC_UNIT: &str = "__unit__";

/// Whether a label describes the metric itself, so that it is no longer true of what was computed from it.
pub(crate) fn is_metadata(name: &str) -> bool {
    matches!(name, METRIC_NAME | METRIC_TYPE | METRIC_UNIT)
}

/// Whether a text of a query can name a label: anything but nothing, and but what was not UTF-8. The parser keeps strings
/// as UTF-8 with the replacement character for bytes that are not.
pub(crate) fn is_label_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::REPLACEMENT_CHARACTER)
}

/// The labels without the metric's name, type and unit.
pub(crate) fn without_metadata(labels: &Labels) -> Labels {
    // Such labels all begin with two underscores, which sort before letters: looking at the first few is enough.
    if labels.iter().any(|(name, _)| is_metadata(name)) {
        labels.filter(|name| !is_metadata(name))
    } else {
        labels.clone()
    }
}

/// The labels of the group that a series belongs to.
pub(crate) fn group_labels(labels: &Labels, grouping: Option<&AggregateGrouping>) -> Labels {
    let Some(grouping) = grouping else { return Labels::empty() };
    let named = |name: &str| grouping.labels.iter().any(|l| l == name);
    if grouping.without {
        labels.filter(|name| name != METRIC_NAME && !named(name))
    } else if grouping.labels.is_empty() {
        Labels::empty()
    } else {
        labels.filter(named)
    }
}

/// The labels by which series of two vectors are paired.
pub(crate) fn signature(labels: &Labels, matching: &VectorMatching) -> Labels {
    let named = |name: &str| matching.labels.iter().any(|l| l == name);
    if matching.on { labels.filter(named) } else { labels.filter(|name| name != METRIC_NAME && !named(name)) }
}

/// The labels of the result of a pair: those of the "many" side (or of the left one), changed by `on`, `ignoring` and
/// the labels that a group modifier takes from the "one" side.
pub(crate) fn result_labels(many: &Labels, one: &Labels, drop_metadata: bool, matching: &VectorMatching) -> Labels {
    let named = |name: &str| matching.labels.iter().any(|l| l == name);
    let one_to_one = matching.cardinality == MatchCardinality::OneToOne;
    let kept = many.filter(|name| {
        if drop_metadata && is_metadata(name) {
            return false;
        }
        !one_to_one || named(name) == matching.on
    });
    if matching.include.is_empty() {
        return kept;
    }
    let mut builder = kept.to_builder();
    for name in &matching.include {
        builder.set(name, one.get(name));
    }
    builder.build()
}
