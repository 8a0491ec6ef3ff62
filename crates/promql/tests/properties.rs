//! Random data: the columnar evaluation against definitions that look at one step of one series at a time, and range
//! queries against the instant queries they consist of.

mod support;

use model::{Labels, STALE_NAN, is_stale};
use promql::{Engine, QueryValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use storage::Grid;
use support::{delayed, instant, range};
use testkit::MemoryStore;

/// Fixed, so that a run can be repeated; a failure prints the case itself.
const SEED: u64 = 20_261_124;

/// A sample's distance to the one before it and its value.
type Steps = Vec<(i64, f64)>;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(SEED), failure_persistence: None, ..ProptestConfig::default() }
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => (-50i32..1_000).prop_map(f64::from),
        4 => -10.0f64..1e4,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        2 => Just(STALE_NAN),
        1 => Just(0.0),
    ]
}

/// Mostly regular distances, as scrapes have, with gaps.
fn series() -> impl Strategy<Value = Steps> {
    let distance = prop_oneof![8 => Just(10_000i64), 2 => 9_900i64..10_100, 1 => 1i64..200_000];
    vec((distance, value()), 0..60)
}

fn grid() -> impl Strategy<Value = Grid> {
    (-50_000i64..300_000, 1i64..60_000, 1i64..30).prop_map(|(start_ms, step_ms, steps)| Grid {
        start_ms,
        end_ms: start_ms + step_ms * (steps - 1),
        step_ms,
    })
}

fn samples(steps: &Steps) -> Vec<(i64, f64)> {
    let mut time = 0;
    steps
        .iter()
        .map(|(distance, value)| {
            time += distance;
            (time, *value)
        })
        .collect()
}

fn matrix(value: &QueryValue) -> &[promql::MatrixSeries] {
    match value {
        QueryValue::Matrix(series) => series,
        other => panic!("a range query gives a matrix, not {other:?}"),
    }
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (a.abs() + b.abs() + 1e-3)
}

/// One function of one window by its definition; the samples are those in the window without staleness markers.
fn defined(function: &str, samples: &[(i64, f64)], end_ms: i64, range_ms: i64) -> Option<f64> {
    let values: Vec<f64> = samples.iter().map(|(_, v)| *v).collect();
    let (first, last) = (samples.first()?, samples.last()?);
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let numbers = || values.iter().copied().filter(|v| !v.is_nan());
    Some(match function {
        "sum_over_time" => values.iter().sum(),
        "avg_over_time" => mean,
        "count_over_time" => count,
        "min_over_time" => numbers().reduce(f64::min).unwrap_or(f64::NAN),
        "max_over_time" => numbers().reduce(f64::max).unwrap_or(f64::NAN),
        "first_over_time" => first.1,
        "last_over_time" => last.1,
        "ts_of_last_over_time" => last.0 as f64 / 1000.0,
        "present_over_time" => 1.0,
        "stdvar_over_time" => values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count,
        "irate" => {
            let [.., before, last] = samples else { return None };
            let growth = if last.1 < before.1 { last.1 } else { last.1 - before.1 };
            growth / ((last.0 - before.0) as f64 / 1000.0)
        }
        _ => return extrapolated(function, samples, end_ms, range_ms),
    })
}

fn extrapolated(function: &str, samples: &[(i64, f64)], end_ms: i64, range_ms: i64) -> Option<f64> {
    let [(first_ms, first), .., (last_ms, last)] = samples else { return None };
    let seconds = |ms: i64| ms as f64 / 1000.0;
    let mut growth = last - first;
    if function != "delta" {
        growth += samples.windows(2).filter(|w| w[1].1 < w[0].1).map(|w| w[0].1).sum::<f64>();
    }
    let gap = seconds(last_ms - first_ms) / (samples.len() - 1) as f64;
    let continued = |distance: f64| if distance < gap * 1.1 { distance } else { gap / 2.0 };
    let mut before = continued(seconds(first_ms - (end_ms - range_ms)));
    let after = continued(seconds(end_ms - last_ms));
    if function != "delta" && growth > 0.0 && *first >= 0.0 {
        before = before.min(seconds(last_ms - first_ms) * first / growth);
    }
    let sampled = seconds(last_ms - first_ms);
    let whole = growth * ((sampled + before + after) / sampled);
    Some(if function == "rate" { whole / seconds(range_ms) } else { whole })
}

const FUNCTIONS: [&str; 14] = [
    "rate",
    "increase",
    "delta",
    "irate",
    "sum_over_time",
    "avg_over_time",
    "count_over_time",
    "min_over_time",
    "max_over_time",
    "first_over_time",
    "last_over_time",
    "ts_of_last_over_time",
    "present_over_time",
    "stdvar_over_time",
];

/// Queries over `a`, `b` and `c`; each step of a range query must be what an instant query gives at its time.
const QUERIES: [&str; 36] = [
    "a",
    "{x=~\".+\"}",
    "a offset 20s",
    "a @ 100",
    "a @ end()",
    "timestamp(a)",
    "timestamp(-a)",
    "-a",
    "a + 1",
    "2 * a > 100",
    "a > bool 100",
    "time() - a",
    "a + on(x) b",
    "a - on(x) group_left b",
    "a >= on(x) b",
    "a and on(x) b",
    "a or b",
    "a unless on(x) b",
    "sum(a)",
    "avg by (x) (a)",
    "min without (x) (a)",
    "count({x=~\".+\"})",
    "stddev(a)",
    "quantile(0.3, a)",
    "topk(1, a)",
    "bottomk(2, a)",
    "count_values(\"v\", a)",
    "sum by (x) (rate(a[1m]))",
    "absent(a{x=\"1\"})",
    "absent_over_time(a[15s])",
    "scalar(a{x=\"1\"}) + 1",
    "clamp(round(a, 5), 0, scalar(b{x=\"1\"}))",
    "label_replace(a, \"y\", \"$1\", \"x\", \"(.*)\")",
    "max_over_time(a[1m:7s])",
    "avg_over_time(rate(a[30s])[2m:10s] offset 5s)",
    "sum_over_time((a > 10)[1m:10s] @ 200)",
];

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn functions_of_windows_are_as_defined(
        steps in series(), grid in grid(), range_ms in 1i64..120_000, offset_ms in -20_000i64..20_000,
    ) {
        let samples = samples(&steps);
        let store = MemoryStore::new();
        let labels = Labels::from_pairs([("__name__", "m_total")]);
        store.insert_floats(&labels, samples.iter().copied());
        // A second series shares the timestamps but has no markers, so that one batch has both kinds.
        let other = Labels::from_pairs([("__name__", "other")]);
        store.insert_floats(&other, samples.iter().map(|(t, _)| (*t, 1.0)));
        for function in FUNCTIONS {
            let query = format!("{function}(m_total[{range_ms}ms] offset {offset_ms}ms)");
            let found = range(&Engine::default(), &store, &query, grid).expect("a result");
            let found = matrix(&found.value).first().map_or(&[][..], |s| &s.points);
            let mut expected = Vec::new();
            for step in 0..grid.len() {
                let end = grid.time_ms(step) - offset_ms;
                let window = samples.iter().copied().filter(|(t, v)| *t > end - range_ms && *t <= end && !is_stale(*v));
                let value = defined(function, &window.collect::<Vec<_>>(), end, range_ms);
                expected.extend(value.map(|v| (grid.time_ms(step), v)));
            }
            let same = found.len() == expected.len()
                && found.iter().zip(&expected).all(|(f, e)| f.0 == e.0 && close(f.1, e.1));
            prop_assert!(same, "{query}\nfound    {found:?}\nexpected {expected:?}");
        }
    }
}

/// Expressions over `a`, `b` and `c`, a few levels deep. Without `topk` and its like, whose choice among equals depends on
/// the order of series.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("a".to_owned()),
        4 => Just("b".to_owned()),
        2 => Just("c{x=\"1\"}".to_owned()),
        1 => Just("{x=\"2\"}".to_owned()),
        1 => Just("a offset 25s".to_owned()),
        1 => Just("b @ 130".to_owned()),
        1 => Just("rate(a[45s])".to_owned()),
        1 => Just("avg_over_time(b[1m])".to_owned()),
        1 => Just("vector(time())".to_owned()),
        1 => (-3i32..100).prop_map(|n| n.to_string()),
    ];
    let one = [
        "-(E)",
        "abs(E)",
        "sum(E)",
        "sum by (x) (E)",
        "count without (x) (E)",
        "max_over_time((E)[50s:15s])",
        "absent(E)",
        "vector(scalar(E))",
        "timestamp(E)",
        "label_replace(E, \"y\", \"$1\", \"x\", \"(.+)\")",
        "clamp_max(E, 50)",
        "last_over_time((E)[40s:10s] @ 150)",
        "histogram_quantile(0.5, E)",
        "sort(E)",
        "count_values(\"v\", E)",
        "quantile by (x) (0.5, E)",
        "-scalar(E)",
        "present_over_time((E)[20s:5s] offset 7s)",
    ];
    let two = [
        "(E) + (F)",
        "(E) - on(x) (F)",
        "(E) > (F)",
        "(E) <= bool (F)",
        "(E) and (F)",
        "(E) or (F)",
        "(E) unless on(x) (F)",
        "(E) * on(x) group_left (F)",
        "(E) / ignoring(y) (F)",
        "(E) == on(x) (F)",
    ];
    leaf.prop_recursive(4, 12, 2, move |inner| {
        prop_oneof![
            (proptest::sample::select(one.to_vec()), inner.clone()).prop_map(|(form, e)| form.replace('E', &e)),
            (proptest::sample::select(two.to_vec()), inner.clone(), inner)
                .prop_map(|(form, e, f)| form.replace('E', "\u{1}").replace('F', &f).replace('\u{1}', &e)),
        ]
    })
}

fn random_store(all: &[Steps]) -> MemoryStore {
    let store = MemoryStore::new();
    for (i, steps) in all.iter().enumerate() {
        let name = ["a", "b", "c"][i % 3];
        let x = (i / 3 + 1).to_string();
        store.insert_floats(&Labels::from_pairs([("__name__", name), ("x", x.as_str())]), samples(steps));
    }
    store
}

/// Each step of a range query is what an instant query gives at its time; one failing step fails the range.
fn check_steps(engine: &Engine, store: &MemoryStore, query: &str, grid: Grid) -> Result<(), TestCaseError> {
    // `@ end()` means the end of the whole query, which an instant query does not know.
    let asked = query.replace("end()", &model::time::format_seconds(grid.end_ms));
    let whole = range(engine, store, query, grid);
    let mut any_failed = false;
    for step in 0..grid.len() {
        let time = grid.time_ms(step);
        let alone = instant(engine, store, &asked, time);
        any_failed |= alone.is_err();
        let (Ok(whole), Ok(alone)) = (&whole, &alone) else { continue };
        let mut expected = match &alone.value {
            QueryValue::Scalar { value, .. } => vec![(Labels::empty(), *value)],
            QueryValue::Vector(samples) => samples.iter().map(|s| (s.labels.clone(), s.value)).collect(),
            other => panic!("{query}: {other:?}"),
        };
        expected.sort_by(|a, b| a.0.cmp(&b.0));
        let found: Vec<_> = matrix(&whole.value)
            .iter()
            .filter_map(|s| Some((s.labels.clone(), s.points.iter().find(|(t, _)| *t == time)?.1)))
            .collect();
        let same =
            found.len() == expected.len() && found.iter().zip(&expected).all(|(f, e)| f.0 == e.0 && close(f.1, e.1));
        prop_assert!(same, "{query} at {time}\nfound    {found:?}\nexpected {expected:?}");
    }
    prop_assert_eq!(whole.is_err(), any_failed, "{} over {:?}: {:?}", query, grid, whole.map(|w| w.value));
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn range_queries_are_made_of_instant_queries(all in vec(series(), 6), grid in grid()) {
        let store = random_store(&all);
        for query in QUERIES {
            for engine in [Engine::default(), delayed()] {
                check_steps(&engine, &store, query, grid)?;
            }
        }
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn any_range_query_is_made_of_instant_queries(all in vec(series(), 6), grid in grid(), query in expression()) {
        // Not every combination has the right types.
        if promql_syntax::parse(&query).is_ok() {
            let store = random_store(&all);
            for engine in [Engine::default(), delayed()] {
                check_steps(&engine, &store, &query, grid)?;
            }
        }
    }
}
