//! A silence keeps an alert from the phone until it ends.

use std::time::Duration;

use serde_json::json;

use super::house::{House, moment};

const RULES: &str = "
groups:
- name: test
  interval: 1s
  rules:
  - {alert: Noise, expr: vector(1), labels: {severity: info}, annotations: {summary: It hums}}
";
const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_silence_stops_an_alert_until_it_ends() {
    let house = House::new("");
    let program = house.start();
    let silence = json!({
        "matchers": [{"name": "alertname", "value": "No.*", "isRegex": true}],
        "startsAt": moment(Duration::ZERO), "endsAt": moment(HOUR), "createdBy": "me", "comment": "I know",
    });
    let id = program.json("POST", "/api/v2/silences", Some(&silence))["silenceID"].as_str().expect("an id").to_owned();
    // It is in force from the first look on, also of a process that knows of it only from the disk.
    program.kill();
    house.set_rules(RULES);
    let program = house.start();
    let suppressed = [("Noise".to_owned(), "suppressed".to_owned())];
    program.wait_for("the alert", |p| (p.alerts() == suppressed).then_some(()));
    program.await_looks(2);
    assert!(program.metric(r#"alertmanager_notifications_suppressed_total{reason="silence"}"#) >= 1.0);
    assert_eq!(house.messages(), [""; 0]);
    program.json("DELETE", &format!("/api/v2/silence/{id}"), None);
    assert_eq!(house.await_message(&program, 1), "ℹ️ It hums\ninfo");
    assert_eq!(program.alerts(), [("Noise".to_owned(), "active".to_owned())]);
    program.await_looks(2);
    assert_eq!(house.messages().len(), 1);
}
