//! The program's own metrics: `menara_*` and `process_*`.

mod alerting;
mod containers;
mod rules;
mod shipping;
mod stores;

use std::fs;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use api::RequestCounters;
use containersensor::Registry;
use exposition::Family;
use intake::Intake;
use model::{Clock, MetricKind};

use super::alerting::Watched;
use super::sampler::SamplingCounters;
use super::stores::Stores;

/// Collects what the parts say about themselves.
#[derive(Debug)]
pub(crate) struct OwnMetrics {
    stores: Stores,
    clock: Arc<dyn Clock>,
    sampling: Arc<SamplingCounters>,
    requests: OnceLock<Arc<RequestCounters>>,
    lines: OnceLock<(Arc<Intake>, Arc<shipper::Counters>)>,
    containers: OnceLock<Arc<Registry>>,
    alerts: OnceLock<Watched>,
    started_seconds: f64,
}

impl OwnMetrics {
    pub(crate) fn new(stores: Stores, clock: Arc<dyn Clock>) -> OwnMetrics {
        let started_seconds = clock.now_ms() as f64 / 1000.0;
        OwnMetrics {
            stores,
            clock,
            sampling: Arc::default(),
            requests: OnceLock::new(),
            lines: OnceLock::new(),
            containers: OnceLock::new(),
            alerts: OnceLock::new(),
            started_seconds,
        }
    }

    pub(crate) fn sampling(&self) -> Arc<SamplingCounters> {
        Arc::clone(&self.sampling)
    }

    /// The server comes after the sampler; its counters are handed in then.
    pub(crate) fn set_requests(&self, requests: Arc<RequestCounters>) {
        // Set once, at the start.
        self.requests.set(requests).ok();
    }

    /// What takes lines in comes after the stores; it is handed in then.
    pub(crate) fn set_lines(&self, intake: Arc<Intake>, shipper: Arc<shipper::Counters>) {
        // Set once, at the start.
        self.lines.set((intake, shipper)).ok();
    }

    /// The registry comes after the stores; it is handed in then.
    pub(crate) fn set_containers(&self, containers: Arc<Registry>) {
        // Set once, at the start.
        self.containers.set(containers).ok();
    }

    /// Alerting comes after the stores; it is handed in then.
    pub(crate) fn set_alerts(&self, alerts: Watched) {
        // Set once, at the start.
        self.alerts.set(alerts).ok();
    }

    /// All families, as they are now.
    pub(crate) fn families(&self) -> Vec<Family> {
        let mut families = stores::metric_store(&self.stores.metrics);
        families.extend(stores::log_store(&self.stores.logs));
        let mut build =
            Family::new("menara_build_info", "Always 1; the label says which version runs.", MetricKind::Gauge);
        build.push(vec![("version".into(), env!("CARGO_PKG_VERSION").to_owned())], 1.0);
        families.push(build);
        let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed) as f64;
        families.push(counter(
            "menara_sensor_readings_total",
            "Readings of local sensors.",
            count(&self.sampling.readings),
        ));
        families.push(counter(
            "menara_sensor_readings_failed_total",
            "Readings of local sensors that could not be stored.",
            count(&self.sampling.failed),
        ));
        if let Some((intake, shipper)) = self.lines.get() {
            families.extend(intake.counters().families());
            families.extend(shipping::families(shipper));
        }
        if let Some(alerts) = self.alerts.get() {
            families.extend(alerting::families(&alerts.manager));
            families.extend(alerting::state(&alerts.manager));
            families.extend(alerting::latencies(&alerts.latencies));
            families.extend(alerting::configuration(alerts.reloader.status()));
            families.extend(rules::families(&alerts.rules));
        }
        if let Some(registry) = self.containers.get() {
            families.extend(containers::families(registry));
        }
        families.extend(self.requests.get().map(|requests| requests.family()));
        families.extend(process_families(self.started_seconds));
        families.push(gauge(
            "menara_clock_seconds",
            "The time by the clock that Menara uses.",
            self.clock.now_ms() as f64 / 1000.0,
        ));
        families
    }
}

/// What every Prometheus client library says about its process. A value that the kernel does not give is left out.
fn process_families(started_seconds: f64) -> Vec<Family> {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The fields after the name in parentheses; the first of them is the third of the file.
    let fields: Vec<&str> = stat.rsplit_once(") ").map_or("", |(_, rest)| rest).split_ascii_whitespace().collect();
    let field = |number: usize| fields.get(number - 3).and_then(|text| text.parse::<f64>().ok());
    let ticks_per_second = rustix::param::clock_ticks_per_second() as f64;
    let page_bytes = rustix::param::page_size() as f64;
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let max_fds = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files")?.split_ascii_whitespace().next()?.parse().ok());
    let open_fds = fs::read_dir("/proc/self/fd").ok().map(|entries| entries.count() as f64);
    let cpu_seconds = field(14).zip(field(15)).map(|(user, system)| (user + system) / ticks_per_second);
    [
        cpu_seconds
            .map(|v| counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", v)),
        field(23).map(|v| gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", v)),
        field(24).map(|v| gauge("process_resident_memory_bytes", "Resident memory size in bytes.", v * page_bytes)),
        field(20).map(|v| gauge("process_threads", "Number of threads.", v)),
        open_fds.map(|v| gauge("process_open_fds", "Number of open file descriptors.", v)),
        max_fds.map(|v| gauge("process_max_fds", "Maximum number of open file descriptors.", v)),
        Some(gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            started_seconds,
        )),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn counter(name: &'static str, help: &'static str, value: f64) -> Family {
    single(name, help, MetricKind::Counter, value)
}

fn gauge(name: &'static str, help: &'static str, value: f64) -> Family {
    single(name, help, MetricKind::Gauge, value)
}

fn single(name: &'static str, help: &'static str, kind: MetricKind, value: f64) -> Family {
    let mut family = Family::new(name, help, kind);
    family.push(Vec::new(), value);
    family
}
