//! Where the values of each series of a block stand: its time column, its rows of it, its chunk.

use super::times::{self, Runs};
use crate::bits::{self, PackedColumn};
use durable::varint::{self, Reader};

const CHUNK_ENTRY_BYTES: usize = 16;

/// Encodes the series section: two bit-packed columns and the table of runs.
pub(crate) fn encode_series(series: &[(u32, u32)], runs: &[Runs]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, series.len() as u64);
    let (columns, runs_of): (Vec<u32>, Vec<u32>) = series.iter().copied().unzip();
    for numbers in [columns, runs_of] {
        let width = bits::width_of(numbers.iter().copied().max().unwrap_or(0));
        out.push(width as u8);
        bits::pack(&mut out, numbers.into_iter(), width);
    }
    times::encode_runs(&mut out, runs);
    out
}

/// One chunk in the chunk directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChunkPlace {
    /// Position in the block of the first series whose page it holds.
    pub(crate) first_series: u32,
    /// Bytes without the checksum.
    pub(crate) len_bytes: u32,
    pub(crate) offset_bytes: u64,
}

pub(crate) fn encode_chunks(chunks: &[ChunkPlace]) -> Vec<u8> {
    let mut out = Vec::with_capacity(chunks.len() * CHUNK_ENTRY_BYTES);
    for chunk in chunks {
        out.extend_from_slice(&chunk.first_series.to_le_bytes());
        out.extend_from_slice(&chunk.len_bytes.to_le_bytes());
        out.extend_from_slice(&chunk.offset_bytes.to_le_bytes());
    }
    out
}

/// The directory of a block, read in place.
#[derive(Debug)]
pub(crate) struct Directory {
    series: Vec<u8>,
    n_series: usize,
    /// Width and place of the two packed columns: time column, runs.
    packed: [(u32, usize, usize); 2],
    pub(crate) runs: Vec<Runs>,
    chunks: Vec<u8>,
}

impl Directory {
    /// Takes the two sections apart. `None` when the bytes make no sense.
    pub(crate) fn open(series: Vec<u8>, chunks: Vec<u8>) -> Option<Directory> {
        let mut reader = Reader::new(&series);
        let n_series = reader.count()?;
        let mut packed = [(0, 0, 0); 2];
        for place in &mut packed {
            let width = u32::from(reader.byte()?);
            let start = series.len() - reader.rest().len();
            let column = reader.take(bits::packed_bytes(n_series, width))?;
            PackedColumn::new(column, n_series, width)?;
            *place = (width, start, start + column.len());
        }
        let runs = times::decode_runs(&mut reader)?;
        (reader.is_empty() && chunks.len().is_multiple_of(CHUNK_ENTRY_BYTES)).then_some(())?;
        Some(Directory { series, n_series, packed, runs, chunks })
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.series.len() + self.chunks.len() + self.runs.len() * 32
    }

    pub(crate) fn n_series(&self) -> u64 {
        self.n_series as u64
    }

    /// The number of the time column and of the runs of a series.
    pub(crate) fn times_of(&self, series: u32) -> (u32, u32) {
        let get = |(width, start, end): (u32, usize, usize)| {
            let column = PackedColumn::new(&self.series[start..end], self.n_series, width);
            column.map_or(0, |column| column.get(series as usize))
        };
        (get(self.packed[0]), get(self.packed[1]))
    }

    /// The number of the chunk that holds a series.
    pub(crate) fn chunk_of(&self, series: u32) -> Option<usize> {
        let (mut low, mut high) = (0, self.chunks.len() / CHUNK_ENTRY_BYTES);
        while low < high {
            let middle = (low + high) / 2;
            if self.chunk(middle)?.first_series <= series { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    pub(crate) fn chunk(&self, number: usize) -> Option<ChunkPlace> {
        let mut reader = Reader::new(self.chunks.get(number * CHUNK_ENTRY_BYTES..)?);
        Some(ChunkPlace { first_series: reader.u32()?, len_bytes: reader.u32()?, offset_bytes: reader.u64()? })
    }
}
