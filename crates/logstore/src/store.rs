//! The store: its state, and the calls of the storage trait.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use durable::{FileSystem, LogWriter, SyncMode};
use model::{Clock, Matcher};
use parking_lot::Mutex;
use storage::logs::{
    BodyDecoder, CountSeries, CountUnit, LineStream, NanoGrid, NanoRange, SourceId, Stream, StreamVolume, TailGuard,
    TailSink,
};
use storage::{CancelToken, Error, ErrorKind, LineQuery, LogAck, LogBatch, LogLimits, LogStore, Result, TenantId};

use crate::block::{Block, Cache, Codec};
use crate::error::io_error;
use crate::head::{Heads, KnownStream, Moment};
use crate::options::LogStoreOptions;
use crate::query;
use crate::retries::Retries;
use crate::stats::{Counters, LogStats};
use crate::tail::Tails;
use crate::wal::{self, Position};

/// A buffer for records that is larger is not kept.
const KEPT_BUFFER_BYTES: usize = 1 << 20;
/// When heads cannot be sealed, appends are refused beyond this many times their budget.
const MAX_OVER_BUDGET: usize = 4;

/// An embedded log store in one directory. Cloning shares it.
///
/// The owner calls [`EmbeddedLogStore::maintain`] about each second; nothing happens in the background by itself.
#[derive(Clone, Debug)]
pub struct EmbeddedLogStore(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) fs: Arc<dyn FileSystem>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: LogStoreOptions,
    pub(crate) decoder: Arc<dyn BodyDecoder>,
    /// Held across the write of a record and what follows from it, so that `state` is not; and by whoever begins another log file or closes
    /// the store. Taken before `state`.
    pub(crate) appending: Mutex<()>,
    pub(crate) state: Mutex<State>,
    pub(crate) next_sequence: AtomicU64,
    pub(crate) cache: Cache,
    pub(crate) codec: Codec,
    pub(crate) tails: Arc<Tails>,
    pub(crate) counters: Counters,
    pub(crate) full: AtomicBool,
    /// Blocks that a read found damaged.
    pub(crate) suspects: Mutex<Vec<Arc<Block>>>,
    /// Held by whoever changes the set of blocks or of log files: one at a time.
    pub(crate) maintenance: Mutex<Maintenance>,
    buffer: Mutex<Vec<u8>>,
}

/// What only maintenance knows.
#[derive(Debug, Default)]
pub(crate) struct Maintenance {
    /// Files of attempts that failed, which must be gone before the next one.
    pub(crate) leftovers: Vec<PathBuf>,
    pub(crate) synced_ms: i64,
    pub(crate) trimmed_ms: i64,
}

/// Heads, blocks and log. Never held over reads and writes of files.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) heads: Heads,
    /// Shared with readers; replaced as a whole.
    pub(crate) blocks: Arc<Vec<Arc<Block>>>,
    pub(crate) retries: Retries,
    pub(crate) wal: Arc<LogWriter>,
    pub(crate) segment: u64,
    /// Finished files of the log that are still there, oldest first, with their lengths.
    pub(crate) old_segments: Vec<(u64, u64)>,
    /// Up to this file a sync of the log has failed: lines of it that are in no block are not safe from a power cut.
    pub(crate) doubtful_segment: u64,
    pub(crate) is_closed: bool,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("dir", &self.dir).field("options", &self.options).finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn new(
        place: (PathBuf, Arc<dyn FileSystem>),
        options: LogStoreOptions,
        decoder: Arc<dyn BodyDecoder>,
        clock: Arc<dyn Clock>,
        state: State,
        counters: Counters,
    ) -> Inner {
        let (dir, fs) = place;
        let maintenance = Maintenance { synced_ms: clock.now_ms(), ..Maintenance::default() };
        Inner {
            dir,
            fs,
            clock,
            cache: Cache::new(options.cache_bytes),
            options,
            decoder,
            appending: Mutex::new(()),
            state: Mutex::new(state),
            next_sequence: AtomicU64::new(1),
            codec: Codec::default(),
            tails: Arc::default(),
            counters,
            full: AtomicBool::new(false),
            suspects: Mutex::default(),
            maintenance: Mutex::new(maintenance),
            buffer: Mutex::default(),
        }
    }

    pub(crate) fn blocks_dir(dir: &Path) -> PathBuf {
        dir.join("blocks")
    }

    pub(crate) fn wal_dir(dir: &Path) -> PathBuf {
        dir.join("wal")
    }

    /// Takes note of a block that a read found damaged; maintenance looks at it.
    pub(crate) fn suspect(&self, block: &Arc<Block>, error: &Error) {
        if error.kind() == ErrorKind::Corrupt {
            tracing::error!(%error, "block is damaged");
            self.suspects.lock().push(Arc::clone(block));
        }
    }

    fn append(&self, tenant: TenantId, batch: &LogBatch<'_>) -> Result<LogAck> {
        check(batch)?;
        self.check_room()?;
        let n_lines: u64 = batch.streams.iter().map(|stream| stream.lines.len() as u64).sum();
        if n_lines == 0 && batch.token.is_none() && batch.source.is_none() {
            return Ok(LogAck::default());
        }
        let mut record = std::mem::take(&mut *self.buffer.lock());
        record.clear();
        wal::encode(&mut record, tenant, batch);
        let written = self.write(tenant, batch, &record);
        if record.capacity() <= KEPT_BUFFER_BYTES {
            *self.buffer.lock() = record;
        }
        let (log, end_bytes, repeated) = written?;
        if self.options.sync == SyncMode::Always {
            log.sync_to(end_bytes).map_err(|e| io_error("cannot sync the log", e))?;
        }
        if repeated {
            Counters::add(&self.counters.batches_repeated, 1);
            return Ok(LogAck { lines: 0, repeated });
        }
        let lines = || batch.streams.iter().flat_map(|stream| stream.lines);
        Counters::add(&self.counters.lines_appended, n_lines);
        Counters::add(&self.counters.bytes_appended, lines().map(|line| line.line.len() as u64).sum());
        self.tails.publish(tenant, batch);
        Ok(LogAck { lines: n_lines, repeated })
    }

    /// Writes the record and adds the lines to the heads. Returns the log and the position to sync, and whether the batch was known.
    fn write(&self, tenant: TenantId, batch: &LogBatch<'_>, record: &[u8]) -> Result<(Arc<LogWriter>, u64, bool)> {
        let now_ms = self.clock.now_ms();
        let _appending = self.appending.lock();
        let (streams, log, segment) = {
            let state = &mut *self.state.lock();
            if state.is_closed {
                return Err(Error::new(ErrorKind::Closed, "the log store is shutting down"));
            }
            if state.retries.knows(tenant, batch.token, batch.source) {
                let is_doubtful = state.heads.all().any(|head| head.since.segment <= state.doubtful_segment);
                if self.options.sync == SyncMode::Always && is_doubtful {
                    return Err(Error::new(ErrorKind::Io, "the log could not be synced since the batch was written"));
                }
                return Ok((Arc::clone(&state.wal), state.wal.len_bytes(), true));
            }
            let streams = batch.streams.iter().map(|stream| state.heads.stream(stream.labels));
            let streams = streams.collect::<std::result::Result<Vec<KnownStream>, _>>();
            let streams =
                streams.map_err(|e| Error::with_source(ErrorKind::Invalid, "stream labels make no sense", e))?;
            (streams, Arc::clone(&state.wal), state.segment)
        };
        let end_bytes = log.append(record).map_err(|e| io_error("cannot write the log", e))?;
        let moment = Moment { position: Position { segment, end_bytes }, now_ms };
        let mut state = self.state.lock();
        for (stream, known) in batch.streams.iter().zip(&streams) {
            state.heads.push(tenant.0, known, stream.lines, moment, &|_| false);
        }
        state.retries.remember(tenant, batch.token, batch.source, now_ms);
        Ok((log, end_bytes, false))
    }

    fn check_room(&self) -> Result<()> {
        if self.full.load(Ordering::Relaxed) {
            let share = self.options.min_free_share * 100.0;
            let message = format!("less than {share} % of the disk is free, so no lines are taken until there is room");
            return Err(Error::new(ErrorKind::Full, message));
        }
        if self.state.lock().heads.size_bytes() / MAX_OVER_BUDGET > self.options.head_bytes {
            let message = "lines could not be moved to blocks, so no more are taken until that works again";
            return Err(Error::new(ErrorKind::Io, message));
        }
        Ok(())
    }
}

/// A batch's own rules.
fn check(batch: &LogBatch<'_>) -> Result<()> {
    let body_bytes = batch.body.map_or(0, |body| body.bytes.len() + body.left_out.len() * 5);
    let lines = batch.streams.iter().flat_map(|stream| stream.lines);
    let text_bytes: usize = lines.map(|line| line.line.len() + line.metadata.len() + 30).sum();
    let label_bytes: usize = batch.streams.iter().map(|stream| stream.labels.len() + 20).sum();
    if body_bytes.max(text_bytes + label_bytes) > durable::log::MAX_RECORD_BYTES - 256 {
        return Err(Error::new(ErrorKind::Invalid, "batch is too large"));
    }
    if batch.source.is_some_and(|range| range.from > range.to) {
        return Err(Error::new(ErrorKind::Invalid, "a source range ends before it begins"));
    }
    let ascends = |left_out: &[u32]| left_out.windows(2).all(|pair| pair[0] < pair[1]);
    if batch.body.is_some_and(|body| !ascends(body.left_out)) {
        return Err(Error::new(ErrorKind::Invalid, "lines left out of a batch do not ascend"));
    }
    Ok(())
}

impl EmbeddedLogStore {
    /// Counters and sizes at this moment.
    #[must_use]
    pub fn stats(&self) -> LogStats {
        let inner = &*self.0;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &inner.counters;
        let (mut stats, blocks) = {
            let state = inner.state.lock();
            let old_bytes: u64 = state.old_segments.iter().map(|(_, len_bytes)| len_bytes).sum();
            let stats = LogStats {
                head_lines: state.heads.all().map(|head| head.n_rows).sum(),
                head_bytes: state.heads.size_bytes() as u64,
                wal_bytes: state.wal.len_bytes() + old_bytes,
                ..LogStats::default()
            };
            (stats, Arc::clone(&state.blocks))
        };
        for block in blocks.iter() {
            stats.blocks += 1;
            stats.block_bytes += block.len_bytes;
            stats.block_lines += block.meta.n_rows;
            stats.block_text_bytes += block.meta.text_bytes;
        }
        LogStats {
            lines_appended: count(&counters.lines_appended),
            bytes_appended: count(&counters.bytes_appended),
            batches_repeated: count(&counters.batches_repeated),
            batches_failed: count(&counters.batches_failed),
            seals: count(&counters.seals),
            seals_failed: count(&counters.seals_failed),
            merges: count(&counters.merges),
            blocks_dropped: count(&counters.blocks_dropped),
            corruptions: count(&counters.corruptions),
            replayed_batches: count(&counters.replayed_batches),
            wal_discarded_bytes: count(&counters.wal_discarded_bytes),
            full: inner.full.load(Ordering::Relaxed),
            ..stats
        }
    }
}

impl LogStore for EmbeddedLogStore {
    fn append(&self, tenant: TenantId, batch: &LogBatch<'_>) -> Result<LogAck> {
        let result = self.0.append(tenant, batch);
        match &result {
            // The batch is acknowledged whatever becomes of this.
            Ok(_) => self.relieve_head(),
            Err(_) => Counters::add(&self.0.counters.batches_failed, 1),
        }
        result
    }

    fn source_end(&self, tenant: TenantId, source: SourceId) -> Result<Option<u64>> {
        Ok(self.0.state.lock().retries.end(tenant, source))
    }

    fn select_streams(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<Vec<Stream>> {
        query::streams(&self.0, tenant, selectors, range, limits, cancel)
    }

    fn select_lines<'a>(
        &'a self,
        tenant: TenantId,
        query: LineQuery,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<LineStream<'a>> {
        Ok(Box::new(query::Lines::new(&self.0, tenant, query, limits, cancel)))
    }

    fn count_grid(
        &self,
        tenant: TenantId,
        unit: &CountUnit<'_>,
        grid: NanoGrid,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<Option<Vec<CountSeries>>> {
        query::count_grid(&self.0, tenant, unit, grid, limits, cancel)
    }

    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        query::label_names(&self.0, tenant, selectors, range, cancel)
    }

    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        query::label_values(&self.0, tenant, name, selectors, range, cancel)
    }

    fn volumes(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<StreamVolume>> {
        query::volumes(&self.0, tenant, selectors, range, cancel)
    }

    fn tail(&self, tenant: TenantId, matchers: Vec<Matcher>, sink: Box<dyn TailSink>) -> Result<TailGuard> {
        self.0.tails.add(tenant, matchers, sink)
    }

    fn enforce_retention(&self, now_ns: i64) -> Result<u64> {
        self.drop_expired(now_ns)
    }
}
