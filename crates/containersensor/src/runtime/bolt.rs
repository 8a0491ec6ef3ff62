//! Reads bolt database files: the format in which Podman up to 4 keeps its notes, a tree of buckets with keys and values.
//!
//! The writer never overwrites what the newest committed transaction reaches, and commits by writing one of two meta pages. So a copy of the file is
//! whole if the newest transaction is the same after copying as before; no lock is taken, and Podman is never made to wait.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

const MAGIC: u32 = 0xED0C_DAED;
const VERSION: u32 = 2;
/// Sizes in the format.
const PAGE_HEADER: usize = 16;
const ELEMENT: usize = 16;
const BUCKET_HEADER: usize = 16;
const META: usize = 64;
/// The larger page sizes there are; both metas lie below twice that.
const MAX_PAGE_BYTES: usize = 64 << 10;
const BRANCH: u16 = 0x01;
const LEAF: u16 = 0x02;
/// An element of a leaf that is a bucket.
const IS_BUCKET: u32 = 0x01;
/// No tree is deeper.
const MAX_DEPTH: usize = 32;
/// So often a copy is tried while somebody writes.
const ATTEMPTS: usize = 4;

/// A whole copy of a database.
#[derive(Debug)]
pub(super) struct Bolt {
    data: Vec<u8>,
    page_bytes: usize,
    root: u64,
}

/// A bucket: on pages of its own, or within a value when it is small.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bucket<'a> {
    Root(u64),
    Inline(&'a [u8]),
}

/// What stands under a key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    Bucket(Bucket<'a>),
}

/// A bucket's entries while they are collected.
struct Walk<'a> {
    entries: Vec<(&'a [u8], Value<'a>)>,
    /// Each page is reached once at most; damage may make a circle.
    pages_left: usize,
}

/// The newest committed state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Meta {
    page_bytes: usize,
    root: u64,
    transaction: u64,
}

impl Bolt {
    /// Copies a database of at most so many bytes.
    ///
    /// # Errors
    /// When the file cannot be read, is no such database, or is written to all the time.
    pub(super) fn copy(path: &Path, max_bytes: u64) -> io::Result<Bolt> {
        let file = File::open(path)?;
        for _ in 0..ATTEMPTS {
            let size = file.metadata()?.len();
            if size > max_bytes {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {max_bytes} bytes")));
            }
            let before = newest(&file)?;
            let mut data = vec![0; usize::try_from(size).unwrap_or(0)];
            file.read_exact_at(&mut data, 0)?;
            if newest(&file)? == before {
                return Ok(Bolt { data, page_bytes: before.page_bytes, root: before.root });
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "it changes all the time"))
    }

    /// The bucket of buckets.
    pub(super) fn root(&self) -> Bucket<'_> {
        Bucket::Root(self.root)
    }

    /// A bucket in a bucket.
    pub(super) fn bucket<'a>(&'a self, within: Bucket<'a>, name: &str) -> io::Result<Option<Bucket<'a>>> {
        let found = self.entries(within)?.into_iter().find(|(key, _)| *key == name.as_bytes());
        Ok(found.and_then(|(_, value)| if let Value::Bucket(bucket) = value { Some(bucket) } else { None }))
    }

    /// All keys of a bucket and what stands under them.
    pub(super) fn entries<'a>(&'a self, bucket: Bucket<'a>) -> io::Result<Vec<(&'a [u8], Value<'a>)>> {
        let mut walk = Walk { entries: Vec::new(), pages_left: self.data.len() / self.page_bytes };
        match bucket {
            Bucket::Root(page) => self.collect(self.page(page)?, MAX_DEPTH, &mut walk)?,
            Bucket::Inline(page) => self.collect(page, 0, &mut walk)?,
        }
        Ok(walk.entries)
    }

    fn collect<'a>(&'a self, page: &'a [u8], depth: usize, into: &mut Walk<'a>) -> io::Result<()> {
        let (flags, count) = (u16_at(page, 8)?, usize::from(u16_at(page, 10)?));
        into.pages_left = into.pages_left.checked_sub(1).ok_or_else(damaged)?;
        for index in 0..count {
            let at = PAGE_HEADER + index * ELEMENT;
            match flags {
                BRANCH => {
                    let depth = depth.checked_sub(1).ok_or_else(damaged)?;
                    self.collect(self.page(u64_at(page, at + 8)?)?, depth, into)?;
                }
                LEAF => into.entries.push(leaf(page, at)?),
                _ => return Err(damaged()),
            }
        }
        Ok(())
    }

    /// A page with what overflows into the next ones.
    fn page(&self, number: u64) -> io::Result<&[u8]> {
        let start = usize::try_from(number).ok().and_then(|number| number.checked_mul(self.page_bytes));
        let page = start.and_then(|start| self.data.get(start..)).ok_or_else(damaged)?;
        let pages = u32_at(page, 12)? as usize + 1;
        let bytes = pages.checked_mul(self.page_bytes).ok_or_else(damaged)?;
        page.get(..bytes).ok_or_else(damaged)
    }
}

/// An element of a leaf.
fn leaf(page: &[u8], at: usize) -> io::Result<(&[u8], Value<'_>)> {
    let [flags, offset, key, value] = [0, 4, 8, 12].map(|field| u32_at(page, at + field));
    let (flags, offset, key, value) = (flags?, offset? as usize, key? as usize, value? as usize);
    let key_at = at.checked_add(offset).ok_or_else(damaged)?;
    let value_at = key_at.checked_add(key).ok_or_else(damaged)?;
    let end = value_at.checked_add(value).ok_or_else(damaged)?;
    let (key, value) = (page.get(key_at..value_at), page.get(value_at..end));
    let (key, value) = key.zip(value).ok_or_else(damaged)?;
    if flags & IS_BUCKET == 0 {
        return Ok((key, Value::Bytes(value)));
    }
    let bucket = match u64_at(value, 0)? {
        0 => Bucket::Inline(value.get(BUCKET_HEADER..).ok_or_else(damaged)?),
        root => Bucket::Root(root),
    };
    Ok((key, Value::Bucket(bucket)))
}

/// The newest of the two metas that are whole.
fn newest(file: &File) -> io::Result<Meta> {
    let mut head = Vec::with_capacity(2 * MAX_PAGE_BYTES);
    let mut reader = io::BufReader::new(FileAt(file, 0));
    reader.by_ref().take(2 * MAX_PAGE_BYTES as u64).read_to_end(&mut head)?;
    let first = meta(&head, 0);
    // Where the second one lies depends on the page size, which only a meta tells.
    let second = match first {
        Some(first) => meta(&head, first.page_bytes),
        None => (9..=16).find_map(|bits| meta(&head, 1 << bits)),
    };
    first.into_iter().chain(second).max_by_key(|meta| meta.transaction).ok_or_else(damaged)
}

/// The meta on the page that begins here; none when it is not whole.
fn meta(head: &[u8], at: usize) -> Option<Meta> {
    let meta = head.get(at + PAGE_HEADER..at + PAGE_HEADER + META)?;
    let sum = u64_at(meta, META - 8).ok()?;
    let known = u32_at(meta, 0).ok()? == MAGIC && u32_at(meta, 4).ok()? == VERSION;
    if !known || sum != fnv64a(&meta[..META - 8]) {
        return None;
    }
    let page_bytes = u32_at(meta, 8).ok()? as usize;
    let sane = page_bytes.is_power_of_two() && (512..=MAX_PAGE_BYTES).contains(&page_bytes);
    let (root, transaction) = (u64_at(meta, 16).ok()?, u64_at(meta, 48).ok()?);
    sane.then_some(Meta { page_bytes, root, transaction })
}

/// The format's checksum.
pub(super) fn fnv64a(bytes: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    bytes.iter().fold(start, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A file from its beginning, whatever others read of it.
struct FileAt<'a>(&'a File, u64);

impl Read for FileAt<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read_at(into, self.1)?;
        self.1 += read as u64;
        Ok(read)
    }
}

// Podman runs on machines of little-endian order almost only; bolt writes the machine's own order, and the magic number tells a foreign one.
fn u16_at(bytes: &[u8], at: usize) -> io::Result<u16> {
    bytes_at(bytes, at).map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> io::Result<u32> {
    bytes_at(bytes, at).map(u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> io::Result<u64> {
    bytes_at(bytes, at).map(u64::from_ne_bytes)
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> io::Result<[u8; N]> {
    let end = at.checked_add(N).ok_or_else(damaged)?;
    bytes.get(at..end).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no bolt database, or a damaged one")
}
