//! Why a collector has nothing, or not everything, to show.

use std::io;
use std::path::{Path, PathBuf};

/// The outcome of a collector that did not succeed. What it had already shown before stays.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CollectError {
    /// The machine does not have what the collector measures; nobody needs to hear of it.
    #[error("collector returned no data")]
    NoData,
    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file was read, but is not of the form that the kernel documents.
    #[error("unexpected content of {}: {line:?}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line at fault, shortened.
        line: String,
    },
}

impl CollectError {
    pub(crate) fn read(path: &Path, source: impl Into<io::Error>) -> CollectError {
        CollectError::Read { path: path.to_owned(), source: source.into() }
    }

    pub(crate) fn malformed(path: impl Into<PathBuf>, line: &[u8]) -> CollectError {
        const SHOWN_BYTES: usize = 120;
        let shown = &line[..line.len().min(SHOWN_BYTES)];
        CollectError::Malformed { path: path.into(), line: String::from_utf8_lossy(shown).into_owned() }
    }

    /// Whether the file is not there, or not for us.
    pub(crate) fn is_absent(&self) -> bool {
        match self {
            CollectError::Read { source, .. } => is_absent(source),
            CollectError::NoData | CollectError::Malformed { .. } => false,
        }
    }

    /// [`CollectError::NoData`] in place of an error that only says that the file is not there, or not for us.
    pub(crate) fn absent_is_no_data(self) -> CollectError {
        if self.is_absent() { CollectError::NoData } else { self }
    }
}

/// Whether the file is not there, or not for us.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied)
}
