//! Errors with their status codes.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use promql::{QueryError, QueryErrorKind};

use super::answer::respond;
use crate::json;
use crate::pool::PoolError;

/// Kinds of error, as the API names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ErrorType {
    BadData,
    Execution,
    Canceled,
    Timeout,
    Internal,
    Unavailable,
}

/// A failed answer.
#[derive(Debug)]
pub(super) struct ApiError {
    error_type: ErrorType,
    message: String,
}

impl ApiError {
    pub(super) fn new(error_type: ErrorType, message: impl Into<String>) -> ApiError {
        ApiError { error_type, message: message.into() }
    }

    pub(super) fn bad_data(message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorType::BadData, message)
    }

    /// A parameter that makes no sense.
    pub(super) fn bad_parameter(name: &str, reason: impl std::fmt::Display) -> ApiError {
        ApiError::bad_data(format!("invalid parameter {}: {reason}", model::labels::Quoted(name)))
    }
}

impl ErrorType {
    fn as_str(self) -> &'static str {
        match self {
            ErrorType::BadData => "bad_data",
            ErrorType::Execution => "execution",
            ErrorType::Canceled => "canceled",
            ErrorType::Timeout => "timeout",
            ErrorType::Internal => "internal",
            ErrorType::Unavailable => "unavailable",
        }
    }

    /// The codes of the original; 499 is its own for a caller that went away.
    fn status(self) -> StatusCode {
        match self {
            ErrorType::BadData => StatusCode::BAD_REQUEST,
            ErrorType::Execution => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorType::Canceled => StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST),
            ErrorType::Timeout | ErrorType::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorType::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> ApiError {
        let error_type = match error.kind() {
            QueryErrorKind::Invalid => ErrorType::BadData,
            QueryErrorKind::Canceled => ErrorType::Canceled,
            QueryErrorKind::Timeout => ErrorType::Timeout,
            QueryErrorKind::Storage => ErrorType::Internal,
            _ => ErrorType::Execution,
        };
        ApiError::new(error_type, error.to_string())
    }
}

impl From<storage::Error> for ApiError {
    fn from(error: storage::Error) -> ApiError {
        let error_type = match error.kind() {
            storage::ErrorKind::Cancelled => ErrorType::Canceled,
            storage::ErrorKind::TimedOut => ErrorType::Timeout,
            storage::ErrorKind::Invalid => ErrorType::BadData,
            storage::ErrorKind::LimitExceeded | storage::ErrorKind::NotBuilt => ErrorType::Execution,
            storage::ErrorKind::Closed => ErrorType::Unavailable,
            _ => ErrorType::Internal,
        };
        ApiError::new(error_type, error.to_string())
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> ApiError {
        match error {
            PoolError::TimedOutWaiting => ApiError::new(ErrorType::Timeout, "query timed out in query queue"),
            PoolError::Panicked => {
                ApiError::new(ErrorType::Internal, "the query failed by a fault of this program; its log says where")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = String::from("{\"status\":\"error\",\"errorType\":\"");
        body.push_str(self.error_type.as_str());
        body.push_str("\",\"error\":");
        json::push_string(&mut body, &self.message);
        body.push('}');
        respond(self.error_type.status(), body)
    }
}
