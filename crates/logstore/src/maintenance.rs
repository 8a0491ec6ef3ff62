//! What a store does from time to time: sync, seal, merge, forget.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use durable::SyncMode;
use storage::{ErrorKind, Result};

use crate::block::{Block, Cache, Reading};
use crate::error::io_error;
use crate::open::set_aside;
use crate::stats::Counters;
use crate::store::{EmbeddedLogStore, Inner, Maintenance};

/// The log is synced when the last sync is this long ago, in the mode that does so.
const SYNC_INTERVAL_MS: i64 = 1_000;
/// Memory is looked through this often.
const TRIM_INTERVAL_MS: i64 = 60_000;
/// Merges in one call, so that nothing else waits for long.
const MERGES_AT_ONCE: usize = 4;

impl EmbeddedLogStore {
    /// Does what is due. The owner calls it about each second, from a thread that may block for as long as a merge takes.
    ///
    /// # Errors
    /// The first failure, after everything else was done that could be; what was not done is tried again at the next call.
    pub fn maintain(&self) -> Result<()> {
        let inner = &*self.0;
        let now_ms = inner.clock.now_ms();
        inner.check_space();
        let mut guard = inner.maintenance.lock();
        let maintenance = &mut *guard;
        let mut results = vec![
            self.replace_failed_log(maintenance),
            self.sync_if_due(maintenance, now_ms),
            self.seal_old(maintenance, now_ms),
            self.seal_due(maintenance),
            self.set_suspects_aside(),
        ];
        if !inner.full.load(Ordering::Relaxed) {
            // A merge needs room before it frees some.
            results.push(self.merge_some(maintenance, now_ms));
        }
        self.trim(maintenance, now_ms);
        drop(guard);
        results.push(self.drop_expired(inner.clock.now_ns()).map(drop));
        results.into_iter().collect()
    }

    /// Makes everything acknowledged so far safe from a power cut.
    ///
    /// # Errors
    /// `Io`.
    pub fn sync(&self) -> Result<()> {
        let log = Arc::clone(&self.0.state.lock().wal);
        log.sync().map_err(|e| io_error("cannot sync the log", e))
    }

    /// Takes no more lines, ends all tails, and makes what was acknowledged safe. Reads still work.
    ///
    /// # Errors
    /// `Io`.
    pub fn close(&self) -> Result<()> {
        {
            let _appending = self.0.appending.lock();
            self.0.state.lock().is_closed = true;
        }
        self.0.tails.close();
        self.sync()
    }

    /// Goes on with another log when a sync has failed; what the old one holds is safe when it is in blocks.
    fn replace_failed_log(&self, maintenance: &Maintenance) -> Result<()> {
        let has_failed = self.0.state.lock().wal.has_failed();
        if has_failed {
            self.make_log_safe()?;
        }
        let doubtful = self.0.state.lock().doubtful_segment;
        if doubtful == 0 {
            return Ok(());
        }
        self.seal_where(maintenance, |head| head.since.segment <= doubtful)
    }

    fn sync_if_due(&self, maintenance: &mut Maintenance, now_ms: i64) -> Result<()> {
        let is_due = now_ms.abs_diff(maintenance.synced_ms) >= SYNC_INTERVAL_MS.unsigned_abs();
        if !is_due || self.0.options.sync != SyncMode::Interval {
            return Ok(());
        }
        maintenance.synced_ms = now_ms;
        self.make_log_safe()
    }

    /// Seals heads that nothing was added to for a while, that have waited long, or that hold back a log that has grown large.
    fn seal_old(&self, maintenance: &Maintenance, now_ms: i64) -> Result<()> {
        let options = &self.0.options;
        let held_back = {
            let state = self.0.state.lock();
            let old_bytes: u64 = state.old_segments.iter().map(|(_, len_bytes)| len_bytes).sum();
            let is_too_large = old_bytes + state.wal.len_bytes() > options.wal_bytes;
            state.old_segments.first().map(|(segment, _)| *segment).filter(|_| is_too_large)
        };
        self.seal_where(maintenance, |head| {
            now_ms.saturating_sub(head.touched_ms) >= options.idle_seal_ms
                || now_ms.saturating_sub(head.created_ms) >= options.max_head_age_ms
                || held_back.is_some_and(|segment| head.since.segment <= segment)
        })
    }

    fn merge_some(&self, maintenance: &mut Maintenance, now_ms: i64) -> Result<()> {
        for _ in 0..MERGES_AT_ONCE {
            if !self.merge_once(maintenance, now_ms)? {
                break;
            }
        }
        Ok(())
    }

    /// Sets blocks aside that reads have found damaged, and are.
    fn set_suspects_aside(&self) -> Result<()> {
        let inner = &*self.0;
        let suspects = std::mem::take(&mut *inner.suspects.lock());
        for suspect in suspects {
            let is_there = |block: &Arc<Block>| Arc::ptr_eq(block, &suspect);
            if !inner.state.lock().blocks.iter().any(is_there) || !inner.is_damaged(&suspect) {
                continue;
            }
            if let Err(error) = set_aside(&*inner.fs, &suspect.path) {
                inner.suspects.lock().push(suspect);
                return Err(error);
            }
            tracing::error!(path = %suspect.path.display(), "damaged block was set aside");
            let mut state = inner.state.lock();
            Arc::make_mut(&mut state.blocks).retain(|block| !is_there(block));
            drop(state);
            Counters::add(&inner.counters.corruptions, 1);
        }
        Ok(())
    }

    /// Drops the oldest blocks that retention does not keep. Returns the bytes freed.
    pub(crate) fn drop_expired(&self, now_ns: i64) -> Result<u64> {
        let inner = &*self.0;
        let maintenance = inner.maintenance.lock();
        let expired = inner.expired(now_ns)?;
        if expired.is_empty() {
            return Ok(0);
        }
        // As long as the log holds lines of a block, a start would bring them back without it.
        let first_segment = {
            let state = inner.state.lock();
            state.old_segments.first().map_or(state.segment, |(segment, _)| *segment)
        };
        if expired.iter().any(|block| block.meta.through.segment >= first_segment) {
            self.seal_where(&maintenance, |_| true)?;
            self.rotate()?;
            self.drop_segments()?;
        }
        let mut freed_bytes = 0;
        let mut state = inner.state.lock();
        let first_segment = state.old_segments.first().map_or(state.segment, |(segment, _)| *segment);
        let goes = |block: &Arc<Block>| {
            block.meta.through.segment < first_segment && expired.iter().any(|other| Arc::ptr_eq(other, block))
        };
        Arc::make_mut(&mut state.blocks).retain(|block| !goes(block));
        drop(state);
        for block in expired.iter().filter(|block| goes(block)) {
            freed_bytes += block.len_bytes;
            block.doom();
            Counters::add(&inner.counters.blocks_dropped, 1);
        }
        Ok(freed_bytes)
    }

    /// Gives back memory that nobody used for a while.
    fn trim(&self, maintenance: &mut Maintenance, now_ms: i64) {
        let inner = &*self.0;
        if inner.cache.drop_if_idle(now_ms) {
            inner.codec.drop_idle();
        }
        if now_ms.abs_diff(maintenance.trimmed_ms) < TRIM_INTERVAL_MS.unsigned_abs() {
            return;
        }
        maintenance.trimmed_ms = now_ms;
        let mut state = inner.state.lock();
        state.retries.forget_old(now_ms);
        if state.heads.active.is_empty() {
            state.heads.forget_known_streams();
            drop(state);
            inner.codec.drop_idle();
        }
    }
}

impl Inner {
    /// Looks whether there is room for appends.
    pub(crate) fn check_space(&self) {
        let full = match self.fs.space(&self.dir) {
            Ok(space) => (space.available_bytes as f64) < self.options.min_free_share * space.total_bytes as f64,
            Err(error) => {
                tracing::warn!(%error, "cannot tell how full the disk is");
                false
            }
        };
        self.full.store(full, Ordering::Relaxed);
    }

    fn is_damaged(&self, block: &Block) -> bool {
        // Everything is read from the disk again.
        let cache = Cache::new(0);
        let result = Reading { block, cache: &cache, codec: &self.codec }.verify();
        result.is_err_and(|error| error.kind() == ErrorKind::Corrupt)
    }

    /// Blocks that are too old, and the oldest days' as long as all together are too large.
    fn expired(&self, now_ns: i64) -> Result<Vec<Arc<Block>>> {
        let options = &self.options;
        let space = self.fs.space(&self.dir).map_err(|e| io_error("cannot tell how full the disk is", e))?;
        let max_bytes = (space.total_bytes as f64 * options.max_disk_share) as u64;
        let max_bytes = options.max_bytes.unwrap_or(u64::MAX).min(max_bytes);
        let oldest_ns = options
            .retention_ms
            .map_or(i64::MIN, |retention_ms| now_ns.saturating_sub(retention_ms.saturating_mul(1_000_000)));
        let mut blocks: Vec<Arc<Block>> = self.state.lock().blocks.to_vec();
        blocks.sort_by_key(|block| (block.meta.key.day, block.meta.last_ns));
        let mut taken_bytes: u64 = blocks.iter().map(|block| block.len_bytes).sum();
        blocks.retain(|block| {
            let goes = block.meta.last_ns < oldest_ns || taken_bytes > max_bytes;
            if goes {
                taken_bytes -= block.len_bytes;
            }
            goes
        });
        Ok(blocks)
    }
}
