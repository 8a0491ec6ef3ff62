//! Why a query was not answered.

use std::fmt;

use storage::ErrorKind;

/// What the caller tells apart, since each has its own status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// The expression makes no sense as it is asked (400).
    Invalid,
    /// A stage of the pipeline failed on a line that a metric was made of (400).
    Pipeline,
    /// A limit on series, streams or memory was passed (400).
    Limit,
    /// The expression failed on the data (400 in a query; the original calls it a many-to-many or duplicate match).
    Execution,
    /// The caller gave up (499).
    Canceled,
    /// The time allowed is over (504).
    Timeout,
    /// A valid expression that this version does not evaluate (400).
    NotBuilt,
    /// The store failed (500).
    Storage,
}

/// A failed query: a kind to act on and a text that reads as the original's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    kind: QueryErrorKind,
    message: String,
}

/// The result of every step of an evaluation.
pub(crate) type Result<T> = std::result::Result<T, QueryError>;

impl QueryError {
    /// An error of some kind.
    #[must_use]
    pub fn new(kind: QueryErrorKind, message: impl Into<String>) -> QueryError {
        QueryError { kind, message: message.into() }
    }

    /// An expression that makes no sense as it is asked.
    pub(crate) fn invalid(message: impl Into<String>) -> QueryError {
        QueryError::new(QueryErrorKind::Invalid, message)
    }

    /// An expression that fails on the data it meets.
    pub(crate) fn execution(message: impl Into<String>) -> QueryError {
        QueryError::new(QueryErrorKind::Execution, message)
    }

    /// More series than a query may have.
    pub(crate) fn too_many_series(limit: usize) -> QueryError {
        let message = format!("maximum of series ({limit}) reached for a single query");
        QueryError::new(QueryErrorKind::Limit, message)
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> QueryErrorKind {
        self.kind
    }
}

impl From<storage::Error> for QueryError {
    fn from(error: storage::Error) -> QueryError {
        let kind = match error.kind() {
            ErrorKind::Cancelled => QueryErrorKind::Canceled,
            ErrorKind::TimedOut => QueryErrorKind::Timeout,
            ErrorKind::LimitExceeded => QueryErrorKind::Limit,
            ErrorKind::Invalid => QueryErrorKind::Invalid,
            ErrorKind::NotBuilt => QueryErrorKind::NotBuilt,
            _ => QueryErrorKind::Storage,
        };
        QueryError::new(kind, error.to_string())
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}
