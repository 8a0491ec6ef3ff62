//! The watcher against daemons and directories that do as they are told.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod daemon;
mod directories;
mod history;
mod sockets;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use containersensor::{Container, Event, EventKind, LabelChoice, Registry, Settings, Watcher};
use model::Clock;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The time at which tests begin, in milliseconds since the epoch.
pub(crate) const T: i64 = 1_795_592_000_000;

/// A clock that goes with tokio's, which these tests stop.
#[derive(Debug)]
pub(crate) struct TestClock(Instant);

impl TestClock {
    pub(crate) fn new() -> Arc<TestClock> {
        Arc::new(TestClock(Instant::now()))
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        T + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }

    fn now_ns(&self) -> i64 {
        T * 1_000_000 + i64::try_from(self.0.elapsed().as_nanos()).unwrap()
    }
}

/// A running watcher and what it tells.
pub(crate) struct Watched {
    pub(crate) registry: Arc<Registry>,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Watched {
    pub(crate) fn begin(settings: Settings, clock: Arc<dyn Clock>) -> Watched {
        let registry = Arc::new(Registry::new(Arc::clone(&clock)));
        let watcher = Watcher::new(settings, Arc::clone(&registry), clock);
        let (stop, stopped) = watch::channel(false);
        Watched { registry, stop, running: tokio::spawn(watcher.run(stopped)) }
    }

    /// The only container.
    pub(crate) fn container(&self) -> Arc<Container> {
        let containers = self.registry.containers();
        assert_eq!(containers.len(), 1, "{containers:?}");
        Arc::clone(&containers[0])
    }

    pub(crate) fn events(&self) -> Vec<String> {
        self.registry.take_events().iter().map(short).collect()
    }

    pub(crate) async fn end(self) {
        // With nothing to watch it has ended already.
        self.stop.send(true).ok();
        tokio::time::timeout(Duration::from_secs(1), self.running).await.expect("it stops at once").unwrap();
    }
}

/// An event in a few words.
pub(crate) fn short(event: &Event) -> String {
    let container = &event.container;
    let what = match &event.kind {
        EventKind::Created => "created".to_owned(),
        EventKind::Started => "started".to_owned(),
        EventKind::Exited => format!("exited {:?} oom={}", container.exit_code, container.oom_killed),
        EventKind::Oom => "oom".to_owned(),
        EventKind::Restarting => format!("restarting {:?}", container.restarts),
        EventKind::Paused => "paused".to_owned(),
        EventKind::Unpaused => "unpaused".to_owned(),
        EventKind::Health(health) => health.name().to_owned(),
        EventKind::Renamed { from } => format!("renamed {from}"),
        EventKind::Removed => "removed".to_owned(),
    };
    format!("{} {what}", container.name)
}

/// Lets time pass: it is stopped, and goes on when there is nothing else to do.
pub(crate) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Settings with nothing in them.
pub(crate) fn settings(root: &Path) -> Settings {
    Settings {
        procfs: root.join("proc"),
        sysfs: root.join("sys"),
        rootfs: PathBuf::from("/"),
        docker_sockets: Vec::new(),
        podman_sockets: Vec::new(),
        docker_roots: Vec::new(),
        podman_roots: Vec::new(),
        labels: LabelChoice::Default,
    }
}
