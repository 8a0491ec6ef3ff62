//! The write-ahead log: files of records, one record per batch.
//!
//! A record stands for itself; it means the same wherever it is read. It holds the batch's token and source range, and either the request
//! body as it came or the lines in our own encoding. Each file begins with a *checkpoint* of everything that recognises a retry, so that a
//! file can go as soon as its lines are in blocks. See `docs/format/logs-wal.md`.

use std::path::{Path, PathBuf};

use model::Labels;
use storage::logs::{Body, LineEntry, SourceId, SourceRange, StreamLines};
use storage::{BatchToken, LogBatch, TenantId};

use durable::varint::{self, Reader};

pub(crate) const MAGIC: [u8; 8] = *b"MenaraLW";
pub(crate) const VERSION: u32 = 1;
/// The kinds of records.
const LINES: u8 = 1;
const BODY: u8 = 2;
const CHECKPOINT: u8 = 3;
const FLAG_TOKEN: u8 = 1;
const FLAG_SOURCE: u8 = 2;

/// The end of a record: in which file, and where there. Positions ascend with time and are never used twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) segment: u64,
    pub(crate) end_bytes: u64,
}

/// The file of a segment.
pub(crate) fn path(dir: &Path, segment: u64) -> PathBuf {
    dir.join(format!("{segment:010}.wal"))
}

/// The segment of a file's name.
pub(crate) fn segment_of(name: &Path) -> Option<u64> {
    name.to_str()?.strip_suffix(".wal")?.parse().ok()
}

/// Encodes a batch into an empty buffer.
pub(crate) fn encode(out: &mut Vec<u8>, tenant: TenantId, batch: &LogBatch<'_>) {
    out.push(if batch.body.is_some() { BODY } else { LINES });
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    out.push(flag(batch.token.is_some(), FLAG_TOKEN) | flag(batch.source.is_some(), FLAG_SOURCE));
    varint::put(out, u64::from(tenant.0));
    if let Some(token) = batch.token {
        out.extend_from_slice(&token.0.to_le_bytes());
    }
    if let Some(range) = batch.source {
        out.extend_from_slice(&range.source.0.to_le_bytes());
        varint::put(out, range.from);
        varint::put(out, range.to);
    }
    match &batch.body {
        Some(body) => put_body(out, body),
        None => put_lines(out, batch.streams),
    }
}

fn put_body(out: &mut Vec<u8>, body: &Body<'_>) {
    out.push(body.format);
    out.extend_from_slice(&body.received_ns.to_le_bytes());
    varint::put(out, body.left_out.len() as u64);
    let mut expected = 0;
    for &number in body.left_out {
        varint::put(out, u64::from(number.wrapping_sub(expected)));
        expected = number.wrapping_add(1);
    }
    out.extend_from_slice(body.bytes);
}

fn put_lines(out: &mut Vec<u8>, streams: &[StreamLines<'_>]) {
    varint::put(out, streams.len() as u64);
    for stream in streams {
        varint::put_bytes(out, stream.labels);
        varint::put(out, stream.lines.len() as u64);
        let mut before_ns = 0;
        for line in stream.lines {
            varint::put_signed(out, line.time_ns.wrapping_sub(before_ns));
            before_ns = line.time_ns;
            varint::put_bytes(out, line.line);
            varint::put_bytes(out, line.metadata);
        }
    }
}

/// The first record of a file. `rest` is what recognises retries.
pub(crate) fn checkpoint(next_sequence: u64, rest: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![CHECKPOINT];
    varint::put(&mut out, next_sequence);
    rest(&mut out);
    out
}

/// A record read back.
#[derive(Debug)]
pub(crate) enum Record<'a> {
    Batch(BatchRecord<'a>),
    /// The next number of a block, and the checkpoint behind it.
    Checkpoint(u64, Reader<'a>),
}

/// A batch read back.
#[derive(Debug)]
pub(crate) struct BatchRecord<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) token: Option<BatchToken>,
    pub(crate) source: Option<SourceRange>,
    pub(crate) content: Content<'a>,
}

/// The lines of a batch, in one form or the other.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    Lines(Reader<'a>),
    Body { format: u8, received_ns: i64, left_out: Vec<u32>, bytes: &'a [u8] },
}

/// Takes a record apart. `None` when it makes no sense although its checksum is right.
pub(crate) fn decode(record: &[u8]) -> Option<Record<'_>> {
    let mut reader = Reader::new(record);
    let kind = reader.byte()?;
    if kind == CHECKPOINT {
        let next_sequence = reader.varint()?;
        return Some(Record::Checkpoint(next_sequence, reader));
    }
    let flags = reader.byte()?;
    if flags & !(FLAG_TOKEN | FLAG_SOURCE) != 0 {
        return None;
    }
    let tenant = TenantId(reader.small()?);
    let token = if flags & FLAG_TOKEN != 0 { Some(BatchToken(reader.u128()?)) } else { None };
    let source = if flags & FLAG_SOURCE != 0 {
        Some(SourceRange { source: SourceId(reader.u128()?), from: reader.varint()?, to: reader.varint()? })
    } else {
        None
    };
    let content = match kind {
        LINES => Content::Lines(reader),
        BODY => take_body(reader)?,
        _ => return None,
    };
    Some(Record::Batch(BatchRecord { tenant, token, source, content }))
}

fn take_body(mut reader: Reader<'_>) -> Option<Content<'_>> {
    let (format, received_ns) = (reader.byte()?, reader.i64()?);
    let n_left_out = reader.count()?;
    let mut left_out = Vec::with_capacity(n_left_out.min(reader.rest().len()));
    let mut expected = 0u32;
    for _ in 0..n_left_out {
        let number = expected.checked_add(reader.small()?)?;
        left_out.push(number);
        expected = number.wrapping_add(1);
    }
    Some(Content::Body { format, received_ns, left_out, bytes: reader.rest() })
}

/// Hands out the lines of our own encoding, stream by stream. `None` when they make no sense; what was handed out before then has to
/// be thrown away.
pub(crate) fn decode_lines<'a>(
    mut reader: Reader<'a>,
    mut visit: impl FnMut(&'a [u8], &[LineEntry<'a>]),
) -> Option<()> {
    let mut lines = Vec::new();
    for _ in 0..reader.count()? {
        let labels = reader.bytes()?;
        Labels::from_bytes(labels).ok()?;
        let n_lines = reader.count()?;
        lines.clear();
        let mut time_ns = 0i64;
        for _ in 0..n_lines {
            time_ns = time_ns.wrapping_add(reader.signed()?);
            let (line, metadata) = (reader.bytes()?, reader.bytes()?);
            lines.push(LineEntry { time_ns, line, metadata });
        }
        visit(labels, &lines);
    }
    reader.is_empty().then_some(())
}
