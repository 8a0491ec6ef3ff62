//! File systems and block devices.

use std::borrow::Cow;

use super::samples::Samples;
use super::{Row, Subject, counter, gauge, us};
use crate::stats::{DeviceOperations, DiskCounts, DiskIoStats, FsStats};

pub(super) const FAMILIES: &[Row] = &[
    gauge("container_fs_inodes_free", "Number of available Inodes", |s, out| {
        filesystems(s, out, |fs| fs.inodes.map(|(_, free)| free as f64));
    }),
    gauge("container_fs_inodes_total", "Number of Inodes", |s, out| {
        filesystems(s, out, |fs| fs.inodes.map(|(all, _)| all as f64));
    }),
    gauge(
        "container_fs_limit_bytes",
        "Number of bytes that can be consumed by the container on this filesystem.",
        |s, out| filesystems(s, out, |fs| Some(fs.limit as f64)),
    ),
    gauge(
        "container_fs_usage_bytes",
        "Number of bytes that are consumed by the container on this filesystem.",
        |s, out| filesystems(s, out, |fs| Some(fs.usage as f64)),
    ),
    counter("container_fs_reads_bytes_total", "Cumulative count of bytes read", |s, out| {
        operations(s, out, |io| &io.service_bytes, "Read");
    }),
    counter("container_fs_reads_total", "Cumulative count of reads completed", |s, out| {
        operations(s, out, |io| &io.serviced, "Read");
        disks(s, out, |disk| disk.reads_completed as f64);
    }),
    counter("container_fs_sector_reads_total", "Cumulative count of sector reads completed", |s, out| {
        disks(s, out, |disk| disk.sectors_read as f64);
    }),
    counter("container_fs_reads_merged_total", "Cumulative count of reads merged", |s, out| {
        disks(s, out, |disk| disk.reads_merged as f64);
    }),
    counter("container_fs_read_seconds_total", "Cumulative count of seconds spent reading", |s, out| {
        disks(s, out, |disk| short_seconds(disk.read_time_ms));
    }),
    counter("container_fs_writes_bytes_total", "Cumulative count of bytes written", |s, out| {
        operations(s, out, |io| &io.service_bytes, "Write");
    }),
    counter("container_fs_writes_total", "Cumulative count of writes completed", |s, out| {
        operations(s, out, |io| &io.serviced, "Write");
        disks(s, out, |disk| disk.writes_completed as f64);
    }),
    counter("container_fs_sector_writes_total", "Cumulative count of sector writes completed", |s, out| {
        disks(s, out, |disk| disk.sectors_written as f64);
    }),
    counter("container_fs_writes_merged_total", "Cumulative count of writes merged", |s, out| {
        disks(s, out, |disk| disk.writes_merged as f64);
    }),
    counter("container_fs_write_seconds_total", "Cumulative count of seconds spent writing", |s, out| {
        disks(s, out, |disk| short_seconds(disk.write_time_ms));
    }),
    gauge("container_fs_io_current", "Number of I/Os currently in progress", |s, out| {
        disks(s, out, |disk| disk.io_in_progress as f64);
    }),
    counter("container_fs_io_time_seconds_total", "Cumulative count of seconds spent doing I/Os", |s, out| {
        disks(s, out, |disk| short_seconds(disk.io_time_ms));
    }),
    counter("container_fs_io_time_weighted_seconds_total", "Cumulative weighted I/O time in seconds", |s, out| {
        disks(s, out, |disk| short_seconds(disk.weighted_io_time_ms));
    }),
    counter("container_fs_io_cost_usage_seconds_total", "Cumulative IOCost usage in seconds", |s, out| {
        cost(s, out, |io| &io.cost_usage);
    }),
    counter("container_fs_io_cost_wait_seconds_total", "Cumulative IOCost wait in seconds", |s, out| {
        cost(s, out, |io| &io.cost_wait);
    }),
    counter("container_fs_io_cost_indebt_seconds_total", "Cumulative IOCost debt in seconds", |s, out| {
        cost(s, out, |io| &io.cost_indebt);
    }),
    counter("container_fs_io_cost_indelay_seconds_total", "Cumulative IOCost delay in seconds", |s, out| {
        cost(s, out, |io| &io.cost_indelay);
    }),
    counter("container_blkio_device_usage_total", "Blkio Device bytes usage", device_usage),
];

fn filesystems(subject: &Subject<'_>, out: &mut Samples<'_>, value: fn(&FsStats) -> Option<f64>) {
    for filesystem in subject.stats().iter().flat_map(|stats| &stats.filesystems) {
        if let Some(value) = value(filesystem) {
            out.push_once("device", &filesystem.device, value);
        }
    }
}

/// What the device of a file system did as a whole. A device whose operations were counted by the controller is not told twice.
fn disks(subject: &Subject<'_>, out: &mut Samples<'_>, value: fn(&DiskCounts) -> f64) {
    for filesystem in subject.stats().iter().flat_map(|stats| &stats.filesystems) {
        out.push_once("device", &filesystem.device, value(&filesystem.disk));
    }
}

fn operations(
    subject: &Subject<'_>,
    out: &mut Samples<'_>,
    devices: fn(&DiskIoStats) -> &[DeviceOperations],
    operation: &str,
) {
    for device in subject.stats().iter().flat_map(|stats| devices(&stats.diskio)) {
        out.push_once("device", &name(device), count(device, operation) as f64);
    }
}

fn cost(subject: &Subject<'_>, out: &mut Samples<'_>, devices: fn(&DiskIoStats) -> &[DeviceOperations]) {
    for device in subject.stats().iter().flat_map(|stats| devices(&stats.diskio)) {
        out.push_once("device", &name(device), us(count(device, "Count")));
    }
}

fn device_usage(subject: &Subject<'_>, out: &mut Samples<'_>) {
    for device in subject.stats().iter().flat_map(|stats| &stats.diskio.service_bytes) {
        let (major, minor) = (device.major.to_string(), device.minor.to_string());
        for (operation, bytes) in &device.operations {
            let labels =
                [("device", &*device.device), ("major", &*major), ("minor", &*minor), ("operation", &**operation)];
            out.push(&labels, *bytes as f64);
        }
    }
}

fn count(device: &DeviceOperations, operation: &str) -> u64 {
    device.operations.get(operation).copied().unwrap_or(0)
}

/// A device without a name goes by its number, so that two of them are not taken for one.
fn name(device: &DeviceOperations) -> Cow<'_, str> {
    if device.device.is_empty() {
        Cow::Owned(format!("{}:{}", device.major, device.minor))
    } else {
        Cow::Borrowed(&device.device)
    }
}

/// Milliseconds as cAdvisor shows them under the name of seconds: it takes the kernel's milliseconds for nanoseconds. What was made for it
/// expects that, and its goldens hold it; `node_disk_*` tells the times of the machine's disks in true seconds.
fn short_seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1e9
}
