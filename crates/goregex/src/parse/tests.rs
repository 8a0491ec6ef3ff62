//! What is accepted, and the words in which the rest is refused.

use super::{Flags, parse};
use crate::Regex;

/// `pattern` is refused by both ways to compile it, with Go's text.
#[track_caller]
fn check_refused(pattern: &str, message: &str, fragment: &str) {
    let expected = format!("error parsing regexp: {message}: `{fragment}`");
    for compiled in [Regex::new(pattern), Regex::full_match(pattern)] {
        match compiled {
            Ok(_) => panic!("{pattern:?} is accepted"),
            Err(error) => assert_eq!(error.to_string(), expected, "for {pattern:?}"),
        }
    }
}

#[track_caller]
fn check_accepted(pattern: &str) {
    for compiled in [Regex::new(pattern), Regex::full_match(pattern)] {
        if let Err(error) = compiled {
            panic!("{pattern:?} is refused: {error}");
        }
    }
}

/// Pattern, message and fragment as Go 1.19 prints them.
#[rustfmt::skip]
const REFUSED: &[(&str, &str, &str)] = &[
    ("(", "missing closing )", "("),
    (")", "unexpected )", ")"),
    ("(a", "missing closing )", "(a"),
    ("a)", "unexpected )", "a)"),
    ("(a))", "unexpected )", "(a))"),
    (")(", "unexpected )", ")("),
    ("(?:a", "missing closing )", "(?:a"),
    ("a|(b", "missing closing )", "a|(b"),
    ("[", "missing closing ]", "["),
    ("[a", "missing closing ]", "[a"),
    ("[^", "missing closing ]", "[^"),
    ("[]", "missing closing ]", "[]"),
    ("[^]", "missing closing ]", "[^]"),
    ("[]a", "missing closing ]", "[]a"),
    ("x[a-", "missing closing ]", "[a-"),
    (r"[a-\", "trailing backslash at end of expression", ""),
    ("[[:alpha:]", "missing closing ]", "[[:alpha:]"),
    (r"\", "trailing backslash at end of expression", ""),
    (r"a\", "trailing backslash at end of expression", ""),
    (r"[a\", "trailing backslash at end of expression", ""),
    ("*", "missing argument to repetition operator", "*"),
    ("+", "missing argument to repetition operator", "+"),
    ("?", "missing argument to repetition operator", "?"),
    ("*?", "missing argument to repetition operator", "*?"),
    ("{2}", "missing argument to repetition operator", "{2}"),
    ("{2,}?", "missing argument to repetition operator", "{2,}?"),
    ("a|*", "missing argument to repetition operator", "*"),
    ("(*)", "missing argument to repetition operator", "*"),
    ("(|+)", "missing argument to repetition operator", "+"),
    ("(?i)*", "missing argument to repetition operator", "*"),
    ("(?i)(?s)+", "missing argument to repetition operator", "+"),
    (r"\Q\E*", "missing argument to repetition operator", "*"),
    ("a**", "invalid nested repetition operator", "**"),
    ("a*+", "invalid nested repetition operator", "*+"),
    ("a+*", "invalid nested repetition operator", "+*"),
    ("a??*", "invalid nested repetition operator", "??*"),
    ("a*?*", "invalid nested repetition operator", "*?*"),
    ("a{2}{3}", "invalid nested repetition operator", "{2}{3}"),
    ("a{2}*?", "invalid nested repetition operator", "{2}*?"),
    ("a*{2,}", "invalid nested repetition operator", "*{2,}"),
    ("x+?+?", "invalid nested repetition operator", "+?+?"),
    ("a{1001}", "invalid repeat count", "{1001}"),
    ("a{2,1}", "invalid repeat count", "{2,1}"),
    ("a{1001,}", "invalid repeat count", "{1001,}"),
    ("a{1,1001}", "invalid repeat count", "{1,1001}"),
    ("a{99999999999}", "invalid repeat count", "{99999999999}"),
    ("a{1,99999999999}", "invalid repeat count", "{1,99999999999}"),
    ("{1001}", "invalid repeat count", "{1001}"),
    ("a{1001}?", "invalid repeat count", "{1001}"),
    ("(a{500}){3}", "invalid repeat count", "{3}"),
    ("(?:a{500}){3}?", "invalid repeat count", "{3}?"),
    ("((a{10}){10}){11}", "invalid repeat count", "{11}"),
    ("(?:(?:a{2,}){501})", "invalid repeat count", "{501}"),
    ("(?:a{1000}b|c){2}", "invalid repeat count", "{2}"),
    ("[b-a]", "invalid character class range", "b-a"),
    (r"[a-\x{41}]", "invalid character class range", r"a-\x{41}"),
    (r"[z-\-]", "invalid character class range", r"z-\-"),
    ("[[:foo:]]", "invalid character class range", "[:foo:]"),
    ("[[:^foo:]]", "invalid character class range", "[:^foo:]"),
    ("[[:Alpha:]]", "invalid character class range", "[:Alpha:]"),
    ("[a[:x y:]b]", "invalid character class range", "[:x y:]"),
    (r"\p{Foo}", "invalid character class range", r"\p{Foo}"),
    (r"\p{", "invalid character class range", r"\p{"),
    (r"a\p{Lu", "invalid character class range", r"\p{Lu"),
    (r"\p", "invalid character class range", r"\p"),
    (r"\pX", "invalid character class range", r"\pX"),
    (r"\pé", "invalid character class range", r"\pé"),
    (r"\P{^Foo}", "invalid character class range", r"\P{^Foo}"),
    (r"\p{}", "invalid character class range", r"\p{}"),
    (r"\p{^}", "invalid character class range", r"\p{^}"),
    (r"\p{greek}", "invalid character class range", r"\p{greek}"),
    (r"\p{IsGreek}", "invalid character class range", r"\p{IsGreek}"),
    (r"\p{Script=Greek}", "invalid character class range", r"\p{Script=Greek}"),
    (r"\p{Emoji}", "invalid character class range", r"\p{Emoji}"),
    (r"\p{Cn}", "invalid character class range", r"\p{Cn}"),
    (r"\p{LC}", "invalid character class range", r"\p{LC}"),
    (r"\p{Letter}", "invalid character class range", r"\p{Letter}"),
    (r"\p{ASCII}", "invalid character class range", r"\p{ASCII}"),
    (r"\p{Assigned}", "invalid character class range", r"\p{Assigned}"),
    (r"[\p{Foo}]", "invalid character class range", r"\p{Foo}"),
    (r"\p{ Greek}", "invalid character class range", r"\p{ Greek}"),
    (r"\p{Garay}", "invalid character class range", r"\p{Garay}"),
    (r"\y", "invalid escape sequence", r"\y"),
    (r"\E", "invalid escape sequence", r"\E"),
    (r"\Z", "invalid escape sequence", r"\Z"),
    (r"\C", "invalid escape sequence", r"\C"),
    (r"\u0041", "invalid escape sequence", r"\u"),
    (r"\1", "invalid escape sequence", r"\1"),
    (r"\8", "invalid escape sequence", r"\8"),
    (r"\9a", "invalid escape sequence", r"\9"),
    (r"\18", "invalid escape sequence", r"\1"),
    (r"\é", "invalid escape sequence", r"\é"),
    (r"\x", "invalid escape sequence", r"\x"),
    (r"\x4", "invalid escape sequence", r"\x4"),
    (r"\xg1", "invalid escape sequence", r"\xg1"),
    (r"\x4g", "invalid escape sequence", r"\x4g"),
    (r"\x{", "invalid escape sequence", r"\x{"),
    (r"\x{}", "invalid escape sequence", r"\x{}"),
    (r"\x{41", "invalid escape sequence", r"\x{41"),
    (r"\x{4g}", "invalid escape sequence", r"\x{4g"),
    (r"\x{110000}", "invalid escape sequence", r"\x{110000"),
    (r"\x{00000000000041", "invalid escape sequence", r"\x{00000000000041"),
    (r"[\b]", "invalid escape sequence", r"\b"),
    (r"[\A]", "invalid escape sequence", r"\A"),
    (r"[\Q]", "invalid escape sequence", r"\Q"),
    (r"[a-\d]", "invalid escape sequence", r"\d"),
    (r"[\1]", "invalid escape sequence", r"\1"),
    (r"\k<n>", "invalid escape sequence", r"\k"),
    (r"\X", "invalid escape sequence", r"\X"),
    (r"\h", "invalid escape sequence", r"\h"),
    (r"\R", "invalid escape sequence", r"\R"),
    (r"\G", "invalid escape sequence", r"\G"),
    (r"\K", "invalid escape sequence", r"\K"),
    (r"\cA", "invalid escape sequence", r"\c"),
    ("(?P<n", "invalid named capture", "(?P<n"),
    ("(?P<>a)", "invalid named capture", "(?P<>"),
    ("(?P<é>a)", "invalid named capture", "(?P<é>"),
    ("(?P<n-x>a)", "invalid named capture", "(?P<n-x>"),
    ("(?P<n a>", "invalid named capture", "(?P<n a>"),
    ("(?P<x>a", "missing closing )", "(?P<x>a"),
    ("(?P=n)", "invalid or unsupported Perl syntax", "(?P"),
    ("(?P>n)", "invalid or unsupported Perl syntax", "(?P"),
    ("(?P", "invalid or unsupported Perl syntax", "(?P"),
    ("(?P<", "invalid or unsupported Perl syntax", "(?P"),
    ("(?", "invalid or unsupported Perl syntax", "(?"),
    ("(?i", "invalid or unsupported Perl syntax", "(?i"),
    ("(?i-", "invalid or unsupported Perl syntax", "(?i-"),
    ("(?x)", "invalid or unsupported Perl syntax", "(?x"),
    ("(?x:a)", "invalid or unsupported Perl syntax", "(?x"),
    ("(?=a)", "invalid or unsupported Perl syntax", "(?="),
    ("(?!a)", "invalid or unsupported Perl syntax", "(?!"),
    ("(?#c)", "invalid or unsupported Perl syntax", "(?#"),
    ("(?>a)", "invalid or unsupported Perl syntax", "(?>"),
    ("(?i-)", "invalid or unsupported Perl syntax", "(?i-)"),
    ("(?-)", "invalid or unsupported Perl syntax", "(?-)"),
    ("(?-:a)", "invalid or unsupported Perl syntax", "(?-:"),
    ("(?--i)", "invalid or unsupported Perl syntax", "(?--"),
    ("(?i-s-m)", "invalid or unsupported Perl syntax", "(?i-s-"),
    ("(?'n'a)", "invalid or unsupported Perl syntax", "(?'"),
    ("(?u)", "invalid or unsupported Perl syntax", "(?u"),
    ("(?é)", "invalid or unsupported Perl syntax", "(?é"),
    ("(?i\n)", "invalid or unsupported Perl syntax", "(?i\n"),
    ("(?<", "invalid or unsupported Perl syntax", "(?<"),
];

#[test]
fn refuses_in_gos_words() {
    for (pattern, message, fragment) in REFUSED {
        check_refused(pattern, message, fragment);
    }
}

/// `(?<name>…)` came with Go 1.22, so that look-behind is taken for a bad name.
#[test]
fn refuses_named_groups_as_newer_go_does() {
    check_refused("(?<n", "invalid named capture", "(?<n");
    check_refused("a(?<n(b)", "invalid named capture", "(?<n(b)");
    check_refused("(?<>a)", "invalid named capture", "(?<>");
    check_refused("(?<n-x>a)", "invalid named capture", "(?<n-x>");
    check_refused("(?<=a)b", "invalid named capture", "(?<=a)b");
    check_refused("(?<!a)b", "invalid named capture", "(?<!a)b");
    check_refused("(?<=a)>", "invalid named capture", "(?<=a)>");
}

#[test]
fn accepts_what_go_accepts() {
    for pattern in ACCEPTED {
        check_accepted(pattern);
    }
}

/// All of these compile in Go 1.19 but for `(?<n>` (Go 1.22) and a script of
/// Unicode 15 (Go 1.21).
const ACCEPTED: &[&str] = &[
    "",
    "a",
    "a|b|",
    "()",
    "(|)",
    "(a|)|",
    "a*",
    "^*",
    "$+",
    "(?:^)*",
    r"\b+",
    r"\A?",
    "a*(?i)*",
    r"a*\Q\E*",
    "{",
    "}",
    "{}",
    "{a}",
    "a{",
    "a{1",
    "a{1,",
    "a{,2}",
    "a{1,2",
    "a{01}",
    "a{1,02}",
    "a{ 1}",
    "a{-1}",
    "a{1}{",
    "a{0}",
    "a{0,0}",
    "a{1000}",
    "a{0,1000}",
    "a{1000,}",
    "(?:a{10}){100}",
    "(?:(?:a{10}){10}){10}",
    "(a{0}){1000}",
    "((a{1000}){0,1}){1}",
    "(?:a{1000}){0}",
    "a{2}?",
    "a{2,}?",
    "a{2,3}?",
    "]",
    "a]",
    "[]a]",
    "[^]a]",
    "[-a]",
    "[a-]",
    "[--a]",
    "[a-c-e]",
    r"[\d-z]",
    r"[\w-]",
    r"[a\]b]",
    r"[\-a]",
    "[[a]",
    "[a&&b]",
    "[a~~b]",
    "[a||b]",
    "[[:alpha:][:digit:]]",
    "[[:word:]-z]",
    "[:alpha:]",
    "[[:alpha]",
    "[[.a.]]",
    r"[^\n]",
    r"[\x{D800}-\x{DFFF}]",
    r"\x{D800}",
    r"\x{10FFFF}",
    r"\x41",
    r"\x{0041}",
    r"\0",
    r"\01",
    r"\012",
    r"\0123",
    r"\123",
    r"\400",
    r"\777",
    r"\a\f\n\r\t\v",
    r"\A\z\b\B",
    r#"\.\*\[\{\-\_\<\>\ \"\/"#,
    r"\Qa*b\E+",
    r"\Q[",
    r"\Q\\E",
    r"\Q",
    r"\pL\PL\p{Lu}\p{^Lu}\P{^Lu}\pN\p{Any}\P{Any}\pC\p{Cs}\p{Greek}\p{Nag_Mundari}\p{SignWriting}",
    "(?i)(?m)(?s)(?U)",
    "(?imsU)",
    "(?-imsU)",
    "(?i-s)",
    "(?i-s:a)",
    "(?-i:a)",
    "(?ii)",
    "(?)",
    "(?:)",
    "(?i:)",
    "(?-ii)",
    "(?P<n>a)",
    "(?<n>a)",
    "(?P<n>a)(?P<n>b)",
    "(?P<0n>a)",
    "(?P<_>a)",
    "(?P<n>)",
    "é世",
    "\0",
    "a\nb",
];

#[test]
fn names_groups_by_index() {
    let names = |pattern| Regex::new(pattern).unwrap().group_names().to_vec();
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(names("a"), [None]);
    assert_eq!(names("(a)(?:b)(?P<n>c(?<m_1>d))"), [None, None, some("n"), some("m_1")]);
    assert_eq!(names("(?P<n>a)|(?P<n>b)"), [None, some("n"), some("n")]);
    assert_eq!(names("(?P<0>a)(b){0}"), [None, some("0"), None]);
}

#[test]
fn limits_nesting() {
    let nested = |open: &str, inner: &str, close: &str, levels: usize| {
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    let too_deep = |pattern: String| check_refused(&pattern, "expression nests too deeply", &pattern);
    check_accepted(&nested("(", "a", ")", 999));
    too_deep(nested("(", "a", ")", 1000));
    check_accepted(&nested("(?:", "a", ")*", 999));
    too_deep(nested("(?:", "a", ")*", 1000));
    too_deep(nested("(?:b|", "a", ")?", 999));
    // Groups alone add no level to the tree.
    check_accepted(&nested("(?:", "a", ")", 5000));
    check_accepted(&nested("(?:b", "a", "c)", 5000));
    // What is open at the end is a missing parenthesis, however deep.
    let open = "(".repeat(5000);
    check_refused(&open, "missing closing )", &open);
}

#[test]
fn limits_the_size_of_the_program() {
    let too_large = |pattern: String| check_refused(&pattern, "expression too large", &pattern);
    too_large(r"\pL{1000}".to_owned());
    too_large(r"(?:\pL{100}){10}".to_owned());
    too_large("ab".repeat(300_000));
    too_large(format!("(?i){}", "ab".repeat(300_000)));
    too_large("|".repeat(500_000));
    too_large("(".repeat(500_000));
    too_large(r"(?i)[B-\x{1e942}]".repeat(100));
    check_accepted(".{1000}");
    check_accepted(r"\pL{50}");
    check_accepted(&"abcdefgh|".repeat(10_000));
}

/// Text of which the parser could look at all the rest at every step: with such a
/// parser this test takes minutes, or more.
#[test]
fn stays_linear_on_long_patterns() {
    let check = |part: &str, expected: Option<(&str, usize)>| {
        let refused = Regex::full_match(&part.repeat(100_000)).err();
        let found = refused.map(|error| (error.kind().to_string(), error.fragment().len()));
        let expected = expected.map(|(message, length)| (message.to_owned(), length));
        assert_eq!(found, expected, "for {part:?} repeated");
    };
    check("[[:", Some(("missing closing ]", 300_000)));
    check("(?:", Some(("missing closing )", 300_000)));
    check("(a|", Some(("missing closing )", 300_000)));
    check("a{1,", Some(("expression too large", 400_000)));
    check("a?b*", Some(("expression too large", 400_000)));
    check("()", None);
    check("a|", None);
    check("é|b|", None);
    check("(?i)", None);
    check("$^", None);
    check("\\Q", None);
}

#[test]
fn flags_given_from_outside_hold_from_the_start() {
    let tree = |pattern, flags| parse(pattern, flags).unwrap().hir;
    let plain = Flags::default();
    assert_eq!(tree("a.b", Flags { dot_newline: true, ..plain }), tree("(?s)a.b", plain));
    assert_eq!(tree("(?-s)a.b", Flags { dot_newline: true, ..plain }), tree("a.b", plain));
    assert_eq!(tree("ab", Flags { fold_case: true, ..plain }), tree("(?i:a)(?i)b", plain));
    assert_eq!(tree("a*b+?", Flags { swap_greed: true, ..plain }), tree("a*?b+", plain));
    assert_eq!(tree("^$", Flags { multi_line: true, ..plain }), tree("(?m)^$", plain));
}
