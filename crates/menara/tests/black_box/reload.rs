//! The configuration is read anew while everything runs; and where people reach this server.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fakes::http::{Response as Answer, Server};
use parking_lot::Mutex;
use serde_json::Value;
use testkit::http::{self, Response};

use crate::program::Program;

const EXTERNAL_URL: &str = "https://menara.example.org/watch";

/// A receiver of webhooks, and the messages by the paths that they came to.
struct Hooks {
    server: Server,
    received: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Hooks {
    fn start() -> Hooks {
        let received = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&received);
        let server = Server::start("127.0.0.1:0".parse().expect("an address"), move |request| {
            let message = serde_json::from_slice(&request.body).expect("JSON");
            seen.lock().push((request.target.clone(), message));
            Answer { status: 200, headers: Vec::new(), body: String::new() }
        });
        Hooks { server: server.expect("a port"), received }
    }

    /// Waits for a message at a path that names these alerts.
    fn await_alerts(&self, program: &Program, path: &str, names: &[&str]) -> Value {
        program.wait_for(&format!("{names:?} at {path}"), |_| {
            let received = self.received.lock();
            let found = received.iter().find(|(at, message)| at == path && names_of(message) == names);
            found.map(|(_, message)| message.clone())
        })
    }
}

fn names_of(message: &Value) -> Vec<&str> {
    let alerts = message["alerts"].as_array().expect("a list").iter();
    let mut names: Vec<&str> = alerts.filter_map(|alert| alert["labels"]["alertname"].as_str()).collect();
    names.sort_unstable();
    names
}

/// A configuration directory.
struct Config<'d>(&'d Path);

impl Config<'_> {
    #[expect(clippy::disallowed_methods, reason = "a test may write as it likes")]
    fn write(&self, name: &str, text: &str) {
        let path = self.0.join("config").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// All alerts go to one path of the hooks.
    fn tell(&self, hooks: &Hooks, receiver: &str) {
        let url = format!("http://{}/{receiver}", hooks.server.address());
        self.write(
            "alertmanager.yml",
            &format!(
                "route: {{receiver: {receiver}, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}\nreceivers:\n\
                 - name: {receiver}\n  webhook_configs: [{{url: '{url}'}}]\n"
            ),
        );
    }

    fn rules(&self, alerts: &[&str]) {
        let rules: String = alerts.iter().map(|name| format!("  - {{alert: {name}, expr: vector(1)}}\n")).collect();
        self.write("rules/test.yml", &format!("groups:\n- name: g\n  interval: 1s\n  rules:\n{rules}"));
    }
}

fn start(dir: &Path) -> Program {
    start_looking(dir, "0s")
}

fn start_looking(dir: &Path, interval: &str) -> Program {
    let own = ["--no-shipped-rules", "--external-url", EXTERNAL_URL, "--config.auto-reload-interval", interval];
    Program::start_with(dir, &own)
}

fn reload(program: &Program) -> Response {
    http::post_form(program.address, "/-/reload", "").expect("it answers")
}

/// The value of a series on the program's own page.
fn metric(program: &Program, series: &str) -> Option<f64> {
    let page = program.get("/metrics").body;
    page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

/// Names and moments of the alerts of all rules.
fn rule_alerts(program: &Program) -> Vec<(String, String)> {
    let alerts = program.data("/api/v1/alerts")["alerts"].as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut alerts: Vec<_> =
        alerts.iter().map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["activeAt"]))).collect();
    alerts.sort();
    alerts
}

/// What is told of an alert manager: the names of its alerts, and since when they fire.
fn alerts(program: &Program) -> Vec<(String, String)> {
    let alerts: Value = serde_json::from_str(&program.get("/api/v2/alerts").body).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let alert = |alert: &Value| (text(&alert["labels"]["alertname"]), text(&alert["startsAt"]));
    let mut alerts: Vec<_> = alerts.as_array().expect("a list").iter().map(alert).collect();
    alerts.sort();
    alerts
}

#[test]
fn a_configuration_is_taken_as_a_whole_or_not_at_all() {
    let (dir, hooks) = (tempfile::tempdir().expect("a directory"), Hooks::start());
    let config = Config(dir.path());
    config.tell(&hooks, "first");
    config.rules(&["One"]);
    config
        .write("rules/slow.yml", "groups: [{name: s, interval: 1s, rules: [{alert: Slow, expr: vector(1), for: 1h}]}]");
    let program = start(dir.path());
    let message = hooks.await_alerts(&program, "/first", &["One"]);
    assert_eq!(message["externalURL"], EXTERNAL_URL);
    let link = message["alerts"][0]["generatorURL"].as_str().expect("a link");
    assert!(link.starts_with(&format!("{EXTERNAL_URL}/graph?")), "{link}");
    let waiting =
        program.wait_for("the alert that waits", |p| rule_alerts(p).into_iter().find(|(name, _)| name == "Slow"));
    let firing = alerts(&program);
    let hash = metric(&program, "alertmanager_config_hash").expect("a number");
    let names = ["prometheus_config_last_reload_successful", "alertmanager_config_last_reload_successful"];
    let outcome = |program: &Program| names.map(|name| metric(program, name));
    assert_eq!(outcome(&program), [Some(1.0); 2]);

    // One file is right and says something new, another is wrong: nothing changes.
    config.tell(&hooks, "second");
    config.write("rules/test.yml", "groups:\n- name: g\n  rules:\n  - {alert: One, expr: 'sum('}\n");
    let refused = reload(&program);
    assert_eq!(refused.status, 500, "{}", refused.body);
    assert!(
        refused.body.starts_with("failed to reload config: ") && refused.body.contains("test.yml:"),
        "{}",
        refused.body
    );
    config.rules(&["One", "Two"]);
    config.write("alertmanager.yml", "route: {receiver: nobody}\nreceivers: []\n");
    let refused = reload(&program);
    assert_eq!(refused.status, 500);
    let why = "alertmanager.yml:1:8: undefined receiver \"nobody\" used in route\n";
    assert!(refused.body.ends_with(why), "{}", refused.body);
    assert_eq!(outcome(&program), [Some(0.0); 2]);
    assert_eq!(metric(&program, "alertmanager_config_hash"), Some(hash));
    assert_eq!(rule_alerts(&program).len(), 2);
    assert!(hooks.received.lock().iter().all(|(path, _)| path == "/first"));

    // Both are right.
    config.tell(&hooks, "second");
    let taken = reload(&program);
    assert_eq!((taken.status, &*taken.body), (200, ""));
    assert_eq!(outcome(&program), [Some(1.0); 2]);
    assert_ne!(metric(&program, "alertmanager_config_hash"), Some(hash));
    let names: Vec<Value> = program.data("/api/v1/rules")["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| group["rules"].as_array().expect("rules").iter().map(|rule| rule["name"].clone()).collect())
        .collect();
    assert_eq!(names, [serde_json::json!(["Slow"]), serde_json::json!(["One", "Two"])], "they hold at once");
    hooks.await_alerts(&program, "/second", &["One", "Two"]);
    // What was there has gone on.
    assert!(rule_alerts(&program).contains(&waiting), "{waiting:?}");
    assert!(firing.iter().all(|alert| alerts(&program).contains(alert)), "{firing:?}");
    let group = format!("{{rule_group=\"{};s\"}}", dir.path().join("config/rules/slow.yml").display());
    assert!(metric(&program, &format!("prometheus_rule_evaluations_total{group}")) > Some(0.0));
    assert_eq!(program.get("/-/reload").status, 405);
}

#[test]
fn a_hangup_reads_the_configuration_anew() {
    let (dir, hooks) = (tempfile::tempdir().expect("a directory"), Hooks::start());
    let config = Config(dir.path());
    config.tell(&hooks, "first");
    let program = start(dir.path());
    config.rules(&["One"]);
    program.signal("HUP");
    hooks.await_alerts(&program, "/first", &["One"]);
    config.rules(&["One", "Two"]);
    program.signal("HUP");
    // Told of together, since the group was known.
    hooks.await_alerts(&program, "/first", &["One", "Two"]);
    for (series, expected) in [
        ("alertmanager_alerts{state=\"active\"}", Some(2.0)),
        ("alertmanager_alerts{state=\"suppressed\"}", Some(0.0)),
        ("alertmanager_silences{state=\"active\"}", Some(0.0)),
        ("alertmanager_alerts_invalid_total{version=\"v2\"}", Some(0.0)),
        ("alertmanager_alerts_received_total{status=\"resolved\",version=\"v2\"}", Some(0.0)),
    ] {
        assert_eq!(metric(&program, series), expected, "{series}");
    }
    let page = program.get("/metrics").body;
    for series in [
        "alertmanager_build_info{version=\"0.",
        "alertmanager_alerts_received_total{status=\"firing\",version=\"v2\"} ",
        "alertmanager_notification_latency_seconds_bucket{integration=\"webhook\",le=\"1\"} ",
        "alertmanager_notification_latency_seconds_count{integration=\"webhook\"} ",
    ] {
        assert!(page.contains(series), "{series}: {page}");
    }
    program.signal("TERM");
    assert!(program.wait().success());
}

#[test]
fn changed_files_are_read_anew_by_themselves() {
    let (dir, hooks) = (tempfile::tempdir().expect("a directory"), Hooks::start());
    let config = Config(dir.path());
    config.tell(&hooks, "first");
    let program = start_looking(dir.path(), "50ms");
    // A folder that was not there.
    config.rules(&["One"]);
    hooks.await_alerts(&program, "/first", &["One"]);
    // What is wrong is told once, and what ran goes on.
    config.write("alertmanager.yml", "route: {receiver: nobody}\nreceivers: []\n");
    program.wait_for("the refusal", |program| {
        (metric(program, "alertmanager_config_last_reload_successful") == Some(0.0)).then_some(())
    });
    config.tell(&hooks, "second");
    config.rules(&["One", "Three"]);
    hooks.await_alerts(&program, "/second", &["One", "Three"]);
    assert_eq!(metric(&program, "alertmanager_config_last_reload_successful"), Some(1.0));
}

#[test]
fn requests_may_name_this_server_as_people_do() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = start(dir.path());
    let machine = fs::read_to_string("/proc/sys/kernel/hostname").expect("a name");
    for (host, status) in [
        ("menara.example.org", 200),
        (&format!("{}:{}", machine.trim(), program.address.port())[..], 200),
        ("example.org", 421),
    ] {
        let request = format!("GET /-/healthy HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        assert_eq!(http::send(program.address, &request).expect("it answers").status, status, "{host}");
    }
}
