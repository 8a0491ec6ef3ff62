use super::*;

fn check_display(pairs: &[(&str, &str)], expected: &str) {
    assert_eq!(Labels::from_pairs(pairs.iter().copied()).to_string(), expected);
}

#[test]
fn prints_as_prometheus_does() {
    check_display(&[], "{}");
    check_display(&[("job", "node"), ("__name__", "up")], r#"{__name__="up", job="node"}"#);
    check_display(&[("a.b", "x")], r#"{"a.b"="x"}"#);
    check_display(&[("a", "q\"\\\n\t\u{1}é")], r#"{a="q\"\\\n\t\x01é"}"#);
    check_display(&[("a", "1"), ("a", "2"), ("b", "")], r#"{a="2"}"#);
}

fn check_bytes(bytes: &[u8], expected: Result<&str, InvalidLabels>) {
    let got = Labels::from_bytes(bytes).map(|labels| labels.to_string());
    assert_eq!(got, expected.map(ToOwned::to_owned));
}

#[test]
fn takes_bytes_from_outside() {
    check_bytes(b"", Ok("{}"));
    check_bytes(b"\x0a\x06\x0a\x01a\x12\x01b", Ok(r#"{a="b"}"#));
    // Unsorted, with an empty value, and with the value before the name.
    check_bytes(
        b"\x0a\x06\x0a\x01b\x12\x011\x0a\x06\x12\x012\x0a\x01a\x0a\x05\x0a\x01c\x12\x00",
        Ok(r#"{a="2", b="1"}"#),
    );
    check_bytes(b"\x0a\x06\x0a\x01a\x12\x01b\x0a\x06\x0a\x01a\x12\x01c", Err(InvalidLabels::DuplicateName));
    check_bytes(b"\x0a\x03\x12\x01b", Err(InvalidLabels::EmptyName));
    check_bytes(b"\x0a\x06\x0a\x01\xff\x12\x01b", Err(InvalidLabels::NotUtf8));
    check_bytes(b"\x0a\x07\x0a\x01a\x12\x01b", Err(InvalidLabels::Malformed));
    check_bytes(b"\x0a\x06\x0a\x01a\x1a\x01b", Err(InvalidLabels::Malformed));
    check_bytes(b"\x12\x06\x0a\x01a\x12\x01b", Err(InvalidLabels::Malformed));
    check_bytes(b"\x0a\xff\xff\xff\xff\xff\xff", Err(InvalidLabels::Malformed));
    check_bytes(b"\x0a", Err(InvalidLabels::Malformed));
}

#[test]
fn canonical_bytes_come_back_as_they_are() {
    let long = "v".repeat(300);
    let labels = Labels::from_pairs([("zone", "a"), ("__name__", "x"), ("long", &long)]);
    assert!(matches!(canonicalise(labels.as_bytes()), Ok(std::borrow::Cow::Borrowed(_))));
    assert_eq!(labels.get("long"), long);
    assert_eq!(labels.len(), 3);
    assert_eq!(Labels::from_bytes(labels.as_bytes()).as_ref(), Ok(&labels));
}

#[test]
fn orders_by_pairs() {
    let set = |pairs: &[(&str, &str)]| Labels::from_pairs(pairs.iter().copied());
    let sorted = [
        set(&[]),
        set(&[("__name__", "a")]),
        set(&[("__name__", "a"), ("b", "1")]),
        set(&[("__name__", "a"), ("b", "10")]),
        set(&[("__name__", "a"), ("b", "2")]),
        set(&[("__name__", "a"), ("c", "1")]),
        set(&[("__name__", "aa")]),
        set(&[("b", "0")]),
    ];
    for pair in sorted.windows(2) {
        assert!(pair[0] < pair[1], "{} < {}", pair[0], pair[1]);
    }
}

#[test]
fn builds_from_another_set() {
    let labels = Labels::from_pairs([("__name__", "up"), ("job", "node"), ("instance", "a")]);
    let mut builder = labels.to_builder();
    builder.set("job", "").set("zone", "x").remove("absent");
    assert_eq!(builder.get("zone"), "x");
    assert_eq!(builder.build().to_string(), r#"{__name__="up", instance="a", zone="x"}"#);
    assert_eq!(labels.without_name().to_string(), r#"{instance="a", job="node"}"#);
    assert_eq!(labels.filter(|n| n == "job").get("job"), "node");
}
