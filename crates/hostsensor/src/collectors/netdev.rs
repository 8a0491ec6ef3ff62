//! `netdev`: what network devices have received and sent.
//!
//! node_exporter asks the kernel's netlink for this; `/proc/net/dev` has the same sums under the names that
//! node_exporter gives them, except the packets that nobody wanted, which are in `/sys/class/net`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer};

/// The columns of `/proc/net/dev` in their order: name and help text.
const COLUMNS: [(&str, &str); 16] = [
    ("node_network_receive_bytes_total", "Network device statistic receive_bytes."),
    ("node_network_receive_packets_total", "Network device statistic receive_packets."),
    ("node_network_receive_errs_total", "Network device statistic receive_errs."),
    ("node_network_receive_drop_total", "Network device statistic receive_drop."),
    ("node_network_receive_fifo_total", "Network device statistic receive_fifo."),
    ("node_network_receive_frame_total", "Network device statistic receive_frame."),
    ("node_network_receive_compressed_total", "Network device statistic receive_compressed."),
    ("node_network_receive_multicast_total", "Network device statistic receive_multicast."),
    ("node_network_transmit_bytes_total", "Network device statistic transmit_bytes."),
    ("node_network_transmit_packets_total", "Network device statistic transmit_packets."),
    ("node_network_transmit_errs_total", "Network device statistic transmit_errs."),
    ("node_network_transmit_drop_total", "Network device statistic transmit_drop."),
    ("node_network_transmit_fifo_total", "Network device statistic transmit_fifo."),
    ("node_network_transmit_colls_total", "Network device statistic transmit_colls."),
    ("node_network_transmit_carrier_total", "Network device statistic transmit_carrier."),
    ("node_network_transmit_compressed_total", "Network device statistic transmit_compressed."),
];

/// Two lines say what the columns are.
const HEADER_LINES: usize = 2;

#[derive(Debug, Default)]
pub(crate) struct Netdev {
    buffer: Buffer,
}

impl Collector for Netdev {
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("net/dev");
        let columns = COLUMNS.map(|(name, help)| sink.counter(name, help));
        let nohandler =
            sink.counter("node_network_receive_nohandler_total", "Network device statistic receive_nohandler.");
        let devices = paths.sysfs.join("class/net");
        let mut seen = HashSet::new();
        for line in kerneltext::lines(procfs.read("net/dev")?).skip(HEADER_LINES) {
            let (device, values) = parse_line(line).ok_or_else(|| CollectError::malformed(&path, line))?;
            if !seen.insert(device.clone()) {
                continue;
            }
            for (family, value) in columns.iter().zip(values) {
                sink.sample(*family, &[("device", &device)], kerneltext::as_float(value));
            }
            let path = devices.join(&*device).join("statistics/rx_nohandler");
            if let Some(count) = sysfs::attribute(&path, &mut self.buffer).ok().and_then(kerneltext::unsigned) {
                sink.sample(nohandler, &[("device", &device)], kerneltext::as_float(count));
            }
        }
        Ok(())
    }
}

/// A device's name and its counters.
fn parse_line(line: &[u8]) -> Option<(Cow<'_, str>, [u64; COLUMNS.len()])> {
    let colon = line.iter().rposition(|byte| *byte == b':')?;
    let device = line[..colon].trim_ascii();
    let mut values = [0; COLUMNS.len()];
    let mut fields = kerneltext::fields(&line[colon + 1..]);
    for value in &mut values {
        *value = kerneltext::unsigned(fields.next()?)?;
    }
    (!device.is_empty()).then(|| (kerneltext::text(device), values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        const COUNTS: &str = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16";
        let counts = std::array::from_fn(|at| at as u64 + 1);
        for (line, expected) in [
            (format!("  eth0: {COUNTS}"), Some(("eth0", counts))),
            (format!("eth0:{COUNTS}"), Some(("eth0", counts))),
            (format!("a:b: {COUNTS} 17"), Some(("a:b", counts))),
            (format!(": {COUNTS}"), None),
            ("eth0: 1 2 3".to_owned(), None),
            (format!("eth0 {COUNTS}"), None),
            (format!("eth0: -{COUNTS}"), None),
        ] {
            let expected = expected.map(|(device, counts)| (Cow::Borrowed(device), counts));
            assert_eq!(parse_line(line.as_bytes()), expected, "{line}");
        }
    }
}
