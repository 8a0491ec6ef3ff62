//! Replacement templates: `$1`, `${1}`, `$name`, `${name}`, `$$`.

use crate::captures::Captures;
use crate::unicode::is_name_char;

/// Appends `template` to `out` with its references replaced, by the rules of Go's
/// `Regexp.Expand`: a reference without braces is as long as it can be, one to a
/// group that is missing or took no part is empty, and a `$` that begins no
/// reference stands for itself.
pub(crate) fn expand(template: &str, captures: &Captures<'_>, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = reference(after) {
            out.push_str(group_text(name, captures));
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
}

/// Splits `name` or `{name}` off the text after a `$`.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = match text.strip_prefix('{') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let end = text.find(|c| !is_name_char(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    Some((name, if braced { rest.strip_prefix('}')? } else { rest }))
}

fn group_text<'t>(name: &str, captures: &Captures<'t>) -> &'t str {
    let text = match group_number(name) {
        Some(number) => captures.get(number),
        None => captures.name(name),
    };
    text.unwrap_or("")
}

/// A name of digits is a number, unless it has a leading zero.
fn group_number(name: &str) -> Option<usize> {
    let digits = name.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = name.len() > 1 && name.starts_with('0');
    if digits && !leading_zero { name.parse().ok() } else { None }
}
