//! The envelope around every answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use promql::Annotations;

use super::error::ApiError;
use crate::json;

/// A successful answer.
#[derive(Debug, Default)]
pub(super) struct Success {
    /// The `data` field, as JSON.
    pub(super) data: String,
    /// What is to be said about it.
    pub(super) annotations: Annotations,
}

/// What a handler answers.
pub(super) type Answer = Result<Success, ApiError>;

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        let mut body = String::with_capacity(self.data.len() + 64);
        body.push_str("{\"status\":\"success\",\"data\":");
        body.push_str(&self.data);
        for (name, texts) in [("warnings", &self.annotations.warnings), ("infos", &self.annotations.infos)] {
            if !texts.is_empty() {
                body.push_str(",\"");
                body.push_str(name);
                body.push_str("\":");
                json::push_strings(&mut body, texts.iter().map(String::as_str));
            }
        }
        body.push('}');
        respond(StatusCode::OK, body)
    }
}

/// An answer with JSON.
pub(super) fn respond(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
