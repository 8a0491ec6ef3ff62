//! amtool from Debian, which must find what it is used to.

use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value;
use tokio::net::TcpListener;

use super::tests::World;

#[expect(clippy::disallowed_methods, reason = "amtool has the machine's time")]
fn now_ms() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    i64::try_from(now.as_millis()).expect("milliseconds fit")
}

/// amtool, pointed at a router on the loopback.
struct Amtool {
    binary: PathBuf,
    url: String,
    world: World,
}

impl Amtool {
    async fn start() -> Option<Amtool> {
        let binary = testkit::peer("amtool", "/usr/bin/amtool")?;
        let world = World::new(now_ms());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = crate::router(std::sync::Arc::clone(&world.api));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Some(Amtool { binary, url, world })
    }

    /// What a command prints; it must succeed.
    async fn run(&self, arguments: &[&str]) -> String {
        // amtool reckons from the machine's time, at which a silence must have begun when it asks for it.
        self.world.clock.set_ms(now_ms());
        let mut command = Command::new(&self.binary);
        // A home that does not exist has no settings of its own.
        command.env_clear().env("HOME", "/nonexistent").env("USER", "tester");
        command.arg(format!("--alertmanager.url={}", self.url)).args(arguments);
        let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("it starts");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "amtool {arguments:?}: {out}{err}");
        out.trim_end().to_owned()
    }

    /// The sorted names of the alerts that a query finds.
    async fn alerts(&self, arguments: &[&str]) -> Vec<String> {
        let found = self.run(&[&["-o", "json", "alert", "query"], arguments].concat()).await;
        let found: Value = serde_json::from_str(&found).expect("JSON");
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<String> = found.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    }

    /// The sorted ids of the silences that a query finds.
    async fn silences(&self, arguments: &[&str]) -> Vec<String> {
        let found = self.run(&[&["silence", "query", "-q"], arguments].concat()).await;
        let mut ids: Vec<String> = found.lines().map(str::to_owned).collect();
        ids.sort();
        ids
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn amtool_adds_and_finds_alerts() {
    let Some(amtool) = Amtool::start().await else { return };
    for added in [
        &["test1", "severity=warning", "--annotation=summary=a <b>"][..],
        &["alertname=test2", "severity=info", "team=web", "--generator-url=http://x/"],
        &["alertname={alertname=test3}", "severity=info"],
    ] {
        amtool.run(&[&["alert", "add"], added].concat()).await;
    }
    for (query, expected) in [
        (&[][..], &["test1", "test2", "{alertname=test3}"][..]),
        (&["test1"], &["test1"]),
        (&["alertname=test2"], &["test2"]),
        (&["severity=info"], &["test2", "{alertname=test3}"]),
        (&["severity=~war.*"], &["test1"]),
        (&["--receiver=web"], &["test2"]),
        (&["--silenced"], &[]),
        (&["absent"], &[]),
    ] {
        assert_eq!(amtool.alerts(query).await, expected, "{query:?}");
    }
    let shown = amtool.run(&["-o", "extended", "alert", "query", "test1"]).await;
    assert!(shown.contains("summary=\"a <b>\"") && shown.contains("active"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn amtool_silences_alerts() {
    let Some(amtool) = Amtool::start().await else { return };
    for name in ["test1", "test2"] {
        amtool.run(&["alert", "add", name, "severity=warning"]).await;
    }
    let add = |matchers: &'static [&'static str]| {
        let options = ["silence", "add", "--comment=a reason", "--author=me", "--duration=2h"];
        let arguments = [&options[..], matchers].concat();
        let amtool = &amtool;
        async move { amtool.run(&arguments).await }
    };
    let first = add(&["test1", "severity=warning"]).await;
    let second = add(&["alertname=~test[2-9]"]).await;
    let mut both = vec![first.clone(), second.clone()];
    both.sort();
    assert_eq!(amtool.silences(&[]).await, both);
    assert_eq!(amtool.silences(&["alertname=test1"]).await, std::slice::from_ref(&first));
    assert_eq!(amtool.silences(&["alertname=~test[2-9]"]).await, std::slice::from_ref(&second));
    assert_eq!(amtool.silences(&["alertname=absent"]).await, [""; 0]);
    assert_eq!(amtool.alerts(&[]).await, [""; 0]);
    assert_eq!(amtool.alerts(&["--silenced"]).await, ["test1", "test2"]);
    // It gets another comment and stays the same silence.
    amtool.run(&["silence", "update", "--comment=another", &first]).await;
    assert_eq!(amtool.silences(&[]).await, both);
    assert!(amtool.run(&["-o", "extended", "silence", "query"]).await.contains("another"));
    amtool.run(&["silence", "expire", &first]).await;
    assert_eq!(amtool.silences(&[]).await, [second]);
    assert_eq!(amtool.silences(&["--expired"]).await, [first]);
    assert_eq!(amtool.alerts(&[]).await, ["test1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn amtool_shows_the_configuration() {
    let Some(amtool) = Amtool::start().await else { return };
    let config = amtool.run(&["config", "show"]).await;
    assert!(config.contains("receiver: default") && !config.contains("user:secret"), "{config}");
    let cluster = amtool.run(&["cluster", "show"]).await;
    assert!(cluster.contains("disabled"), "{cluster}");
}
