//! Queries over a few lines, with what they must answer.

#![expect(clippy::expect_used, reason = "a test that fails says so")]

use logql::{Direction, Engine, EngineOptions, QueryErrorKind, QueryResult, QueryValue, RangeRequest};
use model::Labels;
use storage::{CancelToken, ErrorKind, TenantId};
use testkit::MemoryLogStore;

const SECOND: i64 = 1_000_000_000;

/// Every second from 1 to 10: `a` on odd seconds and `b` on even ones, with a level in the metadata.
fn store() -> MemoryLogStore {
    let store = MemoryLogStore::new();
    for second in 1..=10 {
        let app = if second % 2 == 1 { "a" } else { "b" };
        let level = if second % 5 == 0 { "error" } else { "info" };
        let line = format!("n={second} took={second}0ms");
        let metadata = Labels::from_pairs([("level", level)]);
        store.insert(&Labels::from_pairs([("app", app)]), second * SECOND, line.as_bytes(), metadata.as_bytes());
    }
    store
}

fn request(start: i64, end: i64) -> RangeRequest {
    RangeRequest {
        start_ns: start * SECOND,
        end_ns: end * SECOND,
        step_ns: 5 * SECOND,
        interval_ns: 0,
        limit: 100,
        direction: Direction::Forward,
    }
}

fn range(query: &str, request: RangeRequest) -> Result<QueryResult, logql::QueryError> {
    let expr = logql_syntax::parse(query).expect("a valid query");
    Engine::default().range(&store(), TenantId::default(), &expr, &request, &CancelToken::new())
}

/// The streams of an answer: labels, and the first field of each line.
fn streams(query: &str, request: RangeRequest) -> Vec<String> {
    let QueryValue::Streams(streams) = range(query, request).expect("an answer").value else { panic!("no streams") };
    let field = |line: &[u8]| String::from_utf8_lossy(line).split(' ').next().unwrap_or("").to_owned();
    let one = |stream: &logql::StreamResult| {
        let lines: Vec<String> = stream.entries.iter().map(|entry| field(&entry.line)).collect();
        format!("{} {}", stream.labels, lines.join(" "))
    };
    streams.iter().map(one).collect()
}

#[test]
fn selects_lines_in_either_direction() {
    let forward = request(1, 6);
    assert_eq!(
        streams("{app=~`a|b`}", forward),
        [r#"{app="a", level="info"} n=1 n=3"#, r#"{app="b", level="info"} n=2 n=4"#, r#"{app="a", level="error"} n=5"#]
    );
    let backward = RangeRequest { direction: Direction::Backward, limit: 3, ..request(1, 11) };
    assert_eq!(streams("{app=~`a|b`} | drop level", backward), [r#"{app="b"} n=10 n=8"#, r#"{app="a"} n=9"#]);
    assert_eq!(
        streams("{app=~`a|b`} | logfmt | n > 2 | keep app", RangeRequest { limit: 2, ..forward }),
        [r#"{app="a"} n=3"#, r#"{app="b"} n=4"#]
    );
    let sampled = RangeRequest { interval_ns: 4 * SECOND, ..request(1, 11) };
    assert_eq!(streams("{app=~`a|b`} | drop level", sampled), [r#"{app="a"} n=1 n=5 n=9"#]);
    assert_eq!(streams("{app=`a`}", RangeRequest { limit: 0, ..forward }), [""; 0]);
}

#[test]
fn tells_what_a_query_took() {
    let result = range("{app=~`a|b`} |= `n=1` | logfmt | n=`10`", request(1, 11)).expect("an answer");
    assert_eq!((result.stats.lines_read, result.stats.lines_kept, result.stats.entries_returned), (2, 1, 1));
    assert_eq!(result.stats.bytes_read, ("n=1 took=10ms".len() + "n=10 took=100ms".len()) as u64);
    let QueryValue::Streams(streams) = result.value else { panic!("no streams") };
    let entry = &streams[0].entries[0];
    assert_eq!(streams[0].stream_labels.to_string(), r#"{app="b"}"#);
    assert_eq!(entry.metadata.to_string(), r#"{level="error"}"#);
    assert_eq!(entry.parsed.to_string(), r#"{n="10", took="100ms"}"#);
}

/// The series of a range query from second 5 to 10.
fn matrix(query: &str) -> Vec<String> {
    let QueryValue::Matrix(series) = range(query, request(5, 10)).expect("an answer").value else {
        panic!("no matrix")
    };
    let points = |one: &logql::MatrixSeries| {
        one.points.iter().map(|(time_ns, value)| format!("{}:{value}", time_ns / SECOND)).collect::<Vec<_>>().join(" ")
    };
    series.iter().map(|one| format!("{} {}", one.labels, points(one))).collect()
}

#[test]
fn aggregates_windows() {
    assert_eq!(
        matrix("sum by (level) (count_over_time({app=~`a|b`}[5s]))"),
        [r#"{level="error"} 5:1 10:1"#, r#"{level="info"} 5:4 10:4"#]
    );
    assert_eq!(matrix("sum(sum_over_time({app=`a`} | logfmt | unwrap n [10s]))"), ["{} 5:9 10:25"]);
    assert_eq!(
        matrix("max_over_time({app=`a`} | logfmt | unwrap duration(took) [10s]) by (app)"),
        [r#"{app="a"} 5:0.05 10:0.09"#]
    );
    assert_eq!(matrix("quantile_over_time(0.5, {app=~`a|b`} | logfmt | unwrap n [4s]) by ()"), ["{} 5:3.5 10:8.5"]);
    assert_eq!(matrix("absent_over_time({app=`c`, env=~`.*`}[5s])"), [r#"{app="c"} 5:1 10:1"#]);
    assert_eq!(matrix("sum(count_over_time({app=`a`}[5s] offset 5s))"), ["{} 10:3"]);
    assert_eq!(matrix("sum(rate({app=`a`}[2s])) * 2 > 0.5"), ["{} 5:1 10:1"]);
}

#[test]
fn instant_queries_answer_with_a_vector_or_a_number() {
    let instant = |query: &str| {
        let expr = logql_syntax::parse(query).expect("a valid query");
        Engine::default().instant(&store(), TenantId::default(), &expr, 10 * SECOND, &CancelToken::new())
    };
    let QueryValue::Vector(vector) =
        instant("sort_desc(sum by (app) (count_over_time({app=~`.+`}[3s])))").expect("an answer").value
    else {
        panic!("no vector")
    };
    let shown: Vec<String> = vector.iter().map(|one| format!("{} {}", one.labels, one.value)).collect();
    assert_eq!(shown, [r#"{app="b"} 2"#, r#"{app="a"} 1"#]);
    let scalar = instant("1 + 2").expect("an answer").value;
    assert!(matches!(scalar, QueryValue::Scalar { value: 3.0, .. }), "{scalar:?}");
    let error = instant("{app=`a`}").expect_err("a log query");
    assert_eq!(
        error.to_string(),
        "log queries are not supported as an instant query type, please change your query to a range query type"
    );
}

#[track_caller]
fn check_error(query: &str, request: RangeRequest, kind: QueryErrorKind, text: &str) {
    let error = range(query, request).expect_err(query);
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn refuses() {
    let usual = request(5, 10);
    check_error("{app=`a`} | line_format `{{.x`", usual, QueryErrorKind::Invalid, "unclosed action");
    check_error(
        "count_over_time({app=`a`} | json [5s])",
        usual,
        QueryErrorKind::Pipeline,
        "pipeline error: 'JSONParserErr'",
    );
    check_error(
        "rate({app=`a`}[5s])",
        RangeRequest { step_ns: 0, ..usual },
        QueryErrorKind::Invalid,
        "resolution step",
    );
    check_error("rate({app=`a`}[5s])", RangeRequest { step_ns: 1, ..usual }, QueryErrorKind::Invalid, "11000 points");
    check_error("{app=`a`}", RangeRequest { limit: 5_001, ..usual }, QueryErrorKind::Invalid, "(5001 > 5000)");
    let expr = logql_syntax::parse("count_over_time({app=~`.+`} | logfmt [5s])").expect("a valid query");
    let limited = |max_series, max_inner_series| {
        let options = EngineOptions { max_series, max_inner_series, ..EngineOptions::default() };
        Engine::new(options).range(&store(), TenantId::default(), &expr, &usual, &CancelToken::new())
    };
    let error = limited(3, 100).expect_err("ten series");
    assert_eq!(
        (error.kind(), error.to_string()),
        (QueryErrorKind::Limit, "maximum of series (3) reached for a single query".to_owned())
    );
    assert_eq!(limited(100, 3).expect_err("ten series").kind(), QueryErrorKind::Limit);
    let cancel = CancelToken::new();
    cancel.time_out();
    let error = Engine::default().range(&store(), TenantId::default(), &expr, &usual, &cancel).expect_err("timed out");
    assert_eq!(error.kind(), QueryErrorKind::Timeout);
    assert_eq!(cancel.check().map_err(|error| error.kind()), Err(ErrorKind::TimedOut));
}
