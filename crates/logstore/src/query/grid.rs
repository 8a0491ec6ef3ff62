//! Counting lines or bytes over windows, without handing lines out.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use model::Labels;
use storage::logs::{CountSeries, CountUnit, LineBatch, LogLimits, NanoGrid, NanoRange, Need};
use storage::{CancelToken, Error, ErrorKind, Result, TenantId};

use super::extract::{Found, Wanted, reading};
use super::filter::Filters;
use super::pieces::{self, Piece};
use crate::block::Block;
use crate::store::Inner;

const MINUTE_NS: i64 = 60_000_000_000;
/// Lines looked at together, in bytes.
const BATCH_BYTES: usize = 8 << 20;

/// Counts of all streams that match. `None` for a grid that makes no sense or would take too much memory.
pub(crate) fn count_grid(
    store: &Inner,
    tenant: TenantId,
    unit: &CountUnit<'_>,
    grid: NanoGrid,
    limits: &LogLimits,
    cancel: &CancelToken,
) -> Result<Option<Vec<CountSeries>>> {
    let Some(windows) = Windows::new(grid) else { return Ok(None) };
    let matchers = unit.matchers.to_vec();
    let pieces = pieces::find(store, tenant.0, std::slice::from_ref(&matchers), windows.range());
    let wanted = Wanted {
        matchers,
        filters: Filters::new(unit.filters),
        need: Need { line: false, metadata: !unit.by_metadata.is_empty() },
        cancel: cancel.clone(),
    };
    let mut counts = Counts {
        windows,
        by_bytes: unit.bytes,
        by_metadata: unit.by_metadata,
        series: Vec::new(),
        numbers: HashMap::default(),
        max_series: limits.memory_bytes / (windows.n * 8 + 256),
    };
    let mut found = Found::new(limits.streams);
    for piece in &pieces {
        cancel.check()?;
        if let Piece::Block(block) = piece
            && counts.add_minutes(store, block, &wanted).inspect_err(|error| store.suspect(block, error))?
        {
            continue;
        }
        counts.add_lines(store, piece, &wanted, &mut found)?;
    }
    Ok(Some(counts.finish()))
}

/// The windows of a grid, with their number.
#[derive(Clone, Copy, Debug)]
struct Windows {
    grid: NanoGrid,
    n: usize,
}

impl Windows {
    fn new(grid: NanoGrid) -> Option<Windows> {
        let NanoGrid { start_ns, end_ns, step_ns, window_ns } = grid;
        if end_ns < start_ns || window_ns <= 0 || step_ns < 0 || (step_ns == 0 && start_ns != end_ns) {
            return None;
        }
        let steps = (i128::from(end_ns) - i128::from(start_ns)) / i128::from(step_ns.max(1));
        let n = usize::try_from(steps).ok()?.checked_add(1)?;
        (n <= 1 << 24).then_some(Windows { grid, n })
    }

    /// All times that some window may hold.
    fn range(&self) -> NanoRange {
        let start_ns = self.grid.start_ns.saturating_sub(self.grid.window_ns).saturating_add(1);
        NanoRange { start_ns, end_ns: self.grid.end_ns.saturating_add(1) }
    }

    /// The windows that hold a time: the first and the one behind the last.
    #[inline]
    fn holding(&self, time_ns: i64) -> (usize, usize) {
        let (step_ns, window_ns) = (self.grid.step_ns.max(1), self.grid.window_ns);
        // The first evaluation time that is not before it, and the last whose window does not begin at it or behind it.
        if let Some(distance_ns) = time_ns.checked_sub(self.grid.start_ns)
            && let Some(reach_ns) = distance_ns.checked_add(window_ns - 1)
        {
            let first = distance_ns.div_euclid(step_ns) + i64::from(distance_ns.rem_euclid(step_ns) != 0);
            let behind = reach_ns.div_euclid(step_ns) + 1;
            let clamp = |window: i64| window.clamp(0, self.n as i64) as usize;
            return (clamp(first), clamp(behind));
        }
        let (step_ns, window_ns) = (i128::from(step_ns), i128::from(window_ns));
        let distance_ns = i128::from(time_ns) - i128::from(self.grid.start_ns);
        let first = distance_ns.div_euclid(step_ns) + i128::from(distance_ns.rem_euclid(step_ns) != 0);
        let behind = (distance_ns + window_ns - 1).div_euclid(step_ns) + 1;
        let clamp = |window: i128| window.clamp(0, self.n as i128) as usize;
        (clamp(first), clamp(behind))
    }

    /// Whether each window holds a minute as a whole or not at all.
    fn fit_minutes(&self) -> bool {
        let NanoGrid { start_ns, step_ns, window_ns, .. } = self.grid;
        [start_ns, step_ns, window_ns].iter().all(|ns| ns.rem_euclid(MINUTE_NS) == 0)
    }
}

/// Counts in the making.
struct Counts<'a> {
    windows: Windows,
    by_bytes: bool,
    by_metadata: &'a [&'a str],
    /// Each with the changes from window to window.
    series: Vec<(Labels, Vec<i64>)>,
    numbers: HashMap<Labels, usize, RandomState>,
    max_series: usize,
}

impl Counts<'_> {
    /// Counts a block by its minutes, if that gives the same. Returns whether it did.
    fn add_minutes(&mut self, store: &Inner, block: &Block, wanted: &Wanted) -> Result<bool> {
        if !wanted.filters.pass_all() || !self.windows.fit_minutes() {
            return Ok(false);
        }
        let block = reading(store, block);
        let Some(minutes) = block.minutes()? else { return Ok(false) };
        let (index, metadata) = (block.index()?, block.metadata()?);
        for minutes in minutes.chunk_by(|a, b| a.stream == b.stream) {
            let stream = &index.streams[minutes[0].stream as usize].stream.labels;
            if !wanted.matchers.iter().all(|matcher| matcher.matches_labels(stream)) {
                continue;
            }
            let mut series = vec![None; metadata.len() as usize];
            for minute in minutes {
                let number = minute.metadata as usize;
                let series = series.get_mut(number).ok_or_else(|| block.block.corrupt("counters make no sense"))?;
                // Any moment of a minute stands for all of them; its last one may lie behind the end of time.
                let within_ns = minute.minute.saturating_mul(MINUTE_NS).saturating_add(1);
                let amount = if self.by_bytes { minute.text_bytes } else { minute.n_rows };
                self.add(series, (stream, metadata.get(minute.metadata)), within_ns, amount)?;
            }
        }
        Ok(true)
    }

    fn add_lines(&mut self, store: &Inner, piece: &Piece, wanted: &Wanted, found: &mut Found) -> Result<()> {
        let mut pending = vec![self.windows.range()];
        while let Some(range) = pending.pop() {
            let is_whole = found.add(store, piece, range, wanted, BATCH_BYTES)?;
            let batch = found.take();
            let width = range.end_ns.saturating_sub(range.start_ns);
            if is_whole {
                self.add_batch(&batch)?;
                continue;
            }
            if width < 2 {
                // Many lines have one time; there is nothing to cut.
                found.add(store, piece, range, wanted, usize::MAX)?;
                let batch = found.take();
                self.add_batch(&batch)?;
                continue;
            }
            let start_ns = range.start_ns.max(piece.first_ns());
            let end_ns = range.end_ns.min(piece.last_ns().saturating_add(1));
            let middle_ns = start_ns.midpoint(end_ns).clamp(range.start_ns + 1, range.end_ns - 1);
            pending.push(NanoRange { start_ns: range.start_ns, end_ns: middle_ns });
            pending.push(NanoRange { start_ns: middle_ns, end_ns: range.end_ns });
        }
        Ok(())
    }

    fn add_batch(&mut self, batch: &LineBatch) -> Result<()> {
        // Few streams and metadata make many lines, and equal metadata stand at one place.
        let mut known: HashMap<(u32, u32, u32), Option<usize>, RandomState> = HashMap::default();
        let mut last = (u32::MAX, 0, 0);
        let mut series = None;
        for row in &batch.rows {
            let name = (row.stream, row.metadata.start, row.metadata.end);
            if name != last {
                known.insert(last, series);
                series = known.get(&name).copied().flatten();
                last = name;
            }
            let amount = if self.by_bytes { u64::from(row.line_bytes) } else { 1 };
            let labels = (&batch.streams[row.stream as usize].labels, batch.metadata(row));
            self.add(&mut series, labels, row.time_ns, amount)?;
        }
        Ok(())
    }

    /// Adds an amount at a time to the series of a stream and its metadata, whose number is kept for the next time.
    #[inline]
    fn add(
        &mut self,
        series: &mut Option<usize>,
        (stream, metadata): (&Labels, &[u8]),
        time_ns: i64,
        amount: u64,
    ) -> Result<()> {
        let (first, behind) = self.windows.holding(time_ns);
        if first >= behind {
            return Ok(());
        }
        let number = match *series {
            Some(number) => number,
            None => *series.insert(self.number(stream, metadata)?),
        };
        let changes = &mut self.series[number].1;
        changes[first] += amount as i64;
        changes[behind] -= amount as i64;
        Ok(())
    }

    fn number(&mut self, stream: &Labels, metadata: &[u8]) -> Result<usize> {
        let labels = self.joined(stream, metadata).unwrap_or_else(|| stream.clone());
        if let Some(&number) = self.numbers.get(&labels) {
            return Ok(number);
        }
        if self.series.len() >= self.max_series {
            let message = "counting lines would take more memory than one query may use";
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        self.numbers.insert(labels.clone(), self.series.len());
        self.series.push((labels, vec![0; self.windows.n + 1]));
        Ok(self.series.len() - 1)
    }

    /// The stream's labels and those metadata that tell counts apart, of which a label of the stream hides one of its name; `None`
    /// when there are no metadata.
    fn joined(&self, stream: &Labels, metadata: &[u8]) -> Option<Labels> {
        if self.by_metadata.is_empty() || metadata.is_empty() {
            return None;
        }
        let metadata = Labels::from_bytes(metadata).ok()?;
        let mut builder = stream.to_builder();
        for name in self.by_metadata {
            if metadata.contains(name) && !stream.contains(name) {
                builder.set(name, metadata.get(name));
            }
        }
        Some(builder.build())
    }

    fn finish(self) -> Vec<CountSeries> {
        let n = self.windows.n;
        let sum = |changes: Vec<i64>| {
            let mut current = 0;
            let counts = changes.into_iter().take(n).map(move |change| {
                current += change;
                current as u64
            });
            counts.collect()
        };
        let mut series: Vec<CountSeries> =
            self.series.into_iter().map(|(labels, changes)| CountSeries { labels, counts: sum(changes) }).collect();
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_open_at_their_start() {
        let cases = [(10, 5, 7), (0, 10, 20), (-7, 3, 1), (100, 1, 100), (0, 0, 5)];
        for (start_ns, step_ns, window_ns) in cases {
            let end_ns = start_ns + step_ns * 4 + step_ns / 2;
            let windows = Windows::new(NanoGrid { start_ns, end_ns, step_ns, window_ns }).expect("a grid");
            for time_ns in -200..300 {
                let (first, behind) = windows.holding(time_ns);
                for window in 0..windows.n {
                    let at_ns = start_ns + step_ns * window as i64;
                    let expected = at_ns - window_ns < time_ns && time_ns <= at_ns;
                    assert_eq!((first..behind).contains(&window), expected, "{start_ns} {step_ns} {time_ns} {window}");
                }
            }
        }
    }
}
