//! What a route is.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};

use crate::state::Api;

/// A path of the HTTP surface and what answers it.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) handler: MethodRouter<Arc<Api>>,
}

/// A route that answers GET (and with it HEAD).
pub(crate) fn on_get<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    Route { path, handler: get(handler) }
}

/// A route that answers GET and, with the parameters in a form, POST.
pub(crate) fn on_get_or_form<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>> + Clone,
    T: 'static,
{
    Route { path, handler: get(handler.clone()).post(handler) }
}

/// A route that answers POST.
pub(crate) fn on_post<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Api>>,
    T: 'static,
{
    Route { path, handler: post(handler) }
}
