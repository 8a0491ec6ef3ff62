//! What is found out about patterns.

use crate::Regex;

#[track_caller]
fn check_literals(pattern: &str, expected: &[&str]) {
    let regex = Regex::full_match(pattern).unwrap();
    assert_eq!(
        regex.literals(),
        Some(expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>().as_slice()),
        "for {pattern:?}"
    );
    for literal in expected {
        assert!(regex.captures(literal).is_some(), "the engine does not match {literal:?} for {pattern:?}");
    }
}

#[track_caller]
fn check_no_literals(pattern: &str) {
    assert_eq!(Regex::full_match(pattern).unwrap().literals(), None, "for {pattern:?}");
}

#[track_caller]
fn check_prefix(pattern: &str, expected: &str) {
    assert_eq!(Regex::full_match(pattern).unwrap().prefix(), expected, "for {pattern:?}");
}

/// Whether an automaton is spared, which is what a shape is for.
#[track_caller]
fn check_shape(pattern: &str, has_shape: bool) {
    let parsed = crate::parse::parse(&format!("(?s:{pattern})"), crate::parse::Flags::default()).unwrap();
    assert_eq!(super::shape(&parsed.hir).is_some(), has_shape, "for {:?}", pattern.get(..60).unwrap_or(pattern));
}

#[test]
fn finite_sets() {
    check_literals("", &[""]);
    check_literals("abc", &["abc"]);
    check_literals("b|a|c", &["a", "b", "c"]);
    check_literals("foo|bar|foo", &["bar", "foo"]);
    check_literals("a(b|c)", &["ab", "ac"]);
    check_literals("(?:a|b)(?P<n>c|d)e?", &["ac", "ace", "ad", "ade", "bc", "bce", "bd", "bde"]);
    check_literals("x|", &["", "x"]);
    check_literals("a??b", &["ab", "b"]);
    check_literals("[a-c]x", &["ax", "bx", "cx"]);
    check_literals("a{2}", &["aa"]);
    check_literals("(a|b){0,2}", &["", "a", "aa", "ab", "b", "ba", "bb"]);
    check_literals("a{0}b", &["b"]);
    check_literals("é世", &["é世"]);
    check_literals(r"10\.0\.0\.1:9100", &["10.0.0.1:9100"]);
    check_literals(r"\Qa.b\E|\x41", &["A", "a.b"]);
    check_literals("(?i)a1", &["A1", "a1"]);
    check_literals(r"\d", &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    check_literals(r"[^\x00-\x{10FFFE}]", &["\u{10FFFF}"]);
    check_literals(r"[^\x00-\x{D7FF}\x{E000}-\x{10FFFE}]", &["\u{10FFFF}"]);
    check_literals(r"[^\x00-\x{D7FE}\x{D800}-\x{10FFFF}]", &["\u{D7FF}"]);
    check_literals(r"\x{D800}", &[]);
    check_literals(r"a|\x{D800}", &["a"]);
    check_literals("node-(?:1|2)|node-3", &["node-1", "node-2", "node-3"]);
}

#[test]
fn anchors_at_the_ends_are_no_matter() {
    check_literals("^abc$", &["abc"]);
    check_literals("^(?:a|b)$", &["a", "b"]);
    check_literals("^a|b$|^c$", &["a", "b", "c"]);
    check_literals(r"\A(a)\z", &["a"]);
    check_literals("(?m)^a$", &["a"]);
    check_literals("^", &[""]);
    check_literals("^$", &[""]);
    check_no_literals("a^b");
    check_no_literals("a$b");
    check_no_literals("(?:a|)^b");
    check_no_literals("(?m)a$\n^b");
    check_no_literals("(?:^a){2}");
    check_no_literals(r"\ba");
}

#[test]
fn infinite_and_large_sets_are_none() {
    for pattern in ["a*", "a+", ".", "a.b", "a{2,}", "[^a]", r"\w\w", r"\pL", "(?i)abcdefghi", "(ab|c)*"] {
        check_no_literals(pattern);
    }
    let numbers = |count: usize| (1000..1000 + count).map(|n| n.to_string()).collect::<Vec<_>>().join("|");
    assert_eq!(Regex::full_match(&numbers(256)).unwrap().literals().map(<[String]>::len), Some(256));
    check_no_literals(&numbers(257));
    check_no_literals("a{0,256}");
    check_shape(&numbers(9000), true);
    check_shape(&format!("x(?:{})y|.*z", numbers(9000)), true);
    check_shape(&(0..20_000).map(|n| n.to_string()).collect::<Vec<_>>().join("|"), false);
    check_shape(&format!("(?:{}){{2}}", numbers(300)), false);
    check_shape(&"[a-p][a-p]|".repeat(2000), false);
    let many = Regex::full_match(&numbers(9000)).unwrap();
    assert!(many.is_match("1000") && many.is_match("9999") && !many.is_match("10000") && !many.is_match("999"));
    // Two million bytes.
    check_shape(&format!("(?:{}){{1000}}", "a".repeat(2000)), false);
    assert_eq!(Regex::full_match("[a-p][a-p]").unwrap().literals().map(<[String]>::len), Some(256));
    check_no_literals("[a-p][a-q]");
}

#[test]
fn unanchored_patterns_have_neither() {
    for pattern in ["abc", "^abc$", "a.*"] {
        let regex = Regex::new(pattern).unwrap();
        assert_eq!((regex.literals(), regex.prefix()), (None, ""), "for {pattern:?}");
    }
}

#[test]
fn prefixes() {
    check_prefix("abc", "abc");
    check_prefix("abc.*", "abc");
    check_prefix("(ab)(c).+", "abc");
    check_prefix("^abc.*$", "abc");
    check_prefix(r"ab\bc", "abc");
    check_prefix("a+b", "a");
    check_prefix("(?:ab){2}c", "ab");
    check_prefix("ab?c", "a");
    check_prefix("a*b", "");
    check_prefix("foo1.*|foo2.*|fob", "fo");
    check_prefix("foo|", "");
    check_prefix("é.*|è.*", "");
    check_prefix("xé.*|xè.*", "x");
    check_prefix(".*a", "");
    check_prefix("(?i)1ab", "1");
    check_prefix("a(?:b1|b2)c.*", "ab");
    check_prefix(r"a\x{D800}b", "a");
}

#[test]
fn shapes() {
    for pattern in [
        "",
        "a",
        "a|b",
        ".*",
        ".+",
        "a.*",
        "a.+",
        ".*a",
        ".+a",
        ".*a.*",
        ".+a.+",
        "a.*b",
        "a.*b.*c",
        "(a.*)",
        "(.*)",
        "^.*$",
        "^a.*b$",
        ".*.*",
        ".+.*.+",
        "a.{3,}",
        "a.*|b",
        "a|b.*|.*c",
        ".*?a.*?",
        "^a.*|b.*$",
        r"\Qa.\E.*",
    ] {
        check_shape(pattern, true);
    }
    for pattern in [
        "a.",
        "a.b",
        ".{3}",
        "a.?",
        "[a-z]+",
        "a[^/]*",
        "(?-s)a.*",
        "(?i)a.*",
        "a*",
        "a.*^b",
        "a$.*",
        "(?m)a.*^",
        r"a.*\b",
        r"\d.*",
        "(?:a.*){2}",
        "(a|b).*[^a]",
    ] {
        check_shape(pattern, false);
    }
    let globs = |count: usize| (0..count).map(|n| format!("{n}x.*")).collect::<Vec<_>>().join("|");
    check_shape(&globs(8), true);
    check_shape(&globs(9), false);
}
