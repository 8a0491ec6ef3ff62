//! The value of a line's level field, where the line is JSON or logfmt.

use super::is_level_name;

/// Objects within objects are looked into, those within them are not.
const MAX_DEPTH: usize = 2;

/// The value of the first level field; `None` when there is none, or the line has no fields.
pub(super) fn level_field(line: &[u8]) -> Option<&[u8]> {
    let trimmed = line.trim_ascii();
    if trimmed.starts_with(b"{") && trimmed.ends_with(b"}") {
        return Json { bytes: trimmed, at: 0 }.object(1).ok().flatten();
    }
    logfmt_field(line)
}

/// Why the walk ended early: the bytes are not JSON.
struct Malformed;

/// A walk over JSON that looks at no more than it must.
struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Json<'a> {
    /// The level field of the object that begins here.
    fn object(&mut self, depth: usize) -> Result<Option<&'a [u8]>, Malformed> {
        self.take(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(None);
        }
        loop {
            self.peek()?;
            let key = self.string()?;
            self.take(b':')?;
            match self.peek()? {
                b'"' => {
                    let value = self.string()?;
                    if is_level_name(key) {
                        return Ok(Some(value));
                    }
                }
                b'{' if depth < MAX_DEPTH => {
                    if let Some(value) = self.object(depth + 1)? {
                        return Ok(Some(value));
                    }
                }
                b'{' | b'[' => self.skip_nested()?,
                _ => self.skip_plain(),
            }
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(None);
                }
                _ => return Err(Malformed),
            }
        }
    }

    /// The next byte that is not a space.
    fn peek(&mut self) -> Result<u8, Malformed> {
        while let Some(byte) = self.bytes.get(self.at) {
            if !byte.is_ascii_whitespace() {
                return Ok(*byte);
            }
            self.at += 1;
        }
        Err(Malformed)
    }

    fn take(&mut self, expected: u8) -> Result<(), Malformed> {
        let found = self.peek()?;
        self.at += 1;
        if found == expected { Ok(()) } else { Err(Malformed) }
    }

    /// The text of a string, escapes as they stand.
    fn string(&mut self) -> Result<&'a [u8], Malformed> {
        self.take(b'"')?;
        let start = self.at;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(&self.bytes[start..self.at - 1]);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        Err(Malformed)
    }

    fn skip_nested(&mut self) -> Result<(), Malformed> {
        let mut open = 0usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Ok(());
            }
        }
        Err(Malformed)
    }

    /// Passes a number or a word.
    fn skip_plain(&mut self) {
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
        while self.bytes.get(self.at).is_some_and(|byte| !is_end(byte)) {
            self.at += 1;
        }
    }
}

/// The level field of `key=value key="value with spaces"`; words without a value are passed over.
fn logfmt_field(line: &[u8]) -> Option<&[u8]> {
    let mut rest = line;
    loop {
        let start = rest.iter().position(|byte| *byte > b' ')?;
        rest = &rest[start..];
        let key_len = rest.iter().position(|byte| *byte <= b' ' || *byte == b'=').unwrap_or(rest.len());
        let (key, after) = rest.split_at(key_len);
        let Some(after) = after.strip_prefix(b"=") else {
            rest = after;
            continue;
        };
        let (value, after) = logfmt_value(after);
        if is_level_name(key) {
            return Some(value);
        }
        rest = after;
    }
}

fn logfmt_value(rest: &[u8]) -> (&[u8], &[u8]) {
    if let Some(quoted) = rest.strip_prefix(b"\"") {
        let mut end = 0;
        while end < quoted.len() && quoted[end] != b'"' {
            end += if quoted[end] == b'\\' { 2 } else { 1 };
        }
        let end = end.min(quoted.len());
        return (&quoted[..end], quoted.get(end + 1..).unwrap_or_default());
    }
    rest.split_at(rest.iter().position(|byte| *byte <= b' ').unwrap_or(rest.len()))
}
