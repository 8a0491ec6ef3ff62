//! Whether the program lives, its own metrics, and reading its configuration anew.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::route::{Route, on_get};
use crate::state::{Api, FamilySource};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get("/-/healthy", healthy),
        on_get("/-/ready", ready),
        Route { path: "/-/reload", handler: post(reload).put(reload) },
        on_get("/metrics", metrics),
    ]
}

async fn healthy() -> &'static str {
    "Menara is Healthy.\n"
}

async fn ready(State(api): State<Arc<Api>>) -> Response {
    if api.ready.load(Ordering::SeqCst) {
        "Menara is Ready.\n".into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response()
    }
}

/// As both originals: an empty answer, or what is wrong.
async fn reload(State(api): State<Arc<Api>>) -> Response {
    let reload = Arc::clone(&api.reload);
    match tokio::task::spawn_blocking(move || reload()).await {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(why)) => {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("failed to reload config: {why}\n")).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "BUG: reading the configuration panicked");
            (StatusCode::INTERNAL_SERVER_ERROR, "reading the configuration failed\n").into_response()
        }
    }
}

async fn metrics(State(api): State<Arc<Api>>) -> Response {
    exposition(Arc::clone(&api.own_metrics)).await
}

/// Answers a method that a route does not take: the preflight of the API as the original does, the others with 405.
pub(crate) async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n").into_response()
}

/// Answers with families as text; asking for them may block.
pub(crate) async fn exposition(source: FamilySource) -> Response {
    let text = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        exposition::text::write(&source(), &mut text);
        text
    });
    match text.await {
        Ok(text) => ([(header::CONTENT_TYPE, exposition::text::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "BUG: reading metrics panicked");
            (StatusCode::INTERNAL_SERVER_ERROR, "reading the metrics failed\n").into_response()
        }
    }
}
