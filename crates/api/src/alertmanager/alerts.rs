//! `/alerts`: what fires, and the way in.

use alerting::manager::AlertView;
use axum::extract::Request;
use model::AlertSink;

use super::answer::{Answer, Success};
use super::body::{self, Body};
use super::filter::{AlertFilter, ReceiverFilter};
use super::params::Params;
use super::state::Alerts;
use super::time::format_ms;
use crate::json;

pub(super) async fn list(Alerts(state): Alerts, params: Params) -> Answer {
    let filter = AlertFilter::of(&params, state.syntax())?;
    let receivers = ReceiverFilter::of(&params, state.syntax())?;
    let listed = state.run(move |manager| {
        let (mut views, names) =
            manager.read(|manager, now_ms| (manager.alerts(now_ms), receivers.names(manager.config())));
        views.retain(|view| view.receivers.iter().any(|name| names.contains(name)) && filter.takes(view));
        let mut out = String::new();
        json::push_list(&mut out, &views, push_alert);
        Ok(out)
    });
    listed.await.map(Success::Json)
}

pub(super) async fn post(Alerts(state): Alerts, request: Request) -> Answer {
    let Body { bytes, held } = Body::of(request, "alerts", &state).await?;
    let posted = state.run(move |manager| {
        let _until_done = held;
        manager.post(&body::alerts(&bytes)?)?;
        Ok(Success::Empty)
    });
    posted.await
}

/// Writes an alert as JSON.
pub(super) fn push_alert(out: &mut String, view: &AlertView) {
    let alert = &view.alert;
    out.push_str("{\"annotations\":");
    json::push_pairs(out, alert.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    push_field(out, "endsAt", &format_ms(alert.ends_at_ms));
    push_field(out, "fingerprint", &view.fingerprint.to_string());
    out.push_str(",\"receivers\":");
    json::push_list(out, &view.receivers, |out, name| push_receiver(out, name));
    push_field(out, "startsAt", &format_ms(alert.starts_at_ms));
    out.push_str(",\"status\":{\"inhibitedBy\":");
    json::push_list(out, &view.inhibited_by, |out, fingerprint| json::push_string(out, &fingerprint.to_string()));
    out.push_str(",\"mutedBy\":");
    json::push_strings(out, view.muted_by.iter().map(String::as_str));
    out.push_str(",\"silencedBy\":");
    json::push_strings(out, view.silenced_by.iter().map(String::as_str));
    push_field(out, "state", if view.is_suppressed() { "suppressed" } else { "active" });
    out.push('}');
    push_field(out, "updatedAt", &format_ms(alert.updated_at_ms));
    if !alert.generator_url.is_empty() {
        push_field(out, "generatorURL", &alert.generator_url);
    }
    out.push_str(",\"labels\":");
    json::push_labels(out, &alert.labels);
    out.push('}');
}

/// Writes the name of a receiver as JSON.
pub(super) fn push_receiver(out: &mut String, name: &str) {
    out.push_str("{\"name\":");
    json::push_string(out, name);
    out.push('}');
}

/// Writes a text as one more member of an object.
pub(super) fn push_field(out: &mut String, name: &str, text: &str) {
    out.push(',');
    json::push_string(out, name);
    out.push(':');
    json::push_string(out, text);
}
