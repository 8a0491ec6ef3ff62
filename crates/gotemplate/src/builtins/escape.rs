//! Text made safe for HTML, JavaScript and URLs.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::fmt::quote::is_printable;

/// For text and quoted attributes of HTML.
pub(crate) fn html(text: &str) -> Cow<'_, str> {
    replaced(text, |c| {
        Some(match c {
            '\0' => "\u{fffd}",
            '"' => "&#34;",
            '\'' => "&#39;",
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            _ => return None,
        })
    })
}

/// Replaces characters; a text without any of them is not copied.
pub(crate) fn replaced<'t>(text: &'t str, replacement: impl Fn(char) -> Option<&'static str>) -> Cow<'t, str> {
    let Some(first) = text.find(|c| replacement(c).is_some()) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(clean);
    for c in rest.chars() {
        match replacement(c) {
            Some(new) => out.push_str(new),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// For a string of JavaScript.
pub(crate) fn js(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Writing to a string cannot fail.
        let _written = match c {
            '\\' => out.write_str("\\\\"),
            '\'' => out.write_str("\\'"),
            '"' => out.write_str("\\\""),
            '<' | '>' | '&' | '=' => write!(out, "\\u{:04X}", u32::from(c)),
            c if c < ' ' || !(c.is_ascii() || is_printable(c)) => write!(out, "\\u{:04X}", u32::from(c)),
            c => out.write_char(c),
        };
    }
    Cow::Owned(out)
}

/// For a value in the query of a URL.
pub(crate) fn url_query(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_unreserved) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            byte if is_unreserved(byte) => out.push(char::from(byte)),
            // Writing to a string cannot fail.
            byte => write!(out, "%{byte:02X}").unwrap_or(()),
        }
    }
    Cow::Owned(out)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}
