//! A metric store in ordered maps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::labels::METRIC_NAME;
use model::{Labels, Matcher, Metadata, is_stale};
use parking_lot::RwLock;
use storage::batch::Value;
use storage::{
    Ack, AppendBatch, BatchToken, CancelToken, Cardinality, ColumnBatch, Error, ErrorKind, Limits, MetricStore, Reduce,
    Result, RowValue, SampleStream, SelectHints, Series, SeriesColumn, SeriesId, TenantId, TimeRange, Values,
};

/// The samples of all series of one tenant, by labels and time in milliseconds.
pub type Dump = BTreeMap<Labels, BTreeMap<i64, Value>>;

/// Series that share their timestamps are handed out in batches of at most this many.
const BATCH_SERIES: usize = 64;

/// Keeps everything in memory, keeps it forever, and always answers with raw samples.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: RwLock<BTreeMap<TenantId, Tenant>>,
}

#[derive(Debug, Default)]
struct Tenant {
    samples: Dump,
    tokens: BTreeSet<u128>,
    metadata: BTreeMap<String, Vec<Metadata>>,
}

/// The first difference between two dumps, in words; values are compared by bits, so that NaN equals itself.
#[must_use]
pub fn first_difference(left: &Dump, right: &Dump) -> Option<String> {
    for labels in left.keys().chain(right.keys()) {
        let (Some(a), Some(b)) = (left.get(labels), right.get(labels)) else {
            let side = if left.contains_key(labels) { "left" } else { "right" };
            return Some(format!("{labels} is only on the {side}"));
        };
        for time_ms in a.keys().chain(b.keys()) {
            let (a, b) = (a.get(time_ms), b.get(time_ms));
            if !a.zip(b).is_some_and(|(a, b)| same(a, b)) {
                return Some(format!("{labels} at {time_ms} ms: {a:?} on the left, {b:?} on the right"));
            }
        }
    }
    None
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    /// Sets one sample of the default tenant, replacing one at the same time.
    pub fn insert(&self, labels: &Labels, time_ms: i64, value: Value) {
        let mut tenants = self.tenants.write();
        let samples = &mut tenants.entry(TenantId::default()).or_default().samples;
        samples.entry(labels.clone()).or_default().insert(time_ms, value);
    }

    /// Sets samples of one series of the default tenant.
    pub fn insert_floats(&self, labels: &Labels, samples: impl IntoIterator<Item = (i64, f64)>) {
        for (time_ms, value) in samples {
            self.insert(labels, time_ms, Value::Float(value));
        }
    }

    /// Everything that the default tenant has, for comparisons with another store.
    #[must_use]
    pub fn dump(&self) -> Dump {
        self.tenants.read().get(&TenantId::default()).map(|t| t.samples.clone()).unwrap_or_default()
    }

    fn with<T>(&self, tenant: TenantId, read: impl FnOnce(&Tenant) -> T) -> T {
        let tenants = self.tenants.read();
        let empty = Tenant::default();
        read(tenants.get(&tenant).unwrap_or(&empty))
    }
}

impl MetricStore for MemoryStore {
    fn append(&self, tenant: TenantId, batch: &AppendBatch<'_>) -> Result<Ack> {
        if !batch.times_ms.is_sorted_by(|a, b| a < b) {
            return Err(Error::new(ErrorKind::Invalid, "timestamps of a batch must ascend"));
        }
        if batch.rows.iter().any(|row| row.time as usize >= batch.times_ms.len()) {
            return Err(Error::new(ErrorKind::Invalid, "a row points outside of the batch's timestamps"));
        }
        let mut tenants = self.tenants.write();
        let tenant = tenants.entry(tenant).or_default();
        let mut ack = Ack::default();
        if let Some(BatchToken(token)) = batch.token
            && !tenant.tokens.insert(token)
        {
            ack.repeated = batch.rows.len() as u64;
            return Ok(ack);
        }
        for row in batch.rows {
            let Ok(labels) = Labels::from_bytes(row.labels) else {
                ack.bad_labels += 1;
                continue;
            };
            let value = match row.value {
                RowValue::Float(value) => Value::Float(value),
                RowValue::Histogram(histogram) => Value::Histogram(Arc::new(histogram.clone())),
            };
            ack.new_series += u64::from(!tenant.samples.contains_key(&labels));
            let series = tenant.samples.entry(labels).or_default();
            match series.get(&batch.times_ms[row.time as usize]) {
                None => {
                    series.insert(batch.times_ms[row.time as usize], value);
                    ack.appended += 1;
                }
                Some(known) if same(known, &value) => ack.repeated += 1,
                Some(_) => ack.conflicting += 1,
            }
        }
        Ok(ack)
    }

    fn select_series(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Vec<Series>> {
        cancel.check()?;
        let found: Vec<Series> = self.with(tenant, |tenant| {
            let series = tenant.samples.iter().filter(|(labels, _)| matches_any(labels, selectors));
            series.filter(|(_, samples)| has_sample(samples, range)).map(|(labels, _)| series_of(labels)).collect()
        });
        if found.len() > limits.series {
            return Err(too_many_series(limits));
        }
        Ok(found)
    }

    fn select<'a>(
        &'a self,
        tenant: TenantId,
        matchers: &'a [Matcher],
        hints: &SelectHints,
        _reduce: Reduce,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<SampleStream<'a>> {
        cancel.check()?;
        let batches = self.with(tenant, |tenant| batches(&tenant.samples, matchers, hints.range, limits))?;
        Ok(Box::new(batches.into_iter().map(Ok)))
    }

    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        let series = self.select_series(tenant, selectors, range, &unlimited(), cancel)?;
        let names: BTreeSet<&str> = series.iter().flat_map(|s| s.labels.iter().map(|(name, _)| name)).collect();
        Ok(names.into_iter().map(ToOwned::to_owned).collect())
    }

    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        let series = self.select_series(tenant, selectors, range, &unlimited(), cancel)?;
        let values: BTreeSet<&str> = series.iter().map(|s| s.labels.get(name)).filter(|v| !v.is_empty()).collect();
        Ok(values.into_iter().map(ToOwned::to_owned).collect())
    }

    fn cardinality(&self, tenant: TenantId, top: usize, cancel: &CancelToken) -> Result<Cardinality> {
        cancel.check()?;
        Ok(self.with(tenant, |tenant| cardinality(&tenant.samples, top)))
    }

    fn put_metadata(&self, tenant: TenantId, entries: &[(&str, Metadata)]) -> Result<()> {
        let mut tenants = self.tenants.write();
        let known = &mut tenants.entry(tenant).or_default().metadata;
        for (name, metadata) in entries {
            let known = known.entry((*name).to_owned()).or_default();
            if !known.contains(metadata) {
                known.push(metadata.clone());
            }
        }
        Ok(())
    }

    fn metadata(&self, tenant: TenantId, name: Option<&str>) -> Result<Vec<(String, Vec<Metadata>)>> {
        Ok(self.with(tenant, |tenant| {
            let wanted = tenant.metadata.iter().filter(|(known, _)| name.is_none_or(|name| name == known.as_str()));
            wanted.map(|(name, metadata)| (name.clone(), metadata.clone())).collect()
        }))
    }

    fn enforce_retention(&self, _now_ms: i64) -> Result<u64> {
        Ok(0)
    }
}

/// Groups the matching series by their timestamps.
fn batches(samples: &Dump, matchers: &[Matcher], range: TimeRange, limits: &Limits) -> Result<Vec<ColumnBatch>> {
    let mut by_times: BTreeMap<Vec<i64>, Vec<SeriesColumn>> = BTreeMap::new();
    let mut series = 0;
    for (labels, samples) in samples.iter().filter(|(labels, _)| matchers.iter().all(|m| m.matches_labels(labels))) {
        if !has_sample(samples, range) {
            continue;
        }
        series += 1;
        if series > limits.series {
            return Err(too_many_series(limits));
        }
        let (times, values): (Vec<i64>, Vec<Value>) =
            samples.range(range.start_ms..=range.end_ms).map(|(time, value)| (*time, value.clone())).unzip();
        let column = SeriesColumn { series: Arc::new(series_of(labels)), values: column_of(values) };
        by_times.entry(times).or_default().push(column);
    }
    let mut batches = Vec::new();
    for (times, series) in by_times {
        let times_ms: Arc<[i64]> = times.into();
        for series in series.chunks(BATCH_SERIES) {
            batches.push(ColumnBatch { times_ms: times_ms.clone(), series: series.to_vec() });
        }
    }
    Ok(batches)
}

fn column_of(values: Vec<Value>) -> Values {
    let float = |value: &Value| match value {
        Value::Float(value) => Some(*value),
        Value::Histogram(_) => None,
    };
    match values.iter().map(float).collect() {
        Some(floats) => Values::Floats(floats),
        None => Values::Mixed(values),
    }
}

fn cardinality(samples: &Dump, top: usize) -> Cardinality {
    let mut by_metric: BTreeMap<String, u64> = BTreeMap::new();
    let mut by_pair: BTreeMap<String, u64> = BTreeMap::new();
    let mut by_label: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for labels in samples.keys() {
        for (name, value) in labels {
            *by_pair.entry(format!("{name}={value}")).or_default() += 1;
            by_label.entry(name).or_default().insert(value);
            if name == METRIC_NAME {
                *by_metric.entry(value.to_owned()).or_default() += 1;
            }
        }
    }
    let most = |mut counts: Vec<(String, u64)>| {
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts.truncate(top);
        counts
    };
    Cardinality {
        series: samples.len() as u64,
        label_pairs: by_pair.len() as u64,
        by_metric: most(by_metric.into_iter().collect()),
        by_label: most(by_label.into_iter().map(|(name, values)| (name.to_owned(), values.len() as u64)).collect()),
        by_pair: most(by_pair.into_iter().collect()),
    }
}

fn matches_any(labels: &Labels, selectors: &[Vec<Matcher>]) -> bool {
    selectors.is_empty() || selectors.iter().any(|matchers| matchers.iter().all(|m| m.matches_labels(labels)))
}

fn has_sample(samples: &BTreeMap<i64, Value>, range: TimeRange) -> bool {
    range.start_ms <= range.end_ms && samples.range(range.start_ms..=range.end_ms).next().is_some()
}

/// Equal by bits, so that a repeated NaN is a repetition.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || (is_stale(*a) && is_stale(*b)),
        (Value::Histogram(a), Value::Histogram(b)) => a == b,
        _ => false,
    }
}

/// FNV-1a with 128 bits; any hash will do here.
fn series_of(labels: &Labels) -> Series {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in labels.as_bytes() {
        hash = (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    Series { id: SeriesId(hash), labels: labels.clone() }
}

fn unlimited() -> Limits {
    Limits { series: usize::MAX, samples: usize::MAX, memory_bytes: usize::MAX }
}

fn too_many_series(limits: &Limits) -> Error {
    let message = format!("the selector matches more than {} series; make it narrower", limits.series);
    Error::new(ErrorKind::LimitExceeded, message)
}

#[cfg(test)]
mod tests;
