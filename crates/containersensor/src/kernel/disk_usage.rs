//! What containers occupy on disk: their changes to the image and their logs, counted by walking.
//!
//! That is the most expensive of all readings by far, so it happens on a thread of its own, with the lowest priority, in small pieces, and seldom:
//! a container is walked once a minute at most, and all the walking together takes one part in a hundred of the time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::Clock;
use parking_lot::{Condvar, Mutex};

use crate::container::Container;

mod walk;

/// A container is walked no more often.
const MIN_INTERVAL_MS: i64 = 60_000;

/// A walk is followed by so many times its own length without one.
const REST_FACTOR: i64 = 100;

/// Entries of all directories of a container that are counted; what is there beyond them is not.
const MAX_ENTRIES: usize = 1_000_000;

/// The pause between two pieces of a walk, which are some milliseconds long.
const PAUSE: Duration = Duration::from_millis(20);

/// Longer than any piece takes; what looks longer is the clock having been set.
const MAX_PIECE: Duration = Duration::from_secs(10);

/// Nothing is due; something that comes wakes the thread up.
const IDLE: Duration = Duration::from_secs(3600);

/// The lowest priority there is.
const NICENESS: i32 = 19;

/// Counts what containers occupy: [`DiskUsage::run`] on a thread of its own, the other methods on any.
#[derive(Debug)]
pub struct DiskUsage {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Debug, Default)]
struct State {
    containers: BTreeMap<String, Places>,
    /// When the last walk ended, and how long none may follow.
    rest: Option<Span>,
    /// Whether there are containers that the thread has not seen yet.
    has_new: bool,
    is_stopped: bool,
}

/// Where a container's files are, and what was counted there.
#[derive(Debug, Default)]
struct Places {
    paths: Vec<PathBuf>,
    usage: Option<u64>,
    /// When they were walked, and how long they are not walked again.
    rest: Option<Span>,
}

/// A time and how long something lasts from there.
#[derive(Clone, Copy, Debug)]
struct Span {
    from_ms: i64,
    length_ms: i64,
}

impl DiskUsage {
    /// Knows of no container yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> DiskUsage {
        DiskUsage { clock, state: Mutex::default(), woken: Condvar::new() }
    }

    /// These are the containers from now on; others are forgotten. New ones are walked first and soon.
    pub fn watch<'a>(&self, containers: impl IntoIterator<Item = &'a Container>) {
        let mut state = self.state.lock();
        let mut known = std::mem::take(&mut state.containers);
        for container in containers {
            let paths = paths_of(container);
            if paths.is_empty() {
                continue;
            }
            let old = known.remove(&container.id).filter(|places| places.paths == paths);
            state.has_new |= old.is_none();
            state.containers.insert(container.id.clone(), old.unwrap_or(Places { paths, ..Places::default() }));
        }
        if state.has_new {
            self.woken.notify_all();
        }
    }

    /// The bytes that a container occupied when it was last walked. None before the first walk, and where its files cannot be seen.
    #[must_use]
    pub fn usage(&self, id: &str) -> Option<u64> {
        self.state.lock().containers.get(id)?.usage
    }

    /// Walks whenever a container is due, until [`DiskUsage::stop`].
    pub fn run(&self) {
        if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
            tracing::debug!(%error, "counts what containers occupy at normal priority");
        }
        loop {
            let wait = self.walk_next();
            let mut state = self.state.lock();
            if !state.is_stopped && !std::mem::take(&mut state.has_new) {
                self.woken.wait_for(&mut state, wait);
                state.has_new = false;
            }
            if state.is_stopped {
                return;
            }
        }
    }

    /// Ends [`DiskUsage::run`], also in the middle of a walk.
    pub fn stop(&self) {
        self.state.lock().is_stopped = true;
        self.woken.notify_all();
    }

    /// Walks the container that is due, if there is one. How long nothing is to be done after that.
    fn walk_next(&self) -> Duration {
        let Some((id, paths)) = self.next_due() else { return self.wait() };
        let mut worked = Duration::ZERO;
        let mut start_ns = self.clock.now_ns();
        let outcome = walk::occupied_bytes(&paths, MAX_ENTRIES, &mut || {
            worked += self.since(start_ns);
            let goes_on = self.pause();
            start_ns = self.clock.now_ns();
            goes_on
        });
        worked += self.since(start_ns);
        let now_ms = self.clock.now_ms();
        let mut state = self.state.lock();
        state.rest = Some(Span { from_ms: now_ms, length_ms: rest_ms(worked) });
        if let Some(places) = state.containers.get_mut(&id).filter(|places| places.paths == paths) {
            places.usage = outcome;
            places.rest = Some(Span { from_ms: now_ms, length_ms: rest_ms(worked).max(MIN_INTERVAL_MS) });
        }
        drop(state);
        self.wait()
    }

    /// A container that was never walked, else the one whose turn it has been for longest.
    fn next_due(&self) -> Option<(String, Vec<PathBuf>)> {
        let now_ms = self.clock.now_ms();
        let state = self.state.lock();
        let (id, places) = state.containers.iter().min_by_key(|(_, places)| places.due_ms(now_ms))?;
        let is_due = state.due_ms(places, now_ms) <= now_ms && !state.is_stopped;
        is_due.then(|| (id.clone(), places.paths.clone()))
    }

    /// How long it is until a container is due.
    fn wait(&self) -> Duration {
        let now_ms = self.clock.now_ms();
        let state = self.state.lock();
        let due_ms = state.containers.values().map(|places| state.due_ms(places, now_ms)).min();
        due_ms.map_or(IDLE, |due_ms| Duration::from_millis(due_ms.saturating_sub(now_ms).max(1).unsigned_abs()))
    }

    /// How long a piece of a walk has taken. The clock may have been set meanwhile.
    fn since(&self, start_ns: i64) -> Duration {
        Duration::from_nanos(u64::try_from(self.clock.now_ns().saturating_sub(start_ns)).unwrap_or(0)).min(MAX_PIECE)
    }

    /// Lets others have the disk. Whether the walk goes on.
    fn pause(&self) -> bool {
        let end = Instant::now() + PAUSE;
        let mut state = self.state.lock();
        while !state.is_stopped && !self.woken.wait_until(&mut state, end).timed_out() {}
        !state.is_stopped
    }
}

impl State {
    /// When a container is walked next. Those that never were do not wait until there has been rest enough from others.
    fn due_ms(&self, places: &Places, now_ms: i64) -> i64 {
        match (places.rest, self.rest) {
            (Some(own), Some(others)) => own.end_ms(now_ms).max(others.end_ms(now_ms)),
            (Some(own), None) => own.end_ms(now_ms),
            (None, _) => i64::MIN,
        }
    }
}

impl Places {
    fn due_ms(&self, now_ms: i64) -> i64 {
        self.rest.map_or(i64::MIN, |rest| rest.end_ms(now_ms))
    }
}

impl Span {
    /// A clock that has been set back ends it.
    fn end_ms(self, now_ms: i64) -> i64 {
        if self.from_ms > now_ms { now_ms } else { self.from_ms.saturating_add(self.length_ms) }
    }
}

fn rest_ms(worked: Duration) -> i64 {
    i64::try_from(worked.as_micros()).unwrap_or(i64::MAX).saturating_mul(REST_FACTOR) / 1000
}

/// The directory with the container's changes and, if it is the container's alone, the directory of its log.
fn paths_of(container: &Container) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = container.upper_dir.iter().cloned().collect();
    if let Some(log) = &container.log.path {
        let is_own = |directory: &&std::path::Path| directory.to_string_lossy().contains(&container.id);
        paths.push(log.parent().filter(is_own).unwrap_or(log).to_owned());
    }
    paths
}

#[cfg(test)]
mod tests;
