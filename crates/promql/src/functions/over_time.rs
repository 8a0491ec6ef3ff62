//! Aggregations of the samples in a window.

use super::range::SeriesWindows;
use crate::aggregate::quantile::quantile_of;
use crate::sum::{KahanSum, RunningMean};

pub(crate) fn sum(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| KahanSum::of(values).value());
}

pub(crate) fn avg(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| RunningMean::of(values));
}

pub(crate) fn count(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| values.len() as f64);
}

pub(crate) fn present(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, _| 1.0);
}

pub(crate) fn first(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| values[0]);
}

pub(crate) fn last(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| values[values.len() - 1]);
}

/// A NaN only wins where there is nothing else.
pub(crate) fn max(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| {
        values[1..].iter().fold(values[0], |max, v| if *v > max || max.is_nan() { *v } else { max })
    });
}

/// A NaN only wins where there is nothing else.
pub(crate) fn min(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| {
        values[1..].iter().fold(values[0], |min, v| if *v < min || min.is_nan() { *v } else { min })
    });
}

pub(crate) fn stdvar(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| variance(values));
}

pub(crate) fn stddev(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| variance(values).sqrt());
}

/// The quantile may differ from step to step.
pub(crate) fn quantile(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |step, _, values| quantile_of(series.parameter.at(step), &mut values.to_vec()));
}

/// Median of the absolute deviations from the median.
pub(crate) fn mad(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| {
        if values.iter().any(|v| v.is_nan()) {
            return f64::NAN;
        }
        let median = quantile_of(0.5, &mut values.to_vec());
        let mut deviations: Vec<f64> = values.iter().map(|v| (v - median).abs()).collect();
        quantile_of(0.5, &mut deviations)
    });
}

/// A NaN after a NaN is no change.
pub(crate) fn changes(series: &SeriesWindows<'_>, out: &mut [f64]) {
    let differs = |pair: &&[f64]| pair[0] != pair[1] && !(pair[0].is_nan() && pair[1].is_nan());
    series.each(1, out, |_, _, values| values.windows(2).filter(differs).count() as f64);
}

pub(crate) fn resets(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, _, values| values.windows(2).filter(|pair| pair[1] < pair[0]).count() as f64);
}

pub(crate) fn time_of_first(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, times_ms, _| seconds(times_ms[0]));
}

pub(crate) fn time_of_last(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, times_ms, _| seconds(times_ms[times_ms.len() - 1]));
}

/// Of equal samples the last one counts.
pub(crate) fn time_of_max(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, times_ms, values| time_of(times_ms, values, |v, best| v >= best));
}

/// Of equal samples the last one counts.
pub(crate) fn time_of_min(series: &SeriesWindows<'_>, out: &mut [f64]) {
    series.each(1, out, |_, times_ms, values| time_of(times_ms, values, |v, best| v <= best));
}

fn time_of(times_ms: &[i64], values: &[f64], better: impl Fn(f64, f64) -> bool) -> f64 {
    let mut best = 0;
    for (row, value) in values.iter().enumerate() {
        if better(*value, values[best]) || values[best].is_nan() {
            best = row;
        }
    }
    seconds(times_ms[best])
}

fn seconds(time_ms: i64) -> f64 {
    time_ms as f64 / 1000.0
}

/// Welford's method on compensated sums.
fn variance(values: &[f64]) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, KahanSum::default(), KahanSum::default());
    for value in values {
        count += 1.0;
        let delta = value - mean.value();
        mean.add(delta / count);
        squares.add(delta * (value - mean.value()));
    }
    squares.value() / count
}
