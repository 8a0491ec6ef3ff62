//! One exchange, or several where redirects are followed.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::Error;
use crate::proxy::{self, Proxy};
use crate::redirect;
use crate::request::{Request, Response};
use crate::tls::{Securer, Tls};
use crate::url::Url;

/// How a client speaks, and what it does not go beyond.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long an exchange may take, from the look-up of the name to the last byte of the answer.
    pub timeout: Duration,
    /// The largest answer that is read.
    pub max_answer_bytes: usize,
    /// How it calls itself.
    pub user_agent: &'static str,
    /// How its connections are made secure.
    pub tls: Tls,
    /// Who stands between it and the servers.
    pub proxy: Option<Proxy>,
    /// How many redirects it follows; 0 for none, so that they are answers.
    pub max_redirects: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            timeout: Duration::from_secs(10),
            max_answer_bytes: 1 << 20,
            user_agent: "menara",
            tls: Tls::default(),
            proxy: None,
            max_redirects: 0,
        }
    }
}

/// A client; clones share what they have in memory.
#[derive(Clone, Debug)]
pub struct Client {
    options: Arc<Options>,
    securer: Arc<Securer>,
}

impl Client {
    /// A client. Files that its options name are read when they are needed.
    #[must_use]
    pub fn new(options: Options) -> Client {
        let securer = Arc::new(Securer::new(options.tls.clone()));
        Client { options: Arc::new(options), securer }
    }

    /// Whether secure connections could be made now.
    ///
    /// # Errors
    /// When a file cannot be read now ([`Error::is_temporary`]), or the options make no sense.
    pub fn check(&self) -> Result<(), Error> {
        self.securer.config().map(drop)
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
        let host = request.place();
        match tokio::time::timeout(after, self.follow(request)).await {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout { host, after }),
        }
    }

    async fn follow(&self, mut request: Request) -> Result<Response, Error> {
        let max = self.options.max_redirects;
        for _ in 0..max {
            let response = self.exchange(&request).await?;
            match redirect::next(&request, &response)? {
                Some(next) => request = next,
                None => return Ok(response),
            }
        }
        let response = self.exchange(&request).await?;
        if max > 0 && redirect::next(&request, &response)?.is_some() {
            return Err(Error::Answer {
                host: request.place(),
                message: format!("it is the end of {max} redirects, and redirects"),
            });
        }
        Ok(response)
    }

    async fn exchange(&self, request: &Request) -> Result<Response, Error> {
        let url = &request.url;
        let via = self.options.proxy.as_ref().and_then(|proxy| Some((proxy, proxy.server_for(url)?)));
        let built = self.to_hyper(request, via.map(|(_, server)| server))?;
        let host = url.place();
        match via {
            None if url.is_secure => {
                let stream = self.secure(url, connect(url).await?).await?;
                self.speak(TokioIo::new(stream), host, built).await
            }
            None => self.speak(TokioIo::new(connect(url).await?), host, built).await,
            Some((proxy, server)) if url.is_secure => {
                let tunnel = proxy.tunnel(server, url, connect(server).await?, self.options.user_agent).await?;
                let stream = self.secure(url, tunnel).await?;
                self.speak(TokioIo::new(stream), host, built).await
            }
            Some((_, server)) => self.speak(TokioIo::new(connect(server).await?), host, built).await,
        }
    }

    async fn secure<S>(&self, url: &Url, stream: S) -> Result<TlsStream<S>, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let refuse = |source: io::Error| Error::Tls { host: url.place(), source };
        let name = self.securer.server_name().unwrap_or(&url.host).to_owned();
        let name =
            ServerName::try_from(name).map_err(|error| refuse(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        TlsConnector::from(self.securer.config()?).connect(name, stream).await.map_err(refuse)
    }

    async fn speak<S>(&self, stream: S, host: String, request: hyper::Request<Full<Bytes>>) -> Result<Response, Error>
    where
        S: Read + Write + Unpin + Send + 'static,
    {
        let broken = |error: hyper::Error| Error::Answer { host: host.clone(), message: error.to_string() };
        let (mut sender, connection) = http1::handshake(stream).await.map_err(broken)?;
        let driver = AbortOnDrop(tokio::spawn(connection));
        let response = sender.send_request(request).await.map_err(broken)?;
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

    /// The request as it is written; to a proxy with the whole address, as long as there is no tunnel.
    fn to_hyper(&self, request: &Request, via: Option<&Url>) -> Result<hyper::Request<Full<Bytes>>, Error> {
        let Request { method, url, headers, body } = request.clone();
        let via = via.filter(|_| !url.is_secure);
        let target = if via.is_some() { format!("http://{}{}", url.authority, url.target) } else { url.target };
        let mut built = hyper::Request::builder()
            .method(method)
            .uri(target)
            .header(header::USER_AGENT, self.options.user_agent)
            .header(header::CONNECTION, HeaderValue::from_static("close"))
            .body(Full::new(body))
            .map_err(|error| Error::Request(error.to_string()))?;
        let host = HeaderValue::from_str(&url.authority).map_err(|error| Error::Request(error.to_string()))?;
        built.headers_mut().insert(header::HOST, host);
        built.headers_mut().extend(headers);
        if let Some(authorization) = via.map(proxy::authorization).transpose()?.flatten() {
            built.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization);
        }
        Ok(built)
    }
}

async fn connect(url: &Url) -> Result<TcpStream, Error> {
    let stream = TcpStream::connect((url.host.as_str(), url.port)).await;
    let stream = stream.map_err(|source| Error::Connect { host: url.place(), source })?;
    // Small requests go out at once; a system that cannot do that is none the worse.
    stream.set_nodelay(true).ok();
    Ok(stream)
}

/// The task that moves the bytes ends with the exchange, also with one that is given up.
pub(crate) struct AbortOnDrop<T>(pub(crate) tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
