//! The byte encoding of label pairs: protobuf `repeated Label { string name = 1; string value = 2; } = 1`.

use std::borrow::Cow;

const PAIR_TAG: u8 = 0x0a;
const NAME_TAG: u8 = 0x0a;
const VALUE_TAG: u8 = 0x12;

/// Why bytes from outside are not a label set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabels {
    /// The bytes end inside a pair, or a field has an unknown tag.
    #[error("label bytes are malformed")]
    Malformed,
    /// A name or value is not UTF-8.
    #[error("label is not valid utf-8")]
    NotUtf8,
    /// A label name is the empty string.
    #[error("label name is empty")]
    EmptyName,
    /// The same name occurs twice.
    #[error("label name occurs twice")]
    DuplicateName,
}

/// Brings label pairs from outside into canonical form: sorted by name, values not empty, each pair in its shortest
/// encoding. Bytes that already are canonical are handed back as they came.
///
/// # Errors
/// When the bytes do not decode, a name is empty or occurs twice, or text is not UTF-8.
pub fn canonicalise(bytes: &[u8]) -> Result<Cow<'_, [u8]>, InvalidLabels> {
    let mut pairs = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (name, value, after) = split_pair(rest)?;
        if name.is_empty() {
            return Err(InvalidLabels::EmptyName);
        }
        pairs.push((name, value));
        rest = after;
    }
    pairs.sort_by_key(|(name, _)| *name);
    if pairs.windows(2).any(|w| w[0].0 == w[1].0) {
        return Err(InvalidLabels::DuplicateName);
    }
    let mut canonical = Vec::with_capacity(bytes.len());
    for (name, value) in pairs {
        if !value.is_empty() {
            push_pair(&mut canonical, name, value);
        }
    }
    if canonical == bytes { Ok(Cow::Borrowed(bytes)) } else { Ok(Cow::Owned(canonical)) }
}

/// Appends one pair in its shortest encoding. The bytes are canonical when pairs are pushed in the order of their names, each name once, no
/// value empty.
pub fn push_pair(out: &mut Vec<u8>, name: &str, value: &str) {
    let field_len = |text: &str| 1 + varint_len(text.len()) + text.len();
    out.push(PAIR_TAG);
    push_varint(out, field_len(name) + field_len(value));
    for (tag, text) in [(NAME_TAG, name), (VALUE_TAG, value)] {
        out.push(tag);
        push_varint(out, text.len());
        out.extend_from_slice(text.as_bytes());
    }
}

/// Splits the first pair off.
pub(super) fn split_pair(bytes: &[u8]) -> Result<(&str, &str, &[u8]), InvalidLabels> {
    let (body, rest) = take_field(bytes, PAIR_TAG)?;
    let (mut name, mut value) = ("", "");
    let mut fields = body;
    while let Some(&tag) = fields.first() {
        let (text, after) = take_field(fields, tag)?;
        let text = std::str::from_utf8(text).map_err(|_| InvalidLabels::NotUtf8)?;
        match tag {
            NAME_TAG => name = text,
            VALUE_TAG => value = text,
            _ => return Err(InvalidLabels::Malformed),
        }
        fields = after;
    }
    Ok((name, value, rest))
}

/// Splits a length-delimited field with this tag off.
fn take_field(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), InvalidLabels> {
    let (&first, bytes) = bytes.split_first().ok_or(InvalidLabels::Malformed)?;
    if first != tag {
        return Err(InvalidLabels::Malformed);
    }
    let (len, bytes) = take_varint(bytes)?;
    if len > bytes.len() {
        return Err(InvalidLabels::Malformed);
    }
    Ok(bytes.split_at(len))
}

fn take_varint(bytes: &[u8]) -> Result<(usize, &[u8]), InvalidLabels> {
    let mut value = 0usize;
    // Lengths of label texts fit 32 bits: five groups of seven.
    for (i, &byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            return Ok((value, &bytes[i + 1..]));
        }
    }
    Err(InvalidLabels::Malformed)
}

fn push_varint(out: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint_len(value: usize) -> usize {
    (usize::BITS - value.leading_zeros()).div_ceil(7).max(1) as usize
}
