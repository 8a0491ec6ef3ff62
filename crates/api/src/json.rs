//! JSON, written straight into a buffer: answers may be many megabytes.

use std::fmt::Write;

use model::Labels;

/// A list, each item written by a function.
pub(crate) fn push_list<T>(out: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

/// A list of strings.
pub(crate) fn push_strings<'a>(out: &mut String, texts: impl Iterator<Item = &'a str>) {
    let texts: Vec<&str> = texts.collect();
    push_list(out, &texts, |out, text| push_string(out, text));
}

/// A label set as an object.
pub(crate) fn push_labels(out: &mut String, labels: &Labels) {
    push_pairs(out, labels.iter());
}

/// Names and values as an object.
pub(crate) fn push_pairs<'a>(out: &mut String, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
    out.push('{');
    for (i, (name, value)) in pairs.enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(out, name);
        out.push(':');
        push_string(out, value);
    }
    out.push('}');
}

/// A string in quotes.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte => {
                // Writing to a String cannot fail.
                write!(out, "\\u{byte:04x}").ok();
            }
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}
