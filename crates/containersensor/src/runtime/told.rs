//! From a daemon's words to a container.

use std::path::{Path, PathBuf};

use discovery::docker::{Inspected, InspectedState, Listed};

use crate::{Container, Health, LogFile, LogFormat, Runtime, Settings, State};

/// The label by which Kubernetes on Docker names a container's pod.
const POD_LABEL: &str = "io.kubernetes.pod.name";

/// A container of which all is told.
pub(super) fn inspected(from: Inspected, runtime: Runtime, pod: &str, settings: &Settings) -> Container {
    let state = state(&from.state);
    let times = Times::of(&from.state);
    let has_health_check = from.config.healthcheck.is_some_and(|check| has_test(&check.test));
    let labels = from.config.labels;
    let pod = if pod.is_empty() { labels.get(POD_LABEL).cloned().unwrap_or_default() } else { pod.to_owned() };
    Container {
        id: from.id,
        runtime,
        name: from.name.trim_start_matches('/').to_owned(),
        image: from.config.image,
        image_id: from.image,
        labels,
        state,
        health: health(&from.state.health.status),
        pid: u32::try_from(from.state.pid).ok().filter(|pid| *pid > 0 && state.is_alive()),
        exit_code: (!state.is_alive() && times.finished_ms.is_some()).then_some(from.state.exit_code),
        oom_killed: from.state.oom_killed,
        created_ms: time_ms(&from.created),
        started_ms: times.started_ms,
        finished_ms: times.finished_ms,
        restarts: from.restart_count,
        starts: 0,
        restart_policy: from.host_config.restart_policy.name,
        has_health_check,
        pod,
        log: log(runtime, &from.host_config.log_config.driver, &from.log_path, settings),
        upper_dir: host_path(&from.graph_driver.data.upper_dir, settings),
        own_network: own_network(&from.host_config.network_mode),
    }
}

/// A container of which only the list tells.
pub(super) fn listed(from: Listed, runtime: Runtime) -> Container {
    Container {
        state: named_state(&from.state).unwrap_or_default(),
        health: health(&from.health),
        id: from.id,
        runtime,
        name: from.name,
        image: from.image,
        image_id: from.image_id,
        labels: from.labels,
        pod: from.pod,
        ..Container::default()
    }
}

/// Whether the list says something else of a container than what is known.
pub(super) fn differs(known: &Container, listed: &Listed) -> bool {
    let state = named_state(&listed.state).unwrap_or(known.state);
    let health_differs = state == State::Running && known.health != health(&listed.health);
    let pod_differs = !listed.pod.is_empty() && known.pod != listed.pod;
    known.state != state || known.name != listed.name || health_differs || pod_differs
}

/// What a container is doing, by name or, in Docker's files, by flags.
pub(super) fn state(from: &InspectedState) -> State {
    if let Some(state) = named_state(&from.status) {
        return state;
    }
    // In the order in which Docker itself reads them.
    match from {
        _ if from.running && from.paused => State::Paused,
        _ if from.running && from.restarting => State::Restarting,
        _ if from.running => State::Running,
        _ if from.removal_in_progress => State::Removing,
        _ if from.dead => State::Dead,
        _ if time_ms(&from.started_at).is_none() => State::Created,
        _ => State::Exited,
    }
}

/// Docker's names, and those of Podman's own that its Docker API lets through.
fn named_state(name: &str) -> Option<State> {
    Some(match name {
        "created" | "configured" | "initialized" | "initialised" => State::Created,
        "running" | "stopping" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        "removing" => State::Removing,
        "exited" | "stopped" => State::Exited,
        "dead" => State::Dead,
        _ => return None,
    })
}

pub(super) fn health(name: &str) -> Health {
    match name {
        "starting" => Health::Starting,
        "healthy" => Health::Healthy,
        "unhealthy" => Health::Unhealthy,
        _ => Health::None,
    }
}

/// Whether a health check's command is one: a container may turn that of its image off.
pub(super) fn has_test(test: &[String]) -> bool {
    test.first().is_some_and(|first| first != "NONE")
}

/// The times of a container's last run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) started_ms: Option<i64>,
    pub(super) finished_ms: Option<i64>,
}

impl Times {
    pub(super) fn of(state: &InspectedState) -> Times {
        Times { started_ms: time_ms(&state.started_at), finished_ms: time_ms(&state.finished_at) }
    }
}

/// A time in RFC 3339; the year 1, with which runtimes say never, is none.
pub(super) fn time_ms(text: &str) -> Option<i64> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(time.as_millisecond()).filter(|ms| *ms > 0)
}

/// Where lines go.
pub(super) fn log(runtime: Runtime, driver: &str, path: &str, settings: &Settings) -> LogFile {
    let format = match (runtime, driver) {
        (Runtime::Docker, "json-file") => Some(LogFormat::DockerJson),
        // Podman takes the name for the sake of compatibility, and writes its own format.
        (Runtime::Podman, "k8s-file" | "json-file") => Some(LogFormat::Cri),
        _ => None,
    };
    let path = host_path(path, settings).filter(|_| format.is_some());
    LogFile { driver: driver.to_owned(), path, format: format.unwrap_or_default() }
}

/// A path that a runtime tells, as this process sees it; none for an empty one.
pub(super) fn host_path(path: &str, settings: &Settings) -> Option<PathBuf> {
    (!path.is_empty()).then(|| settings.of_host(Path::new(path)))
}

/// Whether a network mode means a network of one's own.
pub(super) fn own_network(mode: &str) -> bool {
    // `ns:` is a network namespace that somebody else made.
    mode != "host" && !mode.starts_with("container:") && !mode.starts_with("ns:")
}
