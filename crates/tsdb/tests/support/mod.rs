//! What the tests of whole stores share: opening, appending, reading everything.
#![allow(dead_code, reason = "each test binary uses its part of this")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use durable::FileSystem;
use model::{Clock, Labels, ManualClock, Matcher};
use storage::{
    Ack, AppendBatch, AppendRow, BatchToken, CancelToken, Limits, MetricStore, Reduce, Result, RowValue, SelectHints,
    TenantId, TimeRange, Values,
};
use tsdb::{Options, SyncMode, Tsdb};

pub(crate) const STORE: &str = "/store";
/// The beginning of a day, so that the windows of merges are where one expects them.
pub(crate) const DAY_MS: i64 = 1_800_057_600_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// Labels as text, then time to value bits.
pub(crate) type Samples = BTreeMap<String, BTreeMap<i64, u64>>;

/// Settings that keep everything and sync before they acknowledge.
pub(crate) fn options() -> Options {
    Options { new_store_seed: 42, sync: SyncMode::Always, retention_ms: None, ..Options::default() }
}

pub(crate) fn open(fs: &impl CloneFs, clock: &Arc<ManualClock>, options: Options) -> Result<Tsdb> {
    Tsdb::open(Path::new(STORE), fs.shared(), Arc::clone(clock) as Arc<dyn Clock>, options)
}

/// File systems that can be handed to a store and kept.
pub(crate) trait CloneFs {
    fn shared(&self) -> Arc<dyn FileSystem>;
}

impl<F: FileSystem + Clone + 'static> CloneFs for F {
    fn shared(&self) -> Arc<dyn FileSystem> {
        Arc::new(self.clone())
    }
}

/// One row of a batch in the making: labels, index into the times, value.
pub(crate) type Row = (Labels, u32, f64);

pub(crate) fn append(store: &Tsdb, group: &str, token: Option<u128>, times_ms: &[i64], rows: &[Row]) -> Result<Ack> {
    let rows: Vec<AppendRow<'_>> = rows
        .iter()
        .map(|(labels, time, value)| AppendRow {
            labels: labels.as_bytes(),
            time: *time,
            value: RowValue::Float(*value),
        })
        .collect();
    let batch = AppendBatch { group, token: token.map(BatchToken), times_ms, rows: &rows };
    store.append(TenantId::default(), &batch)
}

/// All samples of the series that match, or the first error.
pub(crate) fn read(store: &Tsdb, matchers: &[Matcher], range: TimeRange) -> Result<Samples> {
    let (limits, cancel) = (Limits::default(), CancelToken::new());
    let hints = SelectHints::range(range);
    let mut samples = Samples::new();
    for batch in store.select(TenantId::default(), matchers, &hints, Reduce::Raw, &limits, &cancel)? {
        let batch = batch?;
        assert!(batch.times_ms.windows(2).all(|pair| pair[0] < pair[1]), "times ascend");
        for column in batch.series {
            let Values::Floats(values) = column.values else { panic!("no histogram was written") };
            assert_eq!(values.len(), batch.times_ms.len());
            let series = batch.times_ms.iter().copied().zip(values.iter().map(|v| v.to_bits())).collect();
            let before = samples.insert(column.series.labels.to_string(), series);
            assert!(before.is_none(), "{} came twice", column.series.labels);
        }
    }
    Ok(samples)
}

pub(crate) fn read_all(store: &Tsdb) -> Result<Samples> {
    read(store, &[], TimeRange::ALL)
}

pub(crate) fn n_samples(samples: &Samples) -> usize {
    samples.values().map(BTreeMap::len).sum()
}

/// Adds what was appended to what must be read.
pub(crate) fn remember(samples: &mut Samples, times_ms: &[i64], rows: &[Row]) {
    for (labels, time, value) in rows {
        samples.entry(labels.to_string()).or_default().insert(times_ms[*time as usize], value.to_bits());
    }
}

/// Every sample that is there was sent, with these bits; returns how many are missing.
pub(crate) fn missing_of_subset(found: &Samples, sent: &Samples, what: &str) -> usize {
    for (labels, series) in found {
        for (time_ms, bits) in series {
            let expected = sent.get(labels).and_then(|series| series.get(time_ms));
            assert_eq!(Some(bits), expected, "{what}: {labels} at {time_ms} was not written so");
        }
    }
    n_samples(sent) - n_samples(found)
}

/// Twelve series of all sorts in two groups, for a batch at `time_ms`: counters, decimals, floats, constants, gaps, stale ends.
pub(crate) fn sample_rows(step: usize, group: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for series in 0..12 {
        let x = (step * 31 + series * 7) as f64;
        let value = match series % 6 {
            0 => x.mul_add(3.0, 1e6),
            1 => (x * 17.0 % 997.0) / 100.0,
            2 => (x + 0.1).sqrt(),
            3 => 42.0,
            4 if step.is_multiple_of(5) => continue,
            4 => -x,
            _ if step % 7 == 3 => model::STALE_NAN,
            _ => f64::from_bits(0x7ff8_0000_0000_1234) * 1.0 + x,
        };
        rows.push((series_labels(group, series), 0, value));
    }
    rows
}

pub(crate) fn series_labels(group: usize, series: usize) -> Labels {
    let names = ["requests_total", "latency_seconds", "load"];
    let (instance, number) = (format!("host-{group}:9100"), series.to_string());
    let zone = if series % 4 == 1 { "süd" } else { "" };
    Labels::from_pairs([("__name__", names[series % 3]), ("instance", &instance), ("n", &number), ("zone", zone)])
}

/// A store with a merged block, two sealed blocks, a log with several batches and some metadata, and all its samples.
pub(crate) fn build_store(fs: &impl CloneFs, clock: &Arc<ManualClock>) -> (Tsdb, Samples) {
    let store = open(fs, clock, options()).expect("an empty directory");
    let mut sent = Samples::new();
    let mut step = 0;
    let mut write = |store: &Tsdb, n: usize| {
        for _ in 0..n {
            step += 1;
            clock.advance_ms(60_000);
            for group in 0..2 {
                let (mut times_ms, mut rows) = (vec![clock.now_ms() + group as i64], sample_rows(step, group));
                if step % 6 == 5 {
                    // A sample from before: its series leaves the group's column.
                    times_ms.insert(0, times_ms[0] - 250_007);
                    rows.iter_mut().for_each(|row| row.1 = 1);
                    rows.push((series_labels(group, 0), 0, 0.5));
                }
                let name = format!("source {group}");
                let ack = append(store, &name, Some((step * 2 + group) as u128), &times_ms, &rows);
                assert_eq!(ack.expect("a healthy disk").appended, rows.len() as u64);
                remember(&mut sent, &times_ms, &rows);
            }
        }
    };
    for _ in 0..2 {
        write(&store, 12);
        store.seal().expect("a healthy disk");
    }
    clock.advance_ms(6 * HOUR_MS);
    store.tick().expect("a healthy disk");
    assert_eq!((store.stats().blocks, store.stats().merges), (1, 1));
    for _ in 0..2 {
        write(&store, 12);
        store.seal().expect("a healthy disk");
    }
    write(&store, 7);
    let entry = |help: &str| model::Metadata {
        kind: model::MetricKind::Counter,
        help: help.to_owned(),
        unit: "seconds".to_owned(),
    };
    let entries = [("requests_total", entry("Requests served.")), ("load", entry("größe"))];
    store.put_metadata(TenantId::default(), &entries).expect("a healthy disk");
    assert_eq!(store.stats().blocks, 3);
    assert_eq!(read_all(&store).expect("a healthy disk"), sent);
    (store, sent)
}
