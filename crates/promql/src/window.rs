//! The geometry of windows: which rows of a timestamp column belong to which step.
//!
//! Windows are open on the left and closed on the right: a sample exactly as old as the range does not count. All
//! series of a batch share their timestamps, so this is worked out once per batch.

use std::cell::OnceCell;
use std::ops::Range;

use crate::grid::StepTimes;

/// Stands for "no row" in [`last_rows`].
pub(crate) const NO_ROW: u32 = u32::MAX;

/// For each step the latest row at or before it that is not older than the lookback, or [`NO_ROW`].
pub(crate) fn last_rows(times_ms: &[i64], steps: StepTimes, lookback_ms: i64) -> Vec<u32> {
    let mut next = 0usize;
    (0..steps.len)
        .map(|step| {
            let time = steps.at(step);
            next += times_ms[next..].iter().take_while(|t| **t <= time).count();
            match next.checked_sub(1) {
                Some(row) if times_ms[row] > time.saturating_sub(lookback_ms) => row as u32,
                _ => NO_ROW,
            }
        })
        .collect()
}

/// The windows of all steps over one timestamp column.
#[derive(Debug)]
pub(crate) struct Windows {
    rows: Vec<Range<u32>>,
    extrapolations: OnceCell<Vec<Extrapolation>>,
}

/// How far the samples of one window stand from its borders, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extrapolation {
    /// From the first to the last sample.
    pub(crate) sampled_seconds: f64,
    /// How far before the first sample a trend may be continued.
    pub(crate) before_seconds: f64,
    /// How far after the last sample.
    pub(crate) after_seconds: f64,
    /// By how much a difference grows by continuing it that far on both sides.
    pub(crate) factor: f64,
    /// The same per second of the range.
    pub(crate) factor_per_second: f64,
}

impl Windows {
    /// Cuts the column into one window per step. Steps ascend, so both borders only move forward.
    pub(crate) fn new(times_ms: &[i64], steps: StepTimes, range_ms: i64) -> Windows {
        let (mut low, mut high) = (0usize, 0usize);
        let rows = (0..steps.len)
            .map(|step| {
                let end = steps.at(step);
                let start = end.saturating_sub(range_ms);
                low += times_ms[low..].iter().take_while(|t| **t <= start).count();
                high = high.max(low);
                high += times_ms[high..].iter().take_while(|t| **t <= end).count();
                low as u32..high as u32
            })
            .collect();
        Windows { rows, extrapolations: OnceCell::new() }
    }

    /// The rows of a step's window.
    #[inline]
    pub(crate) fn rows(&self, step: usize) -> Range<usize> {
        let rows = &self.rows[step];
        rows.start as usize..rows.end as usize
    }

    /// The rows of the windows of all steps.
    pub(crate) fn all(&self) -> &[Range<u32>] {
        &self.rows
    }

    /// The number of steps.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The most rows that a window has.
    pub(crate) fn longest(&self) -> usize {
        self.rows.iter().map(ExactSizeIterator::len).max().unwrap_or(0)
    }

    /// The extrapolation of every step; only meaningful where the window has two rows or more.
    pub(crate) fn extrapolations(&self, times_ms: &[i64], steps: StepTimes, range_ms: i64) -> &[Extrapolation] {
        self.extrapolations.get_or_init(|| {
            (0..self.len()).map(|step| extrapolation(&times_ms[self.rows(step)], steps.at(step), range_ms)).collect()
        })
    }
}

/// A trend is continued to the border of the window if the border is nearer than 1.1 times the mean distance of
/// samples, else by half that distance: the rule of upstream's `extrapolatedRate`.
fn extrapolation(times_ms: &[i64], end_ms: i64, range_ms: i64) -> Extrapolation {
    let ([first, .., last], gaps) = (times_ms, times_ms.len().saturating_sub(1)) else {
        return Extrapolation::default();
    };
    let sampled_seconds = (last - first) as f64 / 1000.0;
    let mean_gap = sampled_seconds / gaps as f64;
    let limit = mean_gap * 1.1;
    let within = |seconds: f64| if seconds >= limit { mean_gap / 2.0 } else { seconds };
    let before_seconds = within((first - end_ms.saturating_sub(range_ms)) as f64 / 1000.0);
    let after_seconds = within((end_ms - last) as f64 / 1000.0);
    let factor = (sampled_seconds + before_seconds + after_seconds) / sampled_seconds;
    let factor_per_second = factor / (range_ms as f64 / 1000.0);
    Extrapolation { sampled_seconds, before_seconds, after_seconds, factor, factor_per_second }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(first_ms: i64, step_ms: i64, len: usize) -> StepTimes {
        StepTimes { first_ms, step_ms, len }
    }

    #[test]
    fn windows_are_open_on_the_left() {
        let windows = Windows::new(&[0, 10, 20, 30], steps(0, 10, 6), 20);
        let rows: Vec<_> = (0..6).map(|i| windows.rows(i)).collect();
        assert_eq!(rows, [0..1, 0..2, 1..3, 2..4, 3..4, 4..4]);
        assert_eq!(windows.longest(), 2);
    }

    #[test]
    fn pinned_steps_share_their_window() {
        let windows = Windows::new(&[0, 10, 20, 30], steps(20, 0, 3), 15);
        assert!((0..3).all(|i| windows.rows(i) == (1..3)));
    }

    #[test]
    fn lookback_is_open_on_the_left() {
        assert_eq!(last_rows(&[0, 10, 40], steps(-10, 10, 7), 20), [NO_ROW, 0, 1, 1, NO_ROW, 2, 2]);
        assert_eq!(last_rows(&[], steps(0, 1, 2), 5), [NO_ROW, NO_ROW]);
    }

    #[test]
    fn extrapolates_to_near_borders_and_by_half_a_gap_otherwise() {
        let found = extrapolation(&[10_000, 20_000, 30_000], 31_000, 60_000);
        assert_eq!((found.sampled_seconds, found.before_seconds, found.after_seconds), (20.0, 5.0, 1.0));
        assert_eq!(found.factor, 26.0 / 20.0);
    }
}
