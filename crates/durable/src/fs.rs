//! The file layer: the few operations that engines need of a file system.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file system. Errors name the path they are about.
pub trait FileSystem: Send + Sync + fmt::Debug {
    /// Creates a new file for appending; it must not exist.
    ///
    /// # Errors
    /// `AlreadyExists`, or what the operating system says.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn LogFile>>;

    /// Opens an existing file for appending.
    ///
    /// # Errors
    /// `NotFound`, or what the operating system says.
    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn LogFile>>;

    /// Opens a file for reading.
    ///
    /// # Errors
    /// `NotFound`, or what the operating system says.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn ReadFile>>;

    /// Renames a file, replacing the target. Durable once the directory was synced.
    ///
    /// # Errors
    /// What the operating system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file; one that does not exist is as good as removed.
    ///
    /// # Errors
    /// What the operating system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Creates a directory and its parents; one that exists is fine.
    ///
    /// # Errors
    /// What the operating system says.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;

    /// The names of the files in a directory, sorted.
    ///
    /// # Errors
    /// What the operating system says.
    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>>;

    /// Makes creations, renames and removals in a directory durable.
    ///
    /// # Errors
    /// What the operating system says.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// The size of the file system that holds a path, and what is free for us.
    ///
    /// # Errors
    /// What the operating system says.
    fn space(&self, path: &Path) -> io::Result<Space>;
}

/// A file that only grows at its end. Appending and syncing may happen at the same time from different threads.
pub trait LogFile: Send + Sync + fmt::Debug {
    /// Appends all bytes. After an error the file may hold a part of them: call `truncate`.
    ///
    /// # Errors
    /// What the operating system says.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;

    /// Appends two pieces as one, so that whoever frames a large payload need not copy it.
    ///
    /// # Errors
    /// As for `append`.
    fn append_both(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        self.append(&[first, second].concat())
    }

    /// Cuts the file back to a length.
    ///
    /// # Errors
    /// What the operating system says.
    fn truncate(&self, len_bytes: u64) -> io::Result<()>;

    /// Returns when everything appended so far would survive a power cut.
    ///
    /// # Errors
    /// What the operating system says; the bytes must then be taken as lost.
    fn sync(&self) -> io::Result<()>;
}

/// A file to read from at any position.
pub trait ReadFile: Send + Sync + fmt::Debug {
    /// The length of the file in bytes.
    ///
    /// # Errors
    /// What the operating system says.
    fn len_bytes(&self) -> io::Result<u64>;

    /// Fills the buffer from a position.
    ///
    /// # Errors
    /// `UnexpectedEof` when the file ends before, or what the operating system says.
    fn read_exact_at(&self, buffer: &mut [u8], offset_bytes: u64) -> io::Result<()>;
}

/// Room on a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Size of the file system.
    pub total_bytes: u64,
    /// What an unprivileged process may still write.
    pub available_bytes: u64,
}

/// Reads a whole file.
///
/// # Errors
/// What the operating system says; `InvalidData` when the file is larger than `max_bytes`.
pub fn read_all(fs: &dyn FileSystem, path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let file = fs.open(path)?;
    let len = file.len_bytes()?;
    if len > max_bytes {
        let message = format!("{}: {len} bytes, more than the {max_bytes} expected at most", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut bytes = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// Adds the path to an error, which the standard library leaves out.
#[must_use]
pub fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
