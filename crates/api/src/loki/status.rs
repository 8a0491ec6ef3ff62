//! `/ready` and `/status/buildinfo`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;

use super::answer::Success;
use super::error::ApiError;
use crate::state::Api;

/// The version whose API is spoken.
const API_VERSION: &str = "3.7.6";

pub(super) async fn ready(State(api): State<Arc<Api>>) -> Result<&'static str, ApiError> {
    if api.ready.load(Ordering::SeqCst) {
        Ok("ready\n")
    } else {
        Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not ready"))
    }
}

pub(super) async fn buildinfo(State(api): State<Arc<Api>>) -> Success {
    Success::bare(api.build.json(API_VERSION))
}
