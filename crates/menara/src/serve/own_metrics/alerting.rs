//! What the alert manager says of itself, under Alertmanager's names.

use ::alerting::SharedManager;
use exposition::Family;
use model::MetricKind;

/// Notifications by kind of integration.
pub(super) fn families(manager: &SharedManager) -> Vec<Family> {
    let counts = manager.read(|manager, _| manager.counts().clone());
    let family = |name: &'static str, help: &'static str| Family::new(name, help, MetricKind::Counter);
    let mut families = [
        family("alertmanager_notifications_total", "Notifications that were to be sent."),
        family("alertmanager_notifications_failed_total", "Notifications that were given up."),
        family("alertmanager_notification_requests_total", "Attempts to send a notification."),
        family("alertmanager_notification_requests_failed_total", "Attempts that did not succeed."),
    ];
    for (integration, counts) in &counts {
        let values = [counts.notifications, counts.failed, counts.requests, counts.requests_failed];
        for (family, value) in families.iter_mut().zip(values) {
            family.push(vec![("integration".into(), integration.clone())], value as f64);
        }
    }
    families.into_iter().filter(|family| !family.samples.is_empty()).collect()
}
