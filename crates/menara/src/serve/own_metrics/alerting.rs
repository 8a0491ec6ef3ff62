//! What the alert manager says of itself, under Alertmanager's names.

use ::alerting::{SharedManager, SilenceState};
use api::BuildInfo;
use exposition::{Family, Sample};
use model::MetricKind;

use super::super::alerting::{BOUNDS_SECONDS, Latencies, ReloadStatus};
use super::gauge;

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
    families.into_iter().chain(looks(manager)).filter(|family| !family.samples.is_empty()).collect()
}

/// Looks at groups, and the alerts that were kept back then.
fn looks(manager: &SharedManager) -> [Family; 2] {
    let (flushes, suppressions) = manager.read(|manager, _| (manager.flushes(), manager.suppressions().clone()));
    let name = "menara_alerts_flushes_total";
    let mut looks = Family::new(name, "Looks at groups of alerts: who is to be told what.", MetricKind::Counter);
    looks.push(Vec::new(), flushes as f64);
    let name = "alertmanager_notifications_suppressed_total";
    let help = "Alerts that were kept back when their group was looked at.";
    let mut suppressed = Family::new(name, help, MetricKind::Counter);
    for (reason, n_alerts) in suppressions {
        suppressed.push(vec![("reason".into(), reason.name().to_owned())], n_alerts as f64);
    }
    [suppressed, looks]
}

/// The alerts and silences there are, what was posted, and the version, from which clients learn what they may ask.
pub(super) fn state(manager: &SharedManager) -> [Family; 5] {
    let (alerts, silences, received) =
        manager.read(|manager, now_ms| (manager.alert_counts(now_ms), manager.silences(now_ms), manager.received()));
    let by = |label: &'static str, mut family: Family, values: &[(&str, f64)]| {
        for (name, value) in values {
            family.push(vec![(label.into(), (*name).to_owned())], *value);
        }
        family
    };
    let family = |name: &'static str, help: &'static str, kind| Family::new(name, help, kind);
    let firing = family("alertmanager_alerts", "Alerts that fire, by what becomes of them.", MetricKind::Gauge);
    let kept = family("alertmanager_silences", "Silences by their states.", MetricKind::Gauge);
    let n_silences = |wanted| silences.iter().filter(|(state, _)| *state == wanted).count() as f64;
    let mut posted = family("alertmanager_alerts_received_total", "Alerts that were posted.", MetricKind::Counter);
    for (status, count) in [("firing", received.firing), ("resolved", received.resolved)] {
        let labels = vec![("status".into(), status.to_owned()), ("version".into(), "v2".to_owned())];
        posted.push(labels, count as f64);
    }
    let help = "Alerts that were posted and refused because they make no sense.";
    let invalid = family("alertmanager_alerts_invalid_total", help, MetricKind::Counter);
    let mut build =
        family("alertmanager_build_info", "Always 1; the label says which API is spoken.", MetricKind::Gauge);
    let version = api::alertmanager_version(&BuildInfo { version: env!("CARGO_PKG_VERSION") });
    build.push(vec![("version".into(), version)], 1.0);
    [
        by(
            "state",
            firing,
            &[
                ("active", alerts.active as f64),
                ("suppressed", alerts.suppressed as f64),
                // Decided at once.
                ("unprocessed", 0.0),
            ],
        ),
        by(
            "state",
            kept,
            &[
                ("active", n_silences(SilenceState::Active)),
                ("expired", n_silences(SilenceState::Expired)),
                ("pending", n_silences(SilenceState::Pending)),
            ],
        ),
        posted,
        by("version", invalid, &[("v2", received.invalid as f64)]),
        build,
    ]
}

/// How long receivers took to answer; nothing before the first did.
pub(super) fn latencies(latencies: &Latencies) -> Option<Family> {
    let name = "alertmanager_notification_latency_seconds";
    let mut family = Family::new(name, "How long attempts to send took.", MetricKind::Histogram);
    for (integration, latency) in latencies.all() {
        let mut push = |suffix: &'static str, bound: Option<String>, value: f64| {
            let bound = bound.map(|bound| ("le".into(), bound));
            let labels = [("integration".into(), integration.clone())].into_iter().chain(bound).collect();
            family.samples.push(Sample { suffix, labels, value });
        };
        for (bound, within) in BOUNDS_SECONDS.iter().zip(latency.within) {
            push("_bucket", Some(bound.to_string()), within as f64);
        }
        push("_bucket", Some("+Inf".to_owned()), latency.count as f64);
        push("_sum", None, latency.sum_seconds);
        push("_count", None, latency.count as f64);
    }
    (!family.samples.is_empty()).then_some(family)
}

/// How the last reading of the configuration went: one for both, since both are read or none.
pub(super) fn configuration(status: ReloadStatus) -> [Family; 5] {
    let is_successful = f64::from(u8::from(status.is_successful));
    let succeeded_at_seconds = status.succeeded_at_ms as f64 / 1e3;
    let went = "1 if the configuration was taken when it was last read, else 0.";
    let when = "When a configuration was last taken, in seconds since the epoch.";
    [
        gauge("prometheus_config_last_reload_successful", went, is_successful),
        gauge("prometheus_config_last_reload_success_timestamp_seconds", when, succeeded_at_seconds),
        gauge("alertmanager_config_last_reload_successful", went, is_successful),
        gauge("alertmanager_config_last_reload_success_timestamp_seconds", when, succeeded_at_seconds),
        gauge(
            "alertmanager_config_hash",
            "A number that alertmanager.yml has as long as its text is the same.",
            status.hash,
        ),
    ]
}
