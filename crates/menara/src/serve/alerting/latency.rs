//! How long receivers take to answer.

use std::collections::BTreeMap;
use std::time::Duration;

use parking_lot::Mutex;

/// Upper bounds of the buckets, in seconds; upstream's.
pub(crate) const BOUNDS_SECONDS: [f64; 5] = [1.0, 5.0, 10.0, 15.0, 20.0];

/// Attempts to send by kind of integration, by how long they took.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Mutex<BTreeMap<String, Latency>>);

/// Attempts of one kind of integration.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Latency {
    /// Attempts that took no longer than each bound.
    pub(crate) within: [u64; BOUNDS_SECONDS.len()],
    pub(crate) count: u64,
    pub(crate) sum_seconds: f64,
}

impl Latencies {
    pub(super) fn observe(&self, kind: &str, took: Duration) {
        let mut all = self.0.lock();
        let latency = all.entry(kind.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        for (within, bound) in latency.within.iter_mut().zip(BOUNDS_SECONDS) {
            *within += u64::from(seconds <= bound);
        }
        latency.count += 1;
        latency.sum_seconds += seconds;
    }

    /// By kind of integration.
    pub(crate) fn all(&self) -> BTreeMap<String, Latency> {
        self.0.lock().clone()
    }
}
