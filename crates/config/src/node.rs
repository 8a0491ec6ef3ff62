//! A YAML document as a tree in which every node knows its place.

use std::sync::Arc;

use crate::error::{Error, Position, Result};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    pub(crate) file: Arc<str>,
    pub(crate) position: Position,
    pub(crate) value: Value,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing: `~`, `null`, or a key without a value.
    Null,
    /// A text, number or boolean.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, merged (`<<`) and without repeated keys, in the order of the file.
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub position: Position,
    /// The value.
    pub value: Node,
}

/// A text as it was written (`1.10` stays `1.10`), and what YAML takes it for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, without quotes and escapes.
    pub text: String,
    /// What it is where no type is asked for.
    pub tag: ScalarTag,
}

/// The type that YAML sees in a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarTag {
    /// Quoted, or not like any other type.
    Text,
    /// `true`, `yes`, `off`, …
    Boolean(bool),
    /// A whole number.
    Integer,
    /// A number with a point or exponent.
    Float,
}

impl Node {
    /// Where the node stands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// What it holds.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Whether it is an absent value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The name of the file it stands in.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// An error at this place.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> Error {
        Error::new(&self.file, Some(self.position), message)
    }

    /// The text of a scalar of any type; null is the empty text.
    ///
    /// # Errors
    /// For lists and maps.
    pub fn text(&self) -> Result<&str> {
        match &self.value {
            Value::Null => Ok(""),
            Value::Scalar(scalar) => Ok(&scalar.text),
            Value::List(_) | Value::Map(_) => Err(self.mismatch("string")),
        }
    }

    /// A boolean; null is false.
    ///
    /// # Errors
    /// For anything else.
    pub fn boolean(&self) -> Result<bool> {
        match &self.value {
            Value::Null => Ok(false),
            Value::Scalar(Scalar { tag: ScalarTag::Boolean(value), .. }) => Ok(*value),
            _ => Err(self.mismatch("bool")),
        }
    }

    /// A whole number that is not negative; null is 0. Digits may be grouped by `_`.
    ///
    /// # Errors
    /// For anything else, and beyond 64 bits.
    pub fn unsigned(&self) -> Result<u64> {
        match &self.value {
            Value::Null => Ok(0),
            Value::Scalar(Scalar { tag: ScalarTag::Integer, text }) => {
                parse_unsigned(text).ok_or_else(|| self.mismatch("uint64"))
            }
            _ => Err(self.mismatch("uint64")),
        }
    }

    /// The items of a list; null is the empty list.
    ///
    /// # Errors
    /// For anything else; the message names `go_type` as upstream's would.
    pub fn items(&self, go_type: &str) -> Result<&[Node]> {
        match &self.value {
            Value::Null => Ok(&[]),
            Value::List(items) => Ok(items),
            Value::Scalar(_) | Value::Map(_) => Err(self.mismatch(go_type)),
        }
    }

    /// The entries of a map; null is the empty map.
    ///
    /// # Errors
    /// For anything else; the message names `go_type` as upstream's would.
    pub fn entries(&self, go_type: &str) -> Result<&[Entry]> {
        match &self.value {
            Value::Null => Ok(&[]),
            Value::Map(entries) => Ok(entries),
            Value::Scalar(_) | Value::List(_) => Err(self.mismatch(go_type)),
        }
    }

    /// The refusal of this node where another type is needed, worded as Go's YAML library words it.
    #[must_use]
    pub fn mismatch(&self, go_type: &str) -> Error {
        let shown = match &self.value {
            Value::Null => "!!null".to_owned(),
            Value::List(_) => "!!seq".to_owned(),
            Value::Map(_) => "!!map".to_owned(),
            Value::Scalar(Scalar { text, tag }) => {
                let tag = match tag {
                    ScalarTag::Text => "!!str",
                    ScalarTag::Boolean(_) => "!!bool",
                    ScalarTag::Integer => "!!int",
                    ScalarTag::Float => "!!float",
                };
                format!("{tag} `{}`", shortened(text))
            }
        };
        self.error(format!("cannot unmarshal {shown} into {go_type}"))
    }
}

/// Texts of more than ten characters are shown by their first seven.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 10 {
        return text.to_owned();
    }
    text.chars().take(7).chain("...".chars()).collect()
}

fn parse_unsigned(text: &str) -> Option<u64> {
    let text = text.replace('_', "");
    let text = text.strip_prefix('+').unwrap_or(&text);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u64::from_str_radix(digits, radix).ok();
        }
    }
    match text.strip_prefix('0') {
        // Go's YAML reads a leading zero as octal.
        Some(digits) if !digits.is_empty() => u64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}
