//! Reading the kernel's text: numbers and fields.

use std::borrow::Cow;

use model::float;

/// The lines, without their line feeds, the last one included if it has none.
pub(crate) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The parts between white space.
pub(crate) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

/// A decimal number without a sign.
pub(crate) fn unsigned(field: &[u8]) -> Option<u64> {
    if field.is_empty() {
        return None;
    }
    field.iter().try_fold(0u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// A whole number with or without a sign, decimal or, as the kernel prints flags, hexadecimal after `0x`.
pub(crate) fn signed(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?;
    match text.strip_prefix("0x") {
        Some(hex) if !hex.starts_with(['+', '-']) => i64::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

/// Any number that Go's `strconv.ParseFloat` reads.
pub(crate) fn number(field: &[u8]) -> Option<f64> {
    float::parse(std::str::from_utf8(field).ok()?)
}

/// As label values need it: what is not UTF-8 becomes U+FFFD.
pub(crate) fn text(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field)
}

/// The counters of the kernel are 64 bits wide, samples are floats; Go rounds to the nearest as well.
#[expect(clippy::cast_precision_loss, reason = "a sample is a float by definition")]
pub(crate) fn as_float(counter: u64) -> f64 {
    counter as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (field, expected) in [
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1x", None),
        ] {
            assert_eq!(unsigned(field.as_bytes()), expected, "{field}");
        }
        for (field, expected) in [
            ("-1", Some(-1)),
            ("0x1003", Some(0x1003)),
            ("0x-1", None),
            ("0x", None),
            ("", None),
            ("9223372036854775808", None),
        ] {
            assert_eq!(signed(field.as_bytes()), expected, "{field}");
        }
        assert_eq!(number(b"0.25"), Some(0.25));
        assert_eq!(number(b"\xff"), None);
    }

    #[test]
    fn lines_and_fields() {
        assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(fields(b"  a \t bc\r ").collect::<Vec<_>>(), [&b"a"[..], b"bc"]);
    }
}
