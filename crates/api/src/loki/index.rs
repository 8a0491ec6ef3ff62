//! `/index/stats`, `/index/volume`, `/index/volume_range`: how much there is, from counters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use logql::QueryStats;
use model::{Labels, Matcher};
use storage::TenantId;
use storage::logs::{NanoRange, StreamVolume};

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::labels::matchers;
use super::params::{Bounds, Params};
use super::query::TIMEOUT;
use super::value;
use crate::json;
use crate::state::Api;

const DEFAULT_SINCE_NS: i64 = 3_600 * 1_000_000_000;

pub(super) async fn stats(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let bounds = params.bounds(api.clock.now_ns(), DEFAULT_SINCE_NS)?;
    let selectors = selectors(matchers(params.get("query"))?);
    let shared = Arc::clone(&api);
    let volumes = api
        .pool
        .run(TIMEOUT, move |cancel| shared.logs.volumes(TenantId::default(), &selectors, range_of(bounds), cancel));
    let volumes = volumes.await??;
    let sum = |count: fn(&StreamVolume) -> u64| volumes.iter().map(count).sum::<u64>();
    Ok(Success::bare(format!(
        "{{\"streams\":{},\"chunks\":{},\"bytes\":{},\"entries\":{}}}",
        volumes.len(),
        sum(|volume| volume.chunks),
        sum(|volume| volume.bytes),
        sum(|volume| volume.lines),
    )))
}

pub(super) async fn volume(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let bounds = params.bounds(api.clock.now_ns(), DEFAULT_SINCE_NS)?;
    let asked = Arc::new(VolumeRequest::read(&params)?);
    let shared = Arc::clone(&api);
    let job = Arc::clone(&asked);
    let volumes = api
        .pool
        .run(TIMEOUT, move |cancel| shared.logs.volumes(TenantId::default(), &job.selectors, range_of(bounds), cancel));
    let summed = asked.sum(&volumes.await??);
    let mut data = String::from("{\"resultType\":\"vector\",\"result\":");
    json::push_list(&mut data, &asked.top(&summed), |out, (labels, bytes)| {
        out.push_str("{\"metric\":");
        push_metric(out, labels);
        out.push_str(",\"value\":");
        value::push_point(out, bounds.end_ns, *bytes as f64);
        out.push('}');
    });
    finish(data)
}

pub(super) async fn volume_range(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let bounds = params.bounds(api.clock.now_ns(), DEFAULT_SINCE_NS)?;
    let step_ns = params.step_ns(bounds)?;
    let asked = Arc::new(VolumeRequest::read(&params)?);
    let shared = Arc::clone(&api);
    let job = Arc::clone(&asked);
    let summed = api.pool.run(TIMEOUT, move |cancel| {
        let mut points: Vec<(i64, BTreeMap<Key, u64>)> = Vec::new();
        let mut start_ns = bounds.start_ns;
        while start_ns < bounds.end_ns {
            let end_ns = start_ns.saturating_add(step_ns).min(bounds.end_ns);
            let range = NanoRange { start_ns, end_ns };
            let volumes = shared.logs.volumes(TenantId::default(), &job.selectors, range, cancel)?;
            points.push((start_ns, job.sum(&volumes)));
            start_ns = end_ns;
        }
        Ok::<_, storage::Error>(points)
    });
    let points = summed.await??;
    let mut totals: BTreeMap<Key, u64> = BTreeMap::new();
    for (key, bytes) in points.iter().flat_map(|(_, summed)| summed) {
        *totals.entry(key.clone()).or_default() += bytes;
    }
    let mut data = String::from("{\"resultType\":\"matrix\",\"result\":");
    json::push_list(&mut data, &asked.top(&totals), |out, (labels, _)| {
        let values: Vec<(i64, u64)> =
            points.iter().filter_map(|(time_ns, summed)| summed.get(*labels).map(|bytes| (*time_ns, *bytes))).collect();
        out.push_str("{\"metric\":");
        push_metric(out, labels);
        out.push_str(",\"values\":");
        json::push_list(out, &values, |out, (time_ns, bytes)| value::push_point(out, *time_ns, *bytes as f64));
        out.push('}');
    });
    finish(data)
}

/// What a volume is summed by: pairs, or a label's name with an empty value.
type Key = Vec<(String, String)>;

/// The parameters of a request for volumes, besides the time.
struct VolumeRequest {
    selectors: Vec<Vec<Matcher>>,
    /// The labels that volumes are told apart by; all of them where there is none.
    targets: BTreeSet<String>,
    by_labels: bool,
    limit: usize,
}

impl VolumeRequest {
    fn read(params: &Params) -> Result<VolumeRequest, ApiError> {
        let matchers = matchers(params.get("query"))?;
        let by_labels = match params.get("aggregateBy") {
            "" | "series" => false,
            "labels" => true,
            _ => return Err(ApiError::bad_request("invalid aggregation option")),
        };
        let named = params.get("targetLabels").split(',').map(str::trim).filter(|name| !name.is_empty());
        let mut targets: BTreeSet<String> = named.map(ToOwned::to_owned).collect();
        if targets.is_empty() && !by_labels {
            targets.extend(matchers.iter().map(|matcher| matcher.name().to_owned()));
        }
        Ok(VolumeRequest { selectors: selectors(matchers), targets, by_labels, limit: params.limit()? })
    }

    /// Bytes by what they are told apart by.
    fn sum(&self, volumes: &[StreamVolume]) -> BTreeMap<Key, u64> {
        let mut summed: BTreeMap<Key, u64> = BTreeMap::new();
        for volume in volumes {
            for key in self.keys(&volume.labels) {
                *summed.entry(key).or_default() += volume.bytes;
            }
        }
        summed
    }

    fn keys(&self, labels: &Labels) -> Vec<Key> {
        let wanted = labels.iter().filter(|(name, _)| self.targets.is_empty() || self.targets.contains(*name));
        if self.by_labels {
            return wanted.map(|(name, _)| vec![(name.to_owned(), String::new())]).collect();
        }
        let key: Key = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        if key.is_empty() { Vec::new() } else { vec![key] }
    }

    /// The largest, as many as are wanted.
    fn top<'a>(&self, summed: &'a BTreeMap<Key, u64>) -> Vec<(&'a Key, u64)> {
        let mut all: Vec<(&Key, u64)> = summed.iter().map(|(key, bytes)| (key, *bytes)).collect();
        // The sort is stable: equal volumes stay in the order of their labels.
        all.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        all.truncate(self.limit);
        all
    }
}

fn selectors(matchers: Vec<Matcher>) -> Vec<Vec<Matcher>> {
    if matchers.is_empty() { Vec::new() } else { vec![matchers] }
}

fn range_of(bounds: Bounds) -> NanoRange {
    NanoRange { start_ns: bounds.start_ns, end_ns: bounds.end_ns }
}

fn push_metric(out: &mut String, pairs: &Key) {
    out.push('{');
    for (i, (name, value)) in pairs.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        json::push_string(out, name);
        out.push(':');
        json::push_string(out, value);
    }
    out.push('}');
}

fn finish(mut data: String) -> Answer {
    // Writing to a String cannot fail.
    write!(data, ",\"stats\":").ok();
    value::push_stats(&mut data, &QueryStats::default(), 0.0);
    data.push('}');
    Ok(Success::data(&data))
}
