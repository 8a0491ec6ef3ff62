//! `/tail`: lines as they come, over a websocket.
//!
//! The newest lines of the past go first, then every batch that the store acknowledges. The store never waits for a reader: what a
//! reader is too slow for is dropped and told.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use logql::{Direction, Pipeline, RangeRequest};
use logql_syntax::ast::LogExpr;
use storage::TenantId;

use super::error::ApiError;
use super::params::Params;
use super::query::label_encoding;
use super::value::LabelEncoding;
use crate::state::Api;

mod frame;
mod history;
mod queue;
mod session;

use queue::Queue;
use session::Session;

const SECOND_NS: i64 = 1_000_000_000;
/// How far back the first lines may be where nothing says.
const DEFAULT_SINCE_NS: i64 = 3_600 * SECOND_NS;
/// Longest delay that may be asked for, in seconds.
const MAX_DELAY_S: i64 = 5;

/// What a tail asks for.
struct Tail {
    expr: LogExpr,
    past: RangeRequest,
    delay: std::time::Duration,
    encoding: LabelEncoding,
}

pub(super) async fn tail(
    State(api): State<Arc<Api>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    params: Params,
) -> Response {
    match begin(api, &headers, upgrade, &params) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn begin(
    api: Arc<Api>,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    params: &Params,
) -> Result<Response, ApiError> {
    let (tail, pipeline) = read(&api, headers, params)?;
    let upgrade = upgrade.map_err(|error| ApiError::bad_request(error.body_text()))?;
    let turn = api.loki.begin_tail().map_err(ApiError::bad_request)?;
    // The tail begins before the past is read, so that nothing falls between the two.
    let (queue, sink) = Queue::new();
    let guard = api.logs.tail(TenantId::default(), pipeline.matchers().to_vec(), Box::new(sink))?;
    Ok(upgrade.on_upgrade(move |socket| async move {
        let _until_done = (turn, guard);
        Session::new(api, socket, queue, tail, pipeline).run().await;
    }))
}

fn read(api: &Api, headers: &HeaderMap, params: &Params) -> Result<(Tail, Pipeline), ApiError> {
    let expr = logql_syntax::parse_log_selector(params.get("query"))?;
    let pipeline = Pipeline::compile(&expr, &api.log_engine.options().surroundings)?;
    let now_ns = api.clock.now_ns();
    let limit = params.limit()?;
    let most = api.log_engine.options().max_entries;
    if limit > most {
        let message =
            format!("max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {most})");
        return Err(ApiError::bad_request(message));
    }
    let start_ns = params.bounds(now_ns, DEFAULT_SINCE_NS)?.start_ns;
    let past = RangeRequest {
        start_ns,
        end_ns: i64::MAX,
        step_ns: SECOND_NS,
        interval_ns: 0,
        limit,
        direction: Direction::Backward,
    };
    let delay = delay(params.get("delay_for"))?;
    Ok((Tail { expr, past, delay, encoding: label_encoding(headers) }, pipeline))
}

/// How long lines are held back, so that those of slower sources can be put in their place.
fn delay(text: &str) -> Result<std::time::Duration, ApiError> {
    let seconds = match text.parse::<i64>() {
        _ if text.is_empty() => 0,
        Ok(seconds) => seconds,
        Err(_) => {
            let quoted = model::labels::Quoted(text);
            return Err(ApiError::bad_request(format!("strconv.Atoi: parsing {quoted}: invalid syntax")));
        }
    };
    if seconds > MAX_DELAY_S {
        return Err(ApiError::bad_request(format!("delay_for can't be greater than {MAX_DELAY_S}")));
    }
    Ok(std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests;
