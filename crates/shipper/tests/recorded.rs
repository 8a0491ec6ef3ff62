//! Logs that real runtimes wrote; what they are is in `fixtures/README.md`.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use common::{Bench, log};
use shipper::LogFormat::{Cri, DockerJson};
use shipper::{LogFormat, Settings};

/// Ships a log until its open lines were waited for. The lines, with what stands in them more than twelve times counted: `x×20000`.
fn check(names: &[&str], format: LogFormat, expected: &[&str], unfinished: u64) {
    let mut bench = Bench::new("*");
    bench.settings = Settings::default();
    for name in names {
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        fs::copy(fixture, bench.path(name)).unwrap();
    }
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(bench.path(names.last().unwrap()), format, "c")]);
    bench.rounds(&mut shipper, 10);
    let state = bench.sink.0.lock();
    let shown: Vec<String> =
        state.lines.iter().map(|(labels, _, line)| format!("{} {}", labels.get("stream"), counted(line))).collect();
    assert_eq!(shown, expected);
    let counters = shipper.counters();
    assert_eq!(counters.malformed_entries.load(Ordering::Relaxed), 0);
    assert_eq!(counters.unfinished_lines.load(Ordering::Relaxed), unfinished);
}

fn counted(line: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == first).count();
        let (this, behind) = rest.split_at(run * first.len_utf8());
        shown.push_str(&if run > 12 { format!("{first}×{run}") } else { this.to_owned() });
        rest = behind;
    }
    shown
}

const LINES: [&str; 9] = [
    "stdout hello",
    "stdout quote \" back \\ tab\t é 😀",
    "stdout x×20000",
    "stdout \u{1b}[31mred\u{1b}[0m",
    "stdout bad \u{fffd} byte",
    "stdout <a&b>",
    "stdout ",
    "stdout crlf",
    "stderr err",
];

#[test]
fn docker() {
    let [hello, quote, x, red, bad, a_b, empty, crlf, err] = LINES;
    let all = [hello, quote, x, red, bad, a_b, empty, crlf, err, "stderr Ex×20000", "stdout no end"];
    check(&["docker.log"], DockerJson, &all, 1);
    check(&["docker-tty.log"], DockerJson, &["stdout one", "stdout two", "stdout halfdone", "stdout last"], 1);
}

#[test]
fn podman() {
    // Until the end of the second long line comes, what stands behind its beginning waits.
    let [hello, quote, x, red, bad, a_b, empty, crlf, err] = LINES;
    let all = [hello, quote, err, x, red, bad, a_b, empty, crlf, "stdout no end", "stderr Ex×20000"];
    check(&["podman.log"], Cri, &all, 1);
    check(&["podman-tty.log"], Cri, &["stdout one", "stdout two", "stdout halfdone", "stdout last"], 1);
}

/// A line is cut where Docker rotated within it.
#[test]
fn docker_rotated_within_a_line() {
    let all = ["stdout y×65536", "stdout y×34464", "stdout small"];
    check(&["docker-rotated.log.1", "docker-rotated.log"], DockerJson, &all, 1);
}
