//! What the message of our own says, as it shows on a phone, in all its languages.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::Arc;

use common::{alert, disk, http, notification, tools};
use fakes::telegram::{BotApi, Message, Settings as BotSettings};
use jiff::tz::{TimeZone, offset};
use model::NotifyOutcome;
use model::notify::NotifiedAlert;
use notify::telegram::{ParseMode, QuietBots, Settings};
use notify::{Language, Receiver as _, Source, Telegram, Tools};
use serde_json::json;

const DAY_MINUTES: i64 = 24 * 60;

/// What arrives when some alerts are told of.
async fn message(alerts: Vec<NotifiedAlert>, language: Language, local: TimeZone) -> Message {
    let api = BotApi::start(BotSettings::new("12:SECRET", &[7])).expect("a port");
    let settings = Settings {
        api_url: api.url(),
        bot_token: Source::Inline("12:SECRET".to_owned()),
        chat_id: Source::Inline("7".to_owned()),
        message_thread_id: None,
        message: "{{ template \"telegram.default.message\" . }}".to_owned(),
        parse_mode: ParseMode::Plain,
        disable_notifications: false,
        timeout: None,
        http: http(),
    };
    let telegram = Telegram::new(settings, local, Arc::new(QuietBots::default()));
    let tools = Tools { language, ..tools("") };
    let outcome = telegram.send(&tools, "home", &notification(alerts)).await;
    assert!(matches!(outcome, NotifyOutcome::Sent(_)), "{outcome:?}: {:?}", api.calls());
    api.messages().remove(0)
}

/// Compares what shows, in English and in Indonesian.
async fn check(alerts: Vec<NotifiedAlert>, english: &str, indonesian: &str) {
    for (language, expected) in [(Language::English, english), (Language::Indonesian, indonesian)] {
        let message = message(alerts.clone(), language, TimeZone::UTC).await;
        assert_eq!(message.text, expected);
        assert_eq!(message.given["parse_mode"], "HTML");
        assert_eq!(message.given["link_preview_options"], json!({ "is_disabled": true }));
    }
}

/// A container that was killed.
fn killed(texts: &[(&str, &str)], ended: bool) -> NotifiedAlert {
    let labels = [("alertname", "OomKilled"), ("severity", "critical"), ("host", "bromo"), ("name", "immich-ml")];
    alert(&labels, &[&[("summary", "immich-ml killed for memory")], texts].concat(), 28, ended)
}

/// A disk whose summary says where it is.
fn filling(ended: bool) -> NotifiedAlert {
    let labels = [
        ("alertname", "DiskFull"),
        ("severity", "warning"),
        ("instance", "rinjani:9100"),
        ("mountpoint", "/srv/media"),
    ];
    let texts = [
        ("summary", "/srv/media on rinjani is 91 % full"),
        ("description", "3.4 GiB are left on /dev/sda1."),
        ("runbook_url", "http://wiki/disk?a=1&b=2"),
    ];
    alert(&labels, &texts, 120, ended)
}

#[tokio::test]
async fn one_alert() {
    check(
        vec![killed(&[], false)],
        "🔴 immich-ml killed for memory\nbromo · critical · since 21:45 (28 min)",
        "🔴 immich-ml killed for memory\nbromo · kritis · sejak 21.45 (28 menit)",
    )
    .await;
    check(
        vec![filling(false)],
        "⚠️ /srv/media on rinjani is 91 % full\nwarning · since 20:13 (2 h)\n\n3.4 GiB are left on /dev/sda1.\n\nRunbook",
        "⚠️ /srv/media on rinjani is 91 % full\nperingatan · sejak 20.13 (2 jam)\n\n3.4 GiB are left on /dev/sda1.\n\nPanduan",
    )
    .await;
    check(
        vec![killed(&[("description", "Memory 3.98 of 4.00 GiB")], true)],
        "✅ Over: immich-ml killed for memory\nbromo · was critical for 27 min (21:45 to 22:12)",
        "✅ Pulih: immich-ml killed for memory\nbromo · kritis selama 27 menit (21.45 sampai 22.12)",
    )
    .await;
    check(
        vec![filling(true)],
        "✅ Over: /srv/media on rinjani is 91 % full\nwas a warning for 1 h 59 min (20:13 to 22:12)",
        "✅ Pulih: /srv/media on rinjani is 91 % full\nperingatan selama 1 jam 59 menit (20.13 sampai 22.12)",
    )
    .await;
}

#[tokio::test]
async fn one_alert_that_says_little_or_lasts_long() {
    let bare = |minutes, ended| alert(&[("alertname", "Watchdog"), ("severity", "none")], &[], minutes, ended);
    check(
        vec![bare(3 * DAY_MINUTES, false)],
        "ℹ️ Watchdog\nsince 11 Nov 22:13 (3 d)",
        "ℹ️ Watchdog\nsejak 11 Nov 22.13 (3 hari)",
    )
    .await;
    check(
        vec![bare(90 * DAY_MINUTES + 180, true)],
        "✅ Over: Watchdog\nlasted 90 d 2 h (16 Aug 19:13 to 14 Nov 22:12)",
        "✅ Pulih: Watchdog\nberlangsung 90 hari 2 jam (16 Agu 19.13 sampai 14 Nov 22.12)",
    )
    .await;
    let page = |ended| alert(&[("severity", "P1"), ("pod", "a-1")], &[], 13 * 60, ended);
    check(
        vec![page(false)],
        "🔴 Alert without a name\na-1 · P1 · since 14 Nov 09:13 (13 h)",
        "🔴 Peringatan tanpa nama\na-1 · P1 · sejak 14 Nov 09.13 (13 jam)",
    )
    .await;
    check(
        vec![page(true)],
        "✅ Over: Alert without a name\na-1 · P1 · lasted 12 h 59 min (14 Nov 09:13 to 22:12)",
        "✅ Pulih: Peringatan tanpa nama\na-1 · P1 · berlangsung 12 jam 59 menit (14 Nov 09.13 sampai 22.12)",
    )
    .await;
    // Before 1970.
    check(vec![bare(20_000 * DAY_MINUTES, false)], "ℹ️ Watchdog\nfor 20000 d", "ℹ️ Watchdog\nselama 20000 hari").await;
}

#[tokio::test]
async fn alerts_with_one_subject_take_a_line_each() {
    let places = [("merapi:9100", "/"), ("merapi:9100", "/srv"), ("rinjani:9100", "/"), ("kelud", "/"), ("bromo", "/")];
    check(
        places.iter().map(|(host, mount)| disk(host, mount, false)).collect(),
        "⚠️ 5 firing · Disk nearly full\n\n⚠️ merapi · / · since 21:45 (28 min)\n⚠️ merapi · /srv · since 21:45 (28 min)\n\
         ⚠️ rinjani · / · since 21:45 (28 min)\n⚠️ kelud · / · since 21:45 (28 min)\n⚠️ bromo · / · since 21:45 (28 min)\n\n\
         91 % & rising",
        "⚠️ 5 menyala · Disk nearly full\n\n⚠️ merapi · / · sejak 21.45 (28 menit)\n⚠️ merapi · /srv · sejak 21.45 (28 menit)\n\
         ⚠️ rinjani · / · sejak 21.45 (28 menit)\n⚠️ kelud · / · sejak 21.45 (28 menit)\n⚠️ bromo · / · sejak 21.45 (28 menit)\n\n\
         91 % & rising",
    )
    .await;
    // What is over comes last, and is explained no longer.
    check(
        vec![disk("merapi", "/", true), disk("rinjani", "/srv", false)],
        "⚠️ 1 firing, 1 resolved · Disk nearly full\n\n⚠️ rinjani · /srv · since 21:45 (28 min)\n\n91 % & rising\n\n\
         ✅ merapi · / · over after 27 min",
        "⚠️ 1 menyala, 1 pulih · Disk nearly full\n\n⚠️ rinjani · /srv · sejak 21.45 (28 menit)\n\n91 % & rising\n\n\
         ✅ merapi · / · pulih setelah 27 menit",
    )
    .await;
    check(
        vec![disk("merapi", "/", true), disk("rinjani", "/", true)],
        "✅ 2 resolved · Disk nearly full\n\n✅ merapi · / · over after 27 min\n✅ rinjani · / · over after 27 min",
        "✅ 2 pulih · Disk nearly full\n\n✅ merapi · / · pulih setelah 27 menit\n✅ rinjani · / · pulih setelah 27 menit",
    )
    .await;
    let labels = |severity| {
        [("alertname", "CpuHigh"), ("severity", severity), ("host", if severity == "info" { "a" } else { "b" })]
    };
    check(
        vec![alert(&labels("info"), &[], 1, false), alert(&labels("critical"), &[], 2, false)],
        "🔴 2 firing · CpuHigh\n\n🔴 b · critical · since 22:11 (2 min)\nℹ️ a · info · since 22:12 (1 min)",
        "🔴 2 menyala · CpuHigh\n\n🔴 b · kritis · sejak 22.11 (2 menit)\nℹ️ a · informasi · sejak 22.12 (1 menit)",
    )
    .await;
}

#[tokio::test]
async fn alerts_with_several_subjects_have_theirs() {
    check(
        vec![filling(false), killed(&[("runbook_url", "ftp://no")], false), disk("merapi:9100", "/", true)],
        "🔴 2 firing, 1 resolved\n\n🔴 immich-ml killed for memory\nbromo · critical · since 21:45 (28 min)\n\n\
         ⚠️ /srv/media on rinjani is 91 % full\nwarning · since 20:13 (2 h)\n\n3.4 GiB are left on /dev/sda1.\n\nRunbook\n\n\
         ✅ Over: Disk nearly full\nmerapi · / · was a warning for 27 min (21:45 to 22:12)",
        "🔴 2 menyala, 1 pulih\n\n🔴 immich-ml killed for memory\nbromo · kritis · sejak 21.45 (28 menit)\n\n\
         ⚠️ /srv/media on rinjani is 91 % full\nperingatan · sejak 20.13 (2 jam)\n\n3.4 GiB are left on /dev/sda1.\n\nPanduan\n\n\
         ✅ Pulih: Disk nearly full\nmerapi · / · peringatan selama 27 menit (21.45 sampai 22.12)",
    )
    .await;
    // The host that all share stands at the top only; what is to be done, for all of them, at the end.
    let down = |i: usize| {
        let (name, summary) = (format!("app-{i}"), format!("Container app-{i} is down"));
        let labels = [("alertname", "Down"), ("severity", "critical"), ("instance", "bromo:9100"), ("name", &name)];
        alert(&labels, &[("summary", &summary), ("runbook_url", "https://wiki/down")], 28, false)
    };
    let blocks = |state: &str| {
        (0..10).map(|i| format!("🔴 Container app-{i} is down\n{state}")).collect::<Vec<_>>().join("\n\n")
    };
    check(
        (0..1030).map(down).collect(),
        &format!(
            "🔴 1,030 firing · bromo\n\n{}\n\n…and 1,020 more\n\nRunbook",
            blocks("critical · since 21:45 (28 min)")
        ),
        &format!(
            "🔴 1.030 menyala · bromo\n\n{}\n\n…dan 1.020 lagi\n\nPanduan",
            blocks("kritis · sejak 21.45 (28 menit)")
        ),
    )
    .await;
    // Subjects alone do not tell these apart.
    let same = || alert(&[("alertname", "Same"), ("host", "bromo"), ("cpu", "0")], &[], 2, false);
    check(
        vec![same(), same()],
        "🔴 2 firing · bromo\n\n🔴 Same\nsince 22:11 (2 min)\n\n🔴 Same\nsince 22:11 (2 min)",
        "🔴 2 menyala · bromo\n\n🔴 Same\nsejak 22.11 (2 menit)\n\n🔴 Same\nsejak 22.11 (2 menit)",
    )
    .await;
}

#[tokio::test]
async fn names_are_no_markup_and_long_texts_are_cut() {
    let labels = [("alertname", "a<b>&\"c\""), ("severity", "<s>"), ("host", "<i>h")];
    let texts = [("description", "</b>&lt;"), ("runbook_url", "http://w/?a=\"b\"&c<d>")];
    check(
        vec![alert(&labels, &texts, 28, false)],
        "🔴 a<b>&\"c\"\n<i>h · <s> · since 21:45 (28 min)\n\n</b>&lt;\n\nRunbook",
        "🔴 a<b>&\"c\"\n<i>h · <s> · sejak 21.45 (28 menit)\n\n</b>&lt;\n\nPanduan",
    )
    .await;
    let (name, host, details) = ("🔴<&>".repeat(300), "y".repeat(3000), "z".repeat(5000));
    let long = |i: i64| alert(&[("alertname", &name), ("host", &host)], &[("description", &details)], i, false);
    let head = |what: &str| format!("{what}{}🔴<&…\n{}…", "🔴<&>".repeat(39), "y".repeat(199));
    check(
        vec![long(28)],
        &format!("{} · since 21:45 (28 min)\n\n{}…", head("🔴 "), "z".repeat(899)),
        &format!("{} · sejak 21.45 (28 menit)\n\n{}…", head("🔴 "), "z".repeat(899)),
    )
    .await;
    // As many as fit, the rest is counted.
    let other = |i: i64| {
        let (name, host) = (format!("{i} {name}"), format!("{i} {host}"));
        alert(&[("alertname", &name), ("host", &host)], &[("description", &details)], i, false)
    };
    let message = message((0..9).map(other).collect(), Language::English, TimeZone::UTC).await;
    let ends = format!("… · since 22:07 (6 min)\n\n…and 2 more\n\n{}…", "z".repeat(899));
    assert!(message.text.starts_with("🔴 9 firing\n\n🔴 0 🔴<&>") && message.text.ends_with(&ends), "{}", message.text);
}

#[tokio::test]
async fn moments_are_the_readers() {
    let jakarta = TimeZone::fixed(offset(7));
    let sent = message(vec![killed(&[], true)], Language::Indonesian, jakarta.clone()).await;
    assert_eq!(
        sent.given["text"],
        "✅ <b>Pulih: immich-ml killed for memory</b>\nbromo · kritis selama 27 menit \
         (<tg-time unix=\"1699998320\" format=\"t\">04.45</tg-time> sampai <tg-time unix=\"1699999940\" format=\"t\">05.12</tg-time>)"
    );
    let old = alert(&[("alertname", "Old")], &[("runbook_url", "http://w/a b?\"")], 720, false);
    let sent = message(vec![old], Language::English, jakarta).await;
    assert_eq!(
        sent.given["text"],
        "🔴 <b>Old</b>\nsince <tg-time unix=\"1699956800\" format=\"dt\">14 Nov 17:13</tg-time> (12 h)\n\n\
         <a href=\"http://w/a b?%22\">Runbook</a>"
    );
}
