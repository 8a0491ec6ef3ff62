//! Every way in which a query can be wrong, with the exact text that upstream answers.

use promql_syntax::{parse, parse_selector};

/// Checks the text shown for a query, which is its first error with its place.
fn check(cases: &[(&str, &str)]) {
    for (query, expected) in cases {
        match parse(query) {
            Ok(expr) => panic!("{query:?} is accepted as {expr}"),
            Err(errors) => assert_eq!(errors.to_string(), *expected, "{query:?}"),
        }
    }
}

/// Checks the texts of all errors of a query.
fn check_all(query: &str, expected: &[&str]) {
    let errors = parse(query).err();
    let errors = errors.iter().flat_map(promql_syntax::ParseErrors::iter);
    let shown: Vec<String> = errors.map(ToString::to_string).collect();
    assert_eq!(shown, expected, "{query:?}");
}

#[test]
fn empty_queries() {
    check(&[
        ("", "unknown position: parse error: no expression found in input"),
        (" ", "1:1: parse error: no expression found in input"),
        ("# nothing\n\n", "1:1: parse error: no expression found in input"),
    ]);
}

#[test]
fn unexpected_words() {
    check(&[
        ("1 +", "1:4: parse error: unexpected end of input"),
        ("1+", "1:3: parse error: unexpected end of input"),
        ("2 /", "1:4: parse error: unexpected end of input"),
        ("*1", "1:1: parse error: unexpected <op:*>"),
        ("up up", "1:4: parse error: unexpected identifier \"up\""),
        ("up a:b", "1:4: parse error: unexpected metric identifier \"a:b\""),
        ("up 1", "1:4: parse error: unexpected number \"1\""),
        ("up 1.2345678901", "1:4: parse error: unexpected number \"1.23456789\"..."),
        ("up 5m", "1:4: parse error: unexpected duration \"5m\""),
        ("up Inf", "1:4: parse error: unexpected number \"Inf\""),
        ("up 'a'", "1:4: parse error: unexpected string \"'a'\""),
        ("up 'a long string'", "1:4: parse error: unexpected string \"'a long st\"..."),
        ("up (x)", "1:1: parse error: unknown function with name \"up\""),
        ("{a=\"b\"} (x)", "1:9: parse error: unexpected \"(\""),
        ("up sum(x)", "1:4: parse error: unexpected <aggr:sum>"),
        ("up BY (x)", "1:4: parse error: unexpected <BY>"),
        ("up bool 1", "1:4: parse error: unexpected <bool>"),
        ("up start", "1:4: parse error: unexpected \"start\""),
        ("up + atan2", "1:6: parse error: unexpected <op:atan2>"),
        ("up + bool", "1:10: parse error: unexpected end of input"),
        ("up + ignoring", "1:14: parse error: unexpected end of input in grouping opts, expected \"(\""),
        ("up,", "1:3: parse error: unexpected \",\""),
        ("up = 1", "1:4: parse error: unexpected \"=\""),
        ("@@", "1:1: parse error: unexpected <op:@>"),
        ("-=", "1:2: parse error: unexpected \"=\""),
        ("++-++-+-+-<", "1:11: parse error: unexpected <op:<>"),
        ("e-+=/(0)", "1:4: parse error: unexpected \"=\""),
        ("up </", "1:6: parse error: unexpected end of input"),
        ("</ up", "1:1: parse error: unexpected <op:</>"),
        ("up >/ >/ up", "1:7: parse error: unexpected <op:>/>"),
        ("()", "1:2: parse error: unexpected \")\""),
        ("(up, up)", "1:4: parse error: unexpected \",\""),
        ("fill(1)", "1:1: parse error: unexpected <fill>"),
        ("group_left", "1:1: parse error: unexpected <group_left>"),
        ("on", "1:1: parse error: unexpected <on>"),
        ("up\n+\n)", "3:2: parse error: unexpected right parenthesis ')'"),
        ("up\n  up", "2:3: parse error: unexpected identifier \"up\""),
        ("\"é\" up", "1:6: parse error: unexpected identifier \"up\""),
    ]);
}

#[test]
fn bad_characters() {
    check(&[
        (".", "1:1: parse error: unexpected character: '.'"),
        ("up ~ 1", "1:4: parse error: unexpected character: '~'"),
        ("up é", "1:4: parse error: unexpected character: 'é'"),
        ("up \u{0}", "1:4: parse error: unexpected character: '\\x00'"),
        ("up \u{a0}", "1:4: parse error: unexpected character: '\\u00a0'"),
        ("}", "1:1: parse error: unexpected character: '}'"),
        ("some}", "1:5: parse error: unexpected character: '}'"),
        ("up ; up", "1:4: parse error: unexpected character: ';'"),
        ("1 !~ 1", "1:3: parse error: unexpected character after '!': '~'"),
        ("1 !", "1:3: parse error: unexpected character after '!': '\u{fffd}'"),
        ("1 =~ 1", "1:3: parse error: unexpected character after '=': '~'"),
        ("(1))", "1:5: parse error: unexpected right parenthesis ')'"),
        (")", "1:2: parse error: unexpected right parenthesis ')'"),
        ("((1)", "1:5: parse error: unclosed left parenthesis"),
        ("(", "1:2: parse error: unclosed left parenthesis"),
        ("sum(", "1:5: parse error: unclosed left parenthesis"),
        ("sum(rate(", "1:10: parse error: unclosed left parenthesis"),
        ("up]", "1:3: parse error: unexpected right bracket ']'"),
        ("up[5m", "1:6: parse error: unclosed left bracket"),
        ("up[5m[", "1:6: parse error: unexpected left bracket '['"),
    ]);
}

#[test]
fn bad_strings() {
    check(&[
        ("\"abc", "1:1: parse error: unterminated quoted string"),
        ("'abc\n'", "1:1: parse error: unterminated quoted string"),
        ("`abc", "1:1: parse error: unterminated raw string"),
        ("`\\``", "1:4: parse error: unterminated raw string"),
        ("\"\\", "1:1: parse error: escape sequence not terminated"),
        ("\"\\c\"", "1:1: parse error: unknown escape sequence U+0063 'c'"),
        ("\"\\'\"", "1:1: parse error: unknown escape sequence U+0027 '''"),
        ("\"\\x.\"", "1:1: parse error: illegal character U+002E '.' in escape sequence"),
        ("\"\\x4", "1:1: parse error: escape sequence not terminated"),
        ("\"\\400\"", "1:1: parse error: escape sequence is an invalid Unicode code point"),
        ("\"\\ud800\"", "1:1: parse error: escape sequence is an invalid Unicode code point"),
        ("\"\\U00110000\"", "1:1: parse error: escape sequence is an invalid Unicode code point"),
        ("x{a=\"\u{fffd}\"}", "1:5: parse error: invalid UTF-8 rune"),
        ("sum by (\"foo)(x)", "1:9: parse error: unterminated quoted string"),
        ("label_replace(a, `b`, `c\u{fffd}`, `d`, `.*`)", "1:23: parse error: invalid UTF-8 rune"),
    ]);
}

#[test]
fn bad_numbers() {
    check(&[
        ("2.5.", "1:1: parse error: bad number or duration syntax: \"2.5.\""),
        ("100..4", "1:1: parse error: bad number or duration syntax: \"100..\""),
        ("0deadbeef", "1:1: parse error: bad number or duration syntax: \"0de\""),
        ("1e", "1:1: parse error: bad number or duration syntax: \"1e\""),
        ("1__0", "1:1: parse error: bad number or duration syntax: \"1__\""),
        ("1_", "1:1: parse error: bad number or duration syntax: \"1_\""),
        ("0x1e", "1:1: parse error: bad number or duration syntax: \"0x1e\""),
        ("0x1.5", "1:1: parse error: bad number or duration syntax: \"0x1.\""),
        ("1y2", "1:1: parse error: bad number or duration syntax: \"1y2\""),
        ("1a", "1:1: parse error: bad number or duration syntax: \"1\""),
        ("1e3e4", "1:1: parse error: bad number or duration syntax: \"1e3e\""),
        ("1e )", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e\": invalid syntax"),
        ("0.5.6", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"0.5.6\": invalid syntax"),
        ("0x_", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"0x_\": invalid syntax"),
        ("1e400", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range"),
        ("1m1h", "1:1: parse error: not a valid duration string: \"1m1h\""),
        ("5hs", "1:1: parse error: unknown unit \"hs\" in duration \"5hs\""),
        ("300y", "1:1: parse error: duration out of range"),
    ]);
}

#[test]
fn selectors() {
    check(&[
        ("{", "1:2: parse error: unexpected end of input inside braces"),
        ("some{", "1:6: parse error: unexpected end of input inside braces"),
        ("x{a=b}", "1:5: parse error: unexpected identifier \"b\" in label matching, expected string"),
        ("x{a:b=\"b\"}", "1:4: parse error: unexpected character inside braces: ':'"),
        ("foo{a*\"b\"}", "1:6: parse error: unexpected character inside braces: '*'"),
        ("foo{a>=\"b\"}", "1:6: parse error: unexpected character inside braces: '>'"),
        ("foo{1}", "1:5: parse error: unexpected character inside braces: '1'"),
        ("foo{{}}", "1:5: parse error: unexpected left brace '{'"),
        ("foo{a!\"b\"}", "1:6: parse error: unexpected character after '!' inside braces: '\"'"),
        ("foo{gibberish}", "1:14: parse error: unexpected \"}\" in label matching, expected label matching operator"),
        (
            "foo{a \"b\"}",
            "1:7: parse error: unexpected string \"\\\"b\\\"\" in label matching, expected label matching operator",
        ),
        ("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        (" {x=\"\"}", "1:2: parse error: vector selector must contain at least one non-empty matcher"),
        ("{x=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("{x!~\".+\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("{x!=\"a\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("{\"\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        ("rate({}[5m])", "1:6: parse error: vector selector must contain at least one non-empty matcher"),
        ("foo{__name__=\"bar\"}", "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""),
        ("foo{\"bar\"}", "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""),
        ("foo{__name__!=\"bar\"}", "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""),
        ("foo{__name__= =}", "1:15: parse error: unexpected \"=\" in label matching, expected string"),
        ("foo{,}", "1:5: parse error: unexpected \",\" in label matching, expected identifier or \"}\""),
        ("foo{a=\"b\",,}", "1:11: parse error: unexpected \",\" in label matching, expected identifier or \"}\""),
        ("foo{a=~}", "1:8: parse error: unexpected \"}\" in label matching, expected string"),
        ("foo{=~\"a\"}", "1:5: parse error: unexpected <op:=~> in label matching, expected identifier or \"}\""),
        ("foo{__name__ == \"bar\"}", "1:15: parse error: unexpected \"=\" in label matching, expected string"),
        (
            "foo{a=\"b\" lol}",
            "1:11: parse error: unexpected identifier \"lol\" in label matching, expected \",\" or \"}\"",
        ),
        (
            "{\"a\" \"b\"}",
            "1:6: parse error: unexpected string \"\\\"b\\\"\" in label matching, expected \",\" or \"}\"",
        ),
        ("foo{\"a\"=}", "1:9: parse error: unexpected \"}\" in label matching, expected string"),
        ("foo{a=~\"*\"}", "1:5: parse error: error parsing regexp: missing argument to repetition operator: `*`"),
        ("foo{b=\"x\", a!~\"(\"}", "1:12: parse error: error parsing regexp: missing closing ): `(`"),
        ("NaN{a=\"b\"}", "1:4: parse error: unexpected \"{\""),
        ("Inf{a=\"b\"}", "1:4: parse error: unexpected \"{\""),
        ("up{a=\"b\"}{c=\"d\"}", "1:10: parse error: unexpected \"{\""),
    ]);
}

#[test]
fn ranges() {
    check(&[
        ("foo[", "1:5: parse error: unexpected end of input in duration expression"),
        (
            "foo[]",
            "1:5: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        ("foo[\"5m\"]", "1:5: parse error: unexpected character in duration expression: '\"'"),
        ("foo[x]", "1:5: parse error: unexpected character in duration expression: 'x'"),
        ("foo[sum]", "1:5: parse error: unexpected character in duration expression: 's'"),
        ("foo[:5m]", "1:6: parse error: unexpected colon before duration in duration expression"),
        ("foo[5mm]", "1:5: parse error: bad number or duration syntax: \"5mm\""),
        ("foo[5m1]", "1:5: parse error: bad number or duration syntax: \"5m1\""),
        ("foo[5m:1m1]", "1:8: parse error: bad number or duration syntax: \"1m1\""),
        ("foo[5y1hs]", "1:5: parse error: unknown unit \"hs\" in duration \"5y1hs\""),
        ("foo[5m1h]", "1:5: parse error: not a valid duration string: \"5m1h\""),
        ("foo[5m1m]", "1:5: parse error: not a valid duration string: \"5m1m\""),
        ("foo[0m]", "1:5: parse error: duration must be greater than 0"),
        ("foo[0]", "1:5: parse error: duration must be greater than 0"),
        ("foo[-1]", "1:5: parse error: duration must be greater than 0"),
        ("foo[5m:0]", "1:8: parse error: duration must be greater than 0"),
        ("foo[5m:-1s]", "1:8: parse error: duration must be greater than 0"),
        ("foo[5m 5m]", "1:8: parse error: unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\""),
        (
            "foo[5m \"x\"]",
            "1:8: parse error: unexpected string \"\\\"x\\\"\" in subquery or range, expected \":\" or \"]\"",
        ),
        ("foo[5m:5m 5m]", "1:11: parse error: unexpected duration \"5m\" in subquery selector, expected \"]\""),
        (
            "foo[5m:*]",
            "1:8: parse error: unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or \"]\"",
        ),
        ("foo[5m:5m:5m]", "1:10: parse error: unexpected colon ':'"),
        ("foo[5s x 5s]", "1:8: parse error: unexpected character: 'x', expected ':'"),
        ("foo[5s s 5s]", "1:8: parse error: unexpected character: 's', expected ':'"),
        (
            "foo[step]",
            "1:9: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        (
            "foo[5m+]",
            "1:8: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        (
            "foo[5m:5m+]",
            "1:11: parse error: unexpected \"]\" in subquery selector, expected number, duration, step(), range(), or \"]\"",
        ),
        (
            "foo[min_of(1)]",
            "1:13: parse error: unexpected \")\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        (
            "foo[(5m]",
            "1:8: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()",
        ),
        ("foo[5m)]", "1:8: parse error: unexpected right parenthesis ')'"),
        ("foo[step()/0d]", "1:11: parse error: division by zero"),
        ("foo[5s/0d]", "1:7: parse error: division by zero"),
        ("foo[5s%0d]", "1:7: parse error: modulo by zero"),
        ("foo[9.5e10]", "1:5: parse error: duration out of range"),
        ("foo[1s * -9.5e10]", "1:11: parse error: duration out of range"),
        ("(foo + bar)[5m]", "1:12: parse error: ranges only allowed for vector selectors"),
        ("foo[5m][5m]", "1:8: parse error: ranges only allowed for vector selectors"),
        ("(foo)[5m]", "1:6: parse error: ranges only allowed for vector selectors"),
        ("foo OFFSET 1m[5m]", "1:14: parse error: no offset modifiers allowed before range"),
        ("foo offset step()[5m]", "1:18: parse error: no offset modifiers allowed before range"),
        ("foo @ 1234 [5m]", "1:12: parse error: no @ modifiers allowed before range"),
        ("foo @ start() [5m]", "1:15: parse error: no @ modifiers allowed before range"),
        (
            "foo[5d] OFFSET 10s [10m:5s]",
            "1:1: parse error: subquery is only allowed on instant vector, got matrix instead",
        ),
        (
            "(foo + bar)[5m:][10m:5s]",
            "1:1: parse error: subquery is only allowed on instant vector, got matrix instead",
        ),
        ("1[5m:]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead"),
        ("\"x\"[5m:]", "1:1: parse error: subquery is only allowed on instant vector, got string instead"),
        ("1[5m] smoothed", "1:2: parse error: ranges only allowed for vector selectors"),
        ("rate(food[1m])[1h] offset 1h", "1:15: parse error: ranges only allowed for vector selectors"),
    ]);
    check_all(
        "foo[5y1hs]",
        &[
            "1:5: parse error: unknown unit \"hs\" in duration \"5y1hs\"",
            "1:5: parse error: duration must be greater than 0",
        ],
    );
    check_all(
        "foo[5s/0d]",
        &["1:7: parse error: division by zero", "1:1: parse error: duration must be greater than 0"],
    );
}

#[test]
fn modifiers() {
    let misplaced = "must be preceded by an instant vector selector or range vector selector or a subquery";
    check(&[
        ("1 offset 1d", &format!("1:1: parse error: offset modifier {misplaced}")),
        ("(foo) offset 1d", &format!("1:1: parse error: offset modifier {misplaced}")),
        ("rate(x[5m]) @ 1234", &format!("1:1: parse error: @ modifier {misplaced}")),
        ("foo offset 1s offset 2s", "1:1: parse error: offset may not be set multiple times"),
        ("foo[1m] offset 1s @ 3 offset 2s", "1:1: parse error: offset may not be set multiple times"),
        ("1 + foo[1m:] offset step() offset 2s", "1:5: parse error: offset may not be set multiple times"),
        ("foo @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"),
        ("foo @ start() @ end()", "1:1: parse error: @ <timestamp> may not be set multiple times"),
        ("foo @ +Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"),
        ("foo @ -Inf", "1:1: parse error: timestamp out of bounds for @ modifier: -Inf"),
        ("1 + foo @ NaN", "1:5: parse error: timestamp out of bounds for @ modifier: NaN"),
        (
            "foo @ 9223372036854775808",
            "1:1: parse error: timestamp out of bounds for @ modifier: 9223372036854775808.000000",
        ),
        (
            "foo @ -9223372036854775808",
            "1:1: parse error: timestamp out of bounds for @ modifier: -9223372036854775808.000000",
        ),
        ("foo @", "1:6: parse error: unexpected end of input in @, expected timestamp"),
        ("foo @ bar", "1:7: parse error: unexpected identifier \"bar\" in @, expected timestamp"),
        ("foo @ start", "1:12: parse error: unexpected end of input in @, expected timestamp"),
        ("foo @ end(1)", "1:11: parse error: unexpected number \"1\" in @, expected timestamp"),
        ("foo @ (5)", "1:7: parse error: unexpected \"(\" in @, expected timestamp"),
        ("foo @ - start()", "1:9: parse error: unexpected \"start\" in @, expected timestamp"),
        (
            "foo offset",
            "1:11: parse error: unexpected end of input in offset, expected number, duration, step(), or range()",
        ),
        (
            "foo offset bar",
            "1:12: parse error: unexpected identifier \"bar\" in offset, expected number, duration, step(), or range()",
        ),
        (
            "foo offset (5m + bar)",
            "1:18: parse error: unexpected identifier \"bar\" in offset, expected number, duration, step(), or range()",
        ),
        (
            "foo offset (5m) - bar",
            "1:19: parse error: unexpected identifier \"bar\" in offset, expected number, duration, step(), or range()",
        ),
        ("foo offset 1mm", "1:12: parse error: bad number or duration syntax: \"1mm\""),
        ("foo offset (4d/0)", "1:15: parse error: division by zero"),
        ("foo offset 9.5e10", "1:12: parse error: duration out of range"),
        ("foo offset -9.5e10", "1:12: parse error: duration out of range"),
        ("foo offset Inf", "1:12: parse error: duration out of range"),
        ("foo anchored smoothed", "1:1: parse error: anchored and smoothed modifiers cannot be used together"),
        ("foo[5m] smoothed anchored", "1:1: parse error: anchored and smoothed modifiers cannot be used together"),
        ("foo[5m:1m] anchored", "1:1: parse error: anchored modifier is not supported for subqueries"),
        ("foo[5m:1m] smoothed", "1:1: parse error: smoothed modifier is not supported for subqueries"),
        ("1 anchored", "1:1: parse error: anchored modifier not implemented"),
        ("abs(x) smoothed", "1:1: parse error: smoothed modifier not implemented"),
    ]);
}

#[test]
fn binary_operators() {
    let between_vectors = "vector matching only allowed between instant vectors";
    check(&[
        ("1 and 1", "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"),
        ("1 or 1", "1:1: parse error: set operator \"or\" not allowed in binary scalar expression"),
        ("foo UNLESS 1", "1:1: parse error: set operator \"unless\" not allowed in binary scalar expression"),
        ("2 + 1 or foo", "1:1: parse error: set operator \"or\" not allowed in binary scalar expression"),
        ("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
        ("(1)   >= 2", "1:7: parse error: comparisons between scalars must use BOOL modifier"),
        ("time() != 2", "1:8: parse error: comparisons between scalars must use BOOL modifier"),
        ("1 or on(bar) foo", &format!("1:1: parse error: {between_vectors}")),
        ("foo == on(bar) 10", &format!("1:1: parse error: {between_vectors}")),
        ("foo + fill(0) 10", "1:1: parse error: filling in missing series only allowed between instant vectors"),
        ("foo or fill_left(0) bar", "1:1: parse error: filling in missing series not allowed for set operators"),
        ("foo + group_left(baz) bar", "1:7: parse error: unexpected <group_left>"),
        ("a - on(b) ignoring(c) d", "1:11: parse error: unexpected <ignoring>"),
        ("a - on(b) bool c", "1:11: parse error: unexpected <bool>"),
        ("a - fill 1 c", "1:10: parse error: unexpected number \"1\""),
        ("a - fill(x) c", "1:10: parse error: unexpected identifier \"x\""),
        ("a - fill(1) fill(2) c", "1:13: parse error: unexpected <fill>"),
        ("a - fill_left(1) fill_left(2) c", "1:18: parse error: unexpected <fill_left>"),
        ("a - fill_left(1) on(x) c", "1:18: parse error: unexpected <on>"),
        ("foo and on(bar) group_left(baz) bar", "1:1: parse error: no grouping allowed for \"and\" operation"),
        ("foo OR on(bar) group_right(baz) bar", "1:1: parse error: no grouping allowed for \"or\" operation"),
        ("foo unless on(bar) group_left bar", "1:1: parse error: no grouping allowed for \"unless\" operation"),
        (
            "a{x=\"y\"} + on(i) group_left(job,i) b",
            "1:10: parse error: label \"i\" must not occur in ON and GROUP clause at once",
        ),
        ("foo + bool bar", "1:5: parse error: bool modifier can only be used on comparison operators"),
        ("foo + bool 10", "1:5: parse error: bool modifier can only be used on comparison operators"),
        ("foo </ bool 10", "1:5: parse error: bool modifier can only be used on comparison operators"),
        ("foo and bool 10", "1:5: parse error: bool modifier can only be used on comparison operators"),
        ("\"a\" + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types"),
        ("1 + foo[5m]", "1:5: parse error: binary expression must contain only scalar and instant vector types"),
        (
            "-\"string\"",
            "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\"",
        ),
        (
            "-test[5m]",
            "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\"",
        ),
        ("a>b()", "1:3: parse error: unknown function with name \"b\""),
    ]);
    check_all(
        "foo and on(bar) group_left(baz) bar",
        &[
            "1:1: parse error: no grouping allowed for \"and\" operation",
            "1:1: parse error: set operations must always be many-to-many",
        ],
    );
    check_all(
        "1 or on(bar) foo",
        &[
            "1:1: parse error: vector matching only allowed between instant vectors",
            "1:1: parse error: set operator \"or\" not allowed in binary scalar expression",
        ],
    );
}

#[test]
fn aggregations() {
    check(&[
        ("sum without(==)(x)", "1:13: parse error: unexpected <op:==> in grouping opts, expected label"),
        ("sum without(,)(x)", "1:13: parse error: unexpected \",\" in grouping opts, expected label"),
        ("sum without(foo,,)(x)", "1:17: parse error: unexpected \",\" in grouping opts, expected label"),
        ("sum by(without)(x)", "1:8: parse error: unexpected <without> in grouping opts, expected label"),
        ("sum by(1)(x)", "1:8: parse error: unexpected number \"1\" in grouping opts, expected label"),
        ("sum by(a b)(x)", "1:10: parse error: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\""),
        ("sum by(\"\")(x)", "1:8: parse error: invalid label name for grouping: \"\""),
        ("sum by x", "1:8: parse error: unexpected identifier \"x\" in grouping opts, expected \"(\""),
        ("sum by (a) x", "1:12: parse error: unexpected identifier \"x\" in aggregation"),
        ("sum by (a)", "1:11: parse error: unexpected end of input in aggregation"),
        ("sum(a b)", "1:7: parse error: unexpected identifier \"b\" in aggregation"),
        ("sum(a + )", "1:9: parse error: unexpected \")\" in aggregation"),
        ("sum(abs(a b))", "1:11: parse error: unexpected identifier \"b\" in aggregation"),
        ("sum((a b))", "1:8: parse error: unexpected identifier \"b\" in aggregation"),
        ("abs(a b)", "1:7: parse error: unexpected identifier \"b\""),
        ("sum some_metric by (test)", "1:5: parse error: unexpected identifier \"some_metric\""),
        (
            "sum (some_metric) by test",
            "1:22: parse error: unexpected identifier \"test\" in grouping opts, expected \"(\"",
        ),
        ("sum () by (test)", "1:1: parse error: no arguments for aggregate expression provided"),
        ("MIN keep_common (x)", "1:5: parse error: unexpected identifier \"keep_common\""),
        ("MIN (x) keep_common", "1:9: parse error: unexpected identifier \"keep_common\""),
        ("sum (x) without (test) by (test)", "1:24: parse error: unexpected <by>"),
        ("sum without (test) (x) by (test)", "1:24: parse error: unexpected <by>"),
        ("topk(x)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"),
        (
            "sum(x, y)",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2",
        ),
        (
            "1 + limitk(1, x, y)",
            "1:5: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 3",
        ),
        ("topk(x,)", "1:7: parse error: trailing commas not allowed in function call args"),
        ("topk(x, y)", "1:6: parse error: expected type scalar in aggregation parameter, got instant vector"),
        ("limit_ratio(\"a\", y)", "1:13: parse error: expected type scalar in aggregation parameter, got string"),
        ("count_values(5, y)", "1:14: parse error: expected type string in aggregation parameter, got scalar"),
        ("sum(5)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar"),
        ("avg(x[5m])", "1:5: parse error: expected type instant vector in aggregation expression, got range vector"),
        (
            "quantile(\"a\", x[5m])",
            "1:15: parse error: expected type instant vector in aggregation expression, got range vector",
        ),
    ]);
    check_all(
        "topk(some_metric,)",
        &[
            "1:17: parse error: trailing commas not allowed in function call args",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1",
        ],
    );
}

#[test]
fn functions() {
    check(&[
        ("floor()", "1:1: parse error: expected 1 argument(s) in call to \"floor\", got 0"),
        ("1 - floor(x, y)", "1:5: parse error: expected 1 argument(s) in call to \"floor\", got 2"),
        ("floor(x, 1)", "1:1: parse error: expected 1 argument(s) in call to \"floor\", got 2"),
        ("floor(1)", "1:7: parse error: expected type instant vector in call to function \"floor\", got scalar"),
        ("hour(x, x, x)", "1:1: parse error: expected at most 1 argument(s) in call to \"hour\", got 3"),
        ("round()", "1:1: parse error: expected at least 1 argument(s) in call to \"round\", got 0"),
        ("round(x, 1, 2)", "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3"),
        ("label_join(x, \"a\")", "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 2"),
        (
            "label_join(x, \"a\", \"b\", \"c\", 5)",
            "1:30: parse error: expected type string in call to function \"label_join\", got scalar",
        ),
        ("sort_by_label()", "1:1: parse error: expected at least 1 argument(s) in call to \"sort_by_label\", got 0"),
        (
            "histogram_quantiles(x, \"q\")",
            "1:1: parse error: expected at least 3 argument(s) in call to \"histogram_quantiles\", got 2",
        ),
        (
            "histogram_quantiles(x, \"q\", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
            "1:1: parse error: expected at most 12 argument(s) in call to \"histogram_quantiles\", got 13",
        ),
        ("time(x)", "1:1: parse error: expected 0 argument(s) in call to \"time\", got 1"),
        ("start(1)", "1:1: parse error: expected 0 argument(s) in call to \"start\", got 1"),
        ("max_of(1)", "1:1: parse error: expected 2 argument(s) in call to \"max_of\", got 1"),
        ("min_of(x, 1)", "1:8: parse error: expected type scalar in call to function \"min_of\", got instant vector"),
        ("no_such()", "1:1: parse error: unknown function with name \"no_such\""),
        ("Rate(x[5m])", "1:1: parse error: unknown function with name \"Rate\""),
        ("STEP()", "1:1: parse error: unknown function with name \"STEP\""),
        ("rate(x)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"),
        ("rate(avg)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector"),
        ("rate(5m)", "1:6: parse error: expected type range vector in call to function \"rate\", got scalar"),
        ("abs(\"x\")", "1:5: parse error: expected type instant vector in call to function \"abs\", got string"),
        ("abs(x[5m])", "1:5: parse error: expected type instant vector in call to function \"abs\", got range vector"),
        ("abs(,)", "1:5: parse error: unexpected \",\""),
        ("abs(x,)", "1:6: parse error: trailing commas not allowed in function call args"),
        ("abs(x,,y)", "1:6: parse error: trailing commas not allowed in function call args"),
        ("abs(x, *)", "1:6: parse error: trailing commas not allowed in function call args"),
        ("abs(x", "1:6: parse error: unclosed left parenthesis"),
        ("a:b(x)", "1:4: parse error: unexpected \"(\""),
        (
            "info(x, target_info{a=\"b\"})",
            "1:9: parse error: expected label selectors only, got vector selector instead",
        ),
        ("info(x, {a=\"b\"} == 1)", "1:9: parse error: expected label selectors only"),
        ("info(x, 1)", "1:9: parse error: expected type instant vector in call to function \"info\", got scalar"),
        ("info(x, {a=\"b\"}, y)", "1:1: parse error: expected at most 2 argument(s) in call to \"info\", got 3"),
        ("info({}, {a=\"b\"})", "1:6: parse error: vector selector must contain at least one non-empty matcher"),
    ]);
}

#[test]
fn metric_selectors() {
    for (text, expected) in [
        ("", "unknown position: parse error: unexpected end of input"),
        ("1", "1:1: parse error: unexpected number \"1\""),
        ("up[5m]", "1:3: parse error: unexpected \"[\""),
        ("up offset 5m", "1:4: parse error: unexpected <offset>"),
        ("up up", "1:4: parse error: unexpected identifier \"up\""),
        ("sum(up)", "1:4: parse error: unexpected \"(\""),
        ("{a=b}", "1:4: parse error: unexpected identifier \"b\" in label matching, expected string"),
        ("up{", "1:4: parse error: unexpected end of input inside braces"),
        ("-up", "1:1: parse error: unexpected <op:->"),
    ] {
        let errors = parse_selector(text).expect_err(text);
        assert_eq!(errors.to_string(), expected, "{text:?}");
    }
}

#[test]
fn a_hostile_query_does_not_collect_errors_without_end() {
    let query = format!("label_join(x, \"a\"{})", ", 1".repeat(100_000));
    assert_eq!(parse(&query).expect_err("numbers are no strings").iter().count(), 100);
}
