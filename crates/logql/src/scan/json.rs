//! JSON as lines hold it: read member by member, and as leniently as the original does.
//!
//! A comma behind the last member and anything behind the closing brace are accepted; values that nobody looks into are only
//! skipped. Errors name what the reader looked for when it gave up.

use std::fmt;

use super::text::unescape;

/// A value within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its bytes as they stand in the line; of strings, what is between the quotes.
    pub(crate) raw: &'a [u8],
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A string, and whether there are escapes in it.
    String {
        escaped: bool,
    },
    Number,
    Boolean,
    Null,
    Array,
    Object,
}

/// Why a text is not JSON; reads as the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonError {
    Malformed,
    String,
    Array,
    Object,
    Escape,
    UnknownType,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JsonError::Malformed => "Malformed JSON error",
            JsonError::String => "Value is string, but can't find closing '\"' symbol",
            JsonError::Array => "Value is array, but can't find closing ']' symbol",
            JsonError::Object => "Value looks like object, but can't find closing '}' symbol",
            JsonError::Escape => "Encountered an invalid escape sequence in a string",
            JsonError::UnknownType => "Unknown value type",
        })
    }
}

/// Whether a text can be JSON at all, by its first byte.
pub(crate) fn is_json_start(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'"' | b'{' | b'['))
}

impl<'a> Value<'a> {
    /// The text of the value, escapes decoded; `buffer` holds it where there are some. Empty when an escape is wrong.
    pub(crate) fn text<'b>(&self, buffer: &'b mut Vec<u8>) -> &'b [u8]
    where
        'a: 'b,
    {
        match self.kind {
            Kind::String { escaped: true } if unescape(self.raw, false, buffer) => buffer,
            Kind::String { escaped: true } => &[],
            _ => self.raw,
        }
    }
}

/// The members of an object, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Members<'a> {
    /// The members of the object that a text begins with, space in front of it apart.
    pub(crate) fn of(text: &'a [u8]) -> Result<Members<'a>, JsonError> {
        let at = next_token(text, 0).filter(|at| text[*at] == b'{').ok_or(JsonError::Object)?;
        let at = next_token(text, at + 1).ok_or(JsonError::Malformed)?;
        Ok(Members { text, at })
    }

    /// The next member: its key, a string, and its value. `None` at the end of the object.
    pub(crate) fn next(&mut self) -> Result<Option<(Value<'a>, Value<'a>)>, JsonError> {
        match self.text[self.at] {
            b'}' => return Ok(None),
            b'"' => {}
            _ => return Err(JsonError::Object),
        }
        let (key, at) = string(self.text, self.at).ok_or(JsonError::Malformed)?;
        if key.kind == (Kind::String { escaped: true }) && !unescape(key.raw, false, &mut Vec::new()) {
            return Err(JsonError::Escape);
        }
        let at = next_token(self.text, at).filter(|at| self.text[*at] == b':').ok_or(JsonError::Malformed)?;
        let (value, at) = value_at(self.text, at + 1)?;
        self.at = next_token(self.text, at).ok_or(JsonError::Array)?;
        match self.text[self.at] {
            b'}' => {}
            b',' => self.at = next_token(self.text, self.at + 1).ok_or(JsonError::Array)?,
            _ => return Err(JsonError::Object),
        }
        Ok(Some((key, value)))
    }
}

/// A step into a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The value at the end of a path; `None` when there is none, or what stands before it is not JSON.
pub(crate) fn find<'a, 'p>(text: &'a [u8], path: impl Iterator<Item = Step<'p>>) -> Option<Value<'a>> {
    let mut value = value_at(text, 0).ok()?.0;
    for step in path {
        value = match (step, value.kind) {
            (Step::Key(key), Kind::Object) => member(value.raw, key)?,
            (Step::Index(index), Kind::Array) => element(value.raw, index)?,
            _ => return None,
        };
    }
    Some(value)
}

fn member<'a>(object: &'a [u8], wanted: &str) -> Option<Value<'a>> {
    let mut members = Members::of(object).ok()?;
    let mut buffer = Vec::new();
    while let Some((key, value)) = members.next().ok()? {
        if key.text(&mut buffer) == wanted.as_bytes() {
            return Some(value);
        }
    }
    None
}

fn element(array: &[u8], wanted: usize) -> Option<Value<'_>> {
    let mut at = 1;
    for index in 0.. {
        if *array.get(next_token(array, at)?)? == b']' {
            return None;
        }
        let (value, after) = value_at(array, at).ok()?;
        if index == wanted {
            return Some(value);
        }
        at = next_token(array, after).filter(|at| array[*at] == b',')? + 1;
    }
    None
}

/// The value that begins at a position, space in front of it apart, and where it ends.
fn value_at(text: &[u8], at: usize) -> Result<(Value<'_>, usize), JsonError> {
    let at = next_token(text, at).ok_or(JsonError::Malformed)?;
    let block = |open, close, kind, error| {
        let end = block_end(text, at, open, close).ok_or(error)?;
        Ok((Value { kind, raw: &text[at..end] }, end))
    };
    match text[at] {
        b'"' => string(text, at).ok_or(JsonError::String),
        b'[' => block(b'[', b']', Kind::Array, JsonError::Array),
        b'{' => block(b'{', b'}', Kind::Object, JsonError::Object),
        _ => {
            let ends = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b',' | b'}' | b']');
            let end = text[at..].iter().position(ends).map_or(text.len(), |length| at + length);
            let raw = &text[at..end];
            let kind = match raw {
                b"true" | b"false" => Kind::Boolean,
                b"null" => Kind::Null,
                [b'0'..=b'9' | b'-', ..] => Kind::Number,
                _ => return Err(JsonError::UnknownType),
            };
            Ok((Value { kind, raw }, end))
        }
    }
}

/// The string that begins with the quote at a position, and where it ends.
fn string(text: &[u8], at: usize) -> Option<(Value<'_>, usize)> {
    let mut escaped = false;
    let mut end = at + 1;
    loop {
        end += memchr::memchr2(b'"', b'\\', text.get(end..)?)?;
        if text[end] == b'"' {
            return Some((Value { kind: Kind::String { escaped }, raw: &text[at + 1..end] }, end + 1));
        }
        escaped = true;
        end += 2;
    }
}

/// Where the block that begins at a position ends; brackets within strings do not count.
fn block_end(text: &[u8], at: usize, open: u8, close: u8) -> Option<usize> {
    let mut depth = 0usize;
    let mut here = at;
    loop {
        here += memchr::memchr3(b'"', open, close, text.get(here..)?)?;
        if text[here] == b'"' {
            here = string(text, here)?.1;
            continue;
        }
        depth = if text[here] == open { depth + 1 } else { depth - 1 };
        here += 1;
        if depth == 0 {
            return Some(here);
        }
    }
}

fn next_token(text: &[u8], at: usize) -> Option<usize> {
    let is_token = |byte: &u8| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    text.get(at..)?.iter().position(is_token).map(|skipped| at + skipped)
}

#[cfg(test)]
mod tests;
