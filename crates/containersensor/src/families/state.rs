//! What a container is doing.

use super::samples::Samples;
use super::{Row, Subject, counter, gauge, whole_seconds};
use crate::container::{Container, Health, Runtime, State};

/// cAdvisor's, of what was read.
pub(super) const SEEN: &[Row] = &[
    gauge("container_last_seen", "Last time a container was seen by the exporter", |s, out| {
        out.one(s.stats().map(|stats| whole_seconds(stats.time_ms)));
    }),
    gauge("container_health_state", "The result of the container's health check", |s, out| {
        out.one(s.stats().map(|_| health_state(s)));
    }),
    counter("container_oom_events_total", "Count of out of memory events observed for the container", |s, out| {
        out.one(oom_events(s).map(|events| events as f64));
    }),
];

/// Ours, of all containers.
pub(super) const OWN: &[Row] = &[
    counter(
        "container_restarts_total",
        "Number of times the restart policy has started the container again.",
        |s, out| {
            out.one(s.container.and_then(|container| container.restarts).map(|restarts| restarts as f64));
        },
    ),
    counter("container_starts_total", "Number of starts seen, whoever started the container.", |s, out| {
        out.one(s.container.map(|container| container.starts as f64));
    }),
    gauge("container_state", "1 for the state the container is in, 0 for the others.", states),
    gauge("container_running", "1 if the container has processes, also while it is paused, 0 otherwise.", |s, out| {
        out.one(s.container.map(|container| truth(container.state.is_alive())));
    }),
    gauge("container_health_status", "1 for what the health check says of the container, 0 for the others.", health),
    gauge("container_exit_code", "Exit code of the last run of the container.", |s, out| {
        out.one(s.container.and_then(|container| container.exit_code).map(|code| code as f64));
    }),
    gauge(
        "container_finished_time_seconds",
        "Time at which the last finished run of the container ended since unix epoch in seconds.",
        |s, out| out.one(s.container.and_then(|container| container.finished_ms).map(whole_seconds)),
    ),
    gauge(
        "container_oom_killed",
        "1 if the last run of the container was ended for want of memory, 0 otherwise.",
        |s, out| out.one(told(s).map(|container| truth(container.oom_killed))),
    ),
    gauge("container_info", "A constant 1 with what else is known of the container.", info),
];

/// A container that a runtime tells of: of others the cgroup tree tells no more than that they run.
fn told<'a>(subject: &Subject<'a>) -> Option<&'a Container> {
    subject.container.filter(|container| container.runtime != Runtime::Unknown)
}

/// What the kernel counted. The count goes with the cgroup, so of a container whose end was such an event it is told afterwards, until the
/// next run counts from zero: otherwise the event that matters most would never be seen.
fn oom_events(subject: &Subject<'_>) -> Option<u64> {
    match subject.stats() {
        Some(stats) => stats.oom_events,
        None => told(subject).filter(|container| container.oom_killed).map(|_| 1),
    }
}

fn health_state(subject: &Subject<'_>) -> f64 {
    match subject.container.map_or(Health::None, |container| container.health) {
        Health::Healthy => 1.0,
        Health::Starting | Health::Unhealthy => 0.0,
        Health::None => -1.0,
    }
}

fn states(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(container) = subject.container else { return };
    for state in State::ALL {
        out.push(&[("state", state.name())], truth(state == container.state));
    }
}

fn health(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(container) = told(subject) else { return };
    for health in Health::ALL {
        out.push(&[("status", health.name())], truth(health == container.health));
    }
}

fn info(subject: &Subject<'_>, out: &mut Samples<'_>) {
    let Some(container) = subject.container else { return };
    let health_check = match (told(subject), container.has_health_check) {
        (None, _) => "",
        (Some(_), true) => "true",
        (Some(_), false) => "false",
    };
    let labels = [
        ("compose_container_number", label(container, "com.docker.compose.container-number")),
        ("compose_project", either(container, "com.docker.compose.project", "io.podman.compose.project")),
        ("compose_service", either(container, "com.docker.compose.service", "io.podman.compose.service")),
        ("health_check", health_check),
        ("image_id", &container.image_id),
        ("pod", &container.pod),
        ("restart_policy", &container.restart_policy),
        ("runtime", container.runtime.name()),
    ];
    out.push(&labels, 1.0);
}

fn label<'a>(container: &'a Container, name: &str) -> &'a str {
    container.labels.get(name).map_or("", String::as_str)
}

fn either<'a>(container: &'a Container, name: &str, other: &str) -> &'a str {
    Some(label(container, name)).filter(|value| !value.is_empty()).unwrap_or_else(|| label(container, other))
}

fn truth(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}
