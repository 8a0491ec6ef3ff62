//! Answers: JSON that nobody may keep.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// What a handler answers.
pub(super) type Answer = Result<Success, ApiError>;

/// A successful answer.
#[derive(Debug)]
pub(super) enum Success {
    /// With this JSON.
    Json(String),
    /// Without a body.
    Empty,
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        match self {
            Success::Json(body) => json(StatusCode::OK, body),
            Success::Empty => empty(StatusCode::OK),
        }
    }
}

/// An answer with JSON, which ends with a line break as Go's encoder writes it.
pub(super) fn json(status: StatusCode, mut body: String) -> Response {
    body.push('\n');
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    uncached(response)
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    uncached(status.into_response())
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
