//! Turning the operating system's errors into the store's.

use std::io;

use storage::{Error, ErrorKind};

/// An error of a file operation: `Full` when the disk is, `Corrupt` for data that was refused, else `Io`.
pub(crate) fn io_error(doing: &str, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::Full,
        io::ErrorKind::InvalidData => ErrorKind::Corrupt,
        _ => ErrorKind::Io,
    };
    Error::with_source(kind, doing, error)
}

/// A file of a later program is not damaged: it is refused, and stays where it is.
pub(crate) fn names_version(error: &Error) -> bool {
    error.to_string().contains("is not known to this program")
}
