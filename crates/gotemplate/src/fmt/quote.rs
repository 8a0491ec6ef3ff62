//! Quoted strings and characters: as they are printed, and as they are read.

use std::fmt::Write as _;

/// A text in double quotes, as Go's `%q` prints it.
pub(crate) fn quote(text: &str) -> String {
    quote_with(text, '"', false)
}

/// The same with all that is not ASCII escaped.
pub(crate) fn quote_ascii(text: &str) -> String {
    quote_with(text, '"', true)
}

/// A text in double quotes as the package `time` prints it in errors: bytes beyond ASCII and controls by their numbers.
pub(crate) fn quote_bytes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            b' '..=b'~' | 0x7f => out.push(char::from(byte)),
            // Writing to a string cannot fail.
            byte => write!(out, "\\x{byte:02x}").unwrap_or(()),
        }
    }
    out.push('"');
    out
}

/// A character in single quotes, as `%q` prints an integer.
pub(crate) fn quote_char(c: char, is_ascii: bool) -> String {
    quote_with(c.encode_utf8(&mut [0; 4]), '\'', is_ascii)
}

/// A code point with its character, as `%#U` prints it: `U+0063 'c'`.
pub(crate) fn quote_char_point(c: char) -> String {
    let code = u32::from(c);
    if is_printable(c) { format!("U+{code:04X} '{c}'") } else { format!("U+{code:04X}") }
}

/// Whether a text can stand between back quotes: one line without control characters other than tab.
pub(crate) fn can_back_quote(text: &str) -> bool {
    text.chars().all(|c| c != '`' && c != '\u{feff}' && c != '\u{7f}' && (c >= ' ' || c == '\t'))
}

fn quote_with(text: &str, quote: char, is_ascii: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        push_escaped(&mut out, c, quote, is_ascii);
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, c: char, quote: char, is_ascii: bool) {
    let short = match c {
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        '\\' => '\\',
        c if c == quote => c,
        c if is_printable(c) && (c.is_ascii() || !is_ascii) => return out.push(c),
        c => {
            let code = u32::from(c);
            // Writing to a string cannot fail.
            let _written = match code {
                0..0x20 | 0x7f => write!(out, "\\x{code:02x}"),
                0x20..0x1_0000 => write!(out, "\\u{code:04x}"),
                _ => write!(out, "\\U{code:08x}"),
            };
            return;
        }
    };
    out.push('\\');
    out.push(short);
}

/// Whether Go counts a character as printable; approximated by leaving out controls, spaces other than the ASCII one,
/// invisible marks and private use.
pub(crate) fn is_printable(c: char) -> bool {
    let is_invisible = matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    c == ' ' || !(c.is_control() || c.is_whitespace() || is_invisible)
}

/// The text of a string constant, given with its quotes; `None` if it is not one. Bytes that are no UTF-8 become U+FFFD.
pub(crate) fn unquote(quoted: &str) -> Option<String> {
    let quote = quoted.chars().next()?;
    let inner = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
    match quote {
        // Carriage returns are left out of raw strings.
        '`' => (!inner.contains('`')).then(|| inner.replace('\r', "")),
        '"' => unquote_all(inner, '"'),
        _ => None,
    }
}

fn unquote_all(inner: &str, quote: char) -> Option<String> {
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let unit;
        (unit, rest) = unquote_unit(rest, quote)?;
        match unit {
            Unit::Byte(byte) => bytes.push(byte),
            Unit::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The number of a character constant, given with its quotes.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn unquote_char(quoted: &str) -> Result<i64, String> {
    let invalid = || "invalid syntax".to_owned();
    let (unit, tail) = unquote_unit(quoted.get(1..).unwrap_or(""), '\'').ok_or_else(invalid)?;
    if tail != "'" {
        return Err(format!("malformed character constant: {quoted}"));
    }
    Ok(match unit {
        Unit::Byte(byte) => i64::from(byte),
        Unit::Char(c) => i64::from(u32::from(c)),
    })
}

/// What one character or escape stands for.
enum Unit {
    Byte(u8),
    Char(char),
}

fn unquote_unit(text: &str, quote: char) -> Option<(Unit, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first == quote || first == '\n' {
        return None;
    }
    if first != '\\' {
        return Some((Unit::Char(first), chars.as_str()));
    }
    let escape = chars.next()?;
    let rest = chars.as_str();
    let simple = match escape {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\\' => '\\',
        '\'' | '"' if escape == quote => quote,
        'x' => return digits(rest, 2, 16).and_then(|(code, rest)| Some((Unit::Byte(u8::try_from(code).ok()?), rest))),
        'u' => return digits(rest, 4, 16).and_then(|(code, rest)| Some((Unit::Char(char::from_u32(code)?), rest))),
        'U' => return digits(rest, 8, 16).and_then(|(code, rest)| Some((Unit::Char(char::from_u32(code)?), rest))),
        '0'..='7' => {
            let from_escape = text.get(1..)?;
            return digits(from_escape, 3, 8)
                .and_then(|(code, rest)| Some((Unit::Byte(u8::try_from(code).ok()?), rest)));
        }
        _ => return None,
    };
    Some((Unit::Char(simple), rest))
}

fn digits(text: &str, count: usize, radix: u32) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let all_digits = digits.chars().all(|c| c.is_digit(radix));
    Some((u32::from_str_radix(digits, radix).ok().filter(|_| all_digits)?, rest))
}
