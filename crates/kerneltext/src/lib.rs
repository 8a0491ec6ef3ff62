//! Reading the kernel's text, as files below `/proc`, `/sys` and cgroups hold it: numbers, fields, lines of a name and a number, mounts.
//!
//! Bytes in, borrowed bytes out: nothing is copied for what is only looked at, and what is not a number gives none.

mod mountinfo;

use std::borrow::Cow;

use model::float;

pub use mountinfo::MountInfo;

/// The lines, without their line feeds, the last one included if it has none.
pub fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The parts between white space.
pub fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

/// A decimal number without a sign.
#[must_use]
pub fn unsigned(field: &[u8]) -> Option<u64> {
    if field.is_empty() {
        return None;
    }
    field.iter().try_fold(0u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// A whole number with or without a sign, decimal or, as the kernel prints flags, hexadecimal after `0x`.
#[must_use]
pub fn signed(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?;
    match text.strip_prefix("0x") {
        Some(hex) if !hex.starts_with(['+', '-']) => i64::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

/// Any number that Go's `strconv.ParseFloat` reads.
#[must_use]
pub fn number(field: &[u8]) -> Option<f64> {
    float::parse(std::str::from_utf8(field).ok()?)
}

/// The counters of the kernel are 64 bits wide, samples are floats; Go rounds to the nearest as well.
#[expect(clippy::cast_precision_loss, reason = "a sample is a float by definition")]
#[must_use]
pub fn as_float(counter: u64) -> f64 {
    counter as f64
}

/// Two numbers with a colon between them, as devices have.
#[must_use]
pub fn device_number(field: &[u8]) -> Option<(u64, u64)> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    Some((unsigned(&field[..colon])?, unsigned(&field[colon + 1..])?))
}

/// Lines of a name and a number, such as `memory.stat` has; others are passed over.
pub fn entries(content: &[u8]) -> impl Iterator<Item = (&[u8], u64)> {
    lines(content).filter_map(|line| {
        let mut fields = fields(line);
        let (name, number, rest) = (fields.next()?, fields.next()?, fields.next());
        rest.is_none().then_some((name, unsigned(number)?))
    })
}

/// The number of one name among [`entries`].
#[must_use]
pub fn entry(content: &[u8], name: &[u8]) -> Option<u64> {
    entries(content).find(|(key, _)| *key == name).map(|(_, number)| number)
}

/// As label values need it: what is not UTF-8 becomes U+FFFD.
#[must_use]
pub fn text(field: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(field)
}

/// As [`text`], without the white space around it.
#[must_use]
pub fn trimmed(content: &[u8]) -> String {
    text(content).trim().to_owned()
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
            ("max", None),
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
        for (field, expected) in [("8:0", Some((8, 0))), ("8", None), (":", None), ("8:1:2", None), ("a:0", None)] {
            assert_eq!(device_number(field.as_bytes()), expected, "{field}");
        }
        assert_eq!(number(b"0.25"), Some(0.25));
        assert_eq!(number(b"\xff"), None);
    }

    #[test]
    fn lines_and_fields() {
        assert_eq!(lines(b"a\n\nb").collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(fields(b"  a \t bc\r ").collect::<Vec<_>>(), [&b"a"[..], b"bc"]);
    }

    #[test]
    fn named_numbers() {
        let content = b"a 1\nb 2 3\n\nc x\nd  4\ne\nf 5";
        let expected = [(&b"a"[..], 1), (b"d", 4), (b"f", 5)];
        assert_eq!(entries(content).collect::<Vec<_>>(), expected);
        assert_eq!(entry(content, b"d"), Some(4));
        assert_eq!(entry(content, b"c"), None);
    }
}
