//! Numbers as Go writes them.

/// The length of the number at the start of a text, which begins with a digit, or a point and a digit.
pub(super) fn scan(text: &str) -> Result<usize, String> {
    let (radix, prefix_len) = prefix(text);
    let mut at = prefix_len;
    let mut digits = 0;
    let mut invalid = None;
    let is_digit = |c: u8| c.is_ascii_hexdigit() && (radix == 16 || c.is_ascii_digit());
    let bytes = text.as_bytes();
    let next = |at: usize| bytes.get(at).copied().unwrap_or(0);
    while is_digit(next(at)) || next(at) == b'_' {
        if next(at) != b'_' {
            digits += 1;
            if invalid.is_none() && !(next(at) as char).is_digit(radix) {
                invalid = Some(next(at) as char);
            }
        }
        at += 1;
    }
    let is_integer_so_far = at;
    if next(at) == b'.' {
        if radix == 2 || (radix == 8 && prefix_len == 2) {
            return Err(format!("invalid radix point in {}", name(radix)));
        }
        at += 1;
        while is_digit(next(at)) || next(at) == b'_' {
            digits += usize::from(next(at) != b'_');
            at += 1;
        }
    }
    // A lone zero in front of octal digits counts as one of them.
    if digits == 0 && !(radix == 8 && prefix_len == 1) {
        return Err(format!("{} has no digits", name(radix)));
    }
    at = exponent(text, at, radix, prefix_len)?;
    match invalid {
        Some(c) if at == is_integer_so_far => Err(format!("invalid digit '{c}' in {}", name(radix))),
        _ if !underscores_separate_digits(&text[..at]) => Err("'_' must separate successive digits".to_owned()),
        _ => Ok(at),
    }
}

/// The base and the length of what announces it; a zero in front of digits announces octal ones.
fn prefix(text: &str) -> (u32, usize) {
    match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, 2),
        [b'0', b'o' | b'O', ..] => (8, 2),
        // `0B` alone is a size.
        [b'0', b'b' | b'B', b'0'..=b'9' | b'_', ..] => (2, 2),
        [b'0', ..] => (8, 1),
        _ => (10, 0),
    }
}

fn name(radix: u32) -> &'static str {
    match radix {
        2 => "binary literal",
        8 => "octal literal",
        16 => "hexadecimal literal",
        _ => "decimal literal",
    }
}

/// The end of the number, behind its exponent if it has one.
fn exponent(text: &str, at: usize, radix: u32, prefix_len: usize) -> Result<usize, String> {
    let bytes = text.as_bytes();
    let letter = bytes.get(at).copied().unwrap_or(0);
    match letter {
        // A `P` behind decimal digits may begin a unit.
        b'p' | b'P' if radix == 16 => {}
        b'e' | b'E' if prefix_len < 2 => {}
        b'e' | b'E' if radix != 16 => return Err(format!("'{}' exponent requires decimal mantissa", letter as char)),
        _ if radix == 16 && text[..at].contains('.') => {
            return Err("hexadecimal mantissa requires a 'p' exponent".to_owned());
        }
        _ => return Ok(at),
    }
    let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    let start = at + 1 + sign;
    let digits = bytes[start..].iter().take_while(|c| c.is_ascii_digit() || **c == b'_').count();
    if bytes[start..start + digits].iter().any(u8::is_ascii_digit) {
        Ok(start + digits)
    } else {
        Err("exponent has no digits".to_owned())
    }
}

fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_base = |i: usize| i == 1 && matches!(bytes[i], b'x' | b'X' | b'o' | b'O' | b'b' | b'B');
    (0..bytes.len()).filter(|i| bytes[*i] == b'_').all(|i| {
        let before = i.checked_sub(1).is_some_and(|i| bytes[i].is_ascii_hexdigit() || is_base(i));
        let after = bytes.get(i + 1).is_some_and(u8::is_ascii_hexdigit);
        before && after
    })
}
