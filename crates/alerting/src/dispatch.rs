//! Grouping, and what is told when. Everything here is decided from a moment handed in; nothing waits.

mod backoff;
mod dedup;
mod flight;
mod group;
mod hash;
mod notification_log;

pub(crate) use backoff::Backoff;
pub use dedup::{LoggedSets, needs_update};
pub(crate) use flight::{Flight, Leg, LegState, SHORTEST_FLIGHT_MS};
pub(crate) use group::{Group, GroupId, Posting, compare_sets, shown_order};
pub(crate) use hash::hash;
pub(crate) use notification_log::{LogKey, Logged, NotificationLog};
