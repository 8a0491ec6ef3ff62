//! Whether a group is told of, from what was told last.

use model::notify::NotifyReason;

/// What an integration was told last about a group: the hashes of the alerts, each sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoggedSets {
    /// Those that fired.
    pub firing: Vec<u64>,
    /// Those that had ended.
    pub resolved: Vec<u64>,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
}

/// Why an integration is told of a group now; `None` when it is not. `before` is what it was told last.
#[must_use]
pub fn needs_update(
    before: Option<&LoggedSets>,
    now: &LoggedSets,
    repeat_interval_ms: i64,
    send_resolved: bool,
) -> Option<NotifyReason> {
    let Some(before) = before else {
        return (!now.firing.is_empty()).then_some(NotifyReason::FirstNotification);
    };
    if !is_subset(&now.firing, &before.firing) {
        let knows_none = before.firing.is_empty();
        return Some(if knows_none { NotifyReason::FirstNotification } else { NotifyReason::NewAlerts });
    }
    if now.firing.is_empty() {
        // Told also to those who do not want to hear of it, so that the log forgets the alerts; they are not sent anything. What began
        // and ended since the last time nobody needs to know.
        return (!before.firing.is_empty()).then_some(NotifyReason::AllResolved);
    }
    if send_resolved && !is_subset(&now.resolved, &before.resolved) {
        return Some(NotifyReason::SomeResolved);
    }
    let is_old = before.at_ms < now.at_ms.saturating_sub(repeat_interval_ms);
    is_old.then_some(NotifyReason::RepeatInterval)
}

fn is_subset(part: &[u64], whole: &[u64]) -> bool {
    part.iter().all(|hash| whole.binary_search(hash).is_ok())
}
