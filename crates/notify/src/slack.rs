//! Slack: a message with one attachment, by a webhook or an app's token.

use std::time::Duration;

use httpkit::{Auth, Request, Response, Url};
use model::notify::ReceiverData;
use model::{Notification, NotifyOutcome};
use serde_json::{Map, Value, json};

use crate::receiver::{Answer, Receiver, Tools, failed, of_error, retry, said};
use crate::source::Source;

/// Slack cuts longer titles itself, and not well.
const MAX_TITLE_CHARS: usize = 1024;

/// The settings of an entry of `slack_configs`. All texts are templates.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it goes.
    pub target: Target,
    /// The keys of the message that are texts, such as `channel` and `username`. What comes out empty is left away.
    pub message: Vec<(&'static str, String)>,
    /// The keys of the attachment that are texts, such as `title` and `color`.
    pub attachment: Vec<(&'static str, String)>,
    /// The fields of the attachment.
    pub fields: Vec<Field>,
    /// Which keys of the attachment are marked up; upstream's choice if there are none.
    pub marked_up: Vec<String>,
    /// Whether names are made links.
    pub link_names: bool,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
    /// By what it is said who sends, for a webhook that wants that.
    pub auth: Option<Auth>,
}

/// Where a message goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// An address that is a secret.
    Webhook(Source),
    /// An app by its token, at the address of its method.
    App {
        /// The token.
        token: Source,
        /// The method's address.
        url: String,
    },
}

/// A field of the attachment.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its title, a template.
    pub title: String,
    /// Its value, a template.
    pub value: String,
    /// Whether others may stand beside it.
    pub short: bool,
}

/// A channel.
#[derive(Debug)]
pub struct Slack {
    settings: Settings,
}

impl Slack {
    /// A channel by its settings.
    #[must_use]
    pub fn new(settings: Settings) -> Slack {
        Slack { settings }
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let request = match self.request(tools, receiver, notification) {
            Ok(request) => request,
            Err(reason) => return failed(reason),
        };
        let limit = tools.time_left(notification, self.settings.timeout);
        match tools.client.send_within(request, limit).await {
            Ok(response) => outcome(&response),
            Err(error) => of_error(&error),
        }
    }

    fn request(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Request, String> {
        let (url, auth) = match &self.settings.target {
            Target::Webhook(url) => (url.read()?, self.settings.auth.clone()),
            Target::App { token, url } => (url.clone(), Some(Auth::Credentials("Bearer".to_owned(), token.read()?))),
        };
        let url = Url::parse(&url).map_err(|error| error.to_string())?;
        let body = self.message(tools, receiver, notification)?;
        let request = Request::post(url, "application/json", body.to_string()).map_err(|error| error.to_string())?;
        match auth {
            Some(auth) => request.auth(&auth).map_err(|error| error.to_string()),
            None => Ok(request),
        }
    }

    fn message(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Value, String> {
        let fill = |text: &str| tools.templater.text(text, receiver, notification);
        let fill_all = |texts: &[(&'static str, String)]| {
            let mut filled = Map::new();
            for (key, text) in texts {
                let text = fill(text).map_err(|why| format!("{key}: {why}"))?;
                if !text.is_empty() {
                    filled.insert((*key).to_owned(), Value::from(text));
                }
            }
            Ok::<_, String>(filled)
        };
        let mut attachment = fill_all(&self.settings.attachment)?;
        if let Some(Value::String(title)) = attachment.get_mut("title") {
            *title = cut(title);
        }
        let marked_up = match self.settings.marked_up.as_slice() {
            [] => json!(["fallback", "pretext", "text"]),
            keys => json!(keys),
        };
        attachment.insert("mrkdwn_in".to_owned(), marked_up);
        if !self.settings.fields.is_empty() {
            let fields = self.settings.fields.iter().map(|field| {
                Ok(json!({ "title": fill(&field.title)?, "value": fill(&field.value)?, "short": field.short }))
            });
            attachment.insert("fields".to_owned(), fields.collect::<Result<Vec<_>, String>>()?.into());
        }
        let mut message = fill_all(&self.settings.message)?;
        if self.settings.link_names {
            message.insert("link_names".to_owned(), Value::Bool(true));
        }
        message.insert("attachments".to_owned(), json!([attachment]));
        Ok(Value::Object(message))
    }
}

impl Receiver for Slack {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}

/// Slack answers 200 also when it refuses, and says so in the body.
fn outcome(response: &Response) -> NotifyOutcome {
    let status = response.status.as_u16();
    if status == 429 {
        let retry_after_ms = response.retry_after_seconds().map(|seconds| seconds.clamp(1, 86_400) * 1000);
        return NotifyOutcome::Retry { reason: "Slack has had too many requests".to_owned(), retry_after_ms };
    }
    if !response.status.is_success() {
        let reason = format!("unexpected status code {status}: {}", said(response));
        return if response.status.is_server_error() { retry(reason) } else { failed(reason) };
    }
    let is_taken = match serde_json::from_slice::<Value>(&response.body) {
        Ok(body) => body["ok"] == true,
        Err(_) => response.body.trim_ascii() == b"ok",
    };
    if is_taken {
        NotifyOutcome::Sent(ReceiverData::new())
    } else {
        failed(format!("Slack refuses: {}", said(response)))
    }
}

fn cut(title: &str) -> String {
    if title.chars().count() <= MAX_TITLE_CHARS {
        return title.to_owned();
    }
    title.chars().take(MAX_TITLE_CHARS - 1).chain(['…']).collect()
}
