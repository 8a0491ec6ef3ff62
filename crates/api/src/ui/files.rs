//! The embedded files.

use axum::body::Bytes;

/// A file of the interface.
#[derive(Debug)]
pub(crate) struct UiFile {
    pub(crate) bytes: Bytes,
    /// The same compressed, where that is smaller.
    pub(crate) gzip: Option<Bytes>,
    pub(crate) content_type: &'static str,
    /// In quotes, made from the content.
    pub(crate) etag: String,
}

#[cfg(ui_built)]
#[derive(rust_embed::Embed)]
#[folder = "../../web/dist"]
struct Dist;

/// A file by its path below the site's root.
#[cfg(ui_built)]
pub(crate) fn get(path: &str) -> Option<UiFile> {
    if path.ends_with(".gz") {
        return None;
    }
    let file = Dist::get(path)?;
    let hash: String = file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(UiFile {
        bytes: into_bytes(file.data),
        gzip: Dist::get(&format!("{path}.gz")).map(|file| into_bytes(file.data)),
        content_type: content_type(path),
        etag: format!("\"{hash}\""),
    })
}

/// There are no files in a program that was built before `make web`.
#[cfg(not(ui_built))]
pub(crate) fn get(_path: &str) -> Option<UiFile> {
    None
}

#[cfg(ui_built)]
fn into_bytes(data: std::borrow::Cow<'static, [u8]>) -> Bytes {
    match data {
        std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
    }
}

#[cfg(ui_built)]
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
