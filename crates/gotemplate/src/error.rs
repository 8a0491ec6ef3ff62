//! What is wrong with a template.

use std::fmt;

/// An error of parsing or executing a template, with the original's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: Box<str>,
}

impl Error {
    /// An error with its whole text.
    pub(crate) fn new(message: impl Into<Box<str>>) -> Error {
        Error { message: message.into() }
    }

    /// The text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
