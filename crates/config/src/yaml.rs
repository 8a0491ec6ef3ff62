//! The YAML library, and nothing else knows it: text in, [`Node`]s out.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, NonFiniteFloatPolicy, Spanned};

use crate::error::{Error, Position, Result};
use crate::node::{Entry, Node, Scalar, ScalarTag, Value};

/// Nodes in one file, aliases counted as often as they are used.
const MAX_NODES: usize = 4_000_000;
/// Levels of nesting; upstream's files have about ten.
const MAX_DEPTH: usize = 64;

/// Reads one YAML document. `file` is the name that errors show.
///
/// # Errors
/// When the text is not YAML, holds a key twice or several documents, or is larger or deeper than any configuration is.
pub fn parse(file: &str, text: &str) -> Result<Node> {
    let file: Arc<str> = Arc::from(file);
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_depth: MAX_DEPTH,
        },
        // `0755` is a number, as in Go's YAML.
        legacy_octal_numbers: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    };
    let root = serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options).map_err(|e| refusal(&file, &e))?;
    Ok(node(&file, text, root))
}

fn refusal(file: &Arc<str>, error: &serde_saphyr::Error) -> Error {
    let position = error.location().map(position);
    let message = error.without_snippet().to_string();
    // The library adds the place to its text, where ours stands in front, and advice to programmers.
    let cut =
        [" at line ", ", set DuplicateKeyPolicy", "; use from_str"].iter().filter_map(|end| message.find(end)).min();
    let message = cut.and_then(|cut| message.get(..cut)).unwrap_or(&message);
    Error::new(file, position, message)
}

fn position(location: Location) -> Position {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Position { line: number(location.line()), column: number(location.column()) }
}

/// What the library hands over. Numbers and booleans come without their spelling, which is looked up in the text.
enum Raw {
    Null,
    Text(String),
    Typed(ScalarTag, String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(file: &Arc<str>, text: &str, raw: Spanned<Raw>) -> Node {
    let spelling = |value: String| {
        let span = raw.defined.span();
        let range = span.byte_offset().zip(span.byte_len()).and_then(|(start, len)| {
            let start = usize::try_from(start).ok()?;
            Some(start..start + usize::try_from(len).ok()?)
        });
        range.and_then(|range| text.get(range)).filter(|text| !text.is_empty()).map_or(value, ToOwned::to_owned)
    };
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Text(text) => Value::Scalar(Scalar { text, tag: ScalarTag::Text }),
        Raw::Typed(tag, value) => Value::Scalar(Scalar { text: spelling(value), tag }),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(file, text, item)).collect()),
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    position: position(key.referenced),
                    key: key.value,
                    value: node(file, text, value),
                })
                .collect(),
        ),
    };
    Node { file: Arc::clone(file), position: position(raw.referenced), value }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Raw, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> std::result::Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Boolean(value), value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Integer, value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Integer, value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Integer, value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Integer, value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Raw, E> {
        Ok(Raw::Typed(ScalarTag::Float, value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_bytes<E: serde::de::Error>(self, _: &[u8]) -> std::result::Result<Raw, E> {
        Err(E::custom("binary values have no place in a configuration"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> std::result::Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<Raw, A::Error> {
        let mut entries: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        while let Some(entry) = access.next_entry()? {
            if entries.len() >= MAX_NODES {
                return Err(A::Error::custom("too many keys"));
            }
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
