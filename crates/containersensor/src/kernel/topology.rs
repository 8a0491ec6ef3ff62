//! How many processors there are and how they are packed.

use std::collections::HashSet;

use super::files::{self, Buffer, Directory};
use crate::settings::Settings;

/// Counts of processors and of what they are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Topology {
    pub(super) cores: u64,
    pub(super) physical_cores: u64,
    pub(super) sockets: u64,
    pub(super) books: u64,
    pub(super) drawers: u64,
}

/// Where a processor is. A core's number is its own within its socket only.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    socket: Option<u64>,
    core: Option<u64>,
    book: Option<u64>,
    drawer: Option<u64>,
}

impl Topology {
    /// From sysfs or, where it does not tell, from `/proc/cpuinfo`.
    pub(super) fn read(settings: &Settings, buffer: &mut Buffer) -> Topology {
        let of_sysfs = of_sysfs(settings, buffer);
        if of_sysfs.iter().any(|place| place.core.is_some()) {
            return Topology::of(&of_sysfs);
        }
        let of_cpuinfo = of_cpuinfo(files::table(&settings.procfs.join("cpuinfo"), buffer).unwrap_or_default());
        Topology::of(if of_cpuinfo.is_empty() { &of_sysfs } else { &of_cpuinfo })
    }

    fn of(places: &[Place]) -> Topology {
        let count = |numbers: HashSet<(u64, u64)>| numbers.len() as u64;
        let of =
            |number: fn(&Place) -> Option<u64>| count(places.iter().filter_map(|p| Some((0, number(p)?))).collect());
        let cores = places.len() as u64;
        let physical =
            count(places.iter().filter_map(|place| Some((place.socket.unwrap_or(0), place.core?))).collect());
        Topology {
            cores,
            // Who tells of no cores has no threads, and who tells of no sockets has one.
            physical_cores: if physical == 0 { cores } else { physical },
            sockets: of(|place| place.socket).max(u64::from(cores > 0)),
            books: of(|place| place.book),
            drawers: of(|place| place.drawer),
        }
    }
}

fn of_sysfs(settings: &Settings, buffer: &mut Buffer) -> Vec<Place> {
    let directory = settings.sysfs.join("devices/system/cpu");
    let mut places = Vec::new();
    for name in super::machine::numbered(&directory, "cpu") {
        let Some(cpu) = Directory::open(&directory.join(&name)) else { continue };
        // Those that cannot be switched off have no such file.
        if cpu.number("online", buffer) == Some(0) {
            continue;
        }
        let mut number = |file: &str| cpu.number(&format!("topology/{file}"), buffer);
        places.push(Place {
            socket: number("physical_package_id"),
            core: number("core_id"),
            book: number("book_id"),
            drawer: number("drawer_id"),
        });
    }
    places
}

fn of_cpuinfo(content: &[u8]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for line in kerneltext::lines(content) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = kerneltext::unsigned(line[colon + 1..].trim_ascii());
        match (line[..colon].trim_ascii(), places.last_mut()) {
            (b"processor", _) if value.is_some() => places.push(Place::default()),
            (b"physical id", Some(place)) => place.socket = value,
            (b"core id", Some(place)) => place.core = value,
            (b"book id", Some(place)) => place.book = value,
            (b"drawer id", Some(place)) => place.drawer = value,
            _ => {}
        }
    }
    places
}
