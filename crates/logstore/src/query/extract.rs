//! Taking the lines that a query asks for out of a block or a head.

use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use model::{Labels, Matcher};
use storage::logs::{LineBatch, LineRow, NanoRange, Need, Stream};
use storage::{CancelToken, Error, ErrorKind, Result};

use super::filter::{Ends, Filters};
use super::pieces::{HeadView, Piece};
use crate::block::{Columns, Index, MetadataColumn, Reading};
use crate::head::Chunk;
use crate::store::Inner;

/// What a query asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) matchers: Vec<Matcher>,
    pub(crate) filters: Filters,
    pub(crate) need: Need,
    pub(crate) cancel: CancelToken,
}

/// Lines found, in the order in which they were come upon.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) batch: LineBatch,
    numbers: HashMap<Labels, u32, RandomState>,
    /// Identities of all streams met so far, over all batches.
    seen: HashSet<Labels, RandomState>,
    max_streams: usize,
}

/// What reading a block takes, from the store.
pub(crate) fn reading<'a>(store: &'a Inner, block: &'a crate::block::Block) -> Reading<'a> {
    Reading { block, cache: &store.cache, codec: &store.codec }
}

impl Found {
    pub(crate) fn new(max_streams: usize) -> Found {
        Found { batch: LineBatch::default(), numbers: HashMap::default(), seen: HashSet::default(), max_streams }
    }

    /// Takes the lines found so far.
    pub(crate) fn take(&mut self) -> LineBatch {
        self.numbers.clear();
        std::mem::take(&mut self.batch)
    }

    /// Bytes that the lines take in memory.
    pub(crate) fn size_bytes(&self) -> usize {
        self.batch.bytes.len() + self.batch.rows.len() * size_of::<LineRow>()
    }

    /// Adds the lines of a piece in a range; stops early beyond `max_bytes`. Returns whether it got to the end.
    ///
    /// # Errors
    /// `Corrupt`, `Io`, `Cancelled`, `LimitExceeded`.
    pub(crate) fn add(
        &mut self,
        store: &Inner,
        piece: &Piece,
        range: NanoRange,
        wanted: &Wanted,
        max_bytes: usize,
    ) -> Result<bool> {
        match piece {
            Piece::Head(head) => self.add_head(head, range, wanted, max_bytes),
            Piece::Block(block) => {
                let result = self.add_block(&reading(store, block), range, wanted, max_bytes);
                result.inspect_err(|error| store.suspect(block, error))
            }
        }
    }

    fn add_head(&mut self, head: &HeadView, range: NanoRange, wanted: &Wanted, max_bytes: usize) -> Result<bool> {
        let matches = |stream: &Arc<Stream>| wanted.matchers.iter().all(|m| m.matches_labels(&stream.labels));
        let matching: Vec<bool> = head.streams.iter().map(matches).collect();
        if !matching.contains(&true) {
            return Ok(true);
        }
        let mut numbers = vec![None; head.streams.len()];
        let mut hits = Vec::new();
        for chunk in &head.chunks {
            wanted.cancel.check()?;
            let is_wanted = |row: usize| {
                let row = &chunk.rows[row];
                range.contains(row.time_ns) && matching[row.stream as usize]
            };
            hits.clear();
            wanted.filters.select(&chunk.text, &**chunk, 0..chunk.rows.len(), is_wanted, |row| hits.push(row));
            let mut metadata = Shared::new(chunk.n_metadata());
            for &hit in &hits {
                let row = &chunk.rows[hit];
                let stream = match numbers[row.stream as usize] {
                    Some(number) => number,
                    None => *numbers[row.stream as usize].insert(self.number(&head.streams[row.stream as usize])?),
                };
                let line = chunk.line(hit);
                let text = if wanted.need.line { self.keep(line) } else { 0..0 };
                let number = row.metadata;
                let metadata = if wanted.need.metadata {
                    metadata.get(number, || self.keep(chunk.metadata(number)))
                } else {
                    0..0
                };
                let line_bytes = line.len() as u32;
                self.batch.rows.push(LineRow { time_ns: row.time_ns, stream, line_bytes, line: text, metadata });
            }
            if self.size_bytes() > max_bytes {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn add_block(&mut self, block: &Reading<'_>, range: NanoRange, wanted: &Wanted, max_bytes: usize) -> Result<bool> {
        wanted.cancel.check()?;
        let index = block.index()?;
        let mut columns: Option<Arc<Columns>> = None;
        let mut runs: Vec<(u32, Range<u32>)> = Vec::new();
        for (number, stream) in (0u32..).zip(&index.streams) {
            let is_in_range = range.overlaps(stream.first_ns, stream.last_ns);
            if !is_in_range || !wanted.matchers.iter().all(|m| m.matches_labels(&stream.stream.labels)) {
                continue;
            }
            let columns = match &columns {
                Some(columns) => columns,
                None => columns.insert(block.columns(&index)?),
            };
            let times_ns = &columns.times_ns[stream.first_row as usize..(stream.first_row + stream.n_rows) as usize];
            let before = |end_ns: i64| times_ns.partition_point(|&time_ns| time_ns < end_ns) as u32;
            let rows = stream.first_row + before(range.start_ns)..stream.first_row + before(range.end_ns);
            if !rows.is_empty() {
                runs.push((number, rows));
            }
        }
        match columns {
            Some(columns) if !runs.is_empty() => self.add_runs(block, &index, &columns, &runs, wanted, max_bytes),
            _ => Ok(true),
        }
    }

    /// Adds the lines of some rows, which ascend.
    fn add_runs(
        &mut self,
        block: &Reading<'_>,
        index: &Index,
        columns: &Columns,
        runs: &[(u32, Range<u32>)],
        wanted: &Wanted,
        max_bytes: usize,
    ) -> Result<bool> {
        let metadata = if wanted.need.metadata { Some(block.metadata()?) } else { None };
        let mut shared = Shared::new(metadata.as_ref().map_or(0, |metadata| metadata.len()));
        let needs_text = wanted.need.line || !wanted.filters.pass_all();
        let mut text: Option<(usize, Arc<Vec<u8>>)> = None;
        let mut hits = Vec::new();
        for (stream, rows) in runs {
            let mut stream_number = None;
            let mut next = rows.start;
            while next < rows.end {
                let number = index.frames.partition_point(|frame| frame.first_row + frame.n_rows <= next);
                let frame = &index.frames[number];
                let part = next..rows.end.min(frame.first_row + frame.n_rows);
                next = part.end;
                hits.clear();
                if needs_text {
                    if text.as_ref().is_none_or(|(of, _)| *of != number) {
                        wanted.cancel.check()?;
                        text = Some((number, block.frame(index, number)?));
                    }
                    let of_frame = frame.first_row as usize;
                    let ends = &columns.ends[of_frame..of_frame + frame.n_rows as usize];
                    let within = part.start as usize - of_frame..part.end as usize - of_frame;
                    let bytes = text.as_ref().map_or(&[][..], |(_, text)| &text[..]);
                    wanted.filters.select(bytes, ends, within, |_| true, |row| hits.push((row + of_frame) as u32));
                } else {
                    hits.extend(part);
                }
                if hits.is_empty() {
                    continue;
                }
                let stream = match stream_number {
                    Some(number) => number,
                    None => *stream_number.insert(self.number(&index.streams[*stream as usize].stream)?),
                };
                let text = text.as_ref().map_or(&[][..], |(_, text)| &text[..]);
                for &row in &hits {
                    let bytes = columns.start(row, frame)..columns.ends[row as usize];
                    let line_bytes = bytes.end - bytes.start;
                    let line = if wanted.need.line {
                        self.keep(&text[bytes.start as usize..bytes.end as usize])
                    } else {
                        0..0
                    };
                    let metadata = match &metadata {
                        Some(column) => self.keep_shared(&mut shared, column, row),
                        None => 0..0,
                    };
                    let time_ns = columns.times_ns[row as usize];
                    self.batch.rows.push(LineRow { time_ns, stream, line_bytes, line, metadata });
                }
                if self.size_bytes() > max_bytes {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn keep_shared(&mut self, shared: &mut Shared, column: &MetadataColumn, row: u32) -> Range<u32> {
        let number = column.number_of(row);
        shared.get(number, || self.keep(column.get(number)))
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<u32> {
        let start = self.batch.bytes.len() as u32;
        self.batch.bytes.extend_from_slice(bytes);
        start..self.batch.bytes.len() as u32
    }

    /// The number of a stream in the batch.
    fn number(&mut self, stream: &Arc<Stream>) -> Result<u32> {
        if let Some(&number) = self.numbers.get(&stream.labels) {
            return Ok(number);
        }
        if !self.seen.contains(&stream.labels) {
            if self.seen.len() >= self.max_streams {
                let max = self.max_streams;
                let message =
                    format!("the query reads more than {max} streams; make the selector or the range narrower");
                return Err(Error::new(ErrorKind::LimitExceeded, message));
            }
            self.seen.insert(stream.labels.clone());
        }
        let number = self.batch.streams.len() as u32;
        self.batch.streams.push(Arc::clone(stream));
        self.numbers.insert(stream.labels.clone(), number);
        Ok(number)
    }
}

/// Where metadata stand in the batch that occur more than once.
struct Shared(Vec<Option<(u32, u32)>>);

impl Shared {
    fn new(n: u32) -> Shared {
        Shared(vec![None; n as usize])
    }

    fn get(&mut self, number: u32, keep: impl FnOnce() -> Range<u32>) -> Range<u32> {
        let place = &mut self.0[number as usize];
        let (start, end) = *place.get_or_insert_with(|| {
            let range = keep();
            (range.start, range.end)
        });
        start..end
    }
}

impl Ends for Chunk {
    fn end(&self, row: usize) -> usize {
        self.rows[row].end as usize
    }
}
