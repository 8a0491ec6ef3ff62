//! One reading of all containers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exposition::Family;
use model::Clock;

use crate::container::{Container, Runtime};
use crate::families::{Exposure, Subject, Versions, families};
use crate::kernel::{Cgroup, DiskUsage, Kernel};
use crate::registry::Registry;
use crate::settings::Settings;
use crate::stats::{ContainerStats, Machine, Spec};

/// The cgroup tree is walked at readings when this has passed since the last walk: for containers that no runtime tells of.
const WALK_INTERVAL_MS: i64 = 15_000;
/// A cgroup without a known container becomes one when it is there for so long: a runtime may tell of it a moment later.
const STRANGER_MS: i64 = 5_000;
/// The machine is looked at again after this.
const MACHINE_INTERVAL_MS: i64 = 300_000;

/// Reads the numbers of all containers that a registry knows.
pub struct ContainerSensor {
    kernel: Kernel,
    registry: Arc<Registry>,
    exposure: Exposure,
    versions: Versions,
    clock: Arc<dyn Clock>,
    machine: Option<(i64, Machine)>,
    /// Where containers' cgroups are, as long as they are there.
    cgroups: BTreeMap<String, Cgroup>,
    /// The last known cgroup path of each container that the registry knows, also of those that ended.
    paths: BTreeMap<String, String>,
    walked_ms: Option<i64>,
    began_ms: i64,
    /// Kills for want of memory by container, as last seen.
    kills: BTreeMap<String, u64>,
    /// Since when cgroups are there that belong to no known container.
    strangers: BTreeMap<String, i64>,
}

/// What one container's cgroup said.
type Reading = (Spec, ContainerStats);

impl ContainerSensor {
    /// A sensor that has not read anything yet.
    #[must_use]
    pub fn new(
        settings: &Settings,
        registry: Arc<Registry>,
        usage: Arc<DiskUsage>,
        versions: Versions,
        clock: Arc<dyn Clock>,
    ) -> ContainerSensor {
        ContainerSensor {
            kernel: Kernel::new(settings).with_disk_usage(usage),
            registry,
            exposure: Exposure { labels: settings.labels.clone(), ..Exposure::default() },
            versions,
            began_ms: clock.now_ms(),
            clock,
            kills: BTreeMap::new(),
            strangers: BTreeMap::new(),
            machine: None,
            cgroups: BTreeMap::new(),
            paths: BTreeMap::new(),
            walked_ms: None,
        }
    }

    /// Reads everything.
    pub fn read(&mut self) -> Vec<Family> {
        let now_ms = self.clock.now_ms();
        if self.walked_ms.is_none_or(|walked| !(0..WALK_INTERVAL_MS).contains(&now_ms.saturating_sub(walked))) {
            self.walk();
        }
        let containers = self.registry.containers();
        self.forget_others(&containers);
        let readings: Vec<Option<Reading>> =
            containers.iter().map(|container| self.read_container(container, now_ms)).collect();
        let root = self.kernel.root();
        let root_reading = self.kernel.read(&root, None, now_ms);
        self.renew_machine(now_ms);

        let paths: Vec<String> = containers.iter().map(|container| self.path_of(container)).collect();
        let of_root = Subject {
            cgroup_path: &root.path,
            container: None,
            reading: root_reading.as_ref().map(|(spec, stats)| (spec, stats)),
        };
        let of_containers = containers.iter().zip(&paths).zip(&readings).map(|((container, path), reading)| Subject {
            cgroup_path: path,
            container: Some(container),
            reading: reading.as_ref().map(|(spec, stats)| (spec, stats)),
        });
        let subjects: Vec<Subject<'_>> = std::iter::once(of_root).chain(of_containers).collect();
        self.versions.docker = self.docker_version();
        let unknown = Machine::default();
        let machine = self.machine.as_ref().map_or(&unknown, |(_, machine)| machine);
        families(&subjects, machine, &self.versions, &self.exposure)
    }

    /// Looks through the cgroup tree, and tells the registry of containers that no runtime told of. How long that took.
    pub fn walk(&mut self) -> Duration {
        let started = Instant::now();
        self.walked_ms = Some(self.clock.now_ms());
        self.cgroups = self.kernel.find().into_iter().map(|cgroup| (cgroup.id.clone(), cgroup)).collect();
        if self.registry.is_settled() {
            self.tell_cgroups();
        }
        started.elapsed()
    }

    /// Tells the registry of cgroups, but not yet of those that a runtime will tell of in a moment.
    fn tell_cgroups(&mut self) {
        let now_ms = self.clock.now_ms();
        let (is_blind, containers) = (self.registry.is_blind(), self.registry.containers());
        let known: BTreeSet<&str> = containers.iter().map(|container| container.id.as_str()).collect();
        self.strangers.retain(|id, _| self.cgroups.contains_key(id) && !known.contains(id.as_str()));
        let ids = self.cgroups.keys().filter(|id| {
            let since_ms = *self.strangers.entry((*id).clone()).or_insert(now_ms);
            is_blind || known.contains(id.as_str()) || now_ms.saturating_sub(since_ms) >= STRANGER_MS
        });
        let ids: Vec<String> = ids.cloned().collect();
        self.registry.see_cgroups(&ids);
    }

    /// Looks whether the kernel killed processes of containers for want of memory, which a runtime may not tell while the container lives, and tells the
    /// registry. Reads one small file per container.
    pub fn look_for_kills(&mut self) {
        let mut counted = BTreeMap::new();
        for container in self.registry.containers() {
            // What no runtime told of yet has no start that could be compared.
            if !container.state.is_alive() || container.runtime == Runtime::Unknown {
                continue;
            }
            let Some(kills) = self.kills_of(&container) else { continue };
            // What was counted before this program watched is no news.
            let is_new = container.started_ms.is_some_and(|started| started >= self.began_ms);
            let before = self.kills.get(&container.id).copied().unwrap_or(if is_new { 0 } else { kills });
            if kills > before {
                self.registry.see_oom(&container.id, self.clock.now_ns());
            }
            counted.insert(container.id.clone(), kills);
        }
        self.kills = counted;
    }

    fn kills_of(&mut self, container: &Container) -> Option<u64> {
        if let Some(cgroup) = self.cgroups.get(&container.id) {
            if let Some(kills) = self.kernel.kills(cgroup) {
                return Some(kills);
            }
            self.cgroups.remove(&container.id);
        }
        let cgroup = self.kernel.of_pid(&container.id, container.pid?)?;
        let kills = self.kernel.kills(&cgroup);
        self.cgroups.insert(container.id.clone(), cgroup);
        kills
    }

    fn read_container(&mut self, container: &Container, now_ms: i64) -> Option<Reading> {
        if !container.state.is_alive() {
            self.cgroups.remove(&container.id);
            return None;
        }
        if let Some(cgroup) = self.cgroups.get(&container.id) {
            if let Some(reading) = self.kernel.read(cgroup, Some(container), now_ms) {
                self.paths.insert(container.id.clone(), cgroup.path.clone());
                return Some(reading);
            }
            self.cgroups.remove(&container.id);
        }
        // New, or started again elsewhere. Its first process tells, without a walk.
        let cgroup = self.kernel.of_pid(&container.id, container.pid?)?;
        let reading = self.kernel.read(&cgroup, Some(container), now_ms);
        self.paths.insert(container.id.clone(), cgroup.path.clone());
        self.cgroups.insert(container.id.clone(), cgroup);
        reading
    }

    /// The cgroup path by which a container is known: where it is, or was, or would be as others of its runtime are.
    fn path_of(&self, container: &Container) -> String {
        if let Some(path) = self.paths.get(&container.id) {
            return path.clone();
        }
        let sibling = self.registry.containers().into_iter().find_map(|other| {
            let path = self.paths.get(&other.id).filter(|_| other.runtime == container.runtime)?;
            Some(path.replace(&other.id, &container.id))
        });
        sibling.unwrap_or_else(|| match container.runtime {
            Runtime::Docker | Runtime::Unknown => format!("/docker/{}", container.id),
            Runtime::Podman => format!("/machine.slice/libpod-{}.scope", container.id),
        })
    }

    fn forget_others(&mut self, containers: &[Arc<Container>]) {
        let known: BTreeSet<&str> = containers.iter().map(|container| container.id.as_str()).collect();
        self.paths.retain(|id, _| known.contains(id.as_str()));
        self.cgroups.retain(|id, _| known.contains(id.as_str()));
    }

    fn renew_machine(&mut self, now_ms: i64) {
        let is_fresh = |at: i64| (0..MACHINE_INTERVAL_MS).contains(&now_ms.saturating_sub(at));
        if !self.machine.as_ref().is_some_and(|(at, _)| is_fresh(*at)) {
            self.machine = Some((now_ms, self.kernel.machine()));
        }
    }

    fn docker_version(&self) -> String {
        let sources = self.registry.sources();
        let docker = sources.into_iter().find(|source| source.runtime == Runtime::Docker && !source.version.is_empty());
        docker.map(|source| source.version).unwrap_or_default()
    }
}

impl fmt::Debug for ContainerSensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContainerSensor").field("cgroups", &self.cgroups.len()).finish_non_exhaustive()
    }
}
