//! The user interface: files that `make web` built, embedded in the program.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::route::{Route, on_get};

mod files;

use files::UiFile;

#[cfg(test)]
mod tests;

/// Nothing is loaded from anywhere else. Styles may stand in the page, since the component library puts them there.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
/// Files under this path carry a hash of their content in the name.
const HASHED: &str = "assets/";

/// How the page names the site's root. Addresses in it are relative, so that it works behind any prefix.
const ROOT: &str = r#"<base href="./" />"#;

pub(crate) fn routes() -> Vec<Route> {
    // The addresses of pages; which one is shown is decided in the browser.
    vec![
        on_get("/", index),
        on_get("/logs", index),
        on_get("/alerts", index),
        // Where Prometheus has its expressions, and links in messages lead.
        on_get("/graph", index),
        on_get("/hosts/{host}", index_below),
        on_get("/hosts/{host}/containers/{name}", index_below),
    ]
}

async fn index(headers: HeaderMap) -> Response {
    file("index.html", &headers).unwrap_or_else(not_built)
}

/// The same page for an address further down, which says how far up the root is.
async fn index_below(uri: Uri, headers: HeaderMap) -> Response {
    let depth = uri.path().matches('/').count().saturating_sub(1);
    let Some(file) = files::get("index.html").and_then(|file| at_depth(&file, depth)) else {
        return not_built();
    };
    respond(file, "no-cache", &headers).unwrap_or_else(not_built)
}

/// The page as it stands `depth` directories below the root.
fn at_depth(file: &UiFile, depth: usize) -> Option<UiFile> {
    let page = std::str::from_utf8(&file.bytes).ok()?;
    let root = format!(r#"<base href="{}" />"#, "../".repeat(depth));
    Some(UiFile {
        bytes: page.replacen(ROOT, &root, 1).into(),
        gzip: None,
        content_type: file.content_type,
        etag: format!("\"{}-{depth}\"", file.etag.trim_matches('"')),
    })
}

/// Answers what no route took: a file of the interface, or 404.
pub(crate) async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    file(path, &headers).unwrap_or_else(|| (StatusCode::NOT_FOUND, "404 page not found\n").into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    respond(files::get(path)?, caching, headers)
}

fn respond(file: UiFile, caching: &'static str, headers: &HeaderMap) -> Option<Response> {
    let etag = HeaderValue::from_str(&file.etag).ok()?;
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
