//! Structures of the configuration in which every text is a template; what comes out is JSON.

use config::{Node, Scalar, ScalarTag};
use model::Notification;
use serde_json::{Map, Value};

use super::Templater;

/// A structure of the configuration as JSON, its templates not filled in yet.
#[must_use]
pub fn json_of(node: &Node) -> Value {
    match node.value() {
        config::Value::Null => Value::Null,
        config::Value::Scalar(scalar) => scalar_of(node, scalar),
        config::Value::List(items) => items.iter().map(json_of).collect(),
        config::Value::Map(entries) => {
            entries.iter().map(|entry| (entry.key.clone(), json_of(&entry.value))).collect::<Map<_, _>>().into()
        }
    }
}

impl Templater {
    /// Fills in every text of a structure, keys too. A text that then reads as YAML of another type becomes that, as upstream has it:
    /// a list from `toJson` stays a list, `{{ len .Alerts }}` is a number, and what is empty is null. What alerts bring along is
    /// no template.
    ///
    /// # Errors
    /// When a text is no template, or fails on the notification; the message begins with its place.
    pub(crate) fn structure(
        &self,
        structure: &Value,
        receiver: &str,
        notification: &Notification,
    ) -> Result<Value, String> {
        fill(structure, &|text| self.text(text, receiver, notification))
    }
}

fn fill(structure: &Value, text: &dyn Fn(&str) -> Result<String, String>) -> Result<Value, String> {
    match structure {
        Value::String(template) => text(template).map(read),
        Value::Array(items) => {
            let filled = items.iter().enumerate();
            filled.map(|(i, item)| fill(item, text).map_err(|why| format!("[{i}] {why}"))).collect()
        }
        Value::Object(entries) => {
            let filled = entries.iter().map(|(key, value)| {
                let pair = text(key).and_then(|key| Ok((key, fill(value, text)?)));
                pair.map_err(|why| format!("{key}: {why}"))
            });
            Ok(Value::Object(filled.collect::<Result<_, String>>()?))
        }
        other => Ok(other.clone()),
    }
}

/// A text as YAML sees it, if it sees more in it than a text.
fn read(text: String) -> Value {
    let trimmed = text.trim();
    // The YAML reader takes less of JSON than there is.
    if trimmed.starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str(trimmed)
    {
        return value;
    }
    if trimmed.is_empty() {
        return Value::Null;
    }
    match config::parse("", &text).as_ref().map(json_of) {
        // A text that begins with `#`, as the names of channels do, is no comment.
        Ok(Value::Null) if trimmed.starts_with('#') => text.into(),
        Ok(Value::String(_)) | Err(_) => text.into(),
        Ok(value) => value,
    }
}

fn scalar_of(node: &Node, scalar: &Scalar) -> Value {
    let plain = scalar.text.replace('_', "");
    let float = || plain.parse::<f64>().ok().filter(|float| float.is_finite()).map(Value::from);
    let signed = || plain.parse::<i64>().ok().map(Value::from);
    let value = match scalar.tag {
        ScalarTag::Text => None,
        ScalarTag::Boolean(value) => Some(value.into()),
        ScalarTag::Integer => node.unsigned().ok().map(Value::from).or_else(signed).or_else(float),
        ScalarTag::Float => float(),
    };
    value.unwrap_or_else(|| scalar.text.clone().into())
}
