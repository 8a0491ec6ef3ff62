//! Values as JSON.

use std::fmt::Write as _;

use super::base64::base64_encode;
use crate::value::{Kind, Value};

/// A value as Go's `json.Marshal` writes it: keys sorted, and `<`, `>` and `&` escaped.
///
/// # Errors
/// When it holds a number that JSON has not, or is longer than a number of bytes.
pub fn to_json(value: &Value<'_>, max_bytes: usize) -> Result<String, String> {
    let mut out = String::new();
    push(&mut out, value, max_bytes)?;
    Ok(out)
}

fn push(out: &mut String, value: &Value<'_>, max_bytes: usize) -> Result<(), String> {
    if out.len() > max_bytes {
        return Err(format!("the result has more than {max_bytes} bytes"));
    }
    // Writing to a string cannot fail.
    let _written = match value {
        Value::Nil => out.write_str("null"),
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) | Value::Int64(value) => write!(out, "{value}"),
        Value::Duration(value) => write!(out, "{}", value.nanoseconds()),
        Value::Uint(value) => write!(out, "{value}"),
        Value::Float(value) if !value.is_finite() => {
            return Err(format!("json: unsupported value: {}", crate::fmt::shown(&Value::Float(*value), 'v')));
        }
        Value::Float(value) => out.write_str(&number(*value)),
        Value::Str(text) | Value::Safe(_, text) => {
            push_string(out, text);
            Ok(())
        }
        Value::Bytes(bytes) => {
            push_string(out, &base64_encode(bytes, false));
            Ok(())
        }
        Value::Time(time) => {
            push_string(out, &time.format("2006-01-02T15:04:05.999999999Z07:00"));
            Ok(())
        }
        Value::List(list) => return push_list(out, list.items().iter().map(|item| Ok(item.clone())), max_bytes),
        Value::Map(map) => return push_map(out, map.entries().iter().map(|(k, v)| (&**k, v)), max_bytes),
        Value::Record(record) => return push_map(out, record.fields().iter().map(|(k, v)| (*k, v)), max_bytes),
        Value::Object(_) | Value::Ref(_) => return push_object(out, value, max_bytes),
    };
    Ok(())
}

fn push_object(out: &mut String, value: &Value<'_>, max_bytes: usize) -> Result<(), String> {
    let Some(object) = value.as_object() else { return Ok(()) };
    if object.kind() == Kind::List {
        let items = (0..object.len()).map(|i| object.at(i).ok_or_else(String::new));
        return push_list(out, items, max_bytes);
    }
    let entries = object.json_entries();
    push_map(out, entries.iter().map(|(name, value)| (&**name, value)), max_bytes)
}

fn push_list<'a>(
    out: &mut String,
    items: impl Iterator<Item = Result<Value<'a>, String>>,
    max_bytes: usize,
) -> Result<(), String> {
    out.push('[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, &item?, max_bytes)?;
    }
    out.push(']');
    Ok(())
}

fn push_map<'v, 'a: 'v>(
    out: &mut String,
    entries: impl Iterator<Item = (&'v str, &'v Value<'a>)>,
    max_bytes: usize,
) -> Result<(), String> {
    out.push('{');
    for (i, (name, value)) in entries.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(out, name);
        out.push(':');
        push(out, value, max_bytes)?;
    }
    out.push('}');
    Ok(())
}

/// An exponent below 1e-6 and from 1e21, without zeros in front.
fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
        return format!("{value}");
    }
    let text = format!("{value:e}");
    if text.contains("e-") { text } else { text.replace('e', "e+") }
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        // Writing to a string cannot fail.
        let _written = match c {
            '"' => out.write_str("\\\""),
            '\\' => out.write_str("\\\\"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\t' => out.write_str("\\t"),
            '\u{8}' => out.write_str("\\b"),
            '\u{c}' => out.write_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => write!(out, "\\u{:04x}", u32::from(c)),
            c => out.write_char(c),
        };
    }
    out.push('"');
}
