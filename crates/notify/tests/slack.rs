//! What Slack is sent, and what its answers mean.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Write as _;

use common::server::{Fake, template, word};
use common::{disk, http, notification, tools};
use model::NotifyOutcome;
use model::notify::{DataValue, ReceiverData};
use notify::slack::{Action, Field, Message, Settings, Target};
use notify::{Receiver as _, Slack, Source, Texts};
use serde_json::{Value, json};

fn texts(pairs: &[(&'static str, &str)]) -> Texts {
    pairs.iter().map(|(key, text)| (*key, (*text).to_owned())).collect()
}

/// What the configuration says where the file says nothing.
fn standard() -> Message {
    let by_name = |keys: &[(&'static str, &str)]| {
        keys.iter().map(|(key, name)| (*key, template(&format!("slack.default.{name}")))).collect::<Texts>()
    };
    Message {
        texts: by_name(&[("username", "username"), ("icon_emoji", "iconemoji"), ("icon_url", "iconurl")]),
        attachment: by_name(&[
            ("title", "title"),
            ("title_link", "titlelink"),
            ("pretext", "pretext"),
            ("text", "text"),
            ("fallback", "fallback"),
            ("callback_id", "callbackid"),
            ("footer", "footer"),
            ("color", "color"),
        ]),
        ..Message::default()
    }
}

/// Everything that can be said.
fn whole() -> Message {
    let status = "{{ .Status }}";
    let host = "{{ .CommonLabels.instance }}";
    Message {
        texts: texts(&[
            ("channel", "#{{ .CommonLabels.severity }}"),
            ("username", "me"),
            ("icon_emoji", ":fire:"),
            ("icon_url", "http://i/"),
            ("text", status),
        ]),
        link_names: true,
        attachment: texts(&[
            ("title", "t"),
            ("title_link", "http://t/"),
            ("pretext", "p"),
            ("text", host),
            ("fallback", "f"),
            ("callback_id", "c"),
            ("image_url", "http://image/"),
            ("thumb_url", "http://thumb/"),
            ("footer", "foot"),
            ("color", "#ff0000"),
        ]),
        fields: vec![
            Field { title: "Host".to_owned(), value: host.to_owned(), short: true },
            Field { title: status.to_owned(), value: "v".to_owned(), short: false },
        ],
        actions: vec![
            Action {
                texts: texts(&[
                    ("type", "button"),
                    ("text", status),
                    ("url", "http://u/"),
                    ("style", ""),
                    ("name", ""),
                ]),
                confirm: None,
            },
            Action {
                texts: texts(&[("type", "button"), ("text", "Do"), ("name", "do"), ("value", host)]),
                confirm: Some(texts(&[("title", ""), ("text", status), ("ok_text", "yes"), ("dismiss_text", "no")])),
            },
        ],
        marked_up: vec!["text".to_owned()],
    }
}

fn slack(target: Target, message: Message, update_message: bool) -> Slack {
    Slack::new(Settings { target, message, update_message, timeout: None, http: http() })
}

fn webhook(fake: &Fake) -> Target {
    Target::Webhook(Source::Inline(fake.url("/services/x")))
}

#[tokio::test]
async fn a_message_has_one_attachment() {
    let whole_expected = json!({
        "channel": "#warning",
        "username": "me",
        "icon_emoji": ":fire:",
        "icon_url": "http://i/",
        "link_names": true,
        "text": "firing",
        "attachments": [{
            "title": "t",
            "title_link": "http://t/",
            "pretext": "p",
            "text": "bromo",
            "fallback": "f",
            "callback_id": "c",
            "image_url": "http://image/",
            "thumb_url": "http://thumb/",
            "footer": "foot",
            "color": "#ff0000",
            "mrkdwn_in": ["text"],
            "fields": [
                { "title": "Host", "value": "bromo", "short": true },
                { "title": "firing", "value": "v", "short": false },
            ],
            "actions": [
                { "type": "button", "text": "firing", "url": "http://u/" },
                {
                    "type": "button",
                    "text": "Do",
                    "name": "do",
                    "value": "bromo",
                    "confirm": { "text": "firing", "ok_text": "yes", "dismiss_text": "no" },
                },
            ],
        }],
    });
    let standard_expected = |title: &str, text: &str, color: &str| {
        json!({
            "username": "Menara",
            "attachments": [{
                "title": title,
                "title_link": "http://menara/#/alerts?receiver=home",
                "text": text,
                "fallback": title,
                "callback_id": "",
                "footer": "",
                "color": color,
                "mrkdwn_in": ["fallback", "pretext", "text"],
            }],
        })
    };
    let firing = standard_expected("[FIRING:1] Disk", "*Disk nearly full* on bromo\n91 % & rising\n", "danger");
    let over = standard_expected("[RESOLVED] Disk", "over: Disk nearly full on bromo\n", "good");
    for (message, ended, expected) in
        [(standard(), false, firing), (standard(), true, over), (whole(), false, whole_expected)]
    {
        let fake = Fake::start(|_| (200, "ok"));
        let slack = slack(webhook(&fake), message, false);
        let outcome = slack.send(&tools(""), "home", &notification(vec![disk("bromo", "/", ended)])).await;
        assert_eq!(outcome, NotifyOutcome::Sent(ReceiverData::new()));
        assert_eq!(fake.body(), expected);
    }
}

#[tokio::test]
async fn titles_are_cut_and_broken_templates_are_named() {
    let fake = Fake::start(|_| (200, "ok"));
    let firing = notification(vec![disk("bromo", "/", false)]);
    let message = |attachment: Texts| Message { attachment, ..Message::default() };
    let long = slack(webhook(&fake), message(vec![("title", "é".repeat(1025))]), false);
    assert_eq!(word(&long.send(&tools(""), "home", &firing).await), "sent");
    assert_eq!(fake.body()["attachments"][0]["title"], "é".repeat(1023) + "…");
    let field = |value: &str| Field { title: "t".to_owned(), value: value.to_owned(), short: true };
    let action = |text: &str| Action { texts: texts(&[("text", text)]), confirm: None };
    for (message, expected) in [
        (message(texts(&[("title", "{{ x }}")])), "title: "),
        (Message { fields: vec![field(""), field("{{ x }}")], ..Message::default() }, "fields[1]: "),
        (Message { actions: vec![action("{{ x }}")], ..Message::default() }, "actions[0]: text: "),
    ] {
        let outcome = slack(webhook(&fake), message, false).send(&tools(""), "home", &firing).await;
        let NotifyOutcome::Failed { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with(expected), "{reason}");
    }
    assert_eq!(fake.requests().len(), 1, "what cannot be filled in is not sent");
}

#[tokio::test]
async fn secrets_are_read_when_they_are_needed() {
    let fake = Fake::start(|_| (200, r#"{"ok":true}"#));
    let dir = std::env::temp_dir().join(format!("notify-slack-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("secret");
    let app = |token: Source| Target::App { token, url: fake.url("/api/chat.postMessage") };
    for (target, secret, path, authorization) in [
        (app(Source::Inline("xoxb".to_owned())), String::new(), "/api/chat.postMessage", "Bearer xoxb"),
        (app(Source::File(file.clone())), "xoxb-2\n".to_owned(), "/api/chat.postMessage", "Bearer xoxb-2"),
        (Target::Webhook(Source::File(file.clone())), fake.url("/services/y") + "\n", "/services/y", ""),
    ] {
        std::fs::File::create(&file).unwrap().write_all(secret.as_bytes()).unwrap();
        let slack = slack(target, standard(), false);
        let outcome = slack.send(&tools(""), "home", &notification(vec![disk("bromo", "/", false)])).await;
        assert_eq!(word(&outcome), "sent", "{outcome:?}");
        let request = fake.requests().pop().unwrap();
        assert_eq!((request.target.as_str(), request.header("authorization")), (path, authorization));
    }
    std::fs::remove_dir_all(&dir).unwrap();
    let gone = slack(Target::Webhook(Source::File(file)), standard(), false);
    let outcome = gone.send(&tools(""), "home", &notification(vec![disk("bromo", "/", false)])).await;
    assert_eq!(word(&outcome), "failed", "{outcome:?}");
}

fn data(pairs: &[(&str, &str)]) -> ReceiverData {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), DataValue::Text((*text).to_owned()))).collect()
}

#[tokio::test]
async fn a_message_changes_with_its_group() {
    const POST: &str = "/api/chat.postMessage";
    const UPDATE: &str = "/api/chat.update";
    const FIRST: &str = r#"{"ok":true,"ts":"1.5","channel":"C1"}"#;
    const GONE: &str = r#"{"ok":false,"error":"message_not_found"}"#;
    let before = data(&[("threadTs", "1.5"), ("channelId", "C1")]);
    let none = ReceiverData::new();
    // What is remembered, whether messages change, what changing is answered; what is asked for, and what is remembered then.
    for (remembered, updates, answer, paths, expected) in [
        (&none, true, FIRST, &[POST][..], Some(&before)),
        (&before, true, FIRST, &[UPDATE], Some(&before)),
        (&before, true, r#"{"ok":true}"#, &[UPDATE], Some(&before)),
        (&before, true, GONE, &[UPDATE, POST], Some(&before)),
        (&before, true, r#"{"ok":false,"error":"not_in_channel"}"#, &[UPDATE], None),
        (&before, false, FIRST, &[POST], Some(&none)),
        (&data(&[("threadTs", "1.5")]), true, FIRST, &[POST], Some(&before)),
    ] {
        let fake = Fake::start(move |request| (200, if request.target == UPDATE { answer } else { FIRST }));
        let url = fake.url(POST);
        let mut notification = notification(vec![disk("bromo", "/", false)]);
        notification.receiver_data = remembered.clone();
        let slack = slack(Target::Webhook(Source::Inline(url)), whole(), updates);
        let outcome = slack.send(&tools(""), "home", &notification).await;
        let case = format!("{remembered:?} {updates} {answer}");
        let asked: Vec<String> = fake.requests().into_iter().map(|request| request.target).collect();
        assert_eq!(asked, paths, "{case}");
        match expected {
            Some(expected) => assert_eq!(outcome, NotifyOutcome::Sent(expected.clone()), "{case}"),
            None => assert_eq!(word(&outcome), "failed", "{case}: {outcome:?}"),
        }
        for request in fake.requests() {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let is_update = request.target == UPDATE;
            let place = if is_update { (json!("1.5"), json!("C1")) } else { (Value::Null, json!("#warning")) };
            assert_eq!((body["ts"].clone(), body["channel"].clone()), place, "{case}");
            assert_eq!(body["attachments"][0]["text"], "bromo", "{case}");
        }
    }
}

#[tokio::test]
async fn slack_says_in_the_body_whether_it_took_it() {
    for (status, body, expected) in [
        (200, "ok", "sent"),
        (200, "ok\n", "sent"),
        (200, r#"{"ok":true}"#, "sent"),
        (200, r#"{"ok":false,"error":"channel_not_found"}"#, "failed"),
        (200, r#"{"ok":false,"error":"message_not_found"}"#, "failed"),
        (200, r#"{"ok":"#, "failed"),
        (200, "no_team", "failed"),
        (200, "", "failed"),
        (404, "no_service", "failed"),
        (429, "", "retry"),
        (500, "", "retry"),
        (503, "ok", "retry"),
    ] {
        let fake = Fake::start(move |_| (status, body));
        let slack = slack(webhook(&fake), standard(), true);
        let outcome = slack.send(&tools(""), "home", &notification(vec![disk("bromo", "/", true)])).await;
        assert_eq!(word(&outcome), expected, "{status} {body}: {outcome:?}");
        if status == 429 {
            assert!(matches!(outcome, NotifyOutcome::Retry { retry_after_ms: Some(3000), .. }), "{outcome:?}");
        }
    }
}
