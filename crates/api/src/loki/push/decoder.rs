//! Decoding logged bodies when the log store recovers.

use intake::{Additions, PushRequest, replay};
use storage::logs::{Body, BodyDecoder};
use storage::{Error, ErrorKind, LineEntry, Result};

use super::MAX_DECODED_BYTES;
use super::body::{PushError, ReceivedBody, format_of};

/// The bodies that this API hands to the intake.
#[derive(Clone, Copy, Debug, Default)]
pub struct LokiBodies;

impl BodyDecoder for LokiBodies {
    fn decode(&self, body: &Body<'_>, line: &mut dyn FnMut(&[u8], LineEntry<'_>)) -> Result<()> {
        let body = ReceivedBody { format: body.format, received_ns: body.received_ns, bytes: body.bytes };
        let decompressed = body.decompress(MAX_DECODED_BYTES).map_err(as_corrupt)?;
        let request = body.decode(&decompressed).map_err(as_corrupt)?;
        replay(&request, body.additions(), line);
        Ok(())
    }
}

fn as_corrupt(error: PushError) -> Error {
    let kind = if matches!(error, PushError::UnknownFormat(_)) { ErrorKind::NotBuilt } else { ErrorKind::Corrupt };
    Error::new(kind, format!("a logged request body: {error}"))
}

/// Reads a push request as the handler does and hands its lines to `take`, without writing them; for tools that check the reading.
///
/// # Errors
/// Why the body was not read.
pub fn read_push(
    content_type: &str,
    content_encoding: &str,
    bytes: &[u8],
    take: &mut dyn FnMut(&PushRequest<'_>),
) -> std::result::Result<(), PushError> {
    let format = format_of(content_type, content_encoding, false, Additions::default())?;
    let body = ReceivedBody { format, received_ns: 0, bytes };
    let decompressed = body.decompress(MAX_DECODED_BYTES)?;
    take(&body.decode(&decompressed)?);
    Ok(())
}
