//! Cgroup version 2: one directory with the files of all controllers.

use std::path::Path;

use super::files::{Buffer, Directory};
use super::layout::below;
use super::memory_info::MemoryInfo;
use super::{Reading, operations_of};
use crate::stats::{CfsStats, CpuSpec, CpuStats, DiskIoStats, MemorySpec, MemoryStats, Pressure};

/// Reads a cgroup; none when there is none. The root has no files for what the machine as a whole is asked for: `machine_memory` is put in.
pub(super) fn read(
    root: &Path,
    path: &str,
    machine_memory: Option<MemoryInfo>,
    buffer: &mut Buffer,
) -> Option<Reading> {
    let dir = Directory::open(&below(root, path))?;
    let mut reading = Reading::default();
    // A directory changes when a cgroup is made in it, the file is as old as its first use: the older one is nearer to the truth.
    reading.spec.created_ms = ["", "cgroup.events"].iter().filter_map(|name| dir.modified_ms(name)).min();
    reading.spec.cpu = Some(read_cpu_spec(&dir, buffer));
    reading.spec.memory = read_memory_spec(&dir, buffer);
    reading.stats.cpu = read_cpu(&dir, buffer);
    reading.stats.memory = read_memory(&dir, machine_memory, buffer);
    reading.stats.diskio = dir.attribute("io.stat", buffer).map(parse_io).unwrap_or_default();
    reading.stats.io_pressure = read_pressure(&dir, "io.pressure", buffer);
    if let Some(content) = dir.attribute("memory.events", buffer) {
        reading.stats.oom_events = kerneltext::entry(content, b"oom_kill");
        if let Some(memory) = &mut reading.stats.memory {
            memory.events_high = kerneltext::entry(content, b"high").unwrap_or(0);
            memory.events_max = kerneltext::entry(content, b"max").unwrap_or(0);
        }
    }
    Some(reading)
}

/// Kills for want of memory.
pub(super) fn read_kills(root: &Path, path: &str, buffer: &mut Buffer) -> Option<u64> {
    kerneltext::entry(Directory::open(&below(root, path))?.attribute("memory.events", buffer)?, b"oom_kill")
}

fn read_cpu(dir: &Directory, buffer: &mut Buffer) -> Option<CpuStats> {
    let content = dir.attribute("cpu.stat", buffer)?;
    let (mut usage_ns, mut stats, mut cfs) = (None, CpuStats::default(), CfsStats::default());
    for (name, number) in kerneltext::entries(content) {
        let ns = number.saturating_mul(1000);
        match name {
            b"usage_usec" => usage_ns = Some(ns),
            b"user_usec" => stats.user_ns = ns,
            b"system_usec" => stats.system_ns = ns,
            b"nr_periods" => cfs.periods = number,
            b"nr_throttled" => cfs.throttled_periods = number,
            b"throttled_usec" => cfs.throttled_ns = ns,
            b"nr_bursts" => cfs.burst_periods = number,
            b"burst_usec" => cfs.burst_ns = ns,
            _ => {}
        }
    }
    let pressure = read_pressure(dir, "cpu.pressure", buffer);
    Some(CpuStats { usage_ns: usage_ns?, cfs, pressure, ..stats })
}

fn read_cpu_spec(dir: &Directory, buffer: &mut Buffer) -> CpuSpec {
    let shares = dir.number("cpu.weight", buffer).map_or(0, shares_of_weight);
    let mut spec = CpuSpec { shares, ..CpuSpec::default() };
    if let Some(content) = dir.attribute("cpu.max", buffer) {
        let mut fields = kerneltext::fields(content);
        // `max` for no quota, which is not a number.
        spec.quota_us = fields.next().and_then(kerneltext::unsigned).unwrap_or(0);
        spec.period_us = fields.next().and_then(kerneltext::unsigned).unwrap_or(0);
    }
    spec
}

/// The weights 1 to 10000 stand for shares from 2 to 262144.
fn shares_of_weight(weight: u64) -> u64 {
    match weight {
        1..=10_000 => 2 + (weight - 1) * 262_142 / 9999,
        _ => 0,
    }
}

/// None without a memory controller, and for the root.
fn read_memory_spec(dir: &Directory, buffer: &mut Buffer) -> Option<MemorySpec> {
    if !dir.has("memory.max") {
        return None;
    }
    // `max` for no limit, which is not a number.
    let mut limit = |name| dir.number(name, buffer).unwrap_or(0);
    let (min, low) = (limit("memory.min"), limit("memory.low"));
    Some(MemorySpec {
        limit: limit("memory.max"),
        // What Docker calls a reservation is `low`; cAdvisor knows `min` only.
        reservation: if min == 0 { low } else { min },
        swap_limit: limit("memory.swap.max"),
    })
}

fn read_memory(dir: &Directory, machine: Option<MemoryInfo>, buffer: &mut Buffer) -> Option<MemoryStats> {
    let usage = dir.number("memory.current", buffer);
    let mut memory = MemoryStats {
        max_usage: dir.number("memory.peak", buffer).unwrap_or(0),
        swap: dir.number("memory.swap.current", buffer).unwrap_or(0),
        pressure: read_pressure(dir, "memory.pressure", buffer),
        ..MemoryStats::default()
    };
    let stat = dir.attribute("memory.stat", buffer);
    for (name, number) in kerneltext::entries(stat.unwrap_or_default()) {
        match name {
            b"file" => memory.cache = number,
            b"anon" => memory.rss = number,
            b"file_mapped" => memory.mapped_file = number,
            b"kernel" => memory.kernel = number,
            b"active_file" => memory.total_active_file = number,
            b"inactive_file" => memory.total_inactive_file = number,
            b"file_dirty" => memory.file_dirty = number,
            b"file_writeback" => memory.file_writeback = number,
            b"pgscan" => memory.pgscan = number,
            b"pgsteal" => memory.pgsteal = number,
            b"workingset_refault_file" => memory.workingset_refault_file = number,
            b"workingset_refault_anon" => memory.workingset_refault_anon = number,
            b"pgfault" => memory.pgfault = number,
            b"pgmajfault" => memory.pgmajfault = number,
            _ => {}
        }
    }
    (memory.hierarchical_pgfault, memory.hierarchical_pgmajfault) = (memory.pgfault, memory.pgmajfault);
    memory.usage = match (usage, machine) {
        (Some(usage), _) => usage,
        (None, Some(machine)) if stat.is_some() => {
            memory.swap = machine.swap_total.saturating_sub(machine.swap_free);
            memory.rss.saturating_add(memory.cache)
        }
        (None, _) => return None,
    };
    memory.working_set = memory.usage.saturating_sub(memory.total_inactive_file);
    Some(memory)
}

/// Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0 cost.usage=3`.
fn parse_io(content: &[u8]) -> DiskIoStats {
    let mut io = DiskIoStats::default();
    for line in kerneltext::lines(content) {
        let mut fields = kerneltext::fields(line);
        let Some(device) = fields.next().and_then(kerneltext::device_number) else { continue };
        for field in fields {
            let Some(equals) = field.iter().position(|byte| *byte == b'=') else { continue };
            let Some(number) = kerneltext::unsigned(&field[equals + 1..]) else { continue };
            let (devices, operation) = match &field[..equals] {
                b"rbytes" => (&mut io.service_bytes, "Read"),
                b"wbytes" => (&mut io.service_bytes, "Write"),
                b"dbytes" => (&mut io.service_bytes, "Discard"),
                b"rios" => (&mut io.serviced, "Read"),
                b"wios" => (&mut io.serviced, "Write"),
                b"dios" => (&mut io.serviced, "Discard"),
                b"cost.usage" => (&mut io.cost_usage, "Count"),
                b"cost.wait" => (&mut io.cost_wait, "Count"),
                b"cost.indebt" => (&mut io.cost_indebt, "Count"),
                b"cost.indelay" => (&mut io.cost_indelay, "Count"),
                _ => continue,
            };
            operations_of(devices, device).insert(operation.to_owned(), number);
        }
    }
    io
}

/// Of `some avg10=0.00 avg60=0.00 avg300=0.00 total=0` and `full …`, the totals. None where the kernel does not watch pressure, or has been
/// told not to.
fn read_pressure(dir: &Directory, name: &str, buffer: &mut Buffer) -> Option<Pressure> {
    let content = dir.attribute(name, buffer)?;
    let total = |kind: &[u8]| {
        let line = kerneltext::lines(content).find(|line| kerneltext::fields(line).next() == Some(kind))?;
        kerneltext::unsigned(kerneltext::fields(line).find_map(|field| field.strip_prefix(b"total="))?)
    };
    // Old kernels have no `full` for processors.
    Some(Pressure { some_us: total(b"some")?, full_us: total(b"full").unwrap_or(0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        for (weight, expected) in [(0, 0), (1, 2), (50, 1286), (100, 2597), (10_000, 262_144), (10_001, 0)] {
            assert_eq!(shares_of_weight(weight), expected, "{weight}");
        }
    }
}
