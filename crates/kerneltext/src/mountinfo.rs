//! The kernel's table of mounts, `/proc/<pid>/mountinfo` (proc(5)).

use crate::{device_number, fields};

/// One line of the table, its fields as they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MountInfo<'a> {
    /// Major and minor number of the file system's device.
    pub device_number: (u64, u64),
    /// Where it is mounted, with escapes.
    pub mount_point: &'a [u8],
    /// The options of the mount, with commas between.
    pub options: &'a [u8],
    /// The kind of file system.
    pub fstype: &'a [u8],
    /// What is mounted, with escapes; for virtual file systems, any text.
    pub source: &'a [u8],
    /// The options of the file system as a whole; empty if there are none.
    pub super_options: &'a [u8],
}

/// Places of the fields before the optional ones, which a lone hyphen ends.
const DEVICE_NUMBER: usize = 2;
const MOUNT_POINT: usize = 4;
const OPTIONS: usize = 5;

impl<'a> MountInfo<'a> {
    /// Reads a line; `None` if it is none.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<MountInfo<'a>> {
        let fields: Vec<&[u8]> = fields(line).collect();
        let hyphen = OPTIONS + 1 + fields.get(OPTIONS + 1..)?.iter().position(|field| *field == b"-")?;
        Some(MountInfo {
            device_number: device_number(fields[DEVICE_NUMBER])?,
            mount_point: fields[MOUNT_POINT],
            options: fields[OPTIONS],
            fstype: fields.get(hyphen + 1)?,
            source: fields.get(hyphen + 2)?,
            super_options: fields.get(hyphen + 3).copied().unwrap_or_default(),
        })
    }

    /// A field with the escapes that `is_escape` accepts replaced by their bytes. White space and backslashes are written as a backslash and
    /// three octal digits.
    #[must_use]
    pub fn unescape(field: &[u8], is_escape: fn(u8) -> bool) -> Vec<u8> {
        let mut plain = Vec::with_capacity(field.len());
        let mut rest = field;
        while let Some((first, after)) = rest.split_first() {
            let (byte, after) = match escaped(rest).filter(|(byte, _)| is_escape(*byte)) {
                Some(escaped) => escaped,
                None => (*first, after),
            };
            plain.push(byte);
            rest = after;
        }
        plain
    }
}

/// The byte of the escape that a text begins with, and what follows it.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..] => {
            Some(((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), after))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mount point, options, type, source and the file system's options of a mount on device 8:1.
    #[track_caller]
    fn check(line: &str, expected: Option<[&str; 5]>) {
        let expected = expected.map(|fields| fields.map(str::as_bytes)).map(
            |[mount_point, options, fstype, source, super_options]| MountInfo {
                device_number: (8, 1),
                mount_point,
                options,
                fstype,
                source,
                super_options,
            },
        );
        assert_eq!(MountInfo::parse(line.as_bytes()), expected, "{line}");
    }

    #[test]
    fn lines() {
        let root = Some(["/", "rw,relatime", "ext4", "/dev/sda1", "rw"]);
        check("29 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw", root);
        check("29 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw", root);
        check("29 1 8:1 / /a ro a:1 b:2 - ext4 d rw", Some(["/a", "ro", "ext4", "d", "rw"]));
        check("29 1 8:1 / /a rw - tmpfs none", Some(["/a", "rw", "tmpfs", "none", ""]));
        check("", None);
        check("29 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw", None);
        check("29 1 8 / / rw - ext4 /dev/sda1 rw", None);
        check("29 1 8:1 / / rw - ext4", None);
        check("29 1 8:1 / / -", None);
    }

    #[test]
    fn escapes() {
        for (field, all, blanks) in [
            (r"/a\040b\134", "/a b\\", r"/a b\134"),
            (r"/a\4001\0", r"/a\4001\0", r"/a\4001\0"),
            (r"a\011b\012", "a\tb\n", "a\tb\\012"),
        ] {
            assert_eq!(MountInfo::unescape(field.as_bytes(), |_| true), all.as_bytes(), "{field}");
            assert_eq!(
                MountInfo::unescape(field.as_bytes(), |byte| b" \t".contains(&byte)),
                blanks.as_bytes(),
                "{field}"
            );
        }
    }
}
