//! Texts of lines as texts of labels.

use std::borrow::Cow;

/// What stands in a label where a line is not UTF-8, or holds U+FFFD.
const REPLACED: char = ' ';

/// A value of a structured line as a label shows it.
pub(crate) fn field_value(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        Cow::Owned(text.replace(char::REPLACEMENT_CHARACTER, &REPLACED.to_string()))
    } else {
        text
    }
}

/// Appends a key in the letters that a label name may have; others become `_`, spaces around go away. At the beginning of a name a
/// digit gets a `_` in front.
pub(crate) fn push_label_name(key: &str, is_first: bool, out: &mut String) {
    let key = key.trim();
    if is_first && key.starts_with(|c: char| c.is_ascii_digit()) {
        out.push('_');
    }
    out.extend(key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
}

/// Decodes the escapes of a JSON string into `out`; false, with `out` in any state, when one is wrong. `\'` and lone halves of
/// surrogate pairs are only accepted when `lenient`.
pub(crate) fn unescape(raw: &[u8], lenient: bool, out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Some((&kind, after)) = rest[at + 1..].split_first() else { return false };
        rest = after;
        match kind {
            b'"' | b'\\' | b'/' => out.push(kind),
            b'\'' if lenient => out.push(kind),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => match unicode(rest, lenient) {
                Some((character, used)) => {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &rest[used..];
                }
                None => return false,
            },
            _ => return false,
        }
    }
    out.extend_from_slice(rest);
    true
}

/// The character of the digits behind `\u`, a second escape of a pair included, and how many bytes that takes.
fn unicode(rest: &[u8], lenient: bool) -> Option<(char, usize)> {
    let first = hex4(rest)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 4));
    }
    let second = rest.get(4..6).filter(|escape| *escape == b"\\u").and_then(|_| hex4(&rest[6..]));
    match second {
        Some(second) if first < 0xdc00 && (0xdc00..0xe000).contains(&second) => {
            char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).map(|character| (character, 10))
        }
        _ => lenient.then_some((char::REPLACEMENT_CHARACTER, 4)),
    }
}

fn hex4(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.iter().try_fold(0, |value, byte| Some(value * 16 + char::from(*byte).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_label_names() {
        for (key, name) in
            [("  ", ""), ("1 1 1", "_1_1_1"), ("   1 1 1  \t", "_1_1_1"), ("a-b.c", "a_b_c"), ("Üb", "_b")]
        {
            let mut out = String::new();
            push_label_name(key, true, &mut out);
            assert_eq!(out, name, "{key:?}");
        }
        let mut out = String::from("a_");
        push_label_name("9", false, &mut out);
        assert_eq!(out, "a_9");
    }

    #[test]
    fn decodes_escapes() {
        let check = |raw: &str, lenient: bool, expected: Option<&str>| {
            let mut out = b"old".to_vec();
            let fine = unescape(raw.as_bytes(), lenient, &mut out);
            assert_eq!(fine.then(|| String::from_utf8_lossy(&out).into_owned()).as_deref(), expected, "{raw}");
        };
        check(r"plain", false, Some("plain"));
        check(r#"a\"\\\/\b\f\n\r\t"#, false, Some("a\"\\/\u{8}\u{c}\n\r\t"));
        check(r"\u00e9\ud83d\ude00!", false, Some("é😀!"));
        for raw in [r"\ud83d", r"\ude00x", r"\ud83dA\ude00", r"\'"] {
            check(raw, false, None);
        }
        check(r"\ud83dx\'", true, Some("\u{fffd}x'"));
        for raw in ["\\", r"\u12", r"\uzzzz", r"\x"] {
            check(raw, true, None);
        }
    }

    #[test]
    fn replaces_what_is_not_text() {
        assert_eq!(field_value(b"b\xffr"), "b r");
        assert_eq!(field_value("b\u{fffd}r".as_bytes()), "b r");
        assert_eq!(field_value("bär".as_bytes()), "bär");
    }
}
