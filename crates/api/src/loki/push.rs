//! `/push`: takes lines in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use intake::PushOutcome;
use storage::logs::Body;
use storage::{ErrorKind, TenantId};

use super::error::ApiError;
use crate::pool::PoolError;
use crate::state::Api;

mod body;
mod decoder;
mod json;
mod label_text;
mod protobuf;

pub use body::PushError;
use body::ReceivedBody;
pub use decoder::{LokiBodies, read_push};

/// What a body may be, as it came.
const MAX_ENCODED_BYTES: usize = 16 << 20;
/// What a body may be after decompression.
const MAX_DECODED_BYTES: usize = 64 << 20;
/// How long a body may take to arrive.
const BODY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(60);

pub(super) async fn push(State(api): State<Arc<Api>>, request: Request) -> Response {
    answer(take(api, request, false).await)
}

/// The path of early versions, whose JSON has another shape.
pub(super) async fn push_legacy(State(api): State<Arc<Api>>, request: Request) -> Response {
    answer(take(api, request, true).await)
}

/// 204 when every line was taken; lines that were refused make it a 400, though the others are kept.
fn answer(outcome: Result<PushOutcome, ApiError>) -> Response {
    match outcome {
        Ok(PushOutcome { error: None, .. }) => StatusCode::NO_CONTENT.into_response(),
        Ok(PushOutcome { error: Some(error), .. }) => ApiError::bad_request(error).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn take(api: Arc<Api>, request: Request, is_legacy: bool) -> Result<PushOutcome, ApiError> {
    let received_ns = api.clock.now_ns();
    let format = body::format_of(
        text(request.headers(), header::CONTENT_TYPE),
        text(request.headers(), header::CONTENT_ENCODING),
        is_legacy,
        api.intake.additions(),
    )?;
    let length = text(request.headers(), header::CONTENT_LENGTH).parse::<usize>().ok();
    if let Some(length) = length.filter(|length| *length > MAX_ENCODED_BYTES) {
        return Err(PushError::too_large(length, MAX_ENCODED_BYTES).into());
    }
    let unavailable = || ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "shutting down");
    // A body of unknown length may be as long as any.
    let held = api.loki.hold(length.unwrap_or(MAX_ENCODED_BYTES)).await.ok_or_else(unavailable)?;
    let bytes = read_body(request).await?;
    let turn = Arc::clone(&api.loki.push_turns).acquire_owned().await.map_err(|_| unavailable())?;
    let written = tokio::task::spawn_blocking(move || {
        let _until_done = (held, turn);
        let body = ReceivedBody { format, received_ns, bytes: &bytes };
        write(&api, &body)
    });
    written.await.map_err(|error| {
        tracing::error!(%error, "BUG: a push panicked");
        ApiError::from(PoolError::Panicked)
    })?
}

async fn read_body(request: Request) -> Result<Bytes, ApiError> {
    let limited = Limited::new(request.into_body(), MAX_ENCODED_BYTES);
    let collected = tokio::time::timeout(BODY_TIMEOUT, limited.collect()).await;
    let Ok(collected) = collected else {
        return Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"));
    };
    match collected {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(PushError::too_large(MAX_ENCODED_BYTES + 1, MAX_ENCODED_BYTES).into())
        }
        Err(error) => Err(ApiError::bad_request(error.to_string())),
    }
}

/// Decodes a body and writes its lines; blocks.
fn write(api: &Api, body: &ReceivedBody<'_>) -> Result<PushOutcome, ApiError> {
    let decompressed = body.decompress(MAX_DECODED_BYTES)?;
    let request = body.decode(&decompressed)?;
    let logged = Body { format: body.format, received_ns: body.received_ns, bytes: body.bytes, left_out: &[] };
    api.intake.push(TenantId::default(), &request, Some(logged), None).map_err(|error| {
        if error.kind() != ErrorKind::Closed {
            tracing::warn!(%error, "lines were not written");
        }
        error.into()
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl From<PushError> for ApiError {
    fn from(error: PushError) -> ApiError {
        let status = if error.is_too_large() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
        ApiError::new(status, error.to_string())
    }
}

#[cfg(test)]
mod tests;
