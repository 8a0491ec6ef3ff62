//! Real clients of the original work against Menara.

use std::io::Write;
use std::process::{Command, Stdio};

use testkit::peer;

use crate::program::Program;

const PROMTOOL: &str = "/usr/bin/promtool";

#[test]
fn promtool_queries() {
    let Some(promtool) = peer("promtool", PROMTOOL) else { return };
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    program.wait_for("the first reading", |p| p.number(r#"up{job="node"}"#));
    let server = format!("http://{}", program.address);
    for args in [
        &["query", "instant", &server, "up{job=\"node\"}"][..],
        &["query", "range", &server, "up{job=\"node\"}", "--step=1s"],
        &["query", "series", &server, "--match=up"],
        &["query", "labels", &server, "job"],
    ] {
        let output = Command::new(&promtool).args(args).output().expect("promtool starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains("node"), "{args:?}: {text}");
    }
    let wrong = Command::new(&promtool).args(["query", "instant", &server, "sum("]).output().expect("promtool starts");
    assert!(!wrong.status.success());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("parse error"));
}

#[test]
fn promtool_finds_nothing_to_say_about_our_metrics() {
    let Some(promtool) = peer("promtool", PROMTOOL) else { return };
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    program.wait_for("the first reading", |p| p.number(r#"up{job="menara"}"#));
    let metrics = program.get("/metrics").body;
    let mut check = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    check.stdin.take().expect("a pipe").write_all(metrics.as_bytes()).expect("it reads");
    let output = check.wait_with_output().expect("promtool ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
}
