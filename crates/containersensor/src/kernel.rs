//! What the kernel tells: which containers there are, by their cgroups, and their numbers.
//!
//! Nothing here asks a container runtime. Every path is below one of the prefixes in [`Settings`], and whatever a file holds, a reading ends:
//! what is not a number gives no number.

use std::sync::Arc;

use self::devices::Devices;
use self::files::Buffer;
use self::filesystems::Filesystems;
use self::layout::Layout;
use self::memory_info::MemoryInfo;
use crate::container::Container;
use crate::settings::Settings;
use crate::stats::{ContainerStats, DeviceOperations, Machine, MemorySpec, Spec};

mod devices;
mod disk_usage;
mod files;
mod filesystems;
mod find;
mod layout;
mod machine;
mod memory_info;
mod mounts;
mod network;
mod topology;
mod v1;
mod v2;

pub use disk_usage::DiskUsage;
pub(crate) use find::container_ids;

/// The id and the path of the root cgroup, which stands for the machine.
const ROOT: &str = "/";

/// The process whose network and mounts are the host's.
const FIRST_PROCESS: u32 = 1;

/// Reads cgroups of either version, and what belongs to them elsewhere in procfs and sysfs.
#[derive(Debug)]
pub struct Kernel {
    settings: Settings,
    layout: Layout,
    buffer: Buffer,
    devices: Devices,
    filesystems: Filesystems,
    disk_usage: Option<Arc<DiskUsage>>,
}

/// A container's cgroup, or the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cgroup {
    /// The container's id, 64 hexadecimal digits, or `/`.
    pub id: String,
    /// Below the hierarchies' roots: `/docker/<id>`, `/system.slice/docker-<id>.scope`, `/`.
    pub path: String,
}

/// What was read of one cgroup.
#[derive(Debug, Default)]
struct Reading {
    spec: Spec,
    stats: ContainerStats,
}

impl Kernel {
    /// Looks which version of cgroups there is; reads nothing else yet.
    #[must_use]
    pub fn new(settings: &Settings) -> Kernel {
        Kernel {
            layout: Layout::detect(&settings.sysfs),
            buffer: Buffer::default(),
            devices: Devices::new(&settings.procfs),
            filesystems: Filesystems::new(settings),
            settings: settings.clone(),
            disk_usage: None,
        }
    }

    /// Takes from there what containers occupy. Without it, and before a container's first walk, a container has no file system.
    #[must_use]
    pub fn with_disk_usage(mut self, disk_usage: Arc<DiskUsage>) -> Kernel {
        self.disk_usage = Some(disk_usage);
        self
    }

    /// The cgroups of all containers, found by walking a hierarchy; of one that is there more than once, the outermost.
    pub fn find(&mut self) -> Vec<Cgroup> {
        self.look_for_layout();
        self.layout.searched().map(|(root, _)| find::walk(root)).unwrap_or_default()
    }

    /// The cgroup of a container one of whose processes is known. None when the process is gone or another's.
    pub fn of_pid(&mut self, id: &str, pid: u32) -> Option<Cgroup> {
        self.look_for_layout();
        let (root, controller) = self.layout.searched()?;
        let table = files::table(&self.settings.procfs.join(format!("{pid}/cgroup")), &mut self.buffer)?;
        let path = find::of_process(table, controller, id)?;
        layout::below(root, &path).is_dir().then(|| Cgroup { id: id.to_owned(), path })
    }

    /// The root cgroup.
    #[must_use]
    pub fn root(&self) -> Cgroup {
        Cgroup { id: ROOT.to_owned(), path: ROOT.to_owned() }
    }

    /// The limits and numbers of a cgroup now. None when it is gone.
    pub fn read(
        &mut self,
        cgroup: &Cgroup,
        container: Option<&Container>,
        now_ms: i64,
    ) -> Option<(Spec, ContainerStats)> {
        let is_root = cgroup.path == ROOT;
        let memory = if is_root { MemoryInfo::read(&self.settings.procfs, &mut self.buffer) } else { None };
        let Reading { mut spec, mut stats } = match &self.layout {
            Layout::Unified(root) => v2::read(root, &cgroup.path, memory, &mut self.buffer)?,
            Layout::Legacy(legacy) => v1::read(legacy, &cgroup.path, &mut self.buffer)?,
        };
        // Between the removal of its files and of its directory a cgroup can be opened, but says nothing.
        if stats.cpu.is_none() && stats.memory.is_none() {
            return None;
        }
        stats.time_ms = now_ms;
        self.name_devices(&mut stats, now_ms);
        if is_root {
            // The root has no limit of its own.
            spec.memory =
                memory.map(|info| MemorySpec { limit: info.memory_total, reservation: 0, swap_limit: info.swap_total });
            spec.created_ms = spec.created_ms.max(self.boot_ms());
            stats.interfaces = network::read(&self.settings.procfs, FIRST_PROCESS, &mut self.buffer);
            stats.filesystems = self.filesystems.of_machine(&mut self.devices, now_ms, &mut self.buffer);
        } else if let Some(container) = container {
            spec.created_ms = container.created_ms.or(spec.created_ms);
            spec.started_ms = container.started_ms;
            self.read_of_container(container, &mut stats, now_ms);
        }
        Some((spec, stats))
    }

    /// How many processes of a cgroup the kernel killed for want of memory so far: one small file, to be read more often than the rest.
    pub(crate) fn kills(&mut self, cgroup: &Cgroup) -> Option<u64> {
        match &self.layout {
            Layout::Unified(root) => v2::read_kills(root, &cgroup.path, &mut self.buffer),
            Layout::Legacy(legacy) => v1::read_kills(legacy, &cgroup.path, &mut self.buffer),
        }
    }

    /// What the machine is. It changes so seldom that reading it every hour is enough.
    #[must_use]
    pub fn machine(&self) -> Machine {
        machine::read(&self.settings)
    }

    /// What only the runtime's word leads to.
    fn read_of_container(&mut self, container: &Container, stats: &mut ContainerStats, now_ms: i64) {
        if let Some(pid) = container.pid.filter(|_| container.own_network) {
            stats.interfaces = network::read(&self.settings.procfs, pid, &mut self.buffer);
        }
        let usage = self.disk_usage.as_ref().and_then(|usage| usage.usage(&container.id));
        if let (Some(directory), Some(usage)) = (&container.upper_dir, usage) {
            let (devices, buffer) = (&mut self.devices, &mut self.buffer);
            stats.filesystems.extend(self.filesystems.of_directory(directory, usage, devices, now_ms, buffer));
        }
    }

    fn name_devices(&mut self, stats: &mut ContainerStats, now_ms: i64) {
        let io = &mut stats.diskio;
        for devices in [
            &mut io.service_bytes,
            &mut io.serviced,
            &mut io.cost_usage,
            &mut io.cost_wait,
            &mut io.cost_indebt,
            &mut io.cost_indelay,
        ] {
            self.devices.name_all(devices, now_ms, &mut self.buffer);
        }
    }

    /// Hierarchies may be mounted after this program has started.
    fn look_for_layout(&mut self) {
        if self.layout.searched().is_none() {
            self.layout = Layout::detect(&self.settings.sysfs);
        }
    }

    /// When the machine was started.
    fn boot_ms(&mut self) -> Option<i64> {
        let content = files::table(&self.settings.procfs.join("stat"), &mut self.buffer)?;
        i64::try_from(kerneltext::entry(content, b"btime")?).ok()?.checked_mul(1000)
    }
}

/// The entry of a device, made if there is none yet.
fn operations_of(
    devices: &mut Vec<DeviceOperations>,
    (major, minor): (u64, u64),
) -> &mut std::collections::BTreeMap<String, u64> {
    let at = devices.iter().position(|device| (device.major, device.minor) == (major, minor)).unwrap_or_else(|| {
        devices.push(DeviceOperations { major, minor, ..DeviceOperations::default() });
        devices.len() - 1
    });
    &mut devices[at].operations
}
