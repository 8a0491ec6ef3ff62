//! Reads the local sensors in their rhythm and writes what they say to the store, as a scrape of an exporter would.

mod rows;
mod schedule;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use exposition::Family;
use model::labels::METRIC_NAME;
use model::{Clock, Matcher, Metadata};
use parking_lot::{Condvar, Mutex};
use storage::{AppendBatch, CancelToken, Limits, MetricStore, TenantId, TimeRange};

use rows::{KnownSeries, Rows, TargetLabels};
use schedule::Schedule;

/// How long a series without new samples is still taken for alive.
const LOOKBACK_MS: i64 = 300_000;

/// A local source of metrics, which stands for a scrape target.
pub(crate) struct Target {
    job: &'static str,
    instance: String,
    group: String,
    read: Box<dyn FnMut() -> Vec<Family> + Send>,
    /// The series of the reading before: those that are gone get a staleness marker. None before the first reading of this run.
    series: Option<KnownSeries>,
    /// Whether the first reading waits for a change.
    waits: bool,
    /// Families whose type and help were told to the store.
    described: HashSet<String>,
}

impl Target {
    pub(crate) fn new(job: &'static str, instance: &str, read: Box<dyn FnMut() -> Vec<Family> + Send>) -> Target {
        let group = format!("{job}/{instance}");
        let instance = instance.to_owned();
        Target { job, instance, group, read, series: None, waits: false, described: HashSet::new() }
    }

    /// Has the first reading wait for a change, though not for long: what is measured is not known at once.
    pub(crate) fn waiting(mut self) -> Target {
        self.waits = true;
        self
    }
}

/// Wakes the sampler: something that a target measures changed, or it is time to stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Waker(Arc<(Mutex<Wanted>, Condvar)>);

#[derive(Debug, Default)]
struct Wanted {
    stop: bool,
    /// Jobs of which something changed since the sampler looked.
    changed: Vec<&'static str>,
}

impl Waker {
    /// Has the target of a job read soon, out of its rhythm.
    pub(crate) fn changed(&self, job: &'static str) {
        let (wanted, signal) = &*self.0;
        let mut wanted = wanted.lock();
        if !wanted.changed.contains(&job) {
            wanted.changed.push(job);
        }
        signal.notify_all();
    }

    pub(crate) fn stop(&self) {
        let (wanted, signal) = &*self.0;
        wanted.lock().stop = true;
        signal.notify_all();
    }

    /// Waits for a moment, or less: for what changed. None when it is time to stop.
    fn wait_until(&self, moment: Instant) -> Option<Vec<&'static str>> {
        let (wanted, signal) = &*self.0;
        let mut wanted = wanted.lock();
        while !wanted.stop && wanted.changed.is_empty() {
            if signal.wait_until(&mut wanted, moment).timed_out() {
                break;
            }
        }
        (!wanted.stop).then(|| std::mem::take(&mut wanted.changed))
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
    pub(crate) fn run(&mut self, waker: &Waker) {
        let start = Instant::now();
        let mut schedules: Vec<Schedule> = self
            .targets
            .iter()
            .map(|target| if target.waits { Schedule::waiting(start) } else { Schedule::new(start) })
            .collect();
        while let Some(next) = schedules.iter().map(Schedule::next).min() {
            let Some(changed) = waker.wait_until(next) else { return };
            let now = Instant::now();
            for (target, schedule) in self.targets.iter_mut().zip(&mut schedules) {
                if changed.contains(&target.job) {
                    schedule.changed(now);
                }
                if schedule.next() <= now {
                    schedule.was_read(now);
                    self.counters.readings.fetch_add(1, Ordering::Relaxed);
                    if let Err(error) = read(target, &*self.store, &*self.clock) {
                        self.counters.failed.fetch_add(1, Ordering::Relaxed);
                        tracing::error!(job = target.job, %error, "what a sensor read was not stored");
                    }
                }
            }
        }
    }
}

/// What every reading tells about itself.
const REPORT: [&str; 5] = [
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
];

fn read(target: &mut Target, store: &dyn MetricStore, clock: &dyn Clock) -> storage::Result<()> {
    let (started, time_ms) = (Instant::now(), clock.now_ms());
    let families = (target.read)();
    let duration = started.elapsed();
    describe(target, store, &families)?;
    let own = TargetLabels { job: target.job, instance: &target.instance };
    let mut rows = Rows::of(&families, own);
    let n_samples = rows.len() as f64;
    let mut series = match target.series.take() {
        Some(series) => series,
        None => left_over(target, store, time_ms)?,
    };
    let changes = series.compare(&mut rows);
    let report = [1.0, duration.as_secs_f64(), n_samples, n_samples, changes.n_new() as f64];
    for (name, value) in REPORT.iter().zip(report) {
        rows.report(name, own, value);
    }
    let batch = AppendBatch { group: &target.group, token: None, times_ms: &[time_ms], rows: &rows.to_append() };
    let written = store.append(TenantId::default(), &batch);
    if written.is_ok() {
        series.commit(changes);
    }
    target.series = Some(series);
    written.map(|_| ())
}

/// The series that a run before this one left, and that queries still take for alive.
fn left_over(target: &Target, store: &dyn MetricStore, now_ms: i64) -> storage::Result<KnownSeries> {
    let matchers = vec![Matcher::equal("job", target.job), Matcher::equal("instance", &target.instance)];
    let range = TimeRange { start_ms: now_ms.saturating_sub(LOOKBACK_MS), end_ms: now_ms };
    let (limits, cancel) = (Limits::default(), CancelToken::new());
    let series = store.select_series(TenantId::default(), &[matchers], range, &limits, &cancel)?;
    let labels = series.into_iter().map(|series| series.labels.clone());
    Ok(KnownSeries::left_over(labels.filter(|labels| !REPORT.contains(&labels.get(METRIC_NAME)))))
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

#[cfg(test)]
mod tests;
