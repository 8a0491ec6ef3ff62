//! Takes away what a container runtime leaves behind when it ends: processes, mounts, cgroups.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

const CGROUPS: &str = "/sys/fs/cgroup";
/// Far more than a daemon needs to end.
const PATIENCE: Duration = Duration::from_secs(15);
/// What a runtime starts that outlives it; container processes are found by their cgroup.
const HELPERS: [&str; 5] = ["containerd-shim", "conmon", "podman", "dockerd", "containerd"];

/// The directory that a runtime makes in each cgroup hierarchy for all its containers. Runtimes of the same kind share it, so only the last
/// one takes it away, and only if it was not there before the first.
#[derive(Debug)]
pub(super) struct CgroupParent {
    name: &'static str,
}

/// Of each parent: how many use it, and whether it was there before.
static PARENTS: Mutex<BTreeMap<&'static str, (usize, bool)>> = Mutex::new(BTreeMap::new());

impl CgroupParent {
    pub(super) fn new(name: &'static str) -> CgroupParent {
        let mut parents = PARENTS.lock();
        let (users, was_there) = parents.entry(name).or_default();
        if *users == 0 {
            *was_there = !directories(name).is_empty();
        }
        *users += 1;
        CgroupParent { name }
    }

    /// Ends what still runs in the cgroups of some containers and removes them.
    pub(super) fn remove(&self, ids: &[&str]) {
        for parent in directories(self.name) {
            let below = subdirectories(&parent);
            let name = |dir: &Path| dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            for dir in below.iter().filter(|dir| ids.iter().any(|id| name(dir).contains(id))) {
                remove_cgroup(dir);
            }
        }
    }
}

impl Drop for CgroupParent {
    fn drop(&mut self) {
        let mut parents = PARENTS.lock();
        let Some((users, was_there)) = parents.get_mut(self.name) else { return };
        *users -= 1;
        if *users == 0 && !*was_there {
            for parent in directories(self.name) {
                // Podman has one more directory in it, for conmon. Where another process put something into one of them, the kernel
                // refuses to remove it, and it is that process's business.
                for dir in subdirectories(&parent).into_iter().chain([parent]) {
                    fs::remove_dir(dir).ok();
                }
            }
        }
    }
}

/// The directories of a name at the top of each hierarchy, of version 1 and 2.
fn directories(name: &str) -> Vec<PathBuf> {
    let mut hierarchies = subdirectories(Path::new(CGROUPS));
    hierarchies.push(CGROUPS.into());
    hierarchies.into_iter().map(|hierarchy| hierarchy.join(name)).filter(|dir| dir.is_dir()).collect()
}

fn subdirectories(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let real = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    real.map(|entry| entry.path()).collect()
}

fn remove_cgroup(dir: &Path) {
    for below in subdirectories(dir) {
        remove_cgroup(&below);
    }
    let deadline = Instant::now() + PATIENCE;
    while fs::remove_dir(dir).is_err() && dir.is_dir() && Instant::now() < deadline {
        for pid in fs::read_to_string(dir.join("cgroup.procs")).unwrap_or_default().split_whitespace() {
            signal("KILL", pid);
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Asks a child to end, insists when it does not.
pub(super) fn terminate(child: &mut Child) {
    signal("TERM", &child.id().to_string());
    let deadline = Instant::now() + PATIENCE;
    while matches!(child.try_wait(), Ok(None)) {
        if Instant::now() > deadline {
            child.kill().ok();
            child.wait().ok();
            return;
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Ends the helpers of a runtime that name a directory in their arguments, and waits until they are gone.
pub(super) fn end_processes(dir: &Path) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let helpers = helpers_of(dir);
        if helpers.is_empty() || Instant::now() > deadline {
            return;
        }
        for pid in helpers {
            signal("KILL", &pid);
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// The process ids of a runtime's helpers that name a directory in their arguments.
pub(super) fn helpers_of(dir: &Path) -> Vec<String> {
    let place = dir.to_string_lossy();
    let is_helper = |pid: &Path| {
        let arguments = fs::read(pid.join("cmdline")).unwrap_or_default();
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        let program = arguments.split('\0').next().unwrap_or_default();
        let program = program.rsplit('/').next().unwrap_or_default();
        HELPERS.iter().any(|helper| program.starts_with(helper)) && arguments.contains(&*place)
    };
    let processes = subdirectories(Path::new("/proc")).into_iter();
    let helpers = processes.filter(|pid| is_helper(pid));
    helpers.filter_map(|pid| pid.file_name().map(|name| name.to_string_lossy().into_owned())).collect()
}

/// Unmounts everything below a directory, the innermost first.
pub(super) fn unmount_below(dir: &Path) {
    for mount in mounts_below(dir).iter().rev() {
        let unmount = |options: &[&str]| Command::new("umount").args(options).arg(mount).stderr(Stdio::null()).status();
        if !unmount(&[]).is_ok_and(|status| status.success()) {
            unmount(&["--lazy"]).ok();
        }
    }
}

/// The mount points below a directory in the order in which they were mounted.
pub(super) fn mounts_below(dir: &Path) -> Vec<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(4)).map(PathBuf::from);
    points.filter(|point| point.starts_with(dir)).collect()
}

fn signal(name: &str, pid: &str) {
    Command::new("kill").args([&format!("-{name}"), pid]).stderr(Stdio::null()).status().ok();
}
