//! `rate increase delta irate`.

use super::range::SeriesWindows;

/// Per-second increase of a counter, continued to the borders of the window.
pub(crate) fn rate(series: &SeriesWindows<'_>, out: &mut [f64]) {
    extrapolated(series, out, Kind { counter: true, per_second: true });
}

/// Increase of a counter, continued to the borders of the window.
pub(crate) fn increase(series: &SeriesWindows<'_>, out: &mut [f64]) {
    extrapolated(series, out, Kind { counter: true, per_second: false });
}

/// Difference of a gauge, continued to the borders of the window.
pub(crate) fn delta(series: &SeriesWindows<'_>, out: &mut [f64]) {
    extrapolated(series, out, Kind { counter: false, per_second: false });
}

/// Per-second increase of a counter between the last two samples.
pub(crate) fn irate(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(2, out, |_, times_ms, values| {
        let ([.., before_ms, last_ms], [.., before, last]) = (times_ms, values) else { return f64::NAN };
        let growth = if last < before { *last } else { last - before };
        growth / ((last_ms - before_ms) as f64 / 1000.0)
    });
}

#[derive(Clone, Copy)]
struct Kind {
    counter: bool,
    per_second: bool,
}

/// The rule of upstream's `extrapolatedRate`, with everything that only depends on times taken from the batch.
fn extrapolated(series: &SeriesWindows<'_>, out: &mut [f64], kind: Kind) {
    let values = series.values;
    let resets = if kind.counter { reset_rows(values) } else { Vec::new() };
    let mut resets = resets.as_slice();
    let extrapolations = series.windows.extrapolations(series.times_ms, series.steps, series.range_ms);
    let range_seconds = series.range_ms as f64 / 1000.0;
    for ((out, rows), times) in out.iter_mut().zip(series.windows.all()).zip(extrapolations) {
        let [first, .., last] = &values[rows.start as usize..rows.end as usize] else { continue };
        let mut growth = last - first;
        if !resets.is_empty() {
            // Windows only move forward, and so does the first reset that can matter.
            let passed = resets.iter().take_while(|row| **row <= rows.start).count();
            resets = &resets[passed..];
            for row in resets.iter().take_while(|row| **row < rows.end) {
                growth += values[*row as usize - 1];
            }
        }
        let mut factor = if kind.per_second { times.factor_per_second } else { times.factor };
        // A counter cannot have been below zero: its trend is not continued further back than that. The first
        // condition spares most windows the division: it holds whenever the second does, with room for rounding.
        if kind.counter
            && times.sampled_seconds * first <= times.before_seconds * growth * 1.000_001
            && growth > 0.0
            && *first >= 0.0
        {
            let to_zero = times.sampled_seconds * (first / growth);
            if to_zero < times.before_seconds {
                factor = (times.sampled_seconds + to_zero + times.after_seconds) / times.sampled_seconds;
                if kind.per_second {
                    factor /= range_seconds;
                }
            }
        }
        *out = growth * factor;
    }
}

/// The rows whose value is below the one before: the counter began anew.
fn reset_rows(values: &[f64]) -> Vec<u32> {
    let Some(after) = values.get(1..) else { return Vec::new() };
    // Counting in the width of the values needs no branches and a fraction of the time, and most series have none.
    let resets: u64 = after.iter().zip(values).map(|(after, before)| u64::from(after < before)).sum();
    let mut rows = Vec::with_capacity(resets as usize);
    if resets > 0 {
        rows.extend((1u32..).zip(after.iter().zip(values)).filter(|(_, (a, b))| a < b).map(|(row, _)| row));
    }
    rows
}
