//! Cutting a query into slices of time, so that the lines of one fit into memory and can be sorted there.

use std::ops::Range;

use storage::logs::{NanoRange, Order};

use super::pieces::Piece;

/// Joined slices of one key are about this large.
const KEY_SLICE_BYTES: u64 = 2 << 20;
/// The first slice of a search and its largest, in bytes looked at; there the lines found are what takes memory.
const FIRST_SEARCH_BYTES: u64 = 8 << 20;
const MAX_SEARCH_BYTES: u64 = 2 << 30;
/// The same where every line is found.
const FIRST_READ_BYTES: u64 = 4 << 20;
const MAX_READ_BYTES: u64 = 8 << 20;
/// What a line is taken for when only their number is known.
const LINE_BYTES: u64 = 512;

/// Some pieces in some range.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) pieces: Range<usize>,
    pub(crate) range: NanoRange,
}

/// Gives out slices in the order of the query.
#[derive(Debug)]
pub(crate) struct Slices {
    order: Order,
    /// What is left of the query's range.
    rest: NanoRange,
    next_piece: usize,
    /// Bytes that the next slice may look at.
    bytes: u64,
    max_bytes: u64,
    /// Slices that are given out next, the last one first.
    pending: Vec<Slice>,
}

impl Slices {
    pub(crate) fn new(order: Order, range: NanoRange, limit: Option<usize>, is_search: bool) -> Slices {
        let limit_bytes =
            limit.map_or(u64::MAX, |limit| (limit as u64).saturating_mul(LINE_BYTES).saturating_add(64 << 10));
        let (bytes, max_bytes) = if is_search {
            (FIRST_SEARCH_BYTES, MAX_SEARCH_BYTES)
        } else {
            (FIRST_READ_BYTES.min(limit_bytes), MAX_READ_BYTES)
        };
        Slices { order, rest: range, next_piece: 0, bytes, max_bytes, pending: Vec::new() }
    }

    pub(crate) fn next(&mut self, pieces: &[Piece]) -> Option<Slice> {
        if self.pending.is_empty() {
            match self.order {
                Order::Forward => self.cut_first(pieces),
                Order::Backward => self.cut_last(pieces),
                Order::PerStream => self.cut_key(pieces),
                Order::Any => self.cut_piece(pieces),
            }
        }
        self.pending.pop()
    }

    /// Puts a slice that was too large back in two halves, around a time within. False when it cannot be cut.
    pub(crate) fn split(&mut self, slice: &Slice, around_ns: i64) -> bool {
        let NanoRange { start_ns, end_ns } = slice.range;
        if start_ns.checked_add(1).is_none_or(|next| next >= end_ns) {
            return false;
        }
        let is_within = start_ns < around_ns && around_ns < end_ns;
        let middle_ns = if is_within { around_ns } else { start_ns.midpoint(end_ns).max(start_ns + 1) };
        let half = |start_ns, end_ns| Slice { pieces: slice.pieces.clone(), range: NanoRange { start_ns, end_ns } };
        let (first, second) = (half(start_ns, middle_ns), half(middle_ns, end_ns));
        let halves = if self.order == Order::Backward { [first, second] } else { [second, first] };
        self.pending.extend(halves);
        self.bytes = (self.bytes / 4).max(64 << 10);
        true
    }

    fn grow(&mut self) {
        self.bytes = self.bytes.saturating_mul(4).min(self.max_bytes);
    }

    fn cut_first(&mut self, pieces: &[Piece]) {
        let Some(span) = clip(pieces, self.rest) else { return };
        let weight = |end_ns: i64| weigh(pieces, NanoRange { start_ns: span.start_ns, end_ns });
        let mut low = span.start_ns.saturating_add(1);
        let mut high = span.end_ns;
        if weight(high) > self.bytes {
            // The largest end that is light enough, or the smallest there is.
            while low < high {
                let middle = low.midpoint(high).max(low + 1);
                if middle > low && weight(middle) <= self.bytes { low = middle } else { high = middle - 1 }
            }
        } else {
            low = high;
        }
        self.pending.push(Slice { pieces: 0..pieces.len(), range: NanoRange { start_ns: span.start_ns, end_ns: low } });
        self.rest.start_ns = low;
        self.grow();
    }

    fn cut_last(&mut self, pieces: &[Piece]) {
        let Some(span) = clip(pieces, self.rest) else { return };
        let weight = |start_ns: i64| weigh(pieces, NanoRange { start_ns, end_ns: span.end_ns });
        let mut low = span.start_ns;
        let mut high = span.end_ns.saturating_sub(1);
        if weight(low) > self.bytes {
            // The smallest start that is light enough, or the largest there is.
            while low < high {
                let middle = low.midpoint(high);
                if middle < high && weight(middle) <= self.bytes { high = middle } else { low = middle.max(low) + 1 }
            }
            low = low.min(high);
        }
        self.pending.push(Slice { pieces: 0..pieces.len(), range: NanoRange { start_ns: low, end_ns: span.end_ns } });
        self.rest.end_ns = low;
        self.grow();
    }

    /// Cuts the pieces of the next key where one of them begins: there the one before usually ends, so that few are read twice.
    fn cut_key(&mut self, pieces: &[Piece]) {
        while let Some(first) = pieces.get(self.next_piece) {
            let n = pieces[self.next_piece..].iter().take_while(|piece| piece.key() == first.key()).count();
            let of_key = self.next_piece..self.next_piece + n;
            self.next_piece += n;
            let pieces = &pieces[of_key.clone()];
            let Some(span) = clip(pieces, self.rest) else { continue };
            let mut cuts: Vec<i64> = pieces.iter().map(Piece::first_ns).collect();
            cuts.sort_unstable();
            cuts.push(span.end_ns);
            let mut start_ns = span.start_ns;
            for cut_ns in cuts {
                let range = NanoRange { start_ns, end_ns: cut_ns.min(span.end_ns) };
                if range.is_empty() || (range.end_ns < span.end_ns && weigh(pieces, range) < KEY_SLICE_BYTES) {
                    continue;
                }
                self.pending.push(Slice { pieces: of_key.clone(), range });
                start_ns = range.end_ns;
            }
            self.pending.reverse();
            return;
        }
    }

    fn cut_piece(&mut self, pieces: &[Piece]) {
        while let Some(piece) = pieces.get(self.next_piece) {
            let pieces = self.next_piece..self.next_piece + 1;
            self.next_piece += 1;
            if let Some(range) = clip(std::slice::from_ref(piece), self.rest) {
                self.pending.push(Slice { pieces, range });
                return;
            }
        }
    }
}

/// The part of a range in which pieces have lines.
fn clip(pieces: &[Piece], range: NanoRange) -> Option<NanoRange> {
    let inside = || pieces.iter().filter(|piece| piece.overlaps(range));
    let start_ns = inside().map(Piece::first_ns).min()?.max(range.start_ns);
    let end_ns = inside().map(Piece::last_ns).max()?.saturating_add(1).min(range.end_ns);
    (start_ns < end_ns).then_some(NanoRange { start_ns, end_ns })
}

/// About the bytes of lines in a range, as if those of a piece were spread evenly.
fn weigh(pieces: &[Piece], range: NanoRange) -> u64 {
    let weights = pieces.iter().filter(|piece| piece.overlaps(range)).map(|piece| {
        let (first_ns, last_ns) = (i128::from(piece.first_ns()), i128::from(piece.last_ns()));
        let span_ns = last_ns - first_ns + 1;
        let within_ns = (last_ns + 1).min(i128::from(range.end_ns)) - first_ns.max(i128::from(range.start_ns));
        (i128::from(piece.weight_bytes()) * within_ns / span_ns) as u64
    });
    weights.fold(0, u64::saturating_add)
}
