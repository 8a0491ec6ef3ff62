//! Names, magic numbers and fixed parts of a block file.

use std::path::{Path, PathBuf};

use storage::TimeRange;

use durable::varint::Reader;

pub(crate) const MAGIC: [u8; 8] = *b"MenaraMB";
pub(crate) const END_MAGIC: [u8; 8] = *b"MenaraBE";
pub(crate) const VERSION: u32 = 1;
pub(crate) const HEADER_BYTES: usize = 68;
pub(crate) const TRAILER_BYTES: usize = 24;

/// The sections of a block file. Readers skip kinds they do not know; writers only ever add kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Section {
    Symbols = 1,
    Schemas = 2,
    Series = 3,
    Columns = 4,
    Chunks = 5,
    Sources = 6,
}

/// What the header of a block says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockMeta {
    /// 0: sealed from the head, 1: some hours, 2: a day.
    pub(crate) level: u32,
    /// First and last sample.
    pub(crate) range: TimeRange,
    /// Unique in the store; a later block has a larger one.
    pub(crate) sequence: u64,
    /// The generation it was sealed from; of a merge the largest.
    pub(crate) generation: u64,
    pub(crate) n_series: u64,
    pub(crate) n_samples: u64,
}

impl BlockMeta {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&self.level.to_le_bytes());
        out.extend_from_slice(&self.range.start_ms.to_le_bytes());
        out.extend_from_slice(&self.range.end_ms.to_le_bytes());
        for field in [self.sequence, self.generation, self.n_series, self.n_samples] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        let checksum = crc32c::crc32c(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        out
    }

    /// Reads a header; the error says what is wrong with it.
    pub(crate) fn decode(bytes: &[u8]) -> Result<BlockMeta, String> {
        let short = || "header is cut short".to_owned();
        let mut reader = Reader::new(bytes);
        if reader.take(8).ok_or_else(short)? != MAGIC {
            return Err("not a block, its first bytes differ".to_owned());
        }
        let version = reader.u32().ok_or_else(short)?;
        if version != VERSION {
            return Err(format!("block version {version} is not known to this program, which writes {VERSION}"));
        }
        let fields = bytes.get(..HEADER_BYTES - 4).ok_or_else(short)?;
        let mut checksum = Reader::new(&bytes[HEADER_BYTES - 4..]);
        if checksum.u32() != Some(crc32c::crc32c(fields)) {
            return Err("checksum of the header is wrong".to_owned());
        }
        let mut read = || -> Option<BlockMeta> {
            Some(BlockMeta {
                level: reader.u32()?,
                range: TimeRange { start_ms: reader.i64()?, end_ms: reader.i64()? },
                sequence: reader.u64()?,
                generation: reader.u64()?,
                n_series: reader.u64()?,
                n_samples: reader.u64()?,
            })
        };
        read().ok_or_else(short)
    }
}

/// The name of a block's file: its sequence number, by which a directory listing is in order of creation.
pub(crate) fn file_name(sequence: u64) -> PathBuf {
    PathBuf::from(format!("{sequence:010}.block"))
}

/// The sequence number of a block file's name.
pub(crate) fn parse_file_name(name: &Path) -> Option<u64> {
    name.to_str()?.strip_suffix(".block")?.parse().ok()
}
