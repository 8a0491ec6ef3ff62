//! A chip's stable name, and the files of its sensors.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::sensor::split_file_name;
use crate::sysfs::{self, Buffer, Directory};

/// A directory of `/sys/class/hwmon`, whose own name, `hwmon3`, depends on the order in which drivers were loaded.
#[derive(Debug)]
pub(super) struct Chip {
    /// The same at every start of the machine, and of no other chip.
    pub(super) name: String,
    /// What the driver calls the chip; several may be called the same.
    pub(super) driver: Option<String>,
    /// By the kind and number of a sensor, and then by property, the contents of its files.
    pub(super) sensors: BTreeMap<(String, u64), BTreeMap<String, Vec<u8>>>,
}

impl Chip {
    pub(super) fn read(path: &Path, buffer: &mut Buffer) -> io::Result<Chip> {
        let directory = Directory::open(path)?;
        let driver = directory.attribute("name", buffer).ok().map(|name| clean_name(&kerneltext::text(name)));
        let driver = driver.filter(|name| !name.is_empty());
        let mut chip = Chip { name: stable_name(path, driver.as_deref())?, driver, sensors: BTreeMap::new() };
        chip.read_sensors(path, &directory, buffer)?;
        // Old drivers have their files at the device, not at the chip.
        if let Ok(device) = directory.open_child("device") {
            chip.read_sensors(&path.join("device"), &device, buffer)?;
        }
        Ok(chip)
    }

    fn read_sensors(&mut self, path: &Path, directory: &Directory, buffer: &mut Buffer) -> io::Result<()> {
        for file in sysfs::entries(path)? {
            let Some((kind, number, property)) = split_file_name(&file) else { continue };
            // Drivers refuse to answer for what is switched off.
            let Ok(content) = directory.content(&file, buffer) else { continue };
            let files = self.sensors.entry((kind.to_owned(), number)).or_default();
            files.insert(property.to_owned(), without_line_feeds(content).to_vec());
        }
        Ok(())
    }
}

/// From the place of the device on its bus; a device that has several chips needs the driver's name too. Failing that,
/// the driver's name, or the directory's.
fn stable_name(path: &Path, driver: Option<&str>) -> io::Result<String> {
    if let Ok(device) = path.join("device").canonicalize()
        && let Some(name) = device_name(&device)
    {
        let chips = sysfs::numbered_entries(&device.join("hwmon"), "hwmon").len();
        return Ok(match driver {
            Some(driver) if chips > 1 => format!("{name}_{driver}"),
            _ => name,
        });
    }
    if let Some(driver) = driver {
        return Ok(driver.to_owned());
    }
    let real = path.canonicalize()?;
    let name = clean_name(&last_part(&real));
    if name.is_empty() { Err(io::Error::other("no name can be derived for the chip")) } else { Ok(name) }
}

/// The names of the bus and of the device, as in `platform_coretemp_0`.
fn device_name(device: &Path) -> Option<String> {
    let name = clean_name(&last_part(device));
    let bus = device.parent().map(|bus| clean_name(&last_part(bus))).unwrap_or_default();
    match (bus.is_empty(), name.is_empty()) {
        (_, true) => None,
        (true, false) => Some(name),
        (false, false) => Some(format!("{bus}_{name}")),
    }
}

fn last_part(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Small letters, digits and colons; an underscore for everything else, but none at the ends.
pub(super) fn clean_name(name: &str) -> String {
    let cleaned: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, 'a'..='z' | '0'..='9' | ':' | '_') { c } else { '_' })
        .collect();
    cleaned.trim_matches('_').to_owned()
}

fn without_line_feeds(mut content: &[u8]) -> &[u8] {
    while let Some(shorter) = content.strip_suffix(b"\n") {
        content = shorter;
    }
    while let Some(shorter) = content.strip_prefix(b"\n") {
        content = shorter;
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("coretemp", "coretemp"),
            ("applesmc.768", "applesmc_768"),
            ("0000:00:1f.3", "0000:00:1f_3"),
            ("-Core Ä-", "core"),
            ("__", ""),
        ] {
            assert_eq!(clean_name(name), expected);
        }
        for (path, expected) in [
            ("/sys/devices/platform/coretemp.0", Some("platform_coretemp_0")),
            ("/-/x", Some("x")),
            ("/x", Some("x")),
            ("/", None),
            ("/x/-", None),
        ] {
            assert_eq!(device_name(Path::new(path)).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn contents() {
        assert_eq!(without_line_feeds(b"\n\n Core 0 \n"), b" Core 0 ");
        assert_eq!(without_line_feeds(b"\n"), b"");
    }
}
