//! Metric families in memory.

use std::borrow::Cow;

use model::MetricKind;

/// All samples of one metric name, with what is said about them.
///
/// The order of the samples has no meaning except within one histogram or summary, whose buckets are expected in
/// rising order. No two samples may have the same suffix and labels: the formats have no place for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The metric name, without the suffixes that the parts of a histogram carry.
    pub name: Cow<'static, str>,
    /// One line on what it means; unescaped.
    pub help: Cow<'static, str>,
    /// What kind of metric it is.
    pub kind: MetricKind,
    /// The samples, all read at the same time.
    pub samples: Vec<Sample>,
}

/// One value with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What is appended to the family's name: `_bucket`, `_sum`, `_count`; mostly empty.
    pub suffix: &'static str,
    /// Names and unescaped values, each name once, in any order.
    pub labels: Vec<(Cow<'static, str>, String)>,
    /// The value.
    pub value: f64,
}

impl Family {
    /// A family without samples.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>, kind: MetricKind) -> Family {
        Family { name: name.into(), help: help.into(), kind, samples: Vec::new() }
    }

    /// Adds a sample without a suffix.
    pub fn push(&mut self, labels: Vec<(Cow<'static, str>, String)>, value: f64) {
        self.samples.push(Sample { suffix: "", labels, value });
    }
}
