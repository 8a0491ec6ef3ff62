//! What the owner of a store decides.

use durable::SyncMode;

/// Settings of a store.
#[derive(Clone, Debug)]
pub struct LogStoreOptions {
    /// When acknowledged lines become safe from a power cut.
    pub sync: SyncMode,
    /// Lines older than this are dropped, block by block; `None` keeps them.
    pub retention_ms: Option<i64>,
    /// The share of the file system that blocks may take, in parts of one; the oldest days go first.
    pub max_disk_share: f64,
    /// What blocks may take in bytes, if that is less.
    pub max_bytes: Option<u64>,
    /// Below this share of free space, in parts of one, appends are refused with `Full`.
    pub min_free_share: f64,
    /// Text of one group that makes a block.
    pub block_bytes: usize,
    /// Memory of all lines that are in no block yet; beyond it the largest group is sealed first.
    pub head_bytes: usize,
    /// A group is sealed when nothing was added to it for this long.
    pub idle_seal_ms: i64,
    /// A group is sealed when its oldest line has waited this long.
    pub max_head_age_ms: i64,
    /// A file of the write-ahead log that is larger is followed by another one.
    pub wal_segment_bytes: u64,
    /// Beyond this size of the whole log the groups that hold its oldest file back are sealed.
    pub wal_bytes: u64,
    /// Bytes of decoded blocks kept in memory between reads; dropped when nobody reads for a while.
    pub cache_bytes: usize,
}

impl Default for LogStoreOptions {
    /// 30 days, at most a fifth of the disk, none below 5 % free.
    fn default() -> LogStoreOptions {
        LogStoreOptions {
            sync: SyncMode::Interval,
            retention_ms: Some(30 * 86_400_000),
            max_disk_share: 0.2,
            max_bytes: None,
            min_free_share: 0.05,
            block_bytes: 4 << 20,
            head_bytes: 32 << 20,
            idle_seal_ms: 30 * 60_000,
            max_head_age_ms: 120 * 60_000,
            wal_segment_bytes: 16 << 20,
            wal_bytes: 256 << 20,
            cache_bytes: 16 << 20,
        }
    }
}
