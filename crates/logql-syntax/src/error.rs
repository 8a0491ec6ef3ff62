//! Why a query is not valid, and where.

use std::fmt;

use crate::ast::Span;

/// What is wrong with a query.
///
/// It shows itself as Loki prints it: `parse error at line 1, col 5: …` where the text cannot be read, `parse error : …` where
/// it can be read but means nothing, and without these words where a stage's argument is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What kind of error it is.
    pub kind: ParseErrorKind,
    /// The part of the query that is meant.
    pub span: Span,
    /// What is wrong, without the position.
    pub message: String,
}

/// Kinds of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseErrorKind {
    /// The text cannot be read. Line and column are those that Loki prints: columns are characters counted from 1; the line
    /// is 0 in front of some tokens of more than one character.
    Syntax {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// The text can be read, but means nothing.
    Meaning,
    /// An argument of a stage is wrong; whoever only formats a query need not care.
    Stage,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ParseErrorKind::Syntax { line, column } => {
                write!(f, "parse error at line {line}, col {column}: {}", self.message)
            }
            ParseErrorKind::Meaning => write!(f, "parse error : {}", self.message),
            ParseErrorKind::Stage => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for ParseError {}
