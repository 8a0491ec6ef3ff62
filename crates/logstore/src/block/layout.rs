//! Names, magic numbers and the head of a block file.

use std::path::{Path, PathBuf};

use model::Labels;

use crate::key::{Key, day_name};
use crate::wal::Position;
use durable::varint::Reader;

pub(crate) const MAGIC: [u8; 8] = *b"MenaraLB";
pub(crate) const VERSION: u32 = 1;
/// The body is the lines' texts, one behind the other in compressed frames. Other bodies come with other numbers.
pub(crate) const MODE_ROWS: u8 = 1;
/// The fixed part of the head; group, sources, table of sections and checksum follow.
pub(crate) const FIXED_BYTES: usize = 104;
const SECTION_BYTES: usize = 24;
/// Larger heads are taken for damage.
const MAX_HEAD_BYTES: usize = 16 << 20;

/// The sections of a block file. Readers skip kinds they do not know; writers only ever add kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Section {
    Streams = 1,
    Times = 2,
    Lengths = 3,
    Metadata = 4,
    Minutes = 5,
    Frames = 6,
    Body = 7,
}

/// What the head of a block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockMeta {
    pub(crate) key: Key,
    /// 0: sealed from the head, 1: merged.
    pub(crate) level: u8,
    pub(crate) first_ns: i64,
    pub(crate) last_ns: i64,
    pub(crate) n_rows: u64,
    /// Bytes of the texts.
    pub(crate) text_bytes: u64,
    /// Unique in the store; a later block has a larger one.
    pub(crate) sequence: u64,
    /// All lines of the key in the log up to here are in this block or in others.
    pub(crate) through: Position,
    pub(crate) n_streams: u32,
    /// Sequence numbers of the blocks that it replaces.
    pub(crate) sources: Box<[u64]>,
}

/// Where a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectionPlace {
    pub(crate) kind: u32,
    pub(crate) len_bytes: u32,
    pub(crate) offset_bytes: u64,
    /// Length once decompressed.
    pub(crate) raw_bytes: u32,
    pub(crate) checksum: u32,
}

impl BlockMeta {
    /// The length of the head with this many sections.
    pub(crate) fn head_bytes(&self, n_sections: usize) -> usize {
        FIXED_BYTES + self.key.group.as_bytes().len() + self.sources.len() * 8 + n_sections * SECTION_BYTES + 4
    }

    pub(crate) fn encode(&self, sections: &[SectionPlace], file_bytes: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.head_bytes(sections.len()));
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[MODE_ROWS, self.level, 0, 0]);
        out.extend_from_slice(&file_bytes.to_le_bytes());
        out.extend_from_slice(&self.key.tenant.to_le_bytes());
        out.extend_from_slice(&self.key.day.to_le_bytes());
        for time_ns in [self.first_ns, self.last_ns] {
            out.extend_from_slice(&time_ns.to_le_bytes());
        }
        let numbers = [self.n_rows, self.text_bytes, self.sequence, self.through.segment, self.through.end_bytes];
        for number in numbers {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let group = self.key.group.as_bytes();
        for count in [sections.len(), self.n_streams as usize, group.len(), self.sources.len()] {
            out.extend_from_slice(&(count as u32).to_le_bytes());
        }
        out.extend_from_slice(group);
        self.sources.iter().for_each(|source| out.extend_from_slice(&source.to_le_bytes()));
        for section in sections {
            out.extend_from_slice(&section.kind.to_le_bytes());
            out.extend_from_slice(&section.len_bytes.to_le_bytes());
            out.extend_from_slice(&section.offset_bytes.to_le_bytes());
            out.extend_from_slice(&section.raw_bytes.to_le_bytes());
            out.extend_from_slice(&section.checksum.to_le_bytes());
        }
        let checksum = crc32c::crc32c(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        out
    }

    /// The length of the head that begins with these bytes, after a look at version and mode; the error says what is wrong.
    pub(crate) fn head_len(fixed: &[u8]) -> Result<usize, String> {
        let short = || "block is cut short".to_owned();
        let mut reader = Reader::new(fixed.get(..FIXED_BYTES).ok_or_else(short)?);
        if reader.take(8) != Some(&MAGIC[..]) {
            return Err("not a block of lines, its first bytes differ".to_owned());
        }
        let version = reader.u32().ok_or_else(short)?;
        if version != VERSION {
            return Err(format!("block version {version} is not known to this program, which writes {VERSION}"));
        }
        let mut counts = Reader::new(&fixed[FIXED_BYTES - 16..FIXED_BYTES]);
        let mut count = || counts.u32().map(|n| n as usize).ok_or_else(short);
        let (n_sections, _, group_bytes, n_sources) = (count()?, count()?, count()?, count()?);
        let len = FIXED_BYTES + group_bytes + n_sources * 8 + n_sections * SECTION_BYTES + 4;
        if len > MAX_HEAD_BYTES { Err("head of the block makes no sense".to_owned()) } else { Ok(len) }
    }

    /// Reads a whole head: what it says, its sections, and the length of the file; the error says what is wrong.
    pub(crate) fn decode(head: &[u8]) -> Result<(BlockMeta, Box<[SectionPlace]>, u64), String> {
        let (fields, checksum) = head.split_at_checked(head.len().wrapping_sub(4)).unwrap_or_default();
        if checksum != crc32c::crc32c(fields).to_le_bytes() {
            return Err("checksum of the head is wrong".to_owned());
        }
        let mode = fields.get(12).copied().unwrap_or_default();
        if mode != MODE_ROWS {
            return Err(format!("block mode {mode} is not known to this program, which writes {MODE_ROWS}"));
        }
        Self::decode_fields(fields).ok_or_else(|| "head of the block makes no sense".to_owned())
    }

    fn decode_fields(fields: &[u8]) -> Option<(BlockMeta, Box<[SectionPlace]>, u64)> {
        let mut reader = Reader::new(fields);
        reader.take(13)?;
        let level = reader.byte()?;
        reader.take(2)?;
        let file_bytes = reader.u64()?;
        let (tenant, day) = (reader.u32()?, reader.i32()?);
        let (first_ns, last_ns) = (reader.i64()?, reader.i64()?);
        let (n_rows, text_bytes, sequence) = (reader.u64()?, reader.u64()?, reader.u64()?);
        let through = Position { segment: reader.u64()?, end_bytes: reader.u64()? };
        let (n_sections, n_streams) = (reader.u32()?, reader.u32()?);
        let (group_bytes, n_sources) = (reader.u32()? as usize, reader.u32()?);
        let group = Labels::from_bytes(reader.take(group_bytes)?).ok()?;
        let sources = (0..n_sources).map(|_| reader.u64()).collect::<Option<Box<[u64]>>>()?;
        let section = |_| {
            Some(SectionPlace {
                kind: reader.u32()?,
                len_bytes: reader.u32()?,
                offset_bytes: reader.u64()?,
                raw_bytes: reader.u32()?,
                checksum: reader.u32()?,
            })
        };
        let sections = (0..n_sections).map(section).collect::<Option<Box<[SectionPlace]>>>()?;
        let key = Key { tenant, day, group };
        let is_sound = reader.is_empty() && first_ns <= last_ns && n_rows > 0 && n_rows <= u64::from(u32::MAX);
        let meta =
            BlockMeta { key, level, first_ns, last_ns, n_rows, text_bytes, sequence, through, n_streams, sources };
        is_sound.then_some((meta, sections, file_bytes))
    }
}

/// The name of a block's file: its day, so that a directory listing shows the partitions, and its sequence number.
pub(crate) fn file_name(day: i32, sequence: u64) -> PathBuf {
    PathBuf::from(format!("{}-{sequence:010}.block", day_name(day)))
}

/// The sequence number of a block file's name.
pub(crate) fn parse_file_name(name: &Path) -> Option<u64> {
    let (day, sequence) = name.to_str()?.strip_suffix(".block")?.split_once('-')?;
    if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) { sequence.parse().ok() } else { None }
}
