//! Cases as values.

use std::path::Path;

use config::{Node, Scalar, ScalarTag};
use model::{Alert, Labels};
use serde_json::{Map, Value};

/// A case, the file that it stands in and the folder of that file.
pub(super) struct Case<'a> {
    pub(super) value: &'a Value,
    pub(super) file: &'a Value,
    pub(super) folder: &'a Path,
}

impl<'a> Case<'a> {
    /// A text; empty where it is absent.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.value[key].as_str().unwrap_or_default()
    }
}

/// A file as a value, and the list at the end of a way into it, each item with its line. What is no list is a list of one.
pub(super) fn lists(text: &str, way: &[&str]) -> Result<(Value, Vec<(usize, Value)>), String> {
    let root = config::parse("cases", text).map_err(|error| error.to_string())?;
    let mut node = &root;
    for key in way {
        let entries = node.entries("map").map_err(|error| error.to_string())?;
        let entry = entries.iter().find(|entry| entry.key == *key);
        node = &entry.ok_or_else(|| format!("no {key}"))?.value;
    }
    let line = |node: &Node| node.position().line as usize;
    let list = match node.value() {
        config::Value::List(items) => items.iter().map(|item| (line(item), value(item))).collect(),
        _ => vec![(line(node), value(node))],
    };
    Ok((value(&root), list))
}

/// A node as a value; scalars have YAML's types.
pub(super) fn value(node: &Node) -> Value {
    match node.value() {
        config::Value::Null => Value::Null,
        config::Value::List(items) => Value::Array(items.iter().map(value).collect()),
        config::Value::Map(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect::<Map<_, _>>())
        }
        config::Value::Scalar(Scalar { text, tag }) => match tag {
            // What wrote the cases takes single letters for texts.
            ScalarTag::Boolean(_) if text.len() == 1 => Value::String(text.clone()),
            ScalarTag::Boolean(value) => Value::Bool(*value),
            ScalarTag::Integer | ScalarTag::Float => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }
            ScalarTag::Text => Value::String(text.clone()),
        },
    }
}

/// A map as labels.
pub(super) fn labels(value: &Value) -> Labels {
    let pairs = value.as_object().into_iter().flatten();
    Labels::from_pairs(pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())))
}

/// A list of texts.
pub(super) fn texts(value: &Value) -> Vec<String> {
    items(value).iter().filter_map(|item| item.as_str().map(ToOwned::to_owned)).collect()
}

/// A list; empty where it is none.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Seconds as milliseconds; `None` where there is no number.
pub(super) fn ms(value: &Value) -> Option<i64> {
    value.as_f64().map(|seconds| (seconds * 1000.0).round() as i64)
}

/// An alert with times around a moment.
pub(super) fn alert(value: &Value, now_ms: i64) -> Alert {
    let at = |key: &str| now_ms + ms(&value[key]).unwrap_or_default();
    Alert {
        labels: labels(&value["labels"]),
        annotations: model::alert::Annotations::default(),
        starts_at_ms: at("starts_at"),
        ends_at_ms: at("ends_at"),
        generator_url: String::new(),
        updated_at_ms: at("updated_at"),
        is_timeout: value["timeout"].as_bool().unwrap_or_default(),
    }
}

/// A text of YAML as a node.
pub(super) fn node(text: &str) -> Result<Node, String> {
    config::parse("case", text).map_err(|error| error.to_string())
}
