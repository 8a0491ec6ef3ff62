//! The names of block devices and what they have done, from `/proc/diskstats`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::{self, Buffer};
use crate::stats::{DeviceOperations, DiskCounts};

/// A number may be given to another device after the first is gone: how long names are believed.
const MAX_AGE_MS: i64 = 60_000;

/// The table of block devices, read again when it is old.
#[derive(Debug)]
pub(super) struct Devices {
    path: PathBuf,
    disks: HashMap<(u64, u64), Disk>,
    read_ms: Option<i64>,
}

#[derive(Debug)]
struct Disk {
    name: String,
    counts: DiskCounts,
}

impl Devices {
    pub(super) fn new(procfs: &Path) -> Devices {
        Devices { path: procfs.join("diskstats"), disks: HashMap::new(), read_ms: None }
    }

    /// Reads the table, so that [`Devices::counts`] are of now.
    pub(super) fn refresh(&mut self, now_ms: i64, buffer: &mut Buffer) {
        let content = files::table(&self.path, buffer).unwrap_or_default();
        self.disks = kerneltext::lines(content).filter_map(parse).collect();
        self.read_ms = Some(now_ms);
    }

    /// Reads the table if it is old.
    pub(super) fn keep_fresh(&mut self, now_ms: i64, buffer: &mut Buffer) {
        if !self.read_ms.is_some_and(|read_ms| is_fresh(read_ms, now_ms)) {
            self.refresh(now_ms, buffer);
        }
    }

    /// Puts names such as `/dev/sda` to the numbers; those of devices that are gone stay empty.
    pub(super) fn name_all(&mut self, devices: &mut [DeviceOperations], now_ms: i64, buffer: &mut Buffer) {
        if devices.is_empty() {
            return;
        }
        self.keep_fresh(now_ms, buffer);
        for device in devices {
            device.device = self.name((device.major, device.minor)).unwrap_or_default();
        }
    }

    /// Such as `/dev/sda`.
    pub(super) fn name(&self, number: (u64, u64)) -> Option<String> {
        Some(format!("/dev/{}", self.disks.get(&number)?.name))
    }

    /// By number or, as file systems with numbers of their own need it, by name.
    pub(super) fn counts(&self, number: (u64, u64), name: &str) -> Option<DiskCounts> {
        let by_name = || self.disks.values().find(|disk| disk.name == name);
        Some(self.disks.get(&number).or_else(by_name)?.counts)
    }
}

/// Whether what was read then is still believed; a clock that went back is no reason to.
pub(super) fn is_fresh(read_ms: i64, now_ms: i64) -> bool {
    (0..MAX_AGE_MS).contains(&now_ms.saturating_sub(read_ms))
}

/// Numbers, name, and at least the eleven counts that every kernel has.
fn parse(line: &[u8]) -> Option<((u64, u64), Disk)> {
    let mut fields = kerneltext::fields(line);
    let number = (kerneltext::unsigned(fields.next()?)?, kerneltext::unsigned(fields.next()?)?);
    let name = kerneltext::text(fields.next()?).into_owned();
    let counts = fields.map(kerneltext::unsigned).collect::<Option<Vec<u64>>>()?;
    let [a, b, c, d, e, f, g, h, i, j, k] = *counts.get(..11)? else { return None };
    let counts = DiskCounts {
        reads_completed: a,
        reads_merged: b,
        sectors_read: c,
        read_time_ms: d,
        writes_completed: e,
        writes_merged: f,
        sectors_written: g,
        write_time_ms: h,
        io_in_progress: i,
        io_time_ms: j,
        weighted_io_time_ms: k,
    };
    Some((number, Disk { name, counts }))
}
