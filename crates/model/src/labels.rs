//! Label sets in their canonical encoding.
//!
//! A label set is kept as the bytes that remote write sends for it: for each label, sorted by name,
//! a protobuf field 1 (`0x0a`, length) holding field 1 (name) and field 2 (value). These bytes are at once
//! the identity that the metric store hashes, the form in which a write-ahead log keeps a new series,
//! and a value that is cheap to clone, compare and hash. Labels with an empty value do not exist.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

mod builder;
mod wire;

pub use builder::{LabelsBuilder, SortedLabels};
pub use wire::{InvalidLabels, canonicalise, push_pair};

/// The label that holds a metric's name.
pub const METRIC_NAME: &str = "__name__";
/// The label that holds the upper bound of a classic histogram bucket.
pub const BUCKET_BOUND: &str = "le";

/// An immutable, sorted set of label pairs; cloning shares the bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Labels(Arc<[u8]>);

impl Labels {
    /// The empty set, written `{}`.
    #[must_use]
    pub fn empty() -> Labels {
        Labels(Arc::from([]))
    }

    /// Builds a set from pairs in any order; a later pair replaces an earlier one of the same name, an empty value
    /// leaves the label out.
    pub fn from_pairs<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Labels {
        let mut builder = LabelsBuilder::new();
        for (name, value) in pairs {
            builder.set(name.as_ref(), value.as_ref());
        }
        builder.build()
    }

    /// Takes over bytes from outside, sorting them if need be.
    ///
    /// # Errors
    /// When the bytes are not label pairs in the encoding above, or hold a name twice.
    pub fn from_bytes(bytes: &[u8]) -> Result<Labels, InvalidLabels> {
        canonicalise(bytes).map(|bytes| Labels(Arc::from(&*bytes)))
    }

    /// The canonical encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// All pairs in the order of their names.
    #[must_use]
    pub fn iter(&self) -> Pairs<'_> {
        Pairs { rest: &self.0 }
    }

    /// The value of one label; empty when the set does not have it, as everywhere in Prometheus.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// Whether the set has a label of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|(n, _)| n == name)
    }

    /// The value of `__name__`.
    #[must_use]
    pub fn metric_name(&self) -> &str {
        self.get(METRIC_NAME)
    }

    /// Whether there is no label at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of pairs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// The set without its metric name.
    #[must_use]
    pub fn without_name(&self) -> Labels {
        if self.contains(METRIC_NAME) { self.filter(|name| name != METRIC_NAME) } else { self.clone() }
    }

    /// The set reduced to the labels that `keep` accepts.
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(&str) -> bool) -> Labels {
        let mut bytes = Vec::with_capacity(self.0.len());
        for (name, value) in self {
            if keep(name) {
                push_pair(&mut bytes, name, value);
            }
        }
        Labels(Arc::from(bytes))
    }

    /// A builder that starts from this set.
    #[must_use]
    pub fn to_builder(&self) -> LabelsBuilder {
        LabelsBuilder::from_labels(self)
    }

    /// For bytes that were made by [`wire::push_pair`] in sorted order.
    fn from_canonical(bytes: Vec<u8>) -> Labels {
        Labels(Arc::from(bytes))
    }
}

/// A set is found among others by its bytes.
impl Borrow<[u8]> for Labels {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

impl Default for Labels {
    fn default() -> Labels {
        Labels::empty()
    }
}

impl Ord for Labels {
    /// Pair by pair, name before value; a set that is a prefix of another sorts first.
    fn cmp(&self, other: &Labels) -> Ordering {
        self.iter().cmp(other.iter())
    }
}

impl PartialOrd for Labels {
    fn partial_cmp(&self, other: &Labels) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'a> IntoIterator for &'a Labels {
    type Item = (&'a str, &'a str);
    type IntoIter = Pairs<'a>;

    fn into_iter(self) -> Pairs<'a> {
        self.iter()
    }
}

/// The pairs of a label set, in the order of their names.
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    rest: &'a [u8],
}

/// The pairs in bytes that already are in the canonical encoding, such as a store hands out; nothing is copied. Bytes that are not
/// end the iteration early.
#[must_use]
pub fn pairs(canonical: &[u8]) -> Pairs<'_> {
    Pairs { rest: canonical }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        // The bytes were checked or written by this module, so a failure here would be our own fault;
        // ending the iteration is the harmless answer to it.
        let (name, value, rest) = wire::split_pair(self.rest).ok()?;
        self.rest = rest;
        Some((name, value))
    }
}

impl fmt::Display for Labels {
    /// As Prometheus prints a series in logs: `{__name__="up", job="node"}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_braced(f, self.iter())
    }
}

/// Writes labels as Prometheus and Loki print a set of them: `{app="x", "my.label"="y"}`.
///
/// # Errors
/// When the writer fails.
pub fn write_braced<'a>(
    f: &mut fmt::Formatter<'_>,
    labels: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> fmt::Result {
    f.write_str("{")?;
    for (i, (name, value)) in labels.into_iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        if is_legacy_label_name(name) {
            write!(f, "{separator}{name}={}", Quoted(value))?;
        } else {
            write!(f, "{separator}{}={}", Quoted(name), Quoted(value))?;
        }
    }
    f.write_str("}")
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Shows a string in double quotes with Go's `%q` escapes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{7}' => f.write_str("\\a")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{b}' => f.write_str("\\v")?,
                '\u{c}' => f.write_str("\\f")?,
                c if (c as u32) < 0x20 || c as u32 == 0x7f => write!(f, "\\x{:02x}", c as u32)?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

/// An owned text that shows itself as [`Quoted`] does; for error values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotedString(pub String);

impl fmt::Display for QuotedString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Quoted(&self.0), f)
    }
}

/// Whether a name can be written without quotes as a label name: `[a-zA-Z_][a-zA-Z0-9_]*`.
#[must_use]
pub fn is_legacy_label_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests;
