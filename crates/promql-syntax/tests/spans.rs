//! Where expressions stand: warnings and editors point at them.

use promql_syntax::ast::Expr;
use promql_syntax::{parse, position};

/// Checks the text that each expression of a query covers, in the order of a walk.
fn check(query: &str, expected: &[&str]) {
    let expr = parse(query).unwrap_or_else(|errors| panic!("{query:?}: {errors}"));
    let mut covered = Vec::new();
    expr.walk(&mut |part: &Expr| covered.push(&query[part.span.start..part.span.end]));
    assert_eq!(covered, expected, "{query:?}");
}

#[test]
fn expressions_cover_their_text() {
    check(" 1 ", &["1"]);
    check("- 1", &["- 1"]);
    check(" + foo", &["+ foo", "foo"]);
    check("\"a\" # b", &["\"a\""]);
    check(" foo { a = \"b\" } ", &["foo { a = \"b\" }"]);
    check("{\"foo\"}", &["{\"foo\"}"]);
    check("foo[5m] ", &["foo[5m]"]);
    check("(foo) ", &["(foo)", "foo"]);
    check("(sum(foo) )", &["(sum(foo) )", "sum(foo)", "foo"]);
    check("(sum(foo) by (bar) )", &["(sum(foo) by (bar) )", "sum(foo) by (bar)", "foo"]);
    check("sum by (bar) (foo) + 1", &["sum by (bar) (foo) + 1", "sum by (bar) (foo)", "foo", "1"]);
    check("topk ( 5 , foo )", &["topk ( 5 , foo )", "5", "foo"]);
    check("a + on(x) b * c", &["a + on(x) b * c", "a", "b * c", "b", "c"]);
    check("round( foo , 2 )", &["round( foo , 2 )", "foo", "2"]);
    check("time( ) - 1", &["time( ) - 1", "time( )", "1"]);
}

#[test]
fn modifiers_belong_to_the_text() {
    check("foo offset 5m ", &["foo offset 5m"]);
    check("foo @ 5 ", &["foo @ 5"]);
    check("(foo @ start( ) )", &["(foo @ start( ) )", "foo @ start( )"]);
    check("(foo offset (5s) )", &["(foo offset (5s) )", "foo offset (5s)"]);
    check("foo[5m] offset - 5m @ 3 ", &["foo[5m] offset - 5m @ 3"]);
    check("(a + b)[5m:1m] offset 5m", &["(a + b)[5m:1m] offset 5m", "(a + b)", "a + b", "a", "b"]);
    // Upstream leaves these two out.
    check("foo[5m] anchored", &["foo[5m]"]);
    check("foo smoothed", &["foo"]);
}

#[test]
fn positions_count_lines_and_bytes() {
    for (query, offset, expected) in [
        ("abc", 0, (1, 1)),
        ("abc", 2, (1, 3)),
        ("abc", 3, (1, 4)),
        ("abc", 99, (1, 4)),
        ("", 0, (1, 1)),
        ("a\nbc", 1, (1, 2)),
        ("a\nbc", 2, (2, 1)),
        ("a\n\nbc", 4, (3, 2)),
        ("é\té", 4, (1, 5)),
        ("é", 1, (1, 2)),
    ] {
        assert_eq!(position(query, offset), expected, "{query:?} {offset}");
    }
}
