//! Limits, and the times of creation and start.

use super::{Row, Subject, gauge, whole_seconds};
use crate::stats::{CpuSpec, MemorySpec};

pub(super) const FAMILIES: &[Row] = &[
    gauge("container_creation_time_seconds", "Container creation time since unix epoch in seconds.", |s, out| {
        out.one(created_ms(s).map(whole_seconds));
    }),
    gauge("container_start_time_seconds", "Start time of the container since unix epoch in seconds.", |s, out| {
        out.one(started_ms(s).map(whole_seconds));
    }),
    gauge("container_spec_cpu_period", "CPU period of the container.", |s, out| {
        out.one(cpu(s).map(|cpu| cpu.period_us as f64));
    }),
    gauge("container_spec_cpu_quota", "CPU quota of the container.", |s, out| {
        out.one(cpu(s).filter(|cpu| cpu.quota_us != 0).map(|cpu| cpu.quota_us as f64));
    }),
    gauge("container_spec_cpu_shares", "CPU share of the container.", |s, out| {
        out.one(cpu(s).map(|cpu| cpu.shares as f64));
    }),
    gauge("container_spec_memory_limit_bytes", "Memory limit for the container.", |s, out| {
        out.one(memory(s).map(|memory| limit(memory.limit)));
    }),
    gauge("container_spec_memory_swap_limit_bytes", "Memory swap limit for the container.", |s, out| {
        out.one(memory(s).map(|memory| limit(memory.swap_limit)));
    }),
    gauge("container_spec_memory_reservation_limit_bytes", "Memory reservation limit for the container.", |s, out| {
        out.one(memory(s).map(|memory| limit(memory.reservation)));
    }),
];

/// A limit above this is none: what kernels tell where there is none lies between this and the largest number.
const NO_LIMIT_ABOVE: u64 = 1 << 62;

/// A limit in bytes; 0 stands for none.
fn limit(bytes: u64) -> f64 {
    if bytes > NO_LIMIT_ABOVE { 0.0 } else { bytes as f64 }
}

fn cpu(subject: &Subject<'_>) -> Option<CpuSpec> {
    subject.spec()?.cpu
}

fn memory(subject: &Subject<'_>) -> Option<MemorySpec> {
    subject.spec()?.memory
}

fn created_ms(subject: &Subject<'_>) -> Option<i64> {
    let told = subject.container.and_then(|container| container.created_ms);
    told.or_else(|| subject.spec()?.created_ms)
}

/// Of what runs, and nobody tells since when: when it was created.
fn started_ms(subject: &Subject<'_>) -> Option<i64> {
    let told = subject.container.and_then(|container| container.started_ms);
    told.or_else(|| subject.spec()?.started_ms).or_else(|| created_ms(subject).filter(|_| subject.reading.is_some()))
}
