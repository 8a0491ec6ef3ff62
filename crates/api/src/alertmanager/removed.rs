//! Version 1 of the API, which the original has removed. `/api/v1/alerts` is a path of Prometheus, too, and is not answered here.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const NOTICE: &str = "{\"status\":\"deprecated\",\"error\":\"The Alertmanager v1 API was deprecated in version 0.16.0 and is \
                      removed as of version 0.28.0 - please use the equivalent route in the v2 API\"}\n";

pub(super) async fn removed() -> Response {
    let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (StatusCode::GONE, content_type, NOTICE).into_response()
}
