//! `load` and `load_with_nhcb`.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::histogram::{CUSTOM_BUCKETS_SCHEMA, Span};
use model::labels::{BUCKET_BOUND, METRIC_NAME};
use model::{Histogram, Labels, STALE_NAN};
use promql_syntax::series::SeriesValue;
use storage::batch::Value;
use testkit::MemoryStore;

use crate::testscript::Load;

/// Adds data. Start timestamps have no place in the store, so that cases which depend on them fail.
pub(super) fn load(store: &MemoryStore, load: &Load) {
    for series in &load.series {
        for (step, value) in (0i64..).zip(&series.values) {
            let value = match value {
                SeriesValue::Omitted => continue,
                SeriesValue::Stale => Value::Float(STALE_NAN),
                SeriesValue::Float(value) => Value::Float(*value),
                SeriesValue::Histogram { histogram, .. } => Value::Histogram(Arc::new((**histogram).clone())),
            };
            store.insert(&series.labels, step * load.step_ms, value);
        }
    }
    if load.with_nhcb {
        for ((labels, step), classic) in classic_histograms(load) {
            store.insert(&labels, step * load.step_ms, Value::Histogram(Arc::new(classic.to_native())));
        }
    }
}

/// A classic histogram at one time.
#[derive(Default)]
struct Classic {
    /// Upper bounds and cumulative counts.
    buckets: Vec<(f64, f64)>,
    sum: f64,
    count: Option<f64>,
}

/// Puts together the parts of every classic histogram by the labels of the whole and the number of the step.
fn classic_histograms(load: &Load) -> BTreeMap<(Labels, i64), Classic> {
    let mut found: BTreeMap<(Labels, i64), Classic> = BTreeMap::new();
    for series in &load.series {
        let name = series.labels.metric_name();
        let part = ["_bucket", "_sum", "_count"].into_iter().find(|part| name.ends_with(part));
        let Some(base) = part.and_then(|part| name.strip_suffix(part)) else { continue };
        let bound = model::float::parse(series.labels.get(BUCKET_BOUND));
        let labels = series.labels.to_builder().set(METRIC_NAME, base).remove(BUCKET_BOUND).build();
        for (step, value) in (0i64..).zip(&series.values) {
            let SeriesValue::Float(value) = value else { continue };
            let classic = found.entry((labels.clone(), step)).or_default();
            match (part, bound) {
                (Some("_bucket"), Some(bound)) => classic.buckets.push((bound, *value)),
                (Some("_sum"), _) => classic.sum = *value,
                (Some("_count"), _) => classic.count = Some(*value),
                _ => {}
            }
        }
    }
    // A counter or a summary has no buckets.
    found.retain(|_, classic| !classic.buckets.is_empty());
    found
}

impl Classic {
    /// The same histogram as a native one with custom buckets.
    fn to_native(&self) -> Histogram {
        let mut cumulative = self.buckets.clone();
        cumulative.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Different spellings of a bound are one bucket, and the last one loaded counts.
        cumulative.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = next.1;
            }
            same
        });
        if cumulative.last().is_none_or(|(bound, _)| *bound != f64::INFINITY) {
            let count = self.count.or(cumulative.last().map(|(_, count)| *count)).unwrap_or(0.0);
            cumulative.push((f64::INFINITY, count));
        }
        let below = std::iter::once(0.0).chain(cumulative.iter().map(|(_, count)| *count));
        let positive_buckets: Vec<f64> =
            cumulative.iter().zip(below).map(|((_, count), below)| count - below).collect();
        let length = u32::try_from(positive_buckets.len()).unwrap_or(u32::MAX);
        let total = cumulative.last().map_or(0.0, |(_, count)| *count);
        Histogram {
            schema: CUSTOM_BUCKETS_SCHEMA,
            count: self.count.unwrap_or(total),
            sum: self.sum,
            positive_spans: vec![Span { offset: 0, length }],
            custom_values: cumulative.iter().map(|(bound, _)| *bound).filter(|bound| bound.is_finite()).collect(),
            positive_buckets,
            ..Histogram::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testscript::{self, CommandKind};

    #[test]
    fn classic_histograms_become_native_ones() {
        let script =
            "load_with_nhcb 5m\n h_bucket{le=\"1\"} 0+2x1\n h_bucket{le=\"+Inf\"} 0+5x1\n h_sum 0 7\n x_count 1";
        let commands = testscript::parse(script).commands;
        let Ok(CommandKind::Load(found)) = &commands[0].kind else { panic!("a load: {commands:?}") };
        let store = MemoryStore::new();
        load(&store, found);
        let dump = store.dump();
        assert_eq!(dump.len(), 5);
        let native = &dump[&Labels::from_pairs([(METRIC_NAME, "h")])];
        let Some(Value::Histogram(last)) = native.get(&300_000) else { panic!("a histogram: {native:?}") };
        assert_eq!((last.count, last.sum), (5.0, 7.0));
        assert_eq!((&*last.custom_values, &*last.positive_buckets), (&[1.0][..], &[2.0, 3.0][..]));
    }
}
