//! The log engine: appending, sealing, counting words, reading the last lines.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use durable::RealFs;
use logstore::{EmbeddedLogStore, LogStoreOptions, SyncMode};
use model::{Clock, ManualClock};
use storage::logs::{Body, BodyDecoder, CountUnit, LineEntry, NanoGrid, Need, Order};
use storage::{CancelToken, LineFilter, LineQuery, LogLimits, LogStore, NanoRange, TenantId};

use crate::Figure;
use crate::engine::{cpu, resident_bytes};
use crate::logs_load::{LINES_PER_BATCH, LogLoad, START_MS};

const SEED: u64 = 20_261_125;
const TEXT_BYTES: u64 = 300_000_000;

/// All figures, in the order in which they are printed. Times are CPU time of the process.
pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let dir = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::new(START_MS));
    let store = open(dir.path(), &clock)?;
    let id = append(&store, &clock, &mut figures).context("append")?;
    words(&store, &id, &mut figures).context("words")?;
    reads(&store, &clock, &mut figures).context("reads")?;
    Ok(figures)
}

/// Appends some hundred megabytes in the store's own encoding; returns an id that one line holds.
fn append(store: &EmbeddedLogStore, clock: &ManualClock, figures: &mut Vec<Figure>) -> anyhow::Result<String> {
    let mut load = LogLoad::new(SEED);
    let before_bytes = resident_bytes()?;
    let (mut text_bytes, mut n_lines, mut most_bytes) = (0, 0, 0);
    let mut appending = Duration::ZERO;
    while text_bytes < TEXT_BYTES {
        load.step();
        clock.set_ms(load.now_ms());
        text_bytes += load.text_bytes();
        n_lines += LINES_PER_BATCH as u64;
        let started = cpu();
        let ack = load.with_batch(|batch| store.append(TenantId::default(), batch))?;
        if n_lines.is_multiple_of(50 * LINES_PER_BATCH as u64) {
            store.maintain()?;
            most_bytes = most_bytes.max(resident_bytes()?);
        }
        appending += started.elapsed();
        anyhow::ensure!(ack.lines == LINES_PER_BATCH as u64, "{ack:?}");
    }
    let started = cpu();
    store.seal()?;
    appending += started.elapsed();
    let stats = store.stats();
    anyhow::ensure!(stats.block_text_bytes == text_bytes && stats.block_lines == n_lines, "{stats:?}");
    let gb = text_bytes as f64 / 1e9;
    figures.extend([
        Figure {
            what: "append, log and seal, 300 MB in 60 streams",
            value: appending.as_secs_f64() / gb,
            unit: "CPU-s/GB",
        },
        Figure { what: "text by what blocks take", value: text_bytes as f64 / stats.block_bytes as f64, unit: "x" },
        Figure { what: "blocks", value: stats.blocks as f64, unit: "" },
        Figure {
            what: "resident while appending, above the start",
            value: (most_bytes.saturating_sub(before_bytes)) as f64 / 1e6,
            unit: "MB",
        },
    ]);
    Ok(load.last_id())
}

/// Counts the lines that hold a word; the best of five.
fn words(store: &EmbeddedLogStore, id: &str, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let searches = [
        ("count of a common word, `falcon`", "falcon"),
        ("count of a phrase, `payment gateway`", "payment gateway"),
        ("count of a rare word, `OOM`", "OOM"),
        ("count of an absent word", "quetzalcoatl"),
        ("count of an id", id),
    ];
    for (what, needle) in searches {
        let filters = vec![LineFilter::Contains(needle.as_bytes().to_vec())];
        let (best, n_lines) = best_of_five(|| {
            let need = Need { line: false, metadata: false };
            count(store, LineQuery { filters: filters.clone(), need, order: Order::Any, ..everything() })
        })?;
        figures.push(Figure { what, value: best, unit: "ms" });
        figures.push(Figure { what: "  lines found", value: n_lines as f64, unit: "" });
    }
    Ok(())
}

fn reads(store: &EmbeddedLogStore, clock: &ManualClock, figures: &mut Vec<Figure>) -> anyhow::Result<()> {
    let last = |needle: &str| {
        let filters = if needle.is_empty() { Vec::new() } else { vec![LineFilter::Contains(needle.into())] };
        LineQuery { filters, limit: Some(100), order: Order::Backward, ..everything() }
    };
    for (what, query) in
        [("last 100 lines", last("")), ("last 100 `falcon`", last("falcon")), ("last 100 `OOM`", last("OOM"))]
    {
        let (best, n_lines) = best_of_five(|| count(store, query.clone()))?;
        anyhow::ensure!(n_lines == 100, "{n_lines} lines");
        figures.push(Figure { what, value: best, unit: "ms" });
    }
    let ordered = LineQuery { order: Order::PerStream, ..everything() };
    let (best, _) = best_of_five(|| count(store, ordered.clone()))?;
    figures.push(Figure { what: "every line, per stream", value: best, unit: "ms" });
    let minute_ns = 60_000_000_000;
    let end_ns = (clock.now_ms() * 1_000_000 / minute_ns + 1) * minute_ns;
    let grid = |step_ns| NanoGrid { start_ns: START_MS * 1_000_000, end_ns, step_ns, window_ns: step_ns };
    let unit = CountUnit { matchers: &[], filters: &[], bytes: false, by_metadata: &["detected_level"] };
    for (what, step_ns) in [("lines by level, whole minutes", minute_ns), ("lines by level, 59 s", minute_ns / 60 * 59)]
    {
        let (best, n_series) = best_of_five(|| {
            let (limits, cancel) = (LogLimits::default(), CancelToken::new());
            let counts = store.count_grid(TenantId::default(), &unit, grid(step_ns), &limits, &cancel)?;
            Ok(counts.context("not counted")?.len())
        })?;
        anyhow::ensure!(n_series > 60, "{n_series} series");
        figures.push(Figure { what, value: best, unit: "ms" });
    }
    clock.advance_ms(3_600_000);
    store.maintain()?;
    clock.advance_ms(60_000);
    store.maintain()?;
    figures.push(Figure { what: "resident in the end", value: resident_bytes()? as f64 / 1e6, unit: "MB" });
    Ok(())
}

fn everything() -> LineQuery {
    LineQuery {
        matchers: Vec::new(),
        range: NanoRange::ALL,
        filters: Vec::new(),
        order: Order::Any,
        limit: None,
        need: Need::ALL,
    }
}

fn count(store: &EmbeddedLogStore, query: LineQuery) -> anyhow::Result<usize> {
    let mut n_lines = 0;
    for batch in store.select_lines(TenantId::default(), query, &LogLimits::default(), &CancelToken::new())? {
        n_lines += batch?.rows.len();
    }
    Ok(n_lines)
}

fn best_of_five(mut run: impl FnMut() -> anyhow::Result<usize>) -> anyhow::Result<(f64, usize)> {
    let (mut best, mut found) = (Duration::MAX, 0);
    for _ in 0..5 {
        let started = cpu();
        found = run()?;
        best = best.min(started.elapsed());
    }
    Ok((best.as_secs_f64() * 1e3, found))
}

fn open(dir: &Path, clock: &Arc<ManualClock>) -> anyhow::Result<EmbeddedLogStore> {
    let options = LogStoreOptions {
        sync: SyncMode::Interval,
        min_free_share: 0.0,
        max_disk_share: 1.0,
        ..LogStoreOptions::default()
    };
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Ok(EmbeddedLogStore::open(Arc::new(RealFs), dir, options, Arc::new(NoBodies), clock)?)
}

/// The bench appends lines, not bodies.
struct NoBodies;

impl BodyDecoder for NoBodies {
    fn decode(&self, body: &Body<'_>, _line: &mut dyn FnMut(&[u8], LineEntry<'_>)) -> storage::Result<()> {
        let message = format!("not built yet: body format {}", body.format);
        Err(storage::Error::new(storage::ErrorKind::NotBuilt, message))
    }
}
