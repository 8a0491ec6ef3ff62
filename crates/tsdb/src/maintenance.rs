//! What a store does from time to time: sync, seal, merge, forget.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use storage::{ErrorKind, Result};

use crate::block::BlockReader;
use crate::error::io_error;
use crate::query::BlockSource;
use crate::stats::Counters;
use crate::store::Tsdb;

/// The log is synced when the last sync is this long ago, in the mode that does so.
const SYNC_INTERVAL_MS: i64 = 1_000;

impl Tsdb {
    /// Does what is due. The owner calls it about each second, from a thread that may block for as long as a merge takes.
    ///
    /// # Errors
    /// The first failure; what was not done is tried again at the next call.
    pub fn tick(&self) -> Result<()> {
        let now_ms = self.0.clock.now_ms();
        self.check_space();
        self.sync_if_due(now_ms)?;
        if self.seal_is_due(now_ms) {
            self.seal()?;
        }
        if self.0.full.load(Ordering::Relaxed) {
            // A merge needs room before it frees some.
        } else if let Err(error) = self.merge_once(now_ms) {
            self.set_corrupt_aside(&error)?;
            return Err(error);
        }
        self.drop_expired(now_ms)?;
        self.trim_indexes();
        Ok(())
    }

    /// Makes everything acknowledged so far safe from a power cut.
    ///
    /// # Errors
    /// `Io`.
    pub fn sync(&self) -> Result<()> {
        let log = Arc::clone(&self.0.state.read().wal);
        log.sync().map_err(|e| io_error("cannot sync the log", e))
    }

    fn sync_if_due(&self, now_ms: i64) -> Result<()> {
        let (synced_ms, has_failed) = {
            let state = self.0.state.read();
            (state.synced_ms, state.wal.has_failed())
        };
        let due = now_ms.abs_diff(synced_ms) >= SYNC_INTERVAL_MS.unsigned_abs();
        // A log that has failed is replaced by the seal, which is due then.
        if !due || has_failed || self.0.options.sync != durable::SyncMode::Interval {
            return Ok(());
        }
        self.0.state.write().synced_ms = now_ms;
        self.sync()
    }

    fn seal_is_due(&self, now_ms: i64) -> bool {
        let options = &self.0.options;
        let state = self.0.state.read();
        // A log that has failed takes no more records, so another one is needed at once.
        if !state.head.frozen.is_empty() || state.wal.has_failed() {
            return true;
        }
        let interval = |time_ms: i64| time_ms.div_euclid(options.seal_interval_ms.max(1));
        let active = &state.head.active;
        !active.is_empty()
            && (interval(state.generation_started_ms) != interval(now_ms) || active.size_bytes() > options.seal_bytes)
    }

    /// Looks whether there is room for appends.
    pub(crate) fn check_space(&self) {
        let full = match self.0.fs.space(&self.0.dir) {
            Ok(space) => (space.available_bytes as f64) < self.0.options.min_free_share * space.total_bytes as f64,
            Err(error) => {
                tracing::warn!(%error, "cannot tell how full the disk is");
                false
            }
        };
        self.0.full.store(full, Ordering::Relaxed);
    }

    /// Drops the oldest blocks that retention does not keep. Returns the bytes freed.
    pub(crate) fn drop_expired(&self, now_ms: i64) -> Result<u64> {
        let _guard = self.0.maintenance.lock();
        let options = &self.0.options;
        let mut freed_bytes = 0;
        if let Some(retention_ms) = options.retention_ms {
            let oldest_ms = now_ms.saturating_sub(retention_ms);
            while let Some(block) = self.oldest_block().filter(|block| block.meta.range.end_ms < oldest_ms) {
                freed_bytes += self.drop_block(&block)?;
            }
        }
        let space = self.0.fs.space(&self.0.dir).map_err(|e| io_error("cannot tell how full the disk is", e))?;
        let max_bytes = (space.total_bytes as f64 * options.max_disk_share) as u64;
        let taken_bytes = || self.0.blocks.read().iter().map(|block| block.len_bytes).sum::<u64>();
        while taken_bytes() > max_bytes {
            let Some(block) = self.oldest_block() else { break };
            freed_bytes += self.drop_block(&block)?;
        }
        Ok(freed_bytes)
    }

    fn oldest_block(&self) -> Option<Arc<BlockReader>> {
        self.0.blocks.read().iter().min_by_key(|block| block.meta.range.end_ms).cloned()
    }

    fn drop_block(&self, block: &BlockReader) -> Result<u64> {
        self.0.fs.remove(block.path()).map_err(|e| io_error("cannot remove an expired block", e))?;
        self.0.blocks.write().retain(|other| other.meta.sequence != block.meta.sequence);
        Counters::add(&self.0.counters.blocks_dropped, 1);
        Ok(block.len_bytes)
    }

    /// A merge that met a damaged block must not meet it again for ever.
    fn set_corrupt_aside(&self, error: &storage::Error) -> Result<()> {
        if error.kind() != ErrorKind::Corrupt {
            return Ok(());
        }
        let _guard = self.0.maintenance.lock();
        let damaged: Vec<Arc<BlockReader>> =
            self.0.blocks.read().iter().filter(|block| BlockSource::verify(block).is_err()).cloned().collect();
        for block in damaged {
            tracing::error!(path = %block.path().display(), "block is damaged and was set aside");
            crate::open::set_aside(&*self.0.fs, block.path())?;
            self.0.blocks.write().retain(|other| other.meta.sequence != block.meta.sequence);
            Counters::add(&self.0.counters.corruptions, 1);
        }
        Ok(())
    }

    /// Drops block indexes from memory, those not used for longest first, until the rest fits.
    fn trim_indexes(&self) {
        let blocks = self.0.blocks.read();
        let mut cached: Vec<_> =
            blocks.iter().filter_map(|b| b.cached_index().map(|(size, used)| (used, size, b))).collect();
        cached.sort_by_key(|(used, ..)| *used);
        let mut total: usize = cached.iter().map(|(_, size, _)| size).sum();
        for (_, size, block) in cached {
            if total <= self.0.options.index_cache_bytes {
                break;
            }
            block.drop_index();
            total -= size;
        }
    }
}
