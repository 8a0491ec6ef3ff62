//! Errors: a status code and plain text, as Loki gives them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use logql::{QueryError, QueryErrorKind};

use crate::pool::PoolError;

/// Seconds after which a refused request may come again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// A failed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> ApiError {
        ApiError { status, message: message.into() }
    }

    /// The request makes no sense.
    pub(super) fn bad_request(message: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::BAD_REQUEST, message)
    }

    /// A valid request that this version does not serve.
    pub(super) fn not_built(what: &str) -> ApiError {
        ApiError::bad_request(format!("not built yet: {what}"))
    }
}

/// The original's own code for a caller that went away.
fn client_closed_request() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST)
}

impl From<QueryError> for ApiError {
    fn from(error: QueryError) -> ApiError {
        let status = match error.kind() {
            QueryErrorKind::Canceled => client_closed_request(),
            QueryErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            QueryErrorKind::Storage => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        ApiError::new(status, error.to_string())
    }
}

impl From<logql_syntax::ParseError> for ApiError {
    fn from(error: logql_syntax::ParseError) -> ApiError {
        ApiError::bad_request(error.to_string())
    }
}

impl From<storage::Error> for ApiError {
    fn from(error: storage::Error) -> ApiError {
        let status = match error.kind() {
            storage::ErrorKind::Cancelled => client_closed_request(),
            storage::ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            storage::ErrorKind::Invalid | storage::ErrorKind::LimitExceeded | storage::ErrorKind::NotBuilt => {
                StatusCode::BAD_REQUEST
            }
            storage::ErrorKind::Full | storage::ErrorKind::Closed => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        ApiError::new(status, error.to_string())
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> ApiError {
        match error {
            PoolError::TimedOutWaiting => ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too many outstanding requests"),
            PoolError::Panicked => ApiError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the request failed by a fault of this program; its log says where",
            ),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = self.message;
        body.push('\n');
        let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
        let mut response = (self.status, content_type, body).into_response();
        if matches!(self.status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}
