//! What is checked before any route: a page of another site must not be able to use a browser against us.
//!
//! While no user exists, whoever reaches the loopback listener may do everything. A browser on the same machine reaches it too, with
//! pages from anywhere, so: the Host header must be an IP address or `localhost` (a name that someone else's DNS pointed at us gets
//! 421), and a request that may change something must not come from another origin (403). Neither may a request for a websocket: browsers let
//! pages from anywhere open one and read what it carries.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware: refuses what is described above, and adds the headers that every answer carries.
pub(crate) async fn check(request: Request, next: Next) -> Response {
    let verdict = judge(request.method(), request.uri(), request.headers());
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

fn judge(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // An absolute request target takes the place of the Host header.
    let host = uri.authority().map(axum::http::uri::Authority::as_str).or_else(|| text(header::HOST));
    if !host.is_some_and(is_own_name) {
        return Err((StatusCode::MISDIRECTED_REQUEST, "the Host header must be an IP address or localhost\n"));
    }
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let is_guarded = !safe || headers.contains_key(header::UPGRADE);
    if is_guarded && headers.contains_key(header::ORIGIN) {
        let origin = text(header::ORIGIN).and_then(|origin| origin.split_once("://"));
        if origin.map(|(_, authority)| authority) != host {
            return Err((
                StatusCode::FORBIDDEN,
                "requests that change something or open a websocket must come from this site\n",
            ));
        }
    }
    Ok(())
}

/// Whether the name in a Host header can only mean the address that was connected to.
fn is_own_name(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, host: Option<&str>, origin: Option<&str>, expected: u16) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::HOST, host), (header::ORIGIN, origin)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        let method = method.parse().expect("a method");
        let verdict = judge(&method, &Uri::from_static("/"), &headers);
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
            let verdict = judge(&Method::GET, &Uri::from_static("/loki/api/v1/tail"), &headers);
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
