//! Why a store refused: a kind to act on and a text to show.

use std::fmt;
use std::sync::Arc;

/// What callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller gave up.
    Cancelled,
    /// The time allowed is over.
    TimedOut,
    /// A limit on series, samples or memory was passed; the message names it and what to do.
    LimitExceeded,
    /// The request makes no sense; the message says why.
    Invalid,
    /// The file system is too full to take more data; queries still work.
    Full,
    /// Stored bytes failed their checksum or make no sense; they were not served.
    Corrupt,
    /// The operating system failed.
    Io,
    /// A valid request that this version cannot serve.
    NotBuilt,
    /// The store is shutting down.
    Closed,
}

/// The result of every store call.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of a store.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error without an underlying cause.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), source: None }
    }

    /// An error that another one caused; the message says what was being done.
    #[must_use]
    pub fn with_source(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Error {
        Error { kind, message: message.into(), source: Some(Arc::new(source)) }
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as &(dyn std::error::Error + 'static))
    }
}
