//! Speaking to a server from the command line.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Larger answers are refused; the command line is no place for them.
const MAX_ANSWER_BYTES: usize = 256 << 20;

/// Why nothing was printed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) exit_code: u8,
}

impl Failure {
    pub(crate) fn query(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 1 }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 2 }
    }

    pub(crate) fn no_server(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 3 }
    }
}

/// A server by its URL.
#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    /// Host and port.
    authority: String,
    /// Path prefix, empty or beginning with a slash.
    base: String,
}

impl Server {
    /// Takes a URL apart.
    pub(crate) fn new(url: &str) -> Result<Server, Failure> {
        let (authority, base) = split_url(url)?;
        Ok(Server { url: url.to_owned(), authority, base })
    }

    /// Its URL, as it was given.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Opens a connection.
    pub(crate) async fn connect(&self) -> Result<TcpStream, Failure> {
        TcpStream::connect(&self.authority).await.map_err(|e| self.unreachable(&e))
    }

    /// The URL of a path in another scheme, such as `ws`.
    pub(crate) fn address(&self, scheme: &str, path: &str, parameters: &[(&str, &str)]) -> String {
        format!("{scheme}://{}{}{path}?{}", self.authority, self.base, encode(parameters))
    }

    /// Sends a form and reads the answer.
    pub(crate) async fn post(&self, path: &str, parameters: &[(&str, &str)]) -> Result<(StatusCode, Bytes), Failure> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(|e| self.unreachable(&e))?;
        tokio::spawn(connection);
        let request = Request::post(format!("{}{path}", self.base))
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(encode(parameters))))
            .map_err(|e| Failure::usage(format!("`{}` is not a server's address: {e}", self.url)))?;
        let response = sender.send_request(request).await.map_err(|e| self.unreachable(&e))?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
        let body = body.map_err(|e| Failure::query(format!("cannot read the answer: {e}")))?.to_bytes();
        Ok((status, body))
    }

    fn unreachable(&self, error: &dyn std::fmt::Display) -> Failure {
        let url = &self.url;
        Failure::no_server(format!(
            "no server answers at {url}: {error}; start one with `menara serve` or name it with --server"
        ))
    }
}

/// Runs a command that waits for a server.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| Failure::no_server(format!("cannot start the runtime: {e}")))?.block_on(work)
}

fn encode(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// Authority (with a port) and path prefix of a server's URL.
fn split_url(server: &str) -> Result<(String, String), Failure> {
    let Some(rest) = server.strip_prefix("http://") else {
        let message = match server.split_once("://") {
            Some(("https", _)) => "not built yet: asking over https; use http",
            _ => "a server's address begins with http://",
        };
        return Err(Failure::usage(format!("`{server}`: {message}")));
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.is_empty() {
        return Err(Failure::usage(format!("`{server}` names no host")));
    }
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let authority = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let path = path.trim_end_matches('/');
    Ok((authority, if path.is_empty() { String::new() } else { format!("/{path}") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_server_addresses() {
        for (server, expected) in [
            ("http://127.0.0.1:7070", Ok(("127.0.0.1:7070", ""))),
            ("http://127.0.0.1:7070/", Ok(("127.0.0.1:7070", ""))),
            ("http://host/prom/", Ok(("host:80", "/prom"))),
            ("http://[::1]:9090/a/b", Ok(("[::1]:9090", "/a/b"))),
            ("https://host", Err(2)),
            ("host:9090", Err(2)),
            ("http://", Err(2)),
        ] {
            let got = split_url(server).map_err(|failure| failure.exit_code);
            assert_eq!(got, expected.map(|(a, b)| (a.to_owned(), b.to_owned())), "{server}");
        }
    }
}
