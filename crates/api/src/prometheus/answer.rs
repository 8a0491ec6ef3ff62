//! The envelope around every answer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use promql::Annotations;

use super::error::ApiError;
use crate::json;

/// A successful answer.
#[derive(Debug)]
pub(super) struct Success {
    /// The envelope up to the end of its field `data`.
    body: String,
    /// What is to be said about it.
    pub(super) annotations: Annotations,
}

/// What a handler answers.
pub(super) type Answer = Result<Success, ApiError>;

impl Success {
    /// `write` adds the JSON of the field `data` where it will stand: it may be many megabytes.
    pub(super) fn new(write: impl FnOnce(&mut String)) -> Success {
        let mut body = String::from("{\"status\":\"success\",\"data\":");
        write(&mut body);
        Success { body, annotations: Annotations::default() }
    }

    /// With something to be said about it.
    pub(super) fn with(self, annotations: Annotations) -> Success {
        Success { annotations, ..self }
    }
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        let mut body = self.body;
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
