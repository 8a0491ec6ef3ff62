//! The escapes themselves.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::context::Escape;
use crate::builtins::escape::{html, replaced, url_query};
use crate::fmt::Printer;
use crate::limits::DEFAULT_VALUE_BYTES;
use crate::value::{Safe, Value};

/// What stands for a URL whose scheme is not safe.
const UNSAFE_URL: &str = "#ZgotmplZ";

/// A value as text, through all escapes; one that is safe in a place passes the first of them.
///
/// # Errors
/// When it is too large to print.
pub(super) fn apply<'a>(value: Value<'a>, escapes: &[Escape]) -> Result<Cow<'a, str>, String> {
    let (mut text, mut safe) = match value {
        Value::Str(text) => (text, None),
        Value::Safe(safe, text) => (text, Some(safe)),
        Value::Nil => (Cow::Borrowed(""), None),
        value => {
            let mut text = String::new();
            let mut printer = Printer::new(&mut text, DEFAULT_VALUE_BYTES);
            printer.value(&value);
            printer.finish().map_err(|_| format!("the value has more than {DEFAULT_VALUE_BYTES} bytes"))?;
            (Cow::Owned(text), None)
        }
    };
    for escape in escapes {
        text = match escaped(&text, safe.take(), *escape) {
            Some(escaped) => Cow::Owned(escaped),
            None => text,
        };
    }
    Ok(text)
}

/// What an escape makes of a text; none if the text stays as it is.
fn escaped(text: &str, safe: Option<Safe>, escape: Escape) -> Option<String> {
    let new = match (escape, safe) {
        (Escape::Drop, _) => return Some(String::new()),
        (Escape::Html, Some(Safe::Html)) | (Escape::UrlFilter, Some(Safe::Url)) => return None,
        (Escape::Html, _) => replaced(text, entity),
        (Escape::RcData, Some(Safe::Html)) => replaced(text, entity_but_ampersand),
        (Escape::RcData, _) => replaced(text, entity),
        (Escape::Attr, Some(Safe::Html)) => {
            return Some(replaced(&without_tags(text), entity_but_ampersand).into_owned());
        }
        (Escape::Attr, _) => replaced(text, entity),
        (Escape::HtmlFunction, _) => html(text),
        (Escape::UrlQueryFunction, _) => url_query(text),
        (Escape::UrlFilter, _) if is_safe_url(text) => return None,
        (Escape::UrlFilter, _) => Cow::Borrowed(UNSAFE_URL),
        (Escape::UrlComponent, safe) if safe != Some(Safe::Url) => url(text, false),
        (Escape::UrlNormalise | Escape::UrlComponent, _) => url(text, true),
    };
    Some(new.into_owned())
}

fn entity(c: char) -> Option<&'static str> {
    if c == '&' { Some("&amp;") } else { entity_but_ampersand(c) }
}

fn entity_but_ampersand(c: char) -> Option<&'static str> {
    Some(match c {
        '\0' => "\u{fffd}",
        '"' => "&#34;",
        '\'' => "&#39;",
        '+' => "&#43;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ => return None,
    })
}

/// A fragment without its tags, for an attribute.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let tag = rest.get(at..).unwrap_or("");
        match tag.find('>') {
            Some(end) => rest = tag.get(end + 1..).unwrap_or(""),
            None => return out,
        }
    }
    out.push_str(rest);
    out
}

/// Whether a URL is relative, or of a scheme that runs nothing.
fn is_safe_url(text: &str) -> bool {
    match text.split_once(':') {
        Some((scheme, _)) if !scheme.contains('/') => {
            ["http", "https", "mailto"].iter().any(|safe| safe.eq_ignore_ascii_case(scheme))
        }
        _ => true,
    }
}

/// Percent signs for what has no place in a URL; when normalising, what has a meaning in URLs stays.
fn url(text: &str, normalises: bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (i, byte) in bytes.iter().enumerate() {
        let is_escape = || bytes.get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let stays = match byte {
            b'-' | b'.' | b'_' | b'~' => true,
            b'!' | b'#' | b'$' | b'&' | b'*' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'[' | b']' => {
                normalises
            }
            b'%' => normalises && is_escape(),
            byte => byte.is_ascii_alphanumeric(),
        };
        if stays {
            out.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            write!(out, "%{byte:02x}").unwrap_or(());
        }
    }
    Cow::Owned(out)
}
