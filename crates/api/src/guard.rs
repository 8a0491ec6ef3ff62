//! What is checked before any route: a page of another site must not be able to use a browser against us.
//!
//! While no user exists, whoever reaches the loopback listener may do everything. A browser on the same machine reaches it too, with
//! pages from anywhere, so: the Host header must be an IP address, `localhost` or a name of our own (a name that someone else's DNS pointed at
//! us gets 421), and a request that may change something must not come from another origin (403). Neither may a request for a websocket:
//! browsers let pages from anywhere open one and read what it carries.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::state::Api;

/// Names by which this server is reached besides addresses and `localhost`.
#[derive(Clone, Debug, Default)]
pub struct OwnNames {
    /// In lower case, without ports.
    hosts: Vec<String>,
    /// Where a browser says that our pages come from when it reaches us through a proxy that sends another Host header.
    origin_authority: Option<String>,
}

impl OwnNames {
    /// The host of the URL at which people reach this server, and the machine's own name with and without its domain: nobody else's DNS
    /// can give those away.
    #[must_use]
    pub fn new(external_url: &str, machine: &str) -> OwnNames {
        let (scheme, rest) = external_url.split_once("://").unwrap_or(("", external_url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let host = host_of(&authority).to_owned();
        let machine = machine.to_ascii_lowercase();
        let short = machine.split('.').next().unwrap_or_default().to_owned();
        let hosts = [host, machine, short].into_iter().filter(|name| !name.is_empty()).collect();
        // Browsers leave out a port that goes without saying.
        let port = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
        let origin = authority.strip_suffix(port).unwrap_or(&authority);
        OwnNames { hosts, origin_authority: (!origin.is_empty()).then(|| origin.to_owned()) }
    }
}

/// Middleware: refuses what is described above, and adds the headers that every answer carries.
pub(crate) async fn check(api: Arc<Api>, request: Request, next: Next) -> Response {
    let verdict = judge(request.method(), request.uri(), request.headers(), &api.names);
    let mut response = match verdict {
        Ok(()) => next.run(request).await,
        Err((code, message)) => (code, message).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn judge(method: &Method, uri: &Uri, headers: &HeaderMap, names: &OwnNames) -> Result<(), (StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // An absolute request target takes the place of the Host header.
    let host = uri.authority().map(axum::http::uri::Authority::as_str).or_else(|| text(header::HOST));
    if !host.is_some_and(|host| is_own_name(host, names)) {
        let message =
            "the Host header must be an IP address, localhost, this machine's name or the host of --external-url\n";
        return Err((StatusCode::MISDIRECTED_REQUEST, message));
    }
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_guarded = !safe || headers.contains_key(header::UPGRADE);
    if is_guarded && headers.contains_key(header::ORIGIN) {
        let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
        let origin = origin.map(|(_, authority)| authority);
        if origin != host && (origin.is_none() || origin != names.origin_authority.as_deref()) {
            return Err((
                StatusCode::FORBIDDEN,
                "requests that change something or open a websocket must come from this site\n",
            ));
        }
    }
    Ok(())
}

/// Whether the name in a Host header can only mean the address that was connected to.
fn is_own_name(host: &str, names: &OwnNames) -> bool {
    let name = host_of(host);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok()
        || names.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The name or address, without brackets and port.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(name, _)| name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, host: Option<&str>, origin: Option<&str>, expected: u16) {
        check_with(&OwnNames::default(), method, host, origin, expected);
    }

    fn check_with(names: &OwnNames, method: &str, host: Option<&str>, origin: Option<&str>, expected: u16) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        let method = method.parse().expect("a method");
        let verdict = judge(&method, &Uri::from_static("/"), &headers, names);
        let code = verdict.map_or_else(|(code, _)| code.as_u16(), |()| 200);
        assert_eq!(code, expected, "{method} {host:?} {origin:?}");
    }

    #[test]
    fn names_that_dns_could_point_at_us_are_refused() {
        for host in
            ["127.0.0.1:7070", "127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:7070", "[::1]", "192.168.1.2:7070"]
        {
            check("GET", Some(host), None, 200);
        }
        for host in
            ["example.com", "example.com:7070", "localhost.example.com", "127.0.0.1.example.com", "", "[x]", "::1x"]
        {
            check("GET", Some(host), None, 421);
        }
        check("GET", None, None, 421);
    }

    #[test]
    fn names_of_our_own_are_taken() {
        let none = OwnNames::new("http://127.0.0.1:7070", "");
        let full = OwnNames::new("https://Menara.example.org:443/menara/", "Bromo.home.arpa");
        let bare = OwnNames::new("http://[::1]:7070", "bromo");
        for (names, host, expected) in [
            (&none, "bromo", 421),
            (&none, "", 421),
            (&full, "menara.example.org", 200),
            (&full, "MENARA.example.org:7070", 200),
            (&full, "bromo:7070", 200),
            (&full, "BROMO.home.arpa", 200),
            (&full, "home.arpa", 421),
            (&full, "example.org", 421),
            (&full, "x.menara.example.org", 421),
            (&full, "menara.example.org.evil.com", 421),
            (&full, "", 421),
            (&bare, "bromo:7070", 200),
            (&bare, "bromo.home.arpa", 421),
        ] {
            check_with(names, "POST", Some(host), None, expected);
        }
        for (host, origin, expected) in [
            ("menara.example.org", "https://menara.example.org", 200),
            // A proxy that names the address that it connects to.
            ("127.0.0.1:7070", "https://menara.example.org", 200),
            ("127.0.0.1:7070", "https://example.org", 403),
            ("menara.example.org", "https://bromo", 403),
            ("bromo:7070", "http://bromo:7070", 200),
        ] {
            check_with(&full, "POST", Some(host), Some(origin), expected);
        }
        check_with(&OwnNames::default(), "POST", Some("127.0.0.1"), Some("null"), 403);
    }

    #[test]
    fn other_origins_open_no_websocket() {
        for (origin, expected) in
            [(None, true), (Some("http://127.0.0.1:7070"), true), (Some("http://example.com"), false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:7070"));
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            let uri = Uri::from_static("/loki/api/v1/tail");
            let verdict = judge(&Method::GET, &uri, &headers, &OwnNames::default());
            assert_eq!(verdict.is_ok(), expected, "{origin:?}");
        }
    }

    #[test]
    fn other_origins_change_nothing() {
        let host = Some("127.0.0.1:7070");
        check("POST", host, None, 200);
        check("POST", host, Some("http://127.0.0.1:7070"), 200);
        for origin in ["http://127.0.0.1:8080", "https://example.com", "null", "http://localhost:7070", ""] {
            check("POST", host, Some(origin), 403);
            check("DELETE", host, Some(origin), 403);
            check("GET", host, Some(origin), 200);
        }
    }
}
