//! What the owner of a store decides.

use durable::SyncMode;

/// Settings of a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// Secret seed of series identities; used only when the store is created and kept with it from then on.
    pub new_store_seed: u64,
    /// When acknowledged samples become safe from a power cut.
    pub sync: SyncMode,
    /// Samples older than this are dropped, block by block; `None` keeps them.
    pub retention_ms: Option<i64>,
    /// The share of the file system that blocks may take, in parts of one; the oldest go first.
    pub max_disk_share: f64,
    /// Below this share of free space, in parts of one, appends are refused with `Full`.
    pub min_free_share: f64,
    /// A generation is sealed when the clock enters the next interval of this length.
    pub seal_interval_ms: i64,
    /// A generation is sealed early beyond this many bytes of samples in memory.
    pub seal_bytes: usize,
    /// Bytes of block indexes kept in memory between queries.
    pub index_cache_bytes: usize,
    /// Samples further ahead of the clock than this are refused.
    pub max_future_ms: i64,
}

impl Default for Options {
    /// 90 days, at most a fifth of the disk, none below 5 % free; seals each half hour.
    fn default() -> Options {
        Options {
            new_store_seed: 0,
            sync: SyncMode::Interval,
            retention_ms: Some(90 * 86_400_000),
            max_disk_share: 0.2,
            min_free_share: 0.05,
            seal_interval_ms: 1_800_000,
            seal_bytes: 256 << 20,
            index_cache_bytes: 32 << 20,
            max_future_ms: 600_000,
        }
    }
}
