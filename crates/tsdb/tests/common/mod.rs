//! A store on a simulated file system beside the plain map that it must equal.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use model::{Clock, Labels, ManualClock, Matcher};
use proptest::prelude::*;
use storage::{
    AppendBatch, AppendRow, BatchToken, CancelToken, Limits, MetricStore, Reduce, RowValue, SelectHints, TenantId,
    TimeRange, Values,
};
use testkit::SimFs;
use tsdb::{Options, SyncMode, Tsdb};

/// Labels as text, time, value bits.
pub(crate) type Samples = BTreeMap<String, BTreeMap<i64, u64>>;
/// Labels as text, time, the values sent for it. Of several that were acknowledged in different generations any may stand.
pub(crate) type Sent = BTreeMap<String, BTreeMap<i64, Vec<u64>>>;

/// One step of a test.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// A batch of one source: the first series, how many, the times before now, a value.
    Append { source: u8, first: u8, n: u8, ages_ms: Vec<i64>, value: f64, token: Option<u8> },
    /// Time passes and the store does what is due.
    Tick { pass_ms: i64 },
    /// Everything goes to a block now.
    Seal,
    /// The process ends, by a kill: nothing is closed.
    Reopen,
    /// The power goes: what was not synced is lost.
    PowerCut,
    /// File operations fail from the nth on, for one append and one seal.
    Fail { after: u64 },
}

pub(crate) fn action() -> impl Strategy<Value = Action> {
    let value = prop_oneof![
        4 => (0u32..1000).prop_map(f64::from),
        1 => any::<f64>(),
        1 => Just(model::STALE_NAN),
        2 => (0i32..100_000).prop_map(|v| f64::from(v) / 100.0),
    ];
    let ages = prop_oneof![
        6 => Just(vec![0]),
        1 => prop::collection::vec(0i64..100_000, 1..4),
        1 => prop::collection::vec(0i64..10_000_000, 1..3),
    ];
    let append = (0u8..3, 0u8..6, 1u8..6, ages, value, prop::option::weighted(0.2, 0u8..4));
    prop_oneof![
        12 => append.prop_map(|(source, first, n, ages_ms, value, token)| Action::Append { source, first, n, ages_ms, value, token }),
        4 => (1i64..60_000).prop_map(|pass_ms| Action::Tick { pass_ms }),
        1 => (1i64..20_000_000).prop_map(|pass_ms| Action::Tick { pass_ms }),
        1 => Just(Action::Seal),
        1 => Just(Action::Reopen),
        1 => Just(Action::PowerCut),
        1 => (0u64..12).prop_map(|after| Action::Fail { after }),
    ]
}

/// The store, its surroundings and the model.
pub(crate) struct World {
    pub(crate) fs: SimFs,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Tsdb,
    /// What must be there.
    pub(crate) samples: Sent,
    /// What may be there: sent, but not acknowledged.
    pub(crate) doubtful: Sent,
    tokens: Vec<u8>,
    random: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> World {
        let fs = SimFs::new();
        let clock = Arc::new(ManualClock::new(1_800_000_000_000));
        let store = open(&fs, &clock);
        World { fs, clock, store, samples: Sent::new(), doubtful: Sent::new(), tokens: Vec::new(), random: seed }
    }

    pub(crate) fn act(&mut self, action: &Action) {
        match action {
            Action::Append { source, first, n, ages_ms, value, token } => {
                self.append(*source, *first, *n, ages_ms, *value, *token);
            }
            Action::Tick { pass_ms } => {
                self.clock.advance_ms(*pass_ms);
                self.store.tick().expect("a healthy file system");
            }
            Action::Seal => self.store.seal().expect("a healthy file system"),
            Action::Reopen => self.reopen(),
            Action::PowerCut => {
                let mut random = self.random;
                self.fs.cut_power(|n| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (random >> 33) as usize % (n + 1)
                });
                self.random = random;
                self.reopen();
            }
            Action::Fail { after } => {
                self.fs.fail_after(Some(*after));
                self.append(0, 0, 5, &[0], 7.0, None);
                // It may or may not succeed; nothing may be lost either way.
                self.store.seal().ok();
                self.fs.fail_after(None);
            }
        }
    }

    fn append(&mut self, source: u8, first: u8, n: u8, ages_ms: &[i64], value: f64, token: Option<u8>) {
        let now_ms = self.clock.now_ms();
        let mut times_ms: Vec<i64> = ages_ms.iter().map(|age| now_ms - age).collect();
        times_ms.sort_unstable();
        times_ms.dedup();
        let labels: Vec<Labels> = (first..first + n).map(|series| series_labels(source, series)).collect();
        let mut rows = Vec::new();
        for (time, _) in times_ms.iter().enumerate() {
            for (i, labels) in labels.iter().enumerate() {
                let value = value + (i + time) as f64;
                rows.push((labels, time as u32, if value.is_nan() { model::STALE_NAN } else { value }));
            }
        }
        let append_rows: Vec<AppendRow<'_>> = rows
            .iter()
            .map(|&(labels, time, value)| AppendRow { labels: labels.as_bytes(), time, value: RowValue::Float(value) })
            .collect();
        let group = format!("source {source}");
        let known = token.is_some_and(|token| self.tokens.contains(&token));
        let batch = AppendBatch {
            group: &group,
            token: token.map(|token| BatchToken(u128::from(token) + 1)),
            times_ms: &times_ms,
            rows: &append_rows,
        };
        let result = self.store.append(TenantId::default(), &batch);
        match result {
            Ok(ack) if known => assert_eq!(ack.appended, 0, "a retry was written again"),
            Ok(ack) => {
                assert_eq!(ack.appended + ack.repeated + ack.conflicting, rows.len() as u64);
                // A batch of which every row was refused leaves no trace, not even its token.
                self.tokens.extend(token.filter(|_| ack.appended > 0));
                remember(&mut self.samples, &times_ms, &rows);
            }
            Err(_) => remember(&mut self.doubtful, &times_ms, &rows),
        }
    }

    /// Opens the store again without closing it, as after a kill.
    pub(crate) fn reopen(&mut self) {
        self.store = open(&self.fs, &self.clock);
    }

    /// Everything acknowledged is there, and nothing else but what was sent.
    pub(crate) fn compare(&self) {
        let stored = read(&self.store, &[], TimeRange::ALL);
        for (labels, samples) in &self.samples {
            for (time_ms, bits) in samples {
                let found = stored.get(labels).and_then(|samples| samples.get(time_ms));
                assert!(found.is_some(), "{labels} at {time_ms}: nothing instead of {bits:?}");
            }
        }
        for (labels, samples) in &stored {
            for (time_ms, bits) in samples {
                let sent = [&self.samples, &self.doubtful].into_iter().any(|map| {
                    map.get(labels).and_then(|samples| samples.get(time_ms)).is_some_and(|sent| sent.contains(bits))
                });
                assert!(sent, "{labels} at {time_ms}: {bits} was never sent");
            }
        }
    }
}

pub(crate) fn series_labels(source: u8, series: u8) -> Labels {
    let (source, series_text) = (source.to_string(), series.to_string());
    let name = if series.is_multiple_of(2) { "even" } else { "odd" };
    let pairs = [
        ("__name__", name),
        ("source", &source),
        ("series", &series_text),
        ("zero", if series == 0 { "yes" } else { "" }),
    ];
    Labels::from_pairs(pairs)
}

fn remember(samples: &mut Sent, times_ms: &[i64], rows: &[(&Labels, u32, f64)]) {
    for (labels, time, value) in rows {
        let series = samples.entry(labels.to_string()).or_default();
        series.entry(times_ms[*time as usize]).or_default().push(value.to_bits());
    }
}

pub(crate) fn open(fs: &SimFs, clock: &Arc<ManualClock>) -> Tsdb {
    let options = Options { new_store_seed: 42, sync: SyncMode::Always, retention_ms: None, ..Options::default() };
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Tsdb::open(Path::new("/store"), Arc::new(fs.clone()), clock, options).expect("the store opens")
}

/// All samples of the series that match.
pub(crate) fn read(store: &Tsdb, matchers: &[Matcher], range: TimeRange) -> Samples {
    let (limits, cancel) = (Limits::default(), CancelToken::new());
    let hints = SelectHints::range(range);
    let stream = store.select(TenantId::default(), matchers, &hints, Reduce::Raw, &limits, &cancel);
    let mut samples = Samples::new();
    for batch in stream.expect("the query is planned") {
        let batch = batch.expect("the batch is read");
        assert!(batch.times_ms.windows(2).all(|pair| pair[0] < pair[1]), "times ascend");
        for column in batch.series {
            let Values::Floats(values) = column.values else { panic!("no histogram was written") };
            assert_eq!(values.len(), batch.times_ms.len());
            let series = batch.times_ms.iter().copied().zip(values.iter().map(|v| v.to_bits())).collect();
            let before = samples.insert(column.series.labels.to_string(), series);
            assert!(before.is_none(), "{} came twice", column.series.labels);
        }
    }
    samples
}
