//! Turning a generation into a block.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use durable::LogWriter;
use hashbrown::HashMap;
use storage::Result;

use crate::block::{self, BlockMeta, BlockPlan, BlockReader, BlockSeries, Runs, TimeColumn};
use crate::error::io_error;
use crate::head::{Generation, SeriesTable};
use crate::stats::Counters;
use crate::store::Tsdb;
use crate::wal;

impl Tsdb {
    /// Writes everything in the head to blocks. Appends go on meanwhile; queries see each sample exactly once at any moment.
    ///
    /// # Errors
    /// `Io` or `Full`; the samples then stay in the head and in the log, and the next call tries again.
    pub fn seal(&self) -> Result<()> {
        let _guard = self.0.maintenance.lock();
        let result = self.begin_generation().and_then(|()| self.seal_frozen());
        if result.is_err() {
            Counters::add(&self.0.counters.seals_failed, 1);
        }
        result
    }

    /// Freezes the active generation and starts the next with a log of its own. An empty generation goes on, unless its log has failed.
    fn begin_generation(&self) -> Result<()> {
        let inner = &*self.0;
        let next = {
            let state = inner.state.read();
            if state.head.active.is_empty() && !state.wal.has_failed() {
                return Ok(());
            }
            state.head.active.number + 1
        };
        let failed = |e| io_error("cannot start a log", e);
        let path = wal::path(&Tsdb::wal_dir(&inner.dir), next);
        // A file of this name is left from an attempt that failed before anything was written to it.
        inner.fs.remove(&path).map_err(failed)?;
        let log = LogWriter::create(&*inner.fs, &path, wal::MAGIC, wal::VERSION).map_err(failed)?;
        let appending = inner.appending.lock();
        let tokens = wal::encode_tokens(&inner.state.read().head);
        if let Some(tokens) = tokens {
            log.append(&tokens).map_err(failed)?;
        }
        let mut state = inner.state.write();
        state.head.freeze(next);
        let frozen_log = std::mem::replace(&mut state.wal, Arc::new(log));
        state.generation_started_ms = 0;
        drop(state);
        drop(appending);
        // From now on the regular syncs go to the new log, and the seal may take long or fail for long.
        if frozen_log.has_failed() { Ok(()) } else { frozen_log.sync().map_err(failed) }
    }

    /// Writes the blocks of all frozen generations, oldest first.
    fn seal_frozen(&self) -> Result<()> {
        let inner = &*self.0;
        loop {
            let Some(generation) = inner.state.read().head.frozen.first().cloned() else { return Ok(()) };
            // The tokens of the old log stand in the newer one. They must be safe before there is a block, because a start that finds
            // the block does not look into the old log any more.
            self.sync()?;
            let block = if generation.is_empty() { None } else { Some(self.write_generation(&generation)?) };
            let n_sealed = u64::from(block.is_some());
            {
                let _appending = inner.appending.lock();
                let mut state = inner.state.write();
                let mut blocks = inner.blocks.write();
                blocks.extend(block);
                state.head.frozen.remove(0);
                state.head.forget_idle_series();
            }
            let log = wal::path(&Tsdb::wal_dir(&inner.dir), generation.number);
            inner.fs.remove(&log).map_err(|e| io_error("cannot remove a sealed log", e))?;
            Counters::add(&inner.counters.seals, n_sealed);
        }
    }

    fn write_generation(&self, generation: &Generation) -> Result<Arc<BlockReader>> {
        let inner = &*self.0;
        let sequence = inner.next_sequence.fetch_add(1, Ordering::Relaxed);
        let (plan, slots) = {
            let state = inner.state.read();
            plan_block(&state.head.table, generation, sequence)
        };
        let mut values = |position: usize, values: &mut Vec<f64>| {
            read_values(generation, slots[position], values);
            Ok(())
        };
        let path = block::write_block(&*inner.fs, &Tsdb::blocks_dir(&inner.dir), &plan, &mut values)?;
        Ok(Arc::new(BlockReader::open(&*inner.fs, &path)?))
    }
}

/// Everything of the block but the values, and its slots in block order.
fn plan_block(table: &SeriesTable, generation: &Generation, sequence: u64) -> (BlockPlan, Vec<u32>) {
    let mut index = block::build_index(table, &|slot| !generation.is_idle(slot));
    let slots = std::mem::take(&mut index.order);
    let mut times = TimesPlan::new(generation);
    let series = slots.iter().map(|&slot| times.place(generation, slot)).collect();
    let range = generation.range.unwrap_or(storage::TimeRange { start_ms: 0, end_ms: 0 });
    let meta = BlockMeta {
        level: 0,
        range,
        sequence,
        generation: generation.number,
        n_series: slots.len() as u64,
        n_samples: generation.n_samples,
    };
    let plan = BlockPlan { meta, index, columns: times.columns, runs: times.runs, series, sources: Vec::new() };
    (plan, slots)
}

/// Time columns and runs of a block in the making.
struct TimesPlan {
    /// The groups' columns first, in their order.
    columns: Vec<TimeColumn>,
    runs: Vec<Runs>,
    number_of_runs: HashMap<Runs, u32, foldhash::fast::RandomState>,
}

impl TimesPlan {
    fn new(generation: &Generation) -> TimesPlan {
        TimesPlan {
            columns: generation.groups.iter().map(|group| group.times_ms.as_slice().into()).collect(),
            runs: Vec::new(),
            number_of_runs: HashMap::default(),
        }
    }

    fn place(&mut self, generation: &Generation, slot: u32) -> BlockSeries {
        if generation.late_of(slot).next().is_some() {
            // A series with late samples leaves its group: it has times that no other series has.
            self.columns.push(samples_of(generation, slot).iter().map(|&(time_ms, _)| time_ms).collect());
            return BlockSeries { column: self.columns.len() as u32 - 1, runs: self.number(Runs::default()) };
        }
        let series = &generation.series[slot as usize];
        let n_rows = self.columns[series.group as usize].len();
        let runs = match series.tail.solid_rows() {
            Some((0, last)) if last as usize + 1 == n_rows => Runs::default(),
            Some((first, last)) => Runs(vec![(first, last - first + 1)]),
            None => {
                let (mut rows, mut values) = (Vec::new(), Vec::new());
                series.tail.decode(&mut rows, &mut values);
                Runs::from_rows(&rows, n_rows)
            }
        };
        BlockSeries { column: series.group, runs: self.number(runs) }
    }

    fn number(&mut self, runs: Runs) -> u32 {
        let next = self.runs.len() as u32;
        let number = *self.number_of_runs.entry(runs.clone()).or_insert(next);
        if number == next {
            self.runs.push(runs);
        }
        number
    }
}

fn read_values(generation: &Generation, slot: u32, values: &mut Vec<f64>) {
    if generation.late_of(slot).next().is_some() {
        values.extend(samples_of(generation, slot).iter().map(|&(_, bits)| f64::from_bits(bits)));
    } else if let Some(series) = generation.series.get(slot as usize) {
        series.tail.decode(&mut Vec::with_capacity(series.tail.len()), values);
    }
}

/// All samples of a slot in order of time, the late ones among the others.
fn samples_of(generation: &Generation, slot: u32) -> Vec<(i64, u64)> {
    let mut samples: Vec<(i64, u64)> = generation.late_of(slot).collect();
    if let Some(series) = generation.series.get(slot as usize) {
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        series.tail.decode(&mut rows, &mut values);
        let times_ms =
            generation.groups.get(series.group as usize).map(|group| &group.times_ms[..]).unwrap_or_default();
        samples.extend(rows.iter().zip(&values).map(|(&row, value)| (times_ms[row as usize], value.to_bits())));
    }
    samples.sort_unstable_by_key(|&(time_ms, _)| time_ms);
    samples
}
