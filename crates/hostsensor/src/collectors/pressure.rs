//! `pressure`: the time that processes stood still for want of CPU, memory or I/O, from `/proc/pressure`.

use std::io;

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

/// A line of a file, `some` (processes waited) or `full` (nothing could run), and the counter that shows it.
struct Line {
    kind: &'static [u8],
    name: &'static str,
    help: &'static str,
}

/// `full` says nothing of the CPU of a whole machine, and there is no `some` for interrupts.
const RESOURCES: [(&str, &[Line]); 4] = [
    (
        "pressure/cpu",
        &[Line {
            kind: b"some",
            name: "node_pressure_cpu_waiting_seconds_total",
            help: "Total time in seconds that processes have waited for CPU time",
        }],
    ),
    (
        "pressure/io",
        &[
            Line {
                kind: b"some",
                name: "node_pressure_io_waiting_seconds_total",
                help: "Total time in seconds that processes have waited due to IO congestion",
            },
            Line {
                kind: b"full",
                name: "node_pressure_io_stalled_seconds_total",
                help: "Total time in seconds no process could make progress due to IO congestion",
            },
        ],
    ),
    (
        "pressure/memory",
        &[
            Line {
                kind: b"some",
                name: "node_pressure_memory_waiting_seconds_total",
                help: "Total time in seconds that processes have waited for memory",
            },
            Line {
                kind: b"full",
                name: "node_pressure_memory_stalled_seconds_total",
                help: "Total time in seconds no process could make progress due to memory congestion",
            },
        ],
    ),
    (
        "pressure/irq",
        &[Line {
            kind: b"full",
            name: "node_pressure_irq_stalled_seconds_total",
            help: "Total time in seconds no process could make progress due to IRQ congestion",
        }],
    ),
];

/// Reading a file of a kernel that was started with `psi=0` gives this error.
const EOPNOTSUPP: i32 = rustix::io::Errno::OPNOTSUPP.raw_os_error();

/// Kernels have had these files since 4.20, the one for interrupts since 6.1, each only if built with them.
#[derive(Debug, Default)]
pub(crate) struct Pressure;

impl Collector for Pressure {
    fn collect(&mut self, _paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let mut is_any_found = false;
        for (file, lines) in RESOURCES {
            let path = procfs.path(file);
            let content = match procfs.read(file) {
                Ok(content) => content,
                Err(error) if is_kind(&error, |source| source.kind() == io::ErrorKind::NotFound) => continue,
                Err(error) if is_kind(&error, |source| source.raw_os_error() == Some(EOPNOTSUPP)) => {
                    return Err(CollectError::NoData);
                }
                Err(error) => return Err(error),
            };
            is_any_found = true;
            for line in lines {
                let total = total_microseconds(content, line.kind)
                    .map_err(|line| CollectError::malformed(&path, line))?
                    .ok_or(CollectError::NoData)?;
                let family = sink.counter(line.name, line.help);
                // In two steps, as node_exporter rounds.
                sink.sample(family, &[], kerneltext::as_float(total) / 1000.0 / 1000.0);
            }
        }
        if is_any_found { Ok(()) } else { Err(CollectError::NoData) }
    }
}

fn is_kind(error: &CollectError, test: impl Fn(&io::Error) -> bool) -> bool {
    matches!(error, CollectError::Read { source, .. } if test(source))
}

/// The total of the line of that kind, if there is one; or the line at fault.
fn total_microseconds<'a>(content: &'a [u8], kind: &[u8]) -> Result<Option<u64>, &'a [u8]> {
    for line in kerneltext::lines(content) {
        let mut fields = kerneltext::fields(line);
        if fields.next() == Some(kind) {
            let total = fields.find_map(|field| field.strip_prefix(b"total="));
            return total.and_then(kerneltext::unsigned).map(Some).ok_or(line);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals() {
        const BOTH: &str = "some avg10=0.00 avg60=0.00 avg300=0.00 total=17\nfull avg10=0.00 total=5";
        for (content, kind, expected) in [
            (BOTH, "some", Ok(Some(17))),
            (BOTH, "full", Ok(Some(5))),
            ("some total=1\n", "full", Ok(None)),
            ("", "some", Ok(None)),
            ("some avg10=0.00\n", "some", Err("some avg10=0.00")),
            ("some total=x\n", "some", Err("some total=x")),
        ] {
            let parsed = total_microseconds(content.as_bytes(), kind.as_bytes());
            assert_eq!(parsed, expected.map_err(str::as_bytes), "{content}");
        }
    }
}
