//! Web addresses, checked as Go's `net/url` and Alertmanager check them.

use std::fmt;

use model::labels::Quoted;

/// A web address of the scheme `http` or `https` with a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url(String);

impl Url {
    /// Checks an address.
    ///
    /// # Errors
    /// In upstream's words.
    pub fn parse(text: &str) -> Result<Url, String> {
        let (scheme, rest) = split(text)?;
        let scheme = scheme.to_ascii_lowercase();
        if scheme != "http" && scheme != "https" {
            return Err(format!("unsupported scheme {} for URL", Quoted(&scheme)));
        }
        let authority = rest.strip_prefix("//").map_or("", |rest| rest.split(['/', '?', '#']).next().unwrap_or(""));
        let host = authority.rsplit('@').next().unwrap_or("");
        if host.is_empty() {
            return Err("missing host for URL".to_owned());
        }
        check_port(text, host)?;
        Ok(Url(text.to_owned()))
    }

    /// For defaults, which are right.
    pub(crate) fn known(text: &str) -> Url {
        Url(text.to_owned())
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds the `/` that the paths of some services must end with.
    pub(crate) fn end_with_slash(&mut self) {
        let path_end = self.0.find(['?', '#']).unwrap_or(self.0.len());
        if !self.0.get(..path_end).unwrap_or_default().ends_with('/') {
            self.0.insert(path_end, '/');
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether Go's `url.Parse` takes a text at all, as it must for the address of a proxy.
pub(crate) fn check_any(text: &str) -> Result<(), String> {
    split(text).map(|_| ())
}

/// The scheme, empty when there is none, and what follows its colon.
fn split(text: &str) -> Result<(&str, &str), String> {
    let refuse = |why: &str| Err(format!("parse {}: {why}", Quoted(text)));
    if text.chars().any(|c| c.is_ascii_control()) {
        return refuse("net/url: invalid control character in URL");
    }
    let is_scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let Some(end) = text.find(|c| !is_scheme_char(c)) else { return Ok(("", text)) };
    let (scheme, rest) = text.split_at(end);
    match rest.strip_prefix(':') {
        Some(_) if scheme.is_empty() => refuse("missing protocol scheme"),
        Some(rest) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok((scheme, rest)),
        Some(_) => refuse("first path segment in URL cannot contain colon"),
        None => {
            let first_segment = text.split(['/', '?', '#']).next().unwrap_or_default();
            if first_segment.contains(':') {
                return refuse("first path segment in URL cannot contain colon");
            }
            Ok(("", text))
        }
    }
}

fn check_port(text: &str, host: &str) -> Result<(), String> {
    let after_host = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((_, after)) => after,
            None => return Err(format!("parse {}: missing ']' in host", Quoted(text))),
        },
        None => host.find(':').and_then(|colon| host.get(colon..)).unwrap_or(""),
    };
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    if after_host.is_empty() || is_port(after_host) {
        return Ok(());
    }
    Err(format!("parse {}: invalid port {} after host", Quoted(text), Quoted(after_host)))
}
