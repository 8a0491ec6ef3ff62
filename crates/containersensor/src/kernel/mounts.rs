//! The kernel's table of mounts, `/proc/<pid>/mountinfo` (proc(5)).

use super::text;

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

/// Places of the fields before the optional ones, which a lone hyphen ends.
const DEVICE_NUMBER: usize = 2;
const MOUNT_POINT: usize = 4;
const OPTIONS: usize = 5;

impl Mount {
    pub(super) fn parse(line: &[u8]) -> Option<Mount> {
        let fields: Vec<&[u8]> = text::fields(line).collect();
        let hyphen = OPTIONS + 1 + fields.get(OPTIONS + 1..)?.iter().position(|field| *field == b"-")?;
        Some(Mount {
            number: text::device_number(fields[DEVICE_NUMBER])?,
            mount_point: unescape(fields[MOUNT_POINT]),
            fstype: text::text(fields.get(hyphen + 1)?),
            source: text::text(&unescape(fields.get(hyphen + 2)?)),
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

/// White space and backslashes are written as a backslash and three octal digits.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
                ((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), after)
            }
            _ => (*first, after),
        };
        plain.push(byte);
        rest = after;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mount point, type and source of a mount on device 8:1.
    #[track_caller]
    fn check(line: &str, expected: Option<[&str; 3]>) {
        let expected = expected.map(|[mount_point, fstype, source]| Mount {
            number: (8, 1),
            mount_point: mount_point.as_bytes().to_vec(),
            fstype: fstype.to_owned(),
            source: source.to_owned(),
        });
        assert_eq!(Mount::parse(line.as_bytes()), expected, "{line}");
    }

    #[test]
    fn lines() {
        check("29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw", Some(["/", "ext4", "/dev/sda1"]));
        check("29 1 8:1 / / rw - ext4 /dev/sda1 rw", Some(["/", "ext4", "/dev/sda1"]));
        check(r"29 1 8:1 / /a\040b\134 rw - nfs h:/x rw", Some(["/a b\\", "nfs", "h:/x"]));
        check(r"29 1 8:1 / /a\4001\0 rw - nfs h rw", Some([r"/a\4001\0", "nfs", "h"]));
        check("29 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw", None);
        check("29 1 8 / / rw - ext4 /dev/sda1 rw", None);
        check("29 1 8:1 / / rw - ext4", None);
        check("29 1 8:1 / / -", None);
        check("", None);
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
