//! The encodings of sections other than the body. Rows are in order of their streams, then of time.

use std::sync::Arc;

use model::Labels;
use storage::logs::Stream;

use durable::varint::{self, Reader};

pub(crate) const MINUTE_NS: i64 = 60_000_000_000;
/// Units that times may be whole numbers of.
const UNITS_NS: [i64; 4] = [1, 1_000, 1_000_000, 1_000_000_000];

/// One stream of a block and its rows.
#[derive(Clone, Debug)]
pub(crate) struct BlockStream {
    pub(crate) stream: Arc<Stream>,
    pub(crate) first_row: u32,
    pub(crate) n_rows: u32,
    pub(crate) first_ns: i64,
    pub(crate) last_ns: i64,
    pub(crate) text_bytes: u64,
}

/// Where a frame of texts is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) first_row: u32,
    pub(crate) n_rows: u32,
    pub(crate) raw_bytes: u32,
    pub(crate) len_bytes: u32,
    /// From the beginning of the body.
    pub(crate) offset_bytes: u64,
    pub(crate) checksum: u32,
}

/// Times and lengths of all rows.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) times_ns: Vec<i64>,
    /// Where the text of each row ends in its frame.
    pub(crate) ends: Vec<u32>,
}

/// The structured metadata of all rows.
#[derive(Debug)]
pub(crate) struct MetadataColumn {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// Empty when all rows have the same.
    numbers: Vec<u32>,
}

/// Rows of one stream and one metadata in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Minute {
    pub(crate) stream: u32,
    /// Minute `m` is the time from `m` minutes on, but not that moment, to `m + 1` minutes and with that moment: as windows of queries are.
    pub(crate) minute: i64,
    pub(crate) metadata: u32,
    pub(crate) n_rows: u64,
    pub(crate) text_bytes: u64,
}

/// The minute that counts a time.
pub(crate) fn minute_of(time_ns: i64) -> i64 {
    time_ns.div_euclid(MINUTE_NS) - i64::from(time_ns.rem_euclid(MINUTE_NS) == 0)
}

pub(crate) fn encode_streams(streams: &[BlockStream]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, streams.len() as u64);
    for stream in streams {
        varint::put_bytes(&mut out, stream.stream.labels.as_bytes());
        varint::put(&mut out, u64::from(stream.n_rows));
        out.extend_from_slice(&stream.first_ns.to_le_bytes());
        varint::put(&mut out, stream.last_ns.wrapping_sub(stream.first_ns) as u64);
        varint::put(&mut out, stream.text_bytes);
    }
    out
}

pub(crate) fn decode_streams(bytes: &[u8]) -> Option<Vec<BlockStream>> {
    let mut reader = Reader::new(bytes);
    let n_streams = reader.count()?;
    let mut streams: Vec<BlockStream> = Vec::with_capacity(n_streams.min(bytes.len() / 8));
    let mut first_row = 0u32;
    for _ in 0..n_streams {
        let labels = Labels::from_bytes(reader.bytes()?).ok()?;
        let n_rows = reader.small().filter(|&n| n > 0)?;
        let first_ns = reader.i64()?;
        let last_ns = first_ns.checked_add_unsigned(reader.varint()?)?;
        let text_bytes = reader.varint()?;
        let ascends = streams.last().is_none_or(|before| before.stream.labels < labels);
        let stream = Arc::new(Stream { labels });
        streams.push(BlockStream { stream, first_row, n_rows, first_ns, last_ns, text_bytes });
        first_row = first_row.checked_add(n_rows).filter(|_| ascends)?;
    }
    reader.is_empty().then_some(streams)
}

/// Per stream the distances of its times in the largest unit that fits all; its first time stands with the stream.
pub(crate) fn encode_times(times_ns: &[i64], streams: &[BlockStream]) -> Vec<u8> {
    let distances = || {
        streams.iter().flat_map(|stream| {
            let rows = stream.first_row as usize..(stream.first_row + stream.n_rows) as usize;
            times_ns[rows].windows(2).map(|pair| pair[1].wrapping_sub(pair[0]) as u64)
        })
    };
    let fits = |unit: usize| distances().all(|distance| distance.is_multiple_of(UNITS_NS[unit] as u64));
    let unit = (0..UNITS_NS.len()).rev().find(|&unit| fits(unit)).unwrap_or_default();
    let mut out = Vec::with_capacity(times_ns.len() * 4);
    out.push(unit as u8);
    distances().for_each(|distance| varint::put(&mut out, distance / UNITS_NS[unit] as u64));
    out
}

fn decode_times(bytes: &[u8], streams: &[BlockStream]) -> Option<Vec<i64>> {
    let mut reader = Reader::new(bytes);
    let unit_ns = *UNITS_NS.get(usize::from(reader.byte()?))? as u64;
    let mut times_ns = Vec::with_capacity(bytes.len() + streams.len());
    for stream in streams {
        let mut time_ns = stream.first_ns;
        times_ns.push(time_ns);
        for _ in 1..stream.n_rows {
            time_ns = time_ns.checked_add_unsigned(reader.varint()?.checked_mul(unit_ns)?)?;
            times_ns.push(time_ns);
        }
        if time_ns != stream.last_ns {
            return None;
        }
    }
    reader.is_empty().then_some(times_ns)
}

pub(crate) fn encode_lengths(lengths: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    lengths.for_each(|length| varint::put(&mut out, u64::from(length)));
    out
}

impl Columns {
    pub(crate) fn decode(times: &[u8], lengths: &[u8], streams: &[BlockStream], frames: &[Frame]) -> Option<Columns> {
        let times_ns = decode_times(times, streams)?;
        let mut reader = Reader::new(lengths);
        let mut ends = Vec::with_capacity(times_ns.len());
        for frame in frames {
            let mut end = 0u32;
            for _ in 0..frame.n_rows {
                end = end.checked_add(reader.small()?)?;
                ends.push(end);
            }
            if end != frame.raw_bytes {
                return None;
            }
        }
        (reader.is_empty() && ends.len() == times_ns.len()).then_some(Columns { times_ns, ends })
    }

    /// Where the text of a row begins in its frame.
    pub(crate) fn start(&self, row: u32, frame: &Frame) -> u32 {
        if row == frame.first_row { 0 } else { self.ends[row as usize - 1] }
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.times_ns.len() * 8 + self.ends.len() * 4
    }
}

pub(crate) fn encode_metadata(metadata: &[&[u8]], numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, metadata.len() as u64);
    metadata.iter().for_each(|bytes| varint::put_bytes(&mut out, bytes));
    if metadata.len() > 1 {
        numbers.for_each(|number| varint::put(&mut out, u64::from(number)));
    }
    out
}

impl MetadataColumn {
    pub(crate) fn decode(raw: &[u8], n_rows: usize) -> Option<MetadataColumn> {
        let mut reader = Reader::new(raw);
        let n_metadata = reader.count().filter(|&n| n > 0)?;
        let (mut bytes, mut ends) = (Vec::new(), Vec::with_capacity(n_metadata.min(raw.len())));
        for _ in 0..n_metadata {
            bytes.extend_from_slice(reader.bytes()?);
            ends.push(u32::try_from(bytes.len()).ok()?);
        }
        let mut numbers = Vec::new();
        if n_metadata > 1 {
            numbers.reserve_exact(n_rows.min(raw.len()));
            for _ in 0..n_rows {
                numbers.push(reader.small().filter(|&number| (number as usize) < n_metadata)?);
            }
        }
        reader.is_empty().then_some(MetadataColumn { bytes, ends, numbers })
    }

    pub(crate) fn number_of(&self, row: u32) -> u32 {
        self.numbers.get(row as usize).copied().unwrap_or_default()
    }

    pub(crate) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    pub(crate) fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    pub(crate) fn size_bytes(&self) -> usize {
        self.bytes.len() + (self.ends.len() + self.numbers.len()) * 4
    }
}

pub(crate) fn encode_minutes(minutes: &[Minute]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, minutes.len() as u64);
    let (mut stream, mut minute) = (0, 0);
    for entry in minutes {
        varint::put(&mut out, u64::from(entry.stream - stream));
        varint::put_signed(&mut out, entry.minute.wrapping_sub(minute));
        for number in [u64::from(entry.metadata), entry.n_rows, entry.text_bytes] {
            varint::put(&mut out, number);
        }
        (stream, minute) = (entry.stream, entry.minute);
    }
    out
}

pub(crate) fn decode_minutes(bytes: &[u8], n_streams: usize) -> Option<Vec<Minute>> {
    let mut reader = Reader::new(bytes);
    let n_minutes = reader.count()?;
    let mut minutes = Vec::with_capacity(n_minutes.min(bytes.len() / 5));
    let (mut stream, mut minute) = (0u32, 0i64);
    for _ in 0..n_minutes {
        stream = stream.checked_add(reader.small()?).filter(|&number| (number as usize) < n_streams)?;
        minute = minute.wrapping_add(reader.signed()?);
        let (metadata, n_rows, text_bytes) = (reader.small()?, reader.varint()?, reader.varint()?);
        minutes.push(Minute { stream, minute, metadata, n_rows, text_bytes });
    }
    reader.is_empty().then_some(minutes)
}

pub(crate) fn encode_frames(frames: &[Frame]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::put(&mut out, frames.len() as u64);
    for frame in frames {
        for number in [frame.n_rows, frame.raw_bytes, frame.len_bytes] {
            varint::put(&mut out, u64::from(number));
        }
        out.extend_from_slice(&frame.checksum.to_le_bytes());
    }
    out
}

pub(crate) fn decode_frames(bytes: &[u8]) -> Option<Vec<Frame>> {
    let mut reader = Reader::new(bytes);
    let n_frames = reader.count()?;
    let mut frames = Vec::with_capacity(n_frames.min(bytes.len() / 7));
    let (mut first_row, mut offset_bytes) = (0u32, 0u64);
    for _ in 0..n_frames {
        let (n_rows, raw_bytes, len_bytes) = (reader.small()?, reader.small()?, reader.small()?);
        let checksum = reader.u32()?;
        frames.push(Frame { first_row, n_rows, raw_bytes, len_bytes, offset_bytes, checksum });
        first_row = first_row.checked_add(n_rows)?;
        offset_bytes += u64::from(len_bytes);
    }
    reader.is_empty().then_some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_open_at_their_start() {
        let cases = [(0, -1), (1, 0), (MINUTE_NS, 0), (MINUTE_NS + 1, 1), (-1, -1), (-MINUTE_NS, -2)];
        for (time_ns, expected) in cases {
            assert_eq!(minute_of(time_ns), expected, "{time_ns}");
        }
        minute_of(i64::MIN);
        minute_of(i64::MAX);
    }
}
