use std::sync::mpsc;

use storage::logs::{Need, SourceRange, StreamLines};

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied())
}

fn entry(time_ns: i64, line: &str) -> LineEntry<'_> {
    LineEntry { time_ns, line: line.as_bytes(), metadata: &[] }
}

/// Streams `a` and `b` with lines that share their times.
fn store() -> MemoryLogStore {
    let store = MemoryLogStore::new();
    for (app, time_ns, line) in
        [("a", 10, "one"), ("b", 10, "two"), ("a", 10, "three"), ("a", 5, "four"), ("b", 20, "five error")]
    {
        store.insert(&labels(&[("app", app)]), time_ns, line.as_bytes(), labels(&[("level", line)]).as_bytes());
    }
    store
}

fn read(store: &MemoryLogStore, query: LineQuery) -> Vec<(i64, String)> {
    let batches =
        store.select_lines(TenantId::default(), query, &LogLimits::default(), &CancelToken::new()).expect("lines");
    let batches: Vec<LineBatch> = batches.map(|batch| batch.expect("a batch")).collect();
    let text = |batch: &LineBatch, row| String::from_utf8_lossy(batch.line(row)).into_owned();
    batches.iter().flat_map(|b| b.rows.iter().map(|row| (row.time_ns, text(b, row)))).collect()
}

fn query(order: Order, limit: Option<usize>) -> LineQuery {
    LineQuery {
        matchers: vec![Matcher::equal("app", "a"), Matcher::equal("none", "")],
        range: NanoRange::ALL,
        filters: Vec::new(),
        order,
        limit,
        need: Need::ALL,
    }
}

#[test]
fn orders_and_limits() {
    let store = store();
    let own = |lines: &[(i64, &str)]| lines.iter().map(|(t, l)| (*t, (*l).to_owned())).collect::<Vec<_>>();
    assert_eq!(read(&store, query(Order::Forward, None)), own(&[(5, "four"), (10, "one"), (10, "three")]));
    assert_eq!(read(&store, query(Order::Backward, Some(2))), own(&[(10, "three"), (10, "one")]));
    let all = LineQuery { matchers: Vec::new(), ..query(Order::Backward, None) };
    assert_eq!(read(&store, all), own(&[(20, "five error"), (10, "three"), (10, "one"), (10, "two"), (5, "four")]));
    let filters = vec![LineFilter::Contains(b"e".to_vec()), LineFilter::NotContains(b"th".to_vec())];
    assert_eq!(read(&store, LineQuery { filters, ..query(Order::Forward, None) }), own(&[(10, "one")]));
    let early = NanoRange { start_ns: 5, end_ns: 10 };
    assert_eq!(read(&store, LineQuery { range: early, ..query(Order::Any, None) }), own(&[(5, "four")]));
}

#[test]
fn leaves_out_what_is_not_needed_but_not_the_length() {
    let store = store();
    let bare = LineQuery { need: Need { line: false, metadata: false }, ..query(Order::Forward, Some(1)) };
    let mut batches =
        store.select_lines(TenantId::default(), bare, &LogLimits::default(), &CancelToken::new()).expect("lines");
    let batch = batches.next().expect("one batch").expect("no error");
    assert_eq!((batch.line(&batch.rows[0]), batch.metadata(&batch.rows[0])), (&b""[..], &b""[..]));
    assert_eq!(batch.rows[0].line_bytes, 4);
}

#[test]
fn recognises_retries_by_token_and_by_source() {
    let store = MemoryLogStore::new();
    let app = labels(&[("app", "a")]);
    let append = |token: Option<u128>, range: Option<(u64, u64)>| {
        let lines = [entry(1, "x"), entry(1, "x")];
        let streams = [StreamLines { labels: app.as_bytes(), lines: &lines }];
        let source = range.map(|(from, to)| SourceRange { source: SourceId(7), from, to });
        let batch = LogBatch { token: token.map(BatchToken), source, streams: &streams, body: None };
        store.append(TenantId::default(), &batch).expect("acknowledged")
    };
    let (new, again) = (LogAck { lines: 2, repeated: false }, LogAck { lines: 0, repeated: true });
    assert_eq!([append(None, None), append(None, None)], [new, new]);
    assert_eq!([append(Some(1), None), append(Some(1), None), append(Some(2), None)], [new, again, new]);
    assert_eq!(
        [append(None, Some((0, 10))), append(None, Some((0, 10))), append(None, Some((5, 9)))],
        [new, again, again]
    );
    assert_eq!(append(None, Some((10, 12))), new);
    assert_eq!(store.source_end(TenantId::default(), SourceId(7)).expect("an answer"), Some(12));
    assert_eq!(store.source_end(TenantId(1), SourceId(7)).expect("an answer"), None);
    assert_eq!(store.dump().len(), 12);
}

#[test]
fn counts_over_left_open_windows() {
    let store = store();
    let matchers = [];
    let unit = CountUnit { matchers: &matchers, filters: &[], bytes: false, by_metadata: &[] };
    let grid = NanoGrid { start_ns: 10, end_ns: 20, step_ns: 5, window_ns: 5 };
    let count = |store: &MemoryLogStore, unit: &CountUnit<'_>| {
        store
            .count_grid(TenantId::default(), unit, grid, &LogLimits::default(), &CancelToken::new())
            .expect("counted")
            .map(|series| series.into_iter().map(|s| (s.labels.to_string(), s.counts)).collect::<Vec<_>>())
    };
    let expected = vec![("{app=\"a\"}".to_owned(), vec![2, 0, 0]), ("{app=\"b\"}".to_owned(), vec![1, 0, 1])];
    assert_eq!(count(&store, &unit), Some(expected));
    let filters = [LineFilter::Contains(b"error".to_vec())];
    let unit = CountUnit { filters: &filters, bytes: true, by_metadata: &["level", "app"], ..unit };
    let expected = vec![("{app=\"b\", level=\"five error\"}".to_owned(), vec![0, 0, 10])];
    assert_eq!(count(&store, &unit), Some(expected));
    assert_eq!(count(&MemoryLogStore::without_counting(), &unit), None);
}

#[test]
fn lists_streams_labels_and_volumes() {
    let (store, tenant, cancel) = (store(), TenantId::default(), CancelToken::new());
    let late = NanoRange { start_ns: 11, end_ns: 21 };
    let streams = store.select_streams(tenant, &[], late, &LogLimits::default(), &cancel).expect("streams");
    assert_eq!(streams, [Stream { labels: labels(&[("app", "b")]) }]);
    let selectors = [vec![Matcher::equal("app", "a")], vec![Matcher::equal("app", "b")]];
    assert_eq!(store.label_names(tenant, &selectors, NanoRange::ALL, &cancel).expect("names"), ["app"]);
    assert_eq!(store.label_values(tenant, "app", &[], NanoRange::ALL, &cancel).expect("values"), ["a", "b"]);
    let volumes = store.volumes(tenant, &selectors[..1], NanoRange::ALL, &cancel).expect("volumes");
    assert_eq!(volumes, [StreamVolume { labels: labels(&[("app", "a")]), lines: 3, bytes: 12, chunks: 1 }]);
    let few = LogLimits { streams: 1, ..LogLimits::default() };
    let error = store.select_streams(tenant, &[], NanoRange::ALL, &few, &cancel).expect_err("two streams");
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

struct Sender(mpsc::Sender<usize>);

impl TailSink for Sender {
    fn take(&self, batch: Arc<LineBatch>) -> bool {
        self.0.send(batch.rows.len()).is_ok()
    }
}

#[test]
fn tails_until_the_guard_is_dropped() {
    let (store, app) = (MemoryLogStore::new(), labels(&[("app", "a")]));
    let (sender, receiver) = mpsc::channel();
    let sink = Box::new(Sender(sender));
    let guard = store.tail(TenantId::default(), vec![Matcher::equal("app", "a")], sink).expect("a tail");
    let append = |labels: &Labels| {
        let lines = [entry(1, "x")];
        let streams = [StreamLines { labels: labels.as_bytes(), lines: &lines }];
        let batch = LogBatch { token: None, source: None, streams: &streams, body: None };
        store.append(TenantId::default(), &batch).expect("acknowledged");
    };
    append(&app);
    append(&labels(&[("app", "b")]));
    drop(guard);
    append(&app);
    assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [1]);
}
