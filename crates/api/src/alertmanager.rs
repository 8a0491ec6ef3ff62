//! The HTTP API of Alertmanager, `/api/v2`; where alerts are not configured it answers 503.
//!
//! Unlike the original, it lets no page of another site read it: see `guard.rs`.

mod alerts;
mod answer;
mod body;
mod error;
mod filter;
mod general;
mod groups;
mod params;
mod removed;
mod silences;
mod state;
mod time;

use std::sync::Arc;

use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::route::{Route, on_get};
use crate::state::Api;

pub use general::version;
pub use state::AlertmanagerState;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/api/v2/status", "GET", get(general::status)),
        route("/api/v2/receivers", "GET", get(general::receivers)),
        route("/api/v2/alerts", "GET,POST", get(alerts::list).post(alerts::post)),
        route("/api/v2/alerts/groups", "GET", get(groups::list)),
        route("/api/v2/silences", "GET,POST", get(silences::list).post(silences::post)),
        route("/api/v2/silence/{id}", "DELETE,GET", get(silences::get).delete(silences::delete)),
        on_get("/api/v1/receivers", removed::removed),
        on_get("/api/v1/status", removed::removed),
        Route { path: "/api/v1/silences", handler: get(removed::removed).post(removed::removed) },
        Route { path: "/api/v1/silence/{id}", handler: get(removed::removed).delete(removed::removed) },
    ]
}

/// A route that answers other methods than those allowed as the original does.
fn route(path: &'static str, allowed: &'static str, handler: MethodRouter<Arc<Api>>) -> Route {
    Route { path, handler: handler.fallback(move |method: Method| std::future::ready(not_allowed(&method, allowed))) }
}

fn not_allowed(method: &Method, allowed: &'static str) -> Response {
    if method == Method::OPTIONS {
        return axum::http::StatusCode::NO_CONTENT.into_response();
    }
    error::ApiError::not_allowed(method, allowed).into_response()
}

#[cfg(test)]
mod peer_tests;
#[cfg(test)]
mod tests;
