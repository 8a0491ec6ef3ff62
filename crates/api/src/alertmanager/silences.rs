//! `/silences` and `/silence/{id}`.

use std::sync::Arc;

use alerting::{AlertManager, Matcher, Silence, SilenceDraft, SilenceError, SilenceState};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use model::MatchOp;

use super::alerts::push_field;
use super::answer::{Answer, Success};
use super::body::{self, Body};
use super::error::ApiError;
use super::params::Params;
use super::state::Alerts;
use super::time::format_ms;
use crate::json;

pub(super) async fn list(Alerts(state): Alerts, params: Params) -> Answer {
    let filter = params.matchers("filter", state.syntax())?;
    let wanted = [SilenceState::Active, SilenceState::Expired, SilenceState::Pending]
        .map(|state| (state, params.includes(name_of(state))));
    let listed = state.run(move |manager| {
        let mut silences = manager.read(AlertManager::silences);
        silences.retain(|(state, silence)| wanted.contains(&(*state, true)) && is_asked_for(silence, &filter));
        let mut out = String::from("[");
        for (i, (state, silence)) in silences.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            push_silence(&mut out, *state, silence)?;
        }
        out.push(']');
        Ok(out)
    });
    listed.await.map(Success::Json)
}

pub(super) async fn post(Alerts(state): Alerts, request: Request) -> Answer {
    let Body { bytes, held } = Body::of(request, "silence", &state).await?;
    let set = state.run(move |manager| {
        let _until_done = held;
        let draft = body::silence(&bytes)?;
        manager.change(|manager, now_ms| {
            check_times(&draft, now_ms)?;
            Ok(manager.set_silence(&draft, now_ms)?)
        })
    });
    let mut out = String::from("{\"silenceID\":");
    json::push_string(&mut out, &set.await?);
    out.push('}');
    Ok(Success::Json(out))
}

pub(super) async fn get(Alerts(state): Alerts, Path(id): Path<String>) -> Answer {
    check_id(&id)?;
    let found = state.run(move |manager| {
        let found = manager.read(|manager, now_ms| {
            manager.silence(&id).map(|silence| (silence.state_at(now_ms), Arc::clone(silence)))
        });
        let (state, silence) = found.ok_or_else(ApiError::not_found)?;
        let mut out = String::new();
        push_silence(&mut out, state, &silence)?;
        Ok(out)
    });
    found.await.map(Success::Json)
}

pub(super) async fn delete(Alerts(state): Alerts, Path(id): Path<String>) -> Answer {
    check_id(&id)?;
    let ended = state.run(move |manager| {
        manager.change(|manager, now_ms| manager.expire_silence(&id, now_ms)).map_err(|error| match error {
            SilenceError::NotFound => ApiError::not_found(),
            error => error.into(),
        })?;
        Ok(Success::Empty)
    });
    ended.await
}

/// Refuses what the API refuses before the silences are looked at.
fn check_times(draft: &SilenceDraft, now_ms: i64) -> Result<(), ApiError> {
    let why = if draft.starts_at_ms.unwrap_or(i64::MIN) >= draft.ends_at_ms.unwrap_or(i64::MIN) {
        "start time must be before end time"
    } else if draft.ends_at_ms.is_some_and(|ends_at_ms| ends_at_ms < now_ms) {
        "end time can't be in the past"
    } else {
        return Ok(());
    };
    Err(ApiError::bad_request(format!("Failed to create silence: {why}")))
}

/// Whether a silence has each of the matchers, word for word.
fn is_asked_for(silence: &Silence, filter: &[Matcher]) -> bool {
    filter.iter().all(|wanted| silence.matcher_sets.iter().flatten().any(|matcher| matcher == wanted))
}

/// An id must be a UUID; its dashes may be missing.
fn check_id(id: &str) -> Result<(), ApiError> {
    let digits = id.bytes().filter(u8::is_ascii_hexdigit).count();
    let is_dash_right =
        |(at, byte): (usize, u8)| byte.is_ascii_hexdigit() || (byte == b'-' && [8, 13, 18, 23].contains(&at));
    let is_uuid = digits == 32 && (id.len() == 32 || (id.len() == 36 && id.bytes().enumerate().all(is_dash_right)));
    if is_uuid { Ok(()) } else { Err(ApiError::not_of_type("silenceID", "path", "uuid", id)) }
}

fn name_of(state: SilenceState) -> &'static str {
    match state {
        SilenceState::Active => "active",
        SilenceState::Pending => "pending",
        SilenceState::Expired => "expired",
    }
}

/// Writes a silence as JSON; fails for one with several sets of matchers, which this API has no form for.
fn push_silence(out: &mut String, state: SilenceState, silence: &Silence) -> Result<(), ApiError> {
    let [matchers] = silence.matcher_sets.as_slice() else {
        let id = &silence.id;
        let why = format!("silence '{id}' has multiple matcher sets which is not supported by this API version");
        return Err(ApiError::text(StatusCode::INTERNAL_SERVER_ERROR, why));
    };
    out.push_str("{\"id\":");
    json::push_string(out, &silence.id);
    out.push_str(",\"status\":{\"state\":");
    json::push_string(out, name_of(state));
    out.push('}');
    push_field(out, "updatedAt", &format_ms(silence.updated_at_ms));
    out.push_str(",\"annotations\":");
    json::push_pairs(out, silence.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    push_field(out, "comment", &silence.comment);
    push_field(out, "createdBy", &silence.created_by);
    push_field(out, "endsAt", &format_ms(silence.ends_at_ms));
    out.push_str(",\"matchers\":");
    json::push_list(out, matchers, push_matcher);
    push_field(out, "startsAt", &format_ms(silence.starts_at_ms));
    out.push('}');
    Ok(())
}

fn push_matcher(out: &mut String, matcher: &Matcher) {
    let is_equal = matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex);
    let is_regex = matches!(matcher.op(), MatchOp::Regex | MatchOp::NotRegex);
    out.push_str(if is_equal { "{\"isEqual\":true" } else { "{\"isEqual\":false" });
    out.push_str(if is_regex { ",\"isRegex\":true" } else { ",\"isRegex\":false" });
    push_field(out, "name", matcher.name());
    push_field(out, "value", matcher.value());
    out.push('}');
}
