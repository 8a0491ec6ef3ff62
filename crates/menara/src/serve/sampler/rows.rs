//! The rows of a reading, without a string built per sample: labels go straight into their canonical bytes, all in one buffer.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use exposition::{Family, Sample};
use model::labels::{METRIC_NAME, push_pair};
use model::{Labels, STALE_NAN};
use storage::{AppendRow, RowValue};

/// The labels that a target gives to what it reads, unless a sample has its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct TargetLabels<'a> {
    pub(super) job: &'a str,
    pub(super) instance: &'a str,
}

/// The rows of one reading.
#[derive(Debug, Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    rows: Vec<(Range<usize>, f64)>,
}

impl Rows {
    /// The samples of all families.
    pub(super) fn of(families: &[Family], target: TargetLabels<'_>) -> Rows {
        let mut rows = Rows::default();
        let mut pairs = Vec::new();
        for family in families {
            for sample in &family.samples {
                rows.push(family, sample, target, &mut pairs);
            }
        }
        rows
    }

    fn push<'a>(
        &mut self,
        family: &'a Family,
        sample: &'a Sample,
        target: TargetLabels<'a>,
        pairs: &mut Vec<(&'a str, &'a str)>,
    ) {
        pairs.clear();
        pairs.extend(sample.labels.iter().map(|(name, value)| (&**name, value.as_str())));
        for (name, value) in [("job", target.job), ("instance", target.instance)] {
            if !pairs.iter().any(|(other, _)| *other == name) {
                pairs.push((name, value));
            }
        }
        let name = match sample.suffix {
            "" => Cow::Borrowed(&*family.name),
            suffix => Cow::Owned(format!("{}{suffix}", family.name)),
        };
        self.put(&name, pairs, sample.value);
    }

    /// Adds a row that tells about the reading itself.
    pub(super) fn report(&mut self, name: &str, target: TargetLabels<'_>, value: f64) {
        self.put(name, &mut [("job", target.job), ("instance", target.instance)], value);
    }

    fn put(&mut self, name: &str, pairs: &mut [(&str, &str)], value: f64) {
        pairs.sort_unstable();
        let start = self.bytes.len();
        let after_name = pairs.partition_point(|(other, _)| *other < METRIC_NAME);
        let (before, after) = pairs.split_at(after_name);
        for (name, value) in before.iter().chain(&[(METRIC_NAME, name)]).chain(after) {
            // An empty value is no label.
            if !value.is_empty() {
                push_pair(&mut self.bytes, name, value);
            }
        }
        self.rows.push((start..self.bytes.len(), value));
    }

    /// Ends a series.
    fn end(&mut self, labels: &Labels) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(labels.as_bytes());
        self.rows.push((start..self.bytes.len(), STALE_NAN));
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// As a store takes them.
    pub(super) fn to_append(&self) -> Vec<AppendRow<'_>> {
        let row = |(range, value): &(Range<usize>, f64)| AppendRow {
            labels: &self.bytes[range.clone()],
            time: 0,
            value: RowValue::Float(*value),
        };
        self.rows.iter().map(row).collect()
    }
}

/// The series that a target has, by the number of the reading that had them last.
#[derive(Debug, Default)]
pub(super) struct KnownSeries {
    reading: u64,
    last_read: HashMap<Labels, u64>,
}

/// What a reading changed, to be taken over once the store has it.
#[derive(Debug)]
pub(super) struct Changes {
    new: Vec<Labels>,
}

impl Changes {
    /// How many series are new.
    pub(super) fn n_new(&self) -> usize {
        self.new.len()
    }
}

impl KnownSeries {
    /// Series of which no reading is known.
    pub(super) fn left_over(labels: impl Iterator<Item = Labels>) -> KnownSeries {
        KnownSeries { reading: 0, last_read: labels.map(|labels| (labels, 0)).collect() }
    }

    /// Compares a reading with the one before: series that are gone are ended in it.
    pub(super) fn compare(&mut self, rows: &mut Rows) -> Changes {
        self.reading += 1;
        let mut new = Vec::new();
        for (range, _) in &rows.rows {
            let bytes = &rows.bytes[range.clone()];
            match self.last_read.get_mut(bytes) {
                Some(reading) => *reading = self.reading,
                // What is no label set the store refuses as well.
                None => new.extend(Labels::from_bytes(bytes)),
            }
        }
        for labels in self.gone() {
            rows.end(labels);
        }
        Changes { new }
    }

    /// Takes over what the reading has changed.
    pub(super) fn commit(&mut self, changes: Changes) {
        let reading = self.reading;
        self.last_read.retain(|_, last| *last == reading);
        self.last_read.extend(changes.new.into_iter().map(|labels| (labels, reading)));
    }

    fn gone(&self) -> impl Iterator<Item = &Labels> {
        self.last_read.iter().filter(|(_, last)| **last != self.reading).map(|(labels, _)| labels)
    }
}

#[cfg(test)]
mod tests {
    use model::MetricKind;

    use super::*;

    #[test]
    fn labels_are_canonical() {
        let target = TargetLabels { job: "node", instance: "bromo" };
        for (labels, suffix, expected) in [
            (&[][..], "", r#"{__name__="x", instance="bromo", job="node"}"#),
            (
                &[("z", "1"), ("A", "2"), ("none", "")],
                "",
                r#"{A="2", __name__="x", instance="bromo", job="node", z="1"}"#,
            ),
            (&[("job", "own")], "_sum", r#"{__name__="x_sum", instance="bromo", job="own"}"#),
        ] {
            let mut family = Family::new("x", "Help.", MetricKind::Gauge);
            let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
            family.samples.push(Sample { suffix, labels, value: 1.0 });
            let rows = Rows::of(&[family], target);
            let appended = rows.to_append();
            let read = Labels::from_bytes(appended[0].labels).expect("labels");
            assert_eq!((read.to_string().as_str(), read.as_bytes()), (expected, appended[0].labels));
        }
    }
}
