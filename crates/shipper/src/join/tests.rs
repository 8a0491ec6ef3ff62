use super::*;
use crate::format::LogFormat::{Cri, DockerJson};

const DOCKER_TIME: &str = "1970-01-01T00:00:00Z";

fn shown(joined: &Joined, bytes: &[u8]) -> Vec<String> {
    let line = |line: &Line| {
        let text = String::from_utf8_lossy(line.text.of(bytes, &joined.decoded)).into_owned();
        let output = match line.output {
            Output::Stdout => "1",
            Output::Stderr => "2",
            Output::Untold => "?",
        };
        let kind = match line.kind {
            Kind::Whole => "",
            Kind::Part => "+",
            Kind::Unfinished => "…",
            Kind::Malformed => "!",
        };
        format!("{output} {text}{kind}")
    };
    joined.lines.iter().map(line).collect()
}

/// Entries as `second output tag text` become those of the format.
fn written(format: LogFormat, entries: &[&str]) -> (String, Vec<usize>) {
    let mut out = String::new();
    let mut starts = Vec::new();
    for entry in entries {
        starts.push(out.len());
        let parts: Vec<&str> = entry.splitn(4, ' ').collect();
        let [second, output, tag, text] = parts.as_slice() else {
            out.push_str(&format!("{entry}\n"));
            continue;
        };
        let time = DOCKER_TIME.replace("00Z", &format!("{second:0>2}Z"));
        let output = if *output == "1" { "stdout" } else { "stderr" };
        match format {
            Cri => out.push_str(&format!("{time} {output} {tag} {text}\n")),
            DockerJson => {
                let end = if *tag == "F" { r"\n" } else { "" };
                out.push_str(&format!(r#"{{"log":"{text}{end}","stream":"{output}","time":"{time}"}}"#));
                out.push('\n');
            }
        }
    }
    starts.push(out.len());
    (out, starts)
}

/// What becomes of entries: the lines, and how many entries need not be read again.
fn check(entries: &[&str], behind: Behind, expected: &[&str], n_consumed: usize) {
    for format in [DockerJson, Cri] {
        let (text, starts) = written(format, entries);
        let joined = join(text.as_bytes(), format, behind, None);
        assert_eq!(shown(&joined, text.as_bytes()), expected, "{format:?} {entries:?}");
        assert_eq!(Some(joined.consumed), starts.get(n_consumed).copied(), "{format:?} {entries:?}");
        assert_eq!(joined.is_open, n_consumed < entries.len(), "{format:?} {entries:?}");
    }
}

#[test]
fn joins_lines() {
    use Behind::{More, Pause};
    check(&[], More, &[], 0);
    check(&["0 1 F a", "0 2 F b", "0 1 F "], More, &["1 a", "2 b", "1 "], 3);
    check(&["0 1 P a", "0 1 P b", "0 1 F c", "0 1 F d"], More, &["1 abc", "1 d"], 4);
    check(&["0 1 P a", "0 1 F "], More, &["1 a"], 2);
    // Nothing behind the beginning of an open line is delivered, so that it is read again as a whole.
    check(&["0 1 F a", "0 1 P b"], More, &["1 a"], 1);
    check(&["0 1 P b", "0 2 F x"], More, &[], 0);
    check(&["0 1 P b", "0 2 F x", "0 1 F c"], More, &["2 x", "1 bc"], 3);
    check(&["0 1 P b", "0 2 P x", "0 1 F c", "0 2 F y"], More, &["1 bc", "2 xy"], 4);
    check(&["0 1 F a", "0 1 P b", "0 2 P x", "0 1 F c"], More, &["1 a"], 1);
    check(&["0 1 P b", "0 2 P x", "0 1 F c", "0 1 P d", "0 2 F y"], More, &[], 0);
    check(&["0 1 P b", "0 1 F c", "0 2 P x", "0 1 F d"], More, &["1 bc"], 2);
    // After a pause what is open is a line.
    check(&["0 1 P a", "0 2 P b"], Pause, &["1 a…", "2 b…"], 2);
    check(&["0 1 P "], Pause, &[], 1);
    // What comes long after is another line.
    check(&["0 1 P a", "5 1 F b"], More, &["1 ab"], 2);
    check(&["0 1 P a", "6 1 F b"], More, &["1 a…", "1 b"], 2);
    check(&["0 1 P a", "6 2 F b", "6 1 F c"], More, &["1 a…", "2 b", "1 c"], 3);
    check(&["0 1 P a", "3 1 P b", "6 1 P c"], More, &["1 ab…"], 2);
    check(&["9 1 P a", "0 1 F b"], More, &["1 ab"], 2);
}

#[test]
fn an_entry_that_cannot_be_read_is_a_line() {
    use Behind::More;
    check(&["0 1 F a", "torn", "0 1 F b"], More, &["1 a", "? torn!", "1 b"], 3);
    check(&["0 1 P a", "torn", "0 1 F b"], More, &["? torn!", "1 ab"], 3);
    check(&["0 1 P a", "torn"], More, &[], 0);
    let joined = join(b"torn\n", DockerJson, More, Some(7));
    assert_eq!(joined.lines[0].time_ns, Some(7));
    assert_eq!(join(b"torn\n", Cri, More, None).lines[0].time_ns, None);
    // What is left of one at the end of a file.
    let text = b"\0\0half an entry";
    assert_eq!(join(text, Cri, Behind::Pause, None).lines, []);
    assert_eq!(shown(&join(text, Cri, Behind::Nothing, None), text), ["? half an entry!"]);
}

#[test]
fn a_line_end_may_lie_in_two_entries() {
    let line = |log: &str| format!("{{\"log\":\"{log}\",\"time\":\"{DOCKER_TIME}\"}}\n");
    for (first, second) in [("a\\r", "\\n"), ("a", "\\r\\n"), ("", "a\\r\\n")] {
        let text = line(first) + &line(second);
        assert_eq!(shown(&join(text.as_bytes(), DockerJson, Behind::More, None), text.as_bytes()), ["? a"]);
    }
}

/// Wherever a read ends, the lines are the same, and what was consumed is not needed any more.
#[test]
fn a_read_may_end_at_any_byte() {
    let entries = [
        "0 1 F first",
        "0 1 P a",
        "0 2 F x",
        "0 1 P é",
        "0 2 P y",
        "0 1 F b",
        "torn 1",
        "0 2 F z",
        "0 1 F tab\\t",
        "0 1 P c",
        "7 2 F w",
        "7 1 F last",
    ];
    for format in [DockerJson, Cri] {
        let (text, _) = written(format, &entries);
        let bytes = text.as_bytes();
        let whole = shown(&join(bytes, format, Behind::More, None), bytes);
        for first in 0..=bytes.len() {
            for second in [first, (first + bytes.len()) / 2, bytes.len()] {
                let (mut at, mut lines) = (0, Vec::new());
                for end in [first, second, bytes.len()] {
                    let joined = join(&bytes[at..end], format, Behind::More, None);
                    lines.extend(shown(&joined, &bytes[at..]));
                    at += joined.consumed;
                }
                let sorted = |mut lines: Vec<String>| {
                    lines.sort();
                    lines
                };
                assert_eq!(at, bytes.len());
                assert_eq!(sorted(lines.clone()), sorted(whole.clone()), "{first} {second}");
                let of = |lines: &[String], output: &str| -> Vec<String> {
                    lines.iter().filter(|line| line.starts_with(output)).cloned().collect()
                };
                for output in ["1", "2", "?"] {
                    assert_eq!(of(&lines, output), of(&whole, output));
                }
            }
        }
    }
}

#[test]
fn long_lines_come_in_parts() {
    for (fill, n_entries, entry_len, tag) in
        [("x", 40, 16_384, "F"), ("é", 40, 8_191, "F"), ("😀", 3, 70_000, "P"), ("x", 17, 16_384, "F")]
    {
        let body = fill.repeat(n_entries * entry_len / fill.len());
        let mut text = String::new();
        let (mut at, mut texts) = (0, 0);
        while at < body.len() {
            let end = (at + entry_len).min(body.len());
            // Runtimes cut where they like; the tests may not, so a character less.
            let end = (0..=end).rev().find(|end| body.is_char_boundary(*end)).unwrap();
            let tag = if end == body.len() { tag } else { "P" };
            text.push_str(&format!("{DOCKER_TIME} stdout {tag} {}\n", &body[at..end]));
            (at, texts) = (end, texts + 1);
        }
        let joined = join(text.as_bytes(), Cri, Behind::Pause, None);
        let parts: Vec<&[u8]> =
            joined.lines.iter().map(|line| line.text.of(text.as_bytes(), &joined.decoded)).collect();
        assert_eq!(parts.concat(), body.as_bytes());
        assert!(parts.iter().all(|part| part.len() <= MAX_LINE_BYTES && std::str::from_utf8(part).is_ok()));
        assert!(
            parts.len() <= body.len() / (MAX_LINE_BYTES - entry_len) + 1,
            "{} parts of {texts} entries",
            parts.len()
        );
        assert_eq!(joined.consumed, text.len());
    }
    // One entry alone may be too long, too.
    let body = "é".repeat(MAX_LINE_BYTES);
    let text = format!("{DOCKER_TIME} stdout F {body}\n");
    let joined = join(text.as_bytes(), Cri, Behind::More, None);
    let parts: Vec<&[u8]> = joined.lines.iter().map(|line| line.text.of(text.as_bytes(), &joined.decoded)).collect();
    assert_eq!((parts.len(), parts.concat()), (2, body.into_bytes()));
}
