//! What Slack and PagerDuty are sent, and what their answers mean.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{disk, notification, tools};
use fakes::http::{Request, Response, Server};
use model::NotifyOutcome;
use notify::slack::{Field, Target};
use notify::{PagerDuty, Receiver, Slack, Source, pagerduty, slack};
use serde_json::{Value, json};

type Kept = Arc<Mutex<Vec<Request>>>;

fn server(status: u16, body: &'static str) -> (Server, Kept) {
    let requests = Kept::default();
    let kept = Arc::clone(&requests);
    let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
        kept.lock().unwrap().push(request.clone());
        let headers = vec![("Retry-After".to_owned(), "3".to_owned())];
        Response { status, headers, body: body.to_owned() }
    });
    (server.expect("a port"), requests)
}

fn sent(requests: &Kept) -> Value {
    serde_json::from_slice(&requests.lock().unwrap()[0].body).expect("JSON")
}

fn word(outcome: &NotifyOutcome) -> &'static str {
    match outcome {
        NotifyOutcome::Sent(_) => "sent",
        NotifyOutcome::Retry { .. } => "retry",
        NotifyOutcome::Failed { .. } => "failed",
    }
}

fn template(name: &str) -> String {
    format!("{{{{ template \"{name}\" . }}}}")
}

fn slack_by(target: Target) -> Slack {
    let standard = |key: &'static str, name: &str| (key, template(&format!("slack.default.{name}")));
    Slack::new(slack::Settings {
        target,
        message: vec![
            ("channel", "#home".to_owned()),
            standard("username", "username"),
            standard("icon_emoji", "iconemoji"),
            standard("icon_url", "iconurl"),
        ],
        attachment: vec![
            standard("title", "title"),
            standard("title_link", "titlelink"),
            standard("pretext", "pretext"),
            standard("text", "text"),
            standard("fallback", "fallback"),
            standard("callback_id", "callbackid"),
            standard("footer", "footer"),
            standard("color", "color"),
        ],
        fields: vec![Field { title: "Host".to_owned(), value: "{{ .CommonLabels.instance }}".to_owned(), short: true }],
        marked_up: Vec::new(),
        link_names: false,
        timeout: None,
        auth: None,
    })
}

#[tokio::test]
async fn slack_is_sent_an_attachment() {
    let (server, requests) = server(200, r#"{"ok":true}"#);
    let url = format!("http://{}/chat", server.address());
    let slack = slack_by(Target::App { token: Source::Inline("xoxb".to_owned()), url });
    let outcome = slack.send(&tools(""), "home", &notification(vec![disk("bromo", "/", false)])).await;
    assert_eq!(outcome, NotifyOutcome::Sent(Default::default()));
    assert_eq!(requests.lock().unwrap()[0].header("authorization"), "Bearer xoxb");
    let expected = json!({
        "channel": "#home",
        "username": "Menara",
        "attachments": [{
            "title": "[FIRING:1] Disk",
            "title_link": "http://menara/#/alerts?receiver=home",
            "text": "*Disk nearly full* on bromo\n91 % & rising\n",
            "fallback": "[FIRING:1] Disk",
            "color": "danger",
            "mrkdwn_in": ["fallback", "pretext", "text"],
            "fields": [{ "title": "Host", "value": "bromo", "short": true }],
        }],
    });
    assert_eq!(sent(&requests), expected);
}

#[tokio::test]
async fn slack_says_in_the_body_whether_it_took_it() {
    for (status, body, expected) in [
        (200, "ok", "sent"),
        (200, "ok\n", "sent"),
        (200, r#"{"ok":false,"error":"channel_not_found"}"#, "failed"),
        (200, "no_team", "failed"),
        (404, "no_service", "failed"),
        (429, "", "retry"),
        (500, "", "retry"),
    ] {
        let (server, _requests) = server(status, body);
        let slack = slack_by(Target::Webhook(Source::Inline(format!("http://{}/", server.address()))));
        let outcome = slack.send(&tools(""), "home", &notification(vec![disk("bromo", "/", true)])).await;
        assert_eq!(word(&outcome), expected, "{status} {body}: {outcome:?}");
        if status == 429 {
            assert!(matches!(outcome, NotifyOutcome::Retry { retry_after_ms: Some(3000), .. }), "{outcome:?}");
        }
    }
}

fn pagerduty_at(server: &Server) -> PagerDuty {
    PagerDuty::new(pagerduty::Settings {
        url: format!("http://{}/v2/enqueue", server.address()),
        routing_key: Source::Inline("key".to_owned()),
        description: template("pagerduty.default.description"),
        client: template("pagerduty.default.client"),
        client_url: template("pagerduty.default.clientURL"),
        severity: "{{ .CommonLabels.severity }}".to_owned(),
        payload: vec![("source", "{{ .CommonLabels.instance }}".to_owned()), ("class", String::new())],
        details: vec![
            ("num_firing".to_owned(), "{{ .Alerts.Firing | len }}".to_owned()),
            ("resolved".to_owned(), "{{ .Alerts.Resolved | toJson }}".to_owned()),
            ("note".to_owned(), "{{ .Status }} now".to_owned()),
        ],
        timeout: None,
    })
}

#[tokio::test]
async fn pagerduty_is_sent_one_incident_per_group() {
    for (ended, action, firing) in [(false, "trigger", 1), (true, "resolve", 0)] {
        let (server, requests) = server(202, "{}");
        let notification = notification(vec![disk("bromo", "/", ended)]);
        let outcome = pagerduty_at(&server).send(&tools(""), "home", &notification).await;
        assert_eq!(word(&outcome), "sent", "{outcome:?}");
        let mut event = sent(&requests);
        let resolved = event["payload"]["custom_details"]["resolved"].take();
        assert_eq!(resolved.as_array().map(Vec::len), Some(1 - firing), "a list, not a text");
        let status = if ended { "resolved" } else { "firing" };
        let summary = if ended { "[RESOLVED] Disk" } else { "[FIRING:1] Disk" };
        let expected = json!({
            "routing_key": "key",
            "event_action": action,
            "dedup_key": event["dedup_key"],
            "client": "Menara",
            "client_url": "http://menara/#/alerts?receiver=home",
            "payload": {
                "summary": summary,
                "severity": "warning",
                "source": "bromo",
                "custom_details": { "num_firing": firing, "resolved": null, "note": format!("{status} now") },
            },
        });
        assert_eq!(event, expected);
        assert_eq!(event["dedup_key"].as_str().map(str::len), Some(64));
    }
}

#[tokio::test]
async fn pagerduty_answers_are_told_apart() {
    for (status, expected) in [(400, "failed"), (403, "failed"), (429, "retry"), (502, "retry")] {
        let (server, _requests) = server(status, "{}");
        let notification = notification(vec![disk("bromo", "/", false)]);
        let outcome = pagerduty_at(&server).send(&tools(""), "home", &notification).await;
        assert_eq!(word(&outcome), expected, "{status}: {outcome:?}");
    }
}

#[test]
fn standard_templates_can_all_be_replaced_and_executed() {
    let notification = notification(vec![disk("bromo", "/", false), disk("merapi", "/", true)]);
    for (name, replaced) in
        [("__subject", "mine"), ("slack.default.title", "mine"), ("pagerduty.default.description", "mine")]
    {
        let tools = tools(&format!("{{{{ define \"{name}\" }}}}{replaced}{{{{ end }}}}"));
        assert_eq!(tools.templater.text(&template(name), "x", &notification).as_deref(), Ok(replaced), "{name}");
    }
    let tools = tools("");
    for (name, expected) in [("__alertmanager", "Menara"), ("__alertmanagerURL", "http://menara/#/alerts?receiver=x")] {
        assert_eq!(tools.templater.text(&template(name), "x", &notification).as_deref(), Ok(expected), "{name}");
    }
    let list = tools.templater.text("{{ template \"__text_alert_list\" .Alerts.Resolved }}", "x", &notification);
    assert_eq!(
        list.as_deref(),
        Ok(
            "Disk nearly full\n alertname = Disk\n instance = merapi\n mountpoint = /\n severity = warning\n 91 % & rising\n"
        )
    );
}
