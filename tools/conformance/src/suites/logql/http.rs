//! Queries over HTTP, of which only the status is known.

use logql::{Direction, Engine, RangeRequest};
use logql_syntax::parse;
use storage::{CancelToken, TenantId};
use testkit::MemoryLogStore;

use super::Check;
use super::data::{Case, expect_eq};

/// A range like any other.
const REQUEST: RangeRequest = RangeRequest {
    start_ns: 0,
    end_ns: 3_600_000_000_000,
    step_ns: 60_000_000_000,
    interval_ns: 0,
    limit: 100,
    direction: Direction::Backward,
};

pub(super) fn check_of(kind: &str) -> Option<Check> {
    (kind == "http_query").then_some(check_http_query as Check)
}

fn check_http_query(case: &Case) -> Result<(), String> {
    let endpoint = case.text("endpoint").unwrap_or_else(|_| "query_range".to_owned());
    let refusal = refusal(&endpoint, &case.text("query")?);
    let status = if refusal.is_none() { "2xx" } else { "4xx" };
    expect_eq(&format!("status ({refusal:?})"), &status.to_owned(), &case.text("expect_status")?)
}

/// Why an endpoint refuses a query, whatever the data.
fn refusal(endpoint: &str, query: &str) -> Option<String> {
    let expr = match parse(query) {
        Err(error) => return Some(error.to_string()),
        Ok(expr) => expr,
    };
    let (engine, store, tenant, cancel) =
        (Engine::default(), MemoryLogStore::new(), TenantId::default(), CancelToken::new());
    let outcome = if endpoint == "query" {
        engine.instant(&store, tenant, &expr, 0, &cancel)
    } else {
        engine.range(&store, tenant, &expr, &REQUEST, &cancel)
    };
    outcome.err().map(|error| error.to_string())
}
