//! `cpu`: seconds per CPU and mode, thermal throttling, isolated and online CPUs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Collector;
use crate::error::{CollectError, is_absent};
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer, Directory};

/// The columns of a CPU's line in `/proc/stat`, in their order; the last two are also part of the first two.
const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
const GUEST_MODES: [&str; 2] = ["user", "nice"];
const COLUMNS: usize = MODES.len() + GUEST_MODES.len();
const IDLE: usize = 3;

/// The kernel counts in hundredths of a second towards programs, whatever its own tick is.
const TICKS_PER_SECOND: f64 = 100.0;

/// An idle counter that falls this far belongs to a CPU that was taken out and put back: it starts again.
const JUMP_BACK_SECONDS: f64 = 3.0;

/// Keeps the counters from falling: the kernel's idle and iowait columns do at times, by a tick or two.
#[derive(Debug, Default)]
pub(crate) struct Cpu {
    seconds: BTreeMap<u32, [f64; COLUMNS]>,
    /// Read at the first round only: the kernel's command line decides it.
    isolated: Option<BTreeSet<u32>>,
    /// Package and core of each CPU directory, which do not change while the CPU exists.
    topology: BTreeMap<String, (u64, u64)>,
    buffer: Buffer,
}

impl Collector for Cpu {
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("stat");
        let readings = parse_stat(procfs.read("stat")?).map_err(|line| CollectError::malformed(path, line))?;
        self.update(&readings);
        self.show_seconds(sink);

        let cpus = paths.sysfs.join("devices/system/cpu");
        self.show_isolated(&cpus, sink)?;
        let names = sysfs::numbered_entries(&cpus, "cpu");
        self.show_throttles(&cpus, &names, sink);
        self.show_online(&cpus, &names, sink);
        Ok(())
    }
}

impl Cpu {
    fn update(&mut self, readings: &[(u32, [f64; COLUMNS])]) {
        for (cpu, reading) in readings {
            let kept = self.seconds.entry(*cpu).or_default();
            if kept[IDLE] - reading[IDLE] >= JUMP_BACK_SECONDS {
                *kept = [0.0; COLUMNS];
            }
            for (kept, read) in kept.iter_mut().zip(reading) {
                *kept = kept.max(*read);
            }
        }
        if self.seconds.len() != readings.len() {
            let online: BTreeSet<u32> = readings.iter().map(|(cpu, _)| *cpu).collect();
            self.seconds.retain(|cpu, _| online.contains(cpu));
        }
    }

    fn show_seconds(&self, sink: &mut Sink) {
        let total = sink.counter("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.");
        let guest =
            sink.counter("node_cpu_guest_seconds_total", "Seconds the CPUs spent in guests (VMs) for each mode.");
        for (cpu, seconds) in &self.seconds {
            let cpu = cpu.to_string();
            for (mode, value) in MODES.iter().zip(seconds) {
                sink.sample(total, &[("cpu", &cpu), ("mode", mode)], *value);
            }
            for (mode, value) in GUEST_MODES.iter().zip(&seconds[MODES.len()..]) {
                sink.sample(guest, &[("cpu", &cpu), ("mode", mode)], *value);
            }
        }
    }

    fn show_isolated(&mut self, cpus: &Path, sink: &mut Sink) -> Result<(), CollectError> {
        if self.isolated.is_none() {
            let path = cpus.join("isolated");
            self.isolated = Some(match sysfs::attribute(&path, &mut self.buffer) {
                Ok(list) => parse_cpu_list(list).ok_or_else(|| CollectError::malformed(&path, list))?,
                Err(error) if is_absent(&error) => BTreeSet::new(),
                Err(error) => return Err(CollectError::read(&path, error)),
            });
        }
        let family = sink.gauge(
            "node_cpu_isolated",
            "Whether each core is isolated, information from /sys/devices/system/cpu/isolated.",
        );
        for cpu in self.isolated.iter().flatten() {
            sink.sample(family, &[("cpu", &cpu.to_string())], 1.0);
        }
        Ok(())
    }

    /// Cores and packages are counted once, at the first of their CPUs that has the counter.
    fn show_throttles(&mut self, cpus: &Path, names: &[String], sink: &mut Sink) {
        let mut cores = BTreeMap::new();
        let mut packages = BTreeMap::new();
        for name in names {
            let Ok(directory) = Directory::open(&cpus.join(name)) else { continue };
            let Some((package, core)) = self.topology(name, &directory) else { continue };
            if packages.contains_key(&package) && cores.contains_key(&(package, core)) {
                continue;
            }
            let Ok(throttle) = directory.open_child("thermal_throttle") else { continue };
            let mut once = |name| throttle.attribute(name, &mut self.buffer).ok().and_then(kerneltext::unsigned);
            if let Some(count) = once("core_throttle_count") {
                cores.entry((package, core)).or_insert(count);
            }
            if let Some(count) = once("package_throttle_count") {
                packages.entry(package).or_insert(count);
            }
        }
        let family = sink.counter("node_cpu_core_throttles_total", "Number of times this CPU core has been throttled.");
        for ((package, core), count) in cores {
            let labels = [("core", &*core.to_string()), ("package", &*package.to_string())];
            sink.sample(family, &labels, kerneltext::as_float(count));
        }
        let family =
            sink.counter("node_cpu_package_throttles_total", "Number of times this CPU package has been throttled.");
        for (package, count) in packages {
            sink.sample(family, &[("package", &package.to_string())], kerneltext::as_float(count));
        }
    }

    fn topology(&mut self, name: &str, directory: &Directory) -> Option<(u64, u64)> {
        if let Some(known) = self.topology.get(name) {
            return Some(*known);
        }
        let topology = directory.open_child("topology").ok()?;
        let package = kerneltext::unsigned(topology.attribute("physical_package_id", &mut self.buffer).ok()?)?;
        let core = kerneltext::unsigned(topology.attribute("core_id", &mut self.buffer).ok()?)?;
        self.topology.insert(name.to_owned(), (package, core));
        Some((package, core))
    }

    /// Nothing where the first CPU has no such file: the machine cannot take CPUs out.
    fn show_online(&mut self, cpus: &Path, names: &[String], sink: &mut Sink) {
        let family = sink.gauge("node_cpu_online", "CPUs that are online and being scheduled.");
        for (at, name) in names.iter().enumerate() {
            let online = sysfs::attribute(&cpus.join(name).join("online"), &mut self.buffer);
            if at == 0 && online.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
                return;
            }
            let is_online = online.is_ok_and(|value| value == b"1");
            let number = name.trim_start_matches("cpu");
            sink.sample(family, &[("cpu", number)], f64::from(u8::from(is_online)));
        }
    }
}

/// The seconds of each CPU, or the line that is not as documented.
fn parse_stat(content: &[u8]) -> Result<Vec<(u32, [f64; COLUMNS])>, &[u8]> {
    let mut cpus = Vec::new();
    for line in kerneltext::lines(content) {
        let Some(rest) = line.strip_prefix(b"cpu") else {
            // The lines of the CPUs come first, and what follows is long.
            if cpus.is_empty() {
                continue;
            }
            break;
        };
        if rest.starts_with(b" ") {
            // The sum of all.
            continue;
        }
        cpus.push(parse_cpu_line(rest).ok_or(line)?);
    }
    Ok(cpus)
}

/// A CPU's number and its columns; old kernels have fewer.
fn parse_cpu_line(rest: &[u8]) -> Option<(u32, [f64; COLUMNS])> {
    let mut fields = kerneltext::fields(rest);
    let number = u32::try_from(kerneltext::unsigned(fields.next()?)?).ok()?;
    let mut seconds = [0.0; COLUMNS];
    for (seconds, field) in seconds.iter_mut().zip(fields) {
        *seconds = kerneltext::as_float(kerneltext::unsigned(field)?) / TICKS_PER_SECOND;
    }
    Some((number, seconds))
}

/// A list of numbers and ranges, as in `1,3-5`.
fn parse_cpu_list(list: &[u8]) -> Option<BTreeSet<u32>> {
    /// More CPUs than Linux can be built for; a range beyond it is not a list of CPUs.
    const MAX_CPUS: u64 = 1 << 16;
    let mut cpus = BTreeSet::new();
    for part in list.split(|byte| *byte == b',').filter(|part| !part.is_empty()) {
        let mut ends = part.splitn(2, |byte| *byte == b'-');
        let first = kerneltext::unsigned(ends.next()?)?;
        let last = ends.next().map_or(Some(first), kerneltext::unsigned)?;
        if last >= MAX_CPUS {
            return None;
        }
        for cpu in first..=last {
            cpus.insert(u32::try_from(cpu).ok()?);
        }
    }
    Some(cpus)
}

#[cfg(test)]
mod tests;
