//! Tags as Telegram reads them.

use super::entity;

/// The tags that there are.
const NAMES: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "pre",
    "s",
    "span",
    "strike",
    "strong",
    "tg-emoji",
    "tg-spoiler",
    "tg-time",
    "u",
];

/// A tag of markup.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// Opens something. Of the attributes only those are kept that mean something.
    Open { name: &'static str, attributes: String },
    /// Closes what was opened by this name.
    Close(&'static str),
    /// Closes what was opened last.
    CloseLast,
}

/// The tag at the beginning of a text, and its length; `None` if Telegram would not take it for one.
pub(super) fn tag(text: &str) -> Option<(Tag, usize)> {
    let inner = text.strip_prefix('<')?;
    if let Some(inner) = inner.strip_prefix('/') {
        let (name, rest) = inner.split_at(inner.find(|c: char| c.is_ascii_whitespace() || c == '>')?);
        let rest = rest.trim_ascii_start().strip_prefix('>')?;
        let tag = if name.is_empty() { Tag::CloseLast } else { Tag::Close(known(name)?) };
        return Some((tag, text.len() - rest.len()));
    }
    let (name, rest) = inner.split_at(inner.find(|c: char| c.is_ascii_whitespace() || c == '>')?);
    let name = known(name)?;
    let (given, rest) = attributes(rest)?;
    let attributes = kept(name, &given)?;
    Some((Tag::Open { name, attributes }, text.len() - rest.len()))
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}

/// Attributes with their values, empty where there is none.
type Attributes<'a> = Vec<(&'a str, String)>;

/// The attributes up to the end of the tag, and what comes behind it.
fn attributes(text: &str) -> Option<(Attributes<'_>, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_ascii_start();
    loop {
        if let Some(behind) = rest.strip_prefix('>') {
            return Some((found, behind));
        }
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/' | '"' | '\'');
        let (name, after) = rest.split_at(rest.find(is_end)?);
        if name.is_empty() {
            return None;
        }
        rest = after.trim_ascii_start();
        let value = match rest.strip_prefix('=') {
            Some(after) => {
                let (value, after) = value(after.trim_ascii_start())?;
                rest = after.trim_ascii_start();
                value
            }
            None => String::new(),
        };
        found.push((name, value));
    }
}

/// The value of an attribute, in quotes or a word without them, and what comes behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        let (word, rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-'))?);
        let is_whole = rest.starts_with(|c: char| c.is_ascii_whitespace() || c == '>');
        return is_whole.then(|| (word.to_ascii_lowercase(), rest));
    };
    let (quoted, rest) = text.get(1..)?.split_once(quote)?;
    let mut value = String::with_capacity(quoted.len());
    let mut left = quoted;
    while let Some(first) = left.chars().next() {
        let (c, len) = (first == '&').then(|| entity(left)).flatten().unwrap_or((first, first.len_utf8()));
        value.push(c);
        left = left.get(len..).unwrap_or("");
    }
    Some((value, rest))
}

/// The attributes of a tag that mean something, as they are written; `None` if it lacks one, or has one that is refused.
fn kept(name: &str, given: &Attributes<'_>) -> Option<String> {
    let find = |attribute: &str| {
        let found = given.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(attribute));
        found.map(|(_, value)| value.as_str())
    };
    let number = |attribute: &str| find(attribute).filter(|value| is_number(value));
    let kept = match name {
        "a" => [("href", find("href").filter(|url| !url.is_empty())), ("", None)],
        "span" => [("class", Some(find("class").filter(|class| *class == "tg-spoiler")?)), ("", None)],
        "code" => [("class", find("class").filter(|class| class.starts_with("language-"))), ("", None)],
        "tg-emoji" => [("emoji-id", Some(number("emoji-id")?)), ("", None)],
        "tg-time" => {
            let format = find("format");
            if !format.is_none_or(is_time_format) {
                return None;
            }
            [("unix", Some(number("unix")?)), ("format", format)]
        }
        "blockquote" if find("expandable").is_some() => return Some(" expandable".to_owned()),
        _ => return Some(String::new()),
    };
    let kept = kept.into_iter().filter_map(|(name, value)| Some(format!(" {name}=\"{}\"", quoted(value?))));
    Some(kept.collect())
}

/// A value as it stands between double quotes.
fn quoted(value: &str) -> String {
    super::escape(value).replace('"', "&quot;")
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<i64>().is_ok()
}

/// `r`, or a weekday, a date and a time, each short or long, as far as they are wanted.
fn is_time_format(format: &str) -> bool {
    if format == "r" {
        return true;
    }
    let rest = format.strip_prefix('w').unwrap_or(format);
    let rest = rest.strip_prefix(['d', 'D']).unwrap_or(rest);
    rest.strip_prefix(['t', 'T']).unwrap_or(rest).is_empty()
}
