//! Webhooks: Alertmanager's JSON, version 4, to any address.

mod incoming;

use std::borrow::Cow;
use std::time::Duration;

use httpkit::{Request, Url};
use model::notify::NotifiedAlert;
use model::{Notification, NotifyOutcome};
use serde_json::{Map, Value, json};

use crate::Source;
use crate::http::Http;
use crate::receiver::{Answer, Receiver, Tools, send_one};
use crate::words::{common, quote_meta};
pub use incoming::read;

/// The settings of an entry of `webhook_configs`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address, which may be a template.
    pub url: Source,
    /// How many alerts are sent at most; 0 for all.
    pub max_alerts: usize,
    /// What is sent instead of Alertmanager's JSON: a structure in which every text is a template.
    pub payload: Option<Value>,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
    /// How it is reached.
    pub http: Http,
}

/// A webhook.
#[derive(Debug)]
pub struct Webhook {
    settings: Settings,
}

impl Webhook {
    /// A webhook by its settings.
    #[must_use]
    pub fn new(settings: Settings) -> Webhook {
        Webhook { settings }
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let request = self.request(tools, receiver, notification);
        let limit = tools.time_left(notification, self.settings.timeout);
        send_one(&self.settings.http, request, limit, None).await
    }

    fn request(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Request, String> {
        let url = tools.templater.text(&self.settings.url.read()?, receiver, notification)?;
        let url = Url::parse(url.trim()).map_err(|error| error.to_string())?;
        let body = match &self.settings.payload {
            Some(payload) => {
                let notification = cut(notification, self.settings.max_alerts);
                let payload = tools.templater.structure(payload, receiver, &notification);
                payload.map_err(|why| format!("payload: {why}"))?
            }
            None => self.message(tools, receiver, notification)?,
        };
        Request::post(url, "application/json", body.to_string()).map_err(|error| error.to_string())
    }

    /// Alertmanager's JSON, with the labels of the route.
    fn message(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Value, String> {
        let routes = tools.templater.route_labels(receiver, notification)?;
        let mut body = message(receiver, tools.templater.external_url(), notification, self.settings.max_alerts);
        body["routeLabels"] = Value::Object(texts(routes.iter().map(|(name, text)| (*name, text.as_str()))));
        Ok(body)
    }
}

impl Receiver for Webhook {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}

/// A notification with so many alerts at most (0 for all).
fn cut(notification: &Notification, max_alerts: usize) -> Cow<'_, Notification> {
    if max_alerts == 0 || notification.alerts.len() <= max_alerts {
        return Cow::Borrowed(notification);
    }
    let mut notification = notification.clone();
    notification.alerts.truncate(max_alerts);
    Cow::Owned(notification)
}

/// A notification as Alertmanager's webhooks show it, with so many alerts at most (0 for all).
#[must_use]
pub fn message(receiver: &str, external_url: &str, notification: &Notification, max_alerts: usize) -> Value {
    let all = notification.alerts.len();
    let shown = if max_alerts == 0 { all } else { all.min(max_alerts) };
    json!({
        "version": "4",
        "groupKey": notification.group_key,
        "truncatedAlerts": all - shown,
        "status": if notification.is_firing() { "firing" } else { "resolved" },
        "receiver": quote_meta(receiver),
        "notification_reason": notification.reason.as_str(),
        "groupLabels": texts(&notification.group_labels),
        "commonLabels": texts(common::labels(notification)),
        "commonAnnotations": texts(common::annotations(notification)),
        "externalURL": external_url,
        "alerts": notification.alerts.iter().take(shown).map(alert).collect::<Vec<_>>(),
    })
}

fn alert(notified: &NotifiedAlert) -> Value {
    const NEVER: &str = "0001-01-01T00:00:00Z";
    let alert = &notified.alert;
    let ends_at = if notified.is_resolved { model::time::format_rfc3339(alert.ends_at_ms) } else { NEVER.to_owned() };
    json!({
        "status": if notified.is_resolved { "resolved" } else { "firing" },
        "labels": texts(&alert.labels),
        "annotations": texts(alert.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str()))),
        "startsAt": model::time::format_rfc3339(alert.starts_at_ms),
        "endsAt": ends_at,
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint().to_string(),
    })
}

fn texts<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text))).collect()
}
