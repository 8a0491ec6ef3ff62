//! Decoded parts of blocks, kept for the next read within a number of bytes.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use parking_lot::Mutex;

use super::columns::{Columns, MetadataColumn, Minute};
use super::reader::Index;

/// Parts are dropped when nobody has read for this long.
const IDLE_MS: i64 = 10_000;
/// What keeping a part takes besides its bytes.
const ENTRY_BYTES: usize = 128;

/// A part of a block as it is in memory.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    Index(Arc<Index>),
    Columns(Arc<Columns>),
    Metadata(Arc<MetadataColumn>),
    /// `None` when the block has no counters.
    Minutes(Option<Arc<Vec<Minute>>>),
    Frame(Arc<Vec<u8>>),
}

/// Names a part within a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PartName {
    Index,
    Columns,
    Metadata,
    Minutes,
    Frame(u32),
}

/// Parts used last, over all blocks.
#[derive(Debug)]
pub(crate) struct Cache {
    state: Mutex<State>,
    max_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    parts: HashMap<(u64, PartName), Entry, RandomState>,
    bytes: usize,
    /// Counts uses.
    now: u64,
    seen_now: u64,
    idle_since_ms: i64,
}

#[derive(Debug)]
struct Entry {
    part: Part,
    bytes: usize,
    used: u64,
}

impl Cache {
    pub(crate) fn new(max_bytes: usize) -> Cache {
        Cache { state: Mutex::default(), max_bytes }
    }

    pub(crate) fn get(&self, block: u64, name: PartName) -> Option<Part> {
        let mut state = self.state.lock();
        state.now += 1;
        let now = state.now;
        let entry = state.parts.get_mut(&(block, name))?;
        entry.used = now;
        Some(entry.part.clone())
    }

    pub(crate) fn put(&self, block: u64, name: PartName, part: &Part) {
        let bytes = part.size_bytes() + ENTRY_BYTES;
        if bytes > self.max_bytes / 2 {
            return;
        }
        let mut state = self.state.lock();
        state.now += 1;
        let entry = Entry { part: part.clone(), bytes, used: state.now };
        state.bytes += bytes;
        if let Some(before) = state.parts.insert((block, name), entry) {
            state.bytes -= before.bytes;
        }
        if state.bytes > self.max_bytes {
            state.shrink(self.max_bytes / 4 * 3);
        }
    }

    /// Drops everything when nobody has read since a while. Returns whether it did.
    pub(crate) fn drop_if_idle(&self, now_ms: i64) -> bool {
        let mut state = self.state.lock();
        if state.seen_now != state.now {
            state.seen_now = state.now;
            state.idle_since_ms = now_ms;
        }
        let is_idle = now_ms.saturating_sub(state.idle_since_ms) > IDLE_MS;
        let drops = is_idle && !state.parts.is_empty();
        if drops {
            state.parts = HashMap::default();
            state.bytes = 0;
        }
        drops
    }
}

impl State {
    /// Drops what was used longest ago until the rest fits.
    fn shrink(&mut self, max_bytes: usize) {
        let mut ages: Vec<(u64, usize)> = self.parts.values().map(|entry| (entry.used, entry.bytes)).collect();
        ages.sort_unstable_by_key(|(used, _)| *used);
        let mut bytes = self.bytes;
        let mut drop_through = 0;
        for (used, size) in ages {
            if bytes <= max_bytes {
                break;
            }
            bytes -= size;
            drop_through = used;
        }
        self.parts.retain(|_, entry| entry.used > drop_through);
        self.bytes = bytes;
    }
}

impl Part {
    fn size_bytes(&self) -> usize {
        match self {
            Part::Index(index) => index.size_bytes(),
            Part::Columns(columns) => columns.size_bytes(),
            Part::Metadata(metadata) => metadata.size_bytes(),
            Part::Minutes(minutes) => minutes.as_ref().map_or(0, |minutes| minutes.len() * size_of::<Minute>()),
            Part::Frame(frame) => frame.len(),
        }
    }
}
