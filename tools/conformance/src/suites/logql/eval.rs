//! Metric queries over lines that a case brings along, with the values that they must give.

use logql::{Direction, Engine, LabelSet, QueryValue, RangeRequest};
use logql_syntax::parse;
use model::Labels;
use serde_json::Value;
use storage::{CancelToken, TenantId};
use testkit::MemoryLogStore;

use super::Check;
use super::data::{Case, expect_eq, label_set, metadata};

/// Times of a case count from any moment; this one is nothing special.
const EPOCH_NS: i64 = 1_767_225_600_000_000_000;
/// Values may differ by this much of themselves.
const TOLERANCE: f64 = 1e-9;

pub(super) fn check_of(kind: &str) -> Option<Check> {
    (kind == "eval").then_some(check_eval as Check)
}

/// Series with a value or nothing at each step.
type Answer = Vec<(LabelSet, Vec<Option<f64>>)>;

fn check_eval(case: &Case) -> Result<(), String> {
    let store = MemoryLogStore::new();
    for load in case.get("load").and_then(Value::as_array).into_iter().flatten() {
        load_lines(&store, load)?;
    }
    let outcome = evaluate(case, &store);
    if case.flag("expect_fail") == Some(true) {
        return match outcome {
            Ok(_) => Err("the query succeeds, but should fail".to_owned()),
            Err(error) => check_message(case, &error),
        };
    }
    let value = outcome.map_err(|error| format!("error: {error}"))?;
    if let Some(expected) = case.get("scalar") {
        return check_scalar(&value, expected);
    }
    let expected = expected_series(case)?;
    let mut found = found_series(case, value)?;
    if case.flag("ordered") != Some(true) {
        found.sort_by(|a, b| a.0.cmp(&b.0));
    }
    check_series(&found, &expected, case.flag("ordered") == Some(true))
}

fn load_lines(store: &MemoryLogStore, load: &Value) -> Result<(), String> {
    let labels = Labels::from_pairs(label_set(load.get("labels"))?.iter());
    let metadata = metadata(load.get("metadata"))?;
    let text = load["line"].as_str().ok_or("a line without a text")?;
    let (at_ns, every_ns) = (load["at_ns"].as_i64().unwrap_or(0), load["every_ns"].as_i64().unwrap_or(0));
    for index in 0..load["count"].as_i64().unwrap_or(1) {
        let line = text.replace("{{.i}}", &index.to_string());
        store.insert(&labels, EPOCH_NS + at_ns + index * every_ns, line.as_bytes(), &metadata);
    }
    Ok(())
}

fn evaluate(case: &Case, store: &MemoryLogStore) -> Result<QueryValue, String> {
    let number = |name: &str| case.get(name).and_then(Value::as_i64).ok_or_else(|| format!("the case has no {name}"));
    let expr = parse(&case.text("query")?).map_err(|error| error.to_string())?;
    let (engine, tenant, cancel) = (Engine::default(), TenantId::default(), CancelToken::new());
    let result = if case.text("mode")? == "instant" {
        engine.instant(store, tenant, &expr, EPOCH_NS + number("at_ns")?, &cancel)
    } else {
        let request = RangeRequest {
            start_ns: EPOCH_NS + number("from_ns")?,
            end_ns: EPOCH_NS + number("to_ns")?,
            step_ns: number("step_ns")?,
            interval_ns: 0,
            limit: 100,
            direction: Direction::Backward,
        };
        engine.range(store, tenant, &expr, &request, &cancel)
    };
    result.map(|result| result.value).map_err(|error| error.to_string())
}

fn check_message(case: &Case, error: &str) -> Result<(), String> {
    if let Ok(wanted) = case.text("fail_msg") {
        return if error.contains(&wanted) { Ok(()) } else { Err(format!("error: {error}\nshould hold: {wanted}")) };
    }
    if let Ok(pattern) = case.text("fail_regex") {
        let regex = goregex::Regex::new(&pattern).map_err(|error| error.to_string())?;
        return if regex.is_match(error) { Ok(()) } else { Err(format!("error: {error}\nshould match: {pattern}")) };
    }
    Ok(())
}

/// The number of a query without series: alone at an instant, or the same at every step.
fn check_scalar(value: &QueryValue, expected: &Value) -> Result<(), String> {
    let expected: Vec<f64> = expected.as_array().into_iter().flatten().filter_map(number).collect();
    let found: Vec<f64> = match value {
        QueryValue::Scalar { value, .. } => vec![*value],
        QueryValue::Matrix(series) => series.iter().flat_map(|one| one.points.iter().map(|point| point.1)).collect(),
        other => return Err(format!("should be a scalar, and is {other:?}")),
    };
    let is_same = found.len() == expected.len() && found.iter().zip(&expected).all(|(a, b)| is_close(*a, *b));
    if is_same { Ok(()) } else { Err(format!("is: {found:?}\nshould: {expected:?}")) }
}

fn expected_series(case: &Case) -> Result<Answer, String> {
    let mut answer = Vec::new();
    for series in case.get("expect").and_then(Value::as_array).into_iter().flatten() {
        let values = series["values"].as_array().into_iter().flatten().map(number).collect();
        answer.push((label_set(series.get("labels"))?, values));
    }
    if case.flag("ordered") != Some(true) {
        answer.sort_by(|a, b| a.0.cmp(&b.0));
    }
    Ok(answer)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| model::float::parse(value.as_str()?))
}

fn found_series(case: &Case, value: QueryValue) -> Result<Answer, String> {
    match value {
        QueryValue::Vector(samples) => Ok(samples.into_iter().map(|s| (s.labels, vec![Some(s.value)])).collect()),
        QueryValue::Matrix(series) => {
            let bound = |name: &str| case.get(name).and_then(Value::as_i64).ok_or_else(|| format!("no {name}"));
            let (from_ns, to_ns, step_ns) = (bound("from_ns")?, bound("to_ns")?, bound("step_ns")?);
            let steps = (to_ns - from_ns) / step_ns + 1;
            let at = |points: &[(i64, f64)], step: i64| {
                let time_ns = EPOCH_NS + from_ns + step * step_ns;
                points.iter().find(|point| point.0 == time_ns).map(|point| point.1)
            };
            Ok(series.into_iter().map(|s| (s.labels, (0..steps).map(|step| at(&s.points, step)).collect())).collect())
        }
        other => Err(format!("should have series, and is {other:?}")),
    }
}

fn check_series(found: &Answer, expected: &Answer, ordered: bool) -> Result<(), String> {
    let names = |answer: &Answer| answer.iter().map(|(labels, _)| labels.to_string()).collect::<Vec<_>>();
    expect_eq(if ordered { "series in order" } else { "series" }, &names(found), &names(expected))?;
    for ((labels, is), (_, should)) in found.iter().zip(expected) {
        let is_same = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
            (Some(a), Some(b)) => is_close(*a, *b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if is.len() != should.len() || !is.iter().zip(should).all(is_same) {
            return Err(format!("values of {labels}\n     is: {is:?}\n should: {should:?}"));
        }
    }
    Ok(())
}

fn is_close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}
