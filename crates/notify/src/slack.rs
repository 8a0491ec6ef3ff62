//! Slack: a message with one attachment, by a webhook or an app's token.

mod message;

use std::time::Duration;

use httpkit::{Auth, Request, Response, StatusCode, Url};
use model::notify::{DataValue, ReceiverData};
use model::{Notification, NotifyOutcome};
use serde_json::Value;

use crate::Source;
use crate::http::Http;
use crate::receiver::{Answer, Receiver, Tools, failed, of_error, of_status, said};
pub use message::{Action, Field, Message};

/// What is remembered of a group's message, under upstream's names: its time, which is its number, and its channel.
const MESSAGE_TIME: &str = "threadTs";
const CHANNEL_ID: &str = "channelId";

/// How Slack refuses to change a message that is gone, or may not be changed any more.
const CANNOT_CHANGE: &[&str] = &["message_not_found", "cant_update_message", "edit_window_closed"];

/// The settings of an entry of `slack_configs`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it goes.
    pub target: Target,
    /// What it says.
    pub message: Message,
    /// Whether a group has one message that changes with it. Only the methods of apps can do that.
    pub update_message: bool,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
    /// How it is reached.
    pub http: Http,
}

/// Where a message goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// An address that may be a secret.
    Webhook(Source),
    /// An app by its token, at the address of its method.
    App {
        /// The token.
        token: Source,
        /// The method's address.
        url: String,
    },
}

/// A channel.
#[derive(Debug)]
pub struct Slack {
    settings: Settings,
}

/// Why there is no message.
enum Refusal {
    /// The message that was to be changed cannot be.
    CannotChange,
    Other(NotifyOutcome),
}

impl Slack {
    /// A channel by its settings.
    #[must_use]
    pub fn new(settings: Settings) -> Slack {
        Slack { settings }
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let message = match self.settings.message.fill(tools, receiver, notification) {
            Ok(message) => message,
            Err(reason) => return failed(reason),
        };
        let before = if self.settings.update_message { remembered(notification) } else { None };
        if let Some((time, channel)) = before {
            let mut changed = message.clone();
            changed["ts"] = time.into();
            changed["channel"] = channel.into();
            match self.post(tools, notification, &changed, Some("chat.update")).await {
                Ok(data) => return NotifyOutcome::Sent(data),
                Err(Refusal::Other(outcome)) => return outcome,
                // Better a second message than none.
                Err(Refusal::CannotChange) => {}
            }
        }
        match self.post(tools, notification, &message, None).await {
            Ok(data) => NotifyOutcome::Sent(data),
            Err(Refusal::Other(outcome)) => outcome,
            Err(Refusal::CannotChange) => failed("Slack refuses a new message as if it were an old one"),
        }
    }

    /// Sends a message to the target, or to another method beside it; what is to be remembered of it.
    async fn post(
        &self,
        tools: &Tools,
        notification: &Notification,
        message: &Value,
        method: Option<&str>,
    ) -> Result<ReceiverData, Refusal> {
        let request = self.request(message, method).map_err(|reason| Refusal::Other(failed(reason)))?;
        let limit = tools.time_left(notification, self.settings.timeout);
        let response = self.settings.http.send(request, limit).await;
        let answer = read(&response.map_err(|error| Refusal::Other(of_error(&error)))?)?;
        if !self.settings.update_message {
            return Ok(ReceiverData::new());
        }
        Ok(match (answer["ts"].as_str(), answer["channel"].as_str()) {
            (Some(time), Some(channel)) => [(MESSAGE_TIME, time), (CHANNEL_ID, channel)]
                .into_iter()
                .map(|(key, text)| (key.to_owned(), DataValue::Text(text.to_owned())))
                .collect(),
            // It went there where it was before.
            _ => notification.receiver_data.clone(),
        })
    }

    fn request(&self, message: &Value, method: Option<&str>) -> Result<Request, String> {
        let (url, auth) = match &self.settings.target {
            Target::Webhook(url) => (url.read()?, None),
            Target::App { token, url } => (url.clone(), Some(Auth::Credentials("Bearer".to_owned(), token.read()?))),
        };
        let url = match method {
            Some(method) => {
                beside(&url, method).ok_or("the address ends in no method that another could stand beside")?
            }
            None => url,
        };
        let url = Url::parse(&url).map_err(|error| error.to_string())?;
        let request = Request::post(url, "application/json", message.to_string()).map_err(|error| error.to_string())?;
        match auth {
            Some(auth) => request.auth(&auth).map_err(|error| error.to_string()),
            None => Ok(request),
        }
    }
}

impl Receiver for Slack {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}

/// Time and channel of the group's message.
fn remembered(notification: &Notification) -> Option<(&str, &str)> {
    let text = |key: &str| match notification.receiver_data.get(key) {
        Some(DataValue::Text(text)) if !text.is_empty() => Some(text.as_str()),
        _ => None,
    };
    Some((text(MESSAGE_TIME)?, text(CHANNEL_ID)?))
}

/// The address of a method by that of another one.
fn beside(url: &str, method: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?.trim_end_matches('/');
    let (start, _) = path.rsplit_once('/')?;
    // Of an address without a path this would be the host.
    (!start.ends_with('/')).then(|| format!("{start}/{method}"))
}

/// What Slack says of a message that it took. It answers 200 also when it refuses, and says so in the body.
fn read(response: &Response) -> Result<Value, Refusal> {
    if response.status == StatusCode::TOO_MANY_REQUESTS {
        let retry_after_ms = response.retry_after_seconds().map(|seconds| seconds.clamp(1, 86_400) * 1000);
        let reason = "Slack has had too many requests".to_owned();
        return Err(Refusal::Other(NotifyOutcome::Retry { reason, retry_after_ms }));
    }
    if !response.status.is_success() {
        return Err(Refusal::Other(of_status(response, None)));
    }
    let answer = match serde_json::from_slice::<Value>(&response.body) {
        Ok(answer) if answer["ok"] == true => return Ok(answer),
        Ok(answer) => answer,
        Err(_) if response.body.trim_ascii() == b"ok" => return Ok(Value::Null),
        Err(_) => Value::Null,
    };
    if answer["error"].as_str().is_some_and(|error| CANNOT_CHANGE.contains(&error)) {
        return Err(Refusal::CannotChange);
    }
    Err(Refusal::Other(failed(format!("Slack refuses: {}", said(response)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_stand_beside_each_other() {
        for (url, expected) in [
            ("https://slack.com/api/chat.postMessage", Some("https://slack.com/api/chat.update")),
            ("http://h:1/chat.postMessage/?x=1#y", Some("http://h:1/chat.update")),
            ("http://h", None),
            ("http://h/", None),
            ("h", None),
        ] {
            assert_eq!(beside(url, "chat.update").as_deref(), expected, "{url}");
        }
    }
}
