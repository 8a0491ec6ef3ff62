//! Time stalled for want of something. cAdvisor calls it waiting when some task waited, and stalled when all did.

use super::{Row, Subject, counter, us};
use crate::stats::Pressure;

pub(super) const FAMILIES: &[Row] = &[
    counter(
        "container_pressure_cpu_stalled_seconds_total",
        "Total time duration no tasks in the container could make progress due to CPU congestion.",
        |s, out| out.one(cpu(s).map(|pressure| us(pressure.full_us))),
    ),
    counter(
        "container_pressure_cpu_waiting_seconds_total",
        "Total time duration tasks in the container have waited due to CPU congestion.",
        |s, out| out.one(cpu(s).map(|pressure| us(pressure.some_us))),
    ),
    counter(
        "container_pressure_memory_stalled_seconds_total",
        "Total time duration no tasks in the container could make progress due to memory congestion.",
        |s, out| out.one(memory(s).map(|pressure| us(pressure.full_us))),
    ),
    counter(
        "container_pressure_memory_waiting_seconds_total",
        "Total time duration tasks in the container have waited due to memory congestion.",
        |s, out| out.one(memory(s).map(|pressure| us(pressure.some_us))),
    ),
    counter(
        "container_pressure_io_stalled_seconds_total",
        "Total time duration no tasks in the container could make progress due to IO congestion.",
        |s, out| out.one(io(s).map(|pressure| us(pressure.full_us))),
    ),
    counter(
        "container_pressure_io_waiting_seconds_total",
        "Total time duration tasks in the container have waited due to IO congestion.",
        |s, out| out.one(io(s).map(|pressure| us(pressure.some_us))),
    ),
];

fn cpu(subject: &Subject<'_>) -> Option<Pressure> {
    subject.cpu()?.pressure
}

fn memory(subject: &Subject<'_>) -> Option<Pressure> {
    subject.memory()?.pressure
}

fn io(subject: &Subject<'_>) -> Option<Pressure> {
    subject.stats()?.io_pressure
}
