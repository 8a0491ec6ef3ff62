//! Why a query was not answered.

use std::fmt;

use storage::ErrorKind;

/// The text for a query whose intermediate results outgrow the limit on samples.
pub(crate) const TOO_MANY_SAMPLES: &str = "query processing would load too many samples into memory in query execution";
/// The text for two series that became one by losing labels.
pub(crate) const SAME_LABELSET: &str = "vector cannot contain metrics with the same labelset";

/// What the caller tells apart, since each has its own status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// The expression makes no sense as it is asked (`bad_data`).
    Invalid,
    /// The expression failed on the data (`execution`).
    Execution,
    /// The caller gave up (`canceled`).
    Canceled,
    /// The time allowed is over (`timeout`).
    Timeout,
    /// A valid expression that this version does not evaluate (`execution`).
    NotBuilt,
    /// The store failed (`internal`).
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

    /// An expression that fails on the data it meets.
    pub(crate) fn execution(message: impl Into<String>) -> QueryError {
        QueryError::new(QueryErrorKind::Execution, message)
    }

    /// A valid expression, or data, that this version does not evaluate.
    pub(crate) fn not_built(what: impl fmt::Display) -> QueryError {
        QueryError::new(QueryErrorKind::NotBuilt, format!("not built yet: {what}"))
    }

    /// The evaluator met an expression that the parser's type check rules out; an error is better than an abort.
    pub(crate) fn unexpected(what: impl fmt::Display) -> QueryError {
        QueryError::execution(format!("unexpected expression: {what}"))
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> QueryErrorKind {
        self.kind
    }
}

impl From<storage::Error> for QueryError {
    /// Words cancellation as the original does; everything else happened while series were read.
    fn from(error: storage::Error) -> QueryError {
        match error.kind() {
            ErrorKind::Cancelled => {
                QueryError::new(QueryErrorKind::Canceled, "query was canceled in expression evaluation")
            }
            ErrorKind::TimedOut => QueryError::new(QueryErrorKind::Timeout, "query timed out in expression evaluation"),
            ErrorKind::LimitExceeded | ErrorKind::Invalid => {
                QueryError::execution(format!("expanding series: {error}"))
            }
            ErrorKind::NotBuilt => QueryError::new(QueryErrorKind::NotBuilt, error.to_string()),
            _ => QueryError::new(QueryErrorKind::Storage, format!("expanding series: {error}")),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryError {}
