use super::*;

/// One entry, as `time output text` with `…` behind a text that goes on; `-` when it is none.
fn check(format: LogFormat, line: &str, expected: &str) {
    let shown = |decoded: &mut Vec<u8>| {
        // Something in front, so that positions count.
        let bytes = [b"before\n", line.as_bytes(), b"\nbehind"].concat();
        let entry = format.decode(&bytes, 7..7 + line.len(), decoded)?;
        let text = String::from_utf8_lossy(entry.text.of(&bytes, decoded)).into_owned();
        let output = format!("{:?}", entry.output).to_lowercase();
        Some(format!("{} {output} {text}{}", entry.time_ns, if entry.ended { "" } else { "…" }))
    };
    let mut decoded = b"kept".to_vec();
    let got = shown(&mut decoded);
    assert_eq!(got.as_deref().unwrap_or("-"), expected, "{line}");
    assert!(decoded.starts_with(b"kept") && (got.is_some() || decoded.len() == 4), "{line}");
    // Half an object is none; of the other format every beginning may be an entry.
    for cut in (0..line.trim_end().len()).filter(|cut| line.is_char_boundary(*cut)) {
        let entry = format.decode(line.as_bytes(), 0..cut, &mut Vec::new());
        assert!(format == LogFormat::Cri || expected == "-" || entry.is_none(), "{}", &line[..cut]);
    }
}

fn docker(log: &str, expected: &str) {
    let line = format!(r#"{{"log":"{log}","stream":"stdout","time":"1970-01-01T00:00:01.5Z"}}"#);
    check(LogFormat::DockerJson, &line, &format!("1500000000 stdout {expected}"));
}

#[test]
fn reads_the_texts_of_docker() {
    docker(r"hello\n", "hello");
    docker("hello", "hello…");
    docker("", "…");
    docker(r"\n", "");
    docker(r"\r\n", "");
    docker(r"a\r\n", "a");
    docker(r"a\r", "a\r…");
    docker(r"a\n\n", "a\n");
    docker(r"a\tb\n", "a\tb");
    docker(r#"say \"x\" \\ \/ \b\f\n"#, "say \"x\" \\ / \u{8}\u{c}");
    docker(r"caf\u00e9 \u003ca\u0026b\u003e\n", "café <a&b>");
    docker(r"\ud83d\ude00\n", "😀");
    docker(r"\ud83d\n", "\u{fffd}");
    docker(r"\ud83dx\u0041\n", "\u{fffd}xA");
    docker(r"\ud83d\u0041\n", "\u{fffd}A");
    docker(r"\ude00\ufffd\n", "\u{fffd}\u{fffd}");
    docker("ümlaut 😀\\n", "ümlaut 😀");
}

#[test]
fn reads_the_objects_of_docker() {
    let json = |line: &str, expected: &str| check(LogFormat::DockerJson, line, expected);
    let time = r#""time":"1970-01-01T00:00:00Z""#;
    json(&format!(r#"{{"log":"a\n","stream":"stderr","attrs":{{"k":"v}}","n":[1,{{}}]}},{time}}}"#), "0 stderr a");
    json(&format!(r#" {{ {time} , "x" : -1.5e3 , "log" : "a\n" , "stream" : "stdout" }} "#), "0 stdout a");
    json(&format!(r#"{{"log":"a\n","t":true,"n":null,{time}}}"#), "0 untold a");
    json(&format!(r#"{{"log":"a\n","log":"b\n",{time}}}"#), "0 untold b");
    for wrong in [
        "",
        "{}",
        "text",
        r#"{"log":"a\n"}"#,
        &format!("{{{time}}}"),
        &format!(r#"{{"log":"a\n","stream":"stdin",{time}}}"#),
        &format!(r#"{{"log":"a\n",{time}}}{{"log":"b\n",{time}}}"#),
        &format!(r#"{{"log":"a\n",{time},}}"#),
        &format!(r#"{{"log":"a\x",{time}}}"#),
        &format!(r#"{{"log":"a\u12",{time}}}"#),
        &format!(r#"{{"log":5,{time}}}"#),
        &format!(r#"{{"log":"a\n","x":,{time}}}"#),
        &format!(r#"{{"log":"a\n","x":[1,{time}}}"#),
        r#"{"log":"a\n","time":"yesterday"}"#,
        r#"{"log":"half an en"#,
    ] {
        json(wrong, "-");
    }
}

#[test]
fn reads_the_entries_of_cri() {
    let cri = |line: &str, expected: &str| check(LogFormat::Cri, line, expected);
    cri("1970-01-01T00:00:01.000000002+00:00 stdout F hello there", "1000000002 stdout hello there");
    cri("1970-01-01T02:00:01+02:00 stderr P half", "1000000000 stderr half…");
    cri("1970-01-01T00:00:00Z stdout F ", "0 stdout ");
    cri("1970-01-01T00:00:00Z stdout F", "0 stdout ");
    cri("1970-01-01T00:00:00Z stdout P ", "0 stdout …");
    cri("1970-01-01T00:00:00Z stdout F  two spaces ", "0 stdout  two spaces ");
    cri("1970-01-01T00:00:00Z stdout F crlf\r", "0 stdout crlf");
    cri("1970-01-01T00:00:00Z stdout P:x part\r", "0 stdout part\r…");
    cri("1970-01-01T00:00:00Z stdout F:a:b x", "0 stdout x");
    for wrong in ["", "text", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z stdout", "1970-01-01T00:00:00Z stdin F x"] {
        cri(wrong, "-");
    }
    cri("1970-01-01T00:00:00Z stdout X x", "-");
    cri("1970-01-01 stdout F x", "-");
}

#[test]
fn reads_times() {
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("1970-01-01T00:00:00.1Z", Some(100_000_000)),
        ("1970-01-01T00:00:00.1234567899Z", Some(123_456_789)),
        ("1969-12-31T23:59:59.999999999Z", Some(-1)),
        ("2026-11-25T07:43:11.786542545+00:00", Some(1_795_592_591_786_542_545)),
        ("2026-11-25T14:43:11.786542545+07:00", Some(1_795_592_591_786_542_545)),
        ("2026-11-25T02:13:11.786542545-05:30", Some(1_795_592_591_786_542_545)),
        ("2000-02-29T00:00:00Z", Some(951_782_400_000_000_000)),
        ("2100-02-29T00:00:00Z", None),
        ("2262-04-11T23:47:16Z", Some(9_223_372_036_000_000_000)),
        ("2262-04-11T23:47:17Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("2026-00-01T00:00:00Z", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-04-31T00:00:00Z", None),
        ("2026-04-30T24:00:00Z", None),
        ("2026-04-30T00:60:00Z", None),
        ("2026-04-30T00:00:00", None),
        ("2026-04-30T00:00:00.Z", None),
        ("2026-04-30T00:00:00+1:00", None),
        ("2026-04-30T00:00:00+24:00", None),
        ("2026-04-30t00:00:00Z", None),
        ("+026-04-30T00:00:00Z", None),
    ] {
        assert_eq!(time::parse(text.as_bytes()), expected, "{text}");
    }
    // As the calendar library shows them.
    let mut random = testkit::Random(testkit::seed(4));
    for _ in 0..20_000 {
        let time_ns = (random.next() >> 1) as i64;
        let text = model::time::format_rfc3339_ns(time_ns);
        assert_eq!(time::parse(text.as_bytes()), Some(time_ns), "{text}");
    }
}
