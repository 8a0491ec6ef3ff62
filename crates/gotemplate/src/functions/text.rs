//! Words, hosts and URLs.

use std::net::IpAddr;
use std::sync::Arc;

use super::Patterns;
use crate::function::{Functions, Signature, Type};
use crate::value::Value;

/// Each word with a capital; the rest of the word stays, or becomes small.
#[must_use]
pub fn title(text: &str, lowers: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // A word has had its capital.
    let mut is_done = false;
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        // Marks like the apostrophe do not end a word between letters.
        let joins = matches!(c, '\'' | '\u{2019}' | '.' | ':' | '\u{b7}')
            && before.is_alphabetic()
            && chars.peek().is_some_and(|next| next.is_alphabetic());
        if !(c.is_alphanumeric() || c == '_' || joins) {
            is_done = false;
            out.push(c);
        } else if !is_done && (c.is_lowercase() || c.is_uppercase()) {
            is_done = true;
            out.extend(c.to_uppercase());
        } else if is_done && lowers {
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// A host without its port; a text that is no host and port stays.
#[must_use]
pub fn strip_port(text: &str) -> &str {
    split_host_port(text).map_or(text, |(host, _)| host)
}

/// A host without its domain; an address stays.
#[must_use]
pub fn strip_domain(text: &str) -> String {
    let (host, port) = split_host_port(text).unwrap_or((text, ""));
    if host.parse::<IpAddr>().is_ok() {
        return text.to_owned();
    }
    let host = host.split('.').next().unwrap_or(host);
    match (port, host.contains(':')) {
        ("", _) => host.to_owned(),
        (port, true) => format!("[{host}]:{port}"),
        (port, false) => format!("{host}:{port}"),
    }
}

/// `host:port`, `[address]:port`.
fn split_host_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    if let Some(inner) = host.strip_prefix('[') {
        let address = inner.strip_suffix(']')?;
        return (!address.contains(['[', ']'])).then_some((address, port)).filter(|_| !port.contains(['[', ']']));
    }
    (!host.contains([':', '[', ']']) && !port.contains(['[', ']'])).then_some((host, port))
}

/// The value in the query of a URL, without its escapes.
///
/// # Errors
/// Go's text, when there is a percent sign without two digits.
pub fn query_unescape(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                let value = hex.filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()));
                let value = value.and_then(|hex| u8::from_str_radix(hex, 16).ok());
                let Some(value) = value else {
                    let shown = String::from_utf8_lossy(after.get(..2).unwrap_or(after)).into_owned();
                    return Err(format!("invalid URL escape {}", crate::fmt::quote::quote(&format!("%{shown}"))));
                };
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            byte => bytes.push(*byte),
        }
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// Adds `match` and `reReplaceAll`.
pub(super) fn add_patterns(functions: &mut Functions, patterns: &Arc<dyn Patterns>) {
    let (matcher, replacer) = (Arc::clone(patterns), Arc::clone(patterns));
    functions.add("match", Signature::of(&[Type::Str, Type::Str]), move |args| {
        matcher.is_match(args.str(0), args.str(1)).map(Value::Bool)
    });
    functions.add("reReplaceAll", Signature::of(&[Type::Str, Type::Str, Type::Str]), move |args| {
        replacer.replace_all(args.str(0), args.str(2), args.str(1)).map(Value::from)
    });
}
