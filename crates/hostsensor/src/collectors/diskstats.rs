//! `diskstats`: what block devices have done, from `/proc/diskstats`, and what they are, from the device manager.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::path::Path;

use goregex::Regex;

use self::udev::Properties;
use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer};

mod udev;

/// node_exporter's default: partitions and devices in memory.
const EXCLUDED_DEVICES: &str = r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$";

/// Kernels before 2.6.25 have shorter lines for partitions, which mean something else.
const MIN_COLUMNS: usize = 11;

/// One column after the device's name.
struct Column {
    name: &'static str,
    help: &'static str,
    is_gauge: bool,
    /// What the number is multiplied with.
    unit: f64,
}

const ONE: f64 = 1.0;
/// The kernel counts in these, whatever the device's own sectors are.
const SECTOR_BYTES: f64 = 512.0;
const MILLISECOND: f64 = 0.001;

const fn counter(name: &'static str, help: &'static str, unit: f64) -> Column {
    Column { name, help, is_gauge: false, unit }
}

/// The columns in their order. Kernels before 4.18 have the first 11, those before 5.5 the first 15.
const COLUMNS: [Column; 17] = [
    counter("node_disk_reads_completed_total", "The total number of reads completed successfully.", ONE),
    counter("node_disk_reads_merged_total", "The total number of reads merged.", ONE),
    counter("node_disk_read_bytes_total", "The total number of bytes read successfully.", SECTOR_BYTES),
    counter("node_disk_read_time_seconds_total", "The total number of seconds spent by all reads.", MILLISECOND),
    counter("node_disk_writes_completed_total", "The total number of writes completed successfully.", ONE),
    counter("node_disk_writes_merged_total", "The number of writes merged.", ONE),
    counter("node_disk_written_bytes_total", "The total number of bytes written successfully.", SECTOR_BYTES),
    counter(
        "node_disk_write_time_seconds_total",
        "This is the total number of seconds spent by all writes.",
        MILLISECOND,
    ),
    Column { name: "node_disk_io_now", help: "The number of I/Os currently in progress.", is_gauge: true, unit: ONE },
    counter("node_disk_io_time_seconds_total", "Total seconds spent doing I/Os.", MILLISECOND),
    counter("node_disk_io_time_weighted_seconds_total", "The weighted # of seconds spent doing I/Os.", MILLISECOND),
    counter("node_disk_discards_completed_total", "The total number of discards completed successfully.", ONE),
    counter("node_disk_discards_merged_total", "The total number of discards merged.", ONE),
    counter("node_disk_discarded_sectors_total", "The total number of sectors discarded successfully.", ONE),
    counter(
        "node_disk_discard_time_seconds_total",
        "This is the total number of seconds spent by all discards.",
        MILLISECOND,
    ),
    counter("node_disk_flush_requests_total", "The total number of flush requests completed successfully", ONE),
    counter(
        "node_disk_flush_requests_time_seconds_total",
        "This is the total number of seconds spent by all flush requests.",
        MILLISECOND,
    ),
];

#[derive(Debug)]
pub(crate) struct Diskstats {
    excluded: Regex,
    buffer: Buffer,
}

impl Default for Diskstats {
    fn default() -> Diskstats {
        Diskstats { excluded: super::compile(EXCLUDED_DEVICES), buffer: Buffer::default() }
    }
}

impl Collector for Diskstats {
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let path = procfs.path("diskstats");
        let columns = COLUMNS.map(|column| {
            if column.is_gauge { sink.gauge(column.name, column.help) } else { sink.counter(column.name, column.help) }
        });
        let mut seen = HashSet::new();
        for line in kerneltext::lines(procfs.read("diskstats")?) {
            let disk = Disk::parse(line).ok_or_else(|| CollectError::malformed(&path, line))?;
            let is_shown = disk.values.len() >= MIN_COLUMNS && !self.excluded.is_match(&disk.name);
            if !is_shown || !seen.insert(disk.name.clone()) {
                continue;
            }
            for ((family, column), value) in columns.iter().zip(&COLUMNS).zip(&disk.values) {
                sink.sample(*family, &[("device", &disk.name)], kerneltext::as_float(*value) * column.unit);
            }
            let database = std::fs::read(paths.udev_data.join(format!("b{}:{}", disk.major, disk.minor)));
            let database = kerneltext::text(database.as_deref().unwrap_or_default());
            let properties = Properties::parse(&database);
            self.show_info(&disk, &properties, &paths.sysfs, sink);
            show_filesystem(&disk.name, &properties, sink);
            show_device_mapper(&disk.name, &properties, sink);
            show_ata(&disk.name, &properties, sink);
        }
        Ok(())
    }
}

/// A line of `/proc/diskstats`.
struct Disk<'a> {
    major: u64,
    minor: u64,
    name: Cow<'a, str>,
    values: Vec<u64>,
}

impl Disk<'_> {
    fn parse(line: &[u8]) -> Option<Disk<'_>> {
        let mut fields = kerneltext::fields(line);
        let major = kerneltext::unsigned(fields.next()?)?;
        let minor = kerneltext::unsigned(fields.next()?)?;
        let name = kerneltext::text(fields.next()?);
        let values = fields.take(COLUMNS.len()).map(kerneltext::unsigned).collect::<Option<Vec<u64>>>()?;
        Some(Disk { major, minor, name, values })
    }
}

impl Diskstats {
    fn show_info(&mut self, disk: &Disk<'_>, properties: &Properties<'_>, sysfs: &Path, sink: &mut Sink) {
        let rotational = self.rotational(&disk.name, sysfs).unwrap_or(0);
        let family = sink.gauge("node_disk_info", "Info of /sys/block/<block_device>.");
        let labels = [
            ("device", &*disk.name),
            ("major", &*disk.major.to_string()),
            ("minor", &*disk.minor.to_string()),
            ("model", properties.get("ID_MODEL")),
            ("path", properties.get("ID_PATH")),
            ("revision", properties.get("ID_REVISION")),
            ("rotational", &*rotational.to_string()),
            ("serial", properties.serial()),
            ("wwn", properties.get("ID_WWN")),
        ];
        sink.sample(family, &labels, 1.0);
    }

    /// 1 for a disk that turns; partitions and some virtual devices do not say.
    fn rotational(&mut self, device: &str, sysfs: &Path) -> io::Result<u64> {
        let path = sysfs.join("block").join(device.replace('/', "!")).join("queue/rotational");
        let value = sysfs::attribute(&path, &mut self.buffer)?;
        Ok(kerneltext::unsigned(value).ok_or(io::ErrorKind::InvalidData)?)
    }
}

fn show_filesystem(device: &str, properties: &Properties<'_>, sink: &mut Sink) {
    let kind = properties.get("ID_FS_TYPE");
    if kind.is_empty() {
        return;
    }
    let family = sink.gauge("node_disk_filesystem_info", "Info about disk filesystem.");
    let labels = [
        ("device", device),
        ("type", kind),
        ("usage", properties.get("ID_FS_USAGE")),
        ("uuid", properties.get("ID_FS_UUID")),
        ("version", properties.get("ID_FS_VERSION")),
    ];
    sink.sample(family, &labels, 1.0);
}

fn show_device_mapper(device: &str, properties: &Properties<'_>, sink: &mut Sink) {
    let name = properties.get("DM_NAME");
    if name.is_empty() {
        return;
    }
    let family = sink.gauge("node_disk_device_mapper_info", "Info about disk device mapper.");
    let labels = [
        ("device", device),
        ("lv_layer", properties.get("DM_LV_LAYER")),
        ("lv_name", properties.get("DM_LV_NAME")),
        ("name", name),
        ("uuid", properties.get("DM_UUID")),
        ("vg_name", properties.get("DM_VG_NAME")),
    ];
    sink.sample(family, &labels, 1.0);
}

fn show_ata(device: &str, properties: &Properties<'_>, sink: &mut Sink) {
    const ATTRIBUTES: [(&str, &str, &str); 3] = [
        ("ID_ATA_WRITE_CACHE", "node_disk_ata_write_cache", "ATA disk has a write cache."),
        ("ID_ATA_WRITE_CACHE_ENABLED", "node_disk_ata_write_cache_enabled", "ATA disk has its write cache enabled."),
        ("ID_ATA_ROTATION_RATE_RPM", "node_disk_ata_rotation_rate_rpm", "ATA disk rotation rate in RPMs (0 for SSDs)."),
    ];
    if properties.get("ID_ATA").is_empty() {
        return;
    }
    for (attribute, name, help) in ATTRIBUTES {
        if let Some(value) = kerneltext::number(properties.get(attribute).as_bytes()) {
            let family = sink.gauge(name, help);
            sink.sample(family, &[("device", device)], value);
        }
    }
}
