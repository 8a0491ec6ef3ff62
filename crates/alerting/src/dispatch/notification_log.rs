//! What was told to whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::notify::{Integration, ReceiverData};

use super::dedup::LoggedSets;

/// A group and an integration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogKey {
    pub(crate) group_key: Arc<str>,
    pub(crate) integration: Arc<Integration>,
}

/// The last notification of a group to an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) sets: LoggedSets,
    pub(crate) receiver_data: ReceiverData,
    /// When the entry may be forgotten.
    pub(crate) expires_at_ms: i64,
}

/// The notifications by group and integration.
#[derive(Clone, Debug, Default)]
pub(crate) struct NotificationLog {
    entries: BTreeMap<LogKey, Logged>,
}

impl NotificationLog {
    pub(crate) fn get(&self, key: &LogKey) -> Option<&Logged> {
        self.entries.get(key)
    }

    pub(crate) fn put(&mut self, key: LogKey, entry: Logged) {
        self.entries.insert(key, entry);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&LogKey, &Logged)> {
        self.entries.iter()
    }

    pub(crate) fn forget_expired(&mut self, now_ms: i64) {
        self.entries.retain(|_, entry| entry.expires_at_ms > now_ms);
    }
}
