//! Where people reach this server.

/// An argument as such a URL, without a slash at the end.
///
/// # Errors
/// When it is none.
pub(crate) fn external_url(text: &str) -> Result<String, String> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err("it must begin with http:// or https://".to_owned());
    }
    let uri: axum::http::Uri = text.parse().map_err(|error| format!("it is no URL: {error}"))?;
    if uri.host().is_none_or(str::is_empty) {
        return Err("it names no host".to_owned());
    }
    if rest.contains('@') || uri.query().is_some() || text.contains('#') {
        return Err("it must be a scheme, a host, a port and a path alone".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_scheme_and_host() {
        for (text, expected) in [
            ("http://bromo:7070", Some("http://bromo:7070")),
            ("https://menara.example.org/", Some("https://menara.example.org")),
            ("https://example.org/menara/", Some("https://example.org/menara")),
            ("http://[::1]:7070", Some("http://[::1]:7070")),
            ("HTTPS://x", Some("HTTPS://x")),
            ("bromo:7070", None),
            ("ftp://bromo", None),
            ("http://", None),
            ("http:///x", None),
            ("http://a b", None),
            ("http://me@bromo", None),
            ("http://bromo?x=1", None),
            ("http://bromo/#x", None),
            ("", None),
        ] {
            assert_eq!(external_url(text).ok().as_deref(), expected, "{text}");
        }
    }
}
