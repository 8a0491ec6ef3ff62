//! The parameters of queries.

use api::loki::{Bounds, read};
use logql::Direction;
use serde_json::Value;

use super::{expect, expect_valid, number, text};

pub(super) fn timestamp(case: &Value) -> Result<(), String> {
    let default_ns = ["default_ns", "now_ns"].iter().find_map(|name| case[*name].as_i64()).unwrap_or_default();
    expect_valid(case, read::time_ns(text(case, "value"), default_ns), || number(case, "expect_ns"))
}

pub(super) fn bounds(case: &Value) -> Result<(), String> {
    let got = read::bounds(number(case, "now_ns")?, text(case, "start"), text(case, "end"), text(case, "since"));
    expect_valid(case, got, || {
        Ok(Bounds { start_ns: number(case, "expect_start_ns")?, end_ns: number(case, "expect_end_ns")? })
    })
}

pub(super) fn interval(case: &Value) -> Result<(), String> {
    let got = read::range_params(query_string(case), 0).map(|params| params.request.interval_ns);
    expect_valid(case, got, || number(case, "expect_ns"))
}

pub(super) fn range(case: &Value) -> Result<(), String> {
    let Some(expected) = case["expect"].as_object() else {
        return expect_valid(case, read::range_params(query_string(case), 0), || Err("nothing is expected".to_owned()));
    };
    let params = read::range_params(query_string(case), 0)?;
    let direction = match params.request.direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    };
    let got = serde_json::json!({
        "query": params.query,
        "start_ns": params.request.start_ns,
        "end_ns": params.request.end_ns,
        "step_ns": params.request.step_ns,
        "interval_ns": params.request.interval_ns,
        "limit": params.request.limit,
        "direction": direction,
    });
    expected.iter().try_for_each(|(name, value)| expect(name, &got[name], value))
}

pub(super) fn default_step(case: &Value) -> Result<(), String> {
    let bounds = Bounds { start_ns: number(case, "start_ns")?, end_ns: number(case, "end_ns")? };
    expect("step", &read::default_step_ns(bounds), &(number(case, "expect_step_s")? * 1_000_000_000))
}

fn query_string(case: &Value) -> &str {
    text(case, "path").split_once('?').map_or("", |(_, query)| query)
}
