//! One question and its answer. Requests are made here and nowhere else, and they have no method but GET.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use super::error::Error;

/// How long an answer may take; for the event stream: until it begins.
const TIMEOUT: Duration = Duration::from_secs(10);
/// No complaint of a daemon is longer.
const MAX_COMPLAINT_BYTES: usize = 64 << 10;

/// A request that changes nothing.
#[derive(Debug)]
pub(super) struct Get(Request<Empty<Bytes>>);

impl Get {
    /// A request for a path with its query.
    pub(super) fn new(path: &str) -> Result<Get, Error> {
        // HTTP wants a host; there is none behind a socket.
        let request = Request::builder().method(Method::GET).uri(path).header(header::HOST, "localhost");
        let request = request.body(Empty::new()).map_err(|error| Error::Broken(format!("{path}: {error}")))?;
        Ok(Get(request))
    }

    #[cfg(test)]
    pub(super) fn request(&self) -> &Request<Empty<Bytes>> {
        &self.0
    }
}

/// What moves a connection's bytes; the connection ends with it.
#[derive(Debug)]
pub(super) struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The whole answer, if it is a good one of at most `max_bytes`.
pub(super) async fn answer(socket: &Path, get: Get, max_bytes: usize) -> Result<Bytes, Error> {
    let whole = async {
        let (response, _connection) = send(socket, get).await?;
        let (head, body) = response.into_parts();
        if head.status.is_success() {
            return read(body, max_bytes).await;
        }
        Err(complaint(head.status, body).await)
    };
    tokio::time::timeout(TIMEOUT, whole).await.unwrap_or(Err(Error::Timeout(TIMEOUT.as_secs())))
}

/// An answer that does not end, from its first byte.
pub(super) async fn stream(socket: &Path, get: Get) -> Result<(Incoming, Connection), Error> {
    let begin = async {
        let (response, connection) = send(socket, get).await?;
        let (head, body) = response.into_parts();
        if head.status.is_success() {
            return Ok((body, connection));
        }
        Err(complaint(head.status, body).await)
    };
    tokio::time::timeout(TIMEOUT, begin).await.unwrap_or(Err(Error::Timeout(TIMEOUT.as_secs())))
}

async fn send(socket: &Path, get: Get) -> Result<(http::Response<Incoming>, Connection), Error> {
    let stream = UnixStream::connect(socket).await.map_err(|error| Error::of_connect(socket, &error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| Error::broken(&error))?;
    // Its outcome shows in the answer as well.
    let connection = Connection(tokio::spawn(async move { drop(connection.await) }));
    let response = sender.send_request(get.0).await.map_err(|error| Error::broken(&error))?;
    Ok((response, connection))
}

async fn read(body: Incoming, max_bytes: usize) -> Result<Bytes, Error> {
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::TooLong(max_bytes)),
        Err(error) => Err(Error::broken(&*error)),
    }
}

/// What the daemon says is wrong: `{"message": …}`, or whatever it sent.
async fn complaint(status: StatusCode, body: Incoming) -> Error {
    #[derive(Deserialize)]
    struct Complaint {
        message: String,
    }
    let body = read(body, MAX_COMPLAINT_BYTES).await.unwrap_or_default();
    let message = match serde_json::from_slice::<Complaint>(&body) {
        Ok(complaint) => complaint.message,
        Err(_) => String::from_utf8_lossy(&body).trim().chars().take(500).collect(),
    };
    Error::Failed { status: status.as_u16(), message }
}
