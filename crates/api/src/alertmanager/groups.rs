//! `/alerts/groups`: what fires, by the groups in which it is told.

use std::collections::BTreeMap;

use alerting::manager::GroupView;

use super::alerts::{push_alert, push_receiver};
use super::answer::{Answer, Success};
use super::filter::{AlertFilter, ReceiverFilter};
use super::params::Params;
use super::state::Alerts;
use crate::json;

pub(super) async fn list(Alerts(state): Alerts, params: Params) -> Answer {
    let filter = AlertFilter::of(&params, state.syntax())?;
    let receivers = ReceiverFilter::of(&params, state.syntax())?;
    let includes_muted = params.includes("muted");
    let listed = state.run(move |manager| {
        let (mut groups, names) =
            manager.read(|manager, now_ms| (manager.groups(now_ms), receivers.names(manager.config())));
        groups.retain(|group| names.contains(&group.receiver) && (includes_muted || !is_muted(group)));
        for group in &mut groups {
            group.alerts.retain(|view| filter.takes(view));
        }
        groups.retain(|group| !group.alerts.is_empty());
        let mut out = String::new();
        json::push_list(&mut out, &groups, push_group);
        Ok(out)
    });
    listed.await.map(Success::Json)
}

/// Whether the time keeps a group back.
fn is_muted(group: &GroupView) -> bool {
    group.alerts.iter().any(|view| !view.muted_by.is_empty())
}

fn push_group(out: &mut String, group: &GroupView) {
    out.push_str("{\"alerts\":");
    json::push_list(out, &group.alerts, push_alert);
    out.push_str(",\"labels\":");
    json::push_labels(out, &group.labels);
    out.push_str(",\"receiver\":");
    push_receiver(out, &group.receiver);
    out.push_str(",\"routeLabels\":");
    let route_labels: BTreeMap<&str, &str> =
        group.route_labels.iter().map(|(name, template)| (name.as_str(), template.as_str())).collect();
    json::push_pairs(out, route_labels.into_iter());
    out.push('}');
}
