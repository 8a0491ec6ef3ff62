//! Why a daemon did not answer.

use std::io;
use std::path::{Path, PathBuf};

/// Why a daemon did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no socket.
    #[error("no socket at {}", .0.display())]
    Absent(PathBuf),
    /// There is one, and this process may not use it.
    #[error("no permission to use {}", .0.display())]
    Denied(PathBuf),
    /// There is one, and nobody listens.
    #[error("nobody listens at {}", .0.display())]
    Refused(PathBuf),
    /// The daemon answered that it cannot.
    #[error("status {status}: {message}")]
    Failed {
        /// HTTP's.
        status: u16,
        /// The daemon's own words.
        message: String,
    },
    /// No answer in time.
    #[error("no answer in {0} seconds")]
    Timeout(u64),
    /// An answer of more bytes than this is not read.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The connection broke, or the answer makes no sense.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// Why there is no connection.
    pub(super) fn of_connect(socket: &Path, error: &io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Error::Absent(socket.to_owned()),
            io::ErrorKind::PermissionDenied => Error::Denied(socket.to_owned()),
            io::ErrorKind::ConnectionRefused => Error::Refused(socket.to_owned()),
            _ => Error::Broken(format!("{}: {error}", socket.display())),
        }
    }

    pub(super) fn broken(error: &dyn std::error::Error) -> Error {
        Error::Broken(format!("the connection broke: {error}"))
    }
}
