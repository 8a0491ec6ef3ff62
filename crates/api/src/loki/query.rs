//! `/query`, `/query_range`, `/format_query`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use logql::QueryError;
use logql::QueryResult;
use storage::TenantId;

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::{Params, time_ns};
use super::value::{self, CATEGORISE, LabelEncoding};
use crate::json;
use crate::state::Api;

/// What a query may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(60);
/// Formatted queries are broken into lines of this length.
const MAX_CHARS_PER_LINE: usize = 100;
/// Answers of this type are not built.
const PARQUET: &str = "application/vnd.apache.parquet";
/// The header in which clients ask for an encoding.
const ENCODING_FLAGS: &str = "x-loki-response-encoding-flags";

pub(super) async fn instant(State(api): State<Arc<Api>>, headers: HeaderMap, params: Params) -> Answer {
    let encoding = check_asked(&headers, &params)?;
    let at_ns = time_ns(params.get("time"), api.clock.now_ns()).map_err(ApiError::bad_request)?;
    params.limit()?;
    let expr = logql_syntax::parse(params.get("query"))?;
    let shared = Arc::clone(&api);
    let result = api.pool.run(TIMEOUT, move |cancel| {
        let started = tokio::time::Instant::now();
        let result = shared.log_engine.instant(&*shared.logs, TenantId::default(), &expr, at_ns, cancel);
        answer(result, encoding, started)
    });
    result.await?
}

pub(super) async fn range(State(api): State<Arc<Api>>, headers: HeaderMap, params: Params) -> Answer {
    let encoding = check_asked(&headers, &params)?;
    let asked = params.range(api.clock.now_ns())?;
    let expr = logql_syntax::parse(&asked.query)?;
    let shared = Arc::clone(&api);
    let result = api.pool.run(TIMEOUT, move |cancel| {
        let started = tokio::time::Instant::now();
        let result = shared.log_engine.range(&*shared.logs, TenantId::default(), &expr, &asked.request, cancel);
        answer(result, encoding, started)
    });
    result.await?
}

pub(super) async fn format(params: Params) -> Answer {
    let formatted = logql_syntax::format(&logql_syntax::parse_syntax(params.get("query"))?, MAX_CHARS_PER_LINE);
    let mut data = String::new();
    json::push_string(&mut data, &formatted);
    Ok(Success::data(&data))
}

/// How labels are wanted. What is asked for and not built is refused.
fn check_asked(headers: &HeaderMap, params: &Params) -> Result<LabelEncoding, ApiError> {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepted.any(|accept| accept.contains(PARQUET)) {
        return Err(ApiError::not_built("answers as parquet"));
    }
    if !params.get("shards").is_empty() {
        return Err(ApiError::not_built("the parameter shards"));
    }
    Ok(label_encoding(headers))
}

/// How labels of lines are wanted.
pub(super) fn label_encoding(headers: &HeaderMap) -> LabelEncoding {
    let flags = headers.get_all(ENCODING_FLAGS).iter().filter_map(|value| value.to_str().ok());
    let is_asked = flags.flat_map(|value| value.split(',')).any(|flag| flag.trim() == CATEGORISE);
    if is_asked { LabelEncoding::Categorised } else { LabelEncoding::Merged }
}

/// Writes the answer; large ones take their time, so this runs where the query ran.
fn answer(result: Result<QueryResult, QueryError>, encoding: LabelEncoding, started: tokio::time::Instant) -> Answer {
    let result = result?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Success::data(&value::query_data(&result.value, encoding, &result.stats, seconds)))
}
