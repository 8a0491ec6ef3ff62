//! Streams, their labels and what they hold, from indexes and counters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{Labels, Matcher};
use storage::logs::{LogLimits, NanoRange, Stream, StreamVolume};
use storage::{CancelToken, Error, ErrorKind, Result, TenantId};

use super::extract::reading;
use super::pieces::{self, HeadView, Piece};
use crate::block::{Block, minute_of};
use crate::store::Inner;

/// The streams that match a selector and have a line in the range.
pub(crate) fn streams(
    store: &Inner,
    tenant: TenantId,
    selectors: &[Vec<Matcher>],
    range: NanoRange,
    limits: &LogLimits,
    cancel: &CancelToken,
) -> Result<Vec<Stream>> {
    let mut found: BTreeSet<Labels> = BTreeSet::new();
    let mut add = |labels: &Labels| {
        if !found.contains(labels) {
            if found.len() >= limits.streams {
                let message = format!("the selector matches more than {} streams; make it narrower", limits.streams);
                return Err(Error::new(ErrorKind::LimitExceeded, message));
            }
            found.insert(labels.clone());
        }
        Ok(())
    };
    for piece in pieces::find(store, tenant.0, selectors, range) {
        cancel.check()?;
        match &piece {
            Piece::Head(head) => {
                for (stream, n_rows, _) in head_totals(head, range) {
                    if n_rows > 0 && matches(selectors, &stream.labels) {
                        add(&stream.labels)?;
                    }
                }
            }
            Piece::Block(block) => of_block(store, block, |totals| {
                let is_wanted = |labels: &Labels| matches(selectors, labels);
                totals.each(range, is_wanted, |labels, n_rows| if n_rows > 0 { add(labels) } else { Ok(()) })
            })?,
        }
    }
    Ok(found.into_iter().map(|labels| Stream { labels }).collect())
}

/// The names of labels on streams that match a selector.
pub(crate) fn label_names(
    store: &Inner,
    tenant: TenantId,
    selectors: &[Vec<Matcher>],
    range: NanoRange,
    cancel: &CancelToken,
) -> Result<Vec<String>> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    each_stream(store, tenant, selectors, range, cancel, |labels| {
        for (name, _) in labels {
            if !names.contains(name) {
                names.insert(name.to_owned());
            }
        }
    })?;
    Ok(names.into_iter().collect())
}

/// The values of a label on streams that match a selector.
pub(crate) fn label_values(
    store: &Inner,
    tenant: TenantId,
    name: &str,
    selectors: &[Vec<Matcher>],
    range: NanoRange,
    cancel: &CancelToken,
) -> Result<Vec<String>> {
    let mut values: BTreeSet<String> = BTreeSet::new();
    each_stream(store, tenant, selectors, range, cancel, |labels| {
        let value = labels.get(name);
        if !value.is_empty() && !values.contains(value) {
            values.insert(value.to_owned());
        }
    })?;
    Ok(values.into_iter().collect())
}

/// Lines, bytes and pieces per stream.
pub(crate) fn volumes(
    store: &Inner,
    tenant: TenantId,
    selectors: &[Vec<Matcher>],
    range: NanoRange,
    cancel: &CancelToken,
) -> Result<Vec<StreamVolume>> {
    let mut volumes: BTreeMap<Labels, StreamVolume> = BTreeMap::new();
    let mut add = |labels: &Labels, lines: u64, bytes: u64| {
        if lines > 0 {
            let volume = volumes.entry(labels.clone()).or_insert_with(|| StreamVolume {
                labels: labels.clone(),
                lines: 0,
                bytes: 0,
                chunks: 0,
            });
            volume.lines += lines;
            volume.bytes += bytes;
            volume.chunks += 1;
        }
    };
    for piece in pieces::find(store, tenant.0, selectors, range) {
        cancel.check()?;
        match &piece {
            Piece::Head(head) => {
                for (stream, n_rows, text_bytes) in head_totals(head, range) {
                    if matches(selectors, &stream.labels) {
                        add(&stream.labels, n_rows, text_bytes);
                    }
                }
            }
            Piece::Block(block) => of_block(store, block, |totals| totals.volumes(selectors, range, &mut add))?,
        }
    }
    Ok(volumes.into_values().collect())
}

fn matches(selectors: &[Vec<Matcher>], labels: &Labels) -> bool {
    selectors.is_empty() || selectors.iter().any(|matchers| matchers.iter().all(|m| m.matches_labels(labels)))
}

/// Visits streams that match, of pieces that overlap the range; a stream of several pieces several times.
fn each_stream(
    store: &Inner,
    tenant: TenantId,
    selectors: &[Vec<Matcher>],
    range: NanoRange,
    cancel: &CancelToken,
    mut visit: impl FnMut(&Labels),
) -> Result<()> {
    for piece in pieces::find(store, tenant.0, selectors, range) {
        cancel.check()?;
        let mut see = |labels: &Labels| {
            if matches(selectors, labels) {
                visit(labels);
            }
        };
        match &piece {
            Piece::Head(head) => head.streams.iter().for_each(|stream| see(&stream.labels)),
            Piece::Block(block) => of_block(store, block, |totals| {
                let index = totals.block().index()?;
                index.streams.iter().for_each(|stream| see(&stream.stream.labels));
                Ok(())
            })?,
        }
    }
    Ok(())
}

/// Rows and bytes of each stream in the range.
fn head_totals(head: &HeadView, range: NanoRange) -> Vec<(&Arc<Stream>, u64, u64)> {
    let mut totals: Vec<(&Arc<Stream>, u64, u64)> = head.streams.iter().map(|stream| (stream, 0, 0)).collect();
    for chunk in &head.chunks {
        for (number, row) in chunk.rows.iter().enumerate() {
            if range.contains(row.time_ns) {
                let total = &mut totals[row.stream as usize];
                total.1 += 1;
                total.2 += u64::from(row.end - chunk.start(number));
            }
        }
    }
    totals
}

fn of_block<T>(store: &Inner, block: &Arc<Block>, read: impl FnOnce(Totals<'_>) -> Result<T>) -> Result<T> {
    read(Totals { store, block }).inspect_err(|error| store.suspect(block, error))
}

/// What a block holds of each stream.
#[derive(Clone, Copy)]
struct Totals<'a> {
    store: &'a Inner,
    block: &'a Block,
}

impl<'a> Totals<'a> {
    fn block(self) -> crate::block::Reading<'a> {
        reading(self.store, self.block)
    }

    /// Visits streams with the exact number of their rows in the range.
    fn each(
        self,
        range: NanoRange,
        is_wanted: impl Fn(&Labels) -> bool,
        mut visit: impl FnMut(&Labels, u32) -> Result<()>,
    ) -> Result<()> {
        let block = self.block();
        let index = block.index()?;
        for stream in &index.streams {
            if !range.overlaps(stream.first_ns, stream.last_ns) || !is_wanted(&stream.stream.labels) {
                continue;
            }
            let n_rows = if range.contains(stream.first_ns) && range.contains(stream.last_ns) {
                stream.n_rows
            } else {
                let columns = block.columns(&index)?;
                let rows = stream.first_row as usize..(stream.first_row + stream.n_rows) as usize;
                let before = |end_ns: i64| columns.times_ns[rows.clone()].partition_point(|&time_ns| time_ns < end_ns);
                (before(range.end_ns) - before(range.start_ns)) as u32
            };
            visit(&stream.stream.labels, n_rows)?;
        }
        Ok(())
    }

    fn volumes(
        self,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        add: &mut impl FnMut(&Labels, u64, u64),
    ) -> Result<()> {
        let block = self.block();
        let index = block.index()?;
        let is_within = range.contains(self.block.meta.first_ns) && range.contains(self.block.meta.last_ns);
        if is_within {
            for stream in index.streams.iter().filter(|stream| matches(selectors, &stream.stream.labels)) {
                add(&stream.stream.labels, u64::from(stream.n_rows), stream.text_bytes);
            }
            return Ok(());
        }
        if let Some(minutes) = block.minutes()? {
            let (first, last) = (minute_of(range.start_ns), minute_of(range.end_ns.saturating_sub(1)));
            for minutes in minutes.chunk_by(|a, b| a.stream == b.stream) {
                let labels = &index.streams[minutes[0].stream as usize].stream.labels;
                let inside = || minutes.iter().filter(|minute| (first..=last).contains(&minute.minute));
                if matches(selectors, labels) {
                    let (n_rows, bytes) = (inside().map(|m| m.n_rows).sum(), inside().map(|m| m.text_bytes).sum());
                    add(labels, n_rows, bytes);
                }
            }
            return Ok(());
        }
        let columns = block.columns(&index)?;
        for stream in index.streams.iter().filter(|stream| matches(selectors, &stream.stream.labels)) {
            let (mut n_rows, mut text_bytes) = (0, 0);
            for row in stream.first_row..stream.first_row + stream.n_rows {
                if range.contains(columns.times_ns[row as usize]) {
                    let frame = &index.frames[index.frames.partition_point(|f| f.first_row + f.n_rows <= row)];
                    n_rows += 1;
                    text_bytes += u64::from(columns.ends[row as usize] - columns.start(row, frame));
                }
            }
            add(&stream.stream.labels, n_rows, text_bytes);
        }
        Ok(())
    }
}
