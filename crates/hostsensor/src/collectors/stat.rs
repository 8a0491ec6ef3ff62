//! `stat`: boot time, context switches, forks, interrupts and runnable processes, from `/proc/stat`.

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

/// What the kernel names a line, and the counter for the first number of it.
const COUNTERS: [(&[u8], &str, &str); 3] = [
    (b"intr", "node_intr_total", "Total number of interrupts serviced."),
    (b"ctxt", "node_context_switches_total", "Total number of context switches."),
    (b"processes", "node_forks_total", "Total number of forks."),
];

/// The same for gauges.
const GAUGES: [(&[u8], &str, &str); 3] = [
    (b"btime", "node_boot_time_seconds", "Node boot time, in unixtime."),
    (b"procs_running", "node_procs_running", "Number of processes in runnable state."),
    (b"procs_blocked", "node_procs_blocked", "Number of processes blocked waiting for I/O to complete."),
];

#[derive(Debug, Default)]
pub(crate) struct Stat;

impl Collector for Stat {
    fn collect(&mut self, _paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("stat");
        let values = parse_stat(procfs.read("stat")?).map_err(|line| CollectError::malformed(path, line))?;
        let (counters, gauges) = values.split_at(COUNTERS.len());
        for ((_, name, help), value) in COUNTERS.iter().zip(counters) {
            let family = sink.counter(*name, *help);
            sink.sample(family, &[], kerneltext::as_float(*value));
        }
        for ((_, name, help), value) in GAUGES.iter().zip(gauges) {
            let family = sink.gauge(*name, *help);
            sink.sample(family, &[], kerneltext::as_float(*value));
        }
        Ok(())
    }
}

/// The values of the counters and then the gauges, 0 for a line that is not there; or the line at fault.
fn parse_stat(content: &[u8]) -> Result<[u64; COUNTERS.len() + GAUGES.len()], &[u8]> {
    let mut values = [0; COUNTERS.len() + GAUGES.len()];
    for line in kerneltext::lines(content) {
        let mut fields = kerneltext::fields(line);
        let Some(key) = fields.next() else { continue };
        let keys = COUNTERS.iter().chain(&GAUGES).map(|(key, _, _)| *key);
        if let Some(at) = keys.into_iter().position(|known| known == key) {
            values[at] = fields.next().and_then(kerneltext::unsigned).ok_or(line)?;
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        for (content, expected) in [
            ("", Ok([0; 6])),
            (
                "intr 7 1 2 3\nctxt 8\nbtime 9\nprocesses 10\nprocs_running 11\nprocs_blocked 12\n",
                Ok([7, 8, 10, 9, 11, 12]),
            ),
            ("ctxt\n", Err("ctxt")),
            ("ctxt -1\n", Err("ctxt -1")),
            ("softirq x\n", Ok([0; 6])),
        ] {
            assert_eq!(parse_stat(content.as_bytes()), expected.map_err(str::as_bytes), "{content}");
        }
    }
}
