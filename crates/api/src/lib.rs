//! The HTTP surface: one folder per foreign API, whose wire types stay in it.
//!
//! Every route is one line in the `routes()` of its folder; [`router`] joins them, and a test fails when two collide.
//! Before any route stands the guard of `guard.rs`; behind it handlers parse parameters, run blocking work on the
//! [`QueryPool`] and write the answer.

mod alertmanager;
mod counters;
mod form;
mod guard;
mod health;
mod json;
pub mod loki;
mod pool;
mod prometheus;
mod route;
mod sensors;
mod state;
mod ui;

pub use alertmanager::{AlertmanagerState, version as alertmanager_version};
pub use counters::RequestCounters;
pub use guard::OwnNames;
pub use pool::QueryPool;
pub use state::{Api, BuildInfo, FamilySource, Reload};

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware;
use route::Route;

/// The router of the main listener.
pub fn router(api: Arc<Api>) -> Router {
    let mut router = Router::new();
    for route in all_routes() {
        router = router.route(route.path, route.handler);
    }
    let (guarded, counted) = (Arc::clone(&api), Arc::clone(&api));
    router
        .fallback(ui::not_found)
        .method_not_allowed_fallback(health::method_not_allowed)
        .layer(middleware::from_fn(move |request: Request, next| guard::check(Arc::clone(&guarded), request, next)))
        .layer(middleware::from_fn(move |request: Request, next| counters::count(Arc::clone(&counted), request, next)))
        .with_state(api)
}

/// All routes of all folders.
fn all_routes() -> Vec<Route> {
    let folders = [
        health::routes(),
        sensors::routes(),
        prometheus::routes(),
        loki::routes(),
        alertmanager::routes(),
        ui::routes(),
    ];
    folders.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
