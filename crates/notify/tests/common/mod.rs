//! Notifications, and what sends them.
#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod server;

use std::sync::Arc;

use httpkit::{Client, Options};
use jiff::tz::TimeZone;
use model::notify::{NotifiedAlert, NotifyReason, ReceiverData};
use model::{Alert, Labels, ManualClock, Notification};
use notify::{Http, Language, Templater, Tools};

/// 2023-11-14 22:13:20 UTC.
pub(crate) const NOW_MS: i64 = 1_700_000_000_000;
const MINUTE_MS: i64 = 60_000;

/// An alert that began so many minutes ago; with `ended` it is over since a minute.
pub(crate) fn alert(labels: &[(&str, &str)], annotations: &[(&str, &str)], minutes: i64, ended: bool) -> NotifiedAlert {
    let annotations = annotations.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let alert = Alert {
        labels: Labels::from_pairs(labels.iter().copied()),
        annotations: Arc::new(annotations.collect()),
        starts_at_ms: NOW_MS - minutes * MINUTE_MS,
        ends_at_ms: if ended { NOW_MS - MINUTE_MS } else { NOW_MS + 5 * MINUTE_MS },
        generator_url: "http://menara/graph?g0.expr=up".to_owned(),
        updated_at_ms: NOW_MS,
        is_timeout: false,
    };
    NotifiedAlert { alert: Arc::new(alert), is_resolved: ended }
}

/// A notification about some alerts.
pub(crate) fn notification(alerts: Vec<NotifiedAlert>) -> Notification {
    Notification {
        group_key: "{}:{alertname=\"Disk\"}".to_owned(),
        group_labels: Labels::from_pairs([("alertname", "Disk")]),
        route_labels: Arc::new(Vec::new()),
        reason: NotifyReason::FirstNotification,
        alerts,
        receiver_data: ReceiverData::new(),
        now_ms: NOW_MS,
        deadline_ms: NOW_MS + MINUTE_MS,
    }
}

/// A disk that fills.
pub(crate) fn disk(host: &str, mount: &str, ended: bool) -> NotifiedAlert {
    let labels = [("alertname", "Disk"), ("severity", "warning"), ("instance", host), ("mountpoint", mount)];
    alert(&labels, &[("summary", "Disk nearly full"), ("description", "91 % & rising")], 28, ended)
}

/// What receivers share, with templates of the user's.
pub(crate) fn tools(templates: &str) -> Tools {
    let mut templater = Templater::new("http://menara/", TimeZone::UTC);
    templater.add(templates).expect("templates");
    Tools { templater: Arc::new(templater), clock: Arc::new(ManualClock::new(NOW_MS)), language: Language::English }
}

/// A way over plain HTTP.
pub(crate) fn http() -> Http {
    Http::new(Client::new(Options::default()))
}
