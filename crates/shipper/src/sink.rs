//! Where lines go.

use storage::logs::{SourceId, SourceRange, StreamLines};

/// Lines that are taken as a whole or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The lines by stream, each stream once.
    pub streams: &'a [StreamLines<'a>],
    /// The part of a source that they are.
    pub range: SourceRange,
    /// Whether the lines bring their own times, which may lie anywhere: the log of a container is taken up whole, however old it is. Else the
    /// time is that of reading.
    pub own_times: bool,
}

/// Takes lines and remembers, with the same write, how far each source was taken.
pub trait LineSink: Send + Sync {
    /// Takes the lines of a part of a source. When it returns, they are acknowledged: they survive a kill, and
    /// [`source_end`](LineSink::source_end) gives the end of the range.
    ///
    /// # Errors
    /// As [`storage::logs::LogStore::append`]; the shipper asks where the source ends and tries again.
    fn deliver(&self, delivery: &Delivery<'_>) -> storage::Result<()>;

    /// Where the acknowledged lines of a source end; `None` for a source never seen.
    ///
    /// # Errors
    /// As [`storage::logs::LogStore::source_end`].
    fn source_end(&self, source: SourceId) -> storage::Result<Option<u64>>;
}
