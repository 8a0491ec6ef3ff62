//! A log of checksummed records in one file.
//!
//! A file is a header (magic, version, both of the caller's kind of log) and then records, each `length u32 | crc32c u32 | payload`, little
//! endian, the checksum over the length and the payload. A record is appended with a single write, so a killed process loses nothing that
//! was appended. Reading stops at the first record that is cut short or fails its checksum: what stands behind it cannot be trusted to
//! mean what it meant when it was written. See `docs/format/log.md`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use crate::fs::{FileSystem, LogFile, ReadFile};

/// Bytes of the file header: eight of magic, four of version.
pub const HEADER_BYTES: usize = 12;
const RECORD_HEADER_BYTES: usize = 8;
/// Longer records are refused at writing and taken for damage at reading.
pub const MAX_RECORD_BYTES: usize = 256 << 20;
const READ_AHEAD_BYTES: usize = 256 << 10;

/// When appended records become safe from a power cut. A killed process loses nothing in any mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncMode {
    /// Before the append is acknowledged; concurrent appends share one sync.
    Always,
    /// When the owner calls [`LogWriter::sync`], usually each second.
    Interval,
    /// Whenever the operating system likes.
    Os,
}

/// Appends records. Appends must come from one thread at a time; waiting for the disk may happen on many.
#[derive(Debug)]
pub struct LogWriter {
    file: Arc<dyn LogFile>,
    end: Mutex<LogEnd>,
    sync: Mutex<SyncState>,
    synced: Condvar,
}

#[derive(Debug)]
struct LogEnd {
    /// End of the last whole record.
    len_bytes: u64,
    /// A write failed and what it left could not be cut off yet; records behind it could not be read back.
    ragged: bool,
}

#[derive(Debug)]
struct SyncState {
    /// Everything before this position is on the disk.
    safe_bytes: u64,
    /// Someone is syncing right now.
    running: bool,
    /// A sync failed.
    failed: bool,
}

impl LogWriter {
    /// Creates a log file with its header. The directory entry is made durable.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(fs: &dyn FileSystem, path: &Path, magic: [u8; 8], version: u32) -> io::Result<LogWriter> {
        let file = fs.create(path)?;
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(&magic);
        header.extend_from_slice(&version.to_le_bytes());
        file.append(&header)?;
        file.sync()?;
        if let Some(dir) = path.parent() {
            fs.sync_dir(dir)?;
        }
        Ok(LogWriter::at(file, HEADER_BYTES as u64))
    }

    /// Goes on with a log whose good records end at `len_bytes`; anything behind is cut off.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn resume(fs: &dyn FileSystem, path: &Path, len_bytes: u64) -> io::Result<LogWriter> {
        let file = fs.open_append(path)?;
        file.truncate(len_bytes)?;
        // Whoever created the file may have been stopped before its directory entry was safe.
        file.sync()?;
        if let Some(dir) = path.parent() {
            fs.sync_dir(dir)?;
        }
        Ok(LogWriter::at(file, len_bytes))
    }

    /// For a file that was just synced.
    fn at(file: Arc<dyn LogFile>, len_bytes: u64) -> LogWriter {
        let end = Mutex::new(LogEnd { len_bytes, ragged: false });
        let sync = Mutex::new(SyncState { safe_bytes: len_bytes, running: false, failed: false });
        LogWriter { file, end, sync, synced: Condvar::new() }
    }

    /// Appends one record and returns the position behind it, for [`LogWriter::sync_to`].
    ///
    /// # Errors
    /// `InvalidInput` for a record over [`MAX_RECORD_BYTES`]; when a sync has failed before; else what the operating system says. The log
    /// then ends where it ended before.
    pub fn append(&self, payload: &[u8]) -> io::Result<u64> {
        if payload.len() > MAX_RECORD_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "log record is too long"));
        }
        if self.has_failed() {
            return Err(failed_before());
        }
        let length = (payload.len() as u32).to_le_bytes();
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&length), payload);
        let mut header = [0; RECORD_HEADER_BYTES];
        header[..4].copy_from_slice(&length);
        header[4..].copy_from_slice(&checksum.to_le_bytes());
        let mut end = self.end.lock();
        if end.ragged {
            self.file.truncate(end.len_bytes)?;
            end.ragged = false;
        }
        if let Err(error) = self.file.append_both(&header, payload) {
            end.ragged = self.file.truncate(end.len_bytes).is_err();
            return Err(error);
        }
        end.len_bytes += (header.len() + payload.len()) as u64;
        Ok(end.len_bytes)
    }

    /// Returns when everything up to `position` would survive a power cut. Callers that arrive while a sync runs share the next one.
    ///
    /// # Errors
    /// What the operating system says. From then on the log takes no more records and syncs fail: the system may have dropped what it could
    /// not write, and a later sync would say that all is well. Go on with another log.
    pub fn sync_to(&self, position: u64) -> io::Result<()> {
        let mut state = self.sync.lock();
        loop {
            if state.safe_bytes >= position {
                return Ok(());
            }
            if state.failed {
                return Err(failed_before());
            }
            if !state.running {
                break;
            }
            self.synced.wait(&mut state);
        }
        state.running = true;
        drop(state);
        let reached = self.len_bytes();
        let result = self.file.sync();
        let mut state = self.sync.lock();
        state.running = false;
        match result {
            Ok(()) => state.safe_bytes = state.safe_bytes.max(reached),
            Err(_) => state.failed = true,
        }
        self.synced.notify_all();
        result
    }

    /// Makes everything appended so far safe.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn sync(&self) -> io::Result<()> {
        self.sync_to(self.len_bytes())
    }

    /// Whether a sync has failed, so that another log is needed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.sync.lock().failed
    }

    /// The length of the log in bytes.
    #[must_use]
    pub fn len_bytes(&self) -> u64 {
        self.end.lock().len_bytes
    }
}

fn failed_before() -> io::Error {
    io::Error::other("an earlier sync of this log failed, so it takes no more records")
}

/// The good records of a log file, read in order with a bounded buffer.
#[derive(Debug)]
pub struct LogReader {
    file: Arc<dyn ReadFile>,
    len_bytes: u64,
    /// Where the next record begins.
    position: u64,
    /// Bytes of the file from `buffer_start` on.
    buffer: Vec<u8>,
    buffer_start: u64,
}

/// How reading a log ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Where the good records end.
    pub good_bytes: u64,
    /// Bytes behind them that were not read.
    pub discarded_bytes: u64,
    /// Whether what was discarded is more than one record that was cut short: damage, not a torn write.
    pub damaged: bool,
}

impl LogReader {
    /// Opens a log file and checks its header. A file shorter than its header is a creation that was interrupted: it holds
    /// no records.
    ///
    /// # Errors
    /// `InvalidData` when magic or version are others than expected; else what the operating system says.
    pub fn open(fs: &dyn FileSystem, path: &Path, magic: [u8; 8], version: u32) -> io::Result<LogReader> {
        let file = fs.open(path)?;
        let len_bytes = file.len_bytes()?;
        let mut reader = LogReader { file, len_bytes, position: 0, buffer: Vec::new(), buffer_start: 0 };
        let Some(header) = reader.peek(0, HEADER_BYTES)? else { return Ok(reader) };
        let invalid =
            |message: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {message}", path.display()));
        if header[..8] != magic {
            return Err(invalid("not a log of this kind, its first bytes differ".to_owned()));
        }
        let found = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
        if found != version {
            return Err(invalid(format!("log version {found} is not known to this program, which writes {version}")));
        }
        reader.position = HEADER_BYTES as u64;
        Ok(reader)
    }

    /// The payload of the next record; `None` at the end of what can be trusted.
    ///
    /// # Errors
    /// What the operating system says of reading.
    pub fn next_record(&mut self) -> io::Result<Option<&[u8]>> {
        if self.position == 0 {
            return Ok(None);
        }
        let Some(header) = self.peek(0, RECORD_HEADER_BYTES)? else { return Ok(None) };
        let length_bytes = [header[0], header[1], header[2], header[3]];
        let expected = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let length = u32::from_le_bytes(length_bytes) as usize;
        if length > MAX_RECORD_BYTES {
            return Ok(None);
        }
        let Some(payload) = self.peek(RECORD_HEADER_BYTES, length)? else { return Ok(None) };
        if crc32c::crc32c_append(crc32c::crc32c(&length_bytes), payload) != expected {
            return Ok(None);
        }
        let start = (self.position - self.buffer_start) as usize + RECORD_HEADER_BYTES;
        self.position += (RECORD_HEADER_BYTES + length) as u64;
        Ok(Some(&self.buffer[start..start + length]))
    }

    /// Where the next record begins: the end of the good records read so far, zero for a file without a whole header.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The length of the file.
    #[must_use]
    pub fn len_bytes(&self) -> u64 {
        self.len_bytes
    }

    /// What was read and what was not. Call when `next_record` has returned `None`.
    ///
    /// # Errors
    /// What the operating system says of reading.
    pub fn outcome(&mut self) -> io::Result<Replay> {
        let rest_bytes = self.len_bytes - self.position;
        let has_header = self.position > 0;
        // A write that was interrupted leaves a prefix of one record: its claimed length reaches past the end of the file.
        let torn = match self.peek(0, 4)? {
            Some(length) if has_header => {
                let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]) as usize;
                length <= MAX_RECORD_BYTES && (RECORD_HEADER_BYTES + length) as u64 > rest_bytes
            }
            _ => true,
        };
        let damaged = rest_bytes > 0 && !torn;
        Ok(Replay { good_bytes: self.position, discarded_bytes: rest_bytes, damaged })
    }

    /// `length` bytes at `offset` behind the current position; `None` when the file ends before.
    fn peek(&mut self, offset: usize, length: usize) -> io::Result<Option<&[u8]>> {
        let end = self.position + (offset + length) as u64;
        if end > self.len_bytes {
            return Ok(None);
        }
        if end > self.buffer_start + self.buffer.len() as u64 {
            let wanted = (offset + length).max(READ_AHEAD_BYTES) as u64;
            let available = wanted.min(self.len_bytes - self.position) as usize;
            self.buffer.resize(available, 0);
            self.file.read_exact_at(&mut self.buffer, self.position)?;
            self.buffer_start = self.position;
        }
        let start = (self.position - self.buffer_start) as usize + offset;
        Ok(Some(&self.buffer[start..start + length]))
    }
}
