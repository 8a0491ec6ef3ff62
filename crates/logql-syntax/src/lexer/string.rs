//! Strings in quotes.

/// The length and content of a string in double quotes or backticks at the start of a text.
pub(super) fn scan(rest: &str) -> Result<(usize, String), String> {
    if let Some(raw) = rest.strip_prefix('`') {
        let len = raw.find('`').ok_or("literal not terminated")?;
        check_nul(&raw[..len])?;
        return Ok((len + 2, raw[..len].to_owned()));
    }
    let (len, content) = scan_quoted(rest, '"')?;
    check_nul(&rest[..len])?;
    let content = String::from_utf8(content).map_err(|_| "not built yet: bytes that are not UTF-8 in a string")?;
    Ok((len, content))
}

/// The length of a character in single quotes.
pub(super) fn scan_char(rest: &str) -> Result<usize, String> {
    let (len, content) = scan_quoted(rest, '\'')?;
    let is_one = String::from_utf8(content).is_ok_and(|content| content.chars().count() == 1);
    if is_one { Ok(len) } else { Err("illegal char literal".to_owned()) }
}

fn check_nul(written: &str) -> Result<(), String> {
    if written.contains('\0') { Err("invalid character NUL".to_owned()) } else { Ok(()) }
}

/// The length and bytes of a text in quotes of one byte.
fn scan_quoted(rest: &str, quote: char) -> Result<(usize, Vec<u8>), String> {
    let mut content = Vec::new();
    let mut at = 1;
    while let Some(c) = rest[at..].chars().next() {
        match c {
            '\n' => break,
            '\\' => at += scan_escape(&rest[at..], quote, &mut content)?,
            c if c == quote => return Ok((at + 1, content)),
            c => {
                content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                at += c.len_utf8();
            }
        }
    }
    Err("literal not terminated".to_owned())
}

/// Reads an escape from its backslash on; its length.
fn scan_escape(rest: &str, quote: char, content: &mut Vec<u8>) -> Result<usize, String> {
    let invalid = || "invalid char escape".to_owned();
    let letter = rest.chars().nth(1).ok_or("literal not terminated")?;
    let byte = match letter {
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 11,
        '\\' => b'\\',
        c if c == quote => quote as u8,
        '0'..='7' => {
            let value = digits(rest, 1, 3, 8).ok_or_else(invalid)?;
            content.push(u8::try_from(value).map_err(|_| "invalid syntax")?);
            return Ok(4);
        }
        'x' => {
            let value = digits(rest, 2, 2, 16).ok_or_else(invalid)?;
            content.push(u8::try_from(value).map_err(|_| "invalid syntax")?);
            return Ok(4);
        }
        'u' | 'U' => {
            let count = if letter == 'u' { 4 } else { 8 };
            let value = digits(rest, 2, count, 16).ok_or_else(invalid)?;
            let c = char::from_u32(value).ok_or("invalid syntax")?;
            content.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(2 + count);
        }
        _ => return Err(invalid()),
    };
    content.push(byte);
    Ok(2)
}

/// The number that so many digits from a place on make.
fn digits(rest: &str, start: usize, count: usize, radix: u32) -> Option<u32> {
    let digits = rest.get(start..start + count)?;
    let all_digits = digits.chars().all(|c| c.is_digit(radix));
    if all_digits { u32::from_str_radix(digits, radix).ok() } else { None }
}
