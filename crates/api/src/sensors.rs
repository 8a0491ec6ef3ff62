//! What the local sensors read, as the exporters they stand for would expose it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::health::exposition;
use crate::route::{Route, on_get};
use crate::state::Api;

pub(crate) fn routes() -> Vec<Route> {
    vec![on_get("/sensors/host/metrics", host)]
}

async fn host(State(api): State<Arc<Api>>) -> Response {
    exposition(Arc::clone(&api.host_metrics)).await
}
