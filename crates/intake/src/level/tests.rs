use model::Labels;

use super::*;

fn check(labels: &[(&str, &str)], metadata: &[(&str, &str)], line: &str, expected: &str) {
    let labels = Labels::from_pairs(labels.iter().copied());
    let metadata = Labels::from_pairs(metadata.iter().copied());
    let found = detect_level(labels.as_bytes(), metadata.as_bytes(), line.as_bytes());
    assert_eq!(found, expected, "{labels} {metadata} {line:?}");
}

#[test]
fn labels_come_before_metadata_and_metadata_before_the_line() {
    check(&[("level", "WARNING")], &[("level", "debug")], "level=error", "warn");
    check(&[("LVL", "inf"), ("severity", "err")], &[], "", "error");
    check(&[("level", "NOTICE")], &[], "level=error", "NOTICE");
    check(&[("levels", "warn")], &[("Severity", "Fatal"), ("severity_number", "9")], "level=error", "fatal");
    check(&[], &[("severity_text", "INFO")], "error", "info");
}

#[test]
fn severity_numbers_come_before_the_line() {
    for (number, level) in [
        ("0", "unknown"),
        ("1", "trace"),
        ("8", "debug"),
        ("9", "info"),
        ("13", "warn"),
        ("20", "error"),
        ("24", "fatal"),
        ("25", "unknown"),
        ("x", "info"),
    ] {
        check(&[], &[("severity_number", number)], "level=warn", level);
    }
}

#[test]
fn fields_come_before_words() {
    for (line, level) in [
        (r#"{"msg":"an error","level":"info"}"#, "info"),
        (r#" {"a":{"level":"warn"},"level":"info"} "#, "warn"),
        (r#"{"a":{"b":{"level":"warn"}},"level":"info"}"#, "info"),
        (r#"{"a":[{"level":"warn"},"]"],"n":1.5,"t":true,"level":"trc"}"#, "trace"),
        (r#"{"level":30,"msg":"warn"}"#, "warn"),
        (r#"{"level":"odd","msg":"warn"}"#, "warn"),
        (r#"{"msg":"\"level\":\"warn\"","Lvl":"FATAL"}"#, "fatal"),
        (r#"{"level":"info""#, "info"),
        (r#"{"level":"info" "x"}"#, "info"),
        (r"{}", "unknown"),
        (r#"{"log.level":"error"}"#, "error"),
        (r#"ts=1 msg="an error = level=warn" level=info"#, "info"),
        (r#"level="warn" err=x"#, "warn"),
        (r"a= b =c level=dbg", "debug"),
        (r#"msg="open level=info"#, "info"),
        ("level=", "unknown"),
    ] {
        check(&[], &[], line, level);
    }
}

#[test]
fn words_count_where_they_stand_by_themselves() {
    for (line, level) in [
        ("Error: no such file", Level::Error),
        ("all fine, warnings off, warning given", Level::Warn),
        ("an error.", Level::Error),
        ("error. Then info", Level::Error),
        ("see error.go:12", Level::Unknown),
        ("x.error", Level::Unknown),
        ("\x1b[31mERROR\x1b[0m failed", Level::Error),
        ("\x1b[1;33mwarn", Level::Warn),
        ("31mERROR", Level::Unknown),
        (r#"{"msg":"error\n"}"#, Level::Error),
        ("errors, infos, erro, er", Level::Unknown),
        ("err", Level::Error),
        ("<err>", Level::Error),
    ] {
        assert_eq!(detect_level_in_text(line.as_bytes()), level, "{line:?}");
    }
}

#[test]
fn any_bytes_have_a_level() {
    let pieces: [&[u8]; 14] =
        [b"{", b"}", b"\"", b"\\", b"level", b":", b"=", b",", b"[", b"]", b" ", b"\xff", b"error", b"\x1b[m"];
    let mut state = 1u64;
    for _ in 0..20_000 {
        let mut line = Vec::new();
        for _ in 0..state % 24 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            line.extend_from_slice(pieces[(state >> 33) as usize % pieces.len()]);
        }
        state = state.wrapping_add(1);
        let level = detect_level(&[], &[], &line);
        assert!(Level::ALL.iter().any(|known| known.as_str() == level), "{line:?}");
    }
}
