//! `check(load, query, expected)` over a store in memory.
//!
//! `load` has one series a line, `name{label="x"} points`, with points every 10 seconds from 0: numbers, `_` for none,
//! `stale`, and `a+bxN` for `a` and `N` more growing by `b`.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test file uses some of these; a broken case may abort its test"
)]

use model::{Labels, MatchOp, STALE_NAN};
use promql::{Annotations, Engine, EngineOptions, QueryError, QueryResult, QueryValue};
use promql_syntax::ast::{Expr, ExprKind};
use storage::{CancelToken, Grid, TenantId};
use testkit::MemoryStore;

pub(crate) const STEP_MS: i64 = 10_000;

/// Checks the value of an instant query at a number of seconds: one line per series, in any order.
pub(crate) fn check(load_text: &str, at_seconds: i64, query: &str, expected: &[&str]) {
    let store = load(load_text);
    let mut found = match instant(&Engine::default(), &store, query, at_seconds * 1000) {
        Ok(result) => show(&result.value),
        Err(error) => vec![format!("error: {error}")],
    };
    found.sort();
    let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
    expected.sort();
    assert_eq!(found, expected, "{query} at {at_seconds}s over\n{load_text}");
}

/// Checks the lines of an instant query in their order.
pub(crate) fn check_ordered(load_text: &str, at_seconds: i64, query: &str, expected: &[&str]) {
    let found = instant(&Engine::default(), &load(load_text), query, at_seconds * 1000).expect("a result");
    assert_eq!(show(&found.value), expected, "{query} at {at_seconds}s over\n{load_text}");
}

/// Checks a range query, from and to given in seconds; `_` stands where a step has no sample.
pub(crate) fn check_range(load_text: &str, (from, to, step): (i64, i64, i64), query: &str, expected: &[&str]) {
    let grid = Grid { start_ms: from * 1000, end_ms: to * 1000, step_ms: step * 1000 };
    let found = match range(&Engine::default(), &load(load_text), query, grid) {
        Ok(result) => show_on_grid(&result.value, grid),
        Err(error) => vec![format!("error: {error}")],
    };
    assert_eq!(found, expected, "{query} from {from} to {to} step {step} over\n{load_text}");
}

/// Checks warnings and infos of an instant query.
pub(crate) fn check_notes(load_text: &str, at_seconds: i64, query: &str, warnings: &[&str], infos: &[&str]) {
    let found = instant(&Engine::default(), &load(load_text), query, at_seconds * 1000).expect("a result");
    let Annotations { warnings: found_warnings, infos: found_infos } = found.annotations;
    assert_eq!((found_warnings, found_infos), (owned(warnings), owned(infos)), "{query} over\n{load_text}");
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

pub(crate) fn parse(query: &str) -> Expr {
    promql_syntax::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"))
}

pub(crate) fn instant(
    engine: &Engine,
    store: &MemoryStore,
    query: &str,
    time_ms: i64,
) -> Result<QueryResult, QueryError> {
    engine.instant(store, TenantId::default(), &parse(query), query, time_ms, None, &CancelToken::new())
}

pub(crate) fn range(engine: &Engine, store: &MemoryStore, query: &str, grid: Grid) -> Result<QueryResult, QueryError> {
    engine.range(store, TenantId::default(), &parse(query), query, grid, None, &CancelToken::new())
}

/// An engine that drops metric names at the end.
pub(crate) fn delayed() -> Engine {
    Engine::new(EngineOptions { delayed_name_removal: true, ..EngineOptions::default() })
}

pub(crate) fn load(text: &str) -> MemoryStore {
    let store = MemoryStore::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (series, points) = match line.rfind('}') {
            Some(brace) => line.split_at(brace + 1),
            None => line.split_once(' ').expect("a series and its points"),
        };
        let times = (0..).map(|i| i * STEP_MS);
        let samples = times.zip(points.split_whitespace().flat_map(expand));
        store.insert_floats(&labels(series), samples.filter_map(|(time, value)| Some((time, value?))));
    }
    store
}

/// Labels written as a selector.
pub(crate) fn labels(series: &str) -> Labels {
    match parse(series).kind {
        ExprKind::Selector(selector) => {
            assert!(selector.matchers.iter().all(|m| m.op() == MatchOp::Equal), "{series}");
            Labels::from_pairs(selector.matchers.iter().map(|m| (m.name(), m.value())))
        }
        other => panic!("{series} is no series: {other:?}"),
    }
}

fn expand(point: &str) -> Vec<Option<f64>> {
    let number = |text: &str| text.parse::<f64>().unwrap_or_else(|_| panic!("{text:?} is no number"));
    if let Some((start, rest)) = point.split_once('+')
        && let Some((by, times)) = rest.split_once('x')
    {
        let times: u32 = times.parse().expect("a count");
        return (0..=times).map(|i| Some(number(start) + number(by) * f64::from(i))).collect();
    }
    match point {
        "_" => vec![None],
        "stale" => vec![Some(STALE_NAN)],
        _ => vec![Some(number(point))],
    }
}

/// One line per series.
pub(crate) fn show(value: &QueryValue) -> Vec<String> {
    match value {
        QueryValue::Scalar { value, .. } => vec![format!("{value}")],
        QueryValue::String { value, .. } => vec![value.clone()],
        QueryValue::Vector(samples) => samples.iter().map(|s| format!("{} {}", name(&s.labels), s.value)).collect(),
        QueryValue::Matrix(series) => {
            let point = |(time, value): &(i64, f64)| format!("{value}@{}", model::time::format_seconds(*time));
            let points = |points: &[(i64, f64)]| points.iter().map(point).collect::<Vec<_>>().join(" ");
            series.iter().map(|s| format!("{} {}", name(&s.labels), points(&s.points))).collect()
        }
    }
}

fn show_on_grid(value: &QueryValue, grid: Grid) -> Vec<String> {
    let QueryValue::Matrix(series) = value else { panic!("a range query gives a matrix, not {value:?}") };
    let line = |labels: &Labels, points: &[(i64, f64)]| {
        let at = |time: i64| points.iter().find(|(t, _)| *t == time).map_or("_".to_owned(), |(_, v)| v.to_string());
        let steps: Vec<String> = (0..grid.len()).map(|step| at(grid.time_ms(step))).collect();
        format!("{} {}", name(labels), steps.join(" "))
    };
    series.iter().map(|s| line(&s.labels, &s.points)).collect()
}

fn name(labels: &Labels) -> String {
    let rest: Vec<String> =
        labels.iter().filter(|(n, _)| *n != "__name__").map(|(n, v)| format!("{n}={v:?}")).collect();
    format!("{}{{{}}}", labels.metric_name(), rest.join(","))
}
