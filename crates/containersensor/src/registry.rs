//! All containers, as the runtimes tell them, and what happened to them.

#[cfg(test)]
mod tests;
mod transitions;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use model::Clock;
use parking_lot::Mutex;
use tracing::warn;

use crate::{Container, Event, Runtime, State};
pub(crate) use transitions::{End, Sighting};
use transitions::{Memory, Walk};

/// So many events wait to be taken; of more, the oldest go.
const MAX_EVENTS: usize = 10_000;
/// So many kills in containers that nobody told of are remembered.
const MAX_EARLY_OOMS: usize = 64;

/// All containers of all runtimes, by id; shared by those who tell and those who ask.
pub struct Registry {
    clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
    pokes: Mutex<Vec<Arc<dyn Fn() + Send + Sync>>>,
}

/// What can be told of a runtime at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceStatus {
    /// Which runtime.
    pub runtime: Runtime,
    /// The socket or the directory that is read; where nothing is, the one that was looked for.
    pub place: PathBuf,
    /// How it goes.
    pub state: SourceState,
    /// The daemon's version; empty where no daemon answers.
    pub version: String,
}

/// How it goes with a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// The daemon answers, and its events flow.
    Connected,
    /// No daemon answers; its files are read.
    Files,
    /// There is neither socket nor directory.
    Absent,
    /// There is one that this process may not use; which, and what was refused.
    Denied(String),
    /// It does not work; why.
    Failed(String),
}

/// One of those who tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SourceId(usize);

#[derive(Default)]
struct Inner {
    entries: BTreeMap<String, Entry>,
    sources: Vec<Source>,
    /// Kills for want of memory in containers that nobody has told of yet, oldest first.
    early_ooms: VecDeque<(String, i64)>,
    events: VecDeque<Event>,
    dropped: u64,
    dropped_told: u64,
}

struct Source {
    status: SourceStatus,
    /// Whether it told all its containers once: from then on, what appears is new.
    complete: bool,
    /// Whether it told how it goes.
    told: bool,
}

struct Entry {
    container: Arc<Container>,
    /// None for what was seen in the cgroup tree only.
    source: Option<SourceId>,
    memory: Memory,
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry").field("containers", &self.inner.lock().entries.len()).finish_non_exhaustive()
    }
}

impl Registry {
    /// A registry that knows of nothing yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Registry {
        Registry { clock, inner: Mutex::default(), pokes: Mutex::default() }
    }

    /// All containers, also stopped ones, by name, then by id.
    #[must_use]
    pub fn containers(&self) -> Vec<Arc<Container>> {
        let inner = self.inner.lock();
        let mut containers: Vec<_> = inner.entries.values().map(|entry| Arc::clone(&entry.container)).collect();
        drop(inner);
        containers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        containers
    }

    /// How it goes with each runtime and place.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceStatus> {
        self.inner.lock().sources.iter().map(|source| source.status.clone()).collect()
    }

    /// Whether every source has told how it goes with it, and its containers if it can: before that, what is missing may only not be told yet.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.inner.lock().sources.iter().all(|source| source.told)
    }

    /// Whether nobody tells of new containers.
    #[must_use]
    pub fn is_blind(&self) -> bool {
        let tells = |state: &SourceState| matches!(state, SourceState::Connected | SourceState::Files);
        !self.inner.lock().sources.iter().any(|source| tells(&source.status.state))
    }

    /// What happened since the last call, by time. What a source tells first is how things are: it gives no events.
    #[must_use]
    pub fn take_events(&self) -> Vec<Event> {
        let mut inner = self.inner.lock();
        let mut events: Vec<Event> = std::mem::take(&mut inner.events).into();
        let lost = inner.dropped - inner.dropped_told;
        inner.dropped_told = inner.dropped;
        drop(inner);
        if lost > 0 {
            warn!("{lost} events of containers were lost: nobody took them in time");
        }
        events.sort_by_key(|event| event.time_ns);
        events
    }

    /// How many events were lost because nobody took them in time.
    #[must_use]
    pub fn dropped_events(&self) -> u64 {
        self.inner.lock().dropped
    }

    /// Has something called after a container, the set of them or a source changed. It is called without any lock held, by whoever told the change.
    pub fn on_change(&self, poke: Box<dyn Fn() + Send + Sync>) {
        self.pokes.lock().push(poke.into());
    }

    /// The ids of all containers that have a cgroup. Those of which no runtime tells become containers without a name; they leave with their cgroup.
    pub(crate) fn see_cgroups(&self, ids: &[String]) {
        let mut inner = self.inner.lock();
        let ids: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let before = inner.entries.len();
        inner.entries.retain(|id, entry| entry.source.is_some() || ids.contains(id.as_str()));
        let mut changed = inner.entries.len() != before;
        for id in ids {
            if !inner.entries.contains_key(id) {
                let container = Container { id: id.to_owned(), state: State::Running, ..Container::default() };
                let entry = Entry { container: container.into(), source: None, memory: Memory::default() };
                inner.entries.insert(id.to_owned(), entry);
                changed = true;
            }
        }
        drop(inner);
        self.poke(changed);
    }

    /// The kernel ended a process of a container for want of memory, by its own counters. A runtime that tells it as well makes no second event; one that does
    /// not, though the container was killed right then, is corrected.
    pub(crate) fn see_oom(&self, id: &str, at_ns: i64) {
        let mut inner = self.inner.lock();
        let told = inner.oom(id, at_ns);
        drop(inner);
        self.poke(told);
    }

    /// One who will tell.
    pub(crate) fn add_source(&self, status: SourceStatus) -> SourceId {
        let mut inner = self.inner.lock();
        inner.sources.push(Source { status, complete: false, told: false });
        SourceId(inner.sources.len() - 1)
    }

    pub(crate) fn set_source(&self, source: SourceId, status: SourceStatus) {
        let mut inner = self.inner.lock();
        let Some(known) = inner.sources.get_mut(source.0) else { return };
        let changed = known.status != status || !known.told;
        known.status = status;
        known.told = true;
        drop(inner);
        self.poke(changed);
    }

    /// All containers of a source: those that it told before and does not tell now are gone.
    pub(crate) fn sync(&self, source: SourceId, sightings: Vec<Sighting>) {
        let now_ns = self.clock.now_ns();
        let mut inner = self.inner.lock();
        let told: BTreeSet<&str> = sightings.iter().map(|sighting| sighting.container.id.as_str()).collect();
        let gone =
            inner.entries.iter().filter(|(id, entry)| entry.source == Some(source) && !told.contains(id.as_str()));
        let gone: Vec<String> = gone.map(|(id, _)| id.clone()).collect();
        let mut changed = !gone.is_empty();
        for id in gone {
            inner.gone(source, &id, now_ns, None);
        }
        for sighting in sightings {
            changed |= inner.see(source, sighting);
        }
        if let Some(source) = inner.sources.get_mut(source.0) {
            changed |= !source.complete;
            source.complete = true;
        }
        drop(inner);
        self.poke(changed);
    }

    /// One container as it is now.
    pub(crate) fn see(&self, source: SourceId, sighting: Sighting) {
        let mut inner = self.inner.lock();
        let changed = inner.see(source, sighting);
        drop(inner);
        self.poke(changed);
    }

    /// A container that is gone.
    pub(crate) fn gone(&self, source: SourceId, id: &str, at_ns: i64, end: Option<End>) {
        let mut inner = self.inner.lock();
        let changed = inner.gone(source, id, at_ns, end);
        drop(inner);
        self.poke(changed);
    }

    /// What a source told of a container.
    pub(crate) fn told_by(&self, source: SourceId, id: &str) -> Option<Arc<Container>> {
        let inner = self.inner.lock();
        let entry = inner.entries.get(id).filter(|entry| entry.source == Some(source))?;
        Some(Arc::clone(&entry.container))
    }

    /// The ids of all containers of a source.
    pub(crate) fn ids(&self, source: SourceId) -> BTreeSet<String> {
        let inner = self.inner.lock();
        let own = inner.entries.iter().filter(|(_, entry)| entry.source == Some(source));
        own.map(|(id, _)| id.clone()).collect()
    }

    fn poke(&self, changed: bool) {
        if !changed {
            return;
        }
        let pokes = self.pokes.lock().clone();
        for poke in pokes {
            poke();
        }
    }
}

impl Inner {
    /// Whether anything changed.
    fn see(&mut self, source: SourceId, sighting: Sighting) -> bool {
        let id = sighting.container.id.clone();
        let complete = self.sources.get(source.0).is_some_and(|source| source.complete);
        let (old, mut memory) = match self.entries.get(&id) {
            // Two that tell of one container: the first one is believed.
            Some(entry) if entry.source.is_some_and(|known| known != source) => return false,
            Some(entry) if entry.source.is_some() => (Some(Arc::clone(&entry.container)), entry.memory),
            _ => (None, Memory::default()),
        };
        let early_oom_ns = self.take_early_oom(&id);
        let mut walk = Walk { memory: &mut memory, steps: Vec::new() };
        let now = match &old {
            Some(old) => walk.pass(old, &sighting),
            None if complete => {
                walk.memory.early_oom_ns = early_oom_ns;
                let now = walk.appear(&sighting);
                if early_oom_ns != 0 && now.state.is_alive() { walk.oom(&now, early_oom_ns) } else { now }
            }
            None => walk.settle(&sighting),
        };
        let steps = walk.steps;
        let changed = !steps.is_empty() || old.as_deref() != Some(&now);
        let container = if changed { Arc::new(now) } else { old.unwrap_or_default() };
        self.tell(steps);
        self.entries.insert(id, Entry { container, source: Some(source), memory });
        changed
    }

    fn gone(&mut self, source: SourceId, id: &str, at_ns: i64, end: Option<End>) -> bool {
        if self.entries.get(id).is_none_or(|entry| entry.source != Some(source)) {
            return false;
        }
        let Some(mut entry) = self.entries.remove(id) else { return false };
        let mut walk = Walk { memory: &mut entry.memory, steps: Vec::new() };
        walk.vanish(&entry.container, at_ns, end);
        let steps = walk.steps;
        self.tell(steps);
        true
    }

    /// When the kernel killed a process of a container that nobody had told of; 0 if it did not.
    fn take_early_oom(&mut self, id: &str) -> i64 {
        let Some(at) = self.early_ooms.iter().position(|(early, _)| early == id) else { return 0 };
        self.early_ooms.remove(at).map_or(0, |(_, at_ns)| at_ns)
    }

    fn oom(&mut self, id: &str, at_ns: i64) -> bool {
        let Some(entry) = self.entries.get_mut(id).filter(|entry| entry.source.is_some()) else {
            self.take_early_oom(id);
            self.early_ooms.push_back((id.to_owned(), at_ns));
            if self.early_ooms.len() > MAX_EARLY_OOMS {
                self.early_ooms.pop_front();
            }
            return false;
        };
        let mut walk = Walk { memory: &mut entry.memory, steps: Vec::new() };
        let now = walk.oom(&entry.container, at_ns);
        let steps = walk.steps;
        let changed = !steps.is_empty() || now != *entry.container;
        if changed {
            entry.container = Arc::new(now);
        }
        self.tell(steps);
        changed
    }

    fn tell(&mut self, steps: Vec<transitions::Step>) {
        for (time_ns, container, kind) in steps {
            if self.events.len() == MAX_EVENTS {
                self.events.pop_front();
                self.dropped += 1;
            }
            self.events.push_back(Event { time_ns, container: Arc::new(container), kind });
        }
    }
}
