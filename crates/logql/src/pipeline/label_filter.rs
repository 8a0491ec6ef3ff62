//! Filters on labels.

use logql_syntax::ast::{CompareOp, IpRange, LabelFilter, LabelFilterKind};
use model::Matcher;

use super::line_labels::LineLabels;
use crate::scan::ip;
use crate::units::{parse_bytes, parse_duration_ns, parse_float};

/// The error of a value that is not of the kind compared with.
const FILTER_ERROR: &str = "LabelFilterErr";

/// A condition.
#[derive(Debug)]
pub(crate) enum LabelTest {
    And(Box<LabelTest>, Box<LabelTest>),
    Or(Box<LabelTest>, Box<LabelTest>),
    Text(Matcher),
    Number { name: String, op: CompareOp, value: f64 },
    Duration { name: String, op: CompareOp, value_ns: i64 },
    Bytes { name: String, op: CompareOp, value_bytes: u64 },
    Ip { name: String, negated: bool, range: Option<IpRange> },
}

impl LabelTest {
    pub(crate) fn new(filter: &LabelFilter) -> LabelTest {
        match &filter.kind {
            LabelFilterKind::And(left, right) => {
                LabelTest::And(Box::new(LabelTest::new(left)), Box::new(LabelTest::new(right)))
            }
            LabelFilterKind::Or(left, right) => {
                LabelTest::Or(Box::new(LabelTest::new(left)), Box::new(LabelTest::new(right)))
            }
            LabelFilterKind::String(matcher) => LabelTest::Text(matcher.clone()),
            LabelFilterKind::Number { name, op, value } => {
                LabelTest::Number { name: name.clone(), op: *op, value: *value }
            }
            LabelFilterKind::Duration { name, op, value_ns } => {
                LabelTest::Duration { name: name.clone(), op: *op, value_ns: *value_ns }
            }
            LabelFilterKind::Bytes { name, op, value_bytes } => {
                LabelTest::Bytes { name: name.clone(), op: *op, value_bytes: *value_bytes }
            }
            LabelFilterKind::Ip { name, negated, pattern } => {
                LabelTest::Ip { name: name.clone(), negated: *negated, range: pattern.range }
            }
        }
    }

    /// Whether a line passes; notes an error on it where a value is not of the kind compared with, and lets it pass. Comparisons
    /// drop a line that lacks the label. Of several errors the first one stays.
    pub(crate) fn passes(&self, labels: &mut LineLabels) -> bool {
        match self {
            // Both sides are looked at, since the right one may note an error even if the left one drops the line.
            LabelTest::And(left, right) => {
                let left = left.passes(labels);
                right.passes(labels) && left
            }
            LabelTest::Or(left, right) => left.passes(labels) || right.passes(labels),
            LabelTest::Text(matcher) => matcher.matches(labels.seen(matcher.name())),
            LabelTest::Number { name, op, value } => compare(labels, name, *op, *value, parse_float),
            LabelTest::Duration { name, op, value_ns } => compare(labels, name, *op, *value_ns, parse_duration_ns),
            LabelTest::Bytes { name, op, value_bytes } => compare(labels, name, *op, *value_bytes, parse_bytes),
            LabelTest::Ip { name, negated, range } => {
                if labels.has_error() {
                    return true;
                }
                let Some(text) = labels.get(name) else { return false };
                let Some(range) = range else { return false };
                ip::contains(text.as_bytes(), range) != *negated
            }
        }
    }
}

fn compare<T: PartialOrd>(
    labels: &mut LineLabels,
    name: &str,
    op: CompareOp,
    value: T,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> bool {
    let Some(text) = labels.get(name) else { return false };
    match parse(text) {
        Ok(own) => op.holds(own, value),
        Err(details) => {
            if !labels.has_error() {
                labels.fail(FILTER_ERROR, Some(details));
            }
            true
        }
    }
}
