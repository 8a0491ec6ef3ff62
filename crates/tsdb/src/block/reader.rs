//! Reading a block file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use durable::{FileSystem, ReadFile};
use parking_lot::Mutex;
use storage::{Error, ErrorKind, Result};

use super::chunk::Chunk;
use super::directory::Directory;
use super::index::Index;
use super::layout::{BlockMeta, END_MAGIC, HEADER_BYTES, Section, TRAILER_BYTES};
use super::times::{self, Runs, TimeColumn};
use crate::error::io_error;
use durable::varint::Reader;

/// An open block. Its index is read when a query first needs it and may be dropped again to save memory.
#[derive(Debug)]
pub(crate) struct BlockReader {
    path: PathBuf,
    file: Arc<dyn ReadFile>,
    pub(crate) meta: BlockMeta,
    pub(crate) len_bytes: u64,
    /// Sequence numbers of the blocks it replaces.
    pub(crate) sources: Vec<u64>,
    sections: Vec<SectionPlace>,
    index: Mutex<Option<Arc<BlockIndex>>>,
    /// When the index was used last, on the store's counter of queries.
    used: AtomicU64,
}

#[derive(Clone, Copy, Debug)]
struct SectionPlace {
    kind: u32,
    offset_bytes: u64,
    len_bytes: u64,
    checksum: u32,
}

/// What a query needs of a block besides the values.
#[derive(Debug)]
pub(crate) struct BlockIndex {
    pub(crate) index: Index,
    pub(crate) directory: Directory,
    pub(crate) columns: Vec<TimeColumn>,
    pub(crate) size_bytes: usize,
}

/// The times of a series in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SeriesPlace {
    pub(crate) column: u32,
    pub(crate) runs: u32,
}

impl BlockReader {
    /// Opens a block: header, table of contents and list of sources are read and checked.
    pub(crate) fn open(fs: &dyn FileSystem, path: &Path) -> Result<BlockReader> {
        let failed = |e| io_error("cannot open a block", e);
        let file = fs.open(path).map_err(failed)?;
        let len_bytes = file.len_bytes().map_err(failed)?;
        let corrupt = |what: &str| Error::new(ErrorKind::Corrupt, format!("{}: {what}", path.display()));
        if len_bytes < (HEADER_BYTES + TRAILER_BYTES) as u64 {
            return Err(corrupt("block is cut short"));
        }
        let mut header = [0; HEADER_BYTES];
        file.read_exact_at(&mut header, 0).map_err(failed)?;
        let meta = BlockMeta::decode(&header).map_err(|what| corrupt(&what))?;
        let sections = read_contents(&*file, len_bytes, &corrupt)?;
        let mut block = BlockReader {
            path: path.to_owned(),
            file,
            meta,
            len_bytes,
            sources: Vec::new(),
            sections,
            index: Mutex::new(None),
            used: AtomicU64::new(0),
        };
        block.sources = block
            .section(Section::Sources)?
            .chunks_exact(8)
            .filter_map(|bytes| bytes.try_into().ok().map(u64::from_le_bytes))
            .collect();
        Ok(block)
    }

    /// Orders blocks by when their samples were written, as far as merging has kept that apart.
    pub(crate) fn age(&self) -> (u64, u64) {
        (self.meta.generation, self.meta.sequence)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The index, read now if it is not in memory. `now` counts queries.
    pub(crate) fn index(&self, now: u64) -> Result<Arc<BlockIndex>> {
        self.used.store(now, Ordering::Relaxed);
        let mut cached = self.index.lock();
        if let Some(index) = &*cached {
            return Ok(Arc::clone(index));
        }
        let index = Arc::new(self.read_index()?);
        *cached = Some(Arc::clone(&index));
        Ok(index)
    }

    /// Reads and checks the index, without keeping it.
    pub(crate) fn read_index(&self) -> Result<BlockIndex> {
        let corrupt = || self.corrupt("index makes no sense");
        let index =
            Index::open(self.section(Section::Symbols)?, self.section(Section::Schemas)?).ok_or_else(corrupt)?;
        let directory = Directory::open(self.section(Section::Series)?, self.section(Section::Chunks)?);
        let directory = directory.ok_or_else(corrupt)?;
        let columns = times::decode_columns(&self.section(Section::Columns)?).ok_or_else(corrupt)?;
        // A series has a byte in its chunk at least. Columns of width nothing could else claim any number of series.
        let n_series = u64::from(index.n_series());
        if n_series != self.meta.n_series || n_series != directory.n_series() || n_series > self.len_bytes {
            return Err(corrupt());
        }
        let times_bytes: usize = columns.iter().map(|column| column.len() * 8 + 32).sum();
        let size_bytes = index.size_bytes() + directory.size_bytes() + times_bytes;
        Ok(BlockIndex { index, directory, columns, size_bytes })
    }

    /// Bytes of the index in memory and when it was used last.
    pub(crate) fn cached_index(&self) -> Option<(usize, u64)> {
        let cached = self.index.lock();
        cached.as_ref().map(|index| (index.size_bytes, self.used.load(Ordering::Relaxed)))
    }

    pub(crate) fn drop_index(&self) {
        *self.index.lock() = None;
    }

    /// Reads and checks a chunk; also the position of its first series.
    pub(crate) fn chunk(&self, index: &BlockIndex, number: usize) -> Result<(u32, Chunk)> {
        let place = index.directory.chunk(number).ok_or_else(|| self.corrupt("chunk directory is cut short"))?;
        let mut bytes = self.read(place.offset_bytes, u64::from(place.len_bytes) + 4)?;
        let checksum = bytes.split_off(place.len_bytes as usize);
        if checksum != crc32c::crc32c(&bytes).to_le_bytes() {
            return Err(self.corrupt(&format!("checksum of chunk {number} is wrong")));
        }
        let chunk = Chunk::open(bytes).ok_or_else(|| self.corrupt(&format!("chunk {number} makes no sense")))?;
        Ok((place.first_series, chunk))
    }

    pub(crate) fn corrupt(&self, what: &str) -> Error {
        Error::new(ErrorKind::Corrupt, format!("{}: {what}", self.path.display()))
    }

    fn section(&self, section: Section) -> Result<Vec<u8>> {
        let place = self.sections.iter().find(|place| place.kind == section as u32);
        let place = place.ok_or_else(|| self.corrupt(&format!("section {section:?} is missing")))?;
        let bytes = self.read(place.offset_bytes, place.len_bytes)?;
        if crc32c::crc32c(&bytes) != place.checksum {
            return Err(self.corrupt(&format!("checksum of section {section:?} is wrong")));
        }
        Ok(bytes)
    }

    fn read(&self, offset_bytes: u64, len_bytes: u64) -> Result<Vec<u8>> {
        // Looked at before memory is taken: a length that makes no sense may be any.
        let end = offset_bytes.checked_add(len_bytes);
        let len = usize::try_from(len_bytes).ok().filter(|_| end.is_some_and(|end| end <= self.len_bytes));
        let mut bytes = vec![0; len.ok_or_else(|| self.corrupt("a part lies behind the end of the file"))?];
        self.file.read_exact_at(&mut bytes, offset_bytes).map_err(|e| io_error("cannot read a block", e))?;
        Ok(bytes)
    }
}

impl BlockIndex {
    pub(crate) fn place(&self, series: u32) -> SeriesPlace {
        let (column, runs) = self.directory.times_of(series);
        SeriesPlace { column, runs }
    }

    /// All times of a place. `None` when the bytes make no sense.
    pub(crate) fn times_ms(&self, place: SeriesPlace) -> Option<Arc<[i64]>> {
        let (column, runs) = (self.columns.get(place.column as usize)?, self.runs(place)?);
        runs.select(column)
    }

    pub(crate) fn runs(&self, place: SeriesPlace) -> Option<&Runs> {
        self.directory.runs.get(place.runs as usize)
    }
}

fn read_contents(file: &dyn ReadFile, len_bytes: u64, corrupt: &dyn Fn(&str) -> Error) -> Result<Vec<SectionPlace>> {
    let failed = |e| io_error("cannot read a block", e);
    let mut trailer = [0; TRAILER_BYTES];
    let trailer_start = len_bytes - TRAILER_BYTES as u64;
    file.read_exact_at(&mut trailer, trailer_start).map_err(failed)?;
    let mut reader = Reader::new(&trailer);
    let (Some(offset), Some(len), Some(checksum)) = (reader.u64(), reader.u32(), reader.u32()) else {
        return Err(corrupt("trailer is cut short"));
    };
    if reader.rest() != END_MAGIC {
        return Err(corrupt("block does not end as one does"));
    }
    if offset.checked_add(u64::from(len)) != Some(trailer_start) {
        return Err(corrupt("table of contents is out of place"));
    }
    let mut contents = vec![0; len as usize];
    file.read_exact_at(&mut contents, offset).map_err(failed)?;
    if crc32c::crc32c_append(crc32c::crc32c(&contents), &trailer[..12]) != checksum {
        return Err(corrupt("checksum of the table of contents is wrong"));
    }
    parse_contents(&contents).ok_or_else(|| corrupt("table of contents makes no sense"))
}

fn parse_contents(contents: &[u8]) -> Option<Vec<SectionPlace>> {
    let mut reader = Reader::new(contents);
    let mut sections = Vec::new();
    for _ in 0..reader.u32()? {
        sections.push(SectionPlace {
            kind: reader.u32()?,
            offset_bytes: reader.u64()?,
            len_bytes: reader.u64()?,
            checksum: reader.u32()?,
        });
    }
    reader.is_empty().then_some(sections)
}
