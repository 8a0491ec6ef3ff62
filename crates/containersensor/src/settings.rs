//! Where things are and what is told of them.

use std::path::{Path, PathBuf};

/// What a container sensor stands on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the host's procfs is mounted.
    pub procfs: PathBuf,
    /// Where the host's sysfs is mounted; cgroups are expected below its `fs/cgroup`.
    pub sysfs: PathBuf,
    /// Where the host's root file system is mounted; put before paths that runtimes tell.
    pub rootfs: PathBuf,
    /// Docker's sockets, as seen by this process; the first one that exists is used.
    pub docker_sockets: Vec<PathBuf>,
    /// Podman's sockets, as seen by this process; each that exists is used (rootful, and one per user).
    pub podman_sockets: Vec<PathBuf>,
    /// Docker's data directories, read where no socket answers.
    pub docker_roots: Vec<PathBuf>,
    /// Podman's storage directories, read where no socket answers.
    pub podman_roots: Vec<PathBuf>,
    /// Which of the containers' labels the metrics bear.
    pub labels: LabelChoice,
}

/// Which of a container's own labels become `container_label_…`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LabelChoice {
    /// Those that name what a container belongs to; see [`LabelChoice::takes`].
    #[default]
    Default,
    /// All of them, as cAdvisor does unless told otherwise.
    All,
    /// None.
    None,
    /// These.
    Only(Vec<String>),
}

/// Labels that name what a container belongs to, and its version.
const DEFAULT_LABELS: [&str; 6] = [
    "com.docker.compose.project",
    "com.docker.compose.service",
    "io.podman.compose.project",
    "io.podman.compose.service",
    "com.docker.swarm.service.name",
    "org.opencontainers.image.version",
];

impl LabelChoice {
    /// Whether a container's label is among the metrics' labels.
    #[must_use]
    pub fn takes(&self, label: &str) -> bool {
        match self {
            LabelChoice::Default => DEFAULT_LABELS.contains(&label),
            LabelChoice::All => true,
            LabelChoice::None => false,
            LabelChoice::Only(labels) => labels.iter().any(|chosen| chosen == label),
        }
    }
}

impl Settings {
    /// A path of the host as this process sees it.
    pub(crate) fn of_host(&self, path: &Path) -> PathBuf {
        if self.rootfs == Path::new("/") {
            return path.to_owned();
        }
        self.rootfs.join(path.strip_prefix("/").unwrap_or(path))
    }
}
