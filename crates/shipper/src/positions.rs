//! The positions file: which sources are known and how far each was acknowledged. Drawn in `docs/format/shipper-positions.md`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use durable::{FileSystem, write_atomic};
use storage::logs::SourceId;

use crate::identity::{Before, Head, Inode, source_id};

const MAGIC: &[u8; 8] = b"MenaraSP";
const VERSION: u32 = 1;
/// Sources that the file may name; more are refused as damage, and not written.
pub(crate) const MAX_RECORDS: usize = 100_000;
const MAX_FILE_BYTES: u64 = 256 << 20;
/// The part of a record that has a fixed width.
const FIXED_BYTES: usize = 2 + 4 + 1 + 8 + 8 + 2 + 16 + 8 + 1 + 8 + 8 + 8 + 16 + 2;
const MAX_PATH_BYTES: usize = 4096;

/// A source: what one file held between two truncations, for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The name under which its lines are labelled.
    pub(crate) path: PathBuf,
    pub(crate) lane: u16,
    pub(crate) generation: u32,
    pub(crate) inode: Inode,
    pub(crate) head: Head,
    /// What is acknowledged ends here, in bytes of the file.
    pub(crate) offset: u64,
    /// The bytes before the offset.
    pub(crate) before: Before,
    /// When the file was last written to, as far as it was read.
    pub(crate) modified_ns: i64,
    /// When the file was last there.
    pub(crate) seen_ms: i64,
    /// Which file is the copy of it that was made when it was truncated, once one was found.
    pub(crate) copy: Option<Inode>,
    /// The file was truncated and goes on as another source; what is left of this one may live in a copy.
    pub(crate) closed: bool,
}

impl Record {
    pub(crate) fn id(&self) -> SourceId {
        source_id(self.inode, self.head, self.generation, self.lane)
    }
}

pub(crate) type Records = BTreeMap<SourceId, Record>;

/// Reads the file. One that is damaged is set aside (`.damaged`) and gives no records, with the reason as the second value: the
/// store still knows where its sources end.
///
/// # Errors
/// When it cannot be read, or was written by another version.
pub(crate) fn load(fs: &dyn FileSystem, path: &Path) -> io::Result<(Records, Option<String>)> {
    let bytes = match durable::fs::read_all(fs, path, MAX_FILE_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Records::new(), None)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return set_aside(fs, path, &error.to_string()),
        Err(error) => return Err(error),
    };
    match decode(&bytes) {
        Ok(records) => Ok((records, None)),
        Err(Refused::Version(version)) => {
            let message = format!(
                "{}: positions of version {version} are not known to this program, which writes {VERSION}",
                path.display()
            );
            Err(io::Error::new(io::ErrorKind::Unsupported, message))
        }
        Err(Refused::Damaged(reason)) => set_aside(fs, path, reason),
    }
}

fn set_aside(fs: &dyn FileSystem, path: &Path, reason: &str) -> io::Result<(Records, Option<String>)> {
    let mut aside = OsString::from(path);
    aside.push(".damaged");
    fs.rename(path, Path::new(&aside))?;
    Ok((Records::new(), Some(format!("{}: {reason}; set aside, the store's positions are used", path.display()))))
}

/// Replaces the file, durably.
///
/// # Errors
/// What the operating system says; the old file is then still there.
pub(crate) fn save(fs: &dyn FileSystem, path: &Path, records: &Records) -> io::Result<()> {
    write_atomic(fs, path, &encode(records))
}

pub(crate) fn encode(records: &Records) -> Vec<u8> {
    let mut out = Vec::with_capacity(20 + records.len() * (FIXED_BYTES + 32));
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    let count = records.len().min(MAX_RECORDS);
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    for record in records.values().take(count) {
        let path = record.path.as_os_str().as_bytes();
        out.extend_from_slice(&record.lane.to_le_bytes());
        out.extend_from_slice(&record.generation.to_le_bytes());
        out.push(u8::from(record.closed));
        out.extend_from_slice(&record.inode.number.to_le_bytes());
        out.extend_from_slice(&record.inode.birth.to_le_bytes());
        out.extend_from_slice(&record.head.len.to_le_bytes());
        out.extend_from_slice(&record.head.hash.to_le_bytes());
        out.extend_from_slice(&record.offset.to_le_bytes());
        out.push(record.before.len);
        out.extend_from_slice(&record.before.hash.to_le_bytes());
        out.extend_from_slice(&record.modified_ns.to_le_bytes());
        out.extend_from_slice(&record.seen_ms.to_le_bytes());
        let copy = record.copy.unwrap_or(Inode { number: 0, birth: 0 });
        out.extend_from_slice(&copy.number.to_le_bytes());
        out.extend_from_slice(&copy.birth.to_le_bytes());
        let path = path.get(..path.len().min(MAX_PATH_BYTES)).unwrap_or_default();
        out.extend_from_slice(&u16::try_from(path.len()).unwrap_or_default().to_le_bytes());
        out.extend_from_slice(path);
    }
    let checksum = crc32c::crc32c(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Version(u32),
    Damaged(&'static str),
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Records, Refused> {
    let mut header = Reader(bytes);
    if header.take::<8>()? != *MAGIC {
        return Err(Refused::Damaged("not a positions file, its first bytes differ"));
    }
    let version = u32::from_le_bytes(header.take()?);
    if version != VERSION {
        return Err(Refused::Version(version));
    }
    let (body, checksum) = bytes.split_last_chunk::<4>().ok_or(TRUNCATED)?;
    if body.len() < 16 {
        return Err(TRUNCATED);
    }
    if crc32c::crc32c(body) != u32::from_le_bytes(*checksum) {
        return Err(Refused::Damaged("the checksum differs"));
    }
    let mut reader = Reader(body.get(12..).unwrap_or_default());
    let count = u32::from_le_bytes(reader.take()?) as usize;
    if count > MAX_RECORDS || count > reader.0.len() / FIXED_BYTES {
        return Err(Refused::Damaged("more records than fit"));
    }
    let mut records = Records::new();
    for _ in 0..count {
        let record = reader.record()?;
        if records.insert(record.id(), record).is_some() {
            return Err(Refused::Damaged("a source occurs twice"));
        }
    }
    if reader.0.is_empty() { Ok(records) } else { Err(Refused::Damaged("bytes behind the last record")) }
}

const TRUNCATED: Refused = Refused::Damaged("the file is cut off");

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn record(&mut self) -> Result<Record, Refused> {
        let lane = u16::from_le_bytes(self.take()?);
        let generation = u32::from_le_bytes(self.take()?);
        let closed = match self.take()? {
            [0] => false,
            [1] => true,
            _ => return Err(Refused::Damaged("a flag is neither 0 nor 1")),
        };
        let inode = Inode { number: u64::from_le_bytes(self.take()?), birth: u64::from_le_bytes(self.take()?) };
        let head = Head { len: u16::from_le_bytes(self.take()?), hash: u128::from_le_bytes(self.take()?) };
        let offset = u64::from_le_bytes(self.take()?);
        let [len] = self.take()?;
        let before = Before { len, hash: u64::from_le_bytes(self.take()?) };
        if u64::from(len) > offset.min(crate::identity::BEFORE_BYTES) {
            return Err(Refused::Damaged("more bytes before a position than there are"));
        }
        let modified_ns = i64::from_le_bytes(self.take()?);
        let seen_ms = i64::from_le_bytes(self.take()?);
        let copy = Inode { number: u64::from_le_bytes(self.take()?), birth: u64::from_le_bytes(self.take()?) };
        let copy = (copy != Inode { number: 0, birth: 0 }).then_some(copy);
        let path_len = usize::from(u16::from_le_bytes(self.take()?));
        let (path, rest) = self.0.split_at_checked(path_len).filter(|_| path_len <= MAX_PATH_BYTES).ok_or(TRUNCATED)?;
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        self.0 = rest;
        Ok(Record { path, lane, generation, inode, head, offset, before, modified_ns, seen_ms, copy, closed })
    }
}

#[cfg(test)]
mod tests;
