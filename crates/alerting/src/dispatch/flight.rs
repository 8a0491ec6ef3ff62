//! The notifications of one flush, until each has been answered.

use std::sync::Arc;

use model::Fingerprint;
use model::notify::{Integration, Notification};

use super::backoff::{Backoff, LONGEST_MS};
use super::dedup::LoggedSets;
use super::group::Posting;

/// The shortest time that receivers are given to answer.
pub(crate) const SHORTEST_FLIGHT_MS: i64 = 10_000;

/// The notifications of one flush. The group waits for all of them.
#[derive(Debug)]
pub(crate) struct Flight {
    /// Distinguishes it from the group's other flights.
    pub(crate) number: u64,
    pub(crate) deadline_ms: i64,
    pub(crate) legs: Vec<Leg>,
    /// The alerts that had ended: they leave the group when all goes well, unless they are posted again.
    pub(crate) resolved: Vec<(Fingerprint, Posting)>,
}

/// The notification to one integration.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) integration: Arc<Integration>,
    pub(crate) notification: Arc<Notification>,
    /// What the notification log says once it is sent.
    pub(crate) sets: LoggedSets,
    pub(crate) backoff: Backoff,
    pub(crate) state: LegState,
}

/// How far a notification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegState {
    /// To be sent at a moment.
    WaitsUntil(i64),
    /// Handed out.
    Sending,
    /// The receiver has it.
    Sent,
    /// Not this time.
    Failed,
}

impl Flight {
    /// When something is to be done: an attempt, or giving up.
    pub(crate) fn next_due_ms(&self) -> i64 {
        let waits = self.legs.iter().filter_map(|leg| match leg.state {
            LegState::WaitsUntil(at_ms) => Some(at_ms),
            _ => None,
        });
        waits.fold(self.deadline_ms, i64::min)
    }

    /// Lets the flight end at `latest_ms` at the latest, and an attempt wait no longer than the longest back-off.
    pub(crate) fn clamp_timers(&mut self, now_ms: i64, latest_ms: i64) {
        self.deadline_ms = self.deadline_ms.min(latest_ms);
        for leg in &mut self.legs {
            if let LegState::WaitsUntil(at_ms) = &mut leg.state {
                *at_ms = (*at_ms).min(now_ms.saturating_add(LONGEST_MS));
            }
        }
    }

    /// Whether every notification was answered or given up.
    pub(crate) fn is_over(&self) -> bool {
        self.legs.iter().all(|leg| matches!(leg.state, LegState::Sent | LegState::Failed))
    }

    pub(crate) fn is_success(&self) -> bool {
        self.legs.iter().all(|leg| leg.state == LegState::Sent)
    }
}
