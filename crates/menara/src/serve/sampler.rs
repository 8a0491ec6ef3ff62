//! Reads the local sensors in their rhythm and writes what they say to the store, as a scrape of an exporter would.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use exposition::Family;
use model::{Clock, Labels, LabelsBuilder, Metadata, STALE_NAN};
use storage::{AppendBatch, AppendRow, MetricStore, RowValue, TenantId};

use super::worker::Stop;

/// Readings right after the start, so that rates can be shown within seconds; then one per interval.
const FIRST_READINGS: [Duration; 3] = [Duration::ZERO, Duration::from_secs(2), Duration::from_secs(5)];
const INTERVAL: Duration = Duration::from_secs(15);

/// A local source of metrics, which stands for a scrape target.
pub(crate) struct Target {
    job: &'static str,
    instance: String,
    group: String,
    read: Box<dyn FnMut() -> Vec<Family> + Send>,
    /// The series of the reading before: those that are gone get a staleness marker.
    series: HashSet<Labels>,
    /// Families whose type and help were told to the store.
    described: HashSet<String>,
}

impl Target {
    pub(crate) fn new(job: &'static str, instance: &str, read: Box<dyn FnMut() -> Vec<Family> + Send>) -> Target {
        let group = format!("{job}/{instance}");
        Target { job, instance: instance.to_owned(), group, read, series: HashSet::new(), described: HashSet::new() }
    }
}

/// What the sampler has done.
#[derive(Debug, Default)]
pub(crate) struct SamplingCounters {
    pub(crate) readings: AtomicU64,
    pub(crate) failed: AtomicU64,
}

/// Reads all targets.
pub(crate) struct Sampler {
    targets: Vec<Target>,
    store: Arc<dyn MetricStore>,
    clock: Arc<dyn Clock>,
    counters: Arc<SamplingCounters>,
}

impl Sampler {
    pub(crate) fn new(
        targets: Vec<Target>,
        store: Arc<dyn MetricStore>,
        clock: Arc<dyn Clock>,
        counters: Arc<SamplingCounters>,
    ) -> Sampler {
        Sampler { targets, store, clock, counters }
    }

    /// Reads until it is time to stop.
    pub(crate) fn run(&mut self, stop: &Stop) {
        let start = Instant::now();
        let regular = (1..).map(|n| INTERVAL * n);
        for due in FIRST_READINGS.into_iter().chain(regular) {
            // A reading that was missed, because the machine slept, is not made up for.
            let late = start.elapsed().saturating_sub(due) > INTERVAL;
            if late {
                continue;
            }
            if stop.wait_until(start + due) {
                return;
            }
            self.read_all();
        }
    }

    fn read_all(&mut self) {
        for target in &mut self.targets {
            self.counters.readings.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = read(target, &*self.store, &*self.clock) {
                self.counters.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(job = target.job, %error, "what a sensor read was not stored");
            }
        }
    }
}

fn read(target: &mut Target, store: &dyn MetricStore, clock: &dyn Clock) -> storage::Result<()> {
    let (started, time_ms) = (Instant::now(), clock.now_ms());
    let families = (target.read)();
    let duration = started.elapsed();
    describe(target, store, &families)?;
    let mut rows = Vec::new();
    for family in &families {
        for sample in &family.samples {
            let mut labels = builder(target, &format!("{}{}", family.name, sample.suffix));
            for (name, value) in &sample.labels {
                labels.set(name, value);
            }
            rows.push((labels.build(), sample.value));
        }
    }
    let n_samples = rows.len() as f64;
    let current: HashSet<Labels> = rows.iter().map(|(labels, _)| labels.clone()).collect();
    let added = current.difference(&target.series).count() as f64;
    rows.extend(target.series.difference(&current).map(|labels| (labels.clone(), STALE_NAN)));
    for (name, value) in [
        ("up", 1.0),
        ("scrape_duration_seconds", duration.as_secs_f64()),
        ("scrape_samples_scraped", n_samples),
        ("scrape_samples_post_metric_relabeling", n_samples),
        ("scrape_series_added", added),
    ] {
        rows.push((builder(target, name).build(), value));
    }
    let rows: Vec<AppendRow<'_>> = rows
        .iter()
        .map(|(labels, value)| AppendRow { labels: labels.as_bytes(), time: 0, value: RowValue::Float(*value) })
        .collect();
    let batch = AppendBatch { group: &target.group, token: None, times_ms: &[time_ms], rows: &rows };
    store.append(TenantId::default(), &batch)?;
    target.series = current;
    Ok(())
}

fn builder(target: &Target, name: &str) -> LabelsBuilder {
    let mut labels = LabelsBuilder::new();
    labels.set(model::labels::METRIC_NAME, name).set("job", target.job).set("instance", &target.instance);
    labels
}

/// Tells the store type and help of families that it has not heard of yet.
fn describe(target: &mut Target, store: &dyn MetricStore, families: &[Family]) -> storage::Result<()> {
    let unknown = families.iter().filter(|family| !target.described.contains(&*family.name));
    let entries: Vec<(&str, Metadata)> = unknown
        .map(|family| {
            (&*family.name, Metadata { kind: family.kind, help: family.help.to_string(), unit: String::new() })
        })
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    store.put_metadata(TenantId::default(), &entries)?;
    target.described.extend(entries.into_iter().map(|(name, _)| name.to_owned()));
    Ok(())
}
