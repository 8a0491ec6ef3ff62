//! Where the host's file systems are seen, which differs inside a container.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where the host's file systems are mounted; the default is where a host has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The process information file system, `/proc`.
    pub procfs: PathBuf,
    /// The device information file system, `/sys`.
    pub sysfs: PathBuf,
    /// The root of the host's mount points, `/`.
    pub rootfs: PathBuf,
    /// The database of the device manager, `/run/udev/data`.
    pub udev_data: PathBuf,
}

impl Default for Paths {
    fn default() -> Paths {
        Paths {
            procfs: PathBuf::from("/proc"),
            sysfs: PathBuf::from("/sys"),
            rootfs: PathBuf::from("/"),
            udev_data: PathBuf::from("/run/udev/data"),
        }
    }
}

impl Paths {
    /// Where a mount point of the host is reached from here.
    pub(crate) fn below_rootfs(&self, mount_point: &[u8]) -> PathBuf {
        let start = mount_point.iter().position(|byte| *byte != b'/').unwrap_or(mount_point.len());
        self.rootfs.join(Path::new(OsStr::from_bytes(&mount_point[start..])))
    }

    /// The name that the host itself has for a mount point as seen from here.
    pub(crate) fn strip_rootfs<'a>(&self, mount_point: &'a [u8]) -> &'a [u8] {
        let root = self.rootfs.as_os_str().as_bytes();
        if root == b"/" {
            return mount_point;
        }
        match mount_point.strip_prefix(root) {
            Some(b"") => b"/",
            Some(stripped) => stripped,
            None => mount_point,
        }
    }
}
