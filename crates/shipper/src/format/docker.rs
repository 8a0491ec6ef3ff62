//! Entries of Docker's `json-file`: one JSON object a line. No tree is built: the object is walked once, and a text without escapes but
//! its line end, as nearly all are, stays where it lies.

use memchr::memchr2;

use super::{Entry, Output, Text, time};

/// Reads an entry that begins at `at` in the bytes of the file.
pub(super) fn decode(line: &[u8], at: usize, decoded: &mut Vec<u8>) -> Option<Entry> {
    let mut walk = Walk { bytes: line, at: 0 };
    let (mut log, mut output, mut time_ns) = (None, Output::Untold, None);
    walk.expect(b'{')?;
    loop {
        match walk.raw_string()? {
            b"log" => {
                walk.expect(b':')?;
                log = Some(walk.text(at, decoded)?);
            }
            b"stream" => {
                walk.expect(b':')?;
                output = Output::of(walk.raw_string()?)?;
            }
            b"time" => {
                walk.expect(b':')?;
                time_ns = Some(time::parse(walk.raw_string()?)?);
            }
            _ => {
                walk.expect(b':')?;
                walk.skip_value()?;
            }
        }
        match walk.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    walk.skip_space();
    if walk.at < line.len() {
        return None;
    }
    let (text, ended) = log?;
    Some(Entry { time_ns: time_ns?, output, text, ended })
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        self.at += self.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        self.skip_space();
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// A string as it stands there, with its escapes.
    fn raw_string(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            self.at += memchr2(b'"', b'\\', self.rest())?;
            if self.bytes.get(self.at) == Some(&b'"') {
                self.at += 1;
                return self.bytes.get(start..self.at - 1);
            }
            self.at += 2;
        }
    }

    /// The text of a line without its end, and whether it has one. `at` is where the line begins.
    fn text(&mut self, at: usize, decoded: &mut Vec<u8>) -> Option<(Text, bool)> {
        self.expect(b'"')?;
        let start = self.at;
        self.at += memchr2(b'"', b'\\', self.rest())?;
        let as_it_is = Text::Read(at + start..at + self.at);
        for (end, ended) in [(&br#"\n""#[..], true), (br#"""#, false), (br#"\r\n""#, true)] {
            if self.rest().starts_with(end) {
                self.at += end.len();
                return Some((as_it_is, ended));
            }
        }
        let from = decoded.len();
        decoded.extend_from_slice(self.bytes.get(start..self.at)?);
        self.unescape(decoded)?;
        let text = decoded.get(from..)?;
        let line = text.strip_suffix(b"\n");
        let ended = line.is_some();
        let len = line.map_or(text, |line| line.strip_suffix(b"\r").unwrap_or(line)).len();
        decoded.truncate(from + len);
        Some((Text::Decoded(from..from + len), ended))
    }

    /// Writes the rest of a string out, from an escape or its end on.
    fn unescape(&mut self, out: &mut Vec<u8>) -> Option<()> {
        loop {
            let run = self.rest();
            let len = memchr2(b'"', b'\\', run)?;
            out.extend_from_slice(run.get(..len)?);
            let is_end = *run.get(len)? == b'"';
            self.at += len + 1;
            if is_end {
                return Some(());
            }
            let escape = *self.bytes.get(self.at)?;
            self.at += 1;
            match escape {
                b'"' | b'\\' | b'/' => out.push(escape),
                b'b' => out.push(8),
                b'f' => out.push(12),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                b'u' => self.unescape_unit(out)?,
                _ => return None,
            }
        }
    }

    /// One character of `\uXXXX`, or of two of them that are a pair. What is half a pair becomes the replacement character, as Go reads it.
    fn unescape_unit(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let unit = self.hex()?;
        let mut code = unit;
        if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex()?;
            if (0xdc00..0xe000).contains(&low) {
                code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            } else {
                self.at = back;
            }
        }
        let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        Some(())
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        self.at += 4;
        digits.iter().try_fold(0, |sum, byte| Some(sum * 16 + char::from(*byte).to_digit(16)?))
    }

    /// Passes over a value of any kind.
    fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.skip_space();
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.raw_string()?;
                }
                b'{' | b'[' => {
                    self.at += 1;
                    depth += 1;
                    continue;
                }
                b'}' | b']' if depth > 0 => {
                    self.at += 1;
                    depth -= 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b'}' | b']' | b',' | b':' => return None,
                _ => {
                    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':') || byte.is_ascii_whitespace();
                    self.at += self.rest().iter().position(ends)?;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
