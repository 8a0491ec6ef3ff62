//! The numbers of one container at one moment: what `cgroup` and its siblings read and `families` show. Shapes and meaning follow cAdvisor's
//! v1 API; what a kernel does not tell stays `None` and gives no sample.

use std::collections::BTreeMap;

/// The numbers of one cgroup, a container's or the root's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerStats {
    /// When they were read, in milliseconds since the epoch.
    pub time_ms: i64,
    /// None where no cpu controller is.
    pub cpu: Option<CpuStats>,
    /// None where no memory controller is.
    pub memory: Option<MemoryStats>,
    /// One per interface; empty for a container without a network of its own.
    pub interfaces: Vec<InterfaceStats>,
    /// One per device.
    pub filesystems: Vec<FsStats>,
    /// What the io or blkio controller counted.
    pub diskio: DiskIoStats,
    /// Processes killed for want of memory in this cgroup.
    pub oom_events: Option<u64>,
    /// Time stalled for want of io.
    pub io_pressure: Option<Pressure>,
    /// Tasks by what they are doing; 0 as nobody reads them, as with cAdvisor.
    pub tasks: TaskStats,
}

/// Tasks by what they are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskStats {
    /// Asleep.
    pub sleeping: u64,
    /// On a processor or waiting for one.
    pub running: u64,
    /// Stopped.
    pub stopped: u64,
    /// Asleep, and not to be woken by signals.
    pub uninterruptible: u64,
    /// Waiting for io.
    pub io_wait: u64,
}

/// Processor time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CpuStats {
    /// In nanoseconds.
    pub usage_ns: u64,
    /// In nanoseconds; empty where the kernel does not tell (always with cgroup v2).
    pub per_cpu_ns: Vec<u64>,
    /// In nanoseconds.
    pub user_ns: u64,
    /// In nanoseconds.
    pub system_ns: u64,
    /// What the quota did.
    pub cfs: CfsStats,
    /// Time stalled for want of a processor.
    pub pressure: Option<Pressure>,
    /// Smoothed number of runnable tasks in thousandths; 0 as nobody reads it, as with cAdvisor.
    pub load_average: i32,
    /// As above, for tasks in uninterruptible sleep.
    pub load_d_average: i32,
}

/// What a processor quota did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CfsStats {
    /// Periods with runnable tasks.
    pub periods: u64,
    /// Of them, those that ran into the quota.
    pub throttled_periods: u64,
    /// In nanoseconds.
    pub throttled_ns: u64,
    /// Periods with a burst.
    pub burst_periods: u64,
    /// In nanoseconds.
    pub burst_ns: u64,
}

/// Total time stalled, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pressure {
    /// At least one task waited.
    pub some_us: u64,
    /// All tasks waited.
    pub full_us: u64,
}

/// Memory, in bytes where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemoryStats {
    /// All of it.
    pub usage: u64,
    /// The most there was.
    pub max_usage: u64,
    /// Usage less what can be dropped at once.
    pub working_set: u64,
    /// Page cache.
    pub cache: u64,
    /// Anonymous memory.
    pub rss: u64,
    /// Of the kernel.
    pub kernel: u64,
    /// Mapped files.
    pub mapped_file: u64,
    /// Swapped out.
    pub swap: u64,
    /// How often the limit was hit.
    pub failcnt: u64,
    /// Page cache in use.
    pub total_active_file: u64,
    /// Page cache not in use.
    pub total_inactive_file: u64,
    /// Page cache to be written.
    pub file_dirty: u64,
    /// Page cache being written.
    pub file_writeback: u64,
    /// Pages looked at for reclaim.
    pub pgscan: u64,
    /// Pages reclaimed.
    pub pgsteal: u64,
    /// Refaults of file pages.
    pub workingset_refault_file: u64,
    /// Refaults of anonymous pages.
    pub workingset_refault_anon: u64,
    /// `memory.events` `high`.
    pub events_high: u64,
    /// `memory.events` `max`.
    pub events_max: u64,
    /// Page faults of this cgroup alone.
    pub pgfault: u64,
    /// Of them, those that needed a disk.
    pub pgmajfault: u64,
    /// Page faults with those of the cgroups below.
    pub hierarchical_pgfault: u64,
    /// Of them, those that needed a disk.
    pub hierarchical_pgmajfault: u64,
    /// Time stalled for want of memory.
    pub pressure: Option<Pressure>,
}

/// A network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceStats {
    /// Such as `eth0`.
    pub name: String,
    /// Received.
    pub receive: NetCounts,
    /// Sent.
    pub transmit: NetCounts,
}

/// One direction of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetCounts {
    /// Bytes.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// Packets dropped.
    pub dropped: u64,
    /// Errors.
    pub errors: u64,
}

/// A file system that a container writes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FsStats {
    /// Such as `/dev/sda1`.
    pub device: String,
    /// Size in bytes.
    pub limit: u64,
    /// Bytes that the container occupies (of the root: bytes in use).
    pub usage: u64,
    /// Inodes of the file system, and the free ones; none where it does not tell.
    pub inodes: Option<(u64, u64)>,
    /// From the device's line in `/proc/diskstats`; zero for containers, as with cAdvisor.
    pub disk: DiskCounts,
}

/// A device's line in `/proc/diskstats`: counts, and times in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the kernel's own names")]
pub struct DiskCounts {
    pub reads_completed: u64,
    pub reads_merged: u64,
    pub sectors_read: u64,
    pub read_time_ms: u64,
    pub writes_completed: u64,
    pub writes_merged: u64,
    pub sectors_written: u64,
    pub write_time_ms: u64,
    pub io_in_progress: u64,
    pub io_time_ms: u64,
    pub weighted_io_time_ms: u64,
}

/// What the io or blkio controller counted, by device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiskIoStats {
    /// Bytes by operation (`Read`, `Write`, `Sync`, `Async`, `Discard`, `Total`).
    pub service_bytes: Vec<DeviceOperations>,
    /// Operations by kind.
    pub serviced: Vec<DeviceOperations>,
    /// Of `io.cost`, in microseconds, under `Count`.
    pub cost_usage: Vec<DeviceOperations>,
    /// As above.
    pub cost_wait: Vec<DeviceOperations>,
    /// As above.
    pub cost_indebt: Vec<DeviceOperations>,
    /// As above.
    pub cost_indelay: Vec<DeviceOperations>,
}

/// Counts of one block device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceOperations {
    /// Such as `/dev/sda`; empty where the number has no name.
    pub device: String,
    /// Of its number.
    pub major: u64,
    /// Of its number.
    pub minor: u64,
    /// By operation.
    pub operations: BTreeMap<String, u64>,
}

/// The limits of a cgroup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// None where no cpu controller is.
    pub cpu: Option<CpuSpec>,
    /// None where no memory controller is.
    pub memory: Option<MemorySpec>,
    /// When it was created, in milliseconds since the epoch; of a container the runtime's word, if there is any.
    pub created_ms: Option<i64>,
    /// When it was started.
    pub started_ms: Option<i64>,
}

/// Limits of processor time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuSpec {
    /// Shares in the scale of cgroup v1, where 1024 is the default.
    pub shares: u64,
    /// In microseconds.
    pub period_us: u64,
    /// In microseconds per period; 0 without a quota.
    pub quota_us: u64,
}

/// Limits of memory in bytes, 0 without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemorySpec {
    /// The limit.
    pub limit: u64,
    /// What is kept for it.
    pub reservation: u64,
    /// Limit of memory and swap together with cgroup v1, of swap with v2.
    pub swap_limit: u64,
}

/// The machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Of `/etc/machine-id`.
    pub machine_id: String,
    /// Of the firmware.
    pub system_uuid: String,
    /// Of this start.
    pub boot_id: String,
    /// Processors as the scheduler sees them.
    pub cores: u64,
    /// Cores, without their threads.
    pub physical_cores: u64,
    /// Sockets.
    pub sockets: u64,
    /// Books, of IBM Z.
    pub books: u64,
    /// Drawers, of IBM Z.
    pub drawers: u64,
    /// Bytes.
    pub memory_bytes: u64,
    /// Bytes.
    pub swap_bytes: u64,
    /// By type.
    pub memory_by_type: BTreeMap<String, Dimms>,
    /// Non-volatile memory.
    pub nvm: Nvm,
    /// Of `uname`.
    pub kernel_version: String,
    /// Of `/etc/os-release`, its `PRETTY_NAME`.
    pub os_version: String,
}

/// Memory modules of one type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dimms {
    /// Bytes.
    pub capacity: u64,
    /// How many.
    pub count: u64,
}

/// Non-volatile memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nvm {
    /// Bytes.
    pub memory_mode_capacity: u64,
    /// Bytes.
    pub app_direct_mode_capacity: u64,
    /// Watts.
    pub avg_power_budget: u64,
}
