//! What PagerDuty is sent, and what its answers mean.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::server::{Fake, template, word};
use common::{disk, http, notification, tools};
use model::NotifyOutcome;
use notify::pagerduty::{Interface, Second, Settings};
use notify::{PagerDuty, Receiver as _, Source, Texts};
use serde_json::{Value, json};

/// The SHA-256 of the group's key.
const INCIDENT: &str = "849f8175e1fa447711c42b6e6cfb199b37d2ba91e3e51a900048a82f9cf0abaa";

fn texts(pairs: &[(&'static str, &str)]) -> Texts {
    pairs.iter().map(|(key, text)| (*key, (*text).to_owned())).collect()
}

/// What the configuration says where the file says nothing.
fn standard(fake: &Fake, interface: Interface) -> Settings {
    let client = template("pagerduty.default.client");
    Settings {
        interface,
        url: fake.url("/events"),
        key: Source::Inline("key".to_owned()),
        description: template("pagerduty.default.description"),
        client: vec![("client", client.clone()), ("client_url", template("pagerduty.default.clientURL"))],
        details: json!({ "num_firing": "{{ .Alerts.Firing | len }}" }),
        second: Second {
            payload: vec![
                ("source", client),
                ("component", String::new()),
                ("group", String::new()),
                ("class", String::new()),
            ],
            ..Second::default()
        },
        timeout: None,
        http: http(),
    }
}

/// Everything that can be said.
fn whole(fake: &Fake) -> Settings {
    let host = "{{ .CommonLabels.instance }}";
    Settings {
        key: Source::Inline("{{ .CommonLabels.severity }}-key".to_owned()),
        details: json!({
            "firing": "{{ .Alerts.Firing | toJson }}",
            "resolved": "{{ .Alerts.Resolved | toJson }}",
            "note": "{{ .Status }} now",
            "port": 9100,
            "deep": { "hosts": [host, { "{{ .Status }}": "{{ len .Alerts }}" }], "nothing": null },
        }),
        second: Second {
            severity: "{{ .CommonLabels.severity | toUpper }}".to_owned(),
            payload: texts(&[("source", host), ("component", "disk"), ("group", "{{ .Status }}"), ("class", "")]),
            images: vec![
                texts(&[("src", "http://i/"), ("alt", "{{ .Status }}"), ("href", "")]),
                texts(&[("src", "{{ .CommonLabels.image }}"), ("alt", "no"), ("href", "no")]),
            ],
            links: vec![
                texts(&[("href", "{{ .CommonLabels.link }}"), ("text", "no")]),
                texts(&[("href", "http://l/"), ("text", "{{ .Status }}")]),
            ],
        },
        ..standard(fake, Interface::Second)
    }
}

fn alert(ended: bool) -> Value {
    let mut alert = notify::webhook::message("", "", &notification(vec![disk("bromo", "/", ended)]), 0);
    alert["alerts"].take()
}

#[tokio::test]
async fn a_group_is_one_incident() {
    let fake = Fake::start(|_| (202, r#"{"status":"success"}"#));
    let link = "http://menara/#/alerts?receiver=home";
    for (settings, ended, expected) in [
        (
            standard(&fake, Interface::Second),
            false,
            json!({
                "routing_key": "key",
                "event_action": "trigger",
                "dedup_key": INCIDENT,
                "client": "Menara",
                "client_url": link,
                "payload": {
                    "summary": "[FIRING:1] Disk",
                    "source": "Menara",
                    "severity": "error",
                    "custom_details": { "num_firing": 1 },
                },
            }),
        ),
        (
            whole(&fake),
            true,
            json!({
                "routing_key": "warning-key",
                "event_action": "resolve",
                "dedup_key": INCIDENT,
                "client": "Menara",
                "client_url": link,
                "payload": {
                    "summary": "[RESOLVED] Disk",
                    "source": "bromo",
                    "severity": "warning",
                    "component": "disk",
                    "group": "resolved",
                    "custom_details": {
                        "firing": [],
                        "resolved": alert(true),
                        "note": "resolved now",
                        "port": 9100,
                        "deep": { "hosts": ["bromo", { "resolved": 1 }], "nothing": null },
                    },
                },
                "images": [{ "src": "http://i/", "alt": "resolved", "href": "" }],
                "links": [{ "href": "http://l/", "text": "resolved" }],
            }),
        ),
        (
            standard(&fake, Interface::First),
            false,
            json!({
                "service_key": "key",
                "event_type": "trigger",
                "incident_key": INCIDENT,
                "description": "[FIRING:1] Disk",
                "client": "Menara",
                "client_url": link,
                "details": { "num_firing": 1 },
            }),
        ),
        (
            Settings { client: texts(&[("client", "")]), details: json!({}), ..standard(&fake, Interface::First) },
            false,
            json!({
                "service_key": "key",
                "event_type": "trigger",
                "incident_key": INCIDENT,
                "description": "[FIRING:1] Disk",
                "details": {},
            }),
        ),
        (
            standard(&fake, Interface::First),
            true,
            json!({
                "service_key": "key",
                "event_type": "resolve",
                "incident_key": INCIDENT,
                "description": "[RESOLVED] Disk",
                "details": { "num_firing": 0 },
            }),
        ),
    ] {
        let notification = notification(vec![disk("bromo", "/", ended)]);
        let outcome = PagerDuty::new(settings).send(&tools(""), "home", &notification).await;
        assert_eq!(word(&outcome), "sent", "{outcome:?}");
        assert_eq!(fake.body(), expected);
    }
}

#[tokio::test]
async fn events_are_cut_to_what_pagerduty_takes() {
    let fake = Fake::start(|_| (202, "{}"));
    let notification = notification(vec![disk("bromo", "/", false)]);
    let note = "The details were left away, as the event was larger than the 512 kB that PagerDuty takes.";
    for (interface, words, details) in [
        (Interface::Second, ["payload", "summary"], ["payload", "custom_details"]),
        (Interface::First, ["", "description"], ["", "details"]),
    ] {
        for (length, is_cut) in [(500_000, false), (512_000, true)] {
            let settings = Settings {
                description: "é".repeat(1025),
                details: json!({ "long": "x".repeat(length) }),
                ..standard(&fake, interface)
            };
            let outcome = PagerDuty::new(settings).send(&tools(""), "home", &notification).await;
            assert_eq!(word(&outcome), "sent", "{outcome:?}");
            let body = fake.body();
            let at = |[outer, inner]: [&str; 2]| if outer.is_empty() { &body[inner] } else { &body[outer][inner] };
            assert_eq!(*at(words), "é".repeat(1023) + "…");
            let expected = if is_cut { json!({ "error": note }) } else { json!({ "long": "x".repeat(length) }) };
            assert!(*at(details) == expected, "{interface:?} {length}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_not_sent() {
    let fake = Fake::start(|_| (202, "{}"));
    let standard = || standard(&fake, Interface::Second);
    let second = |second: Second| Settings { second, ..standard() };
    let broken = |key: &'static str| vec![texts(&[(key, "{{ x }}")])];
    for (settings, expected) in [
        (
            Settings { key: Source::Inline("{{ .CommonLabels.none }}".to_owned()), ..standard() },
            "the key of the service is empty",
        ),
        (Settings { key: Source::File("/no/such/key".into()), ..standard() }, "cannot read /no/such/key: "),
        (Settings { details: json!({ "a": [1, { "b": "{{ x }}" }] }), ..standard() }, "details: a: [1] b: "),
        (second(Second { payload: texts(&[("class", "{{ x }}")]), ..Second::default() }), "class: "),
        (second(Second { images: broken("src"), ..Second::default() }), "images: src: "),
        (second(Second { links: broken("text"), ..Second::default() }), "links: text: "),
    ] {
        let outcome =
            PagerDuty::new(settings).send(&tools(""), "home", &notification(vec![disk("bromo", "/", false)])).await;
        let NotifyOutcome::Failed { reason } = outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with(expected), "{reason}");
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn answers_are_told_apart() {
    for (interface, status, expected) in [
        (Interface::Second, 202, "sent"),
        (Interface::Second, 400, "failed"),
        (Interface::Second, 403, "failed"),
        (Interface::Second, 429, "retry"),
        (Interface::Second, 502, "retry"),
        (Interface::First, 200, "sent"),
        (Interface::First, 400, "failed"),
        (Interface::First, 403, "retry"),
        (Interface::First, 429, "failed"),
        (Interface::First, 500, "retry"),
    ] {
        let fake = Fake::start(move |_| (status, r#"{"message":"so be it"}"#));
        let notification = notification(vec![disk("bromo", "/", false)]);
        let outcome = PagerDuty::new(standard(&fake, interface)).send(&tools(""), "home", &notification).await;
        assert_eq!(word(&outcome), expected, "{interface:?} {status}: {outcome:?}");
        if let NotifyOutcome::Failed { reason } = outcome {
            assert_eq!(reason, format!("unexpected status code {status}: {{\"message\":\"so be it\"}}"));
        }
    }
}
