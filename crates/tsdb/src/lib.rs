//! Menara's embedded metric engine.
//!
//! Samples go into the *head*: per group (one target, one sender) a timestamp column, per series a compressed tail that holds row numbers and
//! values. Each batch is one record of a write-ahead log. Every half hour the head's generation is sealed into an immutable *block* file;
//! blocks are merged to four hours, then to a day, and dropped by retention. Queries read blocks and head alike and yield batches of series
//! that share their timestamps.
//!
//! **Acknowledged is kept**: what `append` returned survives a kill, and a power cut as far as [`Options::sync`] says.
//! **Damage is not served**: every byte on disk stands under a CRC32C that is checked before use.
//!
//! Start reading at [`Tsdb`] in `store.rs`; then `head.rs`, `wal.rs`, `block.rs`, `query.rs`. The files are drawn in `docs/format/`.

mod bits;
mod block;
mod error;
mod head;
mod listing;
mod maintenance;
mod matching;
mod merge;
mod metadata;
mod open;
mod options;
mod query;
mod seal;
mod stats;
mod store;
mod wal;

pub use durable::SyncMode;
pub use options::Options;
pub use stats::Stats;
pub use store::Tsdb;
