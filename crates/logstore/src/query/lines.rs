//! The lines of a query, slice by slice.

use std::cmp::Reverse;

use storage::logs::{LineBatch, LineQuery, LineRow, LogLimits, Order};
use storage::{CancelToken, Error, ErrorKind, Result, TenantId};

use super::extract::{Found, Wanted};
use super::filter::Filters;
use super::pieces::{self, Piece};
use super::slices::{Slice, Slices};
use crate::store::Inner;

/// Lines found in a slice, in bytes; with more than this it is cut in two, if that is possible.
const SLICE_BYTES: usize = 16 << 20;
/// Places of texts in a batch are numbers of 32 bits.
const MAX_BATCH_BYTES: usize = 1 << 30;

/// Iterates over the batches of a query.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    store: &'a Inner,
    pieces: Vec<Piece>,
    slices: Slices,
    wanted: Wanted,
    found: Found,
    order: Order,
    /// Lines still wanted.
    left: usize,
    max_bytes: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(
        store: &'a Inner,
        tenant: TenantId,
        query: LineQuery,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Lines<'a> {
        let filters = Filters::new(&query.filters);
        let slices = Slices::new(query.order, query.range, query.limit, !filters.pass_all());
        let selectors = [query.matchers];
        let pieces = pieces::find(store, tenant.0, &selectors, query.range);
        let [matchers] = selectors;
        Lines {
            store,
            pieces,
            slices,
            wanted: Wanted { matchers, filters, need: query.need, cancel: cancel.clone() },
            found: Found::new(limits.streams),
            order: query.order,
            left: query.limit.unwrap_or(usize::MAX),
            max_bytes: limits.memory_bytes.min(MAX_BATCH_BYTES),
        }
    }

    /// The lines of the next slice that has any.
    fn read(&mut self) -> Result<Option<LineBatch>> {
        while let Some(slice) = self.slices.next(&self.pieces) {
            self.wanted.cancel.check()?;
            let is_whole = self.extract(&slice, SLICE_BYTES.min(self.max_bytes))?;
            if !is_whole {
                let around_ns = median(&self.found.batch.rows);
                self.found.take();
                if self.slices.split(&slice, around_ns) {
                    continue;
                }
                if !self.extract(&slice, self.max_bytes)? {
                    let message = format!(
                        "more than {} bytes of lines have one time; raise the limit on memory or narrow the selector",
                        self.max_bytes
                    );
                    return Err(Error::new(ErrorKind::LimitExceeded, message));
                }
            }
            let mut batch = self.found.take();
            if batch.rows.is_empty() {
                continue;
            }
            sort(&mut batch, self.order);
            batch.rows.truncate(self.left);
            self.left -= batch.rows.len();
            return Ok(Some(batch));
        }
        Ok(None)
    }

    /// Finds the lines of a slice; returns whether these are all.
    fn extract(&mut self, slice: &Slice, max_bytes: usize) -> Result<bool> {
        for piece in self.pieces[slice.pieces.clone()].iter().filter(|piece| piece.overlaps(slice.range)) {
            if !self.found.add(self.store, piece, slice.range, &self.wanted, max_bytes)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<LineBatch>;

    fn next(&mut self) -> Option<Result<LineBatch>> {
        if self.left == 0 {
            return None;
        }
        let batch = self.read().transpose();
        if !matches!(batch, Some(Ok(_))) {
            // Nothing follows an error, nor the end.
            self.left = 0;
        }
        batch
    }
}

/// A time that about half of the rows have behind them.
fn median(rows: &[LineRow]) -> i64 {
    let mut times_ns: Vec<i64> = rows.iter().map(|row| row.time_ns).collect();
    let middle = times_ns.len() / 2;
    if times_ns.is_empty() { i64::MIN } else { *times_ns.select_nth_unstable(middle).1 }
}

fn sort(batch: &mut LineBatch, order: Order) {
    if order == Order::Any {
        return;
    }
    let mut by_labels: Vec<usize> = (0..batch.streams.len()).collect();
    by_labels.sort_by(|&a, &b| batch.streams[a].labels.cmp(&batch.streams[b].labels));
    let mut ranks = vec![0u32; by_labels.len()];
    by_labels.iter().enumerate().for_each(|(rank, &stream)| ranks[stream] = rank as u32);
    let rank = |row: &LineRow| ranks[row.stream as usize];
    // Rows of one stream came in the order of appending, and these sorts keep it.
    match order {
        Order::Forward => batch.rows.sort_by_key(|row| (row.time_ns, rank(row))),
        Order::Backward => {
            batch.rows.reverse();
            batch.rows.sort_by_key(|row| (Reverse(row.time_ns), rank(row)));
        }
        Order::PerStream => batch.rows.sort_by_key(|row| (rank(row), row.time_ns)),
        Order::Any => {}
    }
}
