//! The metric engine: appending, sealing, merging, replaying, reading.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use durable::RealFs;
use model::{Clock, ManualClock, Matcher};
use rustix::time::{ClockId, clock_gettime};
use storage::{CancelToken, Limits, MetricStore, Reduce, SelectHints, TenantId, TimeRange, Values};
use tsdb::{Options, SyncMode, Tsdb};

use crate::Figure;
use crate::load::{Load, SERIES_PER_METRIC, STEP_MS};

const SEED: u64 = 20_261_124;
/// The beginning of a day, so that all samples of the first four hours are merged into one block.
const START_MS: i64 = 1_800_057_600_000;
const HOUR_MS: i64 = 3_600_000;
const SERIES: usize = 20_000;
const MANY_SERIES: usize = 100_000;
/// Half an hour, four hours, and what a query over four and a half hours reads.
const ROUNDS_PER_SEAL: i64 = 120;
const ROUNDS_MERGED: i64 = 960;
const ROUNDS: i64 = 1_080;
/// Rounds of the measurement of appending, and of memory.
const FIRST_ROUNDS: i64 = 60;
const MEMORY_ROUNDS: i64 = 32;

/// All figures, in the order in which they are printed. Times are CPU time of the process.
pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    memory_and_replay(&mut figures).context("memory and replay")?;
    samples(&mut figures).context("samples")?;
    Ok(figures)
}

/// A hundred thousand series in a fresh process: what they take, and how fast a log is read back.
fn memory_and_replay(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::new(START_MS));
    let mut load = Load::new(MANY_SERIES, SEED);
    let store = open(dir.path(), &clock)?;
    let before_bytes = resident_bytes()?;
    let started = cpu();
    append_round(&store, &clock, &mut load, 0)?;
    let new_series = started.elapsed();
    for round in 1..MEMORY_ROUNDS {
        append_round(&store, &clock, &mut load, round)?;
    }
    let resident = resident_bytes()?.saturating_sub(before_bytes) as f64;
    let n_samples = MANY_SERIES as f64 * MEMORY_ROUNDS as f64;
    figures.extend([
        Figure { what: "new series, 100,000", value: nanos(new_series) / MANY_SERIES as f64 / 1e3, unit: "us/series" },
        Figure {
            what: "resident, 100,000 series x 32 samples",
            value: resident / MANY_SERIES as f64,
            unit: "B/series",
        },
    ]);
    drop(store);
    let started = cpu();
    let store = open(dir.path(), &clock)?;
    let replayed = started.elapsed();
    anyhow::ensure!(store.stats().head_samples as f64 == n_samples, "not all samples were replayed");
    figures.push(Figure {
        what: "replay of 3.2 M samples, labels included",
        value: n_samples / replayed.as_secs_f64() / 1e6,
        unit: "M samples/CPU-s",
    });
    Ok(())
}

/// Twenty thousand series over four and a half hours.
fn samples(figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::new(START_MS));
    let mut load = Load::new(SERIES, SEED);
    let store = open(dir.path(), &clock)?;
    let (mut appending, mut sealing) = (Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        appending += append_round(&store, &clock, &mut load, round)?;
        if round + 1 == FIRST_ROUNDS {
            let n = SERIES as f64 * FIRST_ROUNDS as f64;
            figures.extend([
                Figure {
                    what: "append, 20,000 series, first 60 rounds",
                    value: nanos(appending) / n,
                    unit: "ns/sample",
                },
                Figure { what: "log, first 60 rounds", value: store.stats().wal_bytes as f64 / n, unit: "B/sample" },
            ]);
        }
        if round + 1 == ROUNDS_PER_SEAL * 2 - 1 {
            let stats = store.stats();
            let value = stats.wal_bytes as f64 / stats.head_samples as f64;
            figures.push(Figure { what: "log of a later half hour", value, unit: "B/sample" });
        }
        if (round + 1) % ROUNDS_PER_SEAL == 0 && round < ROUNDS_MERGED {
            let started = cpu();
            store.seal()?;
            sealing += started.elapsed();
        }
    }
    let stats = store.stats();
    let n_sealed = stats.block_samples as f64;
    figures.extend([
        Figure {
            what: "append, 20,000 series, 1,080 rounds",
            value: nanos(appending) / (SERIES as f64 * ROUNDS as f64),
            unit: "ns/sample",
        },
        Figure { what: "seal, 120 samples a series", value: nanos(sealing) / n_sealed, unit: "ns/sample" },
        Figure {
            what: "sealed blocks, 120 samples a series",
            value: stats.block_bytes as f64 / n_sealed,
            unit: "B/sample",
        },
    ]);
    scan(&store, "select, 2,000 series x 1,080, eight blocks and the head", figures)?;
    merge(&store, &clock, n_sealed, figures)?;
    scan(&store, "select, 2,000 series x 1,080, a merged block and the head", figures)
}

/// Merges the eight half hours; the ninth stays in the head.
fn merge(store: &Tsdb, clock: &ManualClock, n_sealed: f64, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    // The head has no sample of the hour that the clock enters, so it is sealed with it; that is not what is measured here.
    store.seal()?;
    clock.set_ms(START_MS + 5 * HOUR_MS);
    let head_bytes = store.stats().block_bytes;
    let head_samples = store.stats().block_samples as f64 - n_sealed;
    let started = cpu();
    store.tick()?;
    let merging = started.elapsed();
    let stats = store.stats();
    anyhow::ensure!(stats.merges == 1 && stats.blocks == 2, "{stats:?}");
    anyhow::ensure!(head_bytes > stats.block_bytes, "merging made blocks larger");
    let per_sample = stats.block_bytes as f64 / (n_sealed + head_samples);
    figures.extend([
        Figure { what: "merge to 960 samples a series", value: nanos(merging) / n_sealed, unit: "ns/sample" },
        Figure { what: "blocks of 960 and 120 samples a series", value: per_sample, unit: "B/sample" },
    ]);
    Ok(())
}

/// The best of five queries for all samples of one metric, whose sum is taken.
fn scan(store: &Tsdb, what: &'static str, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let matchers = [Matcher::metric_name("bench_metric_3_total")];
    let (limits, cancel) = (Limits::default(), CancelToken::new());
    let hints = SelectHints::range(TimeRange::ALL);
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let started = cpu();
        let (mut n_samples, mut sum) = (0, 0.0);
        for batch in store.select(TenantId::default(), &matchers, &hints, Reduce::Raw, &limits, &cancel)? {
            for series in batch?.series {
                if let Values::Floats(values) = series.values {
                    n_samples += values.len();
                    sum += values.iter().sum::<f64>();
                }
            }
        }
        best = best.min(started.elapsed());
        anyhow::ensure!(n_samples == SERIES_PER_METRIC * ROUNDS as usize && sum > 0.0, "{n_samples} samples read");
    }
    let n = SERIES_PER_METRIC as f64 * ROUNDS as f64;
    figures.push(Figure { what, value: nanos(best) / n, unit: "ns/sample" });
    figures.push(Figure { what: "  the whole query", value: best.as_secs_f64() * 1e3, unit: "ms" });
    Ok(())
}

fn open(dir: &Path, clock: &Arc<ManualClock>) -> anyhow::Result<Tsdb> {
    let options = Options { new_store_seed: SEED, sync: SyncMode::Interval, min_free_share: 0.0, ..Options::default() };
    Ok(Tsdb::open(dir, Arc::new(RealFs), Arc::clone(clock) as Arc<dyn Clock>, options)?)
}

/// Appends all series once; returns the time that the store took.
fn append_round(store: &Tsdb, clock: &ManualClock, load: &mut Load, round: i64) -> anyhow::Result<Duration> {
    let time_ms = START_MS + round * STEP_MS;
    clock.set_ms(time_ms);
    load.step();
    let started = cpu();
    let mut appended = 0;
    load.each_batch(time_ms, |batch| {
        appended += store.append(TenantId::default(), batch)?.appended;
        Ok::<(), storage::Error>(())
    })?;
    let took = started.elapsed();
    anyhow::ensure!(appended == load.len() as u64, "{appended} samples appended");
    store.sync()?;
    Ok(took)
}

/// A point in the CPU time of the process.
pub(crate) struct CpuTime(Duration);

pub(crate) fn cpu() -> CpuTime {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    CpuTime(Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default()))
}

impl CpuTime {
    pub(crate) fn elapsed(&self) -> Duration {
        cpu().0.saturating_sub(self.0)
    }
}

fn nanos(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e9
}

/// Memory of this process that is in RAM.
pub(crate) fn resident_bytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib * 1024)
}
