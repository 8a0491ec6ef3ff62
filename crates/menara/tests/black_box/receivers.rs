//! One alert goes to receivers of several kinds: what each of them is sent, and what becomes of kinds that are not built.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use fakes::http::{Request, Response, Server};
use serde_json::{Value, json};
use testkit::http;

use crate::program::{BINARY, Program};

const CONFIG: &str = r##"
route: {receiver: house, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: house
  webhook_configs:
  - url: FAKE/hook
  - url: FAKE/own/{{ .GroupLabels.alertname }}
    payload: {subject: '{{ template "__subject" . }}', alerts: '{{ len .Alerts }}', hosts: ['{{ .CommonLabels.instance }}', 7]}
  slack_configs:
  - api_url: FAKE/services/x
    channel: '#home'
    send_resolved: true
    short_fields: true
    fields: [{title: Host, value: '{{ .CommonLabels.instance }}'}, {title: Long, value: text, short: false}]
    actions: [{type: button, text: Look, url: '{{ .ExternalURL }}'}]
    message_text: '{{ .Status }}'
  - {app_token_file: token, app_url: FAKE/api/chat.postMessage, channel: '#app', text: t, title: '', title_link: ''}
  pagerduty_configs:
  - routing_key: key
    url: FAKE/v2/enqueue
    severity: '{{ .CommonLabels.severity }}'
    class: '{{ .GroupLabels.alertname }}'
    details: {firing: none, hosts: ['{{ .CommonLabels.instance }}']}
    links: [{href: 'http://l/', text: '{{ .Status }}'}]
  opsgenie_configs: [{api_key: SECRET, api_url: FAKE/opsgenie}]
"##;
/// The SHA-256 of `{}:{alertname="Disk"}`.
const INCIDENT: &str = "849f8175e1fa447711c42b6e6cfb199b37d2ba91e3e51a900048a82f9cf0abaa";
const HOOK: &str = "/hook";
const OWN: &str = "/own/Disk";
const SLACK: &str = "/services/x";
const SLACK_APP: &str = "/api/chat.postMessage";
const PAGERDUTY: &str = "/v2/enqueue";

/// Takes everything, and answers Slack as Slack does.
struct Fake {
    server: Server,
    kept: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    fn start() -> Fake {
        let kept: Arc<Mutex<Vec<Request>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
            keep.lock().expect("no panic").push(request.clone());
            let body = if request.target == SLACK { "ok" } else { r#"{"ok":true}"# };
            Response { status: 202, headers: Vec::new(), body: body.to_owned() }
        });
        Fake { server: server.expect("a port"), kept }
    }

    /// All that was sent, by path.
    fn sent(&self) -> BTreeMap<String, Vec<Value>> {
        let mut sent: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for request in self.kept.lock().expect("no panic").iter() {
            let body = serde_json::from_slice(&request.body).expect("JSON");
            sent.entry(request.target.clone()).or_default().push(body);
        }
        sent
    }

    /// Waits until each of these paths was sent so many messages; the last one of each.
    fn wait_for(&self, program: &Program, paths: &[&str], n: usize) -> BTreeMap<String, Value> {
        program.wait_for(&format!("message {n} to {paths:?}"), |_| {
            let sent = self.sent();
            let last = |path: &&str| {
                let messages = sent.get(*path).filter(|messages| messages.len() == n)?;
                Some(((*path).to_owned(), messages.last()?.clone()))
            };
            paths.iter().map(last).collect()
        })
    }
}

fn write(path: &Path, text: &str) {
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
}

/// Starts Menara with its log in a file.
fn start(dir: &Path, log: &Path) -> Program {
    let mut command = Command::new("sh");
    command.args(["-c", r#"exec "$@" 2>"$LOG""#, "sh", BINARY, "serve", "--no-shipped-rules"]).env("LOG", log);
    command.arg("--data-dir").arg(dir.join("data")).arg("--config-dir").arg(dir.join("config"));
    Program::spawn(command)
}

/// Posts the alert, which began long ago and ends at a time.
fn post(program: &Program, ends_at: &str) {
    let alerts = json!([{
        "labels": { "alertname": "Disk", "instance": "bromo", "severity": "warning" },
        "annotations": { "summary": "Disk nearly full" },
        "startsAt": "2023-11-14T22:13:20Z",
        "endsAt": ends_at,
        "generatorURL": "http://p/",
    }])
    .to_string();
    let head = format!("POST /api/v2/alerts HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", program.address);
    let length = alerts.len();
    let request = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{alerts}");
    let response = http::send(program.address, &request).expect("it answers");
    assert_eq!(response.status, 200, "{}", response.body);
}

/// How many notifications a kind gave up, as the page of metrics says.
fn failed(program: &Program, kind: &str) -> f64 {
    let series = format!("alertmanager_notifications_failed_total{{integration=\"{kind}\"}} ");
    let page = program.get("/metrics").body;
    let value = page.lines().find_map(|line| line.strip_prefix(&*series));
    value.unwrap_or_else(|| panic!("no {series}in {page}")).parse().expect("a number")
}

/// What each path is sent, while it fires and when it is over.
fn expected(url: &str, sent: &Value, fires: bool) -> BTreeMap<String, Value> {
    let link = format!("{url}/#/alerts?receiver=house");
    let status = if fires { "firing" } else { "resolved" };
    let subject = if fires { "[FIRING:1] Disk" } else { "[RESOLVED] Disk" };
    let labels = json!({ "alertname": "Disk", "instance": "bromo", "severity": "warning" });
    let annotations = json!({ "summary": "Disk nearly full" });
    let alert = json!({
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": "2023-11-14T22:13:20Z",
        "endsAt": if fires { "0001-01-01T00:00:00Z" } else { "2023-11-14T22:41:20Z" },
        "generatorURL": "http://p/",
        "fingerprint": sent["alerts"][0]["fingerprint"],
    });
    let hook = json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"Disk\"}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "house",
        "notification_reason": if fires { "first notification" } else { "all alerts resolved" },
        "groupLabels": { "alertname": "Disk" },
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "routeLabels": {},
        "externalURL": url,
        "alerts": [alert],
    });
    let attachment = |title: &str, text: &str| {
        json!({
            "fallback": subject,
            "callback_id": "",
            "footer": "",
            "text": text,
            "title": title,
            "color": if fires { "danger" } else { "good" },
            "mrkdwn_in": ["fallback", "pretext", "text"],
        })
    };
    let text = if fires { "*Disk nearly full* on bromo\n" } else { "over: Disk nearly full on bromo\n" };
    let mut slack = attachment(subject, text);
    slack["title_link"] = link.clone().into();
    slack["fields"] = json!([
        { "title": "Host", "value": "bromo", "short": true },
        { "title": "Long", "value": "text", "short": false },
    ]);
    slack["actions"] = json!([{ "type": "button", "text": "Look", "url": url }]);
    let mut app = attachment("", "t");
    app.as_object_mut().expect("an object").remove("title");
    let pagerduty = json!({
        "routing_key": "key",
        "event_action": if fires { "trigger" } else { "resolve" },
        "dedup_key": INCIDENT,
        "client": "Menara",
        "client_url": link,
        "payload": {
            "summary": subject,
            "source": "Menara",
            "severity": "warning",
            "class": "Disk",
            "custom_details": {
                "firing": "none",
                "resolved": if fires { json!([]) } else { json!([alert]) },
                "num_firing": u8::from(fires),
                "num_resolved": u8::from(!fires),
                "hosts": ["bromo"],
            },
        },
        "links": [{ "href": "http://l/", "text": status }],
    });
    let of = |path: &str, body: Value| (path.to_owned(), body);
    let username = "Menara";
    BTreeMap::from([
        of(HOOK, hook),
        of(OWN, json!({ "subject": subject, "alerts": 1, "hosts": ["bromo", 7] })),
        of(SLACK, json!({ "channel": "#home", "username": username, "text": status, "attachments": [slack] })),
        of(SLACK_APP, json!({ "channel": "#app", "username": username, "attachments": [app] })),
        of(PAGERDUTY, pagerduty),
    ])
}

#[test]
fn every_kind_is_told_in_its_own_words() {
    let dir = tempfile::tempdir().expect("a directory");
    let fake = Fake::start();
    let config = dir.path().join("config");
    fs::create_dir(&config).expect("a directory");
    write(&config.join("token"), "xoxb\n");
    let text = CONFIG.replace("FAKE", &format!("http://{}", fake.server.address()));
    write(&config.join("alertmanager.yml"), &text);
    let log = dir.path().join("log");
    let program = start(dir.path(), &log);
    let url = format!("http://{}", program.address);

    post(&program, "2099-01-01T00:00:00Z");
    let all = [HOOK, OWN, SLACK, SLACK_APP, PAGERDUTY];
    let sent = fake.wait_for(&program, &all, 1);
    assert_eq!(sent, expected(&url, &sent[HOOK], true));

    post(&program, "2023-11-14T22:41:20Z");
    // Only where it is asked for does Slack learn that it is over.
    let told = [HOOK, OWN, SLACK, PAGERDUTY];
    let sent = fake.wait_for(&program, &told, 2);
    let mut over = expected(&url, &sent[HOOK], false);
    over.remove(SLACK_APP);
    assert_eq!(sent, over);

    program.wait_for("a notification that was given up", |p| (failed(p, "opsgenie") >= 1.0).then_some(()));
    for kind in ["webhook", "slack", "pagerduty"] {
        assert_eq!(failed(&program, kind), 0.0, "{kind}");
    }
    let sent = fake.sent();
    assert_eq!(sent.keys().collect::<Vec<_>>(), [SLACK_APP, HOOK, OWN, SLACK, PAGERDUTY], "nothing went elsewhere");
    let app = fake.kept.lock().expect("no panic").iter().find(|request| request.target == SLACK_APP).cloned();
    assert_eq!(app.expect("a request").header("authorization"), "Bearer xoxb");
    drop(program);
    let log = fs::read_to_string(log).expect("a log");
    let warning = log.lines().find(|line| line.contains("opsgenie_configs")).unwrap_or_else(|| panic!("{log}"));
    for part in [" WARN ", "not built yet", "what goes to it counts as failed"] {
        assert!(warning.contains(part), "{warning}");
    }
    assert!(log.contains("not built yet: opsgenie") && !log.contains("SECRET"), "{log}");
}
