//! The device manager's database: a file of tagged lines for each device.

use std::collections::HashMap;

/// The properties of one device, the lines of the form `E:NAME=VALUE`.
#[derive(Debug)]
pub(super) struct Properties<'a>(HashMap<&'a str, &'a str>);

impl<'a> Properties<'a> {
    pub(super) fn parse(content: &'a str) -> Properties<'a> {
        let properties = content.lines().filter_map(|line| line.strip_prefix("E:")?.split_once('='));
        Properties(properties.collect())
    }

    /// A property's value, empty if the device does not have it.
    pub(super) fn get(&self, name: &str) -> &'a str {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// The serial number as it is printed on the disk if the device tells it, else the next best: virtual disks have
    /// only `ID_SERIAL`.
    pub(super) fn serial(&self) -> &'a str {
        let names = ["SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"];
        names.into_iter().map(|name| self.get(name)).find(|serial| !serial.is_empty()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties() {
        let parsed = Properties::parse("S:disk/by-id/x\nE:ID_MODEL=A=B\nE:ID_MODEL=C=D\nE:broken\nI:1\nE:EMPTY=");
        assert_eq!(parsed.get("ID_MODEL"), "C=D");
        assert_eq!(parsed.get("EMPTY"), "");
        assert_eq!(parsed.get("broken"), "");
        assert_eq!(parsed.0.len(), 2);
    }

    #[test]
    fn serials() {
        for (content, expected) in [
            ("E:ID_SERIAL=c\nE:ID_SERIAL_SHORT=b\nE:SCSI_IDENT_SERIAL=a", "a"),
            ("E:ID_SERIAL=c\nE:ID_SERIAL_SHORT=b\nE:SCSI_IDENT_SERIAL=", "b"),
            ("E:ID_SERIAL=c", "c"),
            ("", ""),
        ] {
            assert_eq!(Properties::parse(content).serial(), expected);
        }
    }
}
