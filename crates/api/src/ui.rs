//! The user interface: files that `make web` built, embedded in the program.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::route::{Route, on_get};

mod files;

/// Nothing is loaded from anywhere else. Styles may stand in the page, since the component library puts them there.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Files under this path carry a hash of their content in the name.
const HASHED: &str = "assets/";

pub(crate) fn routes() -> Vec<Route> {
    // The addresses of pages; which one is shown is decided in the browser.
    vec![on_get("/", index), on_get("/logs", index)]
}

async fn index(headers: HeaderMap) -> Response {
    file("index.html", &headers).unwrap_or_else(not_built)
}

/// Answers what no route took: a file of the interface, or 404.
pub(crate) async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    file(path, &headers).unwrap_or_else(|| (StatusCode::NOT_FOUND, "404 page not found\n").into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let file = files::get(path)?;
    let etag = HeaderValue::from_str(&file.etag).ok()?;
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    ];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == file.etag.as_bytes()) {
        return Some((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type))];
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes_gzip = accepts.split(',').any(|coding| coding.trim().split(';').next() == Some("gzip"));
    Some(match file.gzip.filter(|_| takes_gzip) {
        Some(gzip) => {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            (common, content_type, encoding, gzip).into_response()
        }
        None => (common, content_type, file.bytes).into_response(),
    })
}

/// A program that was built without the interface says how to get it.
fn not_built() -> Response {
    let page = "<!doctype html><meta charset=utf-8><title>Menara</title><p>The user interface is not built into this \
                program. Run <code>make run</code>, which builds it first.";
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}
