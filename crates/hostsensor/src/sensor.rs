//! The sensor: runs the collectors and reports on them.

use std::sync::Arc;
use std::time::Instant;

use exposition::Family;
use model::Clock;

use crate::collectors::{self, Collector};
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

/// Reads the host. It keeps what must survive from one reading to the next: open files, counters that may not fall,
/// mounts that do not answer.
#[derive(Debug)]
pub struct HostSensor {
    paths: Paths,
    procfs: ProcFiles,
    /// With their names.
    collectors: Vec<(&'static str, Box<dyn Collector>)>,
}

/// What one reading found.
#[derive(Debug)]
pub struct Snapshot {
    /// The families that have samples, in no particular order.
    pub families: Vec<Family>,
    /// The collectors that failed and why. A machine that lacks what a collector measures is not an error: only
    /// `node_scrape_collector_success` tells of it.
    pub errors: Vec<(&'static str, String)>,
}

/// A name that is not one of [`collector_names`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("missing collector: {0}")]
pub struct UnknownCollector(pub String);

/// The collectors that exist, in the order of their names.
#[must_use]
pub fn collector_names() -> Vec<&'static str> {
    collectors::registry().iter().map(|make| make.0).collect()
}

impl HostSensor {
    /// A sensor with all collectors; it reads nothing of the host yet. The clock gives the time that `node_time_seconds` shows.
    #[must_use]
    pub fn new(paths: Paths, clock: Arc<dyn Clock>) -> HostSensor {
        HostSensor::build(paths, &clock, |_| true)
    }

    /// A sensor with some of the collectors.
    ///
    /// # Errors
    /// When a name is not one of [`collector_names`].
    pub fn with_collectors(
        paths: Paths,
        clock: Arc<dyn Clock>,
        names: &[&str],
    ) -> Result<HostSensor, UnknownCollector> {
        let known = collector_names();
        if let Some(unknown) = names.iter().find(|name| !known.contains(name)) {
            return Err(UnknownCollector((*unknown).to_owned()));
        }
        Ok(HostSensor::build(paths, &clock, |name| names.contains(&name)))
    }

    fn build(paths: Paths, clock: &Arc<dyn Clock>, is_wanted: impl Fn(&str) -> bool) -> HostSensor {
        let wanted = collectors::registry().iter().filter(|(name, _)| is_wanted(name));
        HostSensor {
            procfs: ProcFiles::new(paths.procfs.clone()),
            collectors: wanted.map(|(name, make)| (*name, make(clock))).collect(),
            paths,
        }
    }

    /// Reads everything once. A file system that hangs delays the reading by five seconds, once, and holds a thread
    /// until it answers (16 threads at most); nothing else waits.
    pub fn read(&mut self) -> Snapshot {
        let mut sink = Sink::default();
        let mut errors = Vec::new();
        let mut outcomes = Vec::with_capacity(self.collectors.len());
        self.procfs.begin_round();
        for (name, collector) in &mut self.collectors {
            let started = Instant::now();
            let outcome = collector.collect(&self.paths, &mut self.procfs, &mut sink);
            outcomes.push((*name, started.elapsed().as_secs_f64(), outcome.is_ok()));
            match outcome {
                Ok(()) | Err(CollectError::NoData) => {}
                Err(error) => errors.push((*name, error.to_string())),
            }
        }
        report(&outcomes, &mut sink);
        Snapshot { families: sink.into_families(), errors }
    }
}

fn report(outcomes: &[(&'static str, f64, bool)], sink: &mut Sink) {
    let duration =
        sink.gauge("node_scrape_collector_duration_seconds", "node_exporter: Duration of a collector scrape.");
    let success = sink.gauge("node_scrape_collector_success", "node_exporter: Whether a collector succeeded.");
    for (collector, seconds, is_success) in outcomes {
        sink.sample(duration, &[("collector", collector)], *seconds);
        sink.sample(success, &[("collector", collector)], f64::from(u8::from(*is_success)));
    }
}
