//! Whether a result is the one expected.

use model::Labels;
use promql::{MatrixSeries, QueryValue, VectorSample};
use promql_syntax::series::SeriesValue;
use storage::Grid;

use crate::testscript::{EvalTime, ExpectedResult, RangeTimes, ResultLine};

/// Floats are equal up to this relative difference.
const EPSILON: f64 = 1e-6;

/// The evaluation times of a range.
pub(super) fn grid(times: RangeTimes) -> Grid {
    Grid { start_ms: times.start_ms, end_ms: times.end_ms, step_ms: times.step_ms }
}

/// Compares a result; the order of an instant vector only matters if it is said to.
pub(super) fn check(
    expected: &ExpectedResult,
    found: &QueryValue,
    time: EvalTime,
    ordered: bool,
) -> Result<(), String> {
    match found {
        QueryValue::Scalar { value, .. } => match expected.scalar {
            Some(wanted) if almost_equal(wanted, *value) => Ok(()),
            _ => Err(format!("found the scalar {value}, expected {expected:?}")),
        },
        QueryValue::String { value, .. } => match &expected.string {
            Some(wanted) if wanted == value => Ok(()),
            _ => Err(format!("found the string {value:?}, expected {expected:?}")),
        },
        QueryValue::Vector(samples) => vector(expected, samples, ordered),
        QueryValue::Matrix(series) => match (time, expected.range_vector) {
            (EvalTime::Range(times), None) | (EvalTime::Instant(_), Some(times)) => matrix(expected, series, times),
            _ => Err("found a range vector where none was expected".to_owned()),
        },
    }
}

fn vector(expected: &ExpectedResult, found: &[VectorSample], ordered: bool) -> Result<(), String> {
    let wanted = series_only(expected, found.len())?;
    for (i, line) in wanted.iter().enumerate() {
        let sample = if ordered {
            found.get(i).filter(|sample| sample.labels == line.labels)
        } else {
            found.iter().find(|sample| sample.labels == line.labels)
        };
        let sample = sample.ok_or_else(|| missing(&line.labels, found.iter().map(|sample| &sample.labels)))?;
        match line.values.as_slice() {
            [SeriesValue::Float(value)] if almost_equal(*value, sample.value) => {}
            values => return Err(format!("{}: found {}, expected {values:?}", line.labels, sample.value)),
        }
    }
    Ok(())
}

fn matrix(expected: &ExpectedResult, found: &[MatrixSeries], times: RangeTimes) -> Result<(), String> {
    let wanted = series_only(expected, found.len())?;
    for line in wanted {
        let series = found.iter().find(|series| series.labels == line.labels);
        let series = series.ok_or_else(|| missing(&line.labels, found.iter().map(|series| &series.labels)))?;
        let mut points = series.points.iter();
        for (step, value) in (0i64..).zip(&line.values) {
            let time_ms = times.start_ms + times.step_ms * step;
            let same = match value {
                SeriesValue::Omitted => true,
                SeriesValue::Float(value) => points.next().is_some_and(|p| p.0 == time_ms && almost_equal(*value, p.1)),
                SeriesValue::Stale | SeriesValue::Histogram { .. } => false,
            };
            if !same {
                return Err(format!("{}: found {:?}, expected {value:?} at {time_ms} ms", line.labels, series.points));
            }
        }
        if let Some(extra) = points.next() {
            return Err(format!("{}: found {extra:?} where nothing was expected", line.labels));
        }
    }
    Ok(())
}

/// The series expected; their number must be right, and there must be no scalar or string.
fn series_only(expected: &ExpectedResult, found: usize) -> Result<&[ResultLine], String> {
    if expected.scalar.is_some() || expected.string.is_some() {
        return Err(format!("found {found} series, expected {expected:?}"));
    }
    if expected.series.len() != found {
        return Err(format!("found {found} series, expected {}", expected.series.len()));
    }
    Ok(&expected.series)
}

fn missing<'l>(labels: &Labels, found: impl Iterator<Item = &'l Labels>) -> String {
    let found: Vec<String> = found.map(ToString::to_string).collect();
    format!("expected {labels} (in this place, if ordered), found {}", found.join(" "))
}

fn almost_equal(a: f64, b: f64) -> bool {
    if a == b || (a.is_nan() && b.is_nan()) {
        return true;
    }
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < EPSILON * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < EPSILON
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_may_differ_a_little() {
        for (a, b, equal) in [
            (1.0, 1.000_001, true),
            (1.0, 1.000_01, false),
            (f64::NAN, f64::NAN, true),
            (f64::NAN, 1.0, false),
            (f64::INFINITY, f64::INFINITY, true),
            (f64::INFINITY, f64::MAX, false),
            (0.0, -0.0, true),
            (0.0, 1e-300, false),
        ] {
            assert_eq!((almost_equal(a, b), almost_equal(b, a)), (equal, equal), "{a} {b}");
        }
    }
}
