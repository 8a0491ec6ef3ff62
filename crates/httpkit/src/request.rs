//! What is asked and what is answered.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};

use crate::error::Error;
use crate::url::Url;

/// A request.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// By what a client says who it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Auth {
    /// Name and password.
    Basic(String, String),
    /// A type such as `Bearer`, and the credentials.
    Credentials(String, String),
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A request without a body. A name and password in the address are sent as basic authentication.
    ///
    /// # Errors
    /// When the name or password cannot stand in a header.
    pub fn new(method: Method, url: Url) -> Result<Request, Error> {
        let user = url.user.clone();
        let request = Request { method, url, headers: HeaderMap::new(), body: Bytes::new() };
        match user {
            Some((name, password)) => request.auth(&Auth::Basic(name, password)),
            None => Ok(request),
        }
    }

    /// A POST of a body.
    ///
    /// # Errors
    /// As for `new`.
    pub fn post(url: Url, content_type: &'static str, body: impl Into<Bytes>) -> Result<Request, Error> {
        let mut request = Request::new(Method::POST, url)?;
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        request.body = body.into();
        Ok(request)
    }

    /// Adds a header. Like all that says who asks, it is not handed on to other hosts by redirects.
    ///
    /// # Errors
    /// When the name or the value cannot stand in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Request, Error> {
        let name: HeaderName = name.parse().map_err(|_| Error::Request("a header's name".to_owned()))?;
        self.headers.append(name, secret(value)?);
        Ok(self)
    }

    /// Whether it says who asks.
    #[must_use]
    pub fn has_auth(&self) -> bool {
        self.headers.contains_key(header::AUTHORIZATION)
    }

    /// Says who asks.
    ///
    /// # Errors
    /// When what is said cannot stand in a header.
    pub fn auth(mut self, auth: &Auth) -> Result<Request, Error> {
        self.headers.insert(header::AUTHORIZATION, auth.value()?);
        Ok(self)
    }

    /// Host and port that are asked, for errors and logs.
    #[must_use]
    pub fn place(&self) -> String {
        self.url.place()
    }
}

impl Auth {
    /// As it stands in a header.
    pub(crate) fn value(&self) -> Result<HeaderValue, Error> {
        secret(&match self {
            Auth::Basic(name, password) => format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))),
            Auth::Credentials(kind, credentials) => format!("{kind} {credentials}"),
        })
    }
}

fn secret(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Error::Request("a header's value".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

impl Response {
    /// The body as text; what is no UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// How many seconds the server wants to be left alone, as `Retry-After` says it in seconds.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<i64> {
        self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({} {:?}, {} bytes)", self.method, self.url, self.body.len())
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auth(…)")
    }
}
