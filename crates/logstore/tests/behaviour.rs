//! What a store does, case by case.
#![cfg(test)]

mod support;

use std::sync::Arc;

use logstore::LogStoreOptions;
use model::{Clock, Labels, ManualClock, Matcher};
use parking_lot::Mutex;
use storage::logs::{Body, LineBatch, LineEntry, SourceId, SourceRange, StreamLines, TailSink};
use storage::{ErrorKind, LogBatch, LogLimits, LogStore, NanoRange, TenantId};
use support::{Batch, DAY_MS, HOUR_MS, Line, MS};
use testkit::{Random, SimFs};

fn line(job: &str, time_ms: i64, text: &str) -> Line {
    let labels = Labels::from_pairs([("job", job), ("pod", "p")]);
    Line { labels, time_ns: time_ms * MS, text: text.as_bytes().to_vec(), metadata: Labels::empty() }
}

fn batch(lines: Vec<Line>) -> Batch {
    Batch { lines, ..Batch::default() }
}

fn texts(store: &dyn LogStore) -> Vec<String> {
    let rows = support::read_all(store).expect("nothing is damaged");
    rows.into_iter().map(|row| String::from_utf8(row.3).expect("text")).collect()
}

#[derive(Clone, Default)]
struct Collect {
    texts: Arc<Mutex<Vec<String>>>,
    most: usize,
}

impl TailSink for Collect {
    fn take(&self, batch: Arc<LineBatch>) -> bool {
        let mut texts = self.texts.lock();
        texts.extend(batch.rows.iter().map(|row| String::from_utf8_lossy(batch.line(row)).into_owned()));
        self.most == 0 || texts.len() < self.most
    }
}

#[test]
fn tails_see_what_is_appended_from_now_on() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    let tenant = TenantId::default();
    let append = |lines| support::append(&store, &batch(lines)).expect("a healthy disk");
    append(vec![line("a", DAY_MS, "before")]);
    let (all, some) = (Collect::default(), Collect { most: 2, ..Collect::default() });
    let guard = store.tail(tenant, Vec::new(), Box::new(all.clone())).expect("open");
    let matchers = vec![Matcher::equal("job", "a")];
    let _some = store.tail(tenant, matchers, Box::new(some.clone())).expect("open");
    append(vec![line("a", DAY_MS, "one"), line("b", DAY_MS, "two")]);
    let retry = Batch { token: Some(5), lines: vec![line("a", DAY_MS, "three")], ..Batch::default() };
    for _ in 0..2 {
        support::append(&store, &retry).expect("a healthy disk");
    }
    append(vec![line("a", DAY_MS, "four")]);
    support::append_of(&store, TenantId(2), &batch(vec![line("a", DAY_MS, "other tenant")])).expect("a healthy disk");
    drop(guard);
    append(vec![line("a", DAY_MS, "after")]);
    assert_eq!(*all.texts.lock(), ["one", "two", "three", "four"]);
    assert_eq!(*some.texts.lock(), ["one", "three"], "its sink wanted no more");
    store.close().expect("a healthy disk");
    assert_eq!(store.tail(tenant, Vec::new(), Box::new(all)).expect_err("closed").kind(), ErrorKind::Closed);
    let refused = support::append(&store, &batch(vec![line("a", DAY_MS, "late")]));
    assert_eq!(refused.expect_err("closed").kind(), ErrorKind::Closed);
    assert_eq!(texts(&store).len(), 6);
}

#[test]
fn retries_are_known_after_seals_restarts_and_rotations() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let mut store = support::open(&fs, &clock, support::options()).expect("opens");
    let range = |from, to| Some(SourceRange { source: SourceId(1), from, to });
    let by_token = Batch { token: Some(1), lines: vec![line("a", DAY_MS, "token")], ..Batch::default() };
    let by_range = Batch { source: range(0, 10), lines: vec![line("a", DAY_MS, "range")], ..Batch::default() };
    for round in 0..4 {
        for batch in [&by_token, &by_range] {
            let ack = support::append(&store, batch).expect("a healthy disk");
            assert_eq!(ack.repeated, round > 0, "round {round}");
        }
        let filler: Vec<Line> =
            (0..200).map(|i| line("filler", DAY_MS, &format!("line {i} of round {round}"))).collect();
        support::append(&store, &batch(filler)).expect("a healthy disk");
        match round {
            0 => store.seal().expect("a healthy disk"),
            1 => store = support::open(&fs, &clock, support::options()).expect("opens"),
            _ => {}
        }
    }
    assert_eq!(store.source_end(TenantId::default(), SourceId(1)).expect("known"), Some(10));
    assert_eq!(store.source_end(TenantId(1), SourceId(1)).expect("known"), None);
    let empty = Batch { source: range(10, 15), ..Batch::default() };
    support::append(&store, &empty).expect("a part of which no line was kept");
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    assert_eq!(store.source_end(TenantId::default(), SourceId(1)).expect("known"), Some(15));
    let rest = Batch { source: range(15, 12), ..Batch::default() };
    assert_eq!(support::append(&store, &rest).expect_err("no range").kind(), ErrorKind::Invalid);
}

#[test]
fn old_lines_go_by_time_and_do_not_come_back() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS + 12 * HOUR_MS)));
    let options = LogStoreOptions { retention_ms: Some(48 * HOUR_MS), ..support::options() };
    let store = support::open(&fs, &clock, options.clone()).expect("opens");
    let now_ms = clock.now_ms();
    let lines = (0..8).map(|day| line("a", now_ms - day * 24 * HOUR_MS, &format!("day {day}"))).collect();
    support::append(&store, &batch(lines)).expect("a healthy disk");
    store.seal().expect("a healthy disk");
    support::append(&store, &batch(vec![line("b", now_ms, "in the head")])).expect("a healthy disk");
    let freed_bytes = store.enforce_retention(now_ms * MS).expect("a healthy disk");
    assert!(freed_bytes > 0);
    let kept = ["day 2", "day 1", "day 0", "in the head"];
    assert_eq!(texts(&store), kept);
    assert_eq!(store.stats().blocks_dropped, 5);
    drop(store);
    let store = support::open(&fs, &clock, options).expect("opens");
    assert_eq!(texts(&store), kept);
    assert_eq!(store.enforce_retention(now_ms * MS).expect("a healthy disk"), 0);
}

#[test]
fn oldest_days_go_when_blocks_take_too_much() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS + 20 * 24 * HOUR_MS)));
    let options = LogStoreOptions { max_bytes: Some(20_000), ..support::options() };
    let store = support::open(&fs, &clock, options.clone()).expect("opens");
    let mut random = Random(4);
    for day in 0..20 {
        let time_ms = DAY_MS + day * 24 * HOUR_MS;
        let noise = |random: &mut Random| (0..40).map(|_| format!("{:016x}", random.next())).collect::<String>();
        let lines = (0..5).map(|_| line("a", time_ms, &format!("{day:02} {}", noise(&mut random)))).collect();
        support::append(&store, &batch(lines)).expect("a healthy disk");
        store.seal().expect("a healthy disk");
    }
    store.maintain().expect("a healthy disk");
    let stats = store.stats();
    assert!(stats.block_bytes <= 20_000 && stats.block_bytes > 10_000, "{stats:?}");
    let days: Vec<String> = texts(&store).iter().map(|text| text[..2].to_owned()).collect();
    assert_eq!(days.last().map(String::as_str), Some("19"));
    assert_eq!(days.len() as u64, stats.block_lines);
    let first: u64 = days[0].parse().expect("a day");
    assert_eq!(first, 20 - stats.blocks, "the oldest are gone: {days:?}");
    let dropped: Vec<_> =
        fs.paths().into_iter().filter(|path| path.extension().is_some_and(|e| e == "block")).collect();
    assert_eq!(dropped.len() as u64, stats.blocks, "their files are gone: {dropped:?}");
}

#[test]
fn a_nearly_full_disk_takes_no_more() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let options = LogStoreOptions { min_free_share: 0.05, ..support::options() };
    let store = support::open(&fs, &clock, options).expect("opens");
    support::append(&store, &batch(vec![line("a", DAY_MS, "one")])).expect("there is room");
    let used: usize = fs.paths().iter().filter_map(|path| fs.bytes(path)).map(|bytes| bytes.len()).sum();
    fs.set_capacity_bytes(Some(used as u64 + 1));
    store.maintain().expect("nothing is due");
    let error = support::append(&store, &batch(vec![line("a", DAY_MS, "two")])).expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::Full);
    assert!(error.to_string().contains("5 %"), "{error}");
    assert!(store.stats().full);
    assert_eq!(texts(&store), ["one"]);
    fs.set_capacity_bytes(None);
    store.maintain().expect("a healthy disk");
    support::append(&store, &batch(vec![line("a", DAY_MS, "two")])).expect("there is room");
    assert_eq!(texts(&store), ["one", "two"]);
}

#[test]
fn heads_and_logs_stay_within_their_budgets() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let options = LogStoreOptions {
        block_bytes: 256 << 10,
        head_bytes: 1 << 20,
        wal_segment_bytes: 128 << 10,
        wal_bytes: 2 << 20,
        ..support::options()
    };
    let store = support::open(&fs, &clock, options.clone()).expect("opens");
    let (mut most_bytes, mut n_lines) = (0, 0);
    for step in 0..2_000 {
        // A hundred small groups beside a large one; the first line of all is in a group that nothing comes to any more.
        let job = if step % 4 == 0 { format!("small {}", step % 100) } else { "large".to_owned() };
        let lines: Vec<Line> = (0..20).map(|i| line(&job, DAY_MS, &format!("{step} {i} {:0200}", step * i))).collect();
        n_lines += lines.len() as u64;
        support::append(&store, &batch(lines)).expect("a healthy disk");
        if step % 50 == 0 {
            store.maintain().expect("a healthy disk");
        }
        most_bytes = most_bytes.max(store.stats().head_bytes);
    }
    assert!(most_bytes < 2 << 20, "{most_bytes}");
    let stats = store.stats();
    assert!(stats.wal_bytes < 4 << 20, "{stats:?}");
    assert_eq!(stats.head_lines + stats.block_lines, n_lines);
    drop(store);
    let small = LogStoreOptions { head_bytes: 300 << 10, ..options };
    let store = support::open(&fs, &clock, small).expect("opens");
    let again = store.stats();
    assert!(again.head_bytes < 700 << 10, "{again:?}");
    assert_eq!(again.head_lines + again.block_lines, n_lines);
    clock.advance_ms(3 * HOUR_MS);
    store.maintain().expect("a healthy disk");
    let idle = store.stats();
    assert_eq!((idle.head_lines, idle.head_bytes), (0, 0), "what waited long is sealed");
}

#[test]
fn bodies_of_an_unknown_format_are_refused_at_the_start() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    let labels = Labels::from_pairs([("job", "a")]);
    let lines = [LineEntry { time_ns: 1, line: b"x", metadata: b"" }];
    let streams = [StreamLines { labels: labels.as_bytes(), lines: &lines }];
    let body = Some(Body { format: 99, received_ns: 42, bytes: b"?", left_out: &[] });
    let batch = LogBatch { token: None, source: None, streams: &streams, body };
    store.append(TenantId::default(), &batch).expect("it is only logged");
    drop(store);
    let error = support::open(&fs, &clock, support::options()).expect_err("nobody can read it");
    assert_eq!(error.kind(), ErrorKind::NotBuilt);
}

#[test]
fn bad_batches_are_refused() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    let lines = [LineEntry { time_ns: 1, line: b"x", metadata: b"" }];
    let streams = [StreamLines { labels: b"no labels", lines: &lines }];
    let batch = LogBatch { token: None, source: None, streams: &streams, body: None };
    assert_eq!(store.append(TenantId::default(), &batch).expect_err("no labels").kind(), ErrorKind::Invalid);
    let labels = Labels::from_pairs([("job", "a")]);
    let streams = [StreamLines { labels: labels.as_bytes(), lines: &lines }];
    let body = Some(Body { format: support::FORMAT, received_ns: 42, bytes: b"", left_out: &[3, 2] });
    let batch = LogBatch { token: None, source: None, streams: &streams, body };
    assert_eq!(store.append(TenantId::default(), &batch).expect_err("no order").kind(), ErrorKind::Invalid);
    assert_eq!((store.stats().batches_failed, store.stats().lines_appended), (2, 0));
    assert!(texts(&store).is_empty());
}

#[test]
fn tenants_do_not_see_each_other() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    for tenant in 0..3 {
        let lines = vec![line("a", DAY_MS, &format!("of tenant {tenant}"))];
        support::append_of(&store, TenantId(tenant), &batch(lines)).expect("a healthy disk");
    }
    for _ in 0..2 {
        assert_eq!(texts(&store), ["of tenant 0"]);
        let (limits, cancel) = (LogLimits::default(), storage::CancelToken::new());
        let streams = |tenant| store.select_streams(TenantId(tenant), &[], NanoRange::ALL, &limits, &cancel);
        assert_eq!((streams(2).expect("one").len(), streams(3).expect("none").len()), (1, 0));
        store.seal().expect("a healthy disk");
    }
}

#[test]
fn reads_go_on_while_their_blocks_are_merged_and_dropped() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let options = LogStoreOptions { retention_ms: Some(100 * HOUR_MS), ..support::options() };
    let store = support::open(&fs, &clock, options).expect("opens");
    for i in 0..6 {
        support::append(&store, &batch(vec![line("a", DAY_MS + i, &format!("line {i}"))])).expect("a healthy disk");
        store.seal().expect("a healthy disk");
    }
    let query = support::everything(storage::logs::Order::Any);
    let cancel = storage::CancelToken::new();
    let mut lines = store.select_lines(TenantId::default(), query, &LogLimits::default(), &cancel).expect("a query");
    let mut found = lines.next().expect("a batch").expect("sound").rows.len();
    clock.advance_ms(50 * HOUR_MS);
    store.maintain().expect("a healthy disk");
    assert_eq!((store.stats().merges, store.stats().blocks), (1, 1));
    clock.advance_ms(100 * HOUR_MS);
    store.maintain().expect("a healthy disk");
    assert_eq!(store.stats().blocks, 0);
    found += lines.map(|batch| batch.expect("still there").rows.len()).sum::<usize>();
    assert_eq!(found, 6);
    let left: Vec<_> = fs.paths().into_iter().filter(|path| path.extension().is_some_and(|e| e == "block")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn reads_do_not_wait_for_the_log() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    support::append(&store, &batch(vec![line("a", DAY_MS, "before")])).expect("a healthy disk");
    std::thread::scope(|scope| {
        let hanging = fs.hang_appends();
        let writing = scope.spawn(|| support::append(&store, &batch(vec![line("a", DAY_MS, "meanwhile")])));
        hanging.wait_for_append();
        assert_eq!(texts(&store), ["before"]);
        drop(hanging);
        writing.join().expect("no panic").expect("a healthy disk");
    });
    assert_eq!(texts(&store), ["before", "meanwhile"]);
}
