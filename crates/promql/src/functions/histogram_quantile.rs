//! `histogram_quantile` over classic histograms, whose buckets are series with an `le` label.

use foldhash::{HashMap, HashMapExt};
use model::Labels;
use model::labels::{BUCKET_BOUND, METRIC_NAME};
use promql_syntax::ast::{Call, Expr, Span};
use storage::Grid;

use crate::annotations::ForcedMonotonicity;
use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::{GridColumn, GridSeries, ScalarColumn, merge_same_labels};
use crate::shape::unwrap_parens;

/// Differences between neighbouring buckets that are relatively smaller than this come from floating-point arithmetic.
const SMALL_DELTA: f64 = 1e-12;

/// The buckets of one histogram.
struct Classic {
    labels: Labels,
    drop_name: bool,
    /// Upper bound and cumulative counts, in the order of the series.
    buckets: Vec<(f64, GridColumn)>,
}

/// One bucket at one step.
#[derive(Clone, Copy)]
struct Bucket {
    upper_bound: f64,
    count: f64,
}

/// How much counts had to be raised to be cumulative.
struct Forced {
    min_bound: f64,
    max_bound: f64,
    max_diff: f64,
}

/// The quantile of each histogram at each step.
pub(crate) fn eval(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [quantile_arg, vector] = &*call.args else {
        return Err(QueryError::unexpected("histogram_quantile() takes a scalar and a vector"));
    };
    let (quantile_arg, vector) = (unwrap_parens(quantile_arg), unwrap_parens(vector));
    let quantile = evaluator.eval_scalar(quantile_arg, grid)?;
    note_bad_quantiles(evaluator, &quantile, grid, quantile_arg.span);
    let histograms = histograms(evaluator, evaluator.eval_vector(vector, grid)?, vector.span);
    let mut series: Vec<GridSeries> = histograms
        .into_iter()
        .map(|histogram| {
            let column = column(evaluator, &histogram, &quantile, grid, vector.span);
            GridSeries { labels: histogram.labels, drop_name: histogram.drop_name, column }
        })
        .filter(|one| !one.column.is_empty())
        .collect();
    series.iter_mut().for_each(|one| evaluator.drop_name(one));
    Ok(Value::Vector(merge_same_labels(series)?))
}

fn note_bad_quantiles(evaluator: &Evaluator<'_>, quantile: &ScalarColumn, grid: Grid, span: Span) {
    let mut notes = evaluator.notes.borrow_mut();
    for quantile in (0..grid.len()).map(|step| quantile.at(step)).filter(|q| !(0.0..=1.0).contains(q)) {
        notes.invalid_quantile(quantile, span);
    }
}

/// Puts together the series that only differ in their upper bound.
fn histograms(evaluator: &Evaluator<'_>, series: Vec<GridSeries>, span: Span) -> Vec<Classic> {
    let mut found: Vec<Classic> = Vec::new();
    let mut places: HashMap<Labels, usize> = HashMap::new();
    for one in series {
        let bound = one.labels.get(BUCKET_BOUND);
        let Some(upper_bound) = model::float::parse(bound) else {
            evaluator.notes.borrow_mut().bad_bucket_label(one.labels.get(METRIC_NAME), bound, span);
            continue;
        };
        let labels = one.labels.filter(|name| name != BUCKET_BOUND);
        let place = *places.entry(labels).or_insert_with_key(|labels| {
            found.push(Classic { labels: labels.clone(), drop_name: false, buckets: Vec::new() });
            found.len() - 1
        });
        found[place].drop_name |= one.drop_name;
        found[place].buckets.push((upper_bound, one.column));
    }
    for histogram in &mut found {
        histogram.buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    found
}

fn column(
    evaluator: &Evaluator<'_>,
    histogram: &Classic,
    quantile: &ScalarColumn,
    grid: Grid,
    span: Span,
) -> GridColumn {
    let mut column = GridColumn::absent(grid.len());
    let mut buckets: Vec<Bucket> = Vec::with_capacity(histogram.buckets.len());
    for (step, out) in column.values_mut().iter_mut().enumerate() {
        buckets.clear();
        let present = histogram.buckets.iter().filter_map(|(bound, column)| Some((*bound, column.get(step)?)));
        buckets.extend(present.map(|(upper_bound, count)| Bucket { upper_bound, count }));
        if buckets.is_empty() {
            continue;
        }
        let (value, forced) = quantile_of(quantile.at(step), &mut buckets);
        *out = value;
        if let Some(Forced { min_bound, max_bound, max_diff }) = forced {
            // Without delayed name removal upstream has already lost the name at this point.
            let delayed = evaluator.options.delayed_name_removal;
            let name = if delayed { histogram.labels.get(METRIC_NAME) } else { "" };
            let time = grid.time_ms(step);
            let (min_time_ms, max_time_ms, samples) = (time, time, 1);
            let found = ForcedMonotonicity { span, samples, min_time_ms, max_time_ms, min_bound, max_bound, max_diff };
            evaluator.notes.borrow_mut().forced_monotonic(name, found);
        }
    }
    column
}

/// Interpolates linearly within the bucket that holds the quantile; the lowest bucket is taken to begin at zero unless
/// its bound is negative, and of the highest only the lower end is known. Buckets are sorted by bound.
fn quantile_of(quantile: f64, buckets: &mut Vec<Bucket>) -> (f64, Option<Forced>) {
    if quantile.is_nan() {
        return (f64::NAN, None);
    }
    if quantile < 0.0 {
        return (f64::NEG_INFINITY, None);
    }
    if quantile > 1.0 {
        return (f64::INFINITY, None);
    }
    if buckets.last().is_none_or(|b| b.upper_bound != f64::INFINITY) {
        return (f64::NAN, None);
    }
    add_up_equal_bounds(buckets);
    let forced = make_monotonic(buckets);
    (interpolate(quantile, buckets), forced)
}

fn interpolate(quantile: f64, buckets: &[Bucket]) -> f64 {
    let ([first, .., last], [finite @ .., _]) = (buckets, buckets) else { return f64::NAN };
    if last.count == 0.0 {
        return f64::NAN;
    }
    let rank = quantile * last.count;
    // A NaN never reaches the rank, which leads to the highest bucket as it does upstream.
    let place = finite.partition_point(|b| b.count < rank || b.count.is_nan() || rank.is_nan());
    let Some(bucket) = finite.get(place) else {
        return finite.last().map_or(f64::NAN, |b| b.upper_bound);
    };
    match place.checked_sub(1).and_then(|below| finite.get(below)) {
        None if first.upper_bound <= 0.0 => first.upper_bound,
        None => bucket.upper_bound * (rank / bucket.count),
        Some(below) => {
            let width = bucket.upper_bound - below.upper_bound;
            below.upper_bound + width * ((rank - below.count) / (bucket.count - below.count))
        }
    }
}

/// Different spellings of one bound (`1`, `1.0`) are one bucket.
fn add_up_equal_bounds(buckets: &mut Vec<Bucket>) {
    buckets.dedup_by(|next, kept| {
        let equal = next.upper_bound == kept.upper_bound;
        if equal {
            kept.count += next.count;
        }
        equal
    });
}

/// Raises counts that are below the one before. Insignificant differences are evened out in silence.
fn make_monotonic(buckets: &mut [Bucket]) -> Option<Forced> {
    let mut forced: Option<Forced> = None;
    let (first, rest) = buckets.split_first_mut()?;
    let mut previous = first.count;
    for bucket in rest {
        if bucket.count == previous {
            continue;
        }
        if almost_equal(previous, bucket.count) {
            bucket.count = previous;
        } else if bucket.count < previous {
            let bound = bucket.upper_bound;
            let forced = forced.get_or_insert(Forced { min_bound: bound, max_bound: bound, max_diff: 0.0 });
            forced.min_bound = forced.min_bound.min(bound);
            forced.max_bound = forced.max_bound.max(bound);
            forced.max_diff = forced.max_diff.max(previous - bucket.count);
            bucket.count = previous;
        } else {
            previous = bucket.count;
        }
    }
    forced
}

fn almost_equal(a: f64, b: f64) -> bool {
    if a.is_nan() && b.is_nan() || a == b {
        return true;
    }
    let (sum, difference) = (a.abs() + b.abs(), (a - b).abs());
    if a == 0.0 || b == 0.0 || sum < f64::MIN_POSITIVE {
        return difference < SMALL_DELTA * f64::MIN_POSITIVE;
    }
    difference / sum.min(f64::MAX) < SMALL_DELTA
}
