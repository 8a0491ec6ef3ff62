//! Turning heads into blocks, and letting go of log files whose lines are in blocks.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use durable::LogWriter;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use storage::Result;

use crate::block::{self, Block, BlockRows, Identity, Row};
use crate::error::io_error;
use crate::head::Head;
use crate::key::Key;
use crate::stats::Counters;
use crate::store::{EmbeddedLogStore, Inner, Maintenance, State};
use crate::wal;

impl EmbeddedLogStore {
    /// Writes everything in the heads to blocks. Appends go on meanwhile; queries see each line exactly once at any moment.
    ///
    /// # Errors
    /// `Io` or `Full`; the lines then stay in the head and in the log, and the next call tries again.
    pub fn seal(&self) -> Result<()> {
        let maintenance = self.0.maintenance.lock();
        self.seal_where(&maintenance, |_| true)
    }

    /// Seals what has grown large, after an append. A failure is left to the next attempt.
    pub(crate) fn relieve_head(&self) {
        let inner = &*self.0;
        let options = &inner.options;
        let (is_due, is_urgent) = {
            let state = inner.state.lock();
            let head_bytes = state.heads.size_bytes();
            let is_due = state.heads.has_full
                || head_bytes > options.head_bytes
                || state.wal.len_bytes() > options.wal_segment_bytes;
            (is_due, head_bytes / 2 > options.head_bytes)
        };
        if !is_due {
            return;
        }
        // Another thread is at it already; only if it falls behind must this one wait.
        let guard = if is_urgent { Some(inner.maintenance.lock()) } else { inner.maintenance.try_lock() };
        if let Some(maintenance) = guard
            && let Err(error) = self.seal_due(&maintenance)
        {
            tracing::error!(%error, "lines could not be moved to a block; they stay in memory and in the log");
        }
    }

    /// Seals heads that make blocks, and the largest as long as all together are too large; begins another log file if it is time.
    pub(crate) fn seal_due(&self, maintenance: &Maintenance) -> Result<()> {
        let inner = &*self.0;
        if inner.state.lock().wal.len_bytes() > inner.options.wal_segment_bytes {
            self.rotate()?;
        }
        loop {
            self.seal_frozen(maintenance)?;
            let mut state = inner.state.lock();
            let Some(key) = state.heads.due(inner.options.head_bytes) else { break };
            self.freeze(&mut state, &key);
        }
        self.drop_segments()
    }

    /// Seals all heads that are chosen.
    pub(crate) fn seal_where(&self, maintenance: &Maintenance, chosen: impl Fn(&Head) -> bool) -> Result<()> {
        {
            let mut state = self.0.state.lock();
            let mut keys: Vec<Key> =
                state.heads.active.values().filter(|head| chosen(head)).map(|head| head.key.clone()).collect();
            keys.sort();
            keys.iter().for_each(|key| self.freeze(&mut state, key));
        }
        self.seal_frozen(maintenance)?;
        self.drop_segments()
    }

    fn freeze(&self, state: &mut State, key: &Key) {
        let sequence = self.0.next_sequence.fetch_add(1, Ordering::Relaxed);
        state.heads.freeze(key, sequence);
    }

    /// Writes the blocks of all frozen heads, oldest first.
    fn seal_frozen(&self, _maintenance: &Maintenance) -> Result<()> {
        let inner = &*self.0;
        loop {
            let Some(head) = inner.state.lock().heads.frozen.first().cloned() else { return Ok(()) };
            // Tokens and ends of sources must be safe before lines are, which a start finds in the block whatever became of the log.
            let sealed = self.make_log_safe().and_then(|()| inner.write_head(&head));
            let block = sealed.inspect_err(|_| Counters::add(&inner.counters.seals_failed, 1))?;
            let mut state = inner.state.lock();
            Arc::make_mut(&mut state.blocks).push(Arc::new(block));
            state.heads.frozen.remove(0);
            drop(state);
            Counters::add(&inner.counters.seals, 1);
        }
    }

    /// Returns when everything that recognises a retry of what was appended so far would survive a power cut.
    pub(crate) fn make_log_safe(&self) -> Result<()> {
        let (log, segment) = {
            let state = self.0.state.lock();
            (Arc::clone(&state.wal), state.segment)
        };
        if log.sync().is_ok() {
            return Ok(());
        }
        {
            let mut state = self.0.state.lock();
            state.doubtful_segment = state.doubtful_segment.max(segment);
        }
        self.rotate()
    }

    /// Begins another log file. It starts with a checkpoint, which is safe when this returns.
    pub(crate) fn rotate(&self) -> Result<()> {
        let inner = &*self.0;
        let failed = |e| io_error("cannot start a log", e);
        let (old, next) = {
            let state = inner.state.lock();
            (Arc::clone(&state.wal), state.segment + 1)
        };
        // Most of the old log is synced while appends go on; a failure shows again below.
        old.sync().ok();
        let path = wal::path(&Inner::wal_dir(&inner.dir), next);
        // A file of this name is left from an attempt that failed before anything was written to it.
        inner.fs.remove(&path).map_err(failed)?;
        let log = Arc::new(LogWriter::create(&*inner.fs, &path, wal::MAGIC, wal::VERSION).map_err(failed)?);
        let appending = inner.appending.lock();
        let checkpoint = inner.checkpoint(&inner.state.lock());
        log.append(&checkpoint).map_err(failed)?;
        // The checkpoint says where sources end: the lines before must not be less safe than it.
        let is_doubtful = old.sync().is_err();
        {
            let mut state = inner.state.lock();
            if is_doubtful {
                state.doubtful_segment = state.doubtful_segment.max(state.segment);
            }
            let finished = (state.segment, old.len_bytes());
            state.old_segments.push(finished);
            state.wal = Arc::clone(&log);
            state.segment = next;
        }
        drop(appending);
        log.sync().map_err(failed)
    }

    /// Removes the log files of which all lines are in blocks.
    pub(crate) fn drop_segments(&self) -> Result<()> {
        let inner = &*self.0;
        let droppable: Vec<u64> = {
            let state = inner.state.lock();
            let needed = state.heads.all().map(|head| head.since.segment).min().unwrap_or(state.segment);
            state.old_segments.iter().map(|(segment, _)| *segment).filter(|&segment| segment < needed).collect()
        };
        if droppable.is_empty() {
            return Ok(());
        }
        self.make_log_safe()?;
        for segment in droppable {
            let path = wal::path(&Inner::wal_dir(&inner.dir), segment);
            inner.fs.remove(&path).map_err(|e| io_error("cannot remove a log that is done with", e))?;
            inner.state.lock().old_segments.retain(|(other, _)| *other != segment);
        }
        Ok(())
    }
}

impl Inner {
    pub(crate) fn checkpoint(&self, state: &State) -> Vec<u8> {
        wal::checkpoint(self.next_sequence.load(Ordering::Relaxed), |out| state.retries.encode(out))
    }

    fn write_head(&self, head: &Head) -> Result<Block> {
        let identity = Identity {
            key: head.key.clone(),
            level: 0,
            sequence: head.sequence,
            through: head.through,
            sources: Box::default(),
        };
        self.write_block(rows_of(head), identity)
    }

    /// Writes a block and makes it durable. When it fails, nothing is left of it, as far as that can be had.
    pub(crate) fn write_block(&self, rows: BlockRows<'_>, identity: Identity) -> Result<Block> {
        let failed = |e| io_error("cannot write a block", e);
        let name = block::file_name(identity.key.day, identity.sequence);
        let path = Inner::blocks_dir(&self.dir).join(name);
        let bytes = block::build(rows, identity, &self.codec).map_err(failed)?;
        durable::write_atomic(&*self.fs, &path, &bytes).map_err(failed)?;
        Block::open(&self.fs, &path)
    }
}

fn rows_of(head: &Head) -> BlockRows<'_> {
    let mut rows = BlockRows { streams: head.streams.to_vec(), ..BlockRows::default() };
    let mut numbers: HashMap<&[u8], u32, RandomState> = HashMap::default();
    rows.rows.reserve_exact(head.n_rows as usize);
    for (text, chunk) in (0u32..).zip(&head.chunks) {
        rows.texts.push(&chunk.text);
        let metadata: Vec<u32> = (0..chunk.n_metadata())
            .map(|number| {
                let metadata = chunk.metadata(number);
                *numbers.entry(metadata).or_insert_with(|| {
                    rows.metadata.push(metadata);
                    rows.metadata.len() as u32 - 1
                })
            })
            .collect();
        for (number, row) in chunk.rows.iter().enumerate() {
            let start = chunk.start(number);
            let metadata = metadata[row.metadata as usize];
            let (time_ns, stream, len_bytes) = (row.time_ns, row.stream, row.end - start);
            rows.rows.push(Row { time_ns, stream, text, start, len_bytes, metadata });
        }
    }
    rows
}
