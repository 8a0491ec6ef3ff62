//! The file as it may be shown: YAML without its secrets.

use std::collections::BTreeSet;

use ::config::{Entry, Node, Position, ScalarTag, Value};

use model::labels::Quoted;

use super::secret::SECRET;

/// Writes a document; what stands at one of the places is hidden.
pub(super) fn show(root: &Node, hidden: &BTreeSet<Position>) -> String {
    let mut out = String::new();
    match root.value() {
        Value::Map(entries) if !entries.is_empty() => Writer { out: &mut out, hidden }.map(entries, 0, false),
        _ => Writer { out: &mut out, hidden }.value(root, 0, false),
    }
    out
}

struct Writer<'a> {
    out: &'a mut String,
    hidden: &'a BTreeSet<Position>,
}

impl Writer<'_> {
    /// The entries of a map; the first stands on the line that was begun if it is the item of a list.
    fn map(&mut self, entries: &[Entry], indent: usize, mut is_begun: bool) {
        for entry in entries {
            if !is_begun {
                self.indent(indent);
            }
            is_begun = false;
            self.text(&entry.key);
            self.out.push(':');
            self.value(&entry.value, indent, true);
        }
    }

    /// A value behind a key or the dash of a list, with the end of its last line.
    fn value(&mut self, node: &Node, indent: usize, is_behind_key: bool) {
        match node.value() {
            Value::Map(entries) if !entries.is_empty() => {
                if is_behind_key {
                    self.out.push('\n');
                    self.map(entries, indent + 2, false);
                } else {
                    self.out.push(' ');
                    self.map(entries, indent + 2, true);
                }
            }
            Value::List(items) if !items.is_empty() => {
                self.out.push('\n');
                let indent = if is_behind_key { indent } else { indent + 2 };
                for item in items {
                    self.indent(indent);
                    self.out.push('-');
                    self.value(item, indent, false);
                }
            }
            other => {
                self.out.push(' ');
                match other {
                    Value::Map(_) => self.out.push_str("{}"),
                    Value::List(_) => self.out.push_str("[]"),
                    Value::Null => self.out.push_str("null"),
                    Value::Scalar(_) if self.hidden.contains(&node.position()) => self.out.push_str(SECRET),
                    Value::Scalar(scalar) if scalar.tag == ScalarTag::Text => self.text(&scalar.text),
                    Value::Scalar(scalar) => self.out.push_str(&scalar.text),
                }
                self.out.push('\n');
            }
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// A text, in quotes unless nobody could take it for anything else.
    fn text(&mut self, text: &str) {
        let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./@".contains(c))
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
        if is_plain {
            self.out.push_str(text);
        } else {
            self.out.push_str(&Quoted(text).to_string());
        }
    }
}
