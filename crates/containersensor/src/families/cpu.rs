//! Processor time.

use super::samples::Samples;
use super::{Row, Subject, counter, gauge, ns};
use crate::stats::CfsStats;

pub(super) const FAMILIES: &[Row] = &[
    counter("container_cpu_user_seconds_total", "Cumulative user cpu time consumed in seconds.", |s, out| {
        out.one(s.cpu().map(|cpu| ns(cpu.user_ns)));
    }),
    counter("container_cpu_system_seconds_total", "Cumulative system cpu time consumed in seconds.", |s, out| {
        out.one(s.cpu().map(|cpu| ns(cpu.system_ns)));
    }),
    counter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", usage),
    counter("container_cpu_cfs_periods_total", "Number of elapsed enforcement period intervals.", |s, out| {
        out.one(cfs(s).map(|cfs| cfs.periods as f64));
    }),
    counter("container_cpu_cfs_throttled_periods_total", "Number of throttled period intervals.", |s, out| {
        out.one(cfs(s).map(|cfs| cfs.throttled_periods as f64));
    }),
    counter(
        "container_cpu_cfs_throttled_seconds_total",
        "Total time duration the container has been throttled.",
        |s, out| out.one(cfs(s).map(|cfs| ns(cfs.throttled_ns))),
    ),
    counter("container_cpu_cfs_burst_periods_total", "Number of periods when burst occurs.", |s, out| {
        out.one(cfs(s).map(|cfs| cfs.burst_periods as f64));
    }),
    counter(
        "container_cpu_cfs_burst_seconds_total",
        "Total time duration the container has been bursted.",
        |s, out| out.one(cfs(s).map(|cfs| ns(cfs.burst_ns))),
    ),
    gauge(
        "container_cpu_load_average_10s",
        "Value of container cpu load average over the last 10 seconds.",
        |s, out| out.one(s.cpu().map(|cpu| f64::from(cpu.load_average))),
    ),
    gauge(
        "container_cpu_load_d_average_10s",
        "Value of container cpu load.d average over the last 10 seconds.",
        |s, out| out.one(s.cpu().map(|cpu| f64::from(cpu.load_d_average))),
    ),
    gauge("container_tasks_state", "Number of tasks in given state", tasks),
];

/// As cAdvisor: by processor where the kernel tells, else one total; what is zero is left out.
fn usage(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(cpu) = subject.cpu() else { return };
    if cpu.per_cpu_ns.is_empty() && cpu.usage_ns > 0 {
        out.push(&[("cpu", "total")], ns(cpu.usage_ns));
    }
    for (i, used_ns) in cpu.per_cpu_ns.iter().enumerate().filter(|(_, used_ns)| **used_ns > 0) {
        out.push(&[("cpu", &format!("cpu{i:02}"))], ns(*used_ns));
    }
}

/// What the quota did, if there is one.
fn cfs<'a>(subject: &Subject<'a>) -> Option<&'a CfsStats> {
    let has_quota = subject.spec()?.cpu.is_some_and(|cpu| cpu.quota_us != 0);
    subject.cpu().filter(|_| has_quota).map(|cpu| &cpu.cfs)
}

fn tasks(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(stats) = subject.stats() else { return };
    let states = [
        ("sleeping", stats.tasks.sleeping),
        ("running", stats.tasks.running),
        ("stopped", stats.tasks.stopped),
        ("uninterruptible", stats.tasks.uninterruptible),
        ("iowaiting", stats.tasks.io_wait),
    ];
    for (state, count) in states {
        out.push(&[("state", state)], count as f64);
    }
}
