//! Log lines from end to end: pushed and tailed, found after a kill, read from the command line.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::http;

use crate::program::{BINARY, Program, encode};

/// A promtail.yaml that tails `*.log` in a directory.
pub(crate) fn tail_files(dir: &Path) {
    fs::create_dir_all(dir.join("config")).expect("a directory");
    fs::create_dir_all(dir.join("logs")).expect("a directory");
    let logs = dir.join("logs").display().to_string();
    let text = format!(
        "scrape_configs:\n  - job_name: drill\n    static_configs:\n      - targets: [localhost]\n        \
         labels:\n          job: drill\n          __path__: {logs}/*.log\n"
    );
    let mut file = File::create(dir.join("config/promtail.yaml")).expect("a file");
    file.write_all(text.as_bytes()).expect("it takes the text");
}

/// Appends a line to a file.
pub(crate) fn append(path: &Path, text: &str) {
    let mut file = File::options().create(true).append(true).open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("it takes the text");
}

impl Program {
    /// The texts of the lines that a query finds in the last hour, oldest first; at most 5,000.
    pub(crate) fn lines(&self, query: &str) -> Vec<String> {
        let target = format!("/loki/api/v1/query_range?limit=5000&direction=forward&query={}", encode(query));
        let data = self.data(&target);
        assert_eq!(data["resultType"], "streams", "{query}");
        let streams = data["result"].as_array().expect("a list");
        let mut lines: Vec<(String, String)> = streams
            .iter()
            .flat_map(|stream| stream["values"].as_array().expect("a list"))
            .map(|value| {
                let text = |index: usize| value[index].as_str().expect("a text").to_owned();
                (text(0), text(1))
            })
            .collect();
        // Lines of one time stand in their order already.
        lines.sort_by(|a, b| a.0.cmp(&b.0));
        lines.into_iter().map(|(_, line)| line).collect()
    }

    pub(crate) fn push(&self, body: &str) -> http::Response {
        let head = format!("POST /loki/api/v1/push HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let kind = format!("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        http::send(self.address, &format!("{head}{kind}{body}")).expect("it answers")
    }

    /// The time by Menara's clock, in nanoseconds.
    fn now_ns(&self) -> i64 {
        let seconds = self.wait_for("the clock", |p| p.number("menara_clock_seconds"));
        (seconds * 1e9) as i64
    }
}

#[test]
fn a_tailed_line_is_found_after_a_kill() {
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    let log = dir.path().join("logs/app.log");
    append(&log, "before the start\n");
    let program = Program::start(dir.path());
    program.wait_for("the first line", |p| Some(p.lines(r#"{job="drill"}"#)).filter(|lines| lines.len() == 1));
    append(&log, "level=error msg=\"the needle\" n=1\nnot a whole li");
    program.wait_for("the needle", |p| Some(p.lines(r#"{job="drill"} |= "needle""#)).filter(|l| l.len() == 1));
    program.kill();
    let program = Program::start(dir.path());
    assert_eq!(
        program.lines(r#"{job="drill"} |= "needle""#),
        ["level=error msg=\"the needle\" n=1"],
        "right after the start"
    );
    append(&log, "ne\n");
    let all =
        program.wait_for("the third line", |p| Some(p.lines(r#"{job="drill"}"#)).filter(|lines| lines.len() >= 3));
    assert_eq!(all, ["before the start", "level=error msg=\"the needle\" n=1", "not a whole line"]);
    let levels = program.data(&format!(
        "/loki/api/v1/query?query={}",
        encode(r#"sum by (detected_level) (count_over_time({job="drill"}[1h]))"#)
    ));
    let count = |level: &str| {
        let list = levels["result"].as_array().expect("a list");
        list.iter().find(|s| s["metric"]["detected_level"] == level).map(|s| s["value"][1].clone())
    };
    assert_eq!(count("error"), Some(Value::from("1")), "{levels}");
}

#[test]
fn a_pushed_line_survives_a_kill_at_once() {
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    for round in 0..3 {
        let program = Program::start(dir.path());
        let pushed = program.now_ns();
        let body = format!(
            r#"{{"streams":[{{"stream":{{"app":"shop"}},"values":[["{pushed}","order {round} taken",{{"trace_id":"t{round}"}}]]}}]}}"#
        );
        let answer = program.push(&body);
        assert_eq!((answer.status, &*answer.body), (204, ""));
        program.kill();
    }
    let program = Program::start(dir.path());
    assert_eq!(program.lines(r#"{app="shop"}"#), ["order 0 taken", "order 1 taken", "order 2 taken"]);
    assert_eq!(program.lines(r#"{service_name="shop"} | trace_id="t1""#), ["order 1 taken"]);
    let refused = program.push(r#"{"streams":[{"stream":{"app":"shop"},"values":[["1","far too old"]]}]}"#);
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert_eq!(program.get("/loki/api/v1/query_range?query=%7B").status, 400);
}

#[test]
fn what_is_not_shipped_is_told() {
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    append(&dir.path().join("logs/app.log"), "one\n");
    append(&dir.path().join("logs/binary.log"), "\0\u{1}\u{2}\0\n");
    let program = Program::start(dir.path());
    program.wait_for("the line", |p| Some(p.lines(r#"{job="drill"}"#)).filter(|lines| lines.len() == 1));
    let files = |program: &Program| {
        let body: Value = serde_json::from_str(&program.get("/sensors/files").body).expect("JSON");
        let names = |list: &str| -> Vec<String> {
            let paths = body[list].as_array().expect("a list").iter();
            paths
                .map(|entry| entry["path"].as_str().expect("a path").rsplit('/').next().unwrap_or_default().to_owned())
                .collect()
        };
        (names("files"), names("passed"))
    };
    let told = (vec!["app.log".to_owned()], vec!["binary.log".to_owned()]);
    program.wait_for("the list of files", |p| Some(files(p)).filter(|files| *files == told));
}

#[test]
fn a_broken_promtail_yaml_is_named_with_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    append(&dir.path().join("config/promtail.yaml"), "scrape_confgs: []\n");
    let output = crate::program::command(dir.path()).args(["--listen", "127.0.0.1:0"]).output().expect("it starts");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("promtail.yaml:8:1") && message.contains("scrape_confgs"), "{message}");
}

fn logs(program: &Program, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("logs").args(["--server", &format!("http://{}", program.address)]).args(args);
    command.env_remove("MENARA_SERVER");
    command
}

fn run(mut command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn lines_on_the_command_line() {
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    let log = dir.path().join("logs/app.log");
    append(&log, "one\ntwo\nthree\n");
    let program = Program::start(dir.path());
    program.wait_for("three lines", |p| Some(p.lines(r#"{job="drill"}"#)).filter(|lines| lines.len() == 3));
    let query = r#"{job="drill"}"#;
    assert_eq!(
        run(logs(&program, &[query, "-o", "raw", "--limit", "2"])),
        (Some(0), "two\nthree\n".into(), String::new())
    );
    let (code, out, err) = run(logs(&program, &[query]));
    assert_eq!((code, out.lines().count()), (Some(0), 3), "{out}");
    assert!(out.lines().all(|line| line.contains("Z ")) && err.contains("job=\"drill\""), "{out}{err}");
    let (code, out, _) = run(logs(&program, &[query, "-o", "jsonl"]));
    let last: Value = serde_json::from_str(out.lines().last().expect("a line")).expect("JSON");
    assert_eq!((code, &last["line"], &last["labels"]["job"]), (Some(0), &"three".into(), &"drill".into()));
    let (code, out, _) = run(logs(&program, &[r#"sum(count_over_time({job="drill"}[1h]))"#]));
    assert_eq!(code, Some(0));
    assert!(out.contains("=>") && out.contains("3 @["), "{out}");
    let (code, out, err) = run(logs(&program, &["{job="]));
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(err.contains("parse error"), "{err}");
    assert_eq!(run(logs(&program, &[query, "--since", "soon"])).0, Some(2));
    assert_eq!(run(logs(&program, &[query, "-f", "-o", "xml"])).0, Some(2));

    let follower =
        Follower(logs(&program, &[query, "-f", "-o", "raw"]).stdout(Stdio::piped()).spawn().expect("it starts"));
    follower.check(&log, &["one", "two", "three"]);
    let orphan = logs(&program, &[query]);
    drop(program);
    assert_eq!(run(orphan).0, Some(3));
}

/// A running `menara logs -f`.
struct Follower(Child);

impl Follower {
    /// It shows the past, then each line that is appended.
    fn check(mut self, log: &Path, past: &[&str]) {
        let mut lines = BufReader::new(self.0.stdout.take().expect("a pipe")).lines().map(|line| line.expect("text"));
        for expected in past {
            assert_eq!(lines.next().as_deref(), Some(*expected));
        }
        for n in 0..3 {
            let appended = Instant::now();
            append(log, &format!("later {n}\n"));
            assert_eq!(lines.next(), Some(format!("later {n}")));
            // Far from the second it is meant to take; a machine under load must not fail the test.
            assert!(appended.elapsed() < Duration::from_secs(20), "it took {:?}", appended.elapsed());
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
