//! The store: its state, and the calls of the storage trait.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use durable::{FileSystem, LogWriter, SyncMode};
use model::{Clock, Matcher, Metadata};
use parking_lot::{Mutex, RwLock};
use storage::{
    Ack, AppendBatch, CancelToken, Cardinality, Error, ErrorKind, Limits, MetricStore, Reduce, Result, RowValue,
    SampleStream, SelectHints, Series, TenantId, TimeRange,
};

use crate::block::BlockReader;
use crate::error::io_error;
use crate::head::{AppendPlan, Head, RowInput};
use crate::metadata::MetadataFile;
use crate::options::Options;
use crate::query::{Plan, SelectStream};
use crate::stats::{Counters, Stats};
use crate::{listing, wal};

/// An embedded metric store in one directory. Cloning shares it.
///
/// The owner calls [`Tsdb::tick`] about each second; nothing happens in the background by itself.
#[derive(Clone, Debug)]
pub struct Tsdb(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) dir: PathBuf,
    pub(crate) fs: Arc<dyn FileSystem>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    /// Held from the decision what a batch becomes until that is done, across the write to the log, so that `state` is not; and by whoever
    /// starts a generation or frees slots, on which such a decision rests. Taken before `state`.
    pub(crate) appending: Mutex<()>,
    pub(crate) state: RwLock<State>,
    /// Blocks in the order of their age. Taken after `state` where both are.
    pub(crate) blocks: RwLock<Vec<Arc<BlockReader>>>,
    pub(crate) next_sequence: AtomicU64,
    pub(crate) metadata: Mutex<MetadataFile>,
    pub(crate) counters: Counters,
    pub(crate) full: AtomicBool,
    /// Counts queries, to know which block indexes were used last.
    queries: AtomicU64,
    /// Held by whoever changes the set of blocks: one seal, merge or retention run at a time.
    pub(crate) maintenance: Mutex<()>,
}

/// The head and the log of its active generation.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) head: Head,
    pub(crate) wal: Arc<LogWriter>,
    /// When the active generation got its first sample, by the clock; 0 while it has none.
    pub(crate) generation_started_ms: i64,
    /// By the clock.
    pub(crate) synced_ms: i64,
}

impl Tsdb {
    /// Directory of the blocks.
    pub(crate) fn blocks_dir(dir: &Path) -> PathBuf {
        dir.join("blocks")
    }

    /// Directory of the logs.
    pub(crate) fn wal_dir(dir: &Path) -> PathBuf {
        dir.join("wal")
    }

    /// Counters and sizes at this moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let inner = &*self.0;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut stats = {
            let state = inner.state.read();
            Stats {
                head_series: state.head.table.len() as u64,
                head_samples: state.head.generations().map(|g| g.n_samples).sum(),
                head_bytes: state.head.generations().map(|g| g.size_bytes() as u64).sum(),
                wal_bytes: state.wal.len_bytes(),
                ..Stats::default()
            }
        };
        for block in inner.blocks.read().iter() {
            stats.blocks += 1;
            stats.block_bytes += block.len_bytes;
            stats.block_samples += block.meta.n_samples;
        }
        let counters = &inner.counters;
        stats.samples_appended = count(&counters.samples_appended);
        stats.samples_refused = count(&counters.samples_refused);
        stats.batches_failed = count(&counters.batches_failed);
        stats.seals = count(&counters.seals);
        stats.seals_failed = count(&counters.seals_failed);
        stats.merges = count(&counters.merges);
        stats.blocks_dropped = count(&counters.blocks_dropped);
        stats.corruptions = count(&counters.corruptions);
        stats.replayed_batches = count(&counters.replayed_batches);
        stats.wal_discarded_bytes = count(&counters.wal_discarded_bytes);
        stats.full = inner.full.load(Ordering::Relaxed);
        stats
    }

    pub(crate) fn assemble(
        dir: PathBuf,
        fs: Arc<dyn FileSystem>,
        clock: Arc<dyn Clock>,
        options: Options,
        parts: Parts,
    ) -> Tsdb {
        let now_ms = clock.now_ms();
        let generation_started_ms = if parts.head.active.is_empty() { 0 } else { now_ms };
        let state = State { head: parts.head, wal: Arc::new(parts.wal), generation_started_ms, synced_ms: now_ms };
        let next_sequence = parts.blocks.iter().map(|block| block.meta.sequence + 1).max().unwrap_or(1);
        Tsdb(Arc::new(Inner {
            dir,
            fs,
            clock,
            options,
            appending: Mutex::new(()),
            state: RwLock::new(state),
            blocks: RwLock::new(parts.blocks),
            next_sequence: AtomicU64::new(next_sequence.max(parts.next_sequence)),
            metadata: Mutex::new(parts.metadata),
            counters: parts.counters,
            full: AtomicBool::new(false),
            queries: AtomicU64::new(0),
            maintenance: Mutex::new(()),
        }))
    }

    /// The times that appends may carry.
    fn bounds(&self) -> TimeRange {
        let now_ms = self.0.clock.now_ms();
        let start_ms = self.0.options.retention_ms.map_or(i64::MIN, |retention_ms| now_ms.saturating_sub(retention_ms));
        TimeRange { start_ms, end_ms: now_ms.saturating_add(self.0.options.max_future_ms) }
    }

    fn append_rows(&self, batch: &AppendBatch<'_>, values: &[u64]) -> Result<Ack> {
        let inner = &*self.0;
        let seed = inner.state.read().head.table.seed();
        // The labels are hashed before the lock is taken: this is most of the work.
        let hashes: Vec<u128> = batch.rows.iter().map(|row| crate::head::series_id(seed, row.labels)).collect();
        let bounds = self.bounds();
        let appending = inner.appending.lock();
        let (plan, record, log) = {
            let mut guard = inner.state.write();
            let state = &mut *guard;
            let series_before = state.head.table.len();
            let (rows, n_bad_labels) = identify(&mut state.head, batch, &hashes, values);
            let mut plan = state.head.plan(batch.group, batch.token, batch.times_ms, &rows, bounds);
            plan.ack.bad_labels = n_bad_labels;
            plan.ack.new_series = (state.head.table.len() - series_before) as u64;
            let is_empty = plan.accepted.rows.is_empty();
            let record = (!is_empty).then(|| wal::encode(&state.head, plan.group, &plan.accepted));
            (plan, record, Arc::clone(&state.wal))
        };
        let Some(record) = record else {
            drop(appending);
            // A retry may repeat what the log has but the disk has not.
            self.finish_append(&log, log.len_bytes())?;
            return Ok(plan.ack);
        };
        let position = log.append(&record).map_err(|e| io_error("cannot write the log", e))?;
        self.apply(&plan);
        drop(appending);
        self.finish_append(&log, position)?;
        Ok(plan.ack)
    }

    /// Does what was decided and logged.
    fn apply(&self, plan: &AppendPlan) {
        let mut state = self.0.state.write();
        wal::mark_logged(&mut state.head, plan.group, &plan.accepted);
        if state.head.active.is_empty() {
            state.generation_started_ms = self.0.clock.now_ms();
        }
        state.head.apply(plan.group, &plan.accepted);
    }

    /// Waits for the disk if the settings say so.
    fn finish_append(&self, log: &LogWriter, position: u64) -> Result<()> {
        match self.0.options.sync {
            SyncMode::Always => log.sync_to(position).map_err(|e| io_error("cannot sync the log", e)),
            SyncMode::Interval | SyncMode::Os => Ok(()),
        }
    }

    fn plan_select(
        &self,
        matchers: &[Matcher],
        range: TimeRange,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Plan> {
        let (plan, blocks) = {
            // Both are held together, so that no sample moves from the head into a block in between and is missed or seen twice;
            // nothing is read from the disk meanwhile.
            let state = self.0.state.read();
            let blocks = self.0.blocks.read();
            let blocks: Vec<Arc<BlockReader>> =
                blocks.iter().filter(|block| block.meta.range.overlaps(range)).cloned().collect();
            (Plan::of_head(&state.head, blocks.len(), matchers, range, limits)?, blocks)
        };
        plan.with_blocks(&blocks, self.next_query(), matchers, limits, cancel)
    }

    pub(crate) fn next_query(&self) -> u64 {
        self.0.queries.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// What opening a store has found.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) head: Head,
    pub(crate) wal: LogWriter,
    pub(crate) blocks: Vec<Arc<BlockReader>>,
    /// No block with this number or a larger one was ever written.
    pub(crate) next_sequence: u64,
    pub(crate) metadata: MetadataFile,
    pub(crate) counters: Counters,
}

/// Finds the slot of each row, by guess and by map; new series are added. Returns the rows and how many had labels that are none.
fn identify(head: &mut Head, batch: &AppendBatch<'_>, hashes: &[u128], values: &[u64]) -> (Vec<RowInput>, u64) {
    let mut rows = Vec::with_capacity(batch.rows.len());
    let mut n_bad_labels = 0;
    let mut previous: Option<u32> = None;
    for ((row, &hash), &value_bits) in batch.rows.iter().zip(hashes).zip(values) {
        let guess = previous.and_then(|slot| head.successors.get(slot as usize).copied());
        let guess = guess.filter(|&slot| (slot as usize) < head.table.len() && head.table.id(slot) == hash);
        let slot = match guess.or_else(|| head.table.find(hash)) {
            Some(slot) => slot,
            None => match head.table.insert(hash, row.labels) {
                Ok((slot, _)) => slot,
                Err(_) => {
                    n_bad_labels += 1;
                    continue;
                }
            },
        };
        if let Some(previous) = previous {
            if head.successors.len() <= previous as usize {
                head.successors.resize(head.table.len(), 0);
            }
            head.successors[previous as usize] = slot;
        }
        previous = Some(slot);
        rows.push(RowInput { slot, time: row.time, value_bits });
    }
    (rows, n_bad_labels)
}

fn only_default_tenant(tenant: TenantId) -> Result<()> {
    if tenant == TenantId::default() {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::NotBuilt, "not built yet: more than one tenant in the embedded metric store"))
    }
}

/// The value bits of all rows, after a look at the batch's own rules.
fn checked_values(batch: &AppendBatch<'_>) -> Result<Vec<u64>> {
    if !batch.times_ms.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(Error::new(ErrorKind::Invalid, "timestamps of a batch do not ascend"));
    }
    let mut values = Vec::with_capacity(batch.rows.len());
    for row in batch.rows {
        if row.time as usize >= batch.times_ms.len() {
            return Err(Error::new(ErrorKind::Invalid, "row of a batch points behind its timestamps"));
        }
        match row.value {
            RowValue::Float(value) => values.push(value.to_bits()),
            RowValue::Histogram(_) => {
                return Err(Error::new(
                    ErrorKind::NotBuilt,
                    "not built yet: native histograms in the embedded metric store",
                ));
            }
        }
    }
    Ok(values)
}

impl MetricStore for Tsdb {
    fn append(&self, tenant: TenantId, batch: &AppendBatch<'_>) -> Result<Ack> {
        only_default_tenant(tenant)?;
        let inner = &*self.0;
        let result = checked_values(batch).and_then(|values| {
            if inner.full.load(Ordering::Relaxed) {
                let share = inner.options.min_free_share * 100.0;
                return Err(Error::new(
                    ErrorKind::Full,
                    format!("less than {share} % of the disk is free, so no samples are taken until there is room"),
                ));
            }
            self.append_rows(batch, &values)
        });
        match &result {
            Ok(ack) => {
                Counters::add(&inner.counters.samples_appended, ack.appended);
                Counters::add(&inner.counters.samples_refused, ack.conflicting + ack.bad_labels + ack.out_of_bounds);
            }
            Err(_) => Counters::add(&inner.counters.batches_failed, 1),
        }
        result
    }

    fn select_series(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Vec<Series>> {
        only_default_tenant(tenant)?;
        let mut found: Vec<Series> = Vec::new();
        for matchers in selectors {
            let plan = self.plan_select(matchers, range, limits, cancel)?;
            for planned in plan.series {
                let mut in_range = false;
                for &(source, item) in &planned.items {
                    cancel.check()?;
                    let times_ms = plan.sources[source as usize].times_ms(item)?;
                    let first = times_ms.partition_point(|&t| t < range.start_ms);
                    in_range |= times_ms.get(first).is_some_and(|&t| t <= range.end_ms);
                }
                if in_range {
                    found.push(Series::clone(&planned.series));
                }
            }
        }
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        found.dedup_by_key(|series| series.id);
        Ok(found)
    }

    fn select<'a>(
        &'a self,
        tenant: TenantId,
        matchers: &'a [Matcher],
        hints: &SelectHints,
        _reduce: Reduce,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<SampleStream<'a>> {
        only_default_tenant(tenant)?;
        let plan = self.plan_select(matchers, hints.range, limits, cancel)?;
        Ok(Box::new(SelectStream::new(plan, hints.range, cancel.clone())))
    }

    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        only_default_tenant(tenant)?;
        listing::label_names(self, selectors, range, cancel)
    }

    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        only_default_tenant(tenant)?;
        listing::label_values(self, name, selectors, range, cancel)
    }

    fn cardinality(&self, tenant: TenantId, top: usize, _cancel: &CancelToken) -> Result<Cardinality> {
        only_default_tenant(tenant)?;
        Ok(listing::cardinality(&self.0.state.read().head.table, top))
    }

    fn put_metadata(&self, tenant: TenantId, entries: &[(&str, Metadata)]) -> Result<()> {
        only_default_tenant(tenant)?;
        self.0.metadata.lock().put(&*self.0.fs, entries)
    }

    fn metadata(&self, tenant: TenantId, name: Option<&str>) -> Result<Vec<(String, Vec<Metadata>)>> {
        only_default_tenant(tenant)?;
        Ok(self.0.metadata.lock().get(name))
    }

    fn enforce_retention(&self, now_ms: i64) -> Result<u64> {
        self.drop_expired(now_ms)
    }
}
