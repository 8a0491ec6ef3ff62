//! Counters of a store, for its owner's metrics page.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the store was opened; each only grows.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) lines_appended: AtomicU64,
    pub(crate) bytes_appended: AtomicU64,
    pub(crate) batches_repeated: AtomicU64,
    pub(crate) batches_failed: AtomicU64,
    pub(crate) seals: AtomicU64,
    pub(crate) seals_failed: AtomicU64,
    pub(crate) merges: AtomicU64,
    pub(crate) blocks_dropped: AtomicU64,
    pub(crate) corruptions: AtomicU64,
    pub(crate) replayed_batches: AtomicU64,
    pub(crate) wal_discarded_bytes: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}

/// A store at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogStats {
    /// Lines written since the store was opened.
    pub lines_appended: u64,
    /// Bytes of their texts.
    pub bytes_appended: u64,
    /// Batches recognised as retries.
    pub batches_repeated: u64,
    /// Batches of which nothing was acknowledged.
    pub batches_failed: u64,
    /// Groups that became blocks.
    pub seals: u64,
    /// Attempts to seal that failed; they are repeated.
    pub seals_failed: u64,
    /// Merges of blocks.
    pub merges: u64,
    /// Blocks dropped by retention.
    pub blocks_dropped: u64,
    /// Damaged blocks and logs found and set aside.
    pub corruptions: u64,
    /// Batches read back from the log at the start.
    pub replayed_batches: u64,
    /// Bytes at the ends of logs that were cut short or damaged.
    pub wal_discarded_bytes: u64,
    /// Lines that are not in a block yet.
    pub head_lines: u64,
    /// Bytes that they take in memory.
    pub head_bytes: u64,
    /// Blocks.
    pub blocks: u64,
    /// Bytes of all blocks.
    pub block_bytes: u64,
    /// Lines in blocks.
    pub block_lines: u64,
    /// Bytes of the texts in blocks.
    pub block_text_bytes: u64,
    /// Bytes of all files of the write-ahead log.
    pub wal_bytes: u64,
    /// Whether appends are refused because the disk is nearly full.
    pub full: bool,
}
