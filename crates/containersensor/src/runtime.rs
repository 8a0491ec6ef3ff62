//! Who tells of containers: the sockets of Docker and Podman or, while they do not answer, the files of both; and the kernel, of what it kills.

mod bolt;
mod docker_files;
mod files;
mod kernel_log;
mod looks;
mod oci;
mod podman_db;
mod podman_files;
mod podman_run;
mod session;
mod source;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::future::join_all;
use model::Clock;
use tokio::sync::watch;

use crate::{Registry, Runtime, Settings};
use docker_files::DockerFiles;
use files::Files;
use kernel_log::KernelLog;
use podman_files::PodmanFiles;
use source::Source;

/// Keeps a [`Registry`] as the runtimes tell it.
pub struct Watcher {
    sources: Vec<Source>,
    kernel_log: KernelLog,
}

/// What is known of a runtime; a new one is a line in [`KINDS`].
struct Kind {
    runtime: Runtime,
    sockets: fn(&Settings) -> &[PathBuf],
    roots: fn(&Settings) -> &[PathBuf],
    files: fn(&Path, &Settings) -> Box<dyn Files>,
    /// Whether each user may have one of their own.
    per_user: bool,
}

const KINDS: [Kind; 2] = [
    Kind {
        runtime: Runtime::Docker,
        sockets: |settings| &settings.docker_sockets,
        roots: |settings| &settings.docker_roots,
        files: |root, settings| Box::new(DockerFiles::new(root, settings)),
        per_user: false,
    },
    Kind {
        runtime: Runtime::Podman,
        sockets: |settings| &settings.podman_sockets,
        roots: |settings| &settings.podman_roots,
        files: |root, settings| Box::new(PodmanFiles::new(root, settings)),
        per_user: true,
    },
];

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").field("sources", &self.sources.len()).finish()
    }
}

impl Watcher {
    /// A watcher of all places that the settings name. From now on the registry names them as sources.
    #[must_use]
    pub fn new(settings: Settings, registry: Arc<Registry>, clock: Arc<dyn Clock>) -> Watcher {
        let settings = Arc::new(settings);
        let mut sources = Vec::new();
        for kind in &KINDS {
            for (sockets, roots) in places(kind, &settings) {
                let files = roots.iter().map(|root| (root.clone(), (kind.files)(root, &settings))).collect();
                let (registry, clock) = (Arc::clone(&registry), Arc::clone(&clock));
                sources.push(Source::new(kind.runtime, sockets, files, Arc::clone(&settings), registry, clock));
            }
        }
        let kernel_log = KernelLog { path: settings.of_host(Path::new(kernel_log::PLACE)), registry, clock };
        Watcher { sources, kernel_log }
    }

    /// Watches until the end is wanted.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let sources = join_all(self.sources.into_iter().map(|source| source.run(stop.clone())));
        tokio::select! {
            _ = sources => {}
            () = self.kernel_log.run() => {}
        }
    }
}

/// The sockets and the directories that belong together: by their owner, where each user may have some.
fn places(kind: &Kind, settings: &Settings) -> Vec<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (sockets, roots) = ((kind.sockets)(settings), (kind.roots)(settings));
    let mut places: BTreeMap<u32, (Vec<PathBuf>, Vec<PathBuf>)> = BTreeMap::new();
    let owner = |path: &Path| if kind.per_user { owner(path) } else { 0 };
    for socket in sockets {
        places.entry(owner(socket)).or_default().0.push(socket.clone());
    }
    for root in roots {
        places.entry(owner(root)).or_default().1.push(root.clone());
    }
    places.into_values().collect()
}

/// The user to whom a socket or directory belongs: of one that is not there (yet), the user whose run-time directory it would be in, else root.
fn owner(path: &Path) -> u32 {
    if let Ok(metadata) = path.metadata() {
        return metadata.uid();
    }
    let mut parts = path.iter().filter_map(|part| part.to_str()).skip_while(|part| *part != "user");
    parts.nth(1).and_then(|uid| uid.parse().ok()).unwrap_or(0)
}
