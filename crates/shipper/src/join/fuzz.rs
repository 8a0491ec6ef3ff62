//! Logs with bytes changed: nothing panics, nothing is lost, wherever a read ends, and what is an object for another reader is the same one for
//! ours. `FUZZ_ITERATIONS` says how many are tried.

use testkit::Random;

use super::*;
use crate::format::LogFormat::{Cri, DockerJson};

fn iterations() -> usize {
    std::env::var("FUZZ_ITERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

/// Pieces of entries, weighted to what has a meaning.
const PARTS: &[&str] = &[
    "{\"log\":\"a line\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-25T07:43:11.786542545Z\"}\n",
    "{\"log\":\"half \",\"stream\":\"stdout\",\"time\":\"2026-11-25T07:43:12Z\"}\n",
    "{\"log\":\"half \",\"stream\":\"stderr\",\"attrs\":{\"a\":[\"}\"]},\"time\":\"2026-11-25T07:43:12.5Z\"}\n",
    "{\"log\":\"rest\\r\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-25T07:43:19Z\"}\n",
    "{\"log\":\"\\u003c\\ud83d\\ude00 \\\"é\\\\\\n\",\"time\":\"2026-11-25T07:43:11Z\"}\n",
    "2026-11-25T07:43:11.786542545+00:00 stdout F a line\n",
    "2026-11-25T07:43:12+02:00 stderr P half\r\n",
    "2026-11-25T07:43:12+02:00 stdout P:x half\n",
    "2026-11-25T07:43:19+02:00 stderr F\n",
    "\0\0\0",
    "\r\n",
    "{\"log\":\"",
    "\\n\"",
    "\\u",
    "\\ud800",
    ",",
    "}",
    "]",
    ":",
    "\"",
    "\\",
    " F ",
    " P ",
    "\u{fffd}",
];

fn text(random: &mut Random) -> Vec<u8> {
    let mut text: Vec<u8> = Vec::new();
    let whole = random.below(4) > 0;
    for _ in 0..random.below(16) {
        let parts = if whole { PARTS.get(..9) } else { Some(PARTS) };
        let parts = parts.unwrap();
        text.extend_from_slice(parts[random.below(parts.len())].as_bytes());
    }
    for _ in 0..random.below(4) {
        if text.is_empty() {
            break;
        }
        let at = random.below(text.len());
        match random.below(4) {
            0 => text[at] = random.next() as u8,
            1 => drop(text.drain(at..(at + 1 + random.below(9)).min(text.len()))),
            2 => text.insert(at, b"\"\\{}\n, P"[random.below(8)]),
            _ => text.truncate(at),
        }
    }
    text
}

type Shown = (usize, Vec<u8>, Kind);

fn lines(joined: &Joined, bytes: &[u8]) -> Vec<Shown> {
    let line = |line: &Line| (line.output as usize, line.text.of(bytes, &joined.decoded).to_vec(), line.kind);
    joined.lines.iter().map(line).collect()
}

fn by_output(lines: &[Shown], output: usize) -> Vec<&Shown> {
    lines.iter().filter(|(of, ..)| *of == output).collect()
}

#[test]
fn no_log_brings_it_down() {
    let seed = testkit::seed(7);
    for iteration in 0..iterations() as u64 {
        let mut random = Random(seed.wrapping_add(iteration));
        let (bytes, format) = (text(&mut random), [DockerJson, Cri][random.below(2)]);
        let what = || format!("iteration {iteration}: {:?}", String::from_utf8_lossy(&bytes));
        for behind in [Behind::Pause, Behind::Nothing] {
            let all = join(&bytes, format, behind, None);
            let whole_lines = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let least = if behind == Behind::Nothing { bytes.len() } else { whole_lines };
            assert!(all.consumed >= least && !all.is_open, "{}", what());
        }
        let whole = join(&bytes, format, Behind::More, None);
        let expected = lines(&whole, &bytes);
        let (mut at, mut end, mut got) = (0, 0, Vec::new());
        while end < bytes.len() {
            end = (end + 1 + random.below(60)).min(bytes.len());
            let joined = join(&bytes[at..end], format, Behind::More, None);
            got.extend(lines(&joined, &bytes[at..]));
            at += joined.consumed;
        }
        assert_eq!(at, whole.consumed, "{}", what());
        for output in 0..Output::ALL.len() {
            assert_eq!(by_output(&got, output), by_output(&expected, output), "{}", what());
        }
        for line in bytes.split(|byte| *byte == b'\n') {
            compare(line);
        }
    }
}

/// What another reader takes for an entry of Docker is one for ours, and the same.
fn compare(line: &[u8]) {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(line) else { return };
    let text = |name: &str| object.get(name).and_then(serde_json::Value::as_str);
    let (Some(log), Some("2026-11-25T07:43:12Z")) = (text("log"), text("time")) else { return };
    let output = match text("stream") {
        Some("stdout") => Output::Stdout,
        Some("stderr") => Output::Stderr,
        None if !object.contains_key("stream") => Output::Untold,
        _ => return,
    };
    let mut decoded = Vec::new();
    let shown = String::from_utf8_lossy(line);
    let entry = DockerJson.decode(line, 0..line.len(), &mut decoded);
    let entry = entry.unwrap_or_else(|| panic!("not an entry: {shown}"));
    let line_text = log.strip_suffix('\n').map_or(log, |line| line.strip_suffix('\r').unwrap_or(line));
    assert_eq!(entry.text.of(line, &decoded), line_text.as_bytes(), "{shown}");
    assert_eq!((entry.output, entry.ended), (output, log.ends_with('\n')), "{shown}");
}
