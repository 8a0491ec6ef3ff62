//! The mounts that hold files, from the kernel's table.

use kerneltext::MountInfo;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// Of the file system's device.
    pub(super) number: (u64, u64),
    /// Where, with bytes as they are on disk.
    pub(super) mount_point: Vec<u8>,
    pub(super) fstype: String,
    /// What is mounted; for virtual file systems, any text.
    pub(super) source: String,
}

impl Mount {
    pub(super) fn parse(line: &[u8]) -> Option<Mount> {
        let mount = MountInfo::parse(line)?;
        let unescape = |field| MountInfo::unescape(field, |_| true);
        Some(Mount {
            number: mount.device_number,
            mount_point: unescape(mount.mount_point),
            fstype: kerneltext::text(mount.fstype).into_owned(),
            source: kerneltext::text(&unescape(mount.source)).into_owned(),
        })
    }

    /// Whether it holds files on a device of its own, and can be asked for its size without waiting for a network or a program.
    pub(super) fn is_on_device(&self) -> bool {
        // Images that are read only: they are always full.
        const IMAGES: [&str; 4] = ["squashfs", "erofs", "iso9660", "udf"];
        let is_device = self.source.starts_with("/dev/") && !self.fstype.starts_with("fuse");
        self.fstype == "zfs" || is_device && !IMAGES.contains(&&*self.fstype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mount = Mount {
            number: (8, 1),
            mount_point: b"/a b\\".to_vec(),
            fstype: "nfs".to_owned(),
            source: "h:/x".to_owned(),
        };
        assert_eq!(Mount::parse(br"29 1 8:1 / /a\040b\134 rw - nfs h:/x rw"), Some(mount));
        assert_eq!(Mount::parse(b"29 1 8:1 / /"), None);
    }

    #[test]
    fn devices() {
        for (fstype, source, expected) in [
            ("ext4", "/dev/sda1", true),
            ("xfs", "/dev/mapper/vg-root", true),
            ("btrfs", "/dev/root", true),
            ("zfs", "tank/data", true),
            ("overlay", "overlay", false),
            ("tmpfs", "tmpfs", false),
            ("nfs4", "server:/dev/x", false),
            ("fuseblk", "/dev/sdb1", false),
            ("squashfs", "/dev/loop3", false),
        ] {
            let (fstype, source) = (fstype.to_owned(), source.to_owned());
            let mount = Mount { number: (0, 0), mount_point: Vec::new(), fstype, source };
            assert_eq!(mount.is_on_device(), expected, "{mount:?}");
        }
    }
}
