use super::*;

fn shown(result: Result<Vec<Matcher>, String>) -> String {
    match result {
        Ok(matchers) => MatcherSet::new(matchers).to_string(),
        Err(error) => error,
    }
}

#[test]
fn both_syntaxes() {
    for (text, utf8, classic) in [
        ("", "{}", "{}"),
        ("{}", "{}", "{}"),
        ("a=b", r#"{a="b"}"#, r#"{a="b"}"#),
        ("{a=b,}", r#"{a="b"}"#, r#"{a="b"}"#),
        ("a=~b.*", r#"{a=~"b.*"}"#, r#"{a=~"b.*"}"#),
        ("{a=}", "3:4: unexpected }: expected label value", r#"{a=""}"#),
        ("a b", "2:3: unexpected b: expected an operator such as '=', '!=', '=~' or '!~'", "bad matcher format: a b"),
        (r#"{"a b"="c"}"#, r#"{"a b"="c"}"#, r#"bad matcher format: "a b"="c""#),
        (
            "a!b",
            "1:2: !: expected one of '=~': expected an operator such as '=', '!=', '=~' or '!~'",
            "bad matcher format: a!b",
        ),
        (
            r#"a="b"#,
            r#"2:4: "b: missing end ": expected label value"#,
            r#"matcher value contains unescaped double quote: "b"#,
        ),
        ("{a=b", "0:4: end of input: expected close brace", r#"{a="b"}"#),
        ("a=b}", "0:4: }: expected opening brace", r#"{a="b"}"#),
        ("{a=b}c", "5:6: c: expected end of input", r#"{a="b}c"}"#),
        ("a=b,,c=d", "4:5: unexpected ,: expected a matcher or close brace after comma", "bad matcher format: "),
        (r#"a="\101\u00e9\n""#, "{a=\"A\u{e9}\\n\"}", r#"{a="\\101\\u00e9\n"}"#),
        (r#"a="\xff""#, r#"2:8: "\xff": invalid input"#, r#"{a="\\xff"}"#),
    ] {
        assert_eq!(shown(Syntax::Utf8.parse_matchers(text)), utf8, "{text} in utf-8");
        assert_eq!(shown(Syntax::Classic.parse_matchers(text)), classic, "{text} in classic");
    }
}

#[test]
fn the_classic_syntax_wins_where_they_differ() {
    for (text, both) in [
        (r#"a="\x41""#, r#"{a="\\x41"}"#),
        ("🙂=b", r#"{🙂="b"}"#),
        ("{a=}", r#"{a=""}"#),
        ("a!b", "bad matcher format: a!b"),
    ] {
        assert_eq!(shown(Syntax::Fallback.parse_matchers(text)), both, "{text}");
    }
    assert_eq!(Syntax::Fallback.parse_matcher("{a=b}").unwrap_err(), "unexpected open or close brace: {a=b}");
    assert_eq!(Syntax::Utf8.parse_matcher("a=b,c=d").unwrap_err(), "expected 1 matcher, found 2");
    assert_eq!(Syntax::Utf8.parse_matcher("").unwrap_err(), "no matchers");
}

#[test]
fn what_is_shown_is_read_back() {
    for (name, value) in [("a", "b\"\n\\"), ("a b", "c"), ("🙂", ""), ("a\"b", "\u{7}"), ("a.b", "{}")] {
        let matcher = Matcher::new(MatchOp::NotEqual, name, value).expect("a valid matcher");
        let read = Syntax::Utf8.parse_matcher(&matcher.to_string()).expect("what is shown is valid");
        assert_eq!(read, matcher);
    }
}
