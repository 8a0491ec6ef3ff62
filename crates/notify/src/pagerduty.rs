//! PagerDuty: events by its second interface. All notifications about a group are about one incident.

use std::time::Duration;

use httpkit::{Request, Url};
use model::notify::ReceiverData;
use model::{Notification, NotifyOutcome};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::receiver::{Answer, Receiver, Tools, failed, of_error, retry, said};
use crate::source::Source;

/// PagerDuty's limit of a summary.
const MAX_SUMMARY_CHARS: usize = 1024;
/// PagerDuty's limit of an event; the details are left away from a larger one.
const MAX_EVENT_BYTES: usize = 512_000;

/// The settings of an entry of `pagerduty_configs`. All texts are templates.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address of the interface.
    pub url: String,
    /// The key of the service.
    pub routing_key: Source,
    /// What happened.
    pub description: String,
    /// Who noticed it.
    pub client: String,
    /// Where to look.
    pub client_url: String,
    /// `critical`, `error`, `warning` or `info`; empty for `error`.
    pub severity: String,
    /// The other keys of the payload: `source`, `component`, `group`, `class`. What comes out empty is left away.
    pub payload: Vec<(&'static str, String)>,
    /// Details by name.
    pub details: Vec<(String, String)>,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
}

/// A service of PagerDuty.
#[derive(Debug)]
pub struct PagerDuty {
    settings: Settings,
}

impl PagerDuty {
    /// A service by its settings.
    #[must_use]
    pub fn new(settings: Settings) -> PagerDuty {
        PagerDuty { settings }
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let request = match self.request(tools, receiver, notification) {
            Ok(request) => request,
            Err(reason) => return failed(reason),
        };
        let limit = tools.time_left(notification, self.settings.timeout);
        match tools.client.send_within(request, limit).await {
            Ok(response) if response.status.is_success() => NotifyOutcome::Sent(ReceiverData::new()),
            Ok(response) => {
                let reason = format!("unexpected status code {}: {}", response.status.as_u16(), said(&response));
                if response.status.as_u16() == 429 || response.status.is_server_error() {
                    retry(reason)
                } else {
                    failed(reason)
                }
            }
            Err(error) => of_error(&error),
        }
    }

    fn request(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Request, String> {
        let url = Url::parse(&self.settings.url).map_err(|error| error.to_string())?;
        let mut event = self.event(tools, receiver, notification)?;
        if event.to_string().len() > MAX_EVENT_BYTES {
            let note = "the details were larger than PagerDuty takes";
            event["payload"]["custom_details"] = json!({ "error": note });
        }
        Request::post(url, "application/json", event.to_string()).map_err(|error| error.to_string())
    }

    fn event(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Value, String> {
        let settings = &self.settings;
        let fill = |text: &str| tools.templater.text(text, receiver, notification);
        let severity = match fill(&settings.severity)?.to_ascii_lowercase() {
            empty if empty.is_empty() => "error".to_owned(),
            severity => severity,
        };
        let mut payload = Map::from_iter([
            ("summary".to_owned(), Value::from(cut(&fill(&settings.description)?))),
            ("severity".to_owned(), Value::from(severity)),
        ]);
        for (key, text) in &settings.payload {
            let text = fill(text).map_err(|why| format!("{key}: {why}"))?;
            if !text.is_empty() {
                payload.insert((*key).to_owned(), Value::from(text));
            }
        }
        let mut details = Map::new();
        for (name, text) in &settings.details {
            let text = fill(text).map_err(|why| format!("details: {name}: {why}"))?;
            // What is JSON, as lists of alerts are, stays what it is.
            let value = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text));
            details.insert(name.clone(), value);
        }
        payload.insert("custom_details".to_owned(), Value::Object(details));
        Ok(json!({
            "routing_key": fill(&settings.routing_key.read()?)?,
            "event_action": if notification.is_firing() { "trigger" } else { "resolve" },
            "dedup_key": key_of(&notification.group_key),
            "client": fill(&settings.client)?,
            "client_url": fill(&settings.client_url)?,
            "payload": payload,
        }))
    }
}

impl Receiver for PagerDuty {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}

/// The incident of a group, as upstream names it.
fn key_of(group_key: &str) -> String {
    Sha256::digest(group_key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cut(summary: &str) -> String {
    if summary.chars().count() <= MAX_SUMMARY_CHARS {
        return summary.to_owned();
    }
    summary.chars().take(MAX_SUMMARY_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_one_incident_each() {
        assert_eq!(key_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn summaries_are_cut() {
        assert_eq!(cut("é"), "é");
        assert_eq!(cut(&"é".repeat(1025)), "é".repeat(1023) + "…");
    }
}
