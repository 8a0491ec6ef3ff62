//! Adding up histograms, as far as repetitions with a step need it.

use std::collections::BTreeMap;

use model::Histogram;
use model::histogram::{CUSTOM_BUCKETS_SCHEMA, CounterResetHint, Span};

/// Whether a step is added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Add,
    Subtract,
}

/// The next histogram of a row.
///
/// # Errors
/// When the two cannot be brought to the same buckets; the text is upstream's.
pub(super) fn combine(base: &Histogram, step: &Histogram, direction: Direction) -> Result<Histogram, String> {
    if base.schema > step.schema {
        return Err(format!("cannot merge from schema {} to {}", step.schema, base.schema));
    }
    let is_custom = base.schema == CUSTOM_BUCKETS_SCHEMA;
    if is_custom != (step.schema == CUSTOM_BUCKETS_SCHEMA) {
        return Err("cannot combine histograms with exponential and custom buckets".to_owned());
    }
    if is_custom && base.custom_values != step.custom_values {
        return Err("cannot combine histograms with different custom bucket boundaries".to_owned());
    }
    if base.zero_threshold.to_bits() != step.zero_threshold.to_bits() && !is_custom {
        return Err("cannot combine histograms with different zero bucket widths".to_owned());
    }
    let sign = if direction == Direction::Add { 1.0 } else { -1.0 };
    let shift = if is_custom { 0 } else { step.schema.saturating_sub(base.schema).unsigned_abs() };
    let (positive_spans, positive_buckets) = merge(
        (&base.positive_spans, &base.positive_buckets),
        (&step.positive_spans, &step.positive_buckets),
        shift,
        sign,
    );
    let (negative_spans, negative_buckets) = merge(
        (&base.negative_spans, &base.negative_buckets),
        (&step.negative_spans, &step.negative_buckets),
        shift,
        sign,
    );
    Ok(Histogram {
        counter_reset_hint: combined_hint(base.counter_reset_hint, step.counter_reset_hint),
        schema: base.schema,
        zero_threshold: base.zero_threshold,
        zero_count: base.zero_count + sign * step.zero_count,
        count: base.count + sign * step.count,
        sum: base.sum + sign * step.sum,
        positive_spans,
        negative_spans,
        positive_buckets,
        negative_buckets,
        custom_values: base.custom_values.clone(),
    })
}

/// A gauge stays one; two different pieces of knowledge make none.
fn combined_hint(a: CounterResetHint, b: CounterResetHint) -> CounterResetHint {
    if a == b {
        a
    } else if a == CounterResetHint::Gauge || b == CounterResetHint::Gauge {
        CounterResetHint::Gauge
    } else {
        CounterResetHint::Unknown
    }
}

/// Adds buckets. The second side's are finer by `shift` schema steps: 2^shift of them make one of the first side's.
fn merge(base: (&[Span], &[f64]), step: (&[Span], &[f64]), shift: u32, sign: f64) -> (Vec<Span>, Vec<f64>) {
    let mut buckets: BTreeMap<i64, f64> = indexed(base.0, base.1).collect();
    for (index, count) in indexed(step.0, step.1) {
        // Bucket i reaches up to its bound and includes it, hence the detour by one.
        let index = ((index - 1) >> shift.min(62)) + 1;
        let index = if shift == 0 { index } else { index.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) };
        *buckets.entry(index).or_insert(0.0) += sign * count;
    }
    let mut spans: Vec<Span> = Vec::new();
    let mut end = 0i64;
    for index in buckets.keys() {
        match spans.last_mut() {
            Some(span) if *index == end => span.length += 1,
            _ => spans.push(Span { offset: i32::try_from(index - end).unwrap_or(i32::MAX), length: 1 }),
        }
        end = index + 1;
    }
    (spans, buckets.into_values().collect())
}

/// Buckets with their index.
fn indexed<'h>(spans: &'h [Span], buckets: &'h [f64]) -> impl Iterator<Item = (i64, f64)> + 'h {
    let mut end = 0i64;
    let indexes = spans.iter().flat_map(move |span| {
        let start = end + i64::from(span.offset);
        end = start + i64::from(span.length);
        start..end
    });
    indexes.zip(buckets.iter().copied())
}
