//! `/labels`, `/label/<name>/values`, `/series`.

use std::sync::Arc;

use axum::extract::{Path, State};
use model::Matcher;
use storage::TenantId;
use storage::logs::{LogLimits, NanoRange};

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::{Bounds, Params};
use super::query::TIMEOUT;
use crate::json;
use crate::state::Api;

/// How far back is looked where nothing says: six hours.
const DEFAULT_SINCE_NS: i64 = 6 * 3_600 * 1_000_000_000;

pub(super) async fn names(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let range = range(&api, &params)?;
    let selectors = selector(&params)?;
    let shared = Arc::clone(&api);
    let names =
        api.pool.run(TIMEOUT, move |cancel| shared.logs.label_names(TenantId::default(), &selectors, range, cancel));
    Ok(Success::strings(&names.await??))
}

pub(super) async fn values(State(api): State<Arc<Api>>, Path(name): Path<String>, params: Params) -> Answer {
    let range = range(&api, &params)?;
    let selectors = selector(&params)?;
    let shared = Arc::clone(&api);
    let values = api
        .pool
        .run(TIMEOUT, move |cancel| shared.logs.label_values(TenantId::default(), &name, &selectors, range, cancel));
    Ok(Success::strings(&values.await??))
}

pub(super) async fn series(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let range = range(&api, &params)?;
    let texts: Vec<&str> = params.all("match[]").chain(params.all("match")).collect();
    let selectors: Vec<Vec<Matcher>> = texts.into_iter().map(matchers).collect::<Result<_, _>>()?;
    // A selector that matches everything makes the others of no account.
    let selectors = if selectors.iter().any(Vec::is_empty) { Vec::new() } else { selectors };
    let shared = Arc::clone(&api);
    let found = api.pool.run(TIMEOUT, move |cancel| {
        shared.logs.select_streams(TenantId::default(), &selectors, range, &LogLimits::default(), cancel)
    });
    let mut data = String::new();
    json::push_list(&mut data, &found.await??, |out, stream| json::push_labels(out, &stream.labels));
    Ok(Success::data(&data))
}

/// The stretch of time that a request about labels asks for; its end counts.
pub(super) fn range(api: &Api, params: &Params) -> Result<NanoRange, ApiError> {
    let Bounds { start_ns, end_ns } = params.bounds(api.clock.now_ns(), DEFAULT_SINCE_NS)?;
    Ok(NanoRange { start_ns, end_ns: end_ns.saturating_add(1) })
}

/// The selector in `query`, if there is one.
fn selector(params: &Params) -> Result<Vec<Vec<Matcher>>, ApiError> {
    match params.get("query") {
        "" => Ok(Vec::new()),
        text => Ok(vec![matchers(text)?].into_iter().filter(|matchers| !matchers.is_empty()).collect()),
    }
}

/// The matchers of a selector; none for `{}`, which these requests allow.
pub(super) fn matchers(text: &str) -> Result<Vec<Matcher>, ApiError> {
    let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    if inner.is_some_and(|inner| inner.trim().is_empty()) {
        return Ok(Vec::new());
    }
    Ok(logql_syntax::parse_matchers(text)?)
}
