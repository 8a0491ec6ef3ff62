//! Cgroup version 1: a directory per controller.

use super::Reading;
use super::files::{Buffer, Directory};
use super::layout::{Legacy, below};
use crate::stats::{CfsStats, CpuSpec, CpuStats, DeviceOperations, DiskIoStats, MemorySpec, MemoryStats};

/// The unit of `cpuacct.stat`: the kernel's `USER_HZ` is 100 on every architecture that runs containers.
const TICK_NS: u64 = 10_000_000;

/// What the kernel writes for no limit is near `i64::MAX`, rounded to pages of any size.
const NO_LIMIT: u64 = 1 << 62;

/// Pairs of files with operations and bytes, in the order in which they are asked: which of them count depends on the I/O scheduler.
const BLKIO_FILES: [[&str; 2]; 4] = [
    ["blkio.bfq.io_serviced_recursive", "blkio.bfq.io_service_bytes_recursive"],
    ["blkio.io_serviced_recursive", "blkio.io_service_bytes_recursive"],
    ["blkio.throttle.io_serviced_recursive", "blkio.throttle.io_service_bytes_recursive"],
    ["blkio.throttle.io_serviced", "blkio.throttle.io_service_bytes"],
];

/// Reads a cgroup; none when it is in no hierarchy.
pub(super) fn read(legacy: &Legacy, path: &str, buffer: &mut Buffer) -> Option<Reading> {
    let open = |root: &Option<std::path::PathBuf>| Directory::open(&below(root.as_deref()?, path));
    let (cpu, cpuacct) = (open(&legacy.cpu), open(&legacy.cpuacct));
    let (memory, blkio) = (open(&legacy.memory), open(&legacy.blkio));
    let present: Vec<&Directory> = [&cpu, &cpuacct, &memory, &blkio].into_iter().flatten().collect();
    if present.is_empty() {
        return None;
    }
    let mut reading = Reading::default();
    // A directory changes when a cgroup is made in it, the file is as old as its first use: the older one is nearer to the truth.
    let times = present.iter().flat_map(|dir| ["", "cgroup.clone_children"].map(|name| dir.modified_ms(name)));
    reading.spec.created_ms = times.flatten().min();
    reading.stats.cpu = cpuacct.as_ref().and_then(|dir| read_cpu_time(dir, buffer));
    if let Some(dir) = &cpu {
        reading.spec.cpu = Some(read_cpu_spec(dir, buffer));
        if let Some(stats) = &mut reading.stats.cpu {
            stats.cfs = read_cfs(dir, buffer);
        }
    }
    if let Some(dir) = &memory {
        reading.spec.memory = Some(read_memory_spec(dir, buffer));
        reading.stats.memory = read_memory(dir, buffer);
        reading.stats.oom_events = kills(dir, buffer);
    }
    if let Some(dir) = &blkio {
        reading.stats.diskio = read_blkio(dir, buffer);
    }
    Some(reading)
}

/// Kills for want of memory.
pub(super) fn read_kills(legacy: &Legacy, path: &str, buffer: &mut Buffer) -> Option<u64> {
    kills(&Directory::open(&below(legacy.memory.as_deref()?, path))?, buffer)
}

fn kills(dir: &Directory, buffer: &mut Buffer) -> Option<u64> {
    kerneltext::entry(dir.attribute("memory.oom_control", buffer)?, b"oom_kill")
}

fn read_cpu_time(dir: &Directory, buffer: &mut Buffer) -> Option<CpuStats> {
    let per_cpu_ns = dir
        .attribute("cpuacct.usage_percpu", buffer)
        .and_then(|content| kerneltext::fields(content).map(kerneltext::unsigned).collect::<Option<Vec<u64>>>())
        .unwrap_or_default();
    let usage_ns = dir.number("cpuacct.usage", buffer)?;
    let mut stats = CpuStats { usage_ns, per_cpu_ns, ..CpuStats::default() };
    for (name, ticks) in kerneltext::entries(dir.attribute("cpuacct.stat", buffer).unwrap_or_default()) {
        match name {
            b"user" => stats.user_ns = ticks.saturating_mul(TICK_NS),
            b"system" => stats.system_ns = ticks.saturating_mul(TICK_NS),
            _ => {}
        }
    }
    Some(stats)
}

fn read_cfs(dir: &Directory, buffer: &mut Buffer) -> CfsStats {
    let mut cfs = CfsStats::default();
    for (name, number) in kerneltext::entries(dir.attribute("cpu.stat", buffer).unwrap_or_default()) {
        match name {
            b"nr_periods" => cfs.periods = number,
            b"nr_throttled" => cfs.throttled_periods = number,
            b"throttled_time" => cfs.throttled_ns = number,
            b"nr_bursts" => cfs.burst_periods = number,
            b"burst_time" => cfs.burst_ns = number,
            _ => {}
        }
    }
    cfs
}

fn read_cpu_spec(dir: &Directory, buffer: &mut Buffer) -> CpuSpec {
    CpuSpec {
        shares: dir.number("cpu.shares", buffer).unwrap_or(0),
        period_us: dir.number("cpu.cfs_period_us", buffer).unwrap_or(0),
        // `-1` for none, which is not a number here.
        quota_us: dir.number("cpu.cfs_quota_us", buffer).unwrap_or(0),
    }
}

fn read_memory_spec(dir: &Directory, buffer: &mut Buffer) -> MemorySpec {
    let mut limit = |name| dir.number(name, buffer).filter(|limit| *limit < NO_LIMIT).unwrap_or(0);
    MemorySpec {
        limit: limit("memory.limit_in_bytes"),
        reservation: limit("memory.soft_limit_in_bytes"),
        swap_limit: limit("memory.memsw.limit_in_bytes"),
    }
}

fn read_memory(dir: &Directory, buffer: &mut Buffer) -> Option<MemoryStats> {
    let mut memory = MemoryStats {
        usage: dir.number("memory.usage_in_bytes", buffer)?,
        max_usage: dir.number("memory.max_usage_in_bytes", buffer).unwrap_or(0),
        failcnt: dir.number("memory.failcnt", buffer).unwrap_or(0),
        kernel: dir.number("memory.kmem.usage_in_bytes", buffer).unwrap_or(0),
        ..MemoryStats::default()
    };
    for (name, number) in kerneltext::entries(dir.attribute("memory.stat", buffer).unwrap_or_default()) {
        match name {
            b"total_cache" => memory.cache = number,
            b"total_rss" => memory.rss = number,
            b"total_mapped_file" => memory.mapped_file = number,
            b"total_swap" => memory.swap = number,
            b"total_active_file" => memory.total_active_file = number,
            b"total_inactive_file" => memory.total_inactive_file = number,
            b"total_dirty" => memory.file_dirty = number,
            b"total_writeback" => memory.file_writeback = number,
            b"total_workingset_refault_file" => memory.workingset_refault_file = number,
            b"total_workingset_refault_anon" => memory.workingset_refault_anon = number,
            b"pgfault" => memory.pgfault = number,
            b"pgmajfault" => memory.pgmajfault = number,
            b"total_pgfault" => memory.hierarchical_pgfault = number,
            b"total_pgmajfault" => memory.hierarchical_pgmajfault = number,
            _ => {}
        }
    }
    memory.working_set = memory.usage.saturating_sub(memory.total_inactive_file);
    Some(memory)
}

fn read_blkio(dir: &Directory, buffer: &mut Buffer) -> DiskIoStats {
    for [serviced, service_bytes] in BLKIO_FILES {
        let operations = dir.attribute(serviced, buffer).map(parse_operations).unwrap_or_default();
        if !operations.is_empty() {
            let bytes = dir.attribute(service_bytes, buffer).map(parse_operations).unwrap_or_default();
            return DiskIoStats { service_bytes: bytes, serviced: operations, ..DiskIoStats::default() };
        }
    }
    DiskIoStats::default()
}

/// Lines such as `8:0 Read 4096`; the last one, the sum of all devices, has no device.
fn parse_operations(content: &[u8]) -> Vec<DeviceOperations> {
    let mut devices: Vec<DeviceOperations> = Vec::new();
    for line in kerneltext::lines(content) {
        let mut fields = kerneltext::fields(line);
        let (Some(device), Some(operation), Some(number), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        if let (Some(device), Some(number)) = (kerneltext::device_number(device), kerneltext::unsigned(number)) {
            super::operations_of(&mut devices, device).insert(kerneltext::text(operation).into_owned(), number);
        }
    }
    devices
}
