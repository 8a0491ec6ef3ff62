//! What makes a file the same file, whatever its name.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::time::UNIX_EPOCH;

use memchr::memchr;
use storage::logs::SourceId;
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

/// The most bytes of a file's beginning that tell it from others.
const HEAD_BYTES: usize = 1 << 10;
/// The most bytes before a position that must still be there for the file to be the same.
pub(crate) const BEFORE_BYTES: u64 = 255;

/// A file that exists now. Numbers of devices change with a restart of the machine, so this is never written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileKey {
    dev: u64,
    ino: u64,
}

/// What the file system says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) key: FileKey,
    pub(crate) inode: Inode,
    pub(crate) size: u64,
    pub(crate) modified_ns: i64,
    pub(crate) links: u64,
}

/// An inode for as long as it lives: numbers are used again, so the time of birth belongs to it. File systems that do not tell
/// it are told apart by device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Inode {
    pub(crate) number: u64,
    /// Nanoseconds since the epoch, or the device where there is no time.
    pub(crate) birth: u64,
}

/// The beginning of a file, which tells apart what one inode held before and after it was truncated: the first line with its end,
/// at most 1 KiB. It never changes while the file only grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Head {
    pub(crate) len: u16,
    pub(crate) hash: u128,
}

/// The bytes before a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) len: u8,
    pub(crate) hash: u64,
}

impl Inode {
    /// Whether it was certainly born behind a time in nanoseconds; false where no birth is known.
    pub(crate) fn is_younger_than(self, time_ns: i64) -> bool {
        /// A device number is never as large as a time of this century.
        const EARLIEST_NS: u64 = 946_684_800_000_000_000;
        self.birth >= EARLIEST_NS && i64::try_from(self.birth).is_ok_and(|birth| birth > time_ns)
    }
}

impl FileKey {
    pub(crate) fn ino(self) -> u64 {
        self.ino
    }
}

impl Stat {
    pub(crate) fn of(meta: &Metadata) -> Stat {
        let born = meta.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let birth = born.and_then(|since| u64::try_from(since.as_nanos()).ok()).filter(|ns| *ns > 0);
        Stat {
            key: FileKey { dev: meta.dev(), ino: meta.ino() },
            inode: Inode { number: meta.ino(), birth: birth.unwrap_or_else(|| meta.dev()) },
            size: meta.len(),
            modified_ns: meta.mtime().saturating_mul(1_000_000_000).saturating_add(meta.mtime_nsec()),
            links: meta.nlink(),
        }
    }
}

impl Head {
    /// Reads the beginning of a file. `None` while its first line is not finished; with `finished` there will be no more of it.
    pub(crate) fn read(file: &File, finished: bool) -> io::Result<Option<Head>> {
        let mut buffer = [0; HEAD_BYTES];
        let got = read_at_most(file, &mut buffer, 0)?;
        let bytes = buffer.get(..got).unwrap_or_default();
        let len = match memchr(b'\n', bytes) {
            Some(end) => end + 1,
            None if got == HEAD_BYTES || (finished && got > 0) => got,
            None => return Ok(None),
        };
        let bytes = bytes.get(..len).unwrap_or_default();
        // At most 1 KiB, so the length always fits.
        Ok(Some(Head { len: u16::try_from(len).unwrap_or(u16::MAX), hash: xxh3_128(bytes) }))
    }
}

impl Before {
    /// Reads the bytes before a position; `None` when the file does not reach to it.
    pub(crate) fn read(file: &File, offset: u64, len: u64) -> io::Result<Option<Before>> {
        let len = len.min(offset).min(BEFORE_BYTES);
        let mut buffer = [0; BEFORE_BYTES as usize];
        let bytes = buffer.get_mut(..usize::try_from(len).unwrap_or_default()).unwrap_or_default();
        if read_at_most(file, bytes, offset - len)? < bytes.len() {
            return Ok(None);
        }
        Ok(Some(Before::of(bytes)))
    }

    /// Of the last bytes of what was read.
    pub(crate) fn of(bytes: &[u8]) -> Before {
        let tail = bytes.get(bytes.len().saturating_sub(BEFORE_BYTES as usize)..).unwrap_or_default();
        Before { len: u8::try_from(tail.len()).unwrap_or_default(), hash: xxh3_64(tail) }
    }

    /// Whether these bytes still stand before the position.
    pub(crate) fn holds(self, file: &File, offset: u64) -> io::Result<bool> {
        Ok(Before::read(file, offset, u64::from(self.len))? == Some(self))
    }
}

/// The name under which the store keeps the position of a source: which inode, what it began with, how often that began anew
/// (`generation`), and for which of several targets on the same file (`lane`).
pub(crate) fn source_id(inode: Inode, head: Head, generation: u32, lane: u16) -> SourceId {
    let mut hash = Xxh3::new();
    hash.update(b"menara file 1");
    hash.update(&inode.number.to_le_bytes());
    hash.update(&inode.birth.to_le_bytes());
    hash.update(&head.len.to_le_bytes());
    hash.update(&head.hash.to_le_bytes());
    hash.update(&generation.to_le_bytes());
    hash.update(&lane.to_le_bytes());
    SourceId(hash.digest128())
}

/// Fills as much of the buffer as the file has from a position on.
pub(crate) fn read_at_most(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
