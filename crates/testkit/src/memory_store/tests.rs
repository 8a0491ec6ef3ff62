use model::MatchOp;
use storage::AppendRow;

use super::*;

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::from_pairs(pairs.iter().copied())
}

fn append(store: &MemoryStore, token: Option<u128>, times_ms: &[i64], rows: &[(&Labels, u32, f64)]) -> Result<Ack> {
    let rows: Vec<AppendRow<'_>> = rows
        .iter()
        .map(|(labels, time, value)| AppendRow {
            labels: labels.as_bytes(),
            time: *time,
            value: RowValue::Float(*value),
        })
        .collect();
    let batch = AppendBatch { group: "g", token: token.map(BatchToken), times_ms, rows: &rows };
    store.append(TenantId::default(), &batch)
}

fn select(store: &MemoryStore, matchers: &[Matcher], start_ms: i64, end_ms: i64) -> Vec<ColumnBatch> {
    let hints = SelectHints::range(TimeRange { start_ms, end_ms });
    let stream = store
        .select(TenantId::default(), matchers, &hints, Reduce::Raw, &Limits::default(), &CancelToken::new())
        .expect("a stream");
    stream.map(|batch| batch.expect("a batch")).collect()
}

#[test]
fn counts_what_became_of_rows() {
    let store = MemoryStore::new();
    let (a, b) = (labels(&[("__name__", "a")]), labels(&[("__name__", "b")]));
    let ack = append(&store, None, &[10, 20], &[(&a, 0, 1.0), (&a, 1, 2.0), (&b, 1, f64::NAN)]).expect("kept");
    assert_eq!(ack, Ack { appended: 3, new_series: 2, ..Ack::default() });
    let ack = append(&store, None, &[10, 20], &[(&a, 0, 1.0), (&a, 1, 3.0), (&b, 1, f64::NAN)]).expect("kept");
    assert_eq!(ack, Ack { repeated: 2, conflicting: 1, ..Ack::default() });
    let ack = append(&store, Some(1), &[30], &[(&a, 0, 1.0)]).expect("kept");
    assert_eq!(ack, Ack { appended: 1, ..Ack::default() });
    let ack = append(&store, Some(1), &[30], &[(&a, 0, 9.0)]).expect("kept");
    assert_eq!(ack, Ack { repeated: 1, ..Ack::default() });
    assert_eq!(append(&store, None, &[20, 10], &[]).map_err(|e| e.kind()), Err(ErrorKind::Invalid));
    assert_eq!(append(&store, None, &[20], &[(&a, 1, 0.0)]).map_err(|e| e.kind()), Err(ErrorKind::Invalid));
    assert_eq!(store.dump()[&a].len(), 3);
}

#[test]
fn series_with_the_same_times_share_a_batch() {
    let store = MemoryStore::new();
    let (a, b, c) = (labels(&[("x", "a")]), labels(&[("x", "b")]), labels(&[("x", "c")]));
    for one in [&a, &b] {
        store.insert_floats(one, [(0, 1.0), (10, 2.0)]);
    }
    store.insert_floats(&c, [(10, 3.0)]);
    let found = select(&store, &[], 0, 10);
    assert_eq!(found.iter().map(|b| (b.times_ms.len(), b.series.len())).collect::<Vec<_>>(), [(2, 2), (1, 1)]);
    let found = select(&store, &[], 5, 10);
    assert_eq!(found.iter().map(|b| (b.times_ms.len(), b.series.len())).collect::<Vec<_>>(), [(1, 3)]);
    let only_c = Matcher::new(MatchOp::Regex, "x", "[c-z]").expect("a pattern");
    let found = select(&store, &[only_c], 0, 10);
    assert_eq!(found[0].series[0].series.labels, c);
    assert!(select(&store, &[], 11, 10).is_empty());
}

#[test]
fn lists_names_and_values() {
    let store = MemoryStore::new();
    store.insert_floats(&labels(&[("__name__", "up"), ("job", "a")]), [(0, 1.0)]);
    store.insert_floats(&labels(&[("__name__", "up"), ("job", "b")]), [(100, 1.0)]);
    let cancel = CancelToken::new();
    let tenant = TenantId::default();
    assert_eq!(store.label_names(tenant, &[], TimeRange::ALL, &cancel).expect("names"), ["__name__", "job"]);
    let early = TimeRange { start_ms: 0, end_ms: 50 };
    assert_eq!(store.label_values(tenant, "job", &[], early, &cancel).expect("values"), ["a"]);
    let by_job = vec![Matcher::equal("job", "b")];
    assert_eq!(store.label_values(tenant, "job", &[by_job], TimeRange::ALL, &cancel).expect("values"), ["b"]);
    let found = store.cardinality(tenant, 1, &cancel).expect("counts");
    assert_eq!((found.series, found.label_pairs), (2, 3));
    assert_eq!(found.by_metric, [("up".to_owned(), 2)]);
    assert_eq!(found.by_label, [("job".to_owned(), 2)]);
}

#[test]
fn tells_dumps_apart() {
    let dump = |samples: &[(&str, i64, f64)]| {
        let store = MemoryStore::new();
        for (x, time_ms, value) in samples {
            store.insert_floats(&labels(&[("x", x)]), [(*time_ms, *value)]);
        }
        store.dump()
    };
    let left = dump(&[("a", 0, 1.0), ("a", 1, f64::NAN), ("b", 0, 2.0)]);
    assert_eq!(first_difference(&left, &left.clone()), None);
    for (right, difference) in [
        (dump(&[("a", 0, 1.0), ("a", 1, f64::NAN)]), r#"{x="b"} is only on the left"#),
        (dump(&[("a", 0, 1.0), ("a", 1, f64::NAN), ("b", 0, 2.0), ("c", 0, 0.0)]), r#"{x="c"} is only on the right"#),
        (
            dump(&[("a", 0, 1.0), ("a", 1, f64::NAN), ("b", 0, -2.0)]),
            r#"{x="b"} at 0 ms: Some(Float(2.0)) on the left, Some(Float(-2.0)) on the right"#,
        ),
        (dump(&[("a", 0, 1.0), ("b", 0, 2.0)]), r#"{x="a"} at 1 ms: Some(Float(NaN)) on the left, None on the right"#),
    ] {
        assert_eq!(first_difference(&left, &right).as_deref(), Some(difference));
    }
}
