//! What a user gets within seconds, with nothing configured.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::program::Program;

#[test]
fn the_host_is_there_within_ten_seconds() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    let cpus = program
        .wait_for("a rate of the processors", |p| p.number(r#"count(rate(node_cpu_seconds_total{mode="idle"}[1m]))"#));
    assert!(program.started.elapsed() < Duration::from_secs(10), "it took {:?}", program.started.elapsed());
    let cores = std::fs::read_to_string("/proc/stat")
        .expect("Linux")
        .lines()
        .filter(|l| l.starts_with("cpu") && !l.starts_with("cpu "))
        .count();
    assert_eq!(cpus, cores as f64);
    for expr in [
        "node_memory_MemTotal_bytes",
        "node_load1",
        "count(node_filesystem_size_bytes) > 0",
        "count(node_network_receive_bytes_total) > 0",
        "count(node_uname_info)",
        r#"up{job="node"} == 1"#,
        r#"up{job="menara"} == 1"#,
        r#"process_resident_memory_bytes{job="menara"}"#,
    ] {
        assert!(program.number(expr).is_some(), "{expr} has no value");
    }
    assert_eq!(program.get("/-/ready").status, 200);
    assert_eq!(program.get("/-/healthy").status, 200);
    let parts: Vec<&str> = program.greeting.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(parts, ["menara", "config", "metrics", "logs", "files", "alerts", "host", "web"]);
}

#[test]
fn text_and_store_say_the_same() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    program.wait_for("the first reading", |p| p.number(r#"up{job="node"}"#));
    let text = program.get("/sensors/host/metrics");
    assert!(text.header("content-type").is_some_and(|t| t.starts_with("text/plain; version=0.0.4")));
    let exposed: BTreeSet<&str> =
        text.body.lines().filter_map(|l| l.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let stored = program.data("/api/v1/label/__name__/values?match[]=%7Bjob%3D%22node%22%7D");
    let stored: BTreeSet<&str> = stored.as_array().expect("a list").iter().filter_map(|name| name.as_str()).collect();
    let missing: Vec<&&str> = exposed.difference(&stored).collect();
    assert!(missing.is_empty(), "in the text but not in the store: {missing:?}");
    let described = program.data("/api/v1/metadata");
    for name in exposed {
        assert!(described[name][0]["help"].is_string(), "{name} has no metadata");
    }
}

#[test]
fn a_config_that_is_not_read_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(dir.path().join("config")).expect("a directory");
    std::fs::File::create(dir.path().join("config/loki.yaml")).expect("a file");
    let program = Program::start(dir.path());
    assert!(program.greeting[1].contains("1 file"), "{:?}", program.greeting);
}
