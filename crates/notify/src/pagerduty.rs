//! PagerDuty: events by its second interface, or by its first. All notifications about a group are about one incident.

use std::time::Duration;

use httpkit::{Request, Url};
use model::{Notification, NotifyOutcome};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::Source;
use crate::fill::{Fill, Texts, cut, texts};
use crate::http::Http;
use crate::receiver::{Answer, Receiver, Tools, send_one};

/// Where the first interface is.
pub const FIRST_INTERFACE_URL: &str = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";

/// PagerDuty's limit of a summary.
const MAX_SUMMARY_CHARS: usize = 1024;
/// PagerDuty's limit of an event; the details are left away from a larger one.
const MAX_EVENT_BYTES: usize = 512_000;
const TOO_LARGE: &str = "The details were left away, as the event was larger than the 512 kB that PagerDuty takes.";

/// The settings of an entry of `pagerduty_configs`. All texts are templates, the key too.
#[derive(Clone, Debug)]
pub struct Settings {
    /// By which interface it is told.
    pub interface: Interface,
    /// The address of the interface.
    pub url: String,
    /// The key of the service for that interface.
    pub key: Source,
    /// What happened.
    pub description: String,
    /// Who noticed it (`client`) and where to look (`client_url`). What comes out empty is left away.
    pub client: Texts,
    /// Details by name: an object, whose values may be structures.
    pub details: Value,
    /// What only the second interface knows.
    pub second: Second,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
    /// How it is reached.
    pub http: Http,
}

/// The interfaces of PagerDuty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interface {
    /// The older one, of keys of services.
    First,
    /// The newer one, of routing keys.
    Second,
}

/// What only the second interface knows. All texts are templates.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// `critical`, `error`, `warning` or `info`; empty for `error`.
    pub severity: String,
    /// `source`, `component`, `group` and `class`. Of the others what comes out empty is left away.
    pub payload: Texts,
    /// Pictures by `src`, `alt` and `href`; one whose `src` comes out empty is left away.
    pub images: Vec<Texts>,
    /// Links by `href` and `text`; one whose `href` comes out empty is left away.
    pub links: Vec<Texts>,
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
        let request = self.request(tools, receiver, notification);
        let limit = tools.time_left(notification, self.settings.timeout);
        let too_many = match self.settings.interface {
            Interface::First => 403,
            Interface::Second => 429,
        };
        send_one(&self.settings.http, request, limit, Some(too_many)).await
    }

    fn request(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Request, String> {
        let url = Url::parse(&self.settings.url).map_err(|error| error.to_string())?;
        let fill = |text: &str| tools.templater.text(text, receiver, notification);
        let details = tools.templater.structure(&self.settings.details, receiver, notification);
        let details = details.map_err(|why| format!("details: {why}"))?;
        let mut body = self.event(notification, details, &fill)?.to_string();
        if body.len() > MAX_EVENT_BYTES {
            body = self.event(notification, json!({ "error": TOO_LARGE }), &fill)?.to_string();
        }
        Request::post(url, "application/json", body).map_err(|error| error.to_string())
    }

    fn event(&self, notification: &Notification, details: Value, fill: &Fill<'_>) -> Result<Value, String> {
        let key = fill(&self.settings.key.read()?)?;
        if key.is_empty() {
            return Err("the key of the service is empty".to_owned());
        }
        let description = cut(&fill(&self.settings.description)?, MAX_SUMMARY_CHARS);
        let action = if notification.is_firing() { "trigger" } else { "resolve" };
        let incident = key_of(&notification.group_key);
        let mut event = texts(&self.settings.client, &[], fill)?;
        let own = match self.settings.interface {
            Interface::First => {
                if !notification.is_firing() {
                    event.clear();
                }
                vec![
                    ("service_key", key.into()),
                    ("event_type", action.into()),
                    ("incident_key", incident.into()),
                    ("description", description.into()),
                    ("details", details),
                ]
            }
            Interface::Second => {
                event.extend(self.settings.second.beside_payload(fill)?);
                vec![
                    ("routing_key", key.into()),
                    ("event_action", action.into()),
                    ("dedup_key", incident.into()),
                    ("payload", self.settings.second.payload(&description, details, fill)?.into()),
                ]
            }
        };
        event.extend(own.into_iter().map(|(key, value)| (key.to_owned(), value)));
        Ok(event.into())
    }
}

impl Second {
    fn payload(&self, summary: &str, details: Value, fill: &Fill<'_>) -> Result<Map<String, Value>, String> {
        let severity = match fill(&self.severity)?.to_ascii_lowercase() {
            empty if empty.is_empty() => "error".to_owned(),
            severity => severity,
        };
        let mut payload = texts(&self.payload, &["source"], fill)?;
        payload.insert("summary".to_owned(), summary.into());
        payload.insert("severity".to_owned(), severity.into());
        payload.insert("custom_details".to_owned(), details);
        Ok(payload)
    }

    /// Pictures and links.
    fn beside_payload(&self, fill: &Fill<'_>) -> Result<Map<String, Value>, String> {
        let mut lists = Map::new();
        for (key, list, address) in [("images", &self.images, "src"), ("links", &self.links, "href")] {
            let mut filled = Vec::new();
            for item in list {
                let item = texts(item, &["src", "alt", "href", "text"], fill).map_err(|why| format!("{key}: {why}"))?;
                if item.get(address).is_some_and(|address| address != "") {
                    filled.push(Value::from(item));
                }
            }
            if !filled.is_empty() {
                lists.insert(key.to_owned(), filled.into());
            }
        }
        Ok(lists)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_one_incident_each() {
        assert_eq!(key_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
