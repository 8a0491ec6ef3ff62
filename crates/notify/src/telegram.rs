//! Telegram: a message by a bot, one per notification.
//!
//! Whatever a template makes, what is sent is valid and fits; what Telegram cannot read all the same goes out again as plain text.
//! `Too Many Requests` stops all messages of the bot for as long as Telegram says. The end of a group answers the message that began it.

mod api;
mod default_message;
mod html;
mod quiet;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use model::notify::{DataValue, NotifyReason, ReceiverData};
use model::{Notification, NotifyOutcome};
use parking_lot::Mutex;

use crate::Source;
use crate::http::Http;
use crate::receiver::{Answer, Receiver, Tools, failed, of_error, retry};
pub use api::{Refusal, SendMessage, send_message};
pub use quiet::QuietBots;

/// The longest text, after its markup is taken out.
const MAX_TEXT_UNITS: usize = 4096;
/// Upstream's default of the key `message`.
const UPSTREAM_DEFAULT: &str = "{{ template \"telegram.default.message\" . }}";
const UPSTREAM_DEFAULT_NAME: &str = "telegram.default.message";
/// What is remembered of a group: the number of the message that began it.
const MESSAGE_ID: &str = "message_id";

/// The settings of an entry of `telegram_configs`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the Bot API is.
    pub api_url: String,
    /// The bot's token.
    pub bot_token: Source,
    /// The chat's number.
    pub chat_id: Source,
    /// The topic in a group that has some.
    pub message_thread_id: Option<i64>,
    /// A template of the message. Upstream's default stands for our own message, unless the user's templates define what it names.
    pub message: String,
    /// How the message is marked up.
    pub parse_mode: ParseMode,
    /// Whether phones stay silent.
    pub disable_notifications: bool,
    /// How long an attempt may take; `None` for as long as the notification has.
    pub timeout: Option<Duration>,
    /// How it is reached.
    pub http: Http,
}

/// How a message is marked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParseMode {
    /// HTML; what templates insert is escaped.
    #[default]
    Html,
    /// The newer Markdown.
    MarkdownV2,
    /// The older Markdown.
    Markdown,
    /// Not at all.
    Plain,
}

impl ParseMode {
    /// By the value of the key `parse_mode`; `None` if there is no such mode.
    #[must_use]
    pub fn of_name(name: &str) -> Option<ParseMode> {
        Some(match name {
            "HTML" => ParseMode::Html,
            "MarkdownV2" => ParseMode::MarkdownV2,
            "Markdown" => ParseMode::Markdown,
            "" => ParseMode::Plain,
            _ => return None,
        })
    }

    fn name(self) -> Option<&'static str> {
        match self {
            ParseMode::Html => Some("HTML"),
            ParseMode::MarkdownV2 => Some("MarkdownV2"),
            ParseMode::Markdown => Some("Markdown"),
            ParseMode::Plain => None,
        }
    }
}

/// A chat that a bot writes to.
#[derive(Debug)]
pub struct Telegram {
    settings: Settings,
    local: TimeZone,
    quiet: Arc<QuietBots>,
    /// Where the chat went when its group was upgraded.
    moved_to: Mutex<Option<i64>>,
}

/// A text as it is sent, and without markup.
struct Text {
    marked_up: String,
    parse_mode: ParseMode,
    plain: String,
}

impl Telegram {
    /// A chat by its settings. `local` is the zone of times for readers whose Telegram does not show them in their own; `quiet` is shared
    /// by all chats.
    #[must_use]
    pub fn new(settings: Settings, local: TimeZone, quiet: Arc<QuietBots>) -> Telegram {
        Telegram { settings, local, quiet, moved_to: Mutex::new(None) }
    }

    fn text(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Text, String> {
        let message = &self.settings.message;
        let wants_default = message.trim() == UPSTREAM_DEFAULT && !tools.templater.contains(UPSTREAM_DEFAULT_NAME);
        let parse_mode = if wants_default { ParseMode::Html } else { self.settings.parse_mode };
        let written = if wants_default {
            default_message::render(notification, tools.language, &self.local)
        } else if parse_mode == ParseMode::Html {
            tools.templater.html(message, receiver, notification)?
        } else {
            tools.templater.text(message, receiver, notification)?
        };
        Ok(if parse_mode == ParseMode::Html {
            let plain = html::plain(&written, MAX_TEXT_UNITS);
            Text { marked_up: html::tidy(&written, MAX_TEXT_UNITS), parse_mode, plain }
        } else {
            let plain = html::cut(&written, MAX_TEXT_UNITS);
            // Markdown that is cut may break anywhere.
            let parse_mode = if plain == written { parse_mode } else { ParseMode::Plain };
            Text { marked_up: plain.clone(), parse_mode, plain }
        })
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let (token, chat) = match (self.settings.bot_token.read(), self.chat_id()) {
            (Ok(token), Ok(chat)) => (token, chat),
            (Err(reason), _) | (_, Err(reason)) => return failed(reason),
        };
        if let Some(left_ms) = self.quiet.left_ms(&token, tools.clock.now_ms()) {
            let reason = "the bot has to be silent: Too Many Requests".to_owned();
            return NotifyOutcome::Retry { reason, retry_after_ms: Some(left_ms) };
        }
        let text = match self.text(tools, receiver, notification) {
            Ok(text) => text,
            Err(reason) => return failed(reason),
        };
        let first = first_message(notification);
        let mut message = SendMessage {
            chat_id: chat,
            message_thread_id: self.settings.message_thread_id,
            text: &text.marked_up,
            parse_mode: text.parse_mode.name(),
            disable_notification: self.settings.disable_notifications,
            reply_to: first,
        };
        // Once for each thing that can be mended: a chat that has moved, markup that cannot be read.
        for _ in 0..3 {
            let limit = tools.time_left(notification, self.settings.timeout);
            match send_message(&self.settings.http, &self.settings.api_url, &token, &message, limit).await {
                Ok(id) => return NotifyOutcome::Sent(remembered(first.unwrap_or(id))),
                Err(Refusal::Moved(chat)) if chat != message.chat_id => {
                    *self.moved_to.lock() = Some(chat);
                    message.chat_id = chat;
                }
                Err(Refusal::Markup(_)) if message.parse_mode.is_some() => {
                    message.parse_mode = None;
                    message.text = &text.plain;
                }
                Err(refusal) => return self.outcome(refusal, &token, tools.clock.now_ms()),
            }
        }
        failed("Telegram refuses whatever is tried")
    }

    fn outcome(&self, refusal: Refusal, token: &str, now_ms: i64) -> NotifyOutcome {
        match refusal {
            Refusal::TooMany { description, retry_after_ms } => {
                self.quiet.silence(token, now_ms.saturating_add(retry_after_ms));
                NotifyOutcome::Retry { reason: description, retry_after_ms: Some(retry_after_ms) }
            }
            Refusal::Unavailable(reason) => retry(reason),
            Refusal::Exchange(error) => of_error(&error),
            Refusal::Moved(chat) => failed(format!("the chat has moved to {chat}")),
            Refusal::Markup(reason) | Refusal::Forbidden(reason) | Refusal::Other(reason) => failed(reason),
        }
    }

    fn chat_id(&self) -> Result<i64, String> {
        if let Some(chat) = *self.moved_to.lock() {
            return Ok(chat);
        }
        let text = self.settings.chat_id.read()?;
        text.parse().map_err(|_| format!("{text:?} is not the number of a chat"))
    }
}

impl Receiver for Telegram {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}

/// The message that began the group, if this notification goes on with it.
fn first_message(notification: &Notification) -> Option<i64> {
    match notification.receiver_data.get(MESSAGE_ID) {
        Some(DataValue::Integer(id)) if notification.reason != NotifyReason::FirstNotification => Some(*id),
        _ => None,
    }
}

fn remembered(message_id: i64) -> ReceiverData {
    ReceiverData::from([(MESSAGE_ID.to_owned(), DataValue::Integer(message_id))])
}
