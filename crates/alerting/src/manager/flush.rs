//! Groups are looked at, notifications go out, answers come back.

use std::io;
use std::sync::Arc;

use model::Alert;
use model::notify::{Notification, NotifiedAlert, NotifyOutcome, NotifyReason, ReceiverData};

use crate::dispatch::{
    Backoff, Flight, GroupId, Leg, LegState, LogKey, Logged, LoggedSets, Posting, SHORTEST_FLIGHT_MS, hash,
    needs_update,
};
use crate::log::Record;
use crate::route::RouteNode;

use super::state::timer_of;
use super::{Action, ActionId, AlertManager, MAINTENANCE_MS, Outstanding, Way};

impl AlertManager {
    /// Does what is due, and hands out the notifications that are to be sent now.
    pub fn step(&mut self, now_ms: i64) -> Vec<Action> {
        if now_ms < self.stepped_at_ms {
            self.clamp_timers(now_ms);
        }
        self.stepped_at_ms = now_ms;
        let is_due = |(id, group): (&GroupId, &crate::dispatch::Group)| {
            (group.next_due_ms(self.dispatch_from_ms) <= now_ms).then(|| id.clone())
        };
        let due: Vec<GroupId> = self.groups.iter().filter_map(is_due).collect();
        let mut actions = Vec::new();
        for id in due {
            self.step_flight(&id, now_ms, &mut actions);
            let is_free = |group: &crate::dispatch::Group| {
                group.flight.is_none() && group.next_due_ms(self.dispatch_from_ms) <= now_ms
            };
            if self.groups.get(&id).is_some_and(is_free) {
                self.flush(&id, now_ms);
                self.step_flight(&id, now_ms, &mut actions);
            }
        }
        if now_ms >= self.maintained_at_ms.saturating_add(MAINTENANCE_MS) {
            self.forget(now_ms);
        }
        actions
    }

    /// Takes the answer to an action. When this returns, a notification that was sent is not sent again after a crash.
    ///
    /// # Errors
    /// When that could not be written down; it holds all the same while this process lives.
    pub fn done(&mut self, id: ActionId, outcome: NotifyOutcome, now_ms: i64) -> io::Result<()> {
        let Some(action) = self.outstanding.remove(&id) else { return Ok(()) };
        let counts = self.counters.entry(action.key.integration.kind.clone()).or_default();
        counts.requests += 1;
        let mut written = Ok(());
        let answer = match outcome {
            NotifyOutcome::Sent(data) => {
                written = self.log_sent(&action, data, now_ms);
                Answer::Sent
            }
            NotifyOutcome::Retry { reason, retry_after_ms } => {
                counts.requests_failed += 1;
                Answer::Retry(reason, retry_after_ms.unwrap_or(0))
            }
            NotifyOutcome::Failed { reason } => {
                counts.requests_failed += 1;
                Answer::Failed(reason)
            }
        };
        self.answer(&action, answer, now_ms);
        written
    }

    /// Applies an answer to the group, if it still waits for it.
    fn answer(&mut self, action: &Outstanding, answer: Answer, now_ms: i64) {
        // It may be gone with an older configuration.
        let has_way = self.has_way(&action.key.integration);
        let flight = self.groups.get_mut(&action.group).and_then(|group| group.flight.as_mut());
        let Some(flight) = flight.filter(|flight| flight.number == action.flight) else { return };
        let deadline_ms = flight.deadline_ms;
        let Some(leg) = flight.legs.get_mut(action.leg) else { return };
        let failure = match answer {
            Answer::Sent => {
                leg.state = LegState::Sent;
                None
            }
            Answer::Retry(reason, retry_after_ms) => {
                let at_ms = now_ms.saturating_add(leg.backoff.next_wait_ms().max(retry_after_ms));
                let is_in_time = has_way && at_ms < deadline_ms;
                leg.state = if is_in_time { LegState::WaitsUntil(at_ms) } else { LegState::Failed };
                (!is_in_time).then_some(reason)
            }
            Answer::Failed(reason) => {
                leg.state = LegState::Failed;
                Some(reason)
            }
        };
        if let Some(reason) = failure {
            self.give_up(&action.key.integration, reason);
        }
        self.land_if_over(&action.group);
    }

    fn give_up(&mut self, integration: &model::Integration, reason: String) {
        self.counters.entry(integration.kind.clone()).or_default().failed += 1;
        self.fail(integration.to_string(), reason);
    }

    fn log_sent(&mut self, action: &Outstanding, receiver_data: ReceiverData, now_ms: i64) -> io::Result<()> {
        let sets = LoggedSets { at_ms: now_ms, ..action.sets.clone() };
        let entry = Logged { sets, receiver_data, expires_at_ms: now_ms.saturating_add(action.expiry_ms) };
        self.log_entry(action.key.clone(), entry)
    }

    fn log_entry(&mut self, key: LogKey, entry: Logged) -> io::Result<()> {
        let written = self.write_safely(&Record::Notified(vec![(key.clone(), entry.clone())]));
        self.state.log.put(key, entry);
        written
    }

    /// Hands out the attempts that are due, or gives the flight up when its time is over.
    fn step_flight(&mut self, id: &GroupId, now_ms: i64, actions: &mut Vec<Action>) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let Some(flight) = &mut group.flight else { return };
        let repeat_ms = self.routes.nodes().get(group.route).map_or(0, |route| route.repeat_interval_ms);
        let expiry_ms = self.options.retention_ms.min(repeat_ms.saturating_mul(2));
        let is_late = flight.deadline_ms <= now_ms;
        let mut late = Vec::new();
        for (leg_number, leg) in flight.legs.iter_mut().enumerate() {
            match leg.state {
                LegState::Sending | LegState::WaitsUntil(_) if is_late => {
                    leg.state = LegState::Failed;
                    late.push(Arc::clone(&leg.integration));
                }
                LegState::WaitsUntil(at_ms) if at_ms <= now_ms => {
                    leg.state = LegState::Sending;
                    self.next_number += 1;
                    let action_id = ActionId(self.next_number);
                    let key = LogKey { group_key: Arc::clone(&group.key), integration: Arc::clone(&leg.integration) };
                    let outstanding = Outstanding {
                        group: id.clone(),
                        flight: flight.number,
                        leg: leg_number,
                        key,
                        sets: leg.sets.clone(),
                        expiry_ms,
                    };
                    self.outstanding.insert(action_id, outstanding);
                    let (to, notification) = (Arc::clone(&leg.integration), Arc::clone(&leg.notification));
                    actions.push(Action { id: action_id, to, notification });
                }
                _ => {}
            }
        }
        for integration in late {
            self.give_up(&integration, "no answer before the group's next flush".to_owned());
        }
        self.land_if_over(id);
    }

    /// Looks at a group: who is to be told what.
    fn flush(&mut self, id: &GroupId, now_ms: i64) {
        let number = self.next_number();
        let Some(group) = self.groups.get_mut(id) else { return };
        let Some(route) = self.routes.nodes().get(group.route) else { return };
        self.flushes += 1;
        group.has_flushed = true;
        group.next_flush_ms = now_ms.saturating_add(route.group_interval_ms);
        let all = group.sorted();
        let ended = all.iter().filter(|alert| alert.is_resolved_at(now_ms));
        let resolved = ended.map(|alert| (alert.fingerprint(), Posting::of(alert))).collect();
        let key = Arc::clone(&group.key);
        let route = route.clone();
        let told: Vec<Arc<Alert>> = self.told(&route, all, now_ms);
        let deadline_ms = now_ms.saturating_add(route.group_interval_ms.max(SHORTEST_FLIGHT_MS));
        let mut flight = Flight { number, deadline_ms, legs: Vec::new(), resolved };
        if !told.is_empty() {
            let flush = Flush { route: &route, key: &key, labels: &id.labels, told: &told, now_ms, deadline_ms };
            for way in self.receivers.get(&route.receiver).cloned().unwrap_or_default() {
                flight.legs.extend(self.leg(&flush, &way));
            }
        }
        let is_empty = flight.legs.is_empty();
        if let Some(group) = self.groups.get_mut(id) {
            group.flight = Some(flight);
            if !is_empty {
                let timer = timer_of(group);
                self.note(&Record::Timers(vec![(id.clone(), timer)]));
            }
        }
    }

    /// What one integration is to be told, if anything.
    fn leg(&mut self, flush: &Flush<'_>, way: &Way) -> Option<Leg> {
        let key = LogKey { group_key: Arc::clone(flush.key), integration: Arc::clone(&way.integration) };
        let sets = flush.sets();
        let before = self.state.log.get(&key);
        let repeat_ms = flush.route.repeat_interval_ms;
        let reason = needs_update(before.map(|entry| &entry.sets), &sets, repeat_ms, way.send_resolved)?;
        let receiver_data = match (reason, before) {
            // What the receiver remembers is of an earlier time.
            (NotifyReason::FirstNotification, _) | (_, None) => ReceiverData::new(),
            (_, Some(entry)) => entry.receiver_data.clone(),
        };
        if !way.send_resolved && sets.firing.is_empty() {
            // Not told, but the log forgets what fired.
            let expires_at_ms = flush.now_ms.saturating_add(self.options.retention_ms.min(repeat_ms.saturating_mul(2)));
            if let Err(error) = self.log_entry(key, Logged { sets, receiver_data, expires_at_ms }) {
                self.fail(way.integration.to_string(), error.to_string());
            }
            return None;
        }
        self.counters.entry(way.integration.kind.clone()).or_default().notifications += 1;
        if !way.is_built {
            self.give_up(&way.integration, format!("not built yet: {}", way.integration.kind));
            return None;
        }
        let notification = Arc::new(flush.notification(reason, receiver_data, way.send_resolved));
        let state = LegState::WaitsUntil(flush.now_ms);
        Some(Leg { integration: Arc::clone(&way.integration), notification, sets, backoff: Backoff::new(), state })
    }

    /// Ends a flight whose notifications are all answered. If all went well, alerts that had ended leave the group, and an empty group
    /// is gone; else the next look at it tries again.
    pub(super) fn land_if_over(&mut self, id: &GroupId) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let Some(flight) = group.flight.take_if(|flight| flight.is_over()) else { return };
        let mut left = Vec::new();
        if flight.is_success() {
            for (fingerprint, posting) in flight.resolved {
                if group.alerts.get(&fingerprint).is_some_and(|alert| Posting::of(alert) == posting) {
                    group.alerts.remove(&fingerprint);
                    left.push((fingerprint, posting));
                }
            }
        }
        let timer = timer_of(group);
        let is_gone = group.alerts.is_empty();
        if !left.is_empty() {
            self.state.settled.entry(id.clone()).or_default().extend(left.iter().copied());
            self.note(&Record::Settled(id.clone(), left));
        }
        if is_gone {
            self.groups.remove(id);
            self.note(&Record::GroupGone(id.clone()));
        } else {
            self.note(&Record::Timers(vec![(id.clone(), timer)]));
        }
    }
}

enum Answer {
    Sent,
    Retry(String, i64),
    Failed(String),
}

/// One look at a group.
struct Flush<'a> {
    route: &'a RouteNode,
    key: &'a Arc<str>,
    labels: &'a model::Labels,
    told: &'a [Arc<Alert>],
    now_ms: i64,
    deadline_ms: i64,
}

impl Flush<'_> {
    fn sets(&self) -> LoggedSets {
        let mut sets = LoggedSets { at_ms: self.now_ms, ..LoggedSets::default() };
        for alert in self.told {
            let set = if alert.is_resolved_at(self.now_ms) { &mut sets.resolved } else { &mut sets.firing };
            set.push(hash(&alert.labels));
        }
        sets.firing.sort_unstable();
        sets.resolved.sort_unstable();
        sets
    }

    fn notification(&self, reason: NotifyReason, receiver_data: ReceiverData, send_resolved: bool) -> Notification {
        let notified = |alert: &Arc<Alert>| {
            let is_resolved = alert.is_resolved_at(self.now_ms);
            NotifiedAlert { alert: Arc::clone(alert), is_resolved }
        };
        Notification {
            group_key: self.key.to_string(),
            group_labels: self.labels.clone(),
            route_labels: Arc::clone(&self.route.labels),
            reason,
            alerts: self.told.iter().map(notified).filter(|alert| send_resolved || !alert.is_resolved).collect(),
            receiver_data,
            now_ms: self.now_ms,
            deadline_ms: self.deadline_ms,
        }
    }
}
