//! The labels of a result.

use std::fmt;
use std::sync::Arc;

use model::labels::write_braced;

/// An immutable set of labels sorted by name; cloning shares it.
///
/// Unlike [`model::Labels`], a label may have an empty value and even an empty name: what a line says is shown as it says it
/// (`| json nope="a.b"` gives `nope=""` where the line has no such field).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LabelSet(Arc<[(String, String)]>);

impl LabelSet {
    /// The empty set.
    #[must_use]
    pub fn empty() -> LabelSet {
        LabelSet::default()
    }

    /// A set of pairs in any order; a later pair replaces an earlier one of the same name.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> LabelSet {
        let mut pairs: Vec<(String, String)> = pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        // The sort is stable, so of equal names the last one is the last of its run.
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let mut kept: Vec<(String, String)> = Vec::with_capacity(pairs.len());
        for pair in pairs {
            match kept.last_mut() {
                Some(last) if last.0 == pair.0 => *last = pair,
                _ => kept.push(pair),
            }
        }
        LabelSet(kept.into())
    }

    /// All pairs in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of a label; `None` when the set does not have it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|pair| pair.0.as_str().cmp(name)).ok()?;
        Some(&self.0[at].1)
    }

    /// The value of a label; empty when the set does not have it.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or("")
    }

    /// Whether there is no label at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The set reduced to the labels that `keep` accepts.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&str) -> bool) -> LabelSet {
        LabelSet(self.0.iter().filter(|(name, _)| keep(name)).cloned().collect())
    }

    /// The set with one label set.
    pub(crate) fn with(&self, name: &str, value: &str) -> LabelSet {
        let own = |(n, v): (&str, &str)| (n.to_owned(), v.to_owned());
        let others = self.iter().filter(|(n, _)| *n != name).map(own);
        LabelSet::from_pairs(others.chain([(name.to_owned(), value.to_owned())]))
    }
}

impl From<&model::Labels> for LabelSet {
    fn from(labels: &model::Labels) -> LabelSet {
        LabelSet(labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

impl fmt::Display for LabelSet {
    /// As Loki prints a stream: `{app="x", level="info"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_braced(f, self.iter())
    }
}
