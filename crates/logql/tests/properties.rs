//! Answers for random lines equal those of the plainest evaluation.

use std::collections::BTreeMap;

use logql::{Direction, Engine, QueryValue, RangeRequest};
use model::Labels;
use storage::{CancelToken, TenantId};
use testkit::{MemoryLogStore, Random, seed};

/// Ranges are written in whole milliseconds.
const MS: i64 = 1_000_000;

struct Line {
    labels: Labels,
    metadata: Labels,
    time_ns: i64,
    value: f64,
    text: String,
}

fn random_lines(random: &mut Random) -> Vec<Line> {
    let one = |random: &mut Random| {
        let value = random.below(50) as f64 / 4.0;
        let pad = "x".repeat(random.below(4));
        Line {
            labels: Labels::from_pairs([
                ("app", ["a", "b", "c"][random.below(3)]),
                ("pod", ["1", "2"][random.below(2)]),
            ]),
            metadata: Labels::from_pairs([("level", ["", "info", "error"][random.below(3)])]),
            time_ns: random.below(400) as i64 * MS,
            value,
            text: format!("v={value} word={pad}"),
        }
    };
    (0..random.below(120)).map(|_| one(random)).collect()
}

fn fill(store: &MemoryLogStore, lines: &[Line]) {
    for line in lines {
        store.insert(&line.labels, line.time_ns, line.text.as_bytes(), line.metadata.as_bytes());
    }
}

type Answer = BTreeMap<String, Vec<(i64, f64)>>;

fn answer(store: &MemoryLogStore, query: &str, request: &RangeRequest) -> Answer {
    let expr = logql_syntax::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    let result = Engine::default()
        .range(store, TenantId::default(), &expr, request, &CancelToken::new())
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    let QueryValue::Matrix(series) = result.value else { panic!("{query}: no matrix") };
    series.into_iter().map(|one| (one.labels.to_string(), one.points)).collect()
}

/// The values of a window, in the order of their times, to the aggregate.
fn aggregate(op: &str, values: &[f64], range_ns: i64) -> f64 {
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    let mean = sum / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    match op {
        "sum_over_time" => sum,
        "avg_over_time" => mean,
        "min_over_time" => values.iter().copied().fold(f64::INFINITY, f64::min),
        "max_over_time" => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "stdvar_over_time" => variance,
        "stddev_over_time" => variance.sqrt(),
        "rate" => sum / (range_ns as f64 / 1e9),
        "quantile_over_time" => {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let rank = 0.3 * (count - 1.0);
            let (low, high) = (sorted[rank.floor() as usize], sorted[rank.ceil() as usize]);
            low + (high - low) * rank.fract()
        }
        _ => panic!("no aggregate {op}"),
    }
}

/// Each window by itself, over all lines.
fn plain(lines: &[Line], op: &str, request: &RangeRequest, range_ns: i64, offset_ns: i64) -> Answer {
    let mut answer = Answer::new();
    let mut at_ns = request.start_ns;
    while at_ns <= request.end_ns {
        let end_ns = at_ns - offset_ns;
        let mut groups: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for line in lines.iter().filter(|line| end_ns - range_ns < line.time_ns && line.time_ns <= end_ns) {
            let labels = Labels::from_pairs([("app", line.labels.get("app"))]);
            groups.entry(labels.to_string()).or_default().push(line.value);
        }
        for (labels, values) in groups {
            answer.entry(labels).or_default().push((at_ns, aggregate(op, &values, range_ns)));
        }
        at_ns += request.step_ns;
    }
    answer
}

fn assert_close(found: &Answer, expected: &Answer, what: &str) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{what}");
    for (labels, points) in found {
        let times = |points: &[(i64, f64)]| points.iter().map(|point| point.0).collect::<Vec<_>>();
        assert_eq!(times(points), times(&expected[labels]), "{what} of {labels}");
        for (a, b) in points.iter().zip(&expected[labels]) {
            assert!((a.1 - b.1).abs() <= 1e-9 * (1.0 + b.1.abs()), "{what} of {labels}: {a:?} and {b:?}");
        }
    }
}

fn random_request(random: &mut Random) -> RangeRequest {
    let start_ns = random.below(300) as i64 * MS;
    let step_ns = (1 + random.below(60) as i64) * MS;
    let end_ns = start_ns + step_ns * random.below(12) as i64 + random.below(3) as i64 * MS;
    RangeRequest { start_ns, end_ns, step_ns, interval_ns: 0, limit: 100, direction: Direction::Forward }
}

#[test]
fn windows_equal_a_naive_evaluation() {
    let ops = [
        "sum_over_time",
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "stdvar_over_time",
        "stddev_over_time",
        "quantile_over_time",
        "rate",
    ];
    let mut random = Random(seed(11));
    for round in 0..400 {
        let store = MemoryLogStore::new();
        let lines = random_lines(&mut random);
        fill(&store, &lines);
        let request = random_request(&mut random);
        let (range_ms, offset_ms) = (1 + random.below(150) as i64, random.below(50) as i64);
        let op = ops[round % ops.len()];
        let selector = format!("{{app=~\".+\"}} | logfmt | unwrap v [{range_ms}ms] offset {offset_ms}ms");
        let query = match op {
            "quantile_over_time" => format!("{op}(0.3, {selector}) by (app)"),
            "sum_over_time" | "rate" => format!("sum by (app) ({op}({selector}))"),
            _ => format!("{op}({selector}) by (app)"),
        };
        let found = answer(&store, &query, &request);
        assert_close(&found, &plain(&lines, op, &request, range_ms * MS, offset_ms * MS), &query);
    }
}

/// What the store counts is what the engine counts.
#[test]
fn counting_in_the_store_changes_nothing() {
    let mut random = Random(seed(12));
    for _ in 0..300 {
        let (counting, plain) = (MemoryLogStore::new(), MemoryLogStore::without_counting());
        let lines = random_lines(&mut random);
        fill(&counting, &lines);
        fill(&plain, &lines);
        let request = random_request(&mut random);
        let op = ["count_over_time", "rate", "bytes_over_time", "bytes_rate"][random.below(4)];
        let by = ["", "by (app)", "by (level)", "by (pod, level, none)", "without (app)"][random.below(5)];
        let filter = ["", "|= `xx`", "!= `x` or `v=1`", "|~ `v=[12]`", "|= `v=1` or `v=2` != `xx`"][random.below(5)];
        let offset_ms = random.below(40);
        let range_ms = 1 + random.below(120);
        let query = format!("sum {by} ({op}({{app=~\".+\"}} {filter} [{range_ms}ms] offset {offset_ms}ms))");
        assert_eq!(answer(&counting, &query, &request), answer(&plain, &query, &request), "{query}");
    }
}

/// Parsers that make only the labels asked for find the same values.
#[test]
fn grouping_early_changes_nothing() {
    let mut random = Random(seed(13));
    for _ in 0..200 {
        let store = MemoryLogStore::new();
        fill(&store, &random_lines(&mut random));
        let request = random_request(&mut random);
        let inner = format!("count_over_time({{app=~\".+\"}} | logfmt | v > 3 [{}ms])", 1 + random.below(120));
        let by = ["", "by (word)", "by (app, v)", "without (v, word)"][random.below(4)];
        let early = answer(&store, &format!("sum {by} ({inner})"), &request);
        let late = answer(&store, &format!("sum {by} ({inner} * 1)"), &request);
        assert_close(&early, &late, &format!("sum {by} ({inner})"));
    }
}
