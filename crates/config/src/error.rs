//! What is wrong with a configuration file, and where.

use std::fmt;
use std::sync::Arc;

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The result of reading configuration.
pub type Result<T> = std::result::Result<T, Error>;

/// A refusal that names the file and the place: `promtail.yaml:3:5: field foo not found in type config.Config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    file: Arc<str>,
    position: Option<Position>,
    message: String,
}

impl Error {
    /// An error at a place of a file; without a place it is about the file as a whole.
    #[must_use]
    pub fn new(file: &Arc<str>, position: Option<Position>, message: impl Into<String>) -> Error {
        Error { file: Arc::clone(file), position, message: message.into() }
    }

    /// Where in the file.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// What is wrong, without file and place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{}:{position}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Error {}
