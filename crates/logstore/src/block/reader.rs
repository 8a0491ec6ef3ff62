//! Reading a block file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use durable::FileSystem;
use storage::{Error, ErrorKind, Result};

use super::cache::{Cache, Part, PartName};
use super::codec::Codec;
use super::columns::{self, BlockStream, Columns, Frame, MetadataColumn, Minute};
use super::layout::{BlockMeta, FIXED_BYTES, Section, SectionPlace};
use crate::error::io_error;

/// Read at the start of a file; most heads are shorter.
const FIRST_READ_BYTES: u64 = 2048;
/// What claims to be larger is taken for damage.
const MAX_RAW_BYTES: u32 = 1 << 29;

/// A block. Of its content only the head is in memory.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) path: PathBuf,
    pub(crate) meta: BlockMeta,
    pub(crate) len_bytes: u64,
    sections: Box<[SectionPlace]>,
    fs: Arc<dyn FileSystem>,
    /// Whether the file goes when nobody reads it any more.
    doomed: AtomicBool,
}

/// Streams and frames of a block.
#[derive(Debug)]
pub(crate) struct Index {
    /// In the order of their labels, and of their rows.
    pub(crate) streams: Vec<BlockStream>,
    pub(crate) frames: Vec<Frame>,
}

/// A block being read, with what reading takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) block: &'a Block,
    pub(crate) cache: &'a Cache,
    pub(crate) codec: &'a Codec,
}

impl Index {
    pub(crate) fn size_bytes(&self) -> usize {
        let labels: usize = self.streams.iter().map(|stream| stream.stream.labels.as_bytes().len() + 48).sum();
        labels + self.streams.len() * size_of::<BlockStream>() + self.frames.len() * size_of::<Frame>()
    }
}

impl Block {
    /// Opens a block: its head is read and checked.
    ///
    /// # Errors
    /// `Corrupt` for damage and unknown versions, `Io`.
    pub(crate) fn open(fs: &Arc<dyn FileSystem>, path: &Path) -> Result<Block> {
        let failed = |e| io_error("cannot open a block", e);
        let corrupt = |what: &str| Error::new(ErrorKind::Corrupt, format!("{}: {what}", path.display()));
        let file = fs.open(path).map_err(failed)?;
        let len_bytes = file.len_bytes().map_err(failed)?;
        let mut head = vec![0; len_bytes.min(FIRST_READ_BYTES) as usize];
        file.read_exact_at(&mut head, 0).map_err(failed)?;
        let head_len = BlockMeta::head_len(head.get(..FIXED_BYTES).unwrap_or(&head)).map_err(|what| corrupt(&what))?;
        if head_len as u64 > len_bytes {
            return Err(corrupt("block is cut short"));
        }
        head.resize(head_len, 0);
        file.read_exact_at(&mut head, 0).map_err(failed)?;
        let (meta, sections, file_bytes) = BlockMeta::decode(&head).map_err(|what| corrupt(&what))?;
        if file_bytes != len_bytes {
            return Err(corrupt("block is not as long as its head says"));
        }
        let (path, fs) = (path.to_owned(), Arc::clone(fs));
        Ok(Block { path, meta, len_bytes, sections, fs, doomed: AtomicBool::new(false) })
    }

    /// Removes the file once nobody reads it any more.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn corrupt(&self, what: &str) -> Error {
        Error::new(ErrorKind::Corrupt, format!("{}: {what}", self.path.display()))
    }

    fn place(&self, section: Section) -> Option<&SectionPlace> {
        self.sections.iter().find(|place| place.kind == section as u32)
    }

    fn read(&self, offset_bytes: u64, len_bytes: u32) -> Result<Vec<u8>> {
        // Looked at before memory is taken: a length that makes no sense may be any.
        let end = offset_bytes.checked_add(u64::from(len_bytes));
        if end.is_none_or(|end| end > self.len_bytes) {
            return Err(self.corrupt("a part lies behind the end of the file"));
        }
        let failed = |e| io_error("cannot read a block", e);
        let mut bytes = vec![0; len_bytes as usize];
        let file = self.fs.open(&self.path).map_err(failed)?;
        file.read_exact_at(&mut bytes, offset_bytes).map_err(failed)?;
        Ok(bytes)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if self.doomed.load(Ordering::Relaxed)
            && let Err(error) = self.fs.remove(&self.path)
        {
            tracing::warn!(%error, "cannot remove a block that is done with; the next start tries again");
        }
    }
}

impl Reading<'_> {
    pub(crate) fn index(&self) -> Result<Arc<Index>> {
        let part = self.part(PartName::Index, &|| {
            let streams = columns::decode_streams(&self.section(Section::Streams)?);
            let frames = columns::decode_frames(&self.section(Section::Frames)?);
            let senseless = || self.block.corrupt("index makes no sense");
            let index = Index { streams: streams.ok_or_else(senseless)?, frames: frames.ok_or_else(senseless)? };
            if self.is_sound(&index) { Ok(Part::Index(Arc::new(index))) } else { Err(senseless()) }
        })?;
        match part {
            Part::Index(index) => Ok(index),
            _ => Err(self.block.corrupt("index is kept under a wrong name")),
        }
    }

    fn is_sound(&self, index: &Index) -> bool {
        let meta = &self.block.meta;
        let stream_rows: u64 = index.streams.iter().map(|stream| u64::from(stream.n_rows)).sum();
        let frame_rows: u64 = index.frames.iter().map(|frame| u64::from(frame.n_rows)).sum();
        let text_bytes: u64 = index.frames.iter().map(|frame| u64::from(frame.raw_bytes)).sum();
        let range_ns = index.streams.iter().map(|stream| (stream.first_ns, stream.last_ns));
        let range_ns = range_ns.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        index.streams.len() == meta.n_streams as usize
            && stream_rows == meta.n_rows
            && frame_rows == meta.n_rows
            && text_bytes == meta.text_bytes
            && range_ns == Some((meta.first_ns, meta.last_ns))
            && index.frames.iter().all(|frame| frame.raw_bytes <= MAX_RAW_BYTES)
    }

    pub(crate) fn columns(&self, index: &Index) -> Result<Arc<Columns>> {
        let part = self.part(PartName::Columns, &|| {
            let (times, lengths) = (self.section(Section::Times)?, self.section(Section::Lengths)?);
            let columns = Columns::decode(&times, &lengths, &index.streams, &index.frames);
            let columns = columns.ok_or_else(|| self.block.corrupt("times or lengths make no sense"))?;
            Ok(Part::Columns(Arc::new(columns)))
        })?;
        match part {
            Part::Columns(columns) => Ok(columns),
            _ => Err(self.block.corrupt("columns are kept under a wrong name")),
        }
    }

    pub(crate) fn metadata(&self) -> Result<Arc<MetadataColumn>> {
        let part = self.part(PartName::Metadata, &|| {
            let metadata = MetadataColumn::decode(&self.section(Section::Metadata)?, self.block.meta.n_rows as usize);
            let metadata = metadata.ok_or_else(|| self.block.corrupt("structured metadata makes no sense"))?;
            Ok(Part::Metadata(Arc::new(metadata)))
        })?;
        match part {
            Part::Metadata(metadata) => Ok(metadata),
            _ => Err(self.block.corrupt("metadata is kept under a wrong name")),
        }
    }

    /// Counters by minute, if the block has them.
    pub(crate) fn minutes(&self) -> Result<Option<Arc<Vec<Minute>>>> {
        if self.block.place(Section::Minutes).is_none() {
            return Ok(None);
        }
        let part = self.part(PartName::Minutes, &|| {
            let minutes = self.section(Section::Minutes)?;
            let minutes = columns::decode_minutes(&minutes, self.block.meta.n_streams as usize);
            let minutes = minutes.ok_or_else(|| self.block.corrupt("counters make no sense"))?;
            let (n_rows, text_bytes) = minutes.iter().fold((0u64, 0u64), |(n_rows, text_bytes), minute| {
                (n_rows.wrapping_add(minute.n_rows), text_bytes.wrapping_add(minute.text_bytes))
            });
            if n_rows == self.block.meta.n_rows && text_bytes == self.block.meta.text_bytes {
                Ok(Part::Minutes(Some(Arc::new(minutes))))
            } else {
                Err(self.block.corrupt("counters make no sense"))
            }
        })?;
        match part {
            Part::Minutes(minutes) => Ok(minutes),
            _ => Err(self.block.corrupt("counters are kept under a wrong name")),
        }
    }

    /// The texts of a frame.
    pub(crate) fn frame(&self, index: &Index, number: usize) -> Result<Arc<Vec<u8>>> {
        let part = self.part(PartName::Frame(number as u32), &|| {
            let frame = &index.frames[number];
            let body = self.block.place(Section::Body).ok_or_else(|| self.block.corrupt("body is missing"))?;
            let offset_bytes = body.offset_bytes.saturating_add(frame.offset_bytes);
            let bytes = self.block.read(offset_bytes, frame.len_bytes)?;
            if crc32c::crc32c(&bytes) != frame.checksum {
                return Err(self.block.corrupt(&format!("checksum of frame {number} is wrong")));
            }
            let raw = self.codec.decompress(&bytes, frame.raw_bytes as usize);
            let raw = raw.map_err(|_| self.block.corrupt(&format!("frame {number} makes no sense")))?;
            Ok(Part::Frame(Arc::new(raw)))
        })?;
        match part {
            Part::Frame(frame) => Ok(frame),
            _ => Err(self.block.corrupt("frame is kept under a wrong name")),
        }
    }

    /// Reads every part, so that whoever removes what the block replaces knows that nothing is lost.
    pub(crate) fn verify(&self) -> Result<()> {
        let index = self.index()?;
        self.columns(&index)?;
        self.metadata()?;
        self.minutes()?;
        (0..index.frames.len()).try_for_each(|number| self.frame(&index, number).map(drop))
    }

    fn part(&self, name: PartName, read: &dyn Fn() -> Result<Part>) -> Result<Part> {
        let sequence = self.block.meta.sequence;
        if let Some(part) = self.cache.get(sequence, name) {
            return Ok(part);
        }
        let part = read()?;
        self.cache.put(sequence, name, &part);
        Ok(part)
    }

    /// Reads, checks and decompresses a section.
    fn section(&self, section: Section) -> Result<Vec<u8>> {
        let missing = || self.block.corrupt(&format!("section {section:?} is missing"));
        let place = self.block.place(section).ok_or_else(missing)?;
        let bytes = self.block.read(place.offset_bytes, place.len_bytes)?;
        if crc32c::crc32c(&bytes) != place.checksum {
            return Err(self.block.corrupt(&format!("checksum of section {section:?} is wrong")));
        }
        let senseless = || self.block.corrupt(&format!("section {section:?} makes no sense"));
        if place.raw_bytes > MAX_RAW_BYTES {
            return Err(senseless());
        }
        self.codec.decompress(&bytes, place.raw_bytes as usize).map_err(|_| senseless())
    }
}
