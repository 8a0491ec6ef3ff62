//! Why there is no answer.

use std::time::Duration;

/// Why a request has no answer. No text holds a path, a header or a body.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one that can be asked.
    #[error("{0}")]
    Url(String),
    /// A header or a method that HTTP does not allow.
    #[error("the request is not valid HTTP: {0}")]
    Request(String),
    /// The client's options make no sense.
    #[error("{0}")]
    Setting(String),
    /// What a request needs stands in a file that cannot be used now.
    #[error("{0}")]
    Unreadable(String),
    /// Nobody listens there, or the name is not known.
    #[error("cannot connect to {host}: {source}")]
    Connect {
        /// Host and port.
        host: String,
        /// The system's word.
        source: std::io::Error,
    },
    /// The server could not prove who it is, or does not speak TLS.
    #[error("no secure connection to {host}: {source}")]
    Tls {
        /// Host and port.
        host: String,
        /// What is wrong.
        source: std::io::Error,
    },
    /// A proxy does not build a tunnel.
    #[error("the proxy {proxy} does not connect to {host}: {message}")]
    Proxy {
        /// The proxy's host and port.
        proxy: String,
        /// Host and port.
        host: String,
        /// The proxy's word.
        message: String,
    },
    /// There is no token.
    #[error("{host} gives no token: {message}")]
    Token {
        /// Host and port.
        host: String,
        /// What is wrong.
        message: String,
    },
    /// The connection broke, or what came back is not HTTP.
    #[error("{host} gave no proper answer: {message}")]
    Answer {
        /// Host and port.
        host: String,
        /// What is wrong.
        message: String,
    },
    /// The answer is larger than is taken.
    #[error("the answer of {host} is larger than {max_bytes} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// The limit.
        max_bytes: usize,
    },
    /// The deadline passed.
    #[error("{host} did not answer within {after:?}")]
    Timeout {
        /// Host and port.
        host: String,
        /// How long was waited.
        after: Duration,
    },
}

impl Error {
    /// Whether the same request may go well later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        !matches!(self, Error::Url(_) | Error::Request(_) | Error::Setting(_) | Error::TooLarge { .. })
    }

    /// Whether the server cannot have seen the request.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        match self {
            Error::Url(_) | Error::Request(_) | Error::Setting(_) | Error::Unreadable(_) => true,
            Error::Connect { .. } | Error::Tls { .. } | Error::Proxy { .. } | Error::Token { .. } => true,
            Error::Answer { .. } | Error::TooLarge { .. } | Error::Timeout { .. } => false,
        }
    }
}
