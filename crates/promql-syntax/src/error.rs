//! Why a query is not valid, and where.

use std::fmt;

use crate::ast::Span;

/// What is wrong with a query; at least one error.
///
/// It shows itself as its first error only, since the later ones are often consequences of it; that is what upstream
/// answers too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseErrors {
    first: ParseError,
    rest: Vec<ParseError>,
}

/// One thing that is wrong with a query.
///
/// It shows itself as Prometheus prints it: `1:5: parse error: unexpected end of input`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The part of the query that is meant.
    pub span: Span,
    /// What is wrong, without the position.
    pub message: String,
    /// Line and column of the start, as [`position`] counts them; `None` for the empty query.
    pub position: Option<(usize, usize)>,
}

/// How many errors are kept for a query; a hostile one could have as many as it has bytes.
const MAX_ERRORS: usize = 100;

/// Collects what is wrong with a query.
#[derive(Debug)]
pub(crate) struct ErrorList<'q> {
    query: &'q str,
    errors: Vec<ParseError>,
}

/// The line and column of a byte offset, both counted from 1; columns are bytes. An offset behind the end counts as the end.
#[must_use]
pub fn position(query: &str, byte_offset: usize) -> (usize, usize) {
    let before = &query.as_bytes()[..byte_offset.min(query.len())];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = before.len() - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |i| i + 1) + 1;
    (line, column)
}

impl ParseError {
    /// An error at a place in a query.
    pub(crate) fn new(query: &str, span: Span, message: String) -> ParseError {
        let position = (!query.is_empty()).then(|| position(query, span.start));
        ParseError { span, message, position }
    }
}

impl<'q> ErrorList<'q> {
    /// Nothing is wrong yet.
    pub(crate) fn new(query: &'q str) -> ErrorList<'q> {
        ErrorList { query, errors: Vec::new() }
    }

    /// Notes an error.
    pub(crate) fn push(&mut self, span: Span, message: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(ParseError::new(self.query, span, message));
        }
    }

    /// All errors noted; `None` when there is none.
    pub(crate) fn into_errors(self) -> Option<ParseErrors> {
        let mut errors = self.errors.into_iter();
        Some(ParseErrors { first: errors.next()?, rest: errors.collect() })
    }
}

impl ParseErrors {
    /// The first error, which is the one shown.
    #[must_use]
    pub fn first(&self) -> &ParseError {
        &self.first
    }

    /// The errors in the order in which they were found, a hundred at most.
    pub fn iter(&self) -> impl Iterator<Item = &ParseError> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

impl From<ParseError> for ParseErrors {
    fn from(first: ParseError) -> ParseErrors {
        ParseErrors { first, rest: Vec::new() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{line}:{column}: parse error: {}", self.message),
            None => write!(f, "unknown position: parse error: {}", self.message),
        }
    }
}

impl fmt::Display for ParseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.first, f)
    }
}

impl std::error::Error for ParseError {}

impl std::error::Error for ParseErrors {}
