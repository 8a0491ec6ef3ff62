//! One exchange.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::error::Error;
use crate::request::{Request, Response};
use crate::tls;
use crate::url::Url;

/// What a client does not go beyond.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long an exchange may take, from the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
    /// The largest answer that is read.
    pub max_answer_bytes: usize,
    /// How it calls itself.
    pub user_agent: &'static str,
}

impl Default for Options {
    fn default() -> Options {
        Options { timeout: Duration::from_secs(10), max_answer_bytes: 1 << 20, user_agent: "menara" }
    }
}

/// A client; clones share what they have in memory.
#[derive(Clone, Debug)]
pub struct Client {
    options: Options,
    tls: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Client {
    /// A client that trusts the authorities that browsers trust.
    #[must_use]
    pub fn new(options: Options) -> Client {
        Client { options, tls: Arc::new(OnceLock::new()) }
    }

    /// Asks, and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no answer in time, or one that is too large.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        self.send_within(request, self.options.timeout).await
    }

    /// As `send`, with less time if need be; the client's own limit stands.
    ///
    /// # Errors
    /// As for `send`.
    pub async fn send_within(&self, request: Request, limit: Duration) -> Result<Response, Error> {
        let after = limit.min(self.options.timeout);
        let host = request.url.place();
        match tokio::time::timeout(after, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout { host, after }),
        }
    }

    async fn exchange(&self, request: Request) -> Result<Response, Error> {
        let url = request.url.clone();
        let stream = TcpStream::connect((url.host.as_str(), url.port))
            .await
            .map_err(|source| Error::Connect { host: url.place(), source })?;
        // Small requests go out at once; a system that cannot do that is none the worse.
        stream.set_nodelay(true).ok();
        if url.is_secure {
            let stream = self.secure(&url, stream).await?;
            self.speak(TokioIo::new(stream), request).await
        } else {
            self.speak(TokioIo::new(stream), request).await
        }
    }

    async fn secure(&self, url: &Url, stream: TcpStream) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Error> {
        let config = match self.tls.get() {
            Some(config) => Arc::clone(config),
            None => Arc::clone(self.tls.get_or_init({
                let config = tls::standard()?;
                || config
            })),
        };
        let refuse = |source: io::Error| Error::Tls { host: url.place(), source };
        let name = ServerName::try_from(url.host.clone())
            .map_err(|error| refuse(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        TlsConnector::from(config).connect(name, stream).await.map_err(refuse)
    }

    async fn speak<S>(&self, stream: S, request: Request) -> Result<Response, Error>
    where
        S: Read + Write + Unpin + Send + 'static,
    {
        let host = request.url.place();
        let broken = |error: hyper::Error| Error::Answer { host: host.clone(), message: error.to_string() };
        let (mut sender, connection) = http1::handshake(stream).await.map_err(broken)?;
        let driver = AbortOnDrop(tokio::spawn(connection));
        let response = sender.send_request(self.to_hyper(request)?).await.map_err(broken)?;
        let (head, body) = response.into_parts();
        let max_bytes = self.options.max_answer_bytes;
        let body = Limited::new(body, max_bytes).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                Error::TooLarge { host: host.clone(), max_bytes }
            } else {
                Error::Answer { host: host.clone(), message: error.to_string() }
            }
        })?;
        drop(driver);
        Ok(Response { status: head.status, headers: head.headers, body: body.to_bytes() })
    }

    fn to_hyper(&self, request: Request) -> Result<hyper::Request<Full<Bytes>>, Error> {
        let Request { method, url, headers, body } = request;
        let mut built = hyper::Request::builder()
            .method(method)
            .uri(url.target)
            .header(header::USER_AGENT, self.options.user_agent)
            .header(header::CONNECTION, HeaderValue::from_static("close"))
            .body(Full::new(body))
            .map_err(|error| Error::Request(error.to_string()))?;
        let host = HeaderValue::from_str(&url.authority).map_err(|error| Error::Request(error.to_string()))?;
        built.headers_mut().insert(header::HOST, host);
        built.headers_mut().extend(headers);
        Ok(built)
    }
}

/// The task that moves the bytes ends with the exchange, also with one that is given up.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
