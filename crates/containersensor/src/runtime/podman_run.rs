//! What lies beside a container of Podman's while it runs, and after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tracing::debug;

use super::files::{Change, Watched, read};
use super::oci::Linux;
use crate::{LogFile, LogFormat, Settings, State};

/// No container's configuration is longer.
const MAX_CONFIG_BYTES: u64 = 4 << 20;
/// Longer than a number, or the cgroups of a process.
const MAX_SMALL_BYTES: u64 = 16 << 10;
/// So many looks in a row must miss a process before it is taken for gone: Podman notes an end a moment after it.
const LOST_LOOKS: u32 = 2;

/// Files of the run-time directory that Podman puts into containers.
const PUT_IN: [&str; 4] = [".containerenv", "hosts", "hostname", "resolv.conf"];

/// What is known of a container's run.
#[derive(Debug, Default)]
pub(super) struct Run {
    config: Watched,
    configured: bool,
    own_network: bool,
    /// `userdata` in the run-time directory.
    run_dir: Option<PathBuf>,
    pid_file: Watched,
    pid: Option<u32>,
    started_ms: Option<i64>,
    alive: bool,
    /// A process that was not there, and how many looks in a row.
    missed: (u32, u32),
}

/// The part of a container's OCI configuration that is read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    mounts: Vec<Mount>,
    linux: Linux,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mount {
    source: PathBuf,
}

impl Run {
    /// Looks at what changed.
    pub(super) fn look(&mut self, id: &str, user_data: &Path, settings: &Settings) {
        match self.config.look(&user_data.join("config.json"), MAX_CONFIG_BYTES) {
            Ok(Change::New(text, _)) => match serde_json::from_slice::<Config>(&text) {
                Ok(config) => self.configure(id, &config, settings),
                Err(error) => {
                    debug!("container {id}: {error}");
                    self.config.forget();
                }
            },
            Ok(Change::Gone) => self.configured = false,
            Ok(Change::Same) => {}
            Err(error) => debug!("container {id}: {error}"),
        }
        let Some(run_dir) = &self.run_dir else { return };
        match self.pid_file.look(&run_dir.join("pidfile"), MAX_SMALL_BYTES) {
            Ok(Change::New(text, stamp)) => {
                self.pid = String::from_utf8_lossy(&text).trim().parse().ok();
                // The runtime writes it right before it lets the process go.
                self.started_ms = self.pid.map(|_| stamp.modified_ns() / 1_000_000);
                if self.pid.is_none() {
                    self.pid_file.forget();
                }
            }
            // Written by whoever has restarted the machine: nothing runs.
            Ok(Change::Gone) => self.pid = None,
            Ok(Change::Same) => {}
            Err(error) => debug!("container {id}: {error}"),
        }
        self.alive = self.pid.is_some_and(|pid| belongs(pid, id, settings));
    }

    /// The run-time directory is found by its files that are put into the container.
    fn configure(&mut self, id: &str, config: &Config, settings: &Settings) {
        let below = Path::new(id).join("userdata");
        let sources = config.mounts.iter().map(|mount| mount.source.as_path());
        let mut put_in = sources.filter(|source| PUT_IN.iter().any(|name| source.ends_with(name)));
        let dir = put_in.find_map(|source| source.parent().filter(|dir| dir.ends_with(&below)));
        self.run_dir = dir.map(|dir| settings.of_host(dir)).or(self.run_dir.take());
        // `/proc/…` is that of another container's process.
        self.own_network = config.linux.network().is_some_and(|network| !network.path.starts_with("/proc/"));
        self.configured = true;
    }

    /// What it is doing.
    pub(super) fn state(&self, settings: &Settings, freezers: &mut Freezers) -> State {
        match self.pid.filter(|_| self.alive) {
            Some(pid) if freezers.is_frozen(pid, settings) => State::Paused,
            Some(_) => State::Running,
            None if self.configured => State::Exited,
            None => State::Created,
        }
    }

    /// Whether a process that is said to run is gone for good.
    pub(super) fn is_lost(&mut self, pid: u32, settings: &Settings) -> bool {
        if fs::metadata(settings.procfs.join(pid.to_string())).is_ok() {
            self.missed = (pid, 0);
            return false;
        }
        let looks = if self.missed.0 == pid { self.missed.1.saturating_add(1) } else { 1 };
        self.missed = (pid, looks);
        looks >= LOST_LOOKS
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.pid
    }

    pub(super) fn run_dir(&self) -> Option<&Path> {
        self.run_dir.as_deref()
    }

    pub(super) fn started_ms(&self) -> Option<i64> {
        self.started_ms
    }

    pub(super) fn own_network(&self) -> bool {
        self.own_network
    }

    /// The monitor leaves this file behind.
    pub(super) fn oom_killed(&self, user_data: &Path) -> bool {
        !self.alive && fs::metadata(user_data.join("oom")).is_ok()
    }

    /// The lines of a container with the default log driver; of others nothing tells.
    pub(super) fn log(&self, user_data: &Path) -> LogFile {
        let path = user_data.join("ctr.log");
        if fs::metadata(&path).is_err() {
            return LogFile::default();
        }
        LogFile { driver: "k8s-file".to_owned(), path: Some(path), format: LogFormat::Cri }
    }
}

/// Whether a process is of this container, and its number not that of a later one. Without a cgroup of its own nothing tells.
fn belongs(pid: u32, id: &str, settings: &Settings) -> bool {
    read(&settings.procfs.join(pid.to_string()).join("cgroup"), MAX_SMALL_BYTES)
        .is_ok_and(|cgroups| String::from_utf8_lossy(&cgroups).contains(id))
}

/// Where the kernel tells whether processes are frozen.
#[derive(Debug)]
pub(super) struct Freezers {
    cgroups: PathBuf,
    /// By process: the file, and what stands in it when they are.
    files: BTreeMap<u32, Option<(PathBuf, &'static str)>>,
}

impl Freezers {
    pub(super) fn new(settings: &Settings) -> Freezers {
        Freezers { cgroups: settings.sysfs.join("fs/cgroup"), files: BTreeMap::new() }
    }

    fn is_frozen(&mut self, pid: u32, settings: &Settings) -> bool {
        let cgroups = &self.cgroups;
        self.files.retain(|known, _| *known == pid || fs::metadata(settings.procfs.join(known.to_string())).is_ok());
        let file = self.files.entry(pid).or_insert_with(|| {
            let text = read(&settings.procfs.join(pid.to_string()).join("cgroup"), MAX_SMALL_BYTES).ok()?;
            freezer(&String::from_utf8_lossy(&text), cgroups)
        });
        let Some((path, frozen)) = file else { return false };
        read(path, MAX_SMALL_BYTES).is_ok_and(|text| String::from_utf8_lossy(&text).trim() == *frozen)
    }
}

/// The file that tells of the freezer, from the cgroups of a process: of version 1 if it has one there, else of version 2.
fn freezer(of_process: &str, cgroups: &Path) -> Option<(PathBuf, &'static str)> {
    let lines = of_process.lines().filter_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        Some((controllers, path.trim_start_matches('/')))
    });
    let mut unified = None;
    for (controllers, path) in lines {
        if controllers.split(',').any(|controller| controller == "freezer") {
            return Some((cgroups.join("freezer").join(path).join("freezer.state"), "FROZEN"));
        }
        if controllers.is_empty() {
            unified = Some((cgroups.join(path).join("cgroup.freeze"), "1"));
        }
    }
    unified
}
