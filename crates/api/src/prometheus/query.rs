//! `/query`, `/query_range`, `/format_query`.

use std::sync::Arc;

use axum::extract::State;
use promql::{Annotations, QueryResult, QueryValue};
use promql_syntax::ast::Expr;
use storage::{Grid, TenantId};

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::Params;
use super::value;
use crate::json;
use crate::state::Api;

/// More steps than this are refused.
const MAX_STEPS: i64 = 11_000;

pub(super) async fn instant(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let limit = params.limit()?;
    let time_ms = params.time_ms("time", api.clock.now_ms())?;
    let timeout = params.timeout()?;
    let lookback_ms = lookback_ms(&params)?;
    let (expr, query) = parse(&params)?;
    let shared = Arc::clone(&api);
    let answered = api.pool.run(timeout, move |cancel| {
        let tenant = TenantId::default();
        let result = shared.engine.instant(&*shared.metrics, tenant, &expr, &query, time_ms, lookback_ms, cancel)?;
        Ok(answer(result, limit, &params))
    });
    answered.await?
}

pub(super) async fn range(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let limit = params.limit()?;
    let grid = grid(&params)?;
    let timeout = params.timeout()?;
    let lookback_ms = lookback_ms(&params)?;
    let (expr, query) = parse(&params)?;
    let shared = Arc::clone(&api);
    let answered = api.pool.run(timeout, move |cancel| {
        let tenant = TenantId::default();
        let result = shared.engine.range(&*shared.metrics, tenant, &expr, &query, grid, lookback_ms, cancel)?;
        Ok(answer(result, limit, &params))
    });
    answered.await?
}

pub(super) async fn format(params: Params) -> Answer {
    let (expr, _) = parse(&params)?;
    Ok(Success::new(|out| json::push_string(out, &promql_syntax::format(&expr))))
}

fn parse(params: &Params) -> Result<(Expr, String), ApiError> {
    let query = params.get("query");
    let expr = promql_syntax::parse(query).map_err(|error| ApiError::bad_parameter("query", error))?;
    Ok((expr, query.to_owned()))
}

fn grid(params: &Params) -> Result<Grid, ApiError> {
    let start_ms = params.required_time_ms("start")?;
    let end_ms = params.required_time_ms("end")?;
    if end_ms < start_ms {
        return Err(ApiError::bad_parameter("end", "end timestamp must not be before start time"));
    }
    let step_ms = params.required_duration_ms("step")?;
    if step_ms <= 0 {
        let reason = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        return Err(ApiError::bad_parameter("step", reason));
    }
    if end_ms.checked_sub(start_ms).is_none_or(|span_ms| span_ms / step_ms > MAX_STEPS) {
        let message = "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)";
        return Err(ApiError::bad_data(message));
    }
    Ok(Grid { start_ms, end_ms, step_ms })
}

fn lookback_ms(params: &Params) -> Result<Option<i64>, ApiError> {
    let text = params.get("lookback_delta");
    let lookback_ms = params.duration_ms("lookback_delta").map_err(|_| {
        let quoted = model::labels::Quoted(text);
        ApiError::bad_parameter(
            "lookback_delta",
            format!("error parsing lookback delta duration: cannot parse {quoted} to a valid duration"),
        )
    })?;
    Ok(lookback_ms.filter(|&ms| ms > 0))
}

/// Written where the query ran: a large answer would hold up what waits on the asynchronous threads.
fn answer(result: QueryResult, limit: usize, params: &Params) -> Success {
    let QueryResult { mut value, mut annotations, .. } = result;
    if truncate(&mut value, limit) {
        annotations.warnings.push("results truncated due to limit".to_owned());
    }
    note_ignored(params, &mut annotations);
    Success::new(|out| value::push_query_value(out, &value)).with(annotations)
}

/// Cuts a list of series to a length; 0 leaves it.
fn truncate(value: &mut QueryValue, limit: usize) -> bool {
    let len = match value {
        QueryValue::Vector(samples) => samples.len(),
        QueryValue::Matrix(series) => series.len(),
        _ => return false,
    };
    if limit == 0 || len <= limit {
        return false;
    }
    match value {
        QueryValue::Vector(samples) => samples.truncate(limit),
        QueryValue::Matrix(series) => series.truncate(limit),
        _ => {}
    }
    true
}

/// Nothing that was asked for is left out in silence.
fn note_ignored(params: &Params, annotations: &mut Annotations) {
    if !params.get("stats").is_empty() {
        annotations.infos.push("not built yet: query statistics".to_owned());
    }
}
