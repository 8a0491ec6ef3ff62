//! Where lines go.

use model::Labels;
use storage::logs::{LineEntry, SourceId, SourceRange};

/// Takes lines and remembers, with the same write, how far each source was taken.
pub trait LineSink: Send + Sync {
    /// Takes the lines of a part of a source. When it returns, they are acknowledged: they survive a kill, and
    /// [`source_end`](LineSink::source_end) gives the end of the range.
    ///
    /// # Errors
    /// As [`storage::logs::LogStore::append`]; the shipper asks where the source ends and tries again.
    fn deliver(&self, labels: &Labels, lines: &[LineEntry<'_>], range: SourceRange) -> storage::Result<()>;

    /// Where the acknowledged lines of a source end; `None` for a source never seen.
    ///
    /// # Errors
    /// As [`storage::logs::LogStore::source_end`].
    fn source_end(&self, source: SourceId) -> storage::Result<Option<u64>>;
}
