//! Waiting until there is something to do: a file appeared or moved, time is up, or an end is wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

use crate::containers::ContainerLogs;

/// Directories watched; in the others new files are found by looking.
const MAX_WATCHED: usize = 1024;

/// Ends a [`run`](crate::Shipper::run) from another thread.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<Ending>);

/// The shipper's end of a [`Stopper`].
#[derive(Debug)]
pub struct Stop(Arc<Ending>);

#[derive(Debug)]
struct Ending {
    wanted: AtomicBool,
    wake: OwnedFd,
}

impl Stop {
    /// Both ends.
    ///
    /// # Errors
    /// When the process has no file descriptors left.
    pub fn new() -> std::io::Result<(Stop, Stopper)> {
        let ending = Arc::new(Ending {
            wanted: AtomicBool::new(false),
            wake: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
        });
        Ok((Stop(Arc::clone(&ending)), Stopper(ending)))
    }

    /// Whether the end is wanted.
    pub(crate) fn is_wanted(&self) -> bool {
        self.0.wanted.load(Ordering::SeqCst)
    }
}

impl Stopper {
    /// Wants the end; a waiting shipper wakes up.
    pub fn stop(&self) {
        self.0.wanted.store(true, Ordering::SeqCst);
        if rustix::io::write(&self.0.wake, &1u64.to_ne_bytes()).is_err() {
            tracing::debug!("the shipper stops at its next wake-up");
        }
    }
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// Something happened to a directory.
    Directory,
    /// Something was said about containers.
    Containers,
    /// Nothing, or the end is wanted.
    Time,
}

/// Watches directories for files that appear, go or move. Without the system's help, or without enough of it, it only waits.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    inotify: Option<OwnedFd>,
    watched: BTreeMap<PathBuf, i32>,
}

impl Watch {
    pub(crate) fn new() -> Watch {
        Watch { inotify: inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok(), watched: BTreeMap::new() }
    }

    /// Watches these directories and no others.
    pub(crate) fn set(&mut self, dirs: &BTreeSet<PathBuf>) {
        let Some(fd) = &self.inotify else { return };
        self.watched.retain(|dir, watch| {
            let keep = dirs.contains(dir);
            if !keep && inotify::remove_watch(fd, *watch).is_err() {
                tracing::debug!(dir = %dir.display(), "is gone, and its watch with it");
            }
            keep
        });
        for dir in dirs {
            if self.watched.len() >= MAX_WATCHED {
                break;
            }
            if !self.watched.contains_key(dir)
                && let Ok(watch) = add(fd, dir)
            {
                self.watched.insert(dir.clone(), watch);
            }
        }
    }

    /// Waits until something happens to a directory, something is said about containers, the end is wanted or time is up.
    pub(crate) fn wait(&mut self, stop: &Stop, containers: Option<&ContainerLogs>, timeout_ms: u32) -> Woken {
        let timeout =
            Timespec { tv_sec: i64::from(timeout_ms / 1000), tv_nsec: i64::from(timeout_ms % 1000) * 1_000_000 };
        let woken = [containers.map(ContainerLogs::wake), self.inotify.as_ref()];
        let mut fds = vec![PollFd::new(&stop.0.wake, PollFlags::IN)];
        fds.extend(woken.into_iter().flatten().map(|fd| PollFd::new(fd, PollFlags::IN)));
        if poll(&mut fds, Some(&timeout)).is_err() {
            // An interruption is as good as the end of the time.
            return Woken::Time;
        }
        let mut happened = fds.iter().skip(1).map(|fd| fd.revents().contains(PollFlags::IN));
        let is_said = containers.is_some() && happened.next() == Some(true);
        let has_moved = happened.next() == Some(true);
        if let Some(containers) = containers.filter(|_| is_said) {
            containers.rearm();
        }
        if has_moved {
            self.drain();
        }
        match (is_said, has_moved) {
            (_, true) => Woken::Directory,
            (true, false) => Woken::Containers,
            (false, false) => Woken::Time,
        }
    }

    /// Lets a burst of events pass, unless the end is wanted.
    pub(crate) fn pause(stop: &Stop, pause_ms: u32) {
        Watch::default().wait(stop, None, pause_ms);
    }

    /// Takes all events; what they say is found by looking.
    fn drain(&mut self) {
        let Some(fd) = &self.inotify else { return };
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(fd, &mut buffer);
        let mut gone = Vec::new();
        while let Ok(event) = reader.next() {
            if event.events().intersects(ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) {
                gone.push(event.wd());
            }
        }
        self.watched.retain(|_, watch| !gone.contains(watch));
    }
}

fn add(fd: &OwnedFd, dir: &Path) -> rustix::io::Result<i32> {
    let what = WatchFlags::CREATE
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
        | WatchFlags::DELETE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ONLYDIR;
    inotify::add_watch(fd, dir, what)
}
