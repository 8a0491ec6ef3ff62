//! What stages and filters are given: addresses, paths, patterns, durations, sizes, and small rules about text.

use logql_syntax::ast::{Expr, JsonKey, LabelFilterKind, PatternPart, StageKind};
use logql_syntax::{duration, parse, parse_json_path, parse_logfmt_key, parse_pattern, size, text};

fn address_passes(pattern: &str, address: &str) -> bool {
    let query = format!("{{a=`b`}} | x=ip(`{pattern}`)");
    let Ok(Expr::Log(log)) = parse(&query) else { panic!("{pattern}") };
    let StageKind::LabelFilter(filter) = &log.stages[0].kind else { panic!("{pattern}") };
    let LabelFilterKind::Ip { pattern, .. } = &filter.kind else { panic!("{query}") };
    let Ok(address) = address.parse() else { panic!("{address}") };
    pattern.range.is_some_and(|range| range.contains(address))
}

#[test]
fn addresses() {
    for (pattern, inside, outside) in [
        ("1.2.3.4", "1.2.3.4", "1.2.3.5"),
        ("10.1.2.3/8", "10.255.0.1", "11.0.0.0"),
        ("0.0.0.0/0", "255.255.255.255", "::1"),
        ("1.2.3.4/32", "1.2.3.4", "1.2.3.3"),
        ("1.2.3.4-1.2.4.1", "1.2.3.255", "1.2.4.2"),
        ("1.2.3.4 - 1.2.4.1", "1.2.4.1", "1.2.3.3"),
        ("2001:db8::/32", "2001:db8:ffff::", "2001:db9::"),
        ("::/0", "1::", "1.1.1.1"),
        ("::1-::8", "::8", "::9"),
    ] {
        assert!(address_passes(pattern, inside), "{pattern} {inside}");
        assert!(!address_passes(pattern, outside), "{pattern} {outside}");
    }
    for pattern in [
        "",
        "x",
        "1.2.3",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/08",
        "1.2.3.4/-1",
        "::1/129",
        "1.1.1.1-::1",
        "2.2.2.2-1.1.1.1",
    ] {
        assert!(parse(&format!("{{a=`b`}} | x=ip(`{pattern}`)")).is_err(), "{pattern}");
    }
}

#[test]
fn json_paths() {
    let key = |text: &str| JsonKey::Key(text.to_owned());
    for (text, expected) in [
        ("a", vec![key("a")]),
        (" a . b_1 ", vec![key("a"), key("b_1")]),
        ("[\"a b\"].c[12][\"]\"]", vec![key("a b"), key("c"), JsonKey::Index(12), key("]")]),
        ("[0]", vec![JsonKey::Index(0)]),
    ] {
        assert_eq!(parse_json_path(text), Ok(expected), "{text}");
    }
    for text in ["", ".a", "a.", "a[", "a[]", "a[\"b]", "a[b]", "a b", "a]", "1", "ü", "a-b", "[99999999999999999999]"]
    {
        assert!(parse_json_path(text).is_err(), "{text}");
    }
}

#[test]
fn logfmt_keys() {
    for text in ["a", "a.b-c/d@e", " _1 "] {
        assert_eq!(parse_logfmt_key(text), Ok(text.trim()));
    }
    for text in ["", "1", "a b", "aü", "\"a\"", "a[0]"] {
        assert!(parse_logfmt_key(text).is_err(), "{text}");
    }
}

#[test]
fn patterns() {
    let literal = |text: &str| PatternPart::Literal(text.to_owned());
    let capture = |text: &str| PatternPart::Capture(Some(text.to_owned()));
    for (text, expected) in [
        ("", vec![]),
        ("<_>", vec![PatternPart::Capture(None)]),
        ("a<b>c", vec![literal("a"), capture("b"), literal("c")]),
        ("<a b><1><><c", vec![literal("<a b><1><><c")]),
        ("<<a>>", vec![literal("<"), capture("a"), literal(">")]),
        ("é<_x1>▶", vec![literal("é"), capture("_x1"), literal("▶")]),
    ] {
        assert_eq!(parse_pattern(text).parts, expected, "{text}");
    }
}

#[test]
fn durations() {
    for (text, ns, printed) in [
        ("1h15m30.918273645s", 4_530_918_273_645, "1h15m30.918273645s"),
        ("1w2d", 777_600_000_000_000, "216h0m0s"),
        ("-1.5h", -5_400_000_000_000, "-1h30m0s"),
        ("10μs", 10_000, "10µs"),
        ("1.5ms", 1_500_000, "1.5ms"),
        (".5s", 500_000_000, "500ms"),
        ("1m.5s", 60_500_000_000, "1m0.5s"),
        ("7ns", 7, "7ns"),
        ("0", 0, "0s"),
        ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
    ] {
        assert_eq!(duration::parse_ns(text), Ok(ns), "{text}");
        assert_eq!(duration::format_go(ns), printed);
        assert_eq!(duration::parse_ns(printed), Ok(ns), "{printed}");
    }
    for (text, error) in [
        ("1", "time: missing unit in duration \"1\""),
        ("1d", "time: unknown unit \"d\" in duration \"1d\""),
        ("", "time: invalid duration \"\""),
        ("-", "time: invalid duration \"-\""),
        (".s", "time: invalid duration \".s\""),
        ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
        ("99999999h", "time: invalid duration \"99999999h\""),
    ] {
        assert_eq!(duration::parse_go_ns(text), Err(error.to_owned()));
    }
}

#[test]
fn sizes() {
    for (text, bytes) in [
        ("42", 42),
        ("42B", 42),
        ("1.5kB", 1500),
        ("2.5 KiB", 2560),
        ("1,024mb", 1_024_000_000),
        ("1Ki", 1024),
        ("3g", 3_000_000_000),
        ("1.9B", 1),
        ("1EiB", 1 << 60),
    ] {
        assert_eq!(size::parse_bytes(text), Some(bytes), "{text}");
    }
    for text in ["", "B", ".", "1.2.3B", "-1B", "1XB", "1kBB", "1é", "100EB"] {
        assert_eq!(size::parse_bytes(text), None, "{text}");
    }
    for bytes in [0, 999, 1000, 1001, 1500, 20_000_000, 2560, 999_999, 1 << 50] {
        let text = size::format_bytes(bytes);
        assert_eq!(size::parse_bytes(&text), Some(bytes), "{text}");
    }
}

#[test]
fn rules_about_text() {
    for (key, name) in [("a.b-c", "a_b_c"), (" 1é ", "_1_"), ("", ""), ("__x", "__x")] {
        assert_eq!(text::sanitize_label_name(key), name);
    }
    for (line, lower, found) in [
        ("", "", true),
        ("a", "", true),
        ("ÀB", "àb", true),
        ("x ERROR", "error", true),
        ("error", "errors", false),
        ("İ", "i", false),
    ] {
        assert_eq!(text::contains_ignoring_case(line.as_bytes(), lower), found, "{line} {lower}");
    }
    assert!(text::contains_ignoring_case(b"\xff\xfeAB", "ab"));
    assert!(!text::contains_ignoring_case(b"A\xffB", "ab"));
}
