//! Range aggregations that need all values of a window: quantiles and counters.

use super::grid::{ABSENT, Grid};

/// A time in nanoseconds and a value.
pub(crate) type Sample = (i64, f64);

/// Hands the samples of each window `(t - range, t]` over, and gives the results; [`ABSENT`] where a window is empty.
pub(crate) fn over_windows(
    mut samples: Vec<Sample>,
    grid: Grid,
    range_ns: i64,
    mut value: impl FnMut(&[Sample], i64) -> f64,
) -> Vec<f64> {
    // Stable, so that samples of one time stay as they came.
    samples.sort_by_key(|(time_ns, _)| *time_ns);
    let (mut from, mut to) = (0, 0);
    let one = |step| {
        let end_ns = grid.time_ns(step);
        to += samples[to..].iter().take_while(|(time_ns, _)| *time_ns <= end_ns).count();
        from += samples[from..to].iter().take_while(|(time_ns, _)| *time_ns <= end_ns.saturating_sub(range_ns)).count();
        if from == to { ABSENT } else { value(&samples[from..to], end_ns) }
    };
    (0..grid.len()).map(one).collect()
}

/// The quantile of some values, interpolated; values that are not numbers count as the smallest.
pub(crate) fn quantile(q: f64, samples: &[Sample], sorted: &mut Vec<f64>) -> f64 {
    if q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    sorted.clear();
    sorted.extend(samples.iter().map(|(_, value)| *value));
    sorted.sort_by(|a, b| b.is_nan().cmp(&a.is_nan()).then(a.total_cmp(b)));
    let rank = q * (sorted.len() - 1) as f64;
    let lower = rank.floor() as usize;
    let upper = (lower + 1).min(sorted.len() - 1);
    let weight = rank - rank.floor();
    sorted[lower] * (1.0 - weight) + sorted[upper] * weight
}

/// The increase per second of a counter within a window, resets allowed for, extrapolated to the window's ends as far as that is
/// plausible; 0 for a single sample.
pub(crate) fn counter_rate(samples: &[Sample], end_ns: i64, range_ns: i64) -> f64 {
    let [first, .., last] = samples else { return 0.0 };
    let seconds = |ns: i64| ns as f64 / 1e9;
    let resets = samples.windows(2).filter(|pair| pair[1].1 < pair[0].1).map(|pair| pair[0].1);
    let increase = last.1 - first.1 + resets.sum::<f64>();
    let sampled = seconds(last.0 - first.0);
    let between = sampled / (samples.len() - 1) as f64;
    let is_far = |distance: f64| distance >= between * 1.1;
    let mut to_start = seconds(first.0 - end_ns.saturating_sub(range_ns));
    let mut to_end = seconds(end_ns - last.0);
    if is_far(to_start) {
        to_start = between / 2.0;
    }
    if is_far(to_end) {
        to_end = between / 2.0;
    }
    if increase > 0.0 && first.1 >= 0.0 {
        // A counter does not begin below zero.
        to_start = to_start.min(sampled * (first.1 / increase));
    }
    increase * ((sampled + to_start + to_end) / sampled) / seconds(range_ns)
}
