//! Writing a block file, chunk by chunk, so that memory does not grow with the block.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::atomic::UNFINISHED_SUFFIX;
use durable::{FileSystem, LogFile};
use storage::{Error, ErrorKind, Result};

use super::chunk::ChunkBuilder;
use super::directory::{self, ChunkPlace};
use super::index::BuiltIndex;
use super::layout::{BlockMeta, END_MAGIC, Section, file_name};
use super::times::{self, Runs, TimeColumn};
use crate::error::io_error;

/// Pages share metadata, which pays below some hundred samples; a chunk is also what a reader must read to get one series.
const CHUNK_SAMPLES: usize = 64 << 10;
const CHUNK_PAGES: usize = 256;
/// Written to the file at once.
const BUFFER_BYTES: usize = 256 << 10;

/// The times of one series of a block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockSeries {
    /// Number of its time column.
    pub(crate) column: u32,
    /// Number of its runs.
    pub(crate) runs: u32,
}

/// Everything of a block but the values.
#[derive(Debug)]
pub(crate) struct BlockPlan {
    pub(crate) meta: BlockMeta,
    pub(crate) index: BuiltIndex,
    pub(crate) columns: Vec<TimeColumn>,
    pub(crate) runs: Vec<Runs>,
    /// In block order.
    pub(crate) series: Vec<BlockSeries>,
    /// Sequence numbers of the blocks that this one replaces.
    pub(crate) sources: Vec<u64>,
}

/// Writes a block and makes it durable. `values` is called once per series in block order and appends its values. Returns the path.
///
/// # Errors
/// `Io` or `Full`, with what stands there removed again; what `values` fails with.
pub(crate) fn write_block(
    fs: &dyn FileSystem,
    dir: &Path,
    plan: &BlockPlan,
    values: &mut dyn FnMut(usize, &mut Vec<f64>) -> Result<()>,
) -> Result<PathBuf> {
    let path = dir.join(file_name(plan.meta.sequence));
    let mut unfinished = OsString::from(&path);
    unfinished.push(UNFINISHED_SUFFIX);
    let unfinished = PathBuf::from(unfinished);
    let written = write_unfinished(fs, &unfinished, plan, values).and_then(|()| {
        let moved = fs.rename(&unfinished, &path).and_then(|()| fs.sync_dir(dir));
        moved.map_err(|e| io_error("cannot put the block in place", e))
    });
    if written.is_err() {
        // The error that matters is the one above; a leftover is removed or read twice without harm at the next start.
        fs.remove(&unfinished).ok();
        fs.remove(&path).ok();
    }
    written.map(|()| path)
}

fn write_unfinished(
    fs: &dyn FileSystem,
    path: &Path,
    plan: &BlockPlan,
    values: &mut dyn FnMut(usize, &mut Vec<f64>) -> Result<()>,
) -> Result<()> {
    let failed = |e| io_error("cannot write a block", e);
    fs.remove(path).map_err(failed)?;
    let mut file = BlockFile::new(fs.create(path).map_err(failed)?);
    file.put(&plan.meta.encode()).map_err(failed)?;
    let chunks = write_chunks(&mut file, plan, values)?;
    let sources: Vec<u8> = plan.sources.iter().flat_map(|sequence| sequence.to_le_bytes()).collect();
    let sections = [
        (Section::Symbols, &plan.index.symbols),
        (Section::Schemas, &plan.index.schemas),
        (Section::Series, &encode_series(plan)),
        (Section::Columns, &times::encode_columns(&plan.columns)),
        (Section::Chunks, &directory::encode_chunks(&chunks)),
        (Section::Sources, &sources),
    ];
    file.finish(&sections).map_err(failed)
}

fn encode_series(plan: &BlockPlan) -> Vec<u8> {
    let series: Vec<(u32, u32)> = plan.series.iter().map(|s| (s.column, s.runs)).collect();
    directory::encode_series(&series, &plan.runs)
}

/// Cuts the series into chunks: one metric each, of bounded size.
fn write_chunks(
    file: &mut BlockFile,
    plan: &BlockPlan,
    values: &mut dyn FnMut(usize, &mut Vec<f64>) -> Result<()>,
) -> Result<Vec<ChunkPlace>> {
    let mut chunks = Vec::new();
    let mut builder = ChunkBuilder::default();
    let (mut column, mut n_samples, mut first_series) = (Vec::new(), 0, 0);
    for series in 0..plan.series.len() {
        column.clear();
        values(series, &mut column)?;
        let other_metric = series > 0 && plan.index.metric_of[series] != plan.index.metric_of[series - 1];
        let full = builder.len() == CHUNK_PAGES || n_samples + column.len() > CHUNK_SAMPLES;
        if !builder.is_empty() && (other_metric || full) {
            chunks.push(file.put_chunk(&mut builder, first_series)?);
            n_samples = 0;
        }
        if builder.is_empty() {
            first_series = series as u32;
        }
        n_samples += column.len();
        builder.push(&column);
    }
    if !builder.is_empty() {
        chunks.push(file.put_chunk(&mut builder, first_series)?);
    }
    Ok(chunks)
}

/// The file being written, with a buffer before it.
struct BlockFile {
    file: Arc<dyn LogFile>,
    buffer: Vec<u8>,
    offset_bytes: u64,
}

impl BlockFile {
    fn new(file: Arc<dyn LogFile>) -> BlockFile {
        BlockFile { file, buffer: Vec::with_capacity(BUFFER_BYTES), offset_bytes: 0 }
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        self.offset_bytes += bytes.len() as u64;
        if self.buffer.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let result = self.file.append(&self.buffer);
        self.buffer.clear();
        result
    }

    fn put_chunk(&mut self, builder: &mut ChunkBuilder, first_series: u32) -> Result<ChunkPlace> {
        let bytes =
            builder.finish().map_err(|e| Error::with_source(ErrorKind::Invalid, "cannot compress a chunk", e))?;
        let place = ChunkPlace { first_series, len_bytes: bytes.len() as u32, offset_bytes: self.offset_bytes };
        let failed = |e| io_error("cannot write a chunk", e);
        self.put(&bytes).map_err(failed)?;
        self.put(&crc32c::crc32c(&bytes).to_le_bytes()).map_err(failed)?;
        Ok(place)
    }

    /// Appends the sections, the table of contents and the trailer, and makes the file durable.
    fn finish(&mut self, sections: &[(Section, &Vec<u8>)]) -> std::io::Result<()> {
        let mut contents = Vec::new();
        contents.extend_from_slice(&(sections.len() as u32).to_le_bytes());
        for (section, bytes) in sections {
            contents.extend_from_slice(&(*section as u32).to_le_bytes());
            contents.extend_from_slice(&self.offset_bytes.to_le_bytes());
            contents.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            contents.extend_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
            self.put(bytes)?;
        }
        let mut trailer = Vec::new();
        trailer.extend_from_slice(&self.offset_bytes.to_le_bytes());
        trailer.extend_from_slice(&(contents.len() as u32).to_le_bytes());
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&contents), &trailer);
        trailer.extend_from_slice(&checksum.to_le_bytes());
        trailer.extend_from_slice(&END_MAGIC);
        self.put(&contents)?;
        self.put(&trailer)?;
        self.flush()?;
        self.file.sync()
    }
}
