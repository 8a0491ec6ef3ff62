//! What a store promises, case by case.
#![cfg(test)]
#![expect(clippy::type_complexity, reason = "tables of cases are slices of tuples")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use model::{Clock, Labels, ManualClock, MatchOp, Matcher, Metadata, MetricKind, STALE_NAN};
use storage::{
    Ack, AppendBatch, AppendRow, BatchToken, CancelToken, ErrorKind, Limits, MetricStore, Reduce, RowValue,
    SelectHints, TenantId, TimeRange,
};
use support::{DAY_MS, HOUR_MS, Row, Samples};
use testkit::SimFs;
use tsdb::{Options, SyncMode, Tsdb};

const TENANT: TenantId = TenantId(0);

/// A store with its surroundings.
struct World {
    fs: SimFs,
    clock: Arc<ManualClock>,
    options: Options,
    store: Tsdb,
}

impl World {
    fn new() -> World {
        World::with(Options { max_future_ms: 2 * HOUR_MS, ..support::options() })
    }

    fn with(options: Options) -> World {
        let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
        let store = support::open(&fs, &clock, options.clone()).expect("an empty directory");
        World { fs, clock, options, store }
    }

    fn reopen(&mut self) {
        self.store = support::open(&self.fs, &self.clock, self.options.clone()).expect("the store opens");
    }

    /// One sample of each series, at times in seconds from the beginning of the day.
    fn write(&self, group: &str, token: Option<u128>, seconds: i64, series: &[(&str, f64)]) -> Ack {
        let rows: Vec<Row> = series.iter().map(|&(name, value)| (labels(name), 0, value)).collect();
        support::append(&self.store, group, token, &[at(seconds)], &rows).expect("a healthy disk")
    }

    fn read(&self) -> Samples {
        support::read_all(&self.store).expect("a healthy disk")
    }

    /// The samples of one series as seconds and values.
    fn series(&self, name: &str) -> Vec<(i64, f64)> {
        let samples = self.read().remove(&labels(name).to_string()).unwrap_or_default();
        samples.into_iter().map(|(time_ms, bits)| ((time_ms - DAY_MS) / 1000, f64::from_bits(bits))).collect()
    }

    fn tick(&self) {
        self.store.tick().expect("a healthy disk");
    }

    fn seal(&self) {
        self.store.seal().expect("a healthy disk");
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        self.fs.paths().into_iter().filter(|path| path.to_string_lossy().ends_with(ending)).collect()
    }
}

fn at(seconds: i64) -> i64 {
    DAY_MS + seconds * 1000
}

/// `name` or `name/label=value/…`.
fn labels(text: &str) -> Labels {
    let mut parts = text.split('/');
    let name = parts.next().unwrap_or_default();
    let pairs = parts.map(|part| part.split_once('=').expect("label=value"));
    Labels::from_pairs([("__name__", name)].into_iter().chain(pairs))
}

fn seconds(start: i64, end: i64) -> TimeRange {
    TimeRange { start_ms: at(start), end_ms: at(end) }
}

fn ack(appended: u64, new_series: u64) -> Ack {
    Ack { appended, new_series, ..Ack::default() }
}

fn matcher(text: &str) -> Matcher {
    for (sign, op) in
        [("!~", MatchOp::NotRegex), ("=~", MatchOp::Regex), ("!=", MatchOp::NotEqual), ("=", MatchOp::Equal)]
    {
        if let Some((name, value)) = text.split_once(sign) {
            return Matcher::new(op, name, value).expect("a valid pattern");
        }
    }
    Matcher::metric_name(text)
}

#[test]
fn each_row_is_answered_for() {
    let world = World::with(Options { retention_ms: Some(HOUR_MS), ..support::options() });
    world.clock.set_ms(at(3600));
    let write = |seconds, series: &[(&str, f64)]| world.write("a", None, seconds, series);
    assert_eq!(write(3600, &[("x", 1.0), ("y", 2.0)]), ack(2, 2));
    let cases: &[(&str, i64, &[(&str, f64)], Ack)] = &[
        ("the same again", 3600, &[("x", 1.0), ("y", 2.0)], Ack { repeated: 2, ..Ack::default() }),
        ("another value", 3600, &[("x", 1.5)], Ack { conflicting: 1, ..Ack::default() }),
        ("a zero of the other sign", 3600, &[("y", -2.0)], Ack { conflicting: 1, ..Ack::default() }),
        ("some of each", 3600, &[("x", 1.0), ("y", 3.0), ("z", 0.0)], Ack { repeated: 1, conflicting: 1, ..ack(1, 1) }),
        ("a staleness marker", 3610, &[("x", STALE_NAN)], ack(1, 0)),
        ("the marker again", 3610, &[("x", STALE_NAN)], Ack { repeated: 1, ..Ack::default() }),
        ("as far ahead as allowed", 4200, &[("x", 1.0)], ack(1, 0)),
        ("too far ahead", 4201, &[("x", 1.0)], Ack { out_of_bounds: 1, ..Ack::default() }),
        ("as old as kept", 0, &[("x", 1.0)], ack(1, 0)),
        ("too old", -1, &[("x", 1.0)], Ack { out_of_bounds: 1, ..Ack::default() }),
        ("twice in a batch", 3620, &[("x", 1.0), ("x", 1.0)], Ack { repeated: 1, ..ack(1, 0) }),
        ("twice with two values", 3630, &[("x", 1.0), ("x", 2.0)], Ack { conflicting: 1, ..ack(1, 0) }),
        ("twice, late", 3500, &[("y", 1.0), ("y", 2.0), ("y", 1.0)], Ack { repeated: 1, conflicting: 1, ..ack(1, 0) }),
        ("nothing", 3700, &[], Ack::default()),
    ];
    for (what, seconds, series, expected) in cases {
        assert_eq!(write(*seconds, series), *expected, "{what}");
    }
    assert_eq!(world.series("x").len(), 6);
    assert_eq!(world.series("y"), [(3500, 1.0), (3600, 2.0)]);
    let stats = world.store.stats();
    assert_eq!((stats.samples_appended, stats.samples_refused, stats.batches_failed), (9, 7, 0));
}

#[test]
fn bad_labels_cost_their_row_only() {
    let world = World::new();
    let good = labels("x/job=a");
    let swapped = b"\x0a\x0a\x0a\x03job\x12\x03a=b\x0a\x0d\x0a\x08__name__\x12\x01y".as_slice();
    let cases: &[(&str, &[u8], Ack)] = &[
        ("canonical", good.as_bytes(), ack(1, 1)),
        ("in another order", swapped, ack(1, 1)),
        ("cut short", &good.as_bytes()[..5], Ack { bad_labels: 1, ..Ack::default() }),
        ("no name", b"\x0a\x03\x12\x01v", Ack { bad_labels: 1, ..Ack::default() }),
        ("not utf-8", b"\x0a\x06\x0a\x01\xff\x12\x01v", Ack { bad_labels: 1, ..Ack::default() }),
        (
            "a name twice",
            b"\x0a\x06\x0a\x01a\x12\x01b\x0a\x06\x0a\x01a\x12\x01c",
            Ack { bad_labels: 1, ..Ack::default() },
        ),
        ("no labels at all", b"", ack(1, 1)),
    ];
    for (i, (what, bytes, expected)) in cases.iter().enumerate() {
        let row = AppendRow { labels: bytes, time: 0, value: RowValue::Float(1.0) };
        let good_row = AppendRow { labels: good.as_bytes(), time: 0, value: RowValue::Float(2.0) };
        let times_ms = [at(i as i64)];
        let rows = if i == 0 { vec![row] } else { vec![row, good_row] };
        let batch = AppendBatch { group: "a", token: None, times_ms: &times_ms, rows: &rows };
        let expected = Ack { appended: expected.appended + u64::from(i > 0), ..*expected };
        assert_eq!(world.store.append(TENANT, &batch).expect("a healthy disk"), expected, "{what}");
    }
    assert_eq!(world.series("x/job=a").len(), cases.len());
    assert_eq!(world.read()["{}"].len(), 1);
    assert_eq!(world.series("y/job=a=b").len(), 1);
}

#[test]
fn batches_that_break_their_own_rules_are_refused_whole() {
    let world = World::new();
    let x = labels("x");
    let histogram = model::Histogram::default();
    let float = RowValue::Float(1.0);
    let cases: &[(&str, &[i64], u32, RowValue<'_>, ErrorKind)] = &[
        ("timestamps of a batch do not ascend", &[at(1), at(1)], 0, float, ErrorKind::Invalid),
        ("timestamps of a batch do not ascend", &[at(2), at(1)], 0, float, ErrorKind::Invalid),
        ("row of a batch points behind its timestamps", &[at(1)], 1, float, ErrorKind::Invalid),
        ("row of a batch points behind its timestamps", &[], 0, float, ErrorKind::Invalid),
        ("native histograms", &[at(1)], 0, RowValue::Histogram(&histogram), ErrorKind::NotBuilt),
    ];
    for (text, times_ms, time, value, kind) in cases {
        let good = AppendRow { labels: x.as_bytes(), time: 0, value: float };
        let rows = [good, AppendRow { time: *time, value: *value, ..good }];
        let batch = AppendBatch { group: "a", token: Some(BatchToken(1)), times_ms, rows: &rows };
        let error = world.store.append(TENANT, &batch).expect_err(text);
        assert_eq!(error.kind(), *kind, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    assert_eq!((world.read().len(), world.store.stats().batches_failed), (0, cases.len() as u64));
    // The token was not used up.
    assert_eq!(world.write("a", Some(1), 5, &[("x", 1.0)]).appended, 1);
}

#[test]
fn a_retry_is_recognised_by_its_token() {
    let mut world = World::new();
    assert_eq!(world.write("a", Some(7), 1, &[("x", 1.0)]), ack(1, 1));
    let steps: [(&str, fn(&mut World)); 6] = [
        ("at once", |_| {}),
        ("after a restart", World::reopen),
        ("after a seal", |world| world.seal()),
        ("after a seal and a restart", World::reopen),
        ("after two more seals", |world| {
            for second in [10, 20] {
                world.write("a", None, second, &[("x", 1.0)]);
                world.seal();
            }
        }),
        ("after a power cut", |world| {
            world.fs.cut_power(|_| 0);
            world.reopen();
        }),
    ];
    for (what, step) in steps {
        step(&mut world);
        let retry = world.write("a", Some(7), 1, &[("x", 1.0)]);
        assert_eq!((retry.appended, retry.repeated), (0, 1), "{what}");
        // A token speaks for the whole batch, whatever is in it.
        assert_eq!(world.write("a", Some(7), 2, &[("other", 1.0)]).repeated, 1, "{what}");
    }
    assert_eq!(world.series("x"), [(1, 1.0), (10, 1.0), (20, 1.0)]);
    assert_eq!(world.series("other"), []);
    assert_eq!(world.write("a", Some(8), 2, &[("x", 1.0)]), ack(1, 0));
}

#[test]
fn a_token_survives_a_seal_that_was_interrupted_anywhere() {
    for fails_at in 0..30 {
        let mut world = World::new();
        world.write("a", Some(7), 1, &[("x", 1.0)]);
        world.fs.fail_after(Some(fails_at));
        let sealed = world.store.seal().is_ok();
        world.fs.fail_after(None);
        world.fs.cut_power(|_| 0);
        world.reopen();
        let retry = world.write("a", Some(7), 1, &[("x", 1.0)]);
        assert_eq!(retry.repeated, 1, "failing at {fails_at}");
        world.seal();
        world.reopen();
        assert_eq!(world.write("a", Some(7), 1, &[("x", 1.0)]).repeated, 1, "failing at {fails_at}");
        assert_eq!(world.series("x"), [(1, 1.0)], "failing at {fails_at}");
        if sealed {
            assert!(fails_at > 10, "a seal changes more than {fails_at} things");
            return;
        }
    }
    panic!("the seal never succeeded");
}

#[test]
fn late_samples_take_their_place() {
    let mut world = World::new();
    for second in [10, 20, 30] {
        world.write("a", None, second, &[("x", second as f64), ("y", 1.0)]);
    }
    // Behind the group's times, between them, at one that the group has but the series already passed, in another group.
    for (group, second) in [("a", 5), ("a", 25), ("b", 15), ("b", 40), ("a", 35)] {
        assert_eq!(world.write(group, None, second, &[("x", second as f64)]).appended, 1, "{group} {second}");
    }
    assert_eq!(world.write("a", None, 20, &[("z", 20.0)]).appended, 1);
    assert_eq!(world.write("a", None, 10, &[("z", 10.0)]).appended, 1);
    assert_eq!(world.write("b", None, 15, &[("x", 16.0)]).conflicting, 1);
    let steps: [(&str, fn(&mut World)); 5] = [
        ("in the head", |_| {}),
        ("replayed", World::reopen),
        ("sealed", |world| world.seal()),
        ("behind a seal", |world| {
            assert_eq!(world.write("a", None, 22, &[("x", 22.0)]).appended, 1);
            assert_eq!(world.write("a", None, 40, &[("z", 40.0)]).appended, 1);
            world.seal();
        }),
        ("merged", |world| {
            world.clock.advance_ms(6 * HOUR_MS);
            world.tick();
            assert_eq!(world.store.stats().merges, 1);
        }),
    ];
    for (i, (what, step)) in steps.into_iter().enumerate() {
        step(&mut world);
        let mut expected = vec![5, 10, 15, 20, 25, 30, 35, 40];
        if i >= 3 {
            expected.insert(4, 22);
        }
        let expected: Vec<(i64, f64)> = expected.into_iter().map(|second| (second, second as f64)).collect();
        assert_eq!(world.series("x"), expected, "{what}");
        let z: &[(i64, f64)] = if i >= 3 { &[(10, 10.0), (20, 20.0), (40, 40.0)] } else { &[(10, 10.0), (20, 20.0)] };
        assert_eq!(world.series("z"), z, "{what}");
    }
}

#[test]
fn of_two_values_across_a_seal_the_first_stays() {
    let mut world = World::new();
    world.write("a", None, 10, &[("x", 1.0), ("y", 1.0)]);
    world.seal();
    // The head does not look into blocks: it takes the row and reading decides.
    world.write("a", None, 10, &[("x", 2.0), ("y", 1.0)]);
    for step in [
        World::reopen,
        |world: &mut World| world.seal(),
        |world: &mut World| {
            world.clock.advance_ms(6 * HOUR_MS);
            world.tick();
        },
    ] {
        assert_eq!((world.series("x"), world.series("y")), (vec![(10, 1.0)], vec![(10, 1.0)]));
        step(&mut world);
    }
    assert_eq!((world.series("x"), world.store.stats().blocks), (vec![(10, 1.0)], 1));
}

/// A store with the same data in the head, in blocks, in a merged block.
fn in_each_state(fill: impl Fn(&World), check: impl Fn(&World, &str)) {
    let mut world = World::new();
    fill(&world);
    check(&world, "in the head");
    world.reopen();
    check(&world, "replayed");
    world.seal();
    check(&world, "in a block");
    world.write("other", None, 3601, &[("elsewhere", 1.0)]);
    world.seal();
    world.clock.advance_ms(6 * HOUR_MS);
    world.tick();
    assert_eq!(world.store.stats().merges, 1);
    check(&world, "merged");
    world.reopen();
    check(&world, "merged and opened again");
}

fn fill_for_listings(world: &World) {
    world.write("a", None, 10, &[("x/job=a/zone=z1", 1.0), ("x/job=b", 1.0), ("y/job=c/le=0.5", 1.0)]);
    world.write("a", None, 20, &[("x/job=a/zone=z1", 1.0)]);
    world.write("a", None, 30, &[("x/job=a/zone=z1", 1.0), ("y/job=c/le=0.5", 1.0)]);
}

#[test]
fn series_are_listed_when_they_have_a_sample_in_the_range() {
    let cases: &[(&[&[&str]], (i64, i64), &[&str])] = &[
        (&[&["x"]], (0, 100), &["x/job=a/zone=z1", "x/job=b"]),
        (&[&["x"]], (10, 10), &["x/job=a/zone=z1", "x/job=b"]),
        (&[&["x"]], (11, 19), &[]),
        (&[&["x"]], (11, 20), &["x/job=a/zone=z1"]),
        (&[&["y"]], (11, 29), &[]),
        (&[&["y"]], (11, 30), &["y/job=c/le=0.5"]),
        (&[&["x"]], (31, 100), &[]),
        (&[&["x"]], (0, 9), &[]),
        (&[&["x"]], (20, 10), &[]),
        (&[&["x", "zone="]], (0, 100), &["x/job=b"]),
        (&[&["job=~a|c"]], (0, 100), &["x/job=a/zone=z1", "y/job=c/le=0.5"]),
        (&[&["x", "job!=a"], &["y"], &["job=b"]], (0, 100), &["x/job=b", "y/job=c/le=0.5"]),
        (&[&["__name__=~x|y", "job!~b|c"]], (0, 100), &["x/job=a/zone=z1"]),
        (&[&["nothing"]], (0, 100), &[]),
    ];
    in_each_state(fill_for_listings, |world, state| {
        for (selectors, (start, end), expected) in cases {
            let matchers: Vec<Vec<Matcher>> =
                selectors.iter().map(|matchers| matchers.iter().map(|text| matcher(text)).collect()).collect();
            let (limits, cancel) = (Limits::default(), CancelToken::new());
            let found = world.store.select_series(TENANT, &matchers, seconds(*start, *end), &limits, &cancel);
            let found: Vec<Labels> = found.expect("a healthy disk").into_iter().map(|series| series.labels).collect();
            let expected: Vec<Labels> = expected.iter().map(|text| labels(text)).collect();
            assert_eq!(found, expected, "{selectors:?} from {start} to {end} {state}");
        }
    });
}

#[test]
fn samples_are_selected_by_range() {
    let cases: &[((i64, i64), &[i64])] = &[
        ((0, 100), &[10, 20, 30]),
        ((10, 30), &[10, 20, 30]),
        ((11, 30), &[20, 30]),
        ((10, 29), &[10, 20]),
        ((20, 20), &[20]),
        ((21, 29), &[]),
        ((40, 50), &[]),
        ((30, 10), &[]),
    ];
    in_each_state(fill_for_listings, |world, state| {
        for &((start, end), expected) in cases {
            let found = support::read(&world.store, &[matcher("x"), matcher("job=a")], seconds(start, end));
            let found = found.expect("a healthy disk").remove(&labels("x/job=a/zone=z1").to_string());
            let found: Vec<i64> = found.unwrap_or_default().into_keys().collect();
            assert_eq!(found, expected.iter().map(|&s| at(s)).collect::<Vec<_>>(), "{start} to {end} {state}");
        }
    });
}

#[test]
fn label_names_and_values_are_listed() {
    let names: &[(&[&str], (i64, i64), &[&str])] = &[
        (&[], (0, 100), &["__name__", "job", "le", "zone"]),
        (&["x"], (0, 100), &["__name__", "job", "zone"]),
        (&["y"], (0, 100), &["__name__", "job", "le"]),
        (&["nothing"], (0, 100), &[]),
        (&[], (5000, 6000), &[]),
    ];
    let values: &[(&str, &[&str], (i64, i64), &[&str])] = &[
        ("job", &[], (0, 100), &["a", "b", "c"]),
        ("job", &["x"], (0, 100), &["a", "b"]),
        ("job", &["zone!="], (0, 100), &["a"]),
        ("__name__", &["job=~a|c"], (0, 100), &["x", "y"]),
        ("le", &["x"], (0, 100), &[]),
        ("absent", &[], (0, 100), &[]),
        ("job", &[], (5000, 6000), &[]),
    ];
    in_each_state(fill_for_listings, |world, state| {
        let cancel = CancelToken::new();
        let selector = |texts: &[&str]| -> Vec<Vec<Matcher>> { texts.iter().map(|text| vec![matcher(text)]).collect() };
        for (texts, (start, end), expected) in names {
            let found = world.store.label_names(TENANT, &selector(texts), seconds(*start, *end), &cancel);
            assert_eq!(found.expect("a healthy disk"), *expected, "{texts:?} {state}");
        }
        for (name, texts, (start, end), expected) in values {
            let found = world.store.label_values(TENANT, name, &selector(texts), seconds(*start, *end), &cancel);
            let mut found = found.expect("a healthy disk");
            found.retain(|value| value != "elsewhere");
            assert_eq!(found, *expected, "{name} {texts:?} {state}");
        }
    });
}

#[test]
fn the_head_counts_its_series() {
    let world = World::new();
    fill_for_listings(&world);
    let found = world.store.cardinality(TENANT, 2, &CancelToken::new()).expect("counting cannot fail");
    let pair = |name: &str, n| (name.to_owned(), n);
    assert_eq!((found.series, found.label_pairs), (3, 7));
    assert_eq!(found.by_metric, [pair("x", 2), pair("y", 1)]);
    assert_eq!(found.by_label, [pair("job", 3), pair("__name__", 2)]);
    assert_eq!(found.by_pair, [pair("__name__=x", 2), pair("__name__=y", 1)]);
}

#[test]
fn limits_and_cancelling_end_a_query() {
    let world = World::new();
    fill_for_listings(&world);
    let hints = SelectHints::range(TimeRange::ALL);
    let select = |limits: &Limits, cancel: &CancelToken| {
        let stream = world.store.select(TENANT, &[], &hints, Reduce::Raw, limits, cancel)?;
        stream.map(|batch| batch.map(|batch| batch.series.len())).sum::<storage::Result<usize>>()
    };
    let narrow = |series| Limits { series, ..Limits::default() };
    assert_eq!(select(&narrow(3), &CancelToken::new()).expect("three series"), 3);
    let error = select(&narrow(2), &CancelToken::new()).expect_err("three series");
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.to_string().contains("more than 2 series"), "{error}");
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(select(&narrow(3), &cancel).expect_err("cancelled").kind(), ErrorKind::Cancelled);
}

#[test]
fn other_tenants_are_refused() {
    let world = World::new();
    let (other, all, cancel, limits) = (TenantId(1), TimeRange::ALL, CancelToken::new(), Limits::default());
    let batch = AppendBatch { group: "a", token: None, times_ms: &[], rows: &[] };
    let store = &world.store;
    let errors = [
        store.append(other, &batch).err(),
        store.select_series(other, &[], all, &limits, &cancel).err(),
        store.select(other, &[], &SelectHints::range(all), Reduce::Raw, &limits, &cancel).err(),
        store.label_names(other, &[], all, &cancel).err(),
        store.label_values(other, "job", &[], all, &cancel).err(),
        store.cardinality(other, 1, &cancel).err(),
        store.put_metadata(other, &[]).err(),
        store.metadata(other, None).err(),
    ];
    for (i, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("call {i} went through"));
        assert_eq!(error.kind(), ErrorKind::NotBuilt);
        assert!(error.to_string().starts_with("not built yet: "), "{error}");
    }
}

#[test]
fn metadata_is_remembered() {
    let mut world = World::new();
    let entry = |kind, help: &str| Metadata { kind, help: help.to_owned(), unit: String::new() };
    let put = |world: &World, name, metadata| {
        world.store.put_metadata(TENANT, &[(name, metadata)]).expect("a healthy disk");
    };
    put(&world, "up", entry(MetricKind::Gauge, "alive"));
    put(&world, "x_total", entry(MetricKind::Counter, "things"));
    put(&world, "up", entry(MetricKind::Unknown, ""));
    let changes = world.fs.changes();
    put(&world, "up", entry(MetricKind::Gauge, "alive"));
    assert_eq!(world.fs.changes(), changes, "what is known is not written again");
    for _ in 0..2 {
        let up = world.store.metadata(TENANT, Some("up")).expect("in memory");
        assert_eq!(up, [("up".to_owned(), vec![entry(MetricKind::Gauge, "alive"), entry(MetricKind::Unknown, "")])]);
        let names: Vec<String> =
            world.store.metadata(TENANT, None).expect("in memory").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["up", "x_total"]);
        assert_eq!(world.store.metadata(TENANT, Some("absent")).expect("in memory"), []);
        world.reopen();
    }
    for source in 0..100 {
        put(&world, "noisy", entry(MetricKind::Gauge, &source.to_string()));
    }
    assert_eq!(world.store.metadata(TENANT, Some("noisy")).expect("in memory")[0].1.len(), 16);
}

#[test]
fn metadata_that_could_not_be_written_is_written_with_the_next() {
    let mut world = World::new();
    let entry = |help: &str| Metadata { kind: MetricKind::Gauge, help: help.to_owned(), unit: String::new() };
    world.fs.fail_after(Some(1));
    world.store.put_metadata(TENANT, &[("up", entry("alive"))]).expect_err("the disk fails");
    world.fs.fail_after(None);
    world.store.put_metadata(TENANT, &[("up", entry("alive"))]).expect("the disk is well again");
    world.reopen();
    assert_eq!(world.store.metadata(TENANT, Some("up")).expect("in memory").len(), 1);
}

/// Writes a sample every ten minutes and ticks, for some hours.
fn run_hours(world: &World, hours: i64) {
    for _ in 0..hours * 6 {
        world.clock.advance_ms(600_000);
        let now = (world.clock.now_ms() - DAY_MS) / 1000;
        world.write("a", None, now, &[("x", now as f64), ("y", 1.0)]);
        world.tick();
    }
}

#[test]
fn generations_are_sealed_when_the_clock_enters_the_next_interval() {
    let world = World::new();
    world.clock.set_ms(at(1790));
    world.write("a", None, 1790, &[("x", 1.0)]);
    world.clock.set_ms(at(1799));
    world.tick();
    assert_eq!(world.store.stats().blocks, 0);
    world.clock.set_ms(at(1800));
    world.tick();
    let stats = world.store.stats();
    assert_eq!((stats.blocks, stats.seals, stats.head_samples), (1, 1, 0));
    world.clock.set_ms(at(7200));
    world.tick();
    assert_eq!(world.store.stats().blocks, 1, "an empty generation makes no block");
    assert_eq!(world.files(".wal").len(), 1);
}

#[test]
fn a_large_generation_is_sealed_early() {
    let world = World::with(Options { seal_bytes: 10_000, ..support::options() });
    for second in 0..200 {
        world.write("a", None, second, &[("x", (second as f64).sqrt()), ("y", (second as f64).cbrt())]);
        world.tick();
    }
    world.write("a", None, 300, &[("z", 1.0)]);
    assert_eq!(world.store.stats().seals, 0);
    for series in 0..200 {
        world.write("a", None, 400, &[(&format!("x/n={series}"), 1.0)]);
    }
    world.tick();
    assert_eq!(world.store.stats().seals, 1);
}

#[test]
fn blocks_are_merged_to_four_hours_and_to_a_day() {
    let mut world = World::new();
    run_hours(&world, 24);
    // The last window of four hours settles an hour after its end, the day with it.
    let before = world.read();
    assert_eq!(before[&labels("x").to_string()].len(), 24 * 6);
    // By now: five merged windows; the eight half hours of the sixth, of which the last is sealed in the tick that begins the next day.
    assert_eq!(world.store.stats().merges, 5);
    assert_eq!(world.files(".block").len(), 5 + 8);
    world.clock.advance_ms(HOUR_MS);
    let mut counts = Vec::new();
    for _ in 0..3 {
        world.tick();
        assert_eq!(world.read(), before);
        counts.push(world.files(".block").len());
    }
    assert_eq!(counts, [6, 1, 1], "the sixth window, then the day, then nothing");
    world.reopen();
    assert_eq!(world.read(), before);
    assert_eq!((world.store.stats().blocks, world.store.stats().block_samples), (1, 2 * 24 * 6));
}

#[test]
fn old_blocks_are_dropped_by_time() {
    let world = World::with(Options { retention_ms: Some(6 * HOUR_MS), ..support::options() });
    run_hours(&world, 12);
    let oldest = world.series("y")[0].0;
    let now = (world.clock.now_ms() - DAY_MS) / 1000;
    // A block goes when all of it is too old; a merged one covers four hours.
    assert!((6 * 3600..=10 * 3600).contains(&(now - oldest)), "{oldest} at {now}");
    assert!(world.store.stats().blocks_dropped > 0);
    let freed = world.store.enforce_retention(world.clock.now_ms() + 100 * HOUR_MS).expect("a healthy disk");
    assert!(freed > 0);
    assert_eq!((world.store.stats().blocks, world.files(".block").len()), (0, 0));
    assert_eq!(world.store.enforce_retention(world.clock.now_ms()).expect("a healthy disk"), 0);
}

#[test]
fn old_blocks_are_dropped_by_share_of_the_disk() {
    let world = World::new();
    world.fs.set_capacity_bytes(Some(1 << 20));
    run_hours(&world, 3);
    let before = world.store.stats();
    assert_eq!(before.blocks_dropped, 0);
    // A fifth of the disk is now a little more than half of what the blocks take.
    world.fs.set_capacity_bytes(Some(before.block_bytes * 3));
    let freed = world.store.enforce_retention(world.clock.now_ms()).expect("a healthy disk");
    let after = world.store.stats();
    assert_eq!(freed, before.block_bytes - after.block_bytes);
    assert!(after.block_bytes <= before.block_bytes * 3 / 5 && after.blocks > 0, "{after:?}");
    assert!(world.series("x")[0].0 > 600, "the oldest went first");
}

#[test]
fn a_nearly_full_disk_takes_no_more_samples() {
    let mut world = World::new();
    world.write("a", None, 1, &[("x", 1.0)]);
    let used: u64 = world.fs.paths().iter().filter_map(|path| world.fs.bytes(path)).map(|b| b.len() as u64).sum();
    world.fs.set_capacity_bytes(Some(used + 4));
    world.tick();
    assert!(world.store.stats().full);
    let rows = [(labels("x"), 0, 2.0)];
    let refused = |world: &World| support::append(&world.store, "a", None, &[at(2)], &rows).expect_err("full");
    let error = refused(&world);
    assert_eq!(error.kind(), ErrorKind::Full);
    assert!(error.to_string().contains("less than 5 % of the disk is free"), "{error}");
    assert_eq!(world.series("x"), [(1, 1.0)], "queries still work");
    world.reopen();
    assert_eq!(refused(&world).kind(), ErrorKind::Full, "also right after the start");
    world.fs.set_capacity_bytes(Some(used * 2));
    assert_eq!(refused(&world).kind(), ErrorKind::Full, "until the next look");
    world.tick();
    assert_eq!(world.write("a", None, 2, &[("x", 2.0)]).appended, 1);
    assert_eq!(world.series("x"), [(1, 1.0), (2, 2.0)]);
}

#[test]
fn a_disk_that_fills_within_an_append_refuses_it_whole() {
    let mut world = World::with(Options { min_free_share: 0.0, ..support::options() });
    world.write("a", None, 1, &[("x", 1.0)]);
    let used: u64 = world.fs.paths().iter().filter_map(|path| world.fs.bytes(path)).map(|b| b.len() as u64).sum();
    world.fs.set_capacity_bytes(Some(used + 10));
    let rows = [(labels("x"), 0, 2.0), (labels("y"), 0, 2.0)];
    let error = support::append(&world.store, "a", Some(9), &[at(2)], &rows).expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::Full);
    assert_eq!(world.store.seal().expect_err("no room").kind(), ErrorKind::Full);
    assert_eq!((world.series("x"), world.store.stats().seals_failed), (vec![(1, 1.0)], 1));
    world.fs.set_capacity_bytes(None);
    let again = support::append(&world.store, "a", Some(9), &[at(2)], &rows).expect("room again");
    assert_eq!(again.appended, 2);
    world.seal();
    world.reopen();
    assert_eq!((world.series("x"), world.series("y")), (vec![(1, 1.0), (2, 2.0)], vec![(2, 2.0)]));
}

#[test]
fn series_without_samples_are_forgotten() {
    let world = World::new();
    let churn = |from: usize| {
        let names: Vec<String> = (from..from + 1500).map(|n| format!("x/n={n}")).collect();
        let series: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
        world.write("a", None, from as i64, &series)
    };
    assert_eq!(churn(0).new_series, 1500);
    world.seal();
    assert_eq!(world.store.stats().head_series, 0, "nothing is written any more");
    assert_eq!(churn(1500).new_series, 1500);
    assert_eq!(churn(1600).new_series, 100);
    world.write("a", None, 4000, &[("x/n=2000", 2.0)]);
    world.seal();
    world.write("a", None, 4001, &[("x/n=2000", 3.0)]);
    assert_eq!(world.read().len(), 3100);
    assert_eq!(world.series("x/n=2000"), [(1500, 1.0), (1600, 1.0), (4000, 2.0), (4001, 3.0)]);
}

#[test]
fn forgetting_keeps_what_was_written_meanwhile() {
    // The frozen generation is sealed while the next one already has samples, some of them late.
    let mut world = World::new();
    let names: Vec<String> = (0..1500).map(|n| format!("x/n={n}")).collect();
    let series: Vec<(&str, f64)> = names.iter().map(|name| (name.as_str(), 1.0)).collect();
    world.write("a", None, 10, &series);
    world.fs.fail_after(Some(7));
    world.store.seal().expect_err("the log is changed, the block fails");
    world.fs.fail_after(None);
    world.write("a", None, 30, &[("x/n=1400", 2.0), ("new", 2.0)]);
    world.write("a", None, 20, &[("x/n=1400", 1.5)]);
    world.seal();
    assert!(world.store.stats().head_series <= 2, "{:?}", world.store.stats());
    world.write("a", None, 40, &[("x/n=1400", 3.0), ("new", 3.0)]);
    for _ in 0..2 {
        assert_eq!(world.series("x/n=1400"), [(10, 1.0), (20, 1.5), (30, 2.0), (40, 3.0)]);
        assert_eq!((world.series("new"), world.read().len()), (vec![(30, 2.0), (40, 3.0)], 1501));
        world.reopen();
    }
}

#[test]
fn indexes_leave_memory_when_they_take_too_much() {
    for (index_cache_bytes, kept) in [(0, false), (1 << 20, true)] {
        let world = World::with(Options { index_cache_bytes, ..support::options() });
        world.write("a", None, 10, &[("x/job=a", 1.0)]);
        world.seal();
        assert_eq!(world.series("x/job=a").len(), 1);
        world.tick();
        // Whether the index is in memory shows when the file can no longer be read.
        let block = world.files(".block").remove(0);
        let dictionary = world.fs.bytes(&block).expect("it is there").windows(3).position(|w| w == b"job");
        world.fs.tamper(&block, |bytes| bytes[dictionary.expect("a dictionary")] ^= 1);
        assert_eq!(support::read_all(&world.store).is_ok(), kept, "{index_cache_bytes}");
    }
}

#[test]
fn a_power_cut_takes_the_last_second_at_most() {
    let options = Options { sync: SyncMode::Interval, ..support::options() };
    let mut world = World::with(options.clone());
    world.write("a", None, 1, &[("x", 1.0)]);
    world.clock.advance_ms(1_000);
    world.tick();
    world.write("a", None, 2, &[("x", 2.0)]);
    world.fs.cut_power(|_| 0);
    world.reopen();
    assert_eq!(world.series("x"), [(1, 1.0)]);

    // A generation whose seal fails is as safe as before, though its log is not the current one any more.
    let mut world = World::with(options);
    world.write("a", None, 1, &[("x", 1.0)]);
    world.fs.fail_after(Some(7));
    world.store.seal().expect_err("the log is changed, the block fails");
    world.fs.fail_after(None);
    world.store.sync().expect("a healthy disk");
    world.fs.cut_power(|_| 0);
    world.reopen();
    assert_eq!(world.series("x"), [(1, 1.0)]);
}

#[test]
fn a_log_that_cannot_be_synced_is_replaced() {
    for write_before in [false, true] {
        let mut world = World::new();
        if write_before {
            world.write("a", None, 1, &[("x", 1.0)]);
        }
        let append = |world: &World, second: i64| {
            support::append(&world.store, "a", Some(second as u128), &[at(second)], &[(labels("x"), 0, second as f64)])
        };
        // The write succeeds, the sync behind it does not.
        world.fs.fail_after(Some(1));
        assert_eq!(append(&world, 2).expect_err("the sync fails").kind(), ErrorKind::Io);
        world.fs.fail_after(None);
        assert_eq!(append(&world, 3).expect_err("the log takes no more").kind(), ErrorKind::Io);
        world.tick();
        assert_eq!(append(&world, 2).expect("another log").repeated, 1, "it was kept, only not acknowledged");
        assert_eq!(append(&world, 3).expect("another log").appended, 1);
        world.fs.cut_power(|_| 0);
        world.reopen();
        let expected = [(1, 1.0), (2, 2.0), (3, 3.0)];
        assert_eq!(world.series("x"), expected[usize::from(!write_before)..]);
        assert_eq!(world.files(".wal").len(), 1);
    }
}

#[test]
fn queries_see_each_sample_once_while_blocks_change() {
    let world = World::new();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let samples = world.series("x");
                assert!(samples.iter().zip(1..).all(|(&(second, _), n)| second == n * 600), "{samples:?}");
            }
        });
        run_hours(&world, 48);
        done.store(true, std::sync::atomic::Ordering::SeqCst);
    });
    assert_eq!(world.series("x").len(), 48 * 6);
}

#[test]
fn reads_do_not_wait_for_the_log() {
    let world = World::new();
    world.write("a", None, 0, &[("x", 1.0)]);
    std::thread::scope(|scope| {
        let hanging = world.fs.hang_appends();
        let writing = scope.spawn(|| world.write("a", None, 15, &[("x", 2.0), ("y", 1.0)]));
        hanging.wait_for_append();
        assert_eq!(world.series("x"), [(0, 1.0)]);
        drop(hanging);
        assert_eq!(writing.join().expect("no panic"), ack(2, 1));
    });
    assert_eq!(world.series("x"), [(0, 1.0), (15, 2.0)]);
}
