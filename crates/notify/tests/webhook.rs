//! What a webhook is sent, and what its answers mean.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{disk, http, notification, tools};
use fakes::http::{Request, Response, Server};
use model::{Integration, NotifyOutcome};
use notify::webhook::{Settings, Webhook};
use notify::{Notifiers, Receiver as _, Source};
use serde_json::{Value, json};
use tokio::runtime::Handle;

/// A server that answers with a status and keeps what it was sent.
fn server(status: u16) -> (Server, Arc<Mutex<Vec<Request>>>) {
    let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
    let kept = Arc::clone(&requests);
    let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
        kept.lock().unwrap().push(request.clone());
        Response { status, headers: Vec::new(), body: "so be it".to_owned() }
    });
    (server.expect("a port"), requests)
}

fn settings(server: &Server, path: &str) -> Settings {
    let url = Source::Inline(format!("http://{}{path}", server.address()));
    Settings { url, max_alerts: 0, payload: None, timeout: None, http: http() }
}

#[tokio::test]
async fn sends_what_alertmanager_sends() {
    let (server, requests) = server(200);
    let settings = Settings { max_alerts: 1, ..settings(&server, "/hook/{{ .GroupLabels.alertname }}") };
    let mut notification = notification(vec![disk("a:9100", "/", true), disk("b:9100", "/", false)]);
    notification.route_labels = Arc::new(vec![("team".to_owned(), "{{ .Status | toUpper }}".to_owned())]);
    let outcome = Webhook::new(settings).send(&tools(""), "team-x", &notification).await;
    assert_eq!(outcome, NotifyOutcome::Sent(Default::default()));
    let request = requests.lock().unwrap()[0].clone();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/hook/Disk"));
    assert_eq!(request.header("content-type"), "application/json");
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    let common = json!({ "alertname": "Disk", "mountpoint": "/", "severity": "warning" });
    let expected = json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"Disk\"}",
        "truncatedAlerts": 1,
        "status": "firing",
        "receiver": "team-x",
        "notification_reason": "first notification",
        "groupLabels": { "alertname": "Disk" },
        "commonLabels": common,
        "commonAnnotations": { "summary": "Disk nearly full", "description": "91 % & rising" },
        "externalURL": "http://menara",
        "routeLabels": { "team": "FIRING" },
        "alerts": [{
            "status": "resolved",
            "labels": { "alertname": "Disk", "instance": "a:9100", "mountpoint": "/", "severity": "warning" },
            "annotations": { "summary": "Disk nearly full", "description": "91 % & rising" },
            "startsAt": "2023-11-14T21:45:20Z",
            "endsAt": "2023-11-14T22:12:20Z",
            "generatorURL": "http://menara/graph?g0.expr=up",
            "fingerprint": notification.alerts[0].alert.fingerprint().to_string(),
        }],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_alert_that_fires_has_no_end() {
    let notification = notification(vec![disk("a", "/", false)]);
    let body = notify::webhook::message("x", "", &notification, 0);
    assert_eq!((&body["alerts"][0]["endsAt"], &body["truncatedAlerts"]), (&json!("0001-01-01T00:00:00Z"), &json!(0)));
}

#[tokio::test]
async fn answers_are_told_apart() {
    for (status, expected) in
        [(204, "sent"), (302, "failed"), (400, "failed"), (429, "failed"), (500, "retry"), (503, "retry")]
    {
        let (server, _requests) = server(status);
        let webhook = Webhook::new(settings(&server, "/"));
        let outcome = webhook.send(&tools(""), "x", &notification(vec![disk("a", "/", false)])).await;
        let got = match &outcome {
            NotifyOutcome::Sent(_) => "sent",
            NotifyOutcome::Retry { .. } => "retry",
            NotifyOutcome::Failed { reason } => {
                assert_eq!(*reason, format!("unexpected status code {status}: so be it"));
                "failed"
            }
        };
        assert_eq!(got, expected, "{status}");
    }
}

#[tokio::test]
async fn the_registry_finds_receivers_and_names_what_is_not_built() {
    let (server, _requests) = server(200);
    let mut notifiers = Notifiers::new(Handle::current(), tools(""));
    let integration = |kind: &str| Integration { receiver: "home".to_owned(), kind: kind.to_owned(), index: 0 };
    notifiers.add(integration("webhook"), Box::new(Webhook::new(settings(&server, "/"))));
    let mut notification = notification(vec![disk("a", "/", false)]);
    assert_eq!(notifiers.send(&integration("webhook"), &notification).await, NotifyOutcome::Sent(Default::default()));
    let NotifyOutcome::Failed { reason } = notifiers.send(&integration("sns"), &notification).await else {
        panic!("failed")
    };
    assert_eq!(reason, "not built yet: sending to home/sns[0]");
    notification.deadline_ms = notification.now_ms;
    assert!(matches!(notifiers.send(&integration("webhook"), &notification).await, NotifyOutcome::Retry { .. }));
}

#[tokio::test]
async fn a_payload_stands_for_alertmanagers_json() {
    let all = || json!({ "n": "{{ len .Alerts }}", "first": "{{ (index .Alerts 0).Labels.instance }}" });
    let deep = json!({
        "type": "message",
        "body": ["{{ .Status }}", { "{{ .Status }}": "{{ .CommonLabels.severity | toJson }}" }, 7, true, null],
        "labels": "{{ .GroupLabels | toJson }}",
    });
    let deep_expected = json!({
        "type": "message",
        "body": ["firing", { "firing": "\"warning\"" }, 7, true, null],
        "labels": { "alertname": "Disk" },
    });
    // Texts, and what they are as YAML.
    let texts = [
        ("1.50", json!(1.5)),
        ("-7", json!(-7)),
        ("1_000", json!(1000)),
        ("18446744073709551616", json!(18446744073709551616.0)),
        ("true", json!(true)),
        ("", json!(null)),
        ("null", json!(null)),
        (".inf", json!(".inf")),
        ("#home", json!("#home")),
        ("[FIRING:1] Disk", json!("[FIRING:1] Disk")),
        ("- a\n- b: 1", json!(["a", { "b": 1 }])),
        ("[1, 2,]", json!([1, 2])),
        ("{\t\"a\": 1}", json!({ "a": 1 })),
        ("a: b", json!({ "a": "b" })),
        ("91 % & rising", json!("91 % & rising")),
        ("*bold*", json!("*bold*")),
        ("2023-11-14", json!("2023-11-14")),
        ("{{ \"{{ x }}\" }}", json!("{{ x }}")),
    ];
    let texts = texts.into_iter().map(|(text, expected)| (json!(text), 0, expected));
    let cases = [
        (all(), 0, json!({ "n": 2, "first": "a" })),
        (all(), 1, json!({ "n": 1, "first": "a" })),
        (deep, 0, deep_expected),
        (
            json!("{{ .CommonLabels | toJson }}"),
            1,
            json!({
                "alertname": "Disk", "instance": "a", "mountpoint": "/", "severity": "warning",
            }),
        ),
        (json!([]), 0, json!([])),
    ];
    let (server, requests) = server(200);
    for (payload, max_alerts, expected) in cases.into_iter().chain(texts) {
        let settings = Settings { payload: Some(payload.clone()), max_alerts, ..settings(&server, "/") };
        let notification = notification(vec![disk("a", "/", false), disk("b", "/", true)]);
        let outcome = Webhook::new(settings).send(&tools(""), "x", &notification).await;
        assert_eq!(outcome, NotifyOutcome::Sent(Default::default()), "{payload}");
        let request = requests.lock().unwrap().pop().expect("a request");
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        assert_eq!(body, expected, "{payload}");
    }
    let settings = Settings { payload: Some(json!({ "a": ["{{ x }}"] })), ..settings(&server, "/") };
    let outcome = Webhook::new(settings).send(&tools(""), "x", &notification(vec![disk("a", "/", false)])).await;
    let NotifyOutcome::Failed { reason } = outcome else { panic!("{outcome:?}") };
    assert!(reason.starts_with("payload: a: [0] "), "{reason}");
    assert!(requests.lock().unwrap().is_empty());
}
