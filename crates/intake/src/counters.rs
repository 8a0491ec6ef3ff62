//! What came in and what was refused.

use std::sync::atomic::{AtomicU64, Ordering};

use exposition::Family;
use model::MetricKind;

use crate::limits::Reason;

/// Counts lines and bytes, of those written and of those refused, by reason.
#[derive(Debug, Default)]
pub struct IntakeCounters {
    received: Count,
    refused: [Count; Reason::ALL.len()],
}

#[derive(Debug, Default)]
struct Count {
    lines: AtomicU64,
    bytes: AtomicU64,
}

impl Count {
    fn add(&self, lines: u64, bytes: u64) {
        self.lines.fetch_add(lines, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl IntakeCounters {
    pub(crate) fn add_received(&self, lines: u64, bytes: u64) {
        self.received.add(lines, bytes);
    }

    pub(crate) fn add_refused(&self, reason: Reason, lines: u64, bytes: u64) {
        self.refused[reason as usize].add(lines, bytes);
    }

    /// Lines refused for a reason so far.
    #[must_use]
    pub fn refused_lines(&self, reason: Reason) -> u64 {
        self.refused[reason as usize].lines.load(Ordering::Relaxed)
    }

    /// The counters as metric families, named as Loki names them.
    #[must_use]
    pub fn families(&self) -> Vec<Family> {
        let mut families = Vec::new();
        let mut add =
            |name: &'static str, help: &'static str, label: Option<&'static str>, value: &dyn Fn(&Count) -> u64| {
                let mut family = Family::new(name, help, MetricKind::Counter);
                match label {
                    None => family.push(Vec::new(), value(&self.received) as f64),
                    Some(label) => {
                        for reason in Reason::ALL {
                            let count = value(&self.refused[reason as usize]);
                            if count > 0 {
                                family.push(vec![(label.into(), reason.as_str().to_owned())], count as f64);
                            }
                        }
                    }
                }
                families.push(family);
            };
        let lines = |count: &Count| count.lines.load(Ordering::Relaxed);
        let bytes = |count: &Count| count.bytes.load(Ordering::Relaxed);
        add("loki_distributor_lines_received_total", "Log lines written.", None, &lines);
        add("loki_distributor_bytes_received_total", "Bytes of log lines and metadata written.", None, &bytes);
        add("loki_discarded_samples_total", "Log lines refused, by reason.", Some("reason"), &lines);
        add("loki_discarded_bytes_total", "Bytes of log lines refused, by reason.", Some("reason"), &bytes);
        families
    }
}
