//! `/status/…`.

use std::sync::Arc;

use axum::extract::State;

use super::answer::{Answer, Success};
use crate::state::Api;

/// The version whose API is spoken.
const API_VERSION: &str = "3.14.0";

pub(super) async fn buildinfo(State(api): State<Arc<Api>>) -> Answer {
    Ok(Success::new(|out| out.push_str(&api.build.json(API_VERSION))))
}
