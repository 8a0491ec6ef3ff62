//! The kernel's table of mounts, `/proc/<pid>/mountinfo` (proc(5)).

use crate::parse;

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

/// Places of the fields before the optional ones, which a lone hyphen ends.
const DEVICE_NUMBERS: usize = 2;
const MOUNT_POINT: usize = 4;
const MOUNT_OPTIONS: usize = 5;

impl Mount {
    pub(super) fn parse(line: &[u8]) -> Option<Mount> {
        let fields: Vec<&[u8]> = parse::fields(line).collect();
        let hyphen = MOUNT_OPTIONS + 1 + fields.get(MOUNT_OPTIONS + 1..)?.iter().position(|field| *field == b"-")?;
        let mut numbers = fields[DEVICE_NUMBERS].splitn(2, |byte| *byte == b':');
        let mut number = || u32::try_from(parse::unsigned(numbers.next()?)?).ok();
        let (major, minor) = (number()?, number()?);
        let fstype = fields.get(hyphen + 1)?;
        let device = fields.get(hyphen + 2)?;
        let super_options = fields.get(hyphen + 3).copied().unwrap_or_default();
        Some(Mount {
            device: parse::text(device).into_owned(),
            major,
            minor,
            mount_point: unescape(fields[MOUNT_POINT]),
            fstype: parse::text(fstype).into_owned(),
            is_read_only: is_read_only(fields[MOUNT_OPTIONS]) || is_read_only(super_options),
        })
    }

    /// What tells its samples from those of another mount.
    pub(super) fn identity(&self) -> (String, String, String) {
        (self.device.clone(), parse::text(&self.mount_point).into_owned(), self.fstype.clone())
    }
}

/// `emergency_ro` is what ext4 says after it has met an error on the disk.
fn is_read_only(options: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|option| option == b"ro" || option == b"emergency_ro")
}

/// Blanks and tabs are written as `\040` and `\011`; node_exporter leaves the other escapes as they are.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match rest.get(..4) {
            Some(br"\040") => (b' ', &rest[4..]),
            Some(br"\011") => (b'\t', &rest[4..]),
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
