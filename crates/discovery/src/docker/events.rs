//! The stream of events: JSON objects, one after the other.

use bytes::BytesMut;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::error::Error;
use super::request::Connection;
use super::types::RawEvent;

/// No event is longer.
pub(super) const MAX_EVENT_BYTES: usize = 256 << 10;

/// Something that happened to a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The container's.
    pub id: String,
    /// `start`, `die`, `health_status: healthy`, …, as the daemon calls it.
    pub action: String,
    /// When, in nanoseconds since the epoch; 0 when the daemon does not tell.
    pub time_ns: i64,
    /// With `die`: how it ended.
    pub exit_code: Option<i64>,
    /// Podman only: the pod's id; empty outside of a pod.
    pub pod_id: String,
}

/// A running stream of events.
#[derive(Debug)]
pub struct Events {
    body: Incoming,
    _connection: Connection,
    parser: Parser,
}

impl Events {
    pub(super) fn new(body: Incoming, connection: Connection) -> Events {
        Events { body, _connection: connection, parser: Parser::default() }
    }

    /// The next event of a container; none when the daemon ended the stream. Safe to be dropped and called again.
    ///
    /// # Errors
    /// When the connection breaks, or when what comes is no event.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(event) = self.parser.next()? {
                return Ok(Some(event));
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.parser.push(data);
                    }
                }
                Some(Err(error)) => return Err(Error::broken(&error)),
                None if self.parser.is_empty() => return Ok(None),
                None => return Err(Error::Broken("the stream ended within an event".to_owned())),
            }
        }
    }
}

/// Cuts a stream into events.
#[derive(Debug, Default)]
pub(super) struct Parser {
    buffer: BytesMut,
}

impl Parser {
    pub(super) fn push(&mut self, data: &[u8]) {
        self.buffer.extend_from_slice(data);
    }

    /// Whether nothing but white space waits.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.iter().all(u8::is_ascii_whitespace)
    }

    /// The next whole event of a container; others are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Event>, Error> {
        loop {
            let mut values = serde_json::Deserializer::from_slice(&self.buffer).into_iter::<RawEvent>();
            let value = values.next();
            let end = values.byte_offset();
            match value {
                None => {
                    self.buffer.clear();
                    return Ok(None);
                }
                Some(Ok(raw)) => {
                    drop(self.buffer.split_to(end));
                    if let Some(event) = raw.into_event() {
                        return Ok(Some(event));
                    }
                }
                Some(Err(error)) if error.is_eof() && self.buffer.len() <= MAX_EVENT_BYTES => return Ok(None),
                Some(Err(error)) if error.is_eof() => return Err(Error::TooLong(MAX_EVENT_BYTES)),
                Some(Err(error)) => return Err(Error::Broken(format!("what came is no event: {error}"))),
            }
        }
    }
}
