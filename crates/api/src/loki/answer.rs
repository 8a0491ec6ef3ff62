//! Answers that worked: JSON, most of them in an envelope.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use crate::json;

/// What a handler answers.
pub(super) type Answer = Result<Success, ApiError>;

/// A successful answer, as JSON.
#[derive(Debug)]
pub(super) struct Success(String);

impl Success {
    /// The text as it stands.
    pub(super) fn bare(json: String) -> Success {
        Success(json)
    }

    /// `{"status":"success","data":…}`
    pub(super) fn data(data: &str) -> Success {
        let mut body = String::with_capacity(data.len() + 32);
        body.push_str("{\"status\":\"success\",\"data\":");
        body.push_str(data);
        body.push('}');
        Success(body)
    }

    /// A list of strings in the envelope.
    pub(super) fn strings(texts: &[String]) -> Success {
        let mut data = String::new();
        json::push_list(&mut data, texts, |out, text| json::push_string(out, text));
        Success::data(&data)
    }
}

impl IntoResponse for Success {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("application/json; charset=UTF-8");
        ([(header::CONTENT_TYPE, content_type)], self.0).into_response()
    }
}
