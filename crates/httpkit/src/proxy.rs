//! Proxies: who stands between a client and which servers.

mod exceptions;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::upgrade::{self, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::error::Error;
use crate::request::{Auth, Request};
use crate::source::Source;
use crate::url::Url;
use exceptions::Exceptions;

/// Which proxies are asked for which addresses. They are spoken to in plain HTTP: `http` addresses are handed to them, to `https`
/// addresses they build a tunnel.
#[derive(Clone, Debug)]
pub struct Proxy {
    http: Option<Url>,
    https: Option<Url>,
    exceptions: Option<Exceptions>,
    connect_headers: Vec<(String, Source)>,
}

impl Proxy {
    /// One proxy for all addresses, or for all but those of a list as in `NO_PROXY`. With a list, as with Go's clients, this machine's own
    /// names and addresses are excepted too. A name and password in the proxy's address are for the proxy.
    ///
    /// # Errors
    /// When it is no address, or one of a scheme that is not built yet.
    pub fn fixed(url: &str, no_proxy: &str) -> Result<Proxy, Error> {
        let url = Some(server(url, "proxy_url")?);
        let exceptions = (!no_proxy.is_empty()).then(|| Exceptions::parse(no_proxy));
        Ok(Proxy { http: url.clone(), https: url, exceptions, connect_headers: Vec::new() })
    }

    /// What the variables `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, in either case, as Go's clients read them.
    ///
    /// # Errors
    /// As for `fixed`, with the variable's name.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Proxy, Error> {
        let any = |name: &str| {
            let is_set = |value: &String| !value.is_empty();
            variable(name).filter(is_set).or_else(|| variable(&name.to_ascii_lowercase()).filter(is_set))
        };
        let proxy = |name: &str| any(name).map(|url| server(&url, name)).transpose();
        Ok(Proxy {
            http: proxy("HTTP_PROXY")?,
            https: proxy("HTTPS_PROXY")?,
            exceptions: Some(Exceptions::parse(&any("NO_PROXY").unwrap_or_default())),
            connect_headers: Vec::new(),
        })
    }

    /// Adds a header to what a proxy is asked when it is to build a tunnel.
    #[must_use]
    pub fn connect_header(mut self, name: &str, value: Source) -> Proxy {
        self.connect_headers.push((name.to_owned(), value));
        self
    }

    /// The proxy for an address, if there is one.
    pub(crate) fn server_for(&self, url: &Url) -> Option<&Url> {
        let server = if url.is_secure { self.https.as_ref() } else { self.http.as_ref() };
        server.filter(|_| !self.exceptions.as_ref().is_some_and(|exceptions| exceptions.has(&url.host, url.port)))
    }

    /// Has a proxy build a tunnel.
    pub(crate) async fn tunnel(
        &self,
        server: &Url,
        to: &Url,
        stream: TcpStream,
        user_agent: &'static str,
    ) -> Result<TokioIo<Upgraded>, Error> {
        let place = to.place();
        let mut request = Request::new(Method::CONNECT, to.clone())?;
        // The target's own name and password are none of the proxy's business.
        request.headers.clear();
        for (name, value) in &self.connect_headers {
            request = request.header(name, &value.read().map_err(Error::Unreadable)?)?;
        }
        let refuse = |message: String| Error::Proxy { proxy: server.place(), host: place.clone(), message };
        let broken = |error: hyper::Error| refuse(error.to_string());
        let mut built = hyper::Request::builder()
            .method(Method::CONNECT)
            .uri(place.as_str())
            .header(header::HOST, place.as_str())
            .header(header::USER_AGENT, user_agent)
            .body(Empty::<Bytes>::new())
            .map_err(|error| Error::Request(error.to_string()))?;
        built.headers_mut().extend(request.headers);
        if let Some(authorization) = authorization(server)? {
            built.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization);
        }
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
        let driver = crate::client::AbortOnDrop(tokio::spawn(connection.with_upgrades()));
        let response = sender.send_request(built).await.map_err(broken)?;
        if response.status() != StatusCode::OK {
            return Err(refuse(response.status().to_string()));
        }
        let upgraded = upgrade::on(response).await.map_err(broken)?;
        drop(driver);
        Ok(TokioIo::new(upgraded))
    }
}

/// What a proxy is told of who asks, if its address says that.
pub(crate) fn authorization(server: &Url) -> Result<Option<HeaderValue>, Error> {
    match &server.user {
        Some((name, password)) => Auth::Basic(name.clone(), password.clone()).value().map(Some),
        None => Ok(None),
    }
}

/// The address of a proxy; without a scheme it is `http`. `key` is where it stands.
fn server(text: &str, key: &str) -> Result<Url, Error> {
    let text = text.trim();
    let url = match text.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => Url::parse(text),
        Some((scheme, _)) => {
            const UNBUILT: &[&str] = &["https", "socks4", "socks4a", "socks5", "socks5h"];
            let known = UNBUILT.iter().find(|known| known.eq_ignore_ascii_case(scheme));
            return Err(Error::Setting(match known {
                Some(known) => format!("not built yet: {key} with the scheme {known}"),
                None => format!("{key}: a proxy's address begins with http://"),
            }));
        }
        None => Url::parse(&format!("http://{text}")),
    };
    url.map_err(|error| Error::Setting(format!("{key}: {error}")))
}

#[cfg(test)]
mod tests;
