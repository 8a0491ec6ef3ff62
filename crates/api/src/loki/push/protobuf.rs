//! Loki's protobuf push request, read without copying texts.
//!
//! ```text
//! PushRequest { 1: repeated Stream; 2: format }
//! Stream { 1: labels; 2: repeated Entry; 3: hash }
//! Entry { 1: Timestamp { 1: seconds; 2: nanos }; 2: line; 3: repeated { 1: name; 2: value }; 4: parsed }
//! ```

use std::borrow::Cow;

use intake::PushRequest;

use super::body::{PushError, check_pairs, check_size};
use super::label_text::begin_stream;

const SECOND_NS: i64 = 1_000_000_000;

/// Reads a request.
pub(super) fn decode(bytes: &[u8]) -> Result<PushRequest<'_>, PushError> {
    let mut request = PushRequest::new();
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(stream)) = field {
            decode_stream(stream, &mut request)?;
        }
    }
    Ok(request)
}

fn decode_stream<'a>(bytes: &'a [u8], request: &mut PushRequest<'a>) -> Result<(), PushError> {
    // The labels come first from every known client, but need not.
    let mut labels: &[u8] = b"";
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        if let (1, Value::Bytes(text)) = field {
            labels = text;
        }
    }
    begin_stream(request, &String::from_utf8_lossy(labels));
    check_size(request)?;
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        if let (2, Value::Bytes(entry)) = field {
            decode_entry(entry, request)?;
        }
    }
    Ok(())
}

fn decode_entry<'a>(bytes: &'a [u8], request: &mut PushRequest<'a>) -> Result<(), PushError> {
    let mut time_ns = 0;
    let mut line: &[u8] = b"";
    let mut metadata: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Value::Bytes(timestamp)) => time_ns = decode_timestamp(timestamp)?,
            (2, Value::Bytes(text)) => line = text,
            (3, Value::Bytes(pair)) => {
                metadata.push(decode_pair(pair)?);
                check_pairs(metadata.len())?;
            }
            _ => {}
        }
    }
    request.push_line(time_ns, line);
    check_size(request)?;
    if !metadata.is_empty() {
        let pairs: Vec<(&str, &str)> = metadata.iter().map(|(name, value)| (&**name, &**value)).collect();
        request.push_metadata(&pairs);
    }
    Ok(())
}

/// Times outside of what nanoseconds can count are moved to its ends, where the limits refuse them.
fn decode_timestamp(bytes: &[u8]) -> Result<i64, PushError> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Value::Number(number)) => seconds = number as i64,
            (2, Value::Number(number)) => nanos = number as i64,
            _ => {}
        }
    }
    Ok(seconds.saturating_mul(SECOND_NS).saturating_add(nanos))
}

fn decode_pair(bytes: &[u8]) -> Result<(Cow<'_, str>, Cow<'_, str>), PushError> {
    let (mut name, mut value): (&[u8], &[u8]) = (b"", b"");
    let mut fields = Fields(bytes);
    while let Some(field) = fields.next()? {
        match field {
            (1, Value::Bytes(text)) => name = text,
            (2, Value::Bytes(text)) => value = text,
            _ => {}
        }
    }
    Ok((String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
}

/// The fields of a message.
struct Fields<'a>(&'a [u8]);

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Of a width that no field here has.
    Other,
}

impl<'a> Fields<'a> {
    /// The next field and its number.
    fn next(&mut self) -> Result<Option<(u64, Value<'a>)>, PushError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => {
                self.take(8)?;
                Value::Other
            }
            2 => {
                let len = self.varint()?;
                Value::Bytes(self.take(usize::try_from(len).unwrap_or(usize::MAX))?)
            }
            5 => {
                self.take(4)?;
                Value::Other
            }
            wire_type => return Err(PushError::Invalid(format!("proto: illegal wireType {wire_type}"))),
        };
        if key >> 3 == 0 {
            return Err(PushError::Invalid(format!("proto: illegal tag 0 (wire type {})", key & 7)));
        }
        Ok(Some((key >> 3, value)))
    }

    fn varint(&mut self) -> Result<u64, PushError> {
        let mut value = 0u64;
        for (i, byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * i);
            if *byte < 0x80 {
                self.0 = &self.0[i + 1..];
                return Ok(value);
            }
        }
        Err(PushError::invalid(if self.0.len() < 10 { "unexpected EOF" } else { "proto: integer overflow" }))
    }

    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], PushError> {
        let (taken, rest) = self.0.split_at_checked(n_bytes).ok_or_else(|| PushError::invalid("unexpected EOF"))?;
        self.0 = rest;
        Ok(taken)
    }
}
