//! What a message for Slack says.

use model::Notification;
use serde_json::{Map, Value, json};

use crate::fill::{Fill, Texts, cut, texts};
use crate::receiver::Tools;

/// Slack cuts longer titles itself, and not well.
const MAX_TITLE_CHARS: usize = 1024;
/// Keys of the attachment that are sent also if they are empty.
const ALWAYS_THERE: &[&str] = &["text", "fallback", "callback_id", "footer"];

/// A message with one attachment. All texts are templates; keys whose text comes out empty are left away, but for a few that upstream
/// always sends.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// The keys of the message that are texts, such as `channel` and `username`.
    pub texts: Texts,
    /// Whether names are made links.
    pub link_names: bool,
    /// The keys of the attachment that are texts, such as `title` and `color`.
    pub attachment: Texts,
    /// The fields of the attachment.
    pub fields: Vec<Field>,
    /// The buttons of the attachment.
    pub actions: Vec<Action>,
    /// Which keys of the attachment are marked up; upstream's choice if there are none.
    pub marked_up: Vec<String>,
}

/// A field of the attachment.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its title.
    pub title: String,
    /// Its value.
    pub value: String,
    /// Whether others may stand beside it.
    pub short: bool,
}

/// A button of the attachment.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its keys that are texts, such as `type` and `url`.
    pub texts: Texts,
    /// What it asks before it does anything, by the keys of that.
    pub confirm: Option<Texts>,
}

impl Message {
    /// The message in Slack's JSON.
    ///
    /// # Errors
    /// When a text is no template, or fails on the notification.
    pub(super) fn fill(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Value, String> {
        let fill = |text: &str| tools.templater.text(text, receiver, notification);
        let mut message = texts(&self.texts, &[], &fill)?;
        if self.link_names {
            message.insert("link_names".to_owned(), Value::Bool(true));
        }
        message.insert("attachments".to_owned(), json!([self.attachment(&fill)?]));
        Ok(Value::Object(message))
    }

    fn attachment(&self, fill: &Fill<'_>) -> Result<Map<String, Value>, String> {
        let mut attachment = texts(&self.attachment, ALWAYS_THERE, fill)?;
        if let Some(Value::String(title)) = attachment.get_mut("title") {
            *title = cut(title, MAX_TITLE_CHARS);
        }
        let marked_up = match self.marked_up.as_slice() {
            [] => json!(["fallback", "pretext", "text"]),
            keys => json!(keys),
        };
        attachment.insert("mrkdwn_in".to_owned(), marked_up);
        if !self.fields.is_empty() {
            let fields = self.fields.iter().enumerate().map(|(i, field)| {
                let pair = fill(&field.title).and_then(|title| Ok((title, fill(&field.value)?)));
                let (title, value) = pair.map_err(|why| format!("fields[{i}]: {why}"))?;
                Ok(json!({ "title": title, "value": value, "short": field.short }))
            });
            attachment.insert("fields".to_owned(), fields.collect::<Result<Vec<_>, String>>()?.into());
        }
        if !self.actions.is_empty() {
            let actions = self.actions.iter().enumerate();
            let actions = actions.map(|(i, action)| action.fill(fill).map_err(|why| format!("actions[{i}]: {why}")));
            attachment.insert("actions".to_owned(), json!(actions.collect::<Result<Vec<_>, String>>()?));
        }
        Ok(attachment)
    }
}

impl Action {
    fn fill(&self, fill: &Fill<'_>) -> Result<Map<String, Value>, String> {
        let mut action = texts(&self.texts, &[], fill)?;
        if let Some(confirm) = &self.confirm {
            action.insert("confirm".to_owned(), texts(confirm, &[], fill)?.into());
        }
        Ok(action)
    }
}
