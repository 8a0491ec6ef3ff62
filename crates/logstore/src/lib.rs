//! Menara's embedded log engine.
//!
//! Lines go into a *head* per tenant, day and group of streams that look alike (same job, app, container; hosts and files may differ). Each batch
//! is one record of a write-ahead log: the request body as it came, or the lines. A head that has grown large or old is sealed into an immutable
//! *block*: its lines sorted by stream and time, times, lengths and structured metadata in columns, texts in compressed frames. Queries search
//! heads and blocks alike and read no more of a block than they need.
//!
//! **Acknowledged is kept**: what `append` returned survives a kill, and a power cut as far as [`LogStoreOptions::sync`] says; a retry is kept once.
//! **Damage is not served**: every byte on disk stands under a CRC32C that is checked before use.
//!
//! Start reading at [`EmbeddedLogStore`] in `store.rs`; then `head.rs`, `wal.rs`, `seal.rs`, `block.rs`, `query.rs`. The files are drawn in
//! `docs/format/`.

mod block;
mod error;
mod head;
mod key;
mod maintenance;
mod merge;
mod open;
mod options;
mod query;
mod retries;
mod seal;
mod stats;
mod store;
mod tail;
mod wal;

pub use durable::SyncMode;
pub use options::LogStoreOptions;
pub use stats::LogStats;
pub use store::EmbeddedLogStore;
