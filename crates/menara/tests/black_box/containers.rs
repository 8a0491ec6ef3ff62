//! Real containers of real runtimes through their whole lives, learned of in four ways: from Docker and Podman, each with its socket and
//! without.

mod dashboards;
mod drill;
mod sources;
mod steps;
mod watcher;

use std::time::Duration;

use testkit::ContainerRuntime;

pub(crate) use watcher::sees_only;

/// One way to learn of containers.
#[derive(Debug)]
struct Way {
    name: &'static str,
    /// Whether the runtime's socket may be used; otherwise its files and the kernel must do.
    socket: bool,
    /// What cannot be learned this way, with the reason.
    unknown: &'static [(Fact, &'static str)],
}

/// What is not known everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact {
    /// That it waits for its next start.
    Restarting,
}

const DOCKER: [Way; 2] = [
    Way { name: "docker with its socket", socket: true, unknown: &[] },
    Way { name: "docker without its socket", socket: false, unknown: &[] },
];

const NO_RESTARTING: &str = "Podman starts a container again at once: it has no such state";
/// Without its socket Podman's database tells as much, which is Debian 12's kind; Podman 5 has another.
const PODMAN: [Way; 2] = [
    Way { name: "podman with its socket", socket: true, unknown: &PODMAN_UNKNOWN },
    Way { name: "podman without its socket", socket: false, unknown: &PODMAN_UNKNOWN },
];
const PODMAN_UNKNOWN: [(Fact, &str); 1] = [(Fact::Restarting, NO_RESTARTING)];

impl Way {
    /// Why a fact cannot be known; `None` where it can.
    fn ignorance(&self, fact: Fact) -> Option<&'static str> {
        self.unknown.iter().find(|(unknown, _)| *unknown == fact).map(|(_, reason)| *reason)
    }
}

/// How long after an event everything must be right. `TEST_TIME_FACTOR` stretches it where the machine has more to do than this test.
fn deadline() -> Duration {
    let factor = std::env::var("TEST_TIME_FACTOR").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    Duration::from_secs(2).mul_f64(factor)
}

#[test]
fn docker_containers_live_and_die() {
    if let Some(runtime) = ContainerRuntime::docker() {
        drill::run_all(&runtime, &DOCKER);
    }
}

#[test]
fn podman_containers_live_and_die() {
    if let Some(runtime) = ContainerRuntime::podman() {
        drill::run_all(&runtime, &PODMAN);
    }
}
