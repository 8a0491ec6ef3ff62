//! What was written last and is not in a block yet.
//!
//! Samples are collected in a *generation*: the timestamp column of each group, the compressed [`Tail`] of each series, and the samples that
//! came late. When a generation is sealed it is frozen as a whole, a new one begins, and the frozen one is served until its block
//! is in place. Each generation has its own write-ahead log file, which goes with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

mod append;
pub(crate) mod dictionary;
pub(crate) mod table;
mod tail;

pub(crate) use append::{Accepted, Plan as AppendPlan, RowInput};
pub(crate) use table::{SeriesTable, series_id};
pub(crate) use tail::Tail;

use storage::{BatchToken, TimeRange};

/// A slot's or group's number in the write-ahead log of its generation before it was logged.
pub(crate) const NOT_LOGGED: u32 = u32::MAX;
/// Tokens that are remembered to recognise retries; the oldest are forgotten first.
const MAX_TOKENS: usize = 4096;

/// The series known, the generation being written and the one being sealed.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) table: SeriesTable,
    pub(crate) active: Generation,
    /// Generations whose blocks are not in place yet, oldest first; usually none or one.
    pub(crate) frozen: Vec<Arc<Generation>>,
    /// Per slot: the slot that followed it in the batch before. A sender keeps its order, so this guess is nearly always right and
    /// saves the look-up.
    pub(crate) successors: Vec<u32>,
    tokens: Tokens,
}

impl Head {
    pub(crate) fn new(seed: u64, first_generation: u64) -> Head {
        Head {
            table: SeriesTable::new(seed),
            active: Generation::new(first_generation),
            frozen: Vec::new(),
            successors: Vec::new(),
            tokens: Tokens::default(),
        }
    }

    /// Freezes the active generation and begins the one with this number.
    pub(crate) fn freeze(&mut self, next: u64) {
        let frozen = std::mem::replace(&mut self.active, Generation::new(next));
        self.frozen.push(Arc::new(frozen));
    }

    /// All generations, oldest first.
    pub(crate) fn generations(&self) -> impl Iterator<Item = &Generation> {
        self.frozen.iter().map(|generation| &**generation).chain([&self.active])
    }

    /// The tokens remembered, oldest first.
    pub(crate) fn tokens(&self) -> impl ExactSizeIterator<Item = BatchToken> + '_ {
        self.tokens.in_order.iter().copied()
    }

    /// Recognises batches with this token from now on.
    pub(crate) fn remember_token(&mut self, token: BatchToken) {
        self.tokens.remember(token);
    }

    /// Forgets series without samples when they are the larger part of the table, and with them their label texts. Slots change.
    pub(crate) fn forget_idle_series(&mut self) {
        let idle = (0..self.table.len() as u32).filter(|&slot| self.active.is_idle(slot)).count();
        if !self.frozen.is_empty() || idle < 1000 || idle * 2 < self.table.len() {
            return;
        }
        let mut table = SeriesTable::new(self.table.seed());
        let mut series = Vec::new();
        let mut new_slots = vec![NOT_LOGGED; self.table.len()];
        for slot in 0..self.table.len() as u32 {
            if self.active.is_idle(slot) {
                continue;
            }
            let labels = self.table.labels(slot);
            if let Ok((new_slot, _)) = table.insert(table.hash(labels.as_bytes()), labels.as_bytes()) {
                new_slots[slot as usize] = new_slot;
                series.push(self.active.series.get_mut(slot as usize).map(std::mem::take).unwrap_or_default());
            }
        }
        self.active.series = series;
        self.active.late = std::mem::take(&mut self.active.late)
            .into_iter()
            .map(|((slot, time_ms), value)| ((new_slots[slot as usize], time_ms), value))
            .collect();
        self.successors = vec![0; table.len()];
        self.table = table;
    }
}

/// Samples since a seal.
#[derive(Debug)]
pub(crate) struct Generation {
    /// Counts up over the life of the store; names the log file.
    pub(crate) number: u64,
    pub(crate) groups: Vec<Group>,
    group_of_name: HashMap<Arc<str>, u32, foldhash::fast::RandomState>,
    /// Per slot; shorter than the table when the last slots have no samples yet.
    pub(crate) series: Vec<HeadSeries>,
    /// Samples older than the newest of their series or off their group's column, by slot and time.
    pub(crate) late: BTreeMap<(u32, i64), u64>,
    pub(crate) n_samples: u64,
    /// First and last time of all samples.
    pub(crate) range: Option<TimeRange>,
    /// Series and groups written to this generation's log, which numbers them.
    pub(crate) n_logged_series: u32,
    pub(crate) n_logged_groups: u32,
}

/// The series of one source and the timestamps that they share.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: Arc<str>,
    pub(crate) times_ms: Vec<i64>,
    pub(crate) logged_as: u32,
}

/// One series in a generation.
#[derive(Debug)]
pub(crate) struct HeadSeries {
    pub(crate) group: u32,
    pub(crate) logged_as: u32,
    pub(crate) tail: Tail,
}

impl Default for HeadSeries {
    fn default() -> HeadSeries {
        HeadSeries { group: 0, logged_as: NOT_LOGGED, tail: Tail::default() }
    }
}

impl Generation {
    pub(crate) fn new(number: u64) -> Generation {
        Generation {
            number,
            groups: Vec::new(),
            group_of_name: HashMap::default(),
            series: Vec::new(),
            late: BTreeMap::new(),
            n_samples: 0,
            range: None,
            n_logged_series: 0,
            n_logged_groups: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.n_samples == 0
    }

    pub(crate) fn is_idle(&self, slot: u32) -> bool {
        let has_tail = self.series.get(slot as usize).is_some_and(|s| !s.tail.is_empty());
        !has_tail && self.late_of(slot).next().is_none()
    }

    /// The late samples of a slot in order of time.
    pub(crate) fn late_of(&self, slot: u32) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.late.range((slot, i64::MIN)..=(slot, i64::MAX)).map(|(&(_, time_ms), &value)| (time_ms, value))
    }

    /// The number of a group, given to it now if it is new.
    pub(crate) fn group(&mut self, name: &str) -> u32 {
        if let Some(&group) = self.group_of_name.get(name) {
            return group;
        }
        let group = self.groups.len() as u32;
        let name: Arc<str> = name.into();
        self.groups.push(Group { name: Arc::clone(&name), times_ms: Vec::new(), logged_as: NOT_LOGGED });
        self.group_of_name.insert(name, group);
        group
    }

    pub(crate) fn logged_as(&self, slot: u32) -> u32 {
        self.series.get(slot as usize).map_or(NOT_LOGGED, |s| s.logged_as)
    }

    /// Bytes that the samples take, without the series table.
    pub(crate) fn size_bytes(&self) -> usize {
        let tails: usize = self.series.iter().map(|s| s.tail.size_bytes() + size_of::<HeadSeries>()).sum();
        let columns: usize = self.groups.iter().map(|g| g.times_ms.capacity() * 8).sum();
        tails + columns + self.late.len() * 48
    }
}

/// The tokens of batches written lately.
#[derive(Debug, Default)]
struct Tokens {
    known: HashSet<BatchToken, foldhash::fast::RandomState>,
    in_order: std::collections::VecDeque<BatchToken>,
}

impl Tokens {
    fn remember(&mut self, token: BatchToken) {
        if self.known.insert(token) {
            self.in_order.push_back(token);
            if self.in_order.len() > MAX_TOKENS
                && let Some(oldest) = self.in_order.pop_front()
            {
                self.known.remove(&oldest);
            }
        }
    }
}
