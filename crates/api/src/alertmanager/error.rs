//! Errors: a JSON string where the handler refuses, an object with a code where the request is not what the specification says.

use std::fmt::Write;

use alerting::SilenceError;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::alert::AlertError;
use model::labels::Quoted;

use super::answer;
use crate::json;
use crate::pool::PoolError;

/// A value of the wrong type or form.
const INVALID_TYPE: u16 = 601;
/// A value that must be there.
const REQUIRED: u16 = 602;
/// A list that is too short.
const MIN_ITEMS: u16 = 612;

/// A failed answer.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    body: ErrorBody,
    allowed: Option<&'static str>,
}

#[derive(Debug)]
enum ErrorBody {
    Empty,
    Text(String),
    Coded(u16, String),
}

impl ApiError {
    fn new(status: StatusCode, body: ErrorBody) -> ApiError {
        ApiError { status, body, allowed: None }
    }

    /// A refusal in words.
    pub(super) fn text(status: StatusCode, message: impl Into<String>) -> ApiError {
        ApiError::new(status, ErrorBody::Text(message.into()))
    }

    /// The request makes no sense to the handler.
    pub(super) fn bad_request(message: impl Into<String>) -> ApiError {
        ApiError::text(StatusCode::BAD_REQUEST, message)
    }

    /// It cannot be answered now.
    pub(super) fn unavailable(message: impl Into<String>) -> ApiError {
        ApiError::text(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// There is no such thing.
    pub(super) fn not_found() -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, ErrorBody::Empty)
    }

    /// A request that is refused before a handler looks at it; its code is the status.
    pub(super) fn refused(status: StatusCode, message: impl Into<String>) -> ApiError {
        ApiError::new(status, ErrorBody::Coded(status.as_u16(), message.into()))
    }

    /// A body that cannot be read; `what` is its name in the specification.
    pub(super) fn unreadable(what: &str, reason: impl std::fmt::Display) -> ApiError {
        let message = format!("parsing {what} body from \"\" failed, because {reason}");
        ApiError::refused(StatusCode::BAD_REQUEST, message)
    }

    /// A value in the body is missing.
    pub(super) fn required(name: impl std::fmt::Display) -> ApiError {
        ApiError::invalid(REQUIRED, format!("{name} in body is required"))
    }

    /// A list in the body is empty.
    pub(super) fn needs_item(name: &str) -> ApiError {
        ApiError::invalid(MIN_ITEMS, format!("{name} in body should have at least 1 items"))
    }

    /// A value is not of a type; `place` is `body` or `path`.
    pub(super) fn not_of_type(name: impl std::fmt::Display, place: &str, of_type: &str, value: &str) -> ApiError {
        ApiError::invalid(INVALID_TYPE, format!("{name} in {place} must be of type {of_type}: {}", Quoted(value)))
    }

    /// The path does not take the method.
    pub(super) fn not_allowed(method: &Method, allowed: &'static str) -> ApiError {
        let message = format!("method {method} is not allowed, but [{allowed}] are");
        ApiError { allowed: Some(allowed), ..ApiError::refused(StatusCode::METHOD_NOT_ALLOWED, message) }
    }

    fn invalid(code: u16, message: String) -> ApiError {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorBody::Coded(code, message))
    }
}

impl From<AlertError> for ApiError {
    fn from(error: AlertError) -> ApiError {
        let status = match &error {
            AlertError::Invalid(_) => StatusCode::BAD_REQUEST,
            AlertError::Unavailable(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        ApiError::text(status, error.to_string())
    }
}

impl From<SilenceError> for ApiError {
    fn from(error: SilenceError) -> ApiError {
        let status = match &error {
            SilenceError::Invalid(_) | SilenceError::Limit(_) => StatusCode::BAD_REQUEST,
            SilenceError::NotFound => StatusCode::NOT_FOUND,
            SilenceError::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        ApiError::text(status, error.to_string())
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> ApiError {
        match error {
            PoolError::TimedOutWaiting => ApiError::unavailable("too many requests wait for the alert manager"),
            PoolError::Panicked => ApiError::text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request failed by a fault of this program; its log says where",
            ),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = String::new();
        match self.body {
            ErrorBody::Empty => return answer::empty(self.status),
            ErrorBody::Text(message) => json::push_string(&mut body, &message),
            ErrorBody::Coded(code, message) => {
                // Writing to a String cannot fail.
                write!(body, "{{\"code\":{code},\"message\":").ok();
                json::push_string(&mut body, &message);
                body.push('}');
            }
        }
        let mut response = answer::json(self.status, body);
        if let Some(allowed) = self.allowed {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}
