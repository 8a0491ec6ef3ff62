//! Kinds about what becomes of one line.

use std::sync::Arc;

use logql::{LabelSet, Pipeline, ProcessedLine, SampleExtractor, Surroundings};
use logql_syntax::ast::{Expr, Grouping, LogExpr, MetricExpr, MetricKind};
use logql_syntax::{parse, parse_log_selector};
use model::{Labels, ManualClock};
use serde_json::Value;

use super::Check;
use super::data::{Case, expect_eq, label_set, metadata};

pub(super) fn check_of(kind: &str) -> Option<Check> {
    match kind {
        "pipeline" => Some(check_pipeline),
        "filter" => Some(check_filter),
        "sample" => Some(check_sample),
        "sample_unwrap" => Some(check_sample_unwrap),
        "pattern_captures" => Some(check_pattern_captures),
        _ => None,
    }
}

/// Labels as pairs, which show themselves well.
fn pairs(labels: &LabelSet) -> Vec<(String, String)> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn log_query(query: &str) -> Result<LogExpr, String> {
    parse_log_selector(query).map_err(|error| error.to_string())
}

/// The stream of a case.
fn stream(case: &Case) -> Result<Labels, String> {
    Ok(Labels::from_pairs(label_set(case.get("labels"))?.iter()))
}

/// When the line of a case was written.
fn time_ns(case: &Case) -> i64 {
    case.get("ts_ns").and_then(Value::as_i64).unwrap_or(0)
}

/// A clock that stands at some time, for templates.
fn surroundings() -> Surroundings {
    const NOW_MS: i64 = 1_767_225_600_000;
    Surroundings { clock: Arc::new(ManualClock::new(NOW_MS)), ..Surroundings::default() }
}

fn check_pipeline(case: &Case) -> Result<(), String> {
    let expr = log_query(&format!("{{a=\"b\"}} {}", case.text("pipeline")?))?;
    let mut pipeline = Pipeline::compile(&expr, &surroundings()).map_err(|error| error.to_string())?;
    let (stream, line, metadata) = (stream(case)?, case.bytes("line")?, metadata(case.get("structured_metadata"))?);
    let error = case.text("pre_error").unwrap_or_default();
    let processed = if error.is_empty() {
        pipeline.process(&stream, time_ns(case), &line, &metadata)
    } else {
        pipeline.process_failed(&stream, &line, &error, &case.text("pre_error_details").unwrap_or_default())
    };
    expect_eq("kept", &Some(processed.is_some()), &case.flag("keep"))?;
    let Some(processed) = processed else { return Ok(()) };
    check_processed(case, &processed)
}

fn check_processed(case: &Case, processed: &ProcessedLine<'_>) -> Result<(), String> {
    if case.get("expect_line").is_some() {
        expect_eq("line", &processed.text().into_owned(), &case.text("expect_line")?)?;
    }
    match case.get("expect_labels") {
        Some(expected) => expect_eq("labels", &pairs(&processed.labels()), &pairs(&label_set(Some(expected))?)),
        None => Ok(()),
    }
}

fn check_filter(case: &Case) -> Result<(), String> {
    let expr = log_query(&case.text("query")?)?;
    let mut pipeline = Pipeline::compile(&expr, &surroundings()).map_err(|error| error.to_string())?;
    let line = case.bytes("line")?;
    let kept = pipeline.process(&Labels::empty(), 0, &line, &[]).is_some();
    expect_eq("kept", &Some(kept), &case.flag("keep"))
}

fn metric_query(query: &str) -> Result<MetricExpr, String> {
    match parse(query).map_err(|error| error.to_string())? {
        Expr::Metric(metric) => Ok(metric),
        Expr::Log(_) => Err("not a metric query".to_owned()),
    }
}

fn check_sample(case: &Case) -> Result<(), String> {
    check_extraction(case, &metric_query(&case.text("query")?)?)
}

/// The grouping of the case takes the place of the one that a query would have written.
fn check_sample_unwrap(case: &Case) -> Result<(), String> {
    let mut metric = metric_query(&format!("first_over_time({{a=\"b\"}} {} [1m])", case.text("pipeline")?))?;
    if let (MetricKind::RangeAggregate(aggregate), Some(grouping)) = (&mut metric.kind, case.get("grouping")) {
        let labels = grouping["labels"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let labels = labels.map(ToOwned::to_owned).collect();
        aggregate.grouping = Some(Grouping { without: grouping["without"] == true, labels });
    }
    check_extraction(case, &metric)
}

fn check_extraction(case: &Case, metric: &MetricExpr) -> Result<(), String> {
    let mut extractor = SampleExtractor::compile(metric, &surroundings()).map_err(|error| error.to_string())?;
    let (stream, line, metadata) = (stream(case)?, case.bytes("line")?, metadata(case.get("structured_metadata"))?);
    let sample = extractor.process(&stream, time_ns(case), &line, &metadata);
    expect_eq("kept", &Some(sample.is_some()), &case.flag("keep"))?;
    let Some((value, labels)) = sample else { return Ok(()) };
    expect_eq("value", &Some(value), &case.get("sample_value").and_then(Value::as_f64))?;
    expect_eq("labels", &pairs(&labels), &pairs(&label_set(case.get("sample_labels"))?))
}

fn check_pattern_captures(case: &Case) -> Result<(), String> {
    let pattern = case.text("pattern")?;
    let texts = |name: &str| -> Vec<String> {
        let values = case.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    };
    let line = case.bytes("line")?;
    let mut pipeline =
        Pipeline::compile(&log_query(&format!("{{a=\"b\"}} | pattern {}", quoted(&pattern)))?, &surroundings())
            .map_err(|error| error.to_string())?;
    let processed = pipeline.process(&Labels::empty(), 0, &line, &[]).ok_or("a parser drops no line")?;
    let expected = LabelSet::from_pairs(texts("capture_names").into_iter().zip(texts("captures")));
    expect_eq("captures", &pairs(&processed.labels()), &pairs(&expected))?;
    // A line filter has no names; what it matches is the same.
    let mut unnamed = String::new();
    let mut rest = pattern.as_str();
    while let Some(start) = texts("capture_names").iter().filter_map(|name| rest.find(&format!("<{name}>"))).min() {
        let end = rest[start..].find('>').map_or(rest.len(), |length| start + length + 1);
        unnamed.push_str(&rest[..start]);
        unnamed.push_str("<_>");
        rest = &rest[end..];
    }
    unnamed.push_str(rest);
    let mut filter = Pipeline::compile(&log_query(&format!("{{a=\"b\"}} |> {}", quoted(&unnamed)))?, &surroundings())
        .map_err(|error| error.to_string())?;
    let passes = filter.process(&Labels::empty(), 0, &line, &[]).is_some();
    expect_eq("line filter", &Some(passes), &case.flag("line_filter_match"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
