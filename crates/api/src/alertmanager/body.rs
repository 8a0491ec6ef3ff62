//! Bodies of requests: read, and checked against the specification in the order in which the original complains.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alerting::SilenceDraft;
use alerting::silence::MatcherDraft;
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use model::labels::Quoted;
use model::{Labels, MatchOp, PostedAlert};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use super::error::ApiError;
use super::state::AlertmanagerState;
use super::time::Moment;

/// What a body may be. Prometheus sends 256 alerts at a time.
const MAX_BYTES: usize = 16 << 20;
/// How long a body may take to arrive.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A body, and what it holds of the memory for bodies.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: Bytes,
    pub(super) held: OwnedSemaphorePermit,
}

impl Body {
    /// Reads the body of a request; `what` is its name in the specification.
    pub(super) async fn of(request: Request, what: &str, state: &AlertmanagerState) -> Result<Body, ApiError> {
        if request.body().is_end_stream() {
            return Err(ApiError::required(what));
        }
        check_type(request.headers())?;
        let too_large = || ApiError::refused(StatusCode::PAYLOAD_TOO_LARGE, "http: request body too large");
        let length = request.body().size_hint().exact().map_or(Ok(MAX_BYTES), usize::try_from);
        let length = length.ok().filter(|length| *length <= MAX_BYTES).ok_or_else(too_large)?;
        let held = state.hold(length).await?;
        let collected = tokio::time::timeout(TIMEOUT, Limited::new(request.into_body(), MAX_BYTES).collect()).await;
        match collected {
            Ok(Ok(body)) => Ok(Body { bytes: body.to_bytes(), held }),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
            Ok(Err(error)) => Err(ApiError::unreadable(what, error)),
            Err(_) => Err(ApiError::refused(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time")),
        }
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = match given.split(';').next().unwrap_or_default().trim() {
        "" => "application/octet-stream".to_owned(),
        media_type => media_type.to_ascii_lowercase(),
    };
    if media_type == "application/json" {
        return Ok(());
    }
    let message = format!("unsupported media type {}, only [application/json] are allowed", Quoted(&media_type));
    Err(ApiError::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

/// Texts by name; as in Go, `null` is the empty text.
type Texts = BTreeMap<String, Option<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PostableAlert {
    labels: Option<Texts>,
    annotations: Option<Texts>,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    #[serde(rename = "generatorURL")]
    generator_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PostableSilence {
    id: Option<String>,
    matchers: Option<Vec<Option<PostableMatcher>>>,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    created_by: Option<String>,
    comment: Option<String>,
    annotations: Option<Texts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PostableMatcher {
    name: Option<String>,
    value: Option<String>,
    is_regex: Option<bool>,
    is_equal: Option<bool>,
}

/// The alerts of a body.
pub(super) fn alerts(bytes: &[u8]) -> Result<Vec<PostedAlert>, ApiError> {
    let posted: Option<Vec<Option<PostableAlert>>> = decode(bytes, "alerts")?;
    let numbered = posted.unwrap_or_default().into_iter().enumerate();
    numbered.map(|(number, alert)| alert.ok_or_else(|| ApiError::required(number))?.checked(number)).collect()
}

/// The silence of a body.
pub(super) fn silence(bytes: &[u8]) -> Result<SilenceDraft, ApiError> {
    let posted: Option<PostableSilence> = decode(bytes, "silence")?;
    posted.unwrap_or_default().checked()
}

/// Reads one value; as in the original, what follows it does not matter.
fn decode<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ApiError::required(what));
    }
    T::deserialize(&mut serde_json::Deserializer::from_slice(bytes)).map_err(|error| ApiError::unreadable(what, error))
}

impl PostableAlert {
    fn checked(self, number: usize) -> Result<PostedAlert, ApiError> {
        let generator_url = self.generator_url.unwrap_or_default();
        if !generator_url.is_empty() && !is_uri(&generator_url) {
            return Err(ApiError::not_of_type(format_args!("{number}.generatorURL"), "body", "uri", &generator_url));
        }
        let labels = self.labels.ok_or_else(|| ApiError::required(format_args!("{number}.labels")))?;
        Ok(PostedAlert {
            labels: Labels::from_pairs(filled(labels)),
            annotations: Arc::new(filled(self.annotations.unwrap_or_default())),
            starts_at_ms: self.starts_at.and_then(|moment| moment.0),
            ends_at_ms: self.ends_at.and_then(|moment| moment.0),
            generator_url,
        })
    }
}

impl PostableSilence {
    fn checked(self) -> Result<SilenceDraft, ApiError> {
        let comment = self.comment.ok_or_else(|| ApiError::required("comment"))?;
        let created_by = self.created_by.ok_or_else(|| ApiError::required("createdBy"))?;
        let ends_at = self.ends_at.ok_or_else(|| ApiError::required("endsAt"))?;
        let matchers = self.matchers.ok_or_else(|| ApiError::required("matchers"))?;
        if matchers.is_empty() {
            return Err(ApiError::needs_item("matchers"));
        }
        let matchers = matchers.into_iter().enumerate();
        let matchers = matchers.map(|(number, matcher)| matcher.unwrap_or_default().checked(number));
        let matchers = matchers.collect::<Result<Vec<_>, _>>()?;
        let starts_at = self.starts_at.ok_or_else(|| ApiError::required("startsAt"))?;
        Ok(SilenceDraft {
            id: self.id.unwrap_or_default(),
            matcher_sets: vec![matchers],
            starts_at_ms: starts_at.0,
            ends_at_ms: ends_at.0,
            created_by,
            comment,
            annotations: filled(self.annotations.unwrap_or_default()),
        })
    }
}

impl PostableMatcher {
    fn checked(self, number: usize) -> Result<MatcherDraft, ApiError> {
        let required = |name: &str| ApiError::required(format_args!("matchers.{number}.{name}"));
        let is_regex = self.is_regex.ok_or_else(|| required("isRegex"))?;
        let name = self.name.ok_or_else(|| required("name"))?;
        let value = self.value.ok_or_else(|| required("value"))?;
        let op = match (self.is_equal.unwrap_or(true), is_regex) {
            (true, false) => MatchOp::Equal,
            (false, false) => MatchOp::NotEqual,
            (true, true) => MatchOp::Regex,
            (false, true) => MatchOp::NotRegex,
        };
        Ok(MatcherDraft { name, op: op.as_str().to_owned(), value })
    }
}

fn filled(texts: Texts) -> BTreeMap<String, String> {
    texts.into_iter().map(|(name, text)| (name, text.unwrap_or_default())).collect()
}

/// Whether Go takes a text as the target of a request: a path, or an address with its scheme.
fn is_uri(text: &str) -> bool {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return false;
    }
    if text.starts_with('/') || text == "*" {
        return true;
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(is_part) && rest.starts_with('/')
}

#[cfg(test)]
mod tests;
