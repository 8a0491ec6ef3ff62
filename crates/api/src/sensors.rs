//! What the local sensors read, as the exporters they stand for would expose it, and what they know besides: the states of containers, and
//! which log files are followed.

mod containers;
mod files;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::health::exposition;
use crate::route::{Route, on_get};
use crate::state::Api;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/sensors/host/metrics", host_metrics),
        on_get("/sensors/containers/metrics", container_metrics),
        on_get("/sensors/containers", containers::containers),
        on_get("/sensors/files", files::files),
    ]
}

async fn host_metrics(State(api): State<Arc<Api>>) -> Response {
    exposition(Arc::clone(&api.host_metrics)).await
}

async fn container_metrics(State(api): State<Arc<Api>>) -> Response {
    exposition(Arc::clone(&api.container_metrics)).await
}
