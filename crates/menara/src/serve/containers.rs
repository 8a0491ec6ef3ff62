//! Containers: the registry that everybody reads, and what follows from a change in it. The sampler reads soon, the shipper follows the logs, and
//! what happened becomes lines.

mod follow;
mod lines;
mod places;

use std::sync::Arc;

use containersensor::{ContainerSensor, DiskUsage, Registry, Settings, Versions, Watcher};
use intake::Intake;
use model::Clock;
use shipper::ContainerLogs;

use super::sampler::Waker;
use super::worker::Worker;
use crate::cli::ServeArgs;
use follow::Follower;
pub(crate) use places::socket as container_socket;

/// The job of the containers' series: dashboards for cAdvisor look for it.
pub(crate) const JOB: &str = "cadvisor";

/// The containers of this host.
pub(crate) struct Containers {
    settings: Settings,
    registry: Arc<Registry>,
    usage: Arc<DiskUsage>,
    clock: Arc<dyn Clock>,
    host: String,
}

/// Whom a change in the registry concerns.
pub(crate) struct Followers {
    pub(crate) sampler: Waker,
    pub(crate) logs: Arc<ContainerLogs>,
    pub(crate) intake: Arc<Intake>,
}

impl Containers {
    pub(crate) fn new(args: &ServeArgs, clock: Arc<dyn Clock>, host: &str) -> Containers {
        let settings = places::settings(args);
        let registry = Arc::new(Registry::new(Arc::clone(&clock)));
        let usage = Arc::new(DiskUsage::new(Arc::clone(&clock)));
        Containers { settings, registry, usage, clock, host: host.to_owned() }
    }

    /// All containers, as they are now.
    pub(crate) fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry)
    }

    /// A sensor of its own for whoever reads in a rhythm of its own.
    pub(crate) fn sensor(&self) -> ContainerSensor {
        let cadvisor = concat!("menara ", env!("CARGO_PKG_VERSION")).to_owned();
        let versions = Versions { cadvisor, ..Versions::default() };
        let (registry, usage, clock) = (Arc::clone(&self.registry), Arc::clone(&self.usage), Arc::clone(&self.clock));
        ContainerSensor::new(&self.settings, registry, usage, versions, clock)
    }

    /// Starts to watch. Must be called within the runtime, which ends what is left of it.
    pub(crate) fn start(self, followers: Followers) -> anyhow::Result<Vec<Worker>> {
        let watcher = Watcher::new(self.settings.clone(), Arc::clone(&self.registry), Arc::clone(&self.clock));
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        tokio::spawn(watcher.run(stopped));
        let (sensor, usage) = (self.sensor(), Arc::clone(&self.usage));
        let follower = Follower::new(sensor, Arc::clone(&self.registry), usage, followers, self.host.clone());
        let signal = follower.signal();
        self.registry.on_change(Box::new({
            let signal = signal.clone();
            move || signal.changed()
        }));
        let stop = move || {
            // The watcher has gone if nobody listens.
            stopping.send(true).ok();
            signal.stop();
        };
        let following = Worker::start_with("menara-follow", stop, move || follower.run())?;
        let (usage, ended) = (Arc::clone(&self.usage), Arc::clone(&self.usage));
        let measuring = Worker::start_with("menara-usage", move || ended.stop(), move || usage.run())?;
        Ok(vec![following, measuring])
    }
}
