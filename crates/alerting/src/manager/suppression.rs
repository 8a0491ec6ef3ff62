//! Who is told of what: alerts that something keeps back when their group is looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Alert;

use crate::route::RouteNode;

use super::AlertManager;

/// What keeps an alert back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suppression {
    /// Another alert.
    Inhibition,
    /// None of the route's times to be active has begun.
    ActiveTimeInterval,
    /// One of the route's times to be mute has begun.
    MuteTimeInterval,
    /// A silence.
    Silence,
}

impl Suppression {
    /// Upstream's name of it in metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Suppression::Inhibition => "inhibition",
            Suppression::ActiveTimeInterval => "active_time_interval",
            Suppression::MuteTimeInterval => "mute_time_interval",
            Suppression::Silence => "silence",
        }
    }
}

impl AlertManager {
    /// How often an alert was kept back when its group was looked at, by what did first.
    #[must_use]
    pub fn suppressions(&self) -> &BTreeMap<Suppression, u64> {
        &self.suppressions
    }

    /// The alerts that nothing keeps back; what does is counted.
    pub(super) fn told(&mut self, route: &RouteNode, alerts: Vec<Arc<Alert>>, now_ms: i64) -> Vec<Arc<Alert>> {
        let times = self.suppressing_times(route, now_ms);
        let mut told = Vec::new();
        for alert in alerts {
            let (inhibitor, silences) = (&self.inhibitor, &self.state.silences);
            let is_inhibited = !inhibitor.inhibiting(&alert.labels, now_ms).is_empty();
            let is_silenced = !silences.silencing(&alert.labels, now_ms).is_empty();
            let inhibition = is_inhibited.then_some(Suppression::Inhibition);
            match inhibition.or(times).or(is_silenced.then_some(Suppression::Silence)) {
                Some(reason) => *self.suppressions.entry(reason).or_default() += 1,
                None => told.push(alert),
            }
        }
        told
    }

    /// Whether the route's times keep everything back.
    fn suppressing_times(&self, route: &RouteNode, now_ms: i64) -> Option<Suppression> {
        if self.is_outside_active_times(route, now_ms) {
            return Some(Suppression::ActiveTimeInterval);
        }
        (!self.muting_times(route, now_ms).is_empty()).then_some(Suppression::MuteTimeInterval)
    }
}
