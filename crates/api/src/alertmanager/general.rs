//! `/status` and `/receivers`.

use std::sync::Arc;

use alerting::config::Receiver;
use axum::extract::State;

use super::alerts::push_field;
use super::answer::{Answer, Success};
use super::filter::ReceiverFilter;
use super::params::Params;
use super::state::Alerts;
use super::time::format_ms;
use crate::json;
use crate::state::{Api, BuildInfo};

/// The version whose API is spoken. Clients such as amtool compare the first two numbers with their own.
const API_VERSION: &str = "0.34.0";

/// The version that clients are told: that of the API, with Menara's own behind it.
#[must_use]
pub fn version(build: &BuildInfo) -> String {
    format!("{API_VERSION}+menara.{}", build.version)
}

pub(super) async fn status(Alerts(state): Alerts, State(api): State<Arc<Api>>) -> Answer {
    let config = state.run(|manager| Ok(manager.read(|manager, _| Arc::clone(manager.config())))).await?;
    let version = version(&api.build);
    // There are no peers yet, which the original calls so, too.
    let mut out = String::from("{\"cluster\":{\"peers\":[],\"status\":\"disabled\"},\"config\":{\"original\":");
    json::push_string(&mut out, &config.shown);
    out.push('}');
    push_field(&mut out, "uptime", &format_ms(state.started_at_ms()));
    out.push_str(",\"versionInfo\":");
    let info = [
        ("branch", ""),
        ("buildDate", ""),
        ("buildUser", ""),
        ("goVersion", ""),
        ("revision", ""),
        ("version", &*version),
    ];
    json::push_pairs(&mut out, info.into_iter());
    out.push('}');
    Ok(Success::Json(out))
}

pub(super) async fn receivers(Alerts(state): Alerts, params: Params) -> Answer {
    let filter = ReceiverFilter::by_labels(&params, state.syntax())?;
    let config = state.run(|manager| Ok(manager.read(|manager, _| Arc::clone(manager.config())))).await?;
    let receivers: Vec<&Receiver> = config.receivers.iter().filter(|receiver| filter.takes(receiver)).collect();
    let mut out = String::new();
    json::push_list(&mut out, &receivers, |out, receiver| {
        out.push_str("{\"labels\":");
        json::push_pairs(out, receiver.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        push_field(out, "name", &receiver.name);
        out.push('}');
    });
    Ok(Success::Json(out))
}
