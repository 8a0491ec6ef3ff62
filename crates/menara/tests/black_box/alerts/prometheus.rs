//! Debian's Prometheus sends its alerts here.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;
use testkit::peer;

use super::house::{House, write};

const CONFIG: &str = "
global: {evaluation_interval: 1s, external_labels: {site: home}}
rule_files: [rules.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ['MENARA']}]}]}
";
const RULES: &str = "
groups:
- name: test
  rules:
  - alert: FromAfar
    expr: EXPR
    labels: {severity: warning}
    annotations: {summary: 'Prometheus says {{ $value }}', description: 'in {{ $externalLabels.site }}'}
";

/// A running Prometheus; killed when it goes out of scope.
struct Prometheus(Child);

impl Prometheus {
    fn start(binary: &Path, dir: &Path) -> Prometheus {
        let log = File::create(dir.join("log")).expect("a file");
        let child = Command::new(binary)
            .arg(format!("--config.file={}", dir.join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", dir.join("data").display()))
            .args(["--web.listen-address=127.0.0.1:0", "--web.external-url=http://afar:9090/"])
            .args(["--rules.alert.resend-delay=1s"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        Prometheus(child.expect("Prometheus starts"))
    }

    /// Has it read its files again.
    fn reload(&self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().expect("kill runs").success());
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn alerts_of_a_prometheus_reach_the_phone() {
    let Some(binary) = peer("prometheus", "/usr/bin/prometheus") else { return };
    let house = House::new("");
    let program = house.start();
    let dir = tempfile::tempdir().expect("a directory");
    let put = |name: &str, text: String| write(&dir.path().join(name), text.as_bytes());
    put("prometheus.yml", CONFIG.replace("MENARA", &program.address.to_string()));
    put("rules.yml", RULES.replace("EXPR", "vector(42)"));
    let prometheus = Prometheus::start(&binary, dir.path());
    assert_eq!(house.await_message(&program, 1), "⚠️ Prometheus says 42\nwarning\n\nin home");
    let alerts = program.json("GET", "/api/v2/alerts", None);
    let [alert] = alerts.as_array().expect("a list").as_slice() else { panic!("{alerts}") };
    let labels = json!({"alertname": "FromAfar", "severity": "warning", "site": "home"});
    let annotations = json!({"summary": "Prometheus says 42", "description": "in home"});
    let url = "http://afar:9090/graph?g0.expr=vector%2842%29&g0.tab=1";
    for (name, expected) in [
        ("labels", labels),
        ("annotations", annotations),
        ("generatorURL", url.into()),
        ("receivers", json!([{"name": "phone"}])),
    ] {
        assert_eq!(alert[name], expected, "{name}");
    }
    assert_eq!(alert["status"]["state"], "active");
    // It sends the alert again and again.
    program.await_looks(3);
    assert_eq!(house.messages().len(), 1);
    put("rules.yml", RULES.replace("EXPR", "vector(42) < 0"));
    prometheus.reload();
    assert_eq!(house.await_message(&program, 2), "✅ Over: Prometheus says 42\nwas a warning");
    assert_eq!(program.alerts(), []);
}
