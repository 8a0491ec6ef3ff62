//! The one call of the Bot API that is needed.

use std::time::Duration;

use httpkit::{Request, Response, Url};
use serde_json::{Value, json};

use crate::http::{Http, HttpError};

/// What Telegram asks for where it does not say how long.
const STANDARD_WAIT_SECONDS: i64 = 5;
/// As long as a wait can sensibly be; a larger number is not believed.
const MAX_WAIT_SECONDS: i64 = 86_400;

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct SendMessage<'a> {
    /// The chat's number.
    pub chat_id: i64,
    /// The topic in a group that has some.
    pub message_thread_id: Option<i64>,
    /// What it says.
    pub text: &'a str,
    /// How the text is marked up; `None` for not at all.
    pub parse_mode: Option<&'static str>,
    /// Whether phones stay silent.
    pub disable_notification: bool,
    /// The message that it answers, if that is still there.
    pub reply_to: Option<i64>,
}

/// Why a message was not sent. No text holds the token.
#[derive(Debug)]
pub enum Refusal {
    /// The bot has to be silent for a while.
    TooMany {
        /// Telegram's words.
        description: String,
        /// How long.
        retry_after_ms: i64,
    },
    /// The group has become another chat.
    Moved(i64),
    /// The markup cannot be read.
    Markup(String),
    /// The token is wrong, or the bot may not write to the chat.
    Forbidden(String),
    /// Telegram has trouble of its own.
    Unavailable(String),
    /// There was no answer.
    Exchange(HttpError),
    /// Another refusal, which the same message meets again.
    Other(String),
}

/// Sends a message.
///
/// # Errors
/// When Telegram refuses, or does not answer within the limit.
pub async fn send_message(
    http: &Http,
    api_url: &str,
    token: &str,
    message: &SendMessage<'_>,
    limit: Duration,
) -> Result<i64, Refusal> {
    let url = format!("{}/bot{token}/sendMessage", api_url.trim_end_matches('/'));
    let unsent = |error: httpkit::Error| Refusal::Exchange(error.into());
    let url = Url::parse(&url).map_err(unsent)?;
    let request = Request::post(url, "application/json", body(message).to_string()).map_err(unsent)?;
    let response = http.send(request, limit).await.map_err(Refusal::Exchange)?;
    read(&response)
}

fn body(message: &SendMessage<'_>) -> Value {
    let mut body = json!({
        "chat_id": message.chat_id,
        "text": message.text,
        "link_preview_options": { "is_disabled": true },
    });
    let optional = [
        ("message_thread_id", message.message_thread_id.map(Value::from)),
        ("parse_mode", message.parse_mode.map(Value::from)),
        ("disable_notification", message.disable_notification.then_some(Value::from(true))),
        (
            "reply_parameters",
            message.reply_to.map(|id| json!({ "message_id": id, "allow_sending_without_reply": true })),
        ),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            body[key] = value;
        }
    }
    body
}

fn read(response: &Response) -> Result<i64, Refusal> {
    let status = response.status.as_u16();
    let body: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    if body["ok"] == true {
        let refused = || Refusal::Other("Telegram says that it sent something, but not which message".to_owned());
        return body["result"]["message_id"].as_i64().ok_or_else(refused);
    }
    let code = body["error_code"].as_i64().unwrap_or(i64::from(status));
    let description = match body["description"].as_str() {
        Some(description) => format!("Telegram refuses: {description}"),
        None => format!("Telegram refuses with status {status}"),
    };
    let parameters = &body["parameters"];
    Err(match code {
        429 => {
            let asked = parameters["retry_after"].as_i64().or_else(|| response.retry_after_seconds());
            let seconds = asked.unwrap_or(STANDARD_WAIT_SECONDS).clamp(1, MAX_WAIT_SECONDS);
            Refusal::TooMany { description, retry_after_ms: seconds * 1000 }
        }
        400 => match parameters["migrate_to_chat_id"].as_i64() {
            Some(chat) => Refusal::Moved(chat),
            None if description.contains("can't parse entities") => Refusal::Markup(description),
            None => Refusal::Other(description),
        },
        401 | 403 => Refusal::Forbidden(description),
        500.. => Refusal::Unavailable(description),
        _ => Refusal::Other(description),
    })
}
