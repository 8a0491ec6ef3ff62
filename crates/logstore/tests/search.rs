//! Searching: for random lines and needles every filter, order, limit, range, need and count equals brute force over the text, in the head, in
//! blocks of many frames, and in both.
#![cfg(test)]

mod common;
mod support;

use std::sync::Arc;

use logstore::LogStoreOptions;
use model::{Clock, ManualClock, Matcher};
use storage::logs::{LineEntry, Need, Order, StreamLines};
use storage::{CancelToken, ErrorKind, LineFilter, LineQuery, LogBatch, LogLimits, LogStore, NanoRange, TenantId};
use support::{DAY_MS, MS};
use testkit::{MemoryLogStore, Random, SimFs};

/// Some ten thousand lines in blocks of several frames; the last of them in the head.
fn fill(seed: u64, is_sealed: bool) -> (logstore::EmbeddedLogStore, MemoryLogStore, Arc<ManualClock>, Random) {
    let mut random = Random(seed);
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS + 1_000)));
    let big = LogStoreOptions {
        block_bytes: 700 << 10,
        head_bytes: 4 << 20,
        wal_segment_bytes: 8 << 20,
        wal_bytes: 64 << 20,
        ..support::options()
    };
    let store = support::open(&fs, &clock, big).expect("an empty directory");
    let expected = MemoryLogStore::new();
    let batches = if is_sealed { 900 } else { 300 };
    for _ in 0..batches {
        clock.advance_ms(random.below(1_500) as i64);
        let batch = support::random_batch(&mut random, clock.now_ms() * MS);
        for store in [&store as &dyn LogStore, &expected] {
            support::append(store, &batch).expect("a healthy disk");
        }
        if is_sealed && random.below(100) == 0 {
            store.seal().expect("a healthy disk");
        }
    }
    (store, expected, clock, random)
}

#[test]
fn blocks_and_head_answer_as_the_text_does() {
    let seed = testkit::seed(7);
    for round in 0..2 {
        let (store, expected, clock, mut random) = fill(seed + round, true);
        let stats = store.stats();
        assert!(stats.blocks > 10 && stats.head_lines > 0, "{stats:?}");
        common::compare_all(&store, &expected, "all");
        common::compare_some(&store, &expected, &mut random, clock.now_ms() * MS, 120);
    }
}

#[test]
fn the_head_alone_answers_as_the_text_does() {
    let seed = testkit::seed(8);
    for round in 0..6 {
        let (store, expected, clock, mut random) = fill(seed + round, false);
        common::compare_all(&store, &expected, "all");
        common::compare_some(&store, &expected, &mut random, clock.now_ms() * MS, 40);
    }
}

/// Needles at and across the edges of lines: these stand one behind the other without anything between.
#[test]
fn a_needle_does_not_reach_into_the_next_line() {
    let lines: [&[u8]; 9] = [b"ab", b"c", b"", b"abc", b"", b"abcabc", b"bc", b"a", b"bcd"];
    let needles = ["a", "b", "ab", "bc", "abc", "ca", "cab", "abca", "bca", "d", "dx", "aa", "bcd", "cbcd"];
    let labels = model::Labels::from_pairs([("job", "edges")]);
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let (store, expected) = (support::open(&fs, &clock, support::options()).expect("opens"), MemoryLogStore::new());
    let entries: Vec<LineEntry<'_>> =
        (0..).zip(lines).map(|(i, line)| LineEntry { time_ns: i, line, metadata: &[] }).collect();
    let streams = [StreamLines { labels: labels.as_bytes(), lines: &entries }];
    for store in [&store as &dyn LogStore, &expected] {
        let batch = LogBatch { token: None, source: None, streams: &streams, body: None };
        store.append(TenantId::default(), &batch).expect("a healthy disk");
    }
    for is_sealed in [false, true] {
        if is_sealed {
            store.seal().expect("a healthy disk");
        }
        for needle in needles {
            let needle = needle.as_bytes().to_vec();
            let filters = [
                vec![LineFilter::Contains(needle.clone())],
                vec![LineFilter::NotContains(needle.clone())],
                vec![LineFilter::ContainsAny(vec![needle.clone(), b"d".to_vec()])],
                vec![LineFilter::Contains(needle.clone()), LineFilter::NotContains(b"abca".to_vec())],
            ];
            for filters in filters {
                for start_ns in 0..4 {
                    let range = NanoRange { start_ns, end_ns: 9 };
                    let query = LineQuery { filters: filters.clone(), range, ..support::everything(Order::Forward) };
                    common::compare_query(&store, &expected, &query, &LogLimits::default(), "edges");
                }
            }
        }
    }
}

#[test]
fn what_is_not_needed_is_not_read() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("opens");
    let mut random = Random(3);
    for _ in 0..50 {
        support::append(&store, &support::random_batch(&mut random, DAY_MS * MS)).expect("a healthy disk");
    }
    store.seal().expect("a healthy disk");
    let wanted = support::read_all(&store).expect("nothing is damaged").len();
    // The bodies stand at the ends of files.
    for path in fs.paths().into_iter().filter(|path| path.extension().is_some_and(|e| e == "block")) {
        fs.tamper(&path, |bytes| {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
        });
    }
    let store = support::open(&fs, &clock, support::options()).expect("bodies are not read at the start");
    let need = Need { line: false, metadata: true };
    let query = LineQuery { need, ..support::everything(Order::Backward) };
    let rows = support::select(&store, &query, &LogLimits::default()).expect("texts are not read");
    assert_eq!(rows.len(), wanted);
    assert!(rows.iter().all(|row| row.3.is_empty()) && rows.iter().any(|row| row.2 > 0));
    assert_eq!(support::read_all(&store).expect_err("texts are damaged").kind(), ErrorKind::Corrupt);
}

#[test]
fn limits_and_cancelling() {
    let (store, _, _, _) = fill(5, true);
    let tenant = TenantId::default();
    let query = support::everything(Order::Forward);
    let few = LogLimits { streams: 2, ..LogLimits::default() };
    assert_eq!(support::select(&store, &query, &few).expect_err("more streams").kind(), ErrorKind::LimitExceeded);
    let found = store.select_streams(tenant, &[], NanoRange::ALL, &few, &CancelToken::new());
    assert_eq!(found.expect_err("more streams").kind(), ErrorKind::LimitExceeded);
    let cancel = CancelToken::new();
    let mut lines = store.select_lines(tenant, query, &LogLimits::default(), &cancel).expect("a query");
    assert!(lines.next().is_some_and(|batch| batch.is_ok()));
    cancel.cancel();
    let ended = lines.next().expect("there is more").expect_err("it was cancelled");
    assert_eq!(ended.kind(), ErrorKind::Cancelled);
    assert!(lines.next().is_none());
    let tenth = LineQuery {
        matchers: vec![Matcher::equal("job", "api")],
        limit: Some(10),
        ..support::everything(Order::Backward)
    };
    assert_eq!(support::select(&store, &tenth, &LogLimits::default()).expect("ten lines").len(), 10);
}
