//! File systems: the one that a container writes to, and those of the machine.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::devices::{Devices, is_fresh};
use super::files::{self, Buffer};
use super::mounts::Mount;
use crate::settings::Settings;
use crate::stats::{DiskCounts, FsStats};

/// The table of mounts, read again when it is old.
#[derive(Debug)]
pub(super) struct Filesystems {
    settings: Settings,
    mounts: Vec<Mount>,
    read_ms: Option<i64>,
}

/// What a file system says of itself.
struct Size {
    limit: u64,
    free: u64,
    inodes: Option<(u64, u64)>,
}

impl Filesystems {
    pub(super) fn new(settings: &Settings) -> Filesystems {
        Filesystems { settings: settings.clone(), mounts: Vec::new(), read_ms: None }
    }

    /// The file system that holds a directory, as seen from here, of which `usage` bytes are the container's.
    pub(super) fn of_directory(
        &mut self,
        directory: &Path,
        usage: u64,
        devices: &mut Devices,
        now_ms: i64,
        buffer: &mut Buffer,
    ) -> Option<FsStats> {
        let size = Size::of(directory)?;
        self.keep_fresh(now_ms, buffer);
        devices.keep_fresh(now_ms, buffer);
        let number = device_number(directory)?;
        let of_number = self.mounts.iter().find(|mount| mount.number == number && mount.is_on_device());
        let device = match of_number {
            Some(mount) => device_name(mount, devices),
            None => match devices.name(number) {
                Some(name) => name,
                // Parts of one file system (subvolumes, datasets) have numbers that no table shows.
                None => device_name(self.holding(directory)?, devices),
            },
        };
        Some(FsStats { device, limit: size.limit, usage, inodes: size.inodes, disk: DiskCounts::default() })
    }

    /// Every file system on a device, each device once.
    pub(super) fn of_machine(&mut self, devices: &mut Devices, now_ms: i64, buffer: &mut Buffer) -> Vec<FsStats> {
        self.keep_fresh(now_ms, buffer);
        devices.refresh(now_ms, buffer);
        let mut seen = HashSet::new();
        let mut stats = Vec::new();
        for mount in self.mounts.iter().filter(|mount| mount.is_on_device()) {
            let device = device_name(mount, devices);
            if !seen.insert(device.clone()) {
                continue;
            }
            let Some(size) = Size::of(&self.place(&mount.mount_point)) else { continue };
            let name = block_device(&self.settings, &device);
            stats.push(FsStats {
                limit: size.limit,
                usage: size.limit.saturating_sub(size.free),
                inodes: size.inodes,
                disk: devices.counts(mount.number, &name).unwrap_or_default(),
                device,
            });
        }
        stats
    }

    fn keep_fresh(&mut self, now_ms: i64, buffer: &mut Buffer) {
        if self.read_ms.is_some_and(|read_ms| is_fresh(read_ms, now_ms)) {
            return;
        }
        // The first process sees the host's mounts; whoever may not look at it still sees its own, with the host's below its root.
        let procfs = &self.settings.procfs;
        let of_host = files::table(&procfs.join("1/mountinfo"), buffer).filter(|content| !content.is_empty());
        let is_own = of_host.is_none();
        self.mounts = match of_host {
            Some(content) => kerneltext::lines(content).filter_map(Mount::parse).collect(),
            None => {
                let content = files::table(&procfs.join("self/mountinfo"), buffer).unwrap_or_default();
                kerneltext::lines(content).filter_map(Mount::parse).collect()
            }
        };
        if is_own {
            self.strip_root();
        }
        self.read_ms = Some(now_ms);
    }

    /// Leaves the mounts below the host's root, under the names that the host has for them.
    fn strip_root(&mut self) {
        let root = self.settings.rootfs.as_os_str().as_bytes().to_vec();
        if root == b"/" {
            return;
        }
        self.mounts.retain_mut(|mount| {
            let Some(stripped) = mount.mount_point.strip_prefix(&*root) else { return false };
            let stripped = if stripped.is_empty() { b"/" } else { stripped };
            mount.mount_point = stripped.to_vec();
            true
        });
    }

    /// Where a mount point of the host is seen from here.
    fn place(&self, mount_point: &[u8]) -> PathBuf {
        self.settings.of_host(Path::new(OsStr::from_bytes(mount_point)))
    }

    /// The mount with the longest path above a directory; of several on one path, the last, which covers the others.
    fn holding(&self, directory: &Path) -> Option<&Mount> {
        let above = self.mounts.iter().filter(|mount| directory.starts_with(self.place(&mount.mount_point)));
        above.max_by_key(|mount| mount.mount_point.len())
    }
}

impl Size {
    fn of(path: &Path) -> Option<Size> {
        let stat = rustix::fs::statvfs(path).ok()?;
        Some(Size {
            limit: stat.f_blocks.saturating_mul(stat.f_frsize),
            free: stat.f_bfree.saturating_mul(stat.f_frsize),
            // Some file systems make inodes as they are needed, and tell of none.
            inodes: (stat.f_files > 0).then_some((stat.f_files, stat.f_ffree)),
        })
    }
}

fn device_number(path: &Path) -> Option<(u64, u64)> {
    let device = rustix::fs::stat(path).ok()?.st_dev;
    Some((u64::from(rustix::fs::major(device)), u64::from(rustix::fs::minor(device))))
}

/// What is mounted. The kernel calls what it has mounted itself `/dev/root`, which is no device.
fn device_name(mount: &Mount, devices: &Devices) -> String {
    if mount.source == "/dev/root"
        && let Some(name) = devices.name(mount.number)
    {
        return name;
    }
    mount.source.clone()
}

/// The kernel's name of a device that may have been mounted by another name, such as `/dev/mapper/root`.
fn block_device(settings: &Settings, device: &str) -> String {
    let path = Path::new(device);
    let target = std::fs::read_link(settings.of_host(path)).unwrap_or_else(|_| path.to_owned());
    target.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
