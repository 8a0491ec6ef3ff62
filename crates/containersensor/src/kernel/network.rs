//! Network interfaces, from `/proc/<pid>/net/dev`, which shows those of the process' network namespace.

use std::path::Path;

use super::files::{self, Buffer};
use crate::stats::{InterfaceStats, NetCounts};

/// The loopback, and the host's ends and bridges of containers' networks: what they carry is counted elsewhere.
const IGNORED_PREFIXES: [&str; 4] = ["lo", "veth", "docker", "nerdctl"];

/// The interfaces that the process sees; none when it is gone.
pub(super) fn read(procfs: &Path, pid: u32, buffer: &mut Buffer) -> Vec<InterfaceStats> {
    let content = files::table(&procfs.join(format!("{pid}/net/dev")), buffer);
    kerneltext::lines(content.unwrap_or_default()).filter_map(parse).filter(is_wanted).collect()
}

fn is_wanted(interface: &InterfaceStats) -> bool {
    let name = interface.name.to_lowercase();
    !IGNORED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The two lines of headings are not interfaces, as they have no numbers.
fn parse(line: &[u8]) -> Option<InterfaceStats> {
    let colon = line.iter().rposition(|byte| *byte == b':')?;
    let name = kerneltext::trimmed(&line[..colon]);
    let numbers = kerneltext::fields(&line[colon + 1..]).map(kerneltext::unsigned).collect::<Option<Vec<u64>>>()?;
    let direction = |first: usize| {
        let counts = numbers.get(first..first + 4)?;
        Some(NetCounts { bytes: counts[0], packets: counts[1], errors: counts[2], dropped: counts[3] })
    };
    Some(InterfaceStats { name, receive: direction(0)?, transmit: direction(8)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let counts = |bytes, packets, errors, dropped| NetCounts { bytes, packets, dropped, errors };
        let eth0 =
            InterfaceStats { name: "eth0".to_owned(), receive: counts(1, 2, 3, 4), transmit: counts(9, 10, 11, 12) };
        let line = " eth0:       1    2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
        assert_eq!(parse(line.as_bytes()), Some(eth0.clone()));
        assert_eq!(parse(line.replace(":       1", ":1").as_bytes()), Some(eth0));
        for line in [
            "Inter-|   Receive                                                |  Transmit",
            " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets",
            "eth0: 1 2 3 4 5 6 7 8 9 10 11",
            "eth0: 1 2 3 4 5 6 7 8 9 10 11 x",
            "eth0",
            ":",
            "",
        ] {
            assert_eq!(parse(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn interfaces() {
        for (name, expected) in [
            ("eth0", true),
            ("br-1", true),
            ("lo", false),
            ("veth12ab", false),
            ("docker0", false),
            ("nerdctl0", false),
        ] {
            let interface = InterfaceStats { name: name.to_owned(), ..InterfaceStats::default() };
            assert_eq!(is_wanted(&interface), expected, "{name}");
        }
    }
}
