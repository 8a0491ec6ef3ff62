//! Alerts that are told of together.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Alert, Fingerprint, Labels};

use super::flight::{Flight, SHORTEST_FLIGHT_MS};

/// Names a group: its route and the labels by which it was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupId {
    pub(crate) route: Arc<str>,
    pub(crate) labels: Labels,
}

/// Tells one posting of an alert from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) updated_at_ms: i64,
    pub(crate) ends_at_ms: i64,
}

impl Posting {
    pub(crate) fn of(alert: &Alert) -> Posting {
        Posting { updated_at_ms: alert.updated_at_ms, ends_at_ms: alert.ends_at_ms }
    }
}

/// A group.
#[derive(Debug)]
pub(crate) struct Group {
    /// The number of its route in the tree.
    pub(crate) route: usize,
    pub(crate) key: Arc<str>,
    pub(crate) alerts: BTreeMap<Fingerprint, Arc<Alert>>,
    /// When it is looked at next.
    pub(crate) next_flush_ms: i64,
    /// Whether it was looked at before.
    pub(crate) has_flushed: bool,
    /// The notifications that are under way.
    pub(crate) flight: Option<Flight>,
}

impl Group {
    /// Adds an alert or puts it in the place of an older posting. A group that nobody has looked at is looked at at once when an
    /// alert has waited long enough elsewhere.
    pub(crate) fn put(&mut self, alert: Arc<Alert>, group_wait_ms: i64, now_ms: i64) {
        if !self.has_flushed && alert.starts_at_ms.saturating_add(group_wait_ms) < now_ms {
            self.next_flush_ms = self.next_flush_ms.min(now_ms);
        }
        self.alerts.insert(alert.fingerprint(), alert);
    }

    /// The alerts in the order in which they are shown.
    pub(crate) fn sorted(&self) -> Vec<Arc<Alert>> {
        let mut alerts: Vec<Arc<Alert>> = self.alerts.values().cloned().collect();
        alerts.sort_by(|a, b| shown_order(&a.labels, &b.labels));
        alerts
    }

    /// Lets no timer wait longer than `longest_ms` from now, and nothing under way longer than a flight may last.
    pub(crate) fn clamp_timers(&mut self, now_ms: i64, longest_ms: i64) {
        let latest_ms = now_ms.saturating_add(longest_ms);
        self.next_flush_ms = self.next_flush_ms.min(latest_ms);
        if let Some(flight) = &mut self.flight {
            flight.clamp_timers(now_ms, latest_ms.max(now_ms.saturating_add(SHORTEST_FLIGHT_MS)));
        }
    }

    /// When something is to be done for the group; `dispatch_from_ms` holds flushes back.
    pub(crate) fn next_due_ms(&self, dispatch_from_ms: i64) -> i64 {
        match &self.flight {
            Some(flight) => flight.next_due_ms(),
            None => self.next_flush_ms.max(dispatch_from_ms),
        }
    }
}

/// By job, by instance, then by all labels; an alert that has a job or an instance comes before one that has none.
pub(crate) fn shown_order(a: &Labels, b: &Labels) -> Ordering {
    for name in ["job", "instance"] {
        let order = match (a.get(name), b.get(name)) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => a.cmp(b),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    compare_sets(a, b)
}

/// As upstream orders label sets: fewer labels first; of two with as many, the one that lacks the first name that only one has.
pub(crate) fn compare_sets(a: &Labels, b: &Labels) -> Ordering {
    let by_pair = |((a_name, a_value), (b_name, b_value)): ((&str, &str), (&str, &str))| match a_name.cmp(b_name) {
        Ordering::Equal => a_value.cmp(b_value),
        unequal => unequal.reverse(),
    };
    let by_first_difference =
        || a.iter().zip(b.iter()).map(by_pair).find(|order| *order != Ordering::Equal).unwrap_or(Ordering::Equal);
    a.len().cmp(&b.len()).then_with(by_first_difference)
}
