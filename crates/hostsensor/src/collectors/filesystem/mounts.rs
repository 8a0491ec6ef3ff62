//! The mounts that have metrics, from the kernel's table.

use kerneltext::MountInfo;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// What is mounted; for most networks and virtual file systems, any text.
    pub(super) device: String,
    pub(super) major: u32,
    pub(super) minor: u32,
    /// Where, with bytes as they are on disk.
    pub(super) mount_point: Vec<u8>,
    pub(super) fstype: String,
    /// Whether this mount or the file system as a whole does not take writes.
    pub(super) is_read_only: bool,
}

impl Mount {
    pub(super) fn parse(line: &[u8]) -> Option<Mount> {
        let mount = MountInfo::parse(line)?;
        let (major, minor) = mount.device_number;
        Some(Mount {
            device: kerneltext::text(mount.source).into_owned(),
            major: u32::try_from(major).ok()?,
            minor: u32::try_from(minor).ok()?,
            // node_exporter leaves the other escapes as they are.
            mount_point: MountInfo::unescape(mount.mount_point, |byte| byte == b' ' || byte == b'\t'),
            fstype: kerneltext::text(mount.fstype).into_owned(),
            is_read_only: is_read_only(mount.options) || is_read_only(mount.super_options),
        })
    }

    /// What tells its samples from those of another mount.
    pub(super) fn identity(&self) -> (String, String, String) {
        (self.device.clone(), kerneltext::text(&self.mount_point).into_owned(), self.fstype.clone())
    }
}

/// `emergency_ro` is what ext4 says after it has met an error on the disk.
fn is_read_only(options: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|option| option == b"ro" || option == b"emergency_ro")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The device, mount point and type expected of a mount on device 8:1, and whether it is read-only.
    #[track_caller]
    fn check(line: &str, expected: Option<([&str; 3], bool)>) {
        let parsed = Mount::parse(line.as_bytes());
        let expected = expected.map(|([device, mount_point, fstype], is_read_only)| Mount {
            device: device.to_owned(),
            major: 8,
            minor: 1,
            mount_point: mount_point.as_bytes().to_vec(),
            fstype: fstype.to_owned(),
            is_read_only,
        });
        assert_eq!(parsed, expected, "{line}");
    }

    #[test]
    fn lines() {
        check("29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw", Some((["/dev/sda1", "/", "ext4"], false)));
        check("29 1 8:1 / / rw - ext4 /dev/sda1 rw", Some((["/dev/sda1", "/", "ext4"], false)));
        check("29 1 8:1 / /a ro a:1 b:2 - ext4 d rw", Some((["d", "/a", "ext4"], true)));
        check("29 1 8:1 / /a rw - ext4 d rw,emergency_ro,x", Some((["d", "/a", "ext4"], true)));
        check("29 1 8:1 / /a rw,errors=remount-ro - ext4 d rw", Some((["d", "/a", "ext4"], false)));
        check(r"29 1 8:1 / /a\040b\011c\134d rw - nfs h:/x rw", Some((["h:/x", "/a b\tc\\134d", "nfs"], false)));
        check("29 1 8:1 / /a rw - tmpfs none", Some((["none", "/a", "tmpfs"], false)));
        check("", None);
        check("29 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw", None);
        check("29 1 8 / / rw - ext4 /dev/sda1 rw", None);
        check("29 1 8:1 / / rw - ext4", None);
        check("29 1 8:1 / / -", None);
    }
}
