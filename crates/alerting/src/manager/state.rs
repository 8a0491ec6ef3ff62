//! What survives a restart.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alert, Fingerprint};

use crate::dispatch::{Group, GroupId, NotificationLog, Posting};
use crate::log::{GroupTimer, Record, Replay};
use crate::silence::Silences;

/// Items in one record of a snapshot.
const ITEMS_PER_RECORD: usize = 500;

/// Everything that is written down.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) alerts: BTreeMap<Fingerprint, Arc<Alert>>,
    pub(super) silences: Silences,
    pub(super) log: NotificationLog,
    /// Alerts that have ended and left a group, as they were posted then: they are not put back.
    pub(super) settled: BTreeMap<GroupId, BTreeMap<Fingerprint, Posting>>,
    /// Timers as they were read, until the groups are there.
    pub(super) timers: BTreeMap<GroupId, GroupTimer>,
}

impl State {
    /// Whether an alert, as it is now, has left a group.
    pub(super) fn is_settled(&self, group: &GroupId, alert: &Alert) -> bool {
        let settled = self.settled.get(group).and_then(|alerts| alerts.get(&alert.fingerprint()));
        settled == Some(&Posting::of(alert))
    }

    /// Drops what is known of alerts that are gone or were posted again.
    pub(super) fn forget_settled(&mut self) {
        let alerts = &self.alerts;
        self.settled.retain(|_, settled| {
            settled.retain(|fingerprint, posting| {
                alerts.get(fingerprint).is_some_and(|alert| Posting::of(alert) == *posting)
            });
            !settled.is_empty()
        });
    }

    /// Everything as records.
    pub(super) fn records(&self, groups: &BTreeMap<GroupId, Group>) -> Vec<Record> {
        let timers: Vec<_> = groups.iter().map(|(id, group)| (id.clone(), timer_of(group))).collect();
        self.records_with(&timers)
    }

    fn records_with(&self, timers: &[(GroupId, GroupTimer)]) -> Vec<Record> {
        let alerts: Vec<_> = self.alerts.values().cloned().collect();
        let silences: Vec<_> = self.silences.iter().cloned().collect();
        let notified: Vec<_> = self.log.iter().map(|(key, entry)| (key.clone(), entry.clone())).collect();
        let settled = self.settled.iter().map(|(id, alerts)| {
            Record::Settled(id.clone(), alerts.iter().map(|(fingerprint, posting)| (*fingerprint, *posting)).collect())
        });
        let mut records = Vec::new();
        records.extend(alerts.chunks(ITEMS_PER_RECORD).map(|part| Record::Alerts(part.to_vec())));
        records.extend(silences.chunks(ITEMS_PER_RECORD).map(|part| Record::Silences(part.to_vec())));
        records.extend(notified.chunks(ITEMS_PER_RECORD).map(|part| Record::Notified(part.to_vec())));
        records.extend(timers.chunks(ITEMS_PER_RECORD).map(|part| Record::Timers(part.to_vec())));
        records.extend(settled);
        records
    }
}

/// What is written down of a group.
pub(super) fn timer_of(group: &Group) -> GroupTimer {
    GroupTimer { next_flush_ms: group.next_flush_ms, has_flushed: group.has_flushed, in_flight: group.flight.is_some() }
}

impl Replay for State {
    fn visit(&mut self, record: Record) {
        match record {
            Record::Alerts(alerts) => {
                self.alerts.extend(alerts.into_iter().map(|alert| (alert.fingerprint(), alert)));
            }
            Record::Silences(silences) => {
                silences.into_iter().for_each(|silence| self.silences.put(Arc::unwrap_or_clone(silence)));
            }
            Record::Notified(entries) => entries.into_iter().for_each(|(key, entry)| self.log.put(key, entry)),
            Record::Timers(timers) => self.timers.extend(timers),
            Record::GroupGone(id) => {
                self.timers.remove(&id);
            }
            Record::Settled(id, alerts) => self.settled.entry(id).or_default().extend(alerts),
        }
    }

    fn snapshot(&self) -> Vec<Record> {
        let timers: Vec<_> = self.timers.iter().map(|(id, timer)| (id.clone(), *timer)).collect();
        self.records_with(&timers)
    }
}
