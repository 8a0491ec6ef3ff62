//! What files tell of containers, and which of them changed.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::registry::Sighting;

/// A runtime's directory.
pub(super) trait Files: Send + Sync {
    /// Reads what changed since the last call; whether anything did.
    ///
    /// # Errors
    /// When there is no such directory, or this process may not read it.
    fn read(&mut self, now_ns: i64) -> io::Result<bool>;

    /// All containers, as last read.
    fn sightings(&self) -> Vec<Sighting>;
}

/// What tells one version of a file from another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    size: u64,
    modified_ns: i64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Stamp {
        let modified_ns = metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec());
        Stamp { inode: metadata.ino(), size: metadata.size(), modified_ns }
    }

    /// When the file was written, in nanoseconds since the epoch.
    pub(super) fn modified_ns(&self) -> i64 {
        self.modified_ns
    }
}

/// A file of which only a new version is read.
#[derive(Debug, Default)]
pub(super) struct Watched {
    stamp: Option<Stamp>,
}

/// What became of a watched file.
#[derive(Debug)]
pub(super) enum Change {
    /// Nothing.
    Same,
    /// It has a new text.
    New(Vec<u8>, Stamp),
    /// It is not there any more.
    Gone,
}

impl Watched {
    /// Looks at the file; reads it if it is another than before.
    pub(super) fn look(&mut self, path: &Path, max_bytes: u64) -> io::Result<Change> {
        let stamp = match fs::metadata(path) {
            Ok(metadata) => Stamp::of(&metadata),
            Err(error) if is_absent(&error) => {
                return Ok(if self.stamp.take().is_some() { Change::Gone } else { Change::Same });
            }
            Err(error) => return Err(error),
        };
        if self.stamp == Some(stamp) {
            return Ok(Change::Same);
        }
        let text = match read(path, max_bytes) {
            Ok(text) => text,
            Err(error) if is_absent(&error) => return Ok(Change::Same),
            Err(error) => return Err(error),
        };
        self.stamp = Some(stamp);
        Ok(Change::New(text, stamp))
    }

    /// Reads it again at the next look.
    pub(super) fn forget(&mut self) {
        self.stamp = None;
    }
}

/// A whole file of at most so many bytes.
pub(super) fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let file = File::open(path)?;
    file.take(max_bytes + 1).read_to_end(&mut text)?;
    if text.len() as u64 > max_bytes {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {max_bytes} bytes")));
    }
    Ok(text)
}

/// Whether there is no such file.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
