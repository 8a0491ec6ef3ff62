//! Messages as they come in at a strict Bot API.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::Arc;

use common::{NOW_MS, disk, http, notification, tools};
use fakes::telegram::{BotApi, Refusal, Settings as BotSettings};
use jiff::tz::TimeZone;
use model::notify::{DataValue, NotifyReason};
use model::{Notification, NotifyOutcome};
use notify::telegram::{ParseMode, QuietBots, Settings};
use notify::{Receiver as _, Source, Telegram};
use serde_json::json;

const TOKEN: &str = "12:SECRET";
const DEFAULT: &str = "{{ template \"telegram.default.message\" . }}";
/// A message of the user's that has the standard one in it, and how that shows.
const WITHIN: &str = "At home:\n{{ template \"telegram.default.message\" . }}";
const WITHIN_SHOWN: &str = "At home:\n⚠️ Disk nearly full\na · warning · 2023-11-14 21:45\n91 % & rising\n\n\
                            ✅ Disk nearly full\nb:9100 · warning · 2023-11-14 21:45 – 22:12";

fn settings(api: &BotApi) -> Settings {
    Settings {
        api_url: api.url(),
        bot_token: Source::Inline(TOKEN.to_owned()),
        chat_id: Source::Inline("7".to_owned()),
        message_thread_id: None,
        message: DEFAULT.to_owned(),
        parse_mode: ParseMode::Html,
        disable_notifications: false,
        timeout: None,
        http: http(),
    }
}

fn api() -> BotApi {
    let mut settings = BotSettings::new(TOKEN, &[7, -100]);
    settings.moved.insert(8, -100);
    settings.topics.insert(7, [3].into());
    settings.blocked.insert(9);
    settings.limits.per_chat_in_5_s = 100;
    settings.limits.per_second = 100;
    BotApi::start(settings).expect("a port")
}

async fn send(settings: Settings, templates: &str, notification: &Notification) -> NotifyOutcome {
    let telegram = Telegram::new(settings, TimeZone::UTC, Arc::new(QuietBots::default()));
    telegram.send(&tools(templates), "home", notification).await
}

#[tokio::test]
async fn templates_are_escaped_and_cut_where_they_may() {
    // The first four are upstream's cases of templates; an over-long one is not replaced, but cut.
    for (mode, message, text, parse_mode) in [
        (ParseMode::Plain, "<code>x < y</code>", "<code>x < y</code>".to_owned(), None),
        (ParseMode::Html, "<code>x < y</code>", "x < y".to_owned(), Some("HTML")),
        (ParseMode::Plain, "{{ range 5000 }}y{{ end }}", "y".repeat(4095) + "…", None),
        (ParseMode::Html, "{{ range 100 }}a{{ end }}", "a".repeat(100), Some("HTML")),
        (ParseMode::Html, "<b>{{ range 5000 }}x{{ end }}</b>", "x".repeat(4095) + "…", Some("HTML")),
        (
            ParseMode::Html,
            "<b>{{ .CommonLabels.severity }}: {{ (index .Alerts 0).Annotations.description }}</b>",
            "warning: 91 % & rising".to_owned(),
            Some("HTML"),
        ),
        (ParseMode::Html, "<h1>{{ .Status }}", "<h1>firing".to_owned(), Some("HTML")),
        (ParseMode::Html, "{{ safeHtml \"<b>a<i>b</b>\" }}", "ab".to_owned(), Some("HTML")),
        (ParseMode::MarkdownV2, "*{{ len .Alerts.Firing }} firing*", "1 firing".to_owned(), Some("MarkdownV2")),
        (ParseMode::MarkdownV2, "{{ .GroupLabels.alertname }}.", "Disk.".to_owned(), None),
        (ParseMode::Markdown, "*{{ len .Alerts.Firing }} firing*", "1 firing".to_owned(), Some("Markdown")),
        (ParseMode::Markdown, "{{ .GroupLabels.alertname }}_full", "Disk_full".to_owned(), None),
        (ParseMode::MarkdownV2, "*{{ range 5000 }}x{{ end }}*", format!("*{}…", "x".repeat(4094)), None),
        (ParseMode::Html, DEFAULT, "my own".to_owned(), Some("HTML")),
        (ParseMode::Html, WITHIN, WITHIN_SHOWN.to_owned(), Some("HTML")),
        (ParseMode::Plain, WITHIN, WITHIN_SHOWN.to_owned(), None),
        (ParseMode::MarkdownV2, WITHIN, WITHIN_SHOWN.to_owned(), None),
    ] {
        let api = api();
        let settings = Settings { parse_mode: mode, message: message.to_owned(), ..settings(&api) };
        let templates =
            if message == DEFAULT { r#"{{ define "telegram.default.message" }}my own{{ end }}"# } else { "" };
        let alerts = vec![disk("a", "/", false), disk("b:9100", "/", true)];
        let outcome = send(settings, templates, &notification(alerts)).await;
        assert!(matches!(outcome, NotifyOutcome::Sent(_)), "{message}: {outcome:?}");
        let sent = &api.messages()[0];
        assert_eq!((sent.text.as_str(), sent.given["parse_mode"].as_str()), (text.as_str(), parse_mode), "{message}");
    }
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let retry = |reason: &str, after_ms| NotifyOutcome::Retry { reason: reason.to_owned(), retry_after_ms: after_ms };
    let failed = |reason: &str| NotifyOutcome::Failed { reason: format!("Telegram refuses: {reason}") };
    for (chat, topic, refusal, expected) in [
        ("6", None, None, failed("Bad Request: chat not found")),
        ("9", None, None, failed("Forbidden: bot was blocked by the user")),
        ("7", Some(4), None, failed("Bad Request: message thread not found")),
        ("7", None, Some(Refusal::new(401, "Unauthorized")), failed("Unauthorized")),
        ("7", None, Some(Refusal::new(502, "Bad Gateway")), retry("Telegram refuses: Bad Gateway", None)),
        (
            "7",
            None,
            Some(Refusal::too_many(5)),
            retry("Telegram refuses: Too Many Requests: retry after 5", Some(5000)),
        ),
        ("seven", None, None, NotifyOutcome::Failed { reason: "\"seven\" is not the number of a chat".to_owned() }),
    ] {
        let api = api();
        if let Some(refusal) = refusal {
            api.refuse_next(refusal);
        }
        let chat_id = Source::Inline(chat.to_owned());
        let settings = Settings { chat_id, message_thread_id: topic, ..settings(&api) };
        let outcome = send(settings, "", &notification(vec![disk("a", "/", false)])).await;
        assert_eq!(outcome, expected, "{chat}");
        assert!(!format!("{outcome:?}").contains("SECRET"));
    }
}

#[tokio::test]
async fn a_bad_template_fails_without_a_call() {
    let api = api();
    let settings = Settings { message: "{{ .Nothing }}".to_owned(), ..settings(&api) };
    let outcome = send(settings, "", &notification(vec![disk("a", "/", false)])).await;
    assert!(matches!(&outcome, NotifyOutcome::Failed { reason } if reason.contains("Nothing")), "{outcome:?}");
    assert_eq!(api.calls(), []);
}

#[tokio::test]
async fn nobody_at_the_address_is_worth_another_attempt() {
    let api = api();
    let settings = settings(&api);
    drop(api);
    let outcome = send(settings, "", &notification(vec![disk("a", "/", false)])).await;
    assert!(matches!(&outcome, NotifyOutcome::Retry { reason, .. } if !reason.contains("SECRET")), "{outcome:?}");
}

#[tokio::test]
async fn moved_chats_and_topics_are_found() {
    let api = api();
    let settings = Settings { chat_id: Source::Inline("8".to_owned()), ..settings(&api) };
    let telegram = Telegram::new(settings.clone(), TimeZone::UTC, Arc::default());
    let notification = notification(vec![disk("a", "/", false)]);
    for _ in 0..2 {
        telegram.send(&tools(""), "home", &notification).await;
    }
    let settings = Settings {
        chat_id: Source::Inline("7".to_owned()),
        message_thread_id: Some(3),
        disable_notifications: true,
        ..settings
    };
    send(settings, "", &notification).await;
    let sent: Vec<_> = api
        .messages()
        .iter()
        .map(|m| (m.chat, m.given["message_thread_id"].as_i64(), m.given["disable_notification"].as_bool()))
        .collect();
    assert_eq!(sent, [(-100, None, None), (-100, None, None), (7, Some(3), Some(true))]);
    // The new number is asked for once only.
    assert_eq!(api.calls().len(), 4);
}

#[tokio::test]
async fn the_end_answers_the_beginning() {
    let api = api();
    let mut notification = notification(vec![disk("a", "/", false)]);
    let NotifyOutcome::Sent(data) = send(settings(&api), "", &notification).await else { panic!("sent") };
    assert_eq!(data.get("message_id"), Some(&DataValue::Integer(1)));
    notification.receiver_data = data;
    notification.reason = NotifyReason::AllResolved;
    notification.alerts = vec![disk("a", "/", true)];
    let NotifyOutcome::Sent(data) = send(settings(&api), "", &notification).await else { panic!("sent") };
    assert_eq!(data.get("message_id"), Some(&DataValue::Integer(1)), "it stays the first");
    assert_eq!(
        api.messages()[1].given["reply_parameters"],
        json!({ "message_id": 1, "allow_sending_without_reply": true })
    );
    notification.reason = NotifyReason::FirstNotification;
    send(settings(&api), "", &notification).await;
    assert_eq!(api.messages()[2].given.get("reply_parameters"), None);
}

#[tokio::test]
async fn too_many_requests_silence_all_chats_of_the_bot() {
    let api = api();
    api.refuse_next(Refusal::too_many(30));
    let quiet = Arc::new(QuietBots::default());
    let notification = notification(vec![disk("a", "/", false)]);
    let chats = ["7", "-100"].map(|chat| {
        let settings = Settings { chat_id: Source::Inline(chat.to_owned()), ..settings(&api) };
        Telegram::new(settings, TimeZone::UTC, Arc::clone(&quiet))
    });
    let clock = Arc::new(model::ManualClock::new(NOW_MS));
    let tools = notify::Tools { clock: clock.clone(), ..tools("") };
    for (chat, at_ms, expected) in
        [(0, 0, Some(30_000)), (1, 10_000, Some(20_000)), (1, 30_000, None), (0, 30_000, None)]
    {
        clock.set_ms(NOW_MS + at_ms);
        let outcome = chats[chat].send(&tools, "home", &notification).await;
        match expected {
            Some(after_ms) => assert!(
                matches!(outcome, NotifyOutcome::Retry { retry_after_ms, .. } if retry_after_ms == Some(after_ms)),
                "{outcome:?}"
            ),
            None => assert!(matches!(outcome, NotifyOutcome::Sent(_)), "{outcome:?}"),
        }
    }
    assert_eq!(api.calls().len(), 3, "while it is silent Telegram is not asked");
}
