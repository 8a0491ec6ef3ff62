//! The local sensors: what is read in the rhythm of a scrape, and what is read when somebody asks.

use std::sync::Arc;

use api::FamilySource;
use hostsensor::HostSensor;
use model::Clock;
use parking_lot::Mutex;

use super::containers::{self, Containers};
use super::own_metrics::OwnMetrics;
use super::sampler::{Sampler, Target, Waker};
use super::stores::Stores;
use super::worker::Worker;
use crate::cli::ServeArgs;

/// Starts to read all sensors.
pub(super) fn start(
    args: &ServeArgs,
    stores: &Stores,
    containers: &Containers,
    clock: &Arc<dyn Clock>,
    own: &Arc<OwnMetrics>,
    host: &str,
) -> anyhow::Result<(Worker, Waker)> {
    let mut sensor = HostSensor::new(host_paths(args), Arc::clone(clock));
    let read_host = move || {
        let snapshot = sensor.read();
        for (collector, error) in &snapshot.errors {
            tracing::warn!(collector, error, "collector failed");
        }
        snapshot.families
    };
    let mut container_sensor = containers.sensor();
    let described = Arc::clone(own);
    let targets = vec![
        Target::new("node", host, Box::new(read_host)),
        Target::new(containers::JOB, host, Box::new(move || container_sensor.read())).waiting(),
        Target::new("menara", host, Box::new(move || described.families())),
    ];
    let mut sampler = Sampler::new(targets, Arc::new(stores.metrics.clone()), Arc::clone(clock), own.sampling());
    let waker = Waker::default();
    let (woken, stopper) = (waker.clone(), waker.clone());
    let worker = Worker::start_with("menara-sampler", move || stopper.stop(), move || sampler.run(&woken))?;
    Ok((worker, waker))
}

/// Reads the host for whoever asks. Callers must not disturb the sampler's own sensor, whose readings are 15 s apart.
pub(super) fn host_on_request(args: &ServeArgs, clock: &Arc<dyn Clock>) -> FamilySource {
    let sensor = Mutex::new(HostSensor::new(host_paths(args), Arc::clone(clock)));
    Arc::new(move || sensor.lock().read().families)
}

/// Reads all containers for whoever asks.
pub(super) fn containers_on_request(containers: &Containers) -> FamilySource {
    let sensor = Mutex::new(containers.sensor());
    Arc::new(move || sensor.lock().read())
}

fn host_paths(args: &ServeArgs) -> hostsensor::Paths {
    let mut paths = hostsensor::Paths::default();
    paths.procfs.clone_from(&args.path_procfs);
    paths.sysfs.clone_from(&args.path_sysfs);
    paths.rootfs.clone_from(&args.path_rootfs);
    paths
}
