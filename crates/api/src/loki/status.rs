//! `/ready` and `/status/buildinfo`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::StatusCode;

use super::answer::Success;
use super::error::ApiError;
use crate::json;
use crate::state::Api;

/// The version whose API is spoken; clients look at it to know what they may ask for.
const API_VERSION: &str = "3.7.6";

pub(super) async fn ready(State(api): State<Arc<Api>>) -> Result<&'static str, ApiError> {
    if api.ready.load(Ordering::SeqCst) {
        Ok("ready\n")
    } else {
        Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not ready"))
    }
}

pub(super) async fn buildinfo(State(api): State<Arc<Api>>) -> Success {
    let version = format!("{API_VERSION}+menara.{}", api.build.version);
    let fields = [
        ("version", &*version),
        ("revision", ""),
        ("branch", ""),
        ("buildUser", ""),
        ("buildDate", ""),
        ("goVersion", ""),
    ];
    let mut body = String::from("{");
    for (i, (name, value)) in fields.into_iter().enumerate() {
        if i > 0 {
            body.push(',');
        }
        json::push_string(&mut body, name);
        body.push(':');
        json::push_string(&mut body, value);
    }
    body.push('}');
    Success::bare(body)
}
