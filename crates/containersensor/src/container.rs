//! A container as its runtime tells it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything known of one container but its numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Who runs it.
    pub runtime: Runtime,
    /// Without a leading slash; empty where nobody told.
    pub name: String,
    /// As given at the container's creation; empty where nobody told.
    pub image: String,
    /// The image's own id; empty where nobody told.
    pub image_id: String,
    /// The labels of container and image.
    pub labels: BTreeMap<String, String>,
    /// What it is doing.
    pub state: State,
    /// What its health check says.
    pub health: Health,
    /// Its first process, while there is one and it is known.
    pub pid: Option<u32>,
    /// How its last run ended; none before the first end, and where nobody told.
    pub exit_code: Option<i64>,
    /// Whether its last run was ended for want of memory.
    pub oom_killed: bool,
    /// When it was created, in milliseconds since the epoch.
    pub created_ms: Option<i64>,
    /// When its last run began.
    pub started_ms: Option<i64>,
    /// When its last finished run ended.
    pub finished_ms: Option<i64>,
    /// How often its restart policy started it again; none where nobody told.
    pub restarts: Option<u64>,
    /// Starts seen since Menara watches it.
    pub starts: u64,
    /// `no`, `always`, `unless-stopped`, `on-failure`; empty where nobody told.
    pub restart_policy: String,
    /// Whether it has a health check.
    pub has_health_check: bool,
    /// The pod it belongs to, if any.
    pub pod: String,
    /// Where its log is.
    pub log: LogFile,
    /// The directory with what it changed of its image, if there is one.
    pub upper_dir: Option<PathBuf>,
    /// Whether it has a network of its own: neither the host's nor another container's.
    pub own_network: bool,
}

/// Who runs a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// Seen in the cgroup tree only.
    #[default]
    Unknown,
}

/// What a container is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Never started.
    #[default]
    Created,
    /// Running.
    Running,
    /// Frozen.
    Paused,
    /// Waiting for its restart policy to start it again.
    Restarting,
    /// On its way out.
    Removing,
    /// Ended or stopped.
    Exited,
    /// Could not be removed.
    Dead,
}

/// What a container's health check says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Health {
    /// There is no check.
    #[default]
    None,
    /// Not checked often enough to tell.
    Starting,
    /// All is well.
    Healthy,
    /// The check fails.
    Unhealthy,
}

/// Where a container's lines go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFile {
    /// The log driver's name (`json-file`, `k8s-file`, `journald`, …); empty where nobody told.
    pub driver: String,
    /// The file, as seen by this process (below the root file system's mount); none where the driver writes none.
    pub path: Option<PathBuf>,
    /// What stands in it.
    pub format: LogFormat,
}

/// The formats of log files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Docker's: one JSON object per line with `log`, `stream`, `time`.
    #[default]
    DockerJson,
    /// Kubernetes' and Podman's (`k8s-file`, there also called `json-file`): time, stream, `F` or `P`, text.
    Cri,
}

impl Container {
    /// Its name, or the first twelve digits of its id where nobody told one: what people know it by.
    #[must_use]
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { self.id.get(..12).unwrap_or(&self.id) } else { &self.name }
    }

    /// The compose project it belongs to; empty for none.
    #[must_use]
    pub fn compose_project(&self) -> &str {
        self.first_label(&["com.docker.compose.project", "io.podman.compose.project"])
    }

    /// The compose service it is one of; empty for none.
    #[must_use]
    pub fn compose_service(&self) -> &str {
        self.first_label(&["com.docker.compose.service", "io.podman.compose.service"])
    }

    fn first_label(&self, names: &[&str]) -> &str {
        names.iter().find_map(|name| self.labels.get(*name)).map_or("", String::as_str)
    }
}

impl Runtime {
    /// `docker`, `podman`, or `unknown`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Runtime::Docker => "docker",
            Runtime::Podman => "podman",
            Runtime::Unknown => "unknown",
        }
    }
}

impl State {
    /// All states, in the order of a container's life.
    pub const ALL: [State; 7] =
        [State::Created, State::Running, State::Paused, State::Restarting, State::Removing, State::Exited, State::Dead];

    /// As Docker calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Created => "created",
            State::Running => "running",
            State::Paused => "paused",
            State::Restarting => "restarting",
            State::Removing => "removing",
            State::Exited => "exited",
            State::Dead => "dead",
        }
    }

    /// Whether it has processes.
    #[must_use]
    pub fn is_alive(self) -> bool {
        matches!(self, State::Running | State::Paused)
    }
}

impl Health {
    /// All values.
    pub const ALL: [Health; 4] = [Health::None, Health::Starting, Health::Healthy, Health::Unhealthy];

    /// As Docker calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Health::None => "none",
            Health::Starting => "starting",
            Health::Healthy => "healthy",
            Health::Unhealthy => "unhealthy",
        }
    }
}
