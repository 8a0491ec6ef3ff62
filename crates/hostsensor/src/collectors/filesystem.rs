//! `filesystem`: size and room of the mounted file systems.

use std::collections::HashSet;
use std::io;

use goregex::Regex;

use self::mounts::Mount;
use self::prober::{Prober, Usage};
use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::{FamilyId, Sink};

mod mounts;
mod prober;

/// node_exporter's defaults: what is mounted for the system's or a container engine's own use.
const EXCLUDED_MOUNT_POINTS: &str =
    r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)";

/// node_exporter's defaults: what has no disk of its own.
const EXCLUDED_TYPES: &str = concat!(
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|",
    "proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$"
);

/// Mount tables in the order of preference: that of the host's first process is the host's. Where other people's
/// processes are hidden, there is only our own.
const MOUNT_TABLES: [&str; 2] = ["1/mountinfo", "self/mountinfo"];

#[derive(Debug)]
pub(crate) struct Filesystem {
    excluded_mount_points: Regex,
    excluded_types: Regex,
    prober: Prober,
}

impl Default for Filesystem {
    fn default() -> Filesystem {
        Filesystem {
            excluded_mount_points: super::compile(EXCLUDED_MOUNT_POINTS),
            excluded_types: super::compile(EXCLUDED_TYPES),
            prober: Prober::default(),
        }
    }
}

impl Collector for Filesystem {
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let mounts = self.mounts(paths, procfs)?;
        let targets = mounts.iter().map(|mount| paths.below_rootfs(&mount.mount_point)).collect();
        let answers = self.prober.ask(targets);
        let families = Families::new(sink);
        for (mount, answer) in mounts.iter().zip(answers) {
            families.show(mount, &answer, sink);
        }
        Ok(())
    }
}

impl Filesystem {
    /// The mounts to show, each device at each place once.
    fn mounts(&self, paths: &Paths, procfs: &mut ProcFiles) -> Result<Vec<Mount>, CollectError> {
        let [preferred, fallback] = MOUNT_TABLES;
        let (name, content) = match procfs.read(preferred) {
            Err(error) if error.is_absent() => (fallback, procfs.read(fallback)?.to_owned()),
            content => (preferred, content?.to_owned()),
        };
        let mut mounts = Vec::new();
        let mut seen = HashSet::new();
        for line in kerneltext::lines(&content) {
            let mut mount = Mount::parse(line).ok_or_else(|| CollectError::malformed(procfs.path(name), line))?;
            mount.mount_point = paths.strip_rootfs(&mount.mount_point).to_owned();
            let is_excluded = self.excluded_types.is_match(&mount.fstype)
                || self.excluded_mount_points.is_match(&kerneltext::text(&mount.mount_point));
            if !is_excluded && seen.insert(mount.identity()) {
                mounts.push(mount);
            }
        }
        Ok(mounts)
    }
}

/// Name and help text of what [`usage_values`] gives, in its order.
const USAGE: [(&str, &str); 6] = [
    ("node_filesystem_size_bytes", "Filesystem size in bytes."),
    ("node_filesystem_free_bytes", "Filesystem free space in bytes."),
    ("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes."),
    ("node_filesystem_files", "Filesystem total file nodes."),
    ("node_filesystem_files_free", "Filesystem total free file nodes."),
    ("node_filesystem_purgeable_bytes", "Filesystem space available including purgeable space (MacOS specific)."),
];

/// The last one is for another system, but node_exporter shows it on Linux too.
fn usage_values(usage: &Usage) -> [f64; USAGE.len()] {
    let Usage { size_bytes, free_bytes, available_bytes, files, files_free } = *usage;
    [size_bytes, free_bytes, available_bytes, files, files_free, 0.0]
}

struct Families {
    device_error: FamilyId,
    readonly: FamilyId,
    usage: [FamilyId; USAGE.len()],
    mount_info: FamilyId,
}

impl Families {
    fn new(sink: &mut Sink) -> Families {
        const DEVICE_ERROR: &str = "Whether an error occurred while getting statistics for the given device.";
        Families {
            device_error: sink.gauge("node_filesystem_device_error", DEVICE_ERROR),
            readonly: sink.gauge("node_filesystem_readonly", "Filesystem read-only status."),
            usage: USAGE.map(|(name, help)| sink.gauge(name, help)),
            mount_info: sink.gauge("node_filesystem_mount_info", "Filesystem mount information."),
        }
    }

    fn show(&self, mount: &Mount, answer: &io::Result<Usage>, sink: &mut Sink) {
        let mount_point = kerneltext::text(&mount.mount_point);
        let error_text = answer.as_ref().err().map(go_error_text).unwrap_or_default();
        let labels = [
            ("device", &*mount.device),
            ("device_error", &*error_text),
            ("fstype", &*mount.fstype),
            ("mountpoint", &*mount_point),
        ];
        sink.sample(self.device_error, &labels, f64::from(u8::from(answer.is_err())));
        sink.sample(self.readonly, &labels, f64::from(u8::from(mount.is_read_only)));
        let Ok(usage) = answer else { return };
        for (family, value) in self.usage.iter().zip(usage_values(usage)) {
            sink.sample(*family, &labels, value);
        }
        let labels = [
            ("device", &*mount.device),
            ("major", &*mount.major.to_string()),
            ("minor", &*mount.minor.to_string()),
            ("mountpoint", &*mount_point),
        ];
        sink.sample_once(self.mount_info, &labels, 1.0);
    }
}

/// The text of an error of the system as Go has it: as in C, with a small letter at the start.
fn go_error_text(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" (os error").map_or(&*text, |(text, _)| text);
    let mut letters = text.chars();
    match (letters.next(), letters.as_str()) {
        // "RPC: ..." and "I/O error" are names.
        (Some(first), rest) if !rest.starts_with(|c: char| c.is_uppercase() || c == '/') => {
            first.to_lowercase().chain(rest.chars()).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_texts() {
        for (error, expected) in [
            (io::Error::from_raw_os_error(2), "no such file or directory"),
            (io::Error::from_raw_os_error(13), "permission denied"),
            (io::Error::from_raw_os_error(5), "input/output error"),
            (io::Error::from_raw_os_error(107), "transport endpoint is not connected"),
            (io::Error::from_raw_os_error(116), "stale file handle"),
            (io::Error::from_raw_os_error(121), "remote I/O error"),
            (io::Error::other("mountpoint timeout"), "mountpoint timeout"),
        ] {
            assert_eq!(go_error_text(&error), expected);
        }
    }

    #[test]
    fn exclusions() {
        let filesystem = Filesystem::default();
        for (mount_point, expected) in [
            ("/", false),
            ("/dev", true),
            ("/dev/shm", true),
            ("/devices", false),
            ("/sys", true),
            ("/var/lib/docker", false),
            ("/var/lib/docker/overlay2/x", true),
            ("/run/credentials/systemd-resolved.service", true),
            ("/run", false),
        ] {
            assert_eq!(filesystem.excluded_mount_points.is_match(mount_point), expected, "{mount_point}");
        }
        for (fstype, expected) in [("ext4", false), ("tmpfs", false), ("cgroup2", true), ("cgroups", false)] {
            assert_eq!(filesystem.excluded_types.is_match(fstype), expected, "{fstype}");
        }
    }
}
