//! Addresses that can be asked.

use std::fmt;

use http::Uri;

use crate::error::Error;

/// An address of the scheme `http` or `https`.
#[derive(Clone, PartialEq, Eq)]
pub struct Url {
    pub(crate) is_secure: bool,
    /// Without brackets around an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What the `Host` header says: the port only where it is not the scheme's own.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) target: String,
    /// User name and password, as they stand before the `@`.
    pub(crate) user: Option<(String, String)>,
}

impl Url {
    /// Reads an address. A fragment is left away.
    ///
    /// # Errors
    /// When it is no address, has another scheme, or names no host. The text is not repeated: it may hold secrets.
    pub fn parse(text: &str) -> Result<Url, Error> {
        let refuse = |why: &str| Error::Url(format!("not an address that can be asked: {why}"));
        let text = text.split('#').next().unwrap_or_default();
        let uri: Uri = text.parse().map_err(|error: http::uri::InvalidUri| refuse(&error.to_string()))?;
        let is_secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(refuse("its scheme is neither http nor https")),
            None => return Err(refuse("it has no scheme; it must begin with http:// or https://")),
        };
        let authority = uri.authority().ok_or_else(|| refuse("it names no host"))?;
        let host = authority.host();
        if host.is_empty() {
            return Err(refuse("it names no host"));
        }
        let standard_port = if is_secure { 443 } else { 80 };
        let user = authority.as_str().rsplit_once('@').map(|(user, _)| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (percent_decoded(name), percent_decoded(password))
        });
        let port = authority.port_u16().unwrap_or(standard_port);
        let shown = if port == standard_port { host.to_owned() } else { format!("{host}:{port}") };
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        Ok(Url {
            is_secure,
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port,
            authority: shown,
            target: if target.starts_with('/') { target.to_owned() } else { format!("/{target}") },
            user,
        })
    }

    /// The address that a reference means where it stands in an answer from here.
    pub(crate) fn join(&self, reference: &str) -> Result<Url, Error> {
        let reference = reference.split('#').next().unwrap_or_default();
        let scheme = if self.is_secure { "https" } else { "http" };
        let has_scheme = reference.split(['/', '?']).next().is_some_and(|first| first.contains(':'));
        if has_scheme {
            return Url::parse(reference);
        }
        if reference.starts_with("//") {
            return Url::parse(&format!("{scheme}:{reference}"));
        }
        let path = self.target.split('?').next().unwrap_or_default();
        let target = match reference.chars().next() {
            None => self.target.clone(),
            Some('?') => format!("{path}{reference}"),
            Some('/') => without_dots(reference),
            Some(_) => {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                without_dots(&format!("{folder}/{reference}"))
            }
        };
        let joined = Url::parse(&format!("{scheme}://{}{target}", self.authority))?;
        Ok(Url { user: self.user.clone(), ..joined })
    }

    /// Host and port, for errors and logs.
    #[must_use]
    pub fn place(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Debug for Url {
    /// The path is not shown: it may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({}://{}/…)", if self.is_secure { "https" } else { "http" }, self.place())
    }
}

/// Takes `.` and `..` out of the path before a query.
fn without_dots(target: &str) -> String {
    let (path, query) = target.find('?').map_or((target, ""), |at| target.split_at(at));
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_with_folder = false;
    for part in path.split('/').skip(1) {
        ends_with_folder = matches!(part, "." | ".." | "");
        match part {
            "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    if ends_with_folder && kept.last().is_none_or(|last| !last.is_empty()) {
        kept.push("");
    }
    format!("/{}{query}", kept.join("/"))
}

/// Percent-decodes; what is no escape stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        for (text, expected) in [
            ("http://127.0.0.1:9119/alert/7?x=1", Some((false, "127.0.0.1:9119", "127.0.0.1:9119", "/alert/7?x=1"))),
            ("https://api.telegram.org", Some((true, "api.telegram.org:443", "api.telegram.org", "/"))),
            ("https://h:443/a#b", Some((true, "h:443", "h", "/a"))),
            ("http://[::1]:80/", Some((false, "[::1]:80", "[::1]", "/"))),
            ("http://h?q", Some((false, "h:80", "h", "/?q"))),
            ("ftp://h/", None),
            ("h:80/path", None),
            ("/path", None),
            ("http://", None),
            ("http://a b/", None),
        ] {
            let url = Url::parse(text);
            let got =
                url.as_ref().ok().map(|url| (url.is_secure, url.place(), url.authority.clone(), url.target.clone()));
            let expected = expected.map(|(s, p, a, t)| (s, p.to_owned(), a.to_owned(), t.to_owned()));
            assert_eq!(got, expected, "{text}");
        }
    }

    #[test]
    fn reads_names_and_passwords() {
        for (text, expected) in [
            ("http://me:p%40ss@h/", Some(("me", "p@ss"))),
            ("http://me@h/", Some(("me", ""))),
            ("http://m%e:%2@h/", Some(("m%e", "%2"))),
            ("http://h/", None),
        ] {
            let user = Url::parse(text).expect("an address").user;
            assert_eq!(user, expected.map(|(name, password)| (name.to_owned(), password.to_owned())), "{text}");
        }
    }

    #[test]
    fn references_are_resolved() {
        let base = Url::parse("https://me:pw@h:8443/a/b/c?x=1").expect("an address");
        for (reference, expected) in [
            ("", "h:8443/a/b/c?x=1"),
            ("?y", "h:8443/a/b/c?y"),
            ("d", "h:8443/a/b/d"),
            ("./d#f", "h:8443/a/b/d"),
            ("../d?u=a/../b", "h:8443/a/d?u=a/../b"),
            ("..", "h:8443/a/"),
            ("../../../..", "h:8443/"),
            ("/x/./y/../z/", "h:8443/x/z/"),
            ("/x//y", "h:8443/x//y"),
            ("//other/x", "other:443/x"),
            ("http://other:81", "other:81/"),
            ("d?u=a:b", "h:8443/a/b/d?u=a:b"),
        ] {
            let joined = base.join(reference).expect(reference);
            assert_eq!(format!("{}{}", joined.place(), joined.target), expected, "{reference}");
            assert_eq!(joined.user.is_some(), joined.host == "h", "{reference}");
        }
        for reference in ["ftp://h/", "mailto:me", "http://", "/a b"] {
            assert!(base.join(reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let url = Url::parse("https://u:secret@h/botsecret/x?secret").expect("an address");
        assert!(!format!("{url:?}").contains("secret"), "{url:?}");
        let error = Url::parse("ftp://h/secret").expect_err("another scheme");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
