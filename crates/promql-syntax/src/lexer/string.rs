//! Quoted strings.

use super::cursor::Cursor;
use crate::quote::describe_code_point;

/// Reads a string whose opening quote has been read already, up to and with the closing one.
///
/// # Errors
/// What is wrong with it, as upstream says it.
pub(crate) fn scan_string(cursor: &mut Cursor<'_>, quote: char) -> Result<(), String> {
    let is_raw = quote == '`';
    let unterminated = if is_raw { "unterminated raw string" } else { "unterminated quoted string" };
    loop {
        match cursor.bump() {
            None => return Err(unterminated.to_owned()),
            Some(c) if c == quote => return Ok(()),
            Some('\n') if !is_raw => return Err(unterminated.to_owned()),
            // Where bytes were not UTF-8, whoever made a text of them has put this character.
            Some(char::REPLACEMENT_CHARACTER) => return Err("invalid UTF-8 rune".to_owned()),
            Some('\\') if !is_raw => {
                read_escape(cursor, quote)?;
            }
            Some(_) => {}
        }
    }
}

/// The value of a string token, quotes included, that [`scan_string`] has accepted.
///
/// `\x` and octal escapes give bytes; bytes that are not UTF-8 in the end become the replacement character, since label
/// values and strings are always valid UTF-8 here.
pub(crate) fn unquote(token: &str) -> String {
    let mut cursor = Cursor::at(token, 0);
    let quote = cursor.bump().unwrap_or('"');
    let mut bytes = Vec::with_capacity(token.len());
    while let Some(c) = cursor.bump() {
        match c {
            c if c == quote => break,
            '\\' if quote != '`' => match read_escape(&mut cursor, quote) {
                Ok(Escape::Byte(byte)) => bytes.push(byte),
                Ok(Escape::Char(c)) => push_char(&mut bytes, c),
                Err(_) => push_char(&mut bytes, char::REPLACEMENT_CHARACTER),
            },
            c => push_char(&mut bytes, c),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn push_char(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// What an escape sequence stands for.
enum Escape {
    Byte(u8),
    Char(char),
}

/// Reads an escape sequence after its backslash.
fn read_escape(cursor: &mut Cursor<'_>, quote: char) -> Result<Escape, String> {
    let not_terminated = || "escape sequence not terminated".to_owned();
    let start = *cursor;
    let c = cursor.bump().ok_or_else(not_terminated)?;
    let (digits, radix) = match c {
        'a' => return Ok(Escape::Byte(7)),
        'b' => return Ok(Escape::Byte(8)),
        'f' => return Ok(Escape::Byte(12)),
        'n' => return Ok(Escape::Byte(b'\n')),
        'r' => return Ok(Escape::Byte(b'\r')),
        't' => return Ok(Escape::Byte(b'\t')),
        'v' => return Ok(Escape::Byte(11)),
        '\\' => return Ok(Escape::Byte(b'\\')),
        c if c == quote => return Ok(Escape::Char(c)),
        '0'..='7' => {
            *cursor = start;
            (3, 8)
        }
        'x' => (2, 16),
        'u' => (4, 16),
        'U' => (8, 16),
        c => return Err(format!("unknown escape sequence {}", describe_code_point(c))),
    };
    let mut code = 0u32;
    for _ in 0..digits {
        let c = cursor.bump().ok_or_else(not_terminated)?;
        let digit = c
            .to_digit(radix)
            .ok_or_else(|| format!("illegal character {} in escape sequence", describe_code_point(c)))?;
        // Eight hexadecimal digits just fit.
        code = code * radix + digit;
    }
    let invalid = || "escape sequence is an invalid Unicode code point".to_owned();
    if digits <= 3 {
        return u8::try_from(code).map(Escape::Byte).map_err(|_| invalid());
    }
    char::from_u32(code).map(Escape::Char).ok_or_else(invalid)
}
