//! All containers as they are now, with the newest line of each if that is asked for.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use containersensor::{Container, SourceState, SourceStatus};
use intake::{DETECTED_LEVEL, pairs};
use model::Matcher;
use shipper::{LogState, Status};
use storage::logs::{LineQuery, NanoRange, Need, Order};
use storage::{CancelToken, LogLimits, LogStore, TenantId};

use crate::form::Form;
use crate::json::{push_list, push_string};
use crate::state::Api;

/// How long the newest lines may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// No more of a line is told: it is there to be recognised.
const MAX_LINE_BYTES: usize = 1024;

/// The newest line of a container.
#[derive(Debug, PartialEq, Eq)]
struct LastLine {
    time_ns: i64,
    text: String,
    level: String,
}

pub(super) async fn containers(State(api): State<Arc<Api>>, RawQuery(query): RawQuery) -> Response {
    let wants_lines = Form::parse(query.as_deref().unwrap_or_default()).get("lines") == "true";
    let containers = api.containers.containers();
    let lines = if wants_lines {
        let (shared, asked) = (Arc::clone(&api), containers.clone());
        let found = api.pool.run(TIMEOUT, move |cancel| last_lines(&*shared.logs, &shared.host, &asked, cancel)).await;
        match found {
            Ok(lines) => Some(lines),
            Err(_) => return (StatusCode::SERVICE_UNAVAILABLE, "reading the newest lines failed\n").into_response(),
        }
    } else {
        None
    };
    let status = api.files.lock().clone();
    let body = document(&api.host, &api.containers.sources(), &containers, lines.as_deref(), &status);
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

/// The newest line of each container; a store that cannot tell leaves it out.
fn last_lines(
    logs: &dyn LogStore,
    host: &str,
    containers: &[Arc<Container>],
    cancel: &CancelToken,
) -> Vec<Option<LastLine>> {
    containers.iter().map(|container| last_line(logs, host, container, cancel)).collect()
}

fn last_line(logs: &dyn LogStore, host: &str, container: &Container, cancel: &CancelToken) -> Option<LastLine> {
    let query = LineQuery {
        matchers: vec![
            Matcher::equal("job", "containers"),
            Matcher::equal("container", container.display_name()),
            Matcher::equal("host", host),
        ],
        range: NanoRange::ALL,
        filters: Vec::new(),
        order: Order::Backward,
        limit: Some(1),
        need: Need::ALL,
    };
    let mut batches = logs.select_lines(TenantId::default(), query, &LogLimits::default(), cancel).ok()?;
    let batch = batches.find_map(|batch| batch.ok().filter(|batch| !batch.rows.is_empty()))?;
    let row = batch.rows.first()?;
    let line = batch.line(row);
    let text = String::from_utf8_lossy(line.get(..MAX_LINE_BYTES).unwrap_or(line)).into_owned();
    let level = pairs::get(batch.metadata(row), DETECTED_LEVEL).unwrap_or_default().to_owned();
    Some(LastLine { time_ns: row.time_ns, text, level })
}

fn document(
    host: &str,
    sources: &[SourceStatus],
    containers: &[Arc<Container>],
    lines: Option<&[Option<LastLine>]>,
    files: &Status,
) -> String {
    let mut out = String::from("{\"host\":");
    push_string(&mut out, host);
    out.push_str(",\"sources\":");
    push_list(&mut out, sources, push_source);
    out.push_str(",\"containers\":");
    let mut lines = lines.map(<[_]>::iter);
    push_list(&mut out, containers, |out, container| {
        push_container(out, container);
        out.push_str(",\"logs\":");
        push_logs(out, container, files);
        if let Some(line) = lines.as_mut().and_then(Iterator::next) {
            out.push_str(",\"lastLine\":");
            push_line(out, line.as_ref());
        }
        out.push('}');
    });
    out.push_str("}\n");
    out
}

fn push_source(out: &mut String, source: &SourceStatus) {
    let (state, message) = match &source.state {
        SourceState::Connected => ("connected", ""),
        SourceState::Files => ("files", ""),
        SourceState::Absent => ("absent", ""),
        SourceState::Denied(message) => ("denied", message.as_str()),
        SourceState::Failed(message) => ("failed", message.as_str()),
    };
    let place = source.place.to_string_lossy();
    push_texts(
        out,
        '{',
        &[
            ("runtime", source.runtime.name()),
            ("place", &place),
            ("state", state),
            ("message", message),
            ("version", &source.version),
        ],
    );
    out.push('}');
}

/// A container as an object that is left open.
fn push_container(out: &mut String, container: &Container) {
    push_texts(
        out,
        '{',
        &[
            ("id", &container.id),
            ("runtime", container.runtime.name()),
            ("name", &container.name),
            ("image", &container.image),
            ("imageId", &container.image_id),
            ("composeProject", container.compose_project()),
            ("composeService", container.compose_service()),
            ("pod", &container.pod),
            ("state", container.state.name()),
            ("health", container.health.name()),
            ("restartPolicy", &container.restart_policy),
        ],
    );
    let restarts = container.restarts.and_then(|restarts| i64::try_from(restarts).ok());
    for (name, value) in [
        ("exitCode", container.exit_code),
        ("restarts", restarts),
        ("createdMs", container.created_ms),
        ("startedMs", container.started_ms),
        ("finishedMs", container.finished_ms),
    ] {
        // Writing to a String cannot fail.
        match value {
            Some(value) => write!(out, ",\"{name}\":{value}").ok(),
            None => write!(out, ",\"{name}\":null").ok(),
        };
    }
    write!(out, ",\"oomKilled\":{},\"starts\":{}", container.oom_killed, container.starts).ok();
}

/// Where its lines are, and whether they are read.
fn push_logs(out: &mut String, container: &Container, files: &Status) {
    let driver = container.log.driver.as_str();
    let (state, message) = match &container.log.path {
        // A container that was never started has no file yet.
        Some(path) if container.state == containersensor::State::Created && files.of(path).is_none() => {
            ("none", String::new())
        }
        Some(path) => read_state(path, files),
        None if driver.is_empty() => ("none", String::new()),
        None => ("unsupported", format!("lines go to the log driver {driver}, which keeps no file that can be read")),
    };
    push_texts(out, '{', &[("driver", driver), ("state", state), ("message", &message)]);
    out.push('}');
}

fn read_state(path: &Path, files: &Status) -> (&'static str, String) {
    match files.of(path) {
        Some(LogState::Followed) => ("followed", String::new()),
        Some(LogState::GivesWay(to)) => ("followed", to.clone()),
        Some(LogState::Unreadable(why)) => ("unreadable", why.clone()),
        None => ("unreadable", format!("{} is not there as seen from here; it may have to be mounted", path.display())),
    }
}

fn push_line(out: &mut String, line: Option<&LastLine>) {
    let Some(line) = line else {
        out.push_str("null");
        return;
    };
    let time_ns = line.time_ns.to_string();
    push_texts(out, '{', &[("timeNs", &time_ns), ("line", &line.text), ("level", &line.level)]);
    out.push('}');
}

/// Members of an object, the first behind `open`.
fn push_texts(out: &mut String, open: char, members: &[(&str, &str)]) {
    for (i, (name, value)) in members.iter().enumerate() {
        out.push(if i == 0 { open } else { ',' });
        push_string(out, name);
        out.push(':');
        push_string(out, value);
    }
}

#[cfg(test)]
mod tests;
