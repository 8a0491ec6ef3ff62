//! A body: what its headers say it is, and its bytes without compression.
//!
//! The format is written to disk with the body (`docs/format/logs-bodies.md`), so its bits must not change their meaning.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read};

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use intake::{Additions, PushRequest};
use model::labels::Quoted;

use super::{json, protobuf};

const SHAPE: u8 = 0b0000_0011;
const PROTOBUF: u8 = 1;
const JSON: u8 = 2;
const LEGACY_JSON: u8 = 3;

const ENCODING: u8 = 0b0000_1100;
const PLAIN: u8 = 0;
const GZIP: u8 = 1 << 2;
const DEFLATE: u8 = 2 << 2;

const WITHOUT_SERVICE_NAME: u8 = 1 << 4;
const WITHOUT_LEVEL: u8 = 1 << 5;
const UNUSED: u8 = 0b1100_0000;

/// A block of snappy cannot grow more than this: a copy of up to 64 bytes takes three.
const MAX_SNAPPY_GROWTH: usize = 22;

/// Streams of a request; with those below what decoding may cost in memory, since an empty line takes two bytes of a body.
const MAX_STREAMS: usize = 100_000;
/// Lines of a request.
const MAX_LINES: usize = 500_000;
/// Labels of a stream, or metadata of a line. The limits of the intake are far below.
const MAX_PAIRS: usize = 1_000;

/// A push body as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReceivedBody<'a> {
    /// Shape, compression and additions.
    pub(super) format: u8,
    /// When it came, in nanoseconds.
    pub(super) received_ns: i64,
    /// The bytes.
    pub(super) bytes: &'a [u8],
}

/// Why a body was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushError {
    /// It is larger than allowed.
    TooLarge {
        /// Its size in bytes, or one that it has at least.
        size: usize,
        /// What is allowed.
        max: usize,
    },
    /// It is not what it says it is.
    Invalid(String),
    /// Its format is not known: a newer version wrote it.
    UnknownFormat(u8),
}

impl PushError {
    pub(super) fn invalid(message: impl Into<String>) -> PushError {
        PushError::Invalid(message.into())
    }

    pub(super) fn too_large(size: usize, max: usize) -> PushError {
        PushError::TooLarge { size, max }
    }

    /// Whether a smaller body would have been read.
    pub(super) fn is_too_large(&self) -> bool {
        matches!(self, PushError::TooLarge { .. })
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::TooLarge { size, max } => write!(f, "received message larger than max ({size} vs {max})"),
            PushError::Invalid(message) => f.write_str(message),
            PushError::UnknownFormat(format) => write!(f, "not built yet: log bodies of format {format}"),
        }
    }
}

impl std::error::Error for PushError {}

/// Fails when a request has grown beyond what is held in memory.
pub(super) fn check_size(request: &PushRequest<'_>) -> Result<(), PushError> {
    for (what, n, max) in [("streams", request.n_streams(), MAX_STREAMS), ("lines", request.n_lines(), MAX_LINES)] {
        if n > max {
            return Err(PushError::Invalid(format!("a push request may hold {max} {what} at most")));
        }
    }
    Ok(())
}

/// Fails when a stream has too many labels, or a line too much metadata.
pub(super) fn check_pairs(n_pairs: usize) -> Result<(), PushError> {
    if n_pairs > MAX_PAIRS {
        return Err(PushError::Invalid(format!("a label set may hold {MAX_PAIRS} labels at most")));
    }
    Ok(())
}

/// The format that headers name. As in Loki, what is not JSON is taken for protobuf.
pub(super) fn format_of(
    content_type: &str,
    content_encoding: &str,
    is_legacy: bool,
    additions: Additions,
) -> Result<u8, PushError> {
    let encoding = match content_encoding {
        // Protobuf is compressed by snappy in any case; some clients say so.
        "" | "snappy" => PLAIN,
        "gzip" => GZIP,
        "deflate" => DEFLATE,
        other => return Err(PushError::Invalid(format!("Content-Encoding {} not supported", Quoted(other)))),
    };
    let shape = match media_type(content_type)?.as_str() {
        "application/json" if is_legacy => LEGACY_JSON,
        "application/json" => JSON,
        _ => PROTOBUF,
    };
    let service_name = if additions.service_name { 0 } else { WITHOUT_SERVICE_NAME };
    let level = if additions.level { 0 } else { WITHOUT_LEVEL };
    Ok(shape | encoding | service_name | level)
}

/// The type in a `Content-Type`, in lower case; parameters must be well-formed.
fn media_type(content_type: &str) -> Result<String, PushError> {
    let mut parts = content_type.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    if media_type.is_empty() {
        return Err(PushError::invalid("mime: no media type"));
    }
    let is_token = |text: &str| {
        let is_special = |b: u8| b <= b' ' || b >= 0x7f || b"()<>@,;:\\\"/[]?=".contains(&b);
        !text.is_empty() && !text.bytes().any(is_special)
    };
    if !media_type.split('/').all(is_token) || media_type.matches('/').count() > 1 {
        return Err(PushError::invalid("mime: expected token after slash"));
    }
    let parameters: Vec<&str> = parts.map(str::trim).collect();
    for (i, parameter) in parameters.iter().enumerate() {
        let is_trailing = parameter.is_empty() && i + 1 == parameters.len();
        let is_quoted = |value: &str| value.len() >= 2 && value.starts_with('"') && value.ends_with('"');
        let is_pair = |(name, value): (&str, &str)| is_token(name.trim()) && (is_token(value) || is_quoted(value));
        if !is_trailing && !parameter.split_once('=').is_some_and(is_pair) {
            return Err(PushError::invalid("mime: invalid media parameter"));
        }
    }
    Ok(media_type)
}

impl<'a> ReceivedBody<'a> {
    /// The body without compression, at most `max_bytes` of it.
    ///
    /// # Errors
    /// When it is larger, or does not decompress.
    pub(super) fn decompress(&self, max_bytes: usize) -> Result<Cow<'a, [u8]>, PushError> {
        if self.format & UNUSED != 0 || self.format & SHAPE == 0 {
            return Err(PushError::UnknownFormat(self.format));
        }
        let bytes = match self.format & ENCODING {
            PLAIN => Cow::Borrowed(self.bytes),
            GZIP => Cow::Owned(read_capped(MultiGzDecoder::new(self.bytes), max_bytes)?),
            DEFLATE if has_zlib_header(self.bytes) => Cow::Owned(read_capped(ZlibDecoder::new(self.bytes), max_bytes)?),
            DEFLATE => Cow::Owned(read_capped(DeflateDecoder::new(self.bytes), max_bytes)?),
            _ => return Err(PushError::UnknownFormat(self.format)),
        };
        match self.format & SHAPE {
            PROTOBUF => unsnap(&bytes, max_bytes).map(Cow::Owned),
            _ => Ok(bytes),
        }
    }

    /// The lines of a decompressed body.
    ///
    /// # Errors
    /// When it is not of its shape.
    pub(super) fn decode<'d>(&self, decompressed: &'d [u8]) -> Result<PushRequest<'d>, PushError> {
        match self.format & SHAPE {
            PROTOBUF => protobuf::decode(decompressed),
            JSON => json::decode(decompressed),
            LEGACY_JSON => json::decode_legacy(decompressed),
            _ => Err(PushError::UnknownFormat(self.format)),
        }
    }

    /// What was added to its lines when they were taken in.
    pub(super) fn additions(&self) -> Additions {
        Additions { service_name: self.format & WITHOUT_SERVICE_NAME == 0, level: self.format & WITHOUT_LEVEL == 0 }
    }
}

/// Clients mean different things by `deflate`: bare, as Go takes it, or within zlib's header, as the standard says. No bare stream begins
/// like a header, since padding of a stored block is zero.
fn has_zlib_header(bytes: &[u8]) -> bool {
    matches!(bytes, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

fn read_capped(reader: impl Read, max_bytes: usize) -> Result<Vec<u8>, PushError> {
    let mut bytes = Vec::new();
    let read = reader.take(max_bytes as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error: io::Error| PushError::Invalid(error.to_string()))?;
    if bytes.len() > max_bytes { Err(PushError::too_large(bytes.len(), max_bytes)) } else { Ok(bytes) }
}

fn unsnap(bytes: &[u8], max_bytes: usize) -> Result<Vec<u8>, PushError> {
    let corrupt = || PushError::invalid("snappy: corrupt input");
    let size = snap::raw::decompress_len(bytes).map_err(|_| corrupt())?;
    if size > max_bytes {
        return Err(PushError::too_large(size, max_bytes));
    }
    // The size stands in the body, so it is believed only as far as the body could hold it.
    if size > bytes.len().saturating_mul(MAX_SNAPPY_GROWTH) || bytes.is_empty() {
        return Err(corrupt());
    }
    snap::raw::Decoder::new().decompress_vec(bytes).map_err(|_| corrupt())
}
