//! Samples of one subject on their way into a family.

use std::borrow::Cow;

use exposition::Sample;

use super::labels::Label;

/// Takes the samples of one subject, each of which gets the subject's labels.
pub(super) struct Samples<'a> {
    samples: &'a mut Vec<Sample>,
    /// Where this subject's samples begin.
    start: usize,
    /// Sorted by name.
    labels: &'a [Label],
}

impl<'a> Samples<'a> {
    /// The labels must be sorted by name.
    pub(super) fn new(samples: &'a mut Vec<Sample>, labels: &'a [Label]) -> Samples<'a> {
        Samples { start: samples.len(), samples, labels }
    }

    /// Adds a sample without labels of its own, if there is a value.
    pub(super) fn one(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.push(&[], value);
        }
    }

    /// Adds a sample with labels of its own, which must be sorted by name and not among the subject's; those without a value are left out.
    pub(super) fn push(&mut self, own: &[(&'static str, &str)], value: f64) {
        let mut labels = Vec::with_capacity(self.labels.len() + own.len());
        let mut rest = self.labels.iter().peekable();
        for (name, value) in own.iter().filter(|(_, value)| !value.is_empty()) {
            while let Some(label) = rest.next_if(|label| *label.0 < **name) {
                labels.push(label.clone());
            }
            labels.push((Cow::Borrowed(*name), (*value).to_owned()));
        }
        labels.extend(rest.cloned());
        self.samples.push(Sample { suffix: "", labels, value });
    }

    /// Adds a sample with one label of its own, unless this subject has one with that label's value already.
    pub(super) fn push_once(&mut self, name: &'static str, value_of_label: &str, value: f64) {
        let is_same = |sample: &Sample| {
            let label = sample.labels.iter().find(|label| label.0 == name);
            label.map_or("", |label| &label.1) == value_of_label
        };
        if !self.samples[self.start..].iter().any(is_same) {
            self.push(&[(name, value_of_label)], value);
        }
    }
}
