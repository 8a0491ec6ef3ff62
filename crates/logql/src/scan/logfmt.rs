//! logfmt: `level=info msg="all well" fast`.

use std::borrow::Cow;
use std::fmt;

use super::text::unescape;

/// The pairs of a line, one after the other. What is not a pair is an error, and reading goes on behind the next space.
#[derive(Clone, Debug)]
pub(crate) struct Pairs<'a> {
    line: &'a [u8],
    at: usize,
}

/// A key and its value, which is empty where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    /// As it stands in the line; never empty.
    pub(crate) key: &'a [u8],
    /// Without quotes and escapes.
    pub(crate) value: Cow<'a, [u8]>,
}

/// What is wrong with a line, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogfmtError {
    /// The place, counted from 1.
    position: usize,
    kind: ErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    Unexpected(u8),
    InvalidKey,
    InvalidQuote,
    UnterminatedQuote,
}

impl fmt::Display for LogfmtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "logfmt syntax error at pos {} : ", self.position)?;
        match self.kind {
            ErrorKind::Unexpected(byte) => write!(f, "unexpected {:?}", byte as char),
            ErrorKind::InvalidKey => f.write_str("invalid key"),
            ErrorKind::InvalidQuote => f.write_str("invalid quoted value"),
            ErrorKind::UnterminatedQuote => f.write_str("unterminated quoted value"),
        }
    }
}

impl<'a> Pairs<'a> {
    /// The pairs of a line.
    pub(crate) fn of(line: &'a [u8]) -> Pairs<'a> {
        Pairs { line, at: 0 }
    }

    fn pair(&mut self) -> Result<Pair<'a>, ErrorKind> {
        let key = self.until(|byte| byte <= b' ' || byte == b'=' || byte == b'"');
        match self.line.get(self.at) {
            Some(b'"') => return Err(ErrorKind::Unexpected(b'"')),
            Some(b'=') if key.is_empty() => return Err(ErrorKind::Unexpected(b'=')),
            _ => {}
        }
        if !is_text(key) {
            return Err(ErrorKind::InvalidKey);
        }
        if self.line.get(self.at) != Some(&b'=') {
            return Ok(Pair { key, value: Cow::Borrowed(&[]) });
        }
        self.at += 1;
        if self.line.get(self.at) == Some(&b'"') {
            return Ok(Pair { key, value: self.quoted()? });
        }
        let value = self.until(|byte| byte <= b' ' || byte == b'=' || byte == b'"');
        match self.line.get(self.at) {
            Some(byte @ (b'=' | b'"')) => Err(ErrorKind::Unexpected(*byte)),
            _ => Ok(Pair { key, value: Cow::Borrowed(value) }),
        }
    }

    fn quoted(&mut self) -> Result<Cow<'a, [u8]>, ErrorKind> {
        let start = self.at + 1;
        let mut end = start;
        let mut escaped = false;
        loop {
            match self.line.get(end..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
                None => {
                    self.at = self.line.len();
                    return Err(ErrorKind::UnterminatedQuote);
                }
                Some(skipped) if self.line[end + skipped] == b'\\' => {
                    escaped = true;
                    end += skipped + 2;
                }
                Some(skipped) => {
                    end += skipped;
                    break;
                }
            }
        }
        self.at = end + 1;
        let raw = &self.line[start..end];
        if !escaped {
            return Ok(Cow::Borrowed(raw));
        }
        let mut value = Vec::with_capacity(raw.len());
        if unescape(raw, true, &mut value) { Ok(Cow::Owned(value)) } else { Err(ErrorKind::InvalidQuote) }
    }

    /// What stands before the first byte that ends it.
    fn until(&mut self, ends: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.line[self.at..];
        let length = rest.iter().position(|byte| ends(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Result<Pair<'a>, LogfmtError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.until(|byte| byte > b' ');
        if self.at == self.line.len() {
            return None;
        }
        Some(self.pair().map_err(|kind| {
            let position = self.at + 1;
            self.until(|byte| byte <= b' ');
            LogfmtError { position, kind }
        }))
    }
}

/// Keys that are not UTF-8, or hold the character that stands for what is not, are refused.
fn is_text(key: &[u8]) -> bool {
    key.is_ascii() || std::str::from_utf8(key).is_ok_and(|key| !key.contains(char::REPLACEMENT_CHARACTER))
}

#[cfg(test)]
mod tests;
