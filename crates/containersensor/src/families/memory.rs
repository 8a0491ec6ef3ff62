//! Memory.

use super::samples::Samples;
use super::{Row, Subject, counter, gauge};
use crate::stats::MemoryStats;

pub(super) const FAMILIES: &[Row] = &[
    gauge("container_memory_cache", "Number of bytes of page cache memory.", |s, out| {
        one(s, out, |memory| memory.cache);
    }),
    gauge("container_memory_rss", "Size of RSS in bytes.", |s, out| one(s, out, |memory| memory.rss)),
    gauge("container_memory_kernel_usage", "Size of kernel memory allocated in bytes.", |s, out| {
        one(s, out, |memory| memory.kernel);
    }),
    gauge("container_memory_mapped_file", "Size of memory mapped files in bytes.", |s, out| {
        one(s, out, |memory| memory.mapped_file);
    }),
    gauge("container_memory_swap", "Container swap usage in bytes.", |s, out| one(s, out, |memory| memory.swap)),
    counter("container_memory_failcnt", "Number of memory usage hits limits", |s, out| {
        one(s, out, |memory| memory.failcnt);
    }),
    gauge(
        "container_memory_usage_bytes",
        "Current memory usage in bytes, including all memory regardless of when it was accessed",
        |s, out| one(s, out, |memory| memory.usage),
    ),
    gauge("container_memory_max_usage_bytes", "Maximum memory usage recorded in bytes", |s, out| {
        one(s, out, |memory| memory.max_usage);
    }),
    gauge("container_memory_working_set_bytes", "Current working set in bytes.", |s, out| {
        one(s, out, |memory| memory.working_set);
    }),
    gauge("container_memory_total_active_file_bytes", "Current total active file in bytes.", |s, out| {
        one(s, out, |memory| memory.total_active_file);
    }),
    gauge("container_memory_total_inactive_file_bytes", "Current total inactive file in bytes.", |s, out| {
        one(s, out, |memory| memory.total_inactive_file);
    }),
    counter("container_memory_failures_total", "Cumulative count of memory allocation failures.", failures),
    counter(
        "container_memory_events_high_total",
        "Cumulative count of memory.high throttle events for the container",
        |s, out| one(s, out, |memory| memory.events_high),
    ),
    counter(
        "container_memory_events_max_total",
        "Cumulative count of memory.max limit hit events for the container",
        |s, out| one(s, out, |memory| memory.events_max),
    ),
    gauge(
        "container_memory_file_dirty_bytes",
        "Number of bytes of file cache that has been modified but not yet written back to disk.",
        |s, out| one(s, out, |memory| memory.file_dirty),
    ),
    gauge(
        "container_memory_file_writeback_bytes",
        "Number of bytes of file cache that is currently being written back to disk.",
        |s, out| one(s, out, |memory| memory.file_writeback),
    ),
    counter(
        "container_memory_pgscan_total",
        "Cumulative number of pages scanned by the page reclaim algorithm.",
        |s, out| one(s, out, |memory| memory.pgscan),
    ),
    counter(
        "container_memory_pgsteal_total",
        "Cumulative number of pages reclaimed by the page reclaim algorithm.",
        |s, out| one(s, out, |memory| memory.pgsteal),
    ),
    counter(
        "container_memory_workingset_refault_file_total",
        "Cumulative number of refaults of previously evicted file pages.",
        |s, out| one(s, out, |memory| memory.workingset_refault_file),
    ),
    counter(
        "container_memory_workingset_refault_anon_total",
        "Cumulative number of refaults of previously evicted anonymous pages.",
        |s, out| one(s, out, |memory| memory.workingset_refault_anon),
    ),
];

fn one(subject: &Subject<'_>, out: &mut Samples<'_>, value: fn(&MemoryStats) -> u64) {
    out.one(subject.memory().map(|memory| value(memory) as f64));
}

fn failures(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(memory) = subject.memory() else { return };
    let counts = [
        ("pgfault", "container", memory.pgfault),
        ("pgmajfault", "container", memory.pgmajfault),
        ("pgfault", "hierarchy", memory.hierarchical_pgfault),
        ("pgmajfault", "hierarchy", memory.hierarchical_pgmajfault),
    ];
    for (kind, scope, count) in counts {
        out.push(&[("failure_type", kind), ("scope", scope)], count as f64);
    }
}
