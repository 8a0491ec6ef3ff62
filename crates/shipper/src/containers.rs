//! The log files of containers: which there are is said from outside, at any time and from any thread.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use model::Labels;
use parking_lot::Mutex;
use rustix::event::{EventfdFlags, eventfd};

use crate::format::{LogFormat, Output};
use crate::scan::packed_siblings;
use crate::shipper::Shipper;
use crate::status::{LogState, Passed};
use crate::text;

/// The label that tells where a container wrote a line to.
const STREAM: &str = "stream";

/// A container's log file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerLog {
    /// Where it is. Files that were rotated away from this name (`.1`, `.2`, …) belong to it.
    pub path: PathBuf,
    /// How it is written.
    pub format: LogFormat,
    /// The labels of its lines; `stream` is added where an entry tells it.
    pub labels: Labels,
}

/// Says which containers' logs are shipped. Shared with a [`Shipper`], which acts at once when something changes.
#[derive(Debug)]
pub struct ContainerLogs {
    wanted: Mutex<Wanted>,
    wake: OwnedFd,
}

/// What was said and not yet taken up.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// All logs there are.
    now: Option<Vec<ContainerLog>>,
    /// Logs that were there in between.
    passing: Vec<ContainerLog>,
}

impl ContainerLogs {
    pub(crate) fn new() -> io::Result<ContainerLogs> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(ContainerLogs { wanted: Mutex::default(), wake })
    }

    /// Says which logs there are. New ones are read from their beginning, rotated ones first; those that are missing now are read to their
    /// end and closed; another set of labels holds for the lines that follow. What is not different goes on undisturbed.
    pub fn set(&self, logs: Vec<ContainerLog>) {
        let mut wanted = self.wanted.lock();
        if let Some(last) = wanted.now.replace(logs) {
            // A container may be gone before anybody looked; its log may still be there.
            wanted.passing.extend(last);
        }
        drop(wanted);
        if rustix::io::write(&self.wake, &1u64.to_ne_bytes()).is_err() {
            tracing::debug!("the shipper takes up logs of containers at its next round");
        }
    }

    /// Takes what was said since the last time.
    fn take(&self) -> Wanted {
        std::mem::take(&mut *self.wanted.lock())
    }

    /// Becomes readable when something was said.
    pub(crate) fn wake(&self) -> &OwnedFd {
        &self.wake
    }

    /// Waits for what is said from now on.
    pub(crate) fn rearm(&self) {
        if rustix::io::read(&self.wake, &mut [0; 8]).is_err() {
            tracing::trace!("nothing was said about logs of containers");
        }
    }
}

/// How the lines of a file are read and labelled.
#[derive(Clone, Debug)]
pub(crate) struct Handling {
    /// None for a file of plain lines.
    pub(crate) format: Option<LogFormat>,
    pub(crate) labels: Labels,
    stdout: Labels,
    stderr: Labels,
}

impl Handling {
    /// Plain lines, all with the same labels.
    pub(crate) fn plain(labels: Labels) -> Handling {
        Handling { format: None, stdout: labels.clone(), stderr: labels.clone(), labels }
    }

    fn of(log: &ContainerLog) -> Handling {
        let with = |stream: &str| {
            let mut labels = log.labels.to_builder();
            labels.set(STREAM, stream);
            labels.build()
        };
        Handling {
            format: Some(log.format),
            labels: log.labels.clone(),
            stdout: with("stdout"),
            stderr: with("stderr"),
        }
    }

    /// The labels of what was written to an output.
    pub(crate) fn labels_of(&self, output: Output) -> &Labels {
        match output {
            Output::Stdout => &self.stdout,
            Output::Stderr => &self.stderr,
            Output::Untold => &self.labels,
        }
    }
}

/// The log of a container that is followed.
#[derive(Debug)]
pub(crate) struct Container {
    log: ContainerLog,
    pub(crate) handling: Handling,
    pub(crate) stay: Stay,
    /// Whether its file is shipped as a container's log.
    pub(crate) is_taken: bool,
    /// Why it is not.
    pub(crate) gives_way: Option<String>,
    /// Rotated files that were compressed, as far as was looked.
    pub(crate) packed: Option<Vec<PathBuf>>,
}

impl Container {
    /// Whether its file is followed as a container's log, and not only read to its end.
    pub(crate) fn is_followed(&self) -> bool {
        self.stay != Stay::Leaving && self.gives_way.is_none()
    }
}

/// How long a container is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stay {
    /// Until something else is said.
    Here,
    /// It was there for a moment only; its log is opened at the next look.
    Passing,
    /// It is gone: what is open is read to its end.
    Leaving,
}

pub(crate) type Containers = BTreeMap<PathBuf, Container>;

impl Shipper {
    /// Takes up what was said about containers. Whether files have to be looked for.
    pub(crate) fn take_containers(&mut self) -> bool {
        let Wanted { now, passing } = self.container_logs.take();
        let Some(now) = now else { return false };
        let mut has_changed = false;
        let mut containers = Containers::new();
        let now = now.into_iter().map(|log| (log, Stay::Here));
        for (log, stay) in now.chain(passing.into_iter().map(|log| (log, Stay::Passing))) {
            if containers.contains_key(&log.path) {
                continue;
            }
            let known = self.containers.remove(&log.path);
            has_changed |= known.as_ref().is_none_or(|known| known.stay == Stay::Leaving);
            let container = match known {
                Some(known) if known.log == log => Container { stay, ..known },
                Some(known) => Container { handling: Handling::of(&log), log, stay, ..known },
                None => {
                    let handling = Handling::of(&log);
                    Container { handling, log, stay, is_taken: false, gives_way: None, packed: None }
                }
            };
            containers.insert(container.log.path.clone(), container);
        }
        for (path, container) in std::mem::replace(&mut self.containers, containers) {
            has_changed |= container.stay != Stay::Leaving;
            self.containers.insert(path, Container { stay: Stay::Leaving, ..container });
        }
        for tail in self.tails.values_mut().filter(|tail| tail.handling.format.is_some()) {
            if let Some(container) = self.containers.get(&tail.path) {
                tail.handling = container.handling.clone();
            }
        }
        has_changed
    }

    /// What the logs of containers leave out or do otherwise, for the status: how it is with each, and what is passed over.
    pub(crate) fn show_logs(&self, passed: &mut Vec<Passed>) -> BTreeMap<PathBuf, LogState> {
        let unreadable: BTreeMap<&Path, &str> =
            passed.iter().map(|passed| (passed.path.as_path(), passed.why.as_str())).collect();
        let here = || self.containers.iter().filter(|(_, container)| container.stay == Stay::Here);
        let state = |(path, container): (&PathBuf, &Container)| {
            let state = match (&container.gives_way, unreadable.get(path.as_path())) {
                (Some(why), _) => LogState::GivesWay(why.clone()),
                (None, Some(why)) => LogState::Unreadable((*why).to_owned()),
                (None, None) if container.is_taken => LogState::Followed,
                (None, None) => return None,
            };
            Some((path.clone(), state))
        };
        let logs = here().filter_map(state).collect();
        for (path, container) in here() {
            let note = |why: String| Passed { path: path.clone(), why };
            passed.extend(container.gives_way.clone().map(note));
            let packed = container.packed.iter().flatten();
            passed.extend(packed.map(|path| Passed { path: path.clone(), why: text::COMPRESSED.to_owned() }));
            if let Some(count) = self.malformed.get(path) {
                let format = container.log.format.name();
                passed.push(note(format!("entries not in the format {format}, shipped as they stand: {count}")));
            }
        }
        logs
    }

    /// Looks for compressed files of containers, from time to time.
    pub(crate) fn find_packed(&mut self, again: bool) {
        for (path, container) in self.containers.iter_mut().filter(|(_, container)| container.is_taken) {
            if again || container.packed.is_none() {
                container.packed = Some(packed_siblings(path));
            }
        }
        self.malformed.retain(|path, _| self.containers.contains_key(path));
    }

    /// Lets go of containers that were there for a moment only, after they were looked at, and forgets those of which nothing is open.
    pub(crate) fn let_containers_go(&mut self) {
        if self.containers.values().all(|container| container.stay == Stay::Here) {
            return;
        }
        let open: BTreeSet<&Path> = self.tails.values().map(|tail| tail.path.as_path()).collect();
        self.containers.retain(|path, container| {
            if container.stay == Stay::Passing {
                container.stay = Stay::Leaving;
            }
            container.stay == Stay::Here || open.contains(path.as_path())
        });
    }
}
