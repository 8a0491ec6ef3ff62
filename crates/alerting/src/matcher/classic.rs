//! The classic syntax: lax, split at commas outside of quotes.

use model::MatchOp;

use super::Matcher;

/// Reads any number of matchers.
///
/// # Errors
/// In upstream's words.
pub(super) fn parse_matchers(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    split(text).into_iter().map(parse_matcher).collect()
}

/// The parts between commas; the last one only if it says something.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut is_quoted, mut is_escaped, mut start) = (false, false, 0);
    for (i, c) in text.char_indices() {
        match c {
            ',' if !is_quoted => {
                parts.push(text.get(start..i).unwrap_or_default());
                start = i + 1;
                // What is escaped stays so over a comma between parts, as upstream has it.
                continue;
            }
            '"' if is_escaped => is_escaped = false,
            '"' => is_quoted = !is_quoted,
            '\\' => is_escaped = !is_escaped,
            ',' => {}
            _ => is_escaped = false,
        }
    }
    let last = text.get(start..).unwrap_or_default().trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// Reads one matcher.
///
/// # Errors
/// In upstream's words.
pub(super) fn parse_matcher(text: &str) -> Result<Matcher, String> {
    let bad = || format!("bad matcher format: {text}");
    let (name, rest) = take_name(trim_start(text)).ok_or_else(bad)?;
    let (op, rest) = take_op(trim_start(rest)).ok_or_else(bad)?;
    let value = unquote(trim_end(trim_start(rest)))?;
    Matcher::new(op, name, &value).map_err(|error| error.to_string())
}

/// What `\s` means in Go's patterns.
fn is_space(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

fn trim_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

fn take_name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != ':').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((name, rest))
}

fn take_op(text: &str) -> Option<(MatchOp, &str)> {
    [MatchOp::Regex, MatchOp::Equal, MatchOp::NotEqual, MatchOp::NotRegex]
        .into_iter()
        .find_map(|op| Some((op, text.strip_prefix(op.as_str())?)))
}

/// The value without its quotes, if any, and without the three escapes that OpenMetrics knows.
fn unquote(raw: &str) -> Result<String, String> {
    let stray = || format!("matcher value contains unescaped double quote: {raw}");
    let (text, mut wants_quote) = match raw.strip_prefix('"') {
        Some(text) => (text, true),
        None => (raw, false),
    };
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some(escaped @ ('"' | '\\')) => value.push(escaped),
                // Not an escape: the backslash stands for itself.
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            '"' if wants_quote && chars.as_str().is_empty() => wants_quote = false,
            '"' => return Err(stray()),
            c => value.push(c),
        }
    }
    if wants_quote { Err(stray()) } else { Ok(value) }
}
