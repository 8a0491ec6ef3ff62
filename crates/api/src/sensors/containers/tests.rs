use std::collections::BTreeMap;

use containersensor::{Health, LogFile, LogFormat, Runtime, State};
use serde_json::{Value, json};
use testkit::MemoryLogStore;

use super::*;

fn web() -> Container {
    Container {
        id: "ab".repeat(32),
        runtime: Runtime::Docker,
        name: "web".to_owned(),
        image: "nginx:1".to_owned(),
        image_id: "sha256:1".to_owned(),
        labels: BTreeMap::from([("com.docker.compose.project".to_owned(), "shop".to_owned())]),
        state: State::Exited,
        health: Health::Unhealthy,
        exit_code: Some(137),
        oom_killed: true,
        created_ms: Some(1),
        started_ms: Some(2),
        finished_ms: Some(3),
        restarts: Some(4),
        starts: 5,
        restart_policy: "always".to_owned(),
        log: LogFile {
            driver: "json-file".to_owned(),
            path: Some("/var/lib/docker/web.log".into()),
            format: LogFormat::DockerJson,
        },
        ..Container::default()
    }
}

fn told(containers: &[Arc<Container>], lines: Option<&[Option<LastLine>]>, files: &Status) -> Value {
    let sources = [SourceStatus {
        runtime: Runtime::Docker,
        place: "/run/docker.sock".into(),
        state: SourceState::Denied("permission denied".to_owned()),
        version: String::new(),
    }];
    serde_json::from_str(&document("bromo", &sources, containers, lines, files)).expect("JSON")
}

fn followed(state: LogState) -> Status {
    Status { logs: BTreeMap::from([("/var/lib/docker/web.log".into(), state)]), ..Status::default() }
}

#[test]
fn a_container_is_told_whole() {
    let line = LastLine { time_ns: 7, text: "out of \"memory\"".to_owned(), level: "error".to_owned() };
    let got = told(&[Arc::new(web())], Some(&[Some(line)]), &followed(LogState::Followed));
    assert_eq!(
        got,
        json!({
            "host": "bromo",
            "sources": [{
                "runtime": "docker", "place": "/run/docker.sock", "state": "denied", "message": "permission denied", "version": "",
            }],
            "containers": [{
                "id": "ab".repeat(32), "runtime": "docker", "name": "web", "image": "nginx:1", "imageId": "sha256:1",
                "composeProject": "shop", "composeService": "", "pod": "", "state": "exited", "health": "unhealthy",
                "restartPolicy": "always", "exitCode": 137, "restarts": 4, "createdMs": 1, "startedMs": 2, "finishedMs": 3,
                "oomKilled": true, "starts": 5,
                "logs": {"driver": "json-file", "state": "followed", "message": ""},
                "lastLine": {"timeNs": "7", "line": "out of \"memory\"", "level": "error"},
            }],
        })
    );
}

#[test]
fn what_is_not_known_is_null() {
    let got = told(&[Arc::new(Container { id: "cd".repeat(32), ..Container::default() })], None, &Status::default());
    let container = &got["containers"][0];
    for name in ["exitCode", "restarts", "createdMs", "startedMs", "finishedMs"] {
        assert_eq!(container[name], Value::Null, "{name}");
    }
    assert_eq!(container["logs"], json!({"driver": "", "state": "none", "message": ""}));
    assert_eq!(container.get("lastLine"), None);
}

#[test]
fn logs_that_are_not_read_say_why() {
    let files = followed(LogState::Unreadable("cannot be read: denied".to_owned()));
    let mut journald = web();
    journald.log = LogFile { driver: "journald".to_owned(), path: None, format: LogFormat::DockerJson };
    let got = told(&[Arc::new(web()), Arc::new(journald)], None, &files);
    assert_eq!(
        got["containers"][0]["logs"],
        json!({"driver": "json-file", "state": "unreadable", "message": "cannot be read: denied"})
    );
    assert_eq!(got["containers"][1]["logs"]["state"], "unsupported");
    // Its file cannot be seen: the directory is not mounted.
    let created = Container { state: State::Created, ..web() };
    let got = told(&[Arc::new(web()), Arc::new(created)], None, &Status::default());
    assert_eq!(got["containers"][0]["logs"]["state"], "unreadable");
    assert_eq!(got["containers"][1]["logs"]["state"], "none");
}

#[test]
fn the_newest_line_is_found() {
    let store = MemoryLogStore::new();
    let labels = |stream| {
        model::Labels::from_pairs([("job", "containers"), ("container", "web"), ("host", "bromo"), ("stream", stream)])
    };
    let mut level = Vec::new();
    pairs::push_with(&mut level, &[], DETECTED_LEVEL, "warn");
    let entry = |time_ns, line, metadata| storage::LineEntry { time_ns, line, metadata };
    let (out, err) = (labels("stdout"), labels("stderr"));
    let streams = [
        storage::logs::StreamLines {
            labels: out.as_bytes(),
            lines: &[entry(1, b"old", b""), entry(3, b"new", &level)],
        },
        storage::logs::StreamLines { labels: err.as_bytes(), lines: &[entry(2, b"other", b"")] },
    ];
    let batch = storage::LogBatch { token: None, source: None, streams: &streams, body: None };
    store.append(TenantId::default(), &batch).expect("the memory takes it");
    let other = Container { name: "db".to_owned(), ..Container::default() };
    let lines = last_lines(&store, "bromo", &[Arc::new(web()), Arc::new(other)], &CancelToken::new());
    assert_eq!(lines, [Some(LastLine { time_ns: 3, text: "new".to_owned(), level: "warn".to_owned() }), None]);
}
