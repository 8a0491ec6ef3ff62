//! Alerts come in.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::alert::AlertError;
use model::labels::Quoted;
use model::{Alert, Fingerprint, PostedAlert};

use crate::dispatch::{Group, GroupId};
use crate::log::{GroupTimer, Record};

use super::AlertManager;
use super::state::timer_of;

impl AlertManager {
    /// Takes alerts. When this returns, those that are valid survive a crash.
    ///
    /// # Errors
    /// `Invalid` when some are not valid, in upstream's words; the others were taken. `Unavailable` when they could not be written down.
    pub fn post(&mut self, posted: &[PostedAlert], now_ms: i64) -> Result<(), AlertError> {
        let mut refused = Vec::new();
        let mut n_new = 0;
        let mut taken: BTreeMap<Fingerprint, Alert> = BTreeMap::new();
        for posted in posted {
            let has_ended = posted.ends_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
            let count = if has_ended { &mut self.received.resolved } else { &mut self.received.firing };
            *count += 1;
            match self.check(posted, now_ms) {
                Ok(alert) => {
                    let fingerprint = alert.fingerprint();
                    let is_new = !taken.contains_key(&fingerprint) && !self.state.alerts.contains_key(&fingerprint);
                    let max = self.options.max_alerts;
                    if is_new && self.state.alerts.len() + n_new >= max {
                        refused.push(format!("too many alerts, {} is not taken (limit: {max})", alert.labels));
                        continue;
                    }
                    n_new += usize::from(is_new);
                    let before = taken.get(&fingerprint).or_else(|| self.state.alerts.get(&fingerprint).map(|a| &**a));
                    let merged = before.map_or_else(|| alert.clone(), |before| merged(before, &alert, now_ms));
                    taken.insert(fingerprint, merged);
                }
                Err(why) => {
                    self.received.invalid += 1;
                    refused.push(why);
                }
            }
        }
        self.keep(taken.into_values().map(Arc::new).collect(), now_ms)?;
        if refused.is_empty() { Ok(()) } else { Err(AlertError::Invalid(refused)) }
    }

    fn keep(&mut self, alerts: Vec<Arc<Alert>>, now_ms: i64) -> Result<(), AlertError> {
        if alerts.is_empty() {
            return Ok(());
        }
        let record = Record::Alerts(alerts);
        self.write_safely(&record).map_err(|error| AlertError::Unavailable(error.to_string()))?;
        let Record::Alerts(alerts) = record else { return Ok(()) };
        for alert in alerts {
            self.state.alerts.insert(alert.fingerprint(), Arc::clone(&alert));
            self.inhibitor.put(&alert);
            let new = self.route(&alert, now_ms, |_| None);
            if !new.is_empty() {
                self.note(&Record::Timers(new));
            }
        }
        Ok(())
    }

    /// Fills in what the sender left out, and checks the rest.
    fn check(&self, posted: &PostedAlert, now_ms: i64) -> Result<Alert, String> {
        let timeout_ms = self.config.global.resolve_timeout.ms;
        let starts_at_ms = posted.starts_at_ms.or(posted.ends_at_ms).unwrap_or(now_ms);
        let ends_at_ms = posted.ends_at_ms.unwrap_or_else(|| now_ms.saturating_add(timeout_ms));
        if ends_at_ms < starts_at_ms {
            return Err("start time must be before end time".to_owned());
        }
        if posted.labels.is_empty() {
            return Err("at least one label pair required".to_owned());
        }
        let syntax = self.options.syntax;
        if let Some((name, _)) = posted.labels.iter().find(|(name, _)| !syntax.is_label_name(name)) {
            return Err(format!("invalid label set: invalid name {}", Quoted(name)));
        }
        if let Some(name) = posted.annotations.keys().find(|name| !syntax.is_label_name(name)) {
            return Err(format!("invalid annotations: invalid name {}", Quoted(name)));
        }
        Ok(Alert {
            labels: posted.labels.clone(),
            annotations: Arc::clone(&posted.annotations),
            starts_at_ms,
            ends_at_ms,
            generator_url: posted.generator_url.clone(),
            updated_at_ms: now_ms,
            is_timeout: posted.ends_at_ms.is_none(),
        })
    }

    /// Puts an alert into the group of each of its routes, unless it has left it. `timer` knows the timers of groups that were there
    /// before a restart. Returns the groups that are new.
    pub(super) fn route(
        &mut self,
        alert: &Arc<Alert>,
        now_ms: i64,
        timer: impl Fn(&GroupId) -> Option<GroupTimer>,
    ) -> Vec<(GroupId, GroupTimer)> {
        let mut new = Vec::new();
        for index in self.routes.matches(&alert.labels) {
            let Some(route) = self.routes.nodes().get(index) else { continue };
            let labels = route.group_labels(&alert.labels);
            let id = GroupId { route: Arc::clone(&route.id), labels };
            if self.state.is_settled(&id, alert) {
                continue;
            }
            if let Some(group) = self.groups.get_mut(&id) {
                group.put(Arc::clone(alert), route.group_wait_ms, now_ms);
                continue;
            }
            let mut group = Group {
                route: index,
                key: route.group_key(&id.labels).into(),
                alerts: BTreeMap::new(),
                next_flush_ms: now_ms.saturating_add(route.group_wait_ms),
                has_flushed: false,
                flight: None,
            };
            if let Some(timer) = timer(&id) {
                // Nobody knows what became of what was under way: look again at once.
                group.next_flush_ms = if timer.in_flight { now_ms } else { timer.next_flush_ms };
                group.has_flushed = timer.has_flushed;
            }
            group.put(Arc::clone(alert), route.group_wait_ms, now_ms);
            new.push((id.clone(), timer_of(&group)));
            self.groups.insert(id, group);
        }
        new
    }
}

/// The alert as it is kept when it is posted again: one with the older posting if their times overlap.
fn merged(before: &Alert, posted: &Alert, now_ms: i64) -> Alert {
    let is_within = |at_ms: i64| before.starts_at_ms < at_ms && at_ms < before.ends_at_ms;
    if is_within(posted.ends_at_ms) || is_within(posted.starts_at_ms) {
        return before.merged_with(posted, now_ms);
    }
    posted.clone()
}
