//! Making the bytes of a block file. A block holds a few MiB of text, so it is put together in memory.

use std::io;
use std::sync::Arc;

use hashbrown::HashMap;
use storage::logs::Stream;

use super::codec::Codec;
use super::columns::{self, BlockStream, Frame, Minute};
use super::layout::{BlockMeta, Section, SectionPlace};
use crate::key::Key;
use crate::wal::Position;

/// Texts compressed together: what a reader must decompress to get one line. Larger frames were measured to gain nothing.
const FRAME_BYTES: usize = 256 << 10;
/// With more different metadata than this lines are not counted by it.
const MAX_COUNTED_METADATA: usize = 64;
/// Counters are left out when there are more than one for this many rows.
const ROWS_PER_COUNTER: usize = 4;

/// Lines to be written, and what they refer to.
#[derive(Debug, Default)]
pub(crate) struct BlockRows<'a> {
    /// Each once, in any order; each has a row.
    pub(crate) streams: Vec<Arc<Stream>>,
    pub(crate) texts: Vec<&'a [u8]>,
    /// Each once.
    pub(crate) metadata: Vec<&'a [u8]>,
    /// At least one; those of one stream and time in the order in which they were appended.
    pub(crate) rows: Vec<Row>,
}

/// A line to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) time_ns: i64,
    /// Its stream's place among the streams.
    pub(crate) stream: u32,
    /// Which of the texts holds it, and where.
    pub(crate) text: u32,
    pub(crate) start: u32,
    pub(crate) len_bytes: u32,
    /// Its metadata's place.
    pub(crate) metadata: u32,
}

/// What a block is, besides its lines.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) key: Key,
    pub(crate) level: u8,
    pub(crate) sequence: u64,
    pub(crate) through: Position,
    pub(crate) sources: Box<[u64]>,
}

/// The bytes of a block's file.
///
/// # Errors
/// What compression fails with.
pub(crate) fn build(mut lines: BlockRows<'_>, identity: Identity, codec: &Codec) -> io::Result<Vec<u8>> {
    let streams = sort(&mut lines);
    let (frames, body) = put_frames(&lines, codec)?;
    let times_ns: Vec<i64> = lines.rows.iter().map(|row| row.time_ns).collect();
    let rows = || lines.rows.iter();
    let mut raw = vec![
        (Section::Streams, columns::encode_streams(&streams)),
        (Section::Times, columns::encode_times(&times_ns, &streams)),
        (Section::Lengths, columns::encode_lengths(rows().map(|row| row.len_bytes))),
        (Section::Metadata, columns::encode_metadata(&lines.metadata, rows().map(|row| row.metadata))),
        (Section::Frames, columns::encode_frames(&frames)),
    ];
    if let Some(minutes) = count_minutes(&lines) {
        raw.push((Section::Minutes, columns::encode_minutes(&minutes)));
    }
    let meta = BlockMeta {
        key: identity.key,
        level: identity.level,
        first_ns: times_ns.iter().copied().min().unwrap_or_default(),
        last_ns: times_ns.iter().copied().max().unwrap_or_default(),
        n_rows: times_ns.len() as u64,
        text_bytes: rows().map(|row| u64::from(row.len_bytes)).sum(),
        sequence: identity.sequence,
        through: identity.through,
        n_streams: streams.len() as u32,
        sources: identity.sources,
    };
    put_together(&meta, &raw, &body, codec)
}

fn put_together(meta: &BlockMeta, raw: &[(Section, Vec<u8>)], body: &[Vec<u8>], codec: &Codec) -> io::Result<Vec<u8>> {
    let mut offset_bytes = meta.head_bytes(raw.len() + 1) as u64;
    let (mut places, mut sections) = (Vec::new(), Vec::new());
    for (section, raw) in raw {
        let bytes = codec.compress(raw)?;
        places.push(SectionPlace {
            kind: *section as u32,
            len_bytes: bytes.len() as u32,
            offset_bytes,
            raw_bytes: raw.len() as u32,
            checksum: crc32c::crc32c(&bytes),
        });
        offset_bytes += bytes.len() as u64;
        sections.push(bytes);
    }
    let body_bytes: usize = body.iter().map(Vec::len).sum();
    // Frames have checksums of their own.
    let length = body_bytes as u32;
    places.push(SectionPlace {
        kind: Section::Body as u32,
        len_bytes: length,
        offset_bytes,
        raw_bytes: length,
        checksum: 0,
    });
    let file_bytes = offset_bytes + body_bytes as u64;
    let mut out = meta.encode(&places, file_bytes);
    out.reserve_exact(file_bytes as usize - out.len());
    sections.iter().chain(body).for_each(|bytes| out.extend_from_slice(bytes));
    Ok(out)
}

/// Brings rows into the order of a block and renumbers their streams; returns these.
fn sort(lines: &mut BlockRows<'_>) -> Vec<BlockStream> {
    let mut order: Vec<u32> = (0..lines.streams.len() as u32).collect();
    order.sort_by(|&a, &b| lines.streams[a as usize].labels.cmp(&lines.streams[b as usize].labels));
    let mut ranks = vec![0; order.len()];
    order.iter().enumerate().for_each(|(rank, &stream)| ranks[stream as usize] = rank as u32);
    lines.rows.iter_mut().for_each(|row| row.stream = ranks[row.stream as usize]);
    lines.rows.sort_by_key(|row| (row.stream, row.time_ns));
    let mut streams: Vec<BlockStream> = Vec::with_capacity(order.len());
    for rows in lines.rows.chunk_by(|a, b| a.stream == b.stream) {
        let first_row = streams.last().map_or(0, |before| before.first_row + before.n_rows);
        streams.push(BlockStream {
            stream: Arc::clone(&lines.streams[order[streams.len()] as usize]),
            first_row,
            n_rows: rows.len() as u32,
            first_ns: rows[0].time_ns,
            last_ns: rows[rows.len() - 1].time_ns,
            text_bytes: rows.iter().map(|row| u64::from(row.len_bytes)).sum(),
        });
    }
    streams
}

fn put_frames(lines: &BlockRows<'_>, codec: &Codec) -> io::Result<(Vec<Frame>, Vec<Vec<u8>>)> {
    let (mut frames, mut body) = (Vec::new(), Vec::new());
    let mut raw: Vec<u8> = Vec::with_capacity(FRAME_BYTES);
    let (mut first_row, mut offset_bytes) = (0, 0);
    for (number, row) in lines.rows.iter().enumerate() {
        let start = row.start as usize;
        raw.extend_from_slice(&lines.texts[row.text as usize][start..start + row.len_bytes as usize]);
        let next = number as u32 + 1;
        let follows = lines.rows.get(number + 1).map(|row| row.len_bytes as usize);
        if follows.is_none_or(|len_bytes| raw.len() + len_bytes > FRAME_BYTES) {
            let bytes = codec.compress(&raw)?;
            frames.push(Frame {
                first_row,
                n_rows: next - first_row,
                raw_bytes: raw.len() as u32,
                len_bytes: bytes.len() as u32,
                offset_bytes,
                checksum: crc32c::crc32c(&bytes),
            });
            offset_bytes += bytes.len() as u64;
            first_row = next;
            body.push(bytes);
            raw.clear();
        }
    }
    Ok((frames, body))
}

/// Counts rows by stream, minute and metadata, if that is much shorter than the rows.
fn count_minutes(lines: &BlockRows<'_>) -> Option<Vec<Minute>> {
    if lines.metadata.len() > MAX_COUNTED_METADATA {
        return None;
    }
    let most = lines.rows.len() / ROWS_PER_COUNTER + MAX_COUNTED_METADATA;
    let mut minutes: Vec<Minute> = Vec::new();
    let mut places: HashMap<u32, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut current = None;
    for row in &lines.rows {
        let minute = columns::minute_of(row.time_ns);
        if current != Some((row.stream, minute)) {
            current = Some((row.stream, minute));
            places.clear();
        }
        let next = minutes.len();
        let place = *places.entry(row.metadata).or_insert(next);
        if place == next {
            if next >= most {
                return None;
            }
            let (stream, metadata) = (row.stream, row.metadata);
            minutes.push(Minute { stream, minute, metadata, n_rows: 0, text_bytes: 0 });
        }
        minutes[place].n_rows += 1;
        minutes[place].text_bytes += u64::from(row.len_bytes);
    }
    Some(minutes)
}
