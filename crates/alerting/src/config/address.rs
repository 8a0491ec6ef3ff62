//! Network addresses: `host:port`.

use std::fmt;

use model::labels::Quoted;

/// An address; both parts are empty where none is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address of the host; empty for this one.
    pub host: String,
    /// Number or name of the port.
    pub port: String,
}

impl HostPort {
    /// Reads an address; the empty text is none.
    ///
    /// # Errors
    /// In the words of Go's `net.SplitHostPort`.
    pub fn parse(text: &str) -> Result<HostPort, String> {
        if text.is_empty() {
            return Ok(HostPort::default());
        }
        let refuse = |why: &str| Err(format!("address {text}: {why}"));
        let Some((before, port)) = text.rsplit_once(':') else { return refuse("missing port in address") };
        let host = match before.strip_prefix('[') {
            Some(inner) => match inner.strip_suffix(']') {
                Some(host) => host,
                None if inner.contains(']') => return refuse("missing port in address"),
                None => return refuse("missing ']' in address"),
            },
            None if before.contains(':') => return refuse("too many colons in address"),
            None => before,
        };
        if host.contains(['[', ']']) || port.contains(['[', ']']) {
            return refuse("unexpected '[' in address");
        }
        if port.is_empty() {
            return Err(format!("address {}: port cannot be empty", Quoted(text)));
        }
        Ok(HostPort { host: host.to_owned(), port: port.to_owned() })
    }

    /// Whether no address is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.host.is_empty() && self.port.is_empty()
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPort { host, port } if host.is_empty() && port.is_empty() => Ok(()),
            HostPort { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            HostPort { host, port } => write!(f, "{host}:{port}"),
        }
    }
}
