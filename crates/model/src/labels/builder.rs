//! Changing a label set.

use super::wire::push_pair;
use super::{Labels, Pairs};

/// Collects labels and writes the canonical encoding once, at the end.
#[derive(Clone, Debug, Default)]
pub struct LabelsBuilder {
    /// Sorted by name, without duplicates; a label set is small, so insertion by shifting is cheap.
    pairs: Vec<(String, String)>,
}

impl LabelsBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new() -> LabelsBuilder {
        LabelsBuilder::default()
    }

    pub(super) fn from_labels(labels: &Labels) -> LabelsBuilder {
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        LabelsBuilder { pairs: Pairs::map(labels.iter(), own).collect() }
    }

    /// Sets a label; an empty value removes it, since an absent label and an empty one are the same.
    pub fn set(&mut self, name: &str, value: &str) -> &mut LabelsBuilder {
        if value.is_empty() {
            return self.remove(name);
        }
        match self.position(name) {
            Ok(i) => value.clone_into(&mut self.pairs[i].1),
            Err(i) => self.pairs.insert(i, (name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Removes a label if it is there.
    pub fn remove(&mut self, name: &str) -> &mut LabelsBuilder {
        if let Ok(i) = self.position(name) {
            self.pairs.remove(i);
        }
        self
    }

    /// The value of a label, empty when it is not set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.position(name).map_or("", |i| &self.pairs[i].1)
    }

    /// The finished set.
    #[must_use]
    pub fn build(&self) -> Labels {
        let size = self.pairs.iter().map(|(n, v)| n.len() + v.len() + 8).sum();
        let mut bytes = Vec::with_capacity(size);
        for (name, value) in &self.pairs {
            push_pair(&mut bytes, name, value);
        }
        Labels::from_canonical(bytes)
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.pairs.binary_search_by(|(n, _)| n.as_str().cmp(name))
    }
}

/// Writes labels that already come sorted, without keeping their texts: for engines, which have them so.
#[derive(Debug, Default)]
pub struct SortedLabels {
    bytes: Vec<u8>,
}

impl SortedLabels {
    /// Adds the next label. Names must ascend without repeats, and values must not be empty; otherwise the result is not a label set.
    pub fn push(&mut self, name: &str, value: &str) {
        push_pair(&mut self.bytes, name, value);
    }

    /// The finished set.
    #[must_use]
    pub fn finish(self) -> Labels {
        let labels = Labels::from_canonical(self.bytes);
        debug_assert!(labels.iter().is_sorted_by(|a, b| a.0 < b.0), "names ascend");
        labels
    }
}
