//! Reading the kernel's text: numbers, fields, and lines of a name and a number.

/// The lines, without their line feeds, the last one included if it has none.
pub(super) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// The parts between white space.
pub(super) fn fields(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty())
}

/// A decimal number without a sign.
pub(super) fn unsigned(field: &[u8]) -> Option<u64> {
    if field.is_empty() {
        return None;
    }
    field.iter().try_fold(0u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Lines of a name and a number, such as `memory.stat` has; others are passed over.
pub(super) fn entries(content: &[u8]) -> impl Iterator<Item = (&[u8], u64)> {
    lines(content).filter_map(|line| {
        let mut fields = fields(line);
        let (name, number, rest) = (fields.next()?, fields.next()?, fields.next());
        rest.is_none().then_some((name, unsigned(number)?))
    })
}

/// The number of one name among [`entries`].
pub(super) fn entry(content: &[u8], name: &[u8]) -> Option<u64> {
    entries(content).find(|(key, _)| *key == name).map(|(_, number)| number)
}

/// Two numbers with a colon between them, as devices have.
pub(super) fn device_number(field: &[u8]) -> Option<(u64, u64)> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    Some((unsigned(&field[..colon])?, unsigned(&field[colon + 1..])?))
}

/// Text without the white space around it; what is not UTF-8 becomes U+FFFD.
pub(super) fn text(content: &[u8]) -> String {
    String::from_utf8_lossy(content).trim().to_owned()
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
            ("max", None),
        ] {
            assert_eq!(unsigned(field.as_bytes()), expected, "{field}");
        }
        for (field, expected) in [("8:0", Some((8, 0))), ("8", None), (":", None), ("8:1:2", None), ("a:0", None)] {
            assert_eq!(device_number(field.as_bytes()), expected, "{field}");
        }
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
