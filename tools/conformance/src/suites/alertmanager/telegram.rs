//! What Telegram is sent, and what its refusals mean.

use std::sync::Arc;
use std::time::Duration;

use fakes::telegram::{BotApi, Refusal, Settings as BotSettings};
use httpkit::{Client, Options};
use jiff::tz::TimeZone;
use model::notify::{NotifyOutcome, NotifyReason, ReceiverData};
use model::{Labels, ManualClock, Notification};
use notify::telegram::{self, ParseMode, QuietBots, SendMessage, Settings};
use notify::{Http, Language, Receiver as _, Source, Telegram, Templater, Tools};
use serde_json::Value;

use super::data::{Case, items};
use super::expect;

const TOKEN: &str = "1:token";
const CHAT: i64 = 1234;
const NOW_MS: i64 = 1_700_000_000_000;

/// A message as it is sent.
pub(super) fn message(case: &Case<'_>) -> Option<Result<(), String>> {
    let expected = match repeated(&case.value["text_repeat"]) {
        Some(text) => text + case.text("text_suffix"),
        None => case.text("text").to_owned(),
    };
    let message = repeated(&case.value["message_repeat"]).unwrap_or_else(|| case.text("message").to_owned());
    Some(sent(message, case.text("parse_mode")).and_then(|sent| expect("text", &sent, &expected)))
}

/// The text that is sent for a template.
fn sent(message: String, parse_mode: &str) -> Result<String, String> {
    let api = BotApi::start(BotSettings::new(TOKEN, &[CHAT])).map_err(|error| error.to_string())?;
    let parse_mode = ParseMode::of_name(parse_mode).ok_or("no such parse mode")?;
    let outcome = outcome(&api, message, parse_mode)?;
    match (outcome, api.messages().first()) {
        (NotifyOutcome::Sent(_), Some(sent)) => Ok(sent.given["text"].as_str().unwrap_or_default().to_owned()),
        (outcome, _) => Err(format!("{outcome:?}")),
    }
}

fn outcome(api: &BotApi, message: String, parse_mode: ParseMode) -> Result<NotifyOutcome, String> {
    let settings = Settings {
        api_url: api.url(),
        bot_token: Source::Inline(TOKEN.to_owned()),
        chat_id: Source::Inline(CHAT.to_string()),
        message_thread_id: None,
        message,
        parse_mode,
        disable_notifications: false,
        timeout: None,
        http: http(),
    };
    let telegram = Telegram::new(settings, TimeZone::UTC, Arc::new(QuietBots::default()));
    let tools = Tools {
        templater: Arc::new(Templater::new("http://am", TimeZone::UTC)),
        clock: Arc::new(ManualClock::new(NOW_MS)),
        language: Language::English,
    };
    let notification = Notification {
        group_key: "1".to_owned(),
        group_labels: Labels::empty(),
        route_labels: Arc::new(Vec::new()),
        reason: NotifyReason::FirstNotification,
        alerts: Vec::new(),
        receiver_data: ReceiverData::new(),
        now_ms: NOW_MS,
        deadline_ms: NOW_MS + 60_000,
    };
    Ok(runtime()?.block_on(telegram.send(&tools, "telegram", &notification)))
}

/// What kind of failure a refusal is. Unlike upstream, only what may go well later is tried again.
pub(super) fn failure(case: &Case<'_>) -> Option<Result<(), String>> {
    Some(check_failure(case))
}

fn check_failure(case: &Case<'_>) -> Result<(), String> {
    let api = BotApi::start(BotSettings::new(TOKEN, &[CHAT])).map_err(|error| error.to_string())?;
    let code = case.value["error_code"].as_u64().and_then(|code| u16::try_from(code).ok()).ok_or("no error_code")?;
    let parameters = Some(&case.value["parameters"]).filter(|parameters| !parameters.is_null()).cloned();
    let refusal = Refusal { code, description: case.text("description").to_owned(), parameters };
    api.refuse_next(refusal.clone());
    let message = SendMessage {
        chat_id: CHAT,
        message_thread_id: None,
        text: "x",
        parse_mode: None,
        disable_notification: false,
        reply_to: None,
    };
    let url = api.url();
    let http = http();
    let asked = telegram::send_message(&http, &url, TOKEN, &message, Duration::from_secs(60));
    let Err(refused) = runtime()?.block_on(asked) else { return Err("sent".to_owned()) };
    expect("reason", &reason(&refused), &case.text("reason"))?;
    api.refuse_next(refusal);
    let outcome = outcome(&api, "x".to_owned(), ParseMode::Plain)?;
    let is_tried_again = matches!(outcome, NotifyOutcome::Retry { .. });
    expect("tried again", &is_tried_again, &(code == 429 || code >= 500))
}

/// Upstream's names for why notifications fail.
fn reason(refusal: &telegram::Refusal) -> &'static str {
    match refusal {
        telegram::Refusal::Forbidden(_) => "authError",
        telegram::Refusal::Moved(_) | telegram::Refusal::Markup(_) | telegram::Refusal::Other(_) => "clientError",
        telegram::Refusal::Unavailable(_) => "serverError",
        telegram::Refusal::TooMany { .. } => "rateLimited",
        telegram::Refusal::Exchange(_) => "other",
    }
}

/// A text so many times.
fn repeated(value: &Value) -> Option<String> {
    let [text, times] = items(value) else { return None };
    Some(text.as_str()?.repeat(usize::try_from(times.as_u64()?).ok()?))
}

fn http() -> Http {
    Http::new(Client::new(Options::default()))
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())
}
