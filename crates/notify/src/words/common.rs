//! What all alerts of a notification have in common.

use model::Notification;

/// Labels that all alerts have with the same value.
pub(crate) fn labels(notification: &Notification) -> Vec<(&str, &str)> {
    let Some((first, others)) = notification.alerts.split_first() else { return Vec::new() };
    let is_common = |name: &str, value: &str| others.iter().all(|other| other.alert.labels.get(name) == value);
    first.alert.labels.iter().filter(|(name, value)| is_common(name, value)).collect()
}

/// Annotations that all alerts have with the same text.
pub(crate) fn annotations(notification: &Notification) -> Vec<(&str, &str)> {
    let Some((first, others)) = notification.alerts.split_first() else { return Vec::new() };
    let is_common = |name: &str, value: &str| {
        others.iter().all(|other| other.alert.annotations.get(name).is_some_and(|other| other == value))
    };
    let pairs = first.alert.annotations.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    pairs.filter(|(name, value)| is_common(name, value)).collect()
}
