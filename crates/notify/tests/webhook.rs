//! What a webhook is sent, and what its answers mean.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{disk, notification, tools};
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
    Settings { url, max_alerts: 0, timeout: None, auth: None }
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
