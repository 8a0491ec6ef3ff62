//! What fires, and what becomes of it.

use std::sync::Arc;

use model::{Alert, Fingerprint, Labels};

use crate::dispatch::{compare_sets, shown_order};
use crate::route::RouteNode;

use super::AlertManager;

/// An alert with what keeps it back.
#[derive(Clone, Debug)]
pub struct AlertView {
    /// The alert.
    pub alert: Arc<Alert>,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// Who is told of it, sorted.
    pub receivers: Vec<String>,
    /// The silences that keep it back, sorted.
    pub silenced_by: Vec<String>,
    /// The alerts that keep it back.
    pub inhibited_by: Vec<Fingerprint>,
    /// The times that keep its group back; only for alerts within a group.
    pub muted_by: Vec<String>,
}

/// A group with its alerts.
#[derive(Clone, Debug)]
pub struct GroupView {
    /// The labels by which it was made.
    pub labels: Labels,
    /// Who is told of it.
    pub receiver: String,
    /// What its notifications call it.
    pub key: Arc<str>,
    /// The labels of its route, as templates.
    pub route_labels: Arc<Vec<(String, String)>>,
    /// Its alerts, in the order in which they are shown.
    pub alerts: Vec<AlertView>,
}

/// How many alerts fire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AlertCounts {
    /// Those that nothing keeps back.
    pub active: u64,
    /// Those that a silence or another alert keeps back.
    pub suppressed: u64,
}

impl AlertView {
    /// Whether something keeps it back.
    #[must_use]
    pub fn is_suppressed(&self) -> bool {
        !self.silenced_by.is_empty() || !self.inhibited_by.is_empty() || !self.muted_by.is_empty()
    }
}

impl AlertManager {
    /// The alerts that fire, in the order of their fingerprints.
    #[must_use]
    pub fn alerts(&self, now_ms: i64) -> Vec<AlertView> {
        let firing = self.state.alerts.values().filter(|alert| !alert.is_resolved_at(now_ms));
        firing.map(|alert| self.view(alert, Vec::new(), now_ms)).collect()
    }

    /// How many alerts fire. Times that keep groups back do not count, since one alert may be in several groups.
    #[must_use]
    pub fn alert_counts(&self, now_ms: i64) -> AlertCounts {
        let mut counts = AlertCounts::default();
        for alert in self.state.alerts.values().filter(|alert| !alert.is_resolved_at(now_ms)) {
            let is_told = self.inhibitor.inhibiting(&alert.labels, now_ms).is_empty()
                && self.state.silences.silencing(&alert.labels, now_ms).is_empty();
            *if is_told { &mut counts.active } else { &mut counts.suppressed } += 1;
        }
        counts
    }

    /// The groups in the order of their labels and receivers, with the alerts that fire; groups without any are left out.
    #[must_use]
    pub fn groups(&self, now_ms: i64) -> Vec<GroupView> {
        let mut groups = Vec::new();
        for (id, group) in &self.groups {
            let Some(route) = self.routes.nodes().get(group.route) else { continue };
            let muted_by = self.muting_times(route, now_ms);
            let firing = group.sorted().into_iter().filter(|alert| !alert.is_resolved_at(now_ms));
            let mut alerts: Vec<AlertView> = firing.map(|alert| self.view(&alert, muted_by.clone(), now_ms)).collect();
            alerts.sort_by(|a, b| shown_order(&a.alert.labels, &b.alert.labels));
            if !alerts.is_empty() {
                groups.push(GroupView {
                    labels: id.labels.clone(),
                    receiver: route.receiver.clone(),
                    key: Arc::clone(&group.key),
                    route_labels: Arc::clone(&route.labels),
                    alerts,
                });
            }
        }
        groups.sort_by(|a, b| compare_sets(&a.labels, &b.labels).then_with(|| a.receiver.cmp(&b.receiver)));
        groups
    }

    /// The times of a route that keep everything back now: those to mute that have begun, or those to be active if none has.
    pub(super) fn muting_times(&self, route: &RouteNode, now_ms: i64) -> Vec<String> {
        if self.is_outside_active_times(route, now_ms) {
            return route.active_time_intervals.clone();
        }
        route.mute_time_intervals.iter().filter(|name| self.is_in_time(name, now_ms)).cloned().collect()
    }

    /// Whether a route is to be active at some times, and this is none of them.
    pub(super) fn is_outside_active_times(&self, route: &RouteNode, now_ms: i64) -> bool {
        let active = &route.active_time_intervals;
        !active.is_empty() && !active.iter().any(|name| self.is_in_time(name, now_ms))
    }

    fn is_in_time(&self, name: &str, now_ms: i64) -> bool {
        let intervals = self.config.time_intervals.get(name);
        intervals.is_some_and(|intervals| intervals.iter().any(|interval| interval.contains(now_ms)))
    }

    fn view(&self, alert: &Arc<Alert>, muted_by: Vec<String>, now_ms: i64) -> AlertView {
        let nodes = self.routes.nodes();
        let routes = self.routes.matches(&alert.labels).into_iter().filter_map(|index| nodes.get(index));
        let mut receivers: Vec<String> = routes.map(|route| route.receiver.clone()).collect();
        receivers.sort();
        receivers.dedup();
        AlertView {
            alert: Arc::clone(alert),
            fingerprint: alert.fingerprint(),
            receivers,
            silenced_by: self.state.silences.silencing(&alert.labels, now_ms),
            inhibited_by: self.inhibitor.inhibiting(&alert.labels, now_ms),
            muted_by,
        }
    }
}
