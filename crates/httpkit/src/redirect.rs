//! Redirects, as Go's clients follow them.

use http::header;
use http::{Method, StatusCode};

use crate::error::Error;
use crate::request::{Request, Response};

/// What is asked next, if an answer points elsewhere.
///
/// After 301, 302 and 303 that is without a body, with GET. Whatever was kept from view, such as credentials and secret headers, stays behind
/// when the host changes or the connection would no longer be secure.
pub(crate) fn next(request: &Request, response: &Response) -> Result<Option<Request>, Error> {
    let keeps_body = match response.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => return Ok(None),
    };
    let Some(location) = response.headers.get(header::LOCATION) else { return Ok(None) };
    let from = request.url.place();
    let location = location.to_str().ok().and_then(|location| request.url.join(location).ok());
    let Some(url) = location else {
        return Err(Error::Answer { host: from, message: "it redirects to what cannot be asked".to_owned() });
    };
    let mut next = request.clone();
    let is_trusted = url.host.eq_ignore_ascii_case(&request.url.host) && (url.is_secure || !request.url.is_secure);
    if !is_trusted {
        let public = next.headers.iter().filter(|(_, value)| !value.is_sensitive());
        next.headers = public.map(|(name, value)| (name.clone(), value.clone())).collect();
    }
    if !keeps_body {
        if next.method != Method::HEAD {
            next.method = Method::GET;
        }
        next.headers.remove(header::CONTENT_TYPE);
        next.body.clear();
    }
    let user = url.user.clone();
    next.url = url;
    match user {
        Some((name, password)) => next.auth(&crate::request::Auth::Basic(name, password)).map(Some),
        None => Ok(Some(next)),
    }
}
