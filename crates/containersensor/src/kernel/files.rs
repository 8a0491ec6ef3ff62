//! Reading files of the kernel into one buffer that is used again and again.
//!
//! Files are opened for each reading and not kept: the cgroup of a container that was started again has the same path but is another one, a
//! container has twenty files, and what opening them costs (0.1 ms per container and reading) is nothing at a reading's pace.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags};

/// More than any file read here ever has.
const MAX_FILE_BYTES: usize = 16 << 20;

/// The first guess at a file's size; what has one record never has more.
const FIRST_BYTES: usize = 16 << 10;

/// Not waiting for a writer, should somebody have put a pipe there.
const FILE_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
const DIRECTORY_FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Room for one file.
#[derive(Debug, Default)]
pub(super) struct Buffer(Vec<u8>);

/// A directory held open during a reading, so that its files are found without walking the whole path.
#[derive(Debug)]
pub(super) struct Directory(OwnedFd);

impl Directory {
    /// None when there is none, or none that may be read.
    pub(super) fn open(path: &Path) -> Option<Directory> {
        rustix::fs::open(path, DIRECTORY_FLAGS, Mode::empty()).ok().map(Directory)
    }

    /// What a file of one record holds, without the white space around it; none when it cannot be read.
    pub(super) fn attribute<'b>(&self, name: &str, buffer: &'b mut Buffer) -> Option<&'b [u8]> {
        let file = rustix::fs::openat(&self.0, name, FILE_FLAGS, Mode::empty()).ok()?;
        // The kernel hands a record out in one piece if there is room for it.
        let length = buffer.fill(&file, |read, room| read < room).ok()?;
        Some(buffer.0[..length].trim_ascii())
    }

    /// The number that a file holds; none when it holds anything else.
    pub(super) fn number(&self, name: &str, buffer: &mut Buffer) -> Option<u64> {
        kerneltext::unsigned(self.attribute(name, buffer)?)
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, name: &str) -> bool {
        rustix::fs::statat(&self.0, name, AtFlags::empty()).is_ok()
    }

    /// When a file in it, or with an empty name the directory itself, last changed, in milliseconds since the epoch.
    pub(super) fn modified_ms(&self, name: &str) -> Option<i64> {
        let stat = rustix::fs::statat(&self.0, name, AtFlags::EMPTY_PATH).ok()?;
        i64::try_from(stat.st_mtime_nsec).ok()?.checked_div(1_000_000)?.checked_add(stat.st_mtime.checked_mul(1000)?)
    }
}

/// What a file of many records holds, which the kernel hands out in pieces; none when it cannot be read.
pub(super) fn table<'b>(path: &Path, buffer: &'b mut Buffer) -> Option<&'b [u8]> {
    let file = rustix::fs::open(path, FILE_FLAGS, Mode::empty()).ok()?;
    let length = buffer.fill(&file, |read, _| read == 0).ok()?;
    Some(&buffer.0[..length])
}

impl Buffer {
    /// Reads until `is_end` says so of a reading's length and the room that it had. How much there is.
    fn fill(&mut self, file: &OwnedFd, is_end: impl Fn(usize, usize) -> bool) -> io::Result<usize> {
        let mut length = 0;
        loop {
            if self.0.len() < length + FIRST_BYTES {
                self.0.resize((self.0.len() * 2).max(FIRST_BYTES), 0);
            }
            let room = &mut self.0[length..];
            let size = room.len();
            let read = rustix::io::retry_on_intr(|| rustix::io::read(file, &mut *room))?;
            length += read;
            if read == 0 || is_end(read, size) {
                return Ok(length);
            }
            if length > MAX_FILE_BYTES {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
    }
}
