//! A reader of JSON that hands out texts where they lie.

use std::borrow::Cow;

use super::{PushError, Result};

/// A place in a JSON text. A clone reads on from the same place.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, at: 0 }
    }

    /// An error at this place.
    pub(super) fn error(&self, what: &str) -> PushError {
        PushError::Invalid(format!("couldn't parse push request: {what}, at byte {}", self.at))
    }

    /// Reads an object; `member` is given each key and must read its value.
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Reader<'a>, Cow<'a, str>) -> Result<()>) -> Result<()> {
        self.expect(b'{', "expected an object")?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            let key = self.text()?;
            self.expect(b':', "expected a colon")?;
            member(self, key)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected a comma or the end of an object")),
            }
        }
    }

    /// Reads an array; `item` is given each index and must read its value.
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Reader<'a>, usize) -> Result<()>) -> Result<()> {
        self.expect(b'[', "expected an array")?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        let mut index = 0;
        loop {
            item(self, index)?;
            index += 1;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.error("expected a comma or the end of an array")),
            }
        }
    }

    /// Reads a string as text; bytes that are not UTF-8 become U+FFFD.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>> {
        Ok(match self.string()? {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }

    /// Reads a string as text, or any other value as it is written.
    pub(super) fn text_of_any(&mut self) -> Result<Cow<'a, str>> {
        match self.peek() {
            Some(b'"') => self.text(),
            _ => self.skip().map(String::from_utf8_lossy),
        }
    }

    /// Reads a string. It is copied only where it holds escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'a, [u8]>> {
        self.expect(b'"', "expected a string")?;
        let start = self.at;
        match self.plain_part()? {
            (plain, b'"') => Ok(Cow::Borrowed(plain)),
            _ => self.at_escape(start).map(Cow::Owned),
        }
    }

    /// Passes a value and gives it as it is written.
    pub(super) fn skip(&mut self) -> Result<&'a [u8]> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => self.skip_string()?,
            Some(b'{' | b'[') => self.skip_nested()?,
            _ => {
                let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
                self.at += self.bytes[start..].iter().take_while(|b| is_part(b)).count();
                let word = &self.bytes[start..self.at];
                if !matches!(word, b"true" | b"false" | b"null") && !is_number(word) {
                    self.at = start;
                    return Err(self.error("expected a value"));
                }
            }
        }
        Ok(&self.bytes[start..self.at])
    }

    /// Makes sure that nothing follows.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("unexpected input behind the request")),
        }
    }

    /// The next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8, otherwise: &str) -> Result<()> {
        if self.peek() != Some(byte) {
            return Err(self.error(otherwise));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads up to a quote or a backslash, and tells which.
    fn plain_part(&mut self) -> Result<(&'a [u8], u8)> {
        let rest = &self.bytes[self.at..];
        let Some(len) = memchr::memchr2(b'"', b'\\', rest) else {
            self.at = self.bytes.len();
            return Err(self.error("a string does not end"));
        };
        self.at += len + 1;
        Ok((&rest[..len], rest[len]))
    }

    /// Goes on with a string behind its first backslash.
    fn at_escape(&mut self, start: usize) -> Result<Vec<u8>> {
        let mut text = self.bytes[start..self.at - 1].to_vec();
        loop {
            self.escape(&mut text)?;
            let (plain, stop) = self.plain_part()?;
            text.extend_from_slice(plain);
            if stop == b'"' {
                return Ok(text);
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Result<()> {
        let escape = self.bytes.get(self.at).copied();
        self.at += 1;
        text.push(match escape {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'u') => {
                let c = self.unicode()?;
                text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => {
                self.at -= 1;
                return Err(self.error("unknown escape in a string"));
            }
        });
        Ok(())
    }

    /// The character of `\uXXXX`; surrogates come in pairs, a lone one counts as U+FFFD.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32> {
        let digits = self.bytes.get(self.at..self.at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let code = code.ok_or_else(|| self.error("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    fn skip_string(&mut self) -> Result<()> {
        self.at += 1;
        loop {
            if self.plain_part()?.1 == b'"' {
                return Ok(());
            }
            if self.at >= self.bytes.len() {
                return Err(self.error("a string does not end"));
            }
            self.at += 1;
        }
    }

    /// Passes an object or array without looking into it more than brackets and strings need.
    fn skip_nested(&mut self) -> Result<()> {
        let mut open = 0usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.skip_string()?;
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
        Err(self.error("unexpected end"))
    }
}

/// Whether a word is a JSON number.
fn is_number(word: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(after) = rest.strip_prefix(b".") {
        let fraction = digits(after);
        if fraction == 0 {
            return false;
        }
        rest = &after[fraction..];
    }
    let Some((b'e' | b'E', after)) = rest.split_first() else { return rest.is_empty() };
    let after = after.strip_prefix(b"+").or_else(|| after.strip_prefix(b"-")).unwrap_or(after);
    !after.is_empty() && digits(after) == after.len()
}
