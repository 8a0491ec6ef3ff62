//! Loki's JSON push request.
//!
//! ```json
//! {"streams": [{"stream": {"app": "x"}, "values": [["1570818238000000000", "line", {"trace_id": "1"}]]}]}
//! ```

use std::borrow::Cow;

use intake::PushRequest;

use super::body::{PushError, check_pairs, check_size};
use super::label_text::begin_stream;

mod reader;

use reader::Reader;

type Result<T> = std::result::Result<T, PushError>;

/// Reads a request.
pub(super) fn decode(bytes: &[u8]) -> Result<PushRequest<'_>> {
    decode_with(bytes, stream)
}

/// Reads a request in the shape of early versions: `{"streams": [{"labels": "{app=\"x\"}", "entries": [{"ts": "…", "line": "…"}]}]}`.
pub(super) fn decode_legacy(bytes: &[u8]) -> Result<PushRequest<'_>> {
    decode_with(bytes, legacy_stream)
}

fn decode_with<'a>(
    bytes: &'a [u8],
    mut stream: impl FnMut(&mut Reader<'a>, &mut PushRequest<'a>) -> Result<()>,
) -> Result<PushRequest<'a>> {
    let mut request = PushRequest::new();
    let mut reader = Reader::new(bytes);
    reader.object(|reader, key| match &*key {
        "streams" => reader.array(|reader, _| stream(reader, &mut request)),
        _ => reader.skip().map(drop),
    })?;
    reader.end()?;
    Ok(request)
}

fn stream<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>) -> Result<()> {
    // The labels must be known before the lines, whatever the order of the two.
    let (mut labels, mut values) = (None, None);
    reader.object(|reader, key| {
        let here = reader.clone();
        reader.skip()?;
        match &*key {
            "stream" => labels = Some(here),
            "values" => values = Some(here),
            _ => {}
        }
        Ok(())
    })?;
    let mut pairs: Vec<(Cow<'a, str>, Cow<'a, str>)> = Vec::new();
    if let Some(mut labels) = labels {
        labels.object(|reader, name| {
            let value = reader.text_of_any()?;
            // A name that stands twice counts as it stands last.
            pairs.retain(|(known, _)| *known != name);
            pairs.push((name, value));
            check_pairs(pairs.len())
        })?;
    }
    let mut borrowed: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    request.begin_stream(&mut borrowed);
    check_size(request)?;
    match values {
        Some(mut values) => values.array(|reader, _| entry(reader, request)),
        None => Ok(()),
    }
}

fn entry<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>) -> Result<()> {
    let mut time_ns = None;
    let mut has_line = false;
    reader.array(|reader, index| {
        match index {
            0 => time_ns = Some(timestamp(reader)?),
            1 => {
                push_line(reader, request, time_ns.unwrap_or_default())?;
                has_line = true;
            }
            2 => push_metadata(reader, request)?,
            _ => reader.skip().map(drop)?,
        }
        Ok(())
    })?;
    if has_line { Ok(()) } else { Err(reader.error("an entry needs a timestamp and a line")) }
}

fn timestamp(reader: &mut Reader<'_>) -> Result<i64> {
    let text = reader.string()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    text.parse().map_err(|_| {
        reader.error(&format!("strconv.ParseInt: parsing {}: invalid syntax", model::labels::Quoted(&text)))
    })
}

fn push_line<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>, time_ns: i64) -> Result<()> {
    match reader.string()? {
        Cow::Borrowed(line) => request.push_line(time_ns, line),
        Cow::Owned(line) => request.push_copied_line(time_ns, &line),
    }
    check_size(request)
}

fn push_metadata<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>) -> Result<()> {
    let mut metadata: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    reader.object(|reader, name| {
        metadata.push((name, reader.text()?));
        check_pairs(metadata.len())
    })?;
    if !metadata.is_empty() {
        let pairs: Vec<(&str, &str)> = metadata.iter().map(|(name, value)| (&**name, &**value)).collect();
        request.push_metadata(&pairs);
    }
    Ok(())
}

fn legacy_stream<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>) -> Result<()> {
    let (mut labels, mut entries) = (Cow::Borrowed(""), None);
    reader.object(|reader, key| {
        match &*key {
            "labels" => labels = reader.text()?,
            "entries" => {
                entries = Some(reader.clone());
                reader.skip()?;
            }
            _ => reader.skip().map(drop)?,
        }
        Ok(())
    })?;
    begin_stream(request, &labels);
    check_size(request)?;
    match entries {
        Some(mut entries) => entries.array(|reader, _| legacy_entry(reader, request)),
        None => Ok(()),
    }
}

fn legacy_entry<'a>(reader: &mut Reader<'a>, request: &mut PushRequest<'a>) -> Result<()> {
    let (mut time_ns, mut line) = (0, Cow::Borrowed(&b""[..]));
    reader.object(|reader, key| {
        match &*key {
            "ts" | "timestamp" => time_ns = legacy_timestamp(reader)?,
            "line" => line = reader.string()?,
            _ => reader.skip().map(drop)?,
        }
        Ok(())
    })?;
    match line {
        Cow::Borrowed(line) => request.push_line(time_ns, line),
        Cow::Owned(line) => request.push_copied_line(time_ns, &line),
    }
    check_size(request)
}

fn legacy_timestamp(reader: &mut Reader<'_>) -> Result<i64> {
    let text = reader.text()?.into_owned();
    let timestamp: std::result::Result<jiff::Timestamp, _> = text.parse();
    let ns = timestamp.ok().and_then(|timestamp| i64::try_from(timestamp.as_nanosecond()).ok());
    ns.ok_or_else(|| {
        reader.error(&format!("parsing time {0}: cannot parse {0} as \"2006\"", model::labels::Quoted(&text)))
    })
}
