//! How queries print: as one line, and as indented text.

use logql_syntax::{format, parse};

fn check(query: &str, expected: &str) {
    let expr = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
    assert_eq!(expr.to_string(), expected, "{query}");
    assert_eq!(parse(expected).map(|again| again.to_string()), Ok(expected.to_owned()), "{query}");
}

#[test]
fn log_queries_print_on_one_line() {
    for (query, expected) in [
        ("({ a = `b` ,c!~\"d\"})", "{a=\"b\", c!~\"d\"}"),
        ("{a=`\u{e9}\"`}", "{a=\"é\\\"\"}"),
        ("{a=`b`} |= `c` or ip(`::1`)", "{a=\"b\"} |= \"c\" or ip(\"::1\")"),
        ("{a=`b`} !> `c` or `d`", "{a=\"b\"} !> \"c\" !> \"d\""),
        ("{a=`b`}|JSON x,y=`z`|Unpack|decolorize", "{a=\"b\"} | json x=\"x\",y=\"z\" | unpack | decolorize"),
        ("{a=`b`}|logfmt --keep-empty --strict", "{a=\"b\"} | logfmt --strict --keep-empty"),
        ("{a=`b`} | drop a , b =~ `c` | keep d", "{a=\"b\"} | drop a,b=~\"c\" | keep d"),
        ("{a=`b`} | x=1 y>2kB, z=`c` or w<1m", "{a=\"b\"} | ( x==1 , ( y>2.0kB , ( z=\"c\" or w<1m0s ) ) )"),
        ("{a=`b`} | x=1 or y=2 and z=3 or w=4", "{a=\"b\"} | ( ( x==1 or ( y==2 , z==3 ) ) or w==4 )"),
        ("{a=`b`} | x>1234567B | y>2560B | z>0B", "{a=\"b\"} | x>1234567B | y>2560B | z>0B"),
        ("{a=`b`} | x>-1.5h | y>1d | z=10µs", "{a=\"b\"} | x>-1h30m0s | y>24h0m0s | z==10µs"),
        ("{a=`b`} // c\n |= /* d */ `e` # f", "{a=\"b\"} |= \"e\""),
    ] {
        check(query, expected);
    }
}

#[test]
fn metric_queries_print_on_one_line() {
    for (query, expected) in [
        ("1 + 2 * 3 ^ 2 ^ 0", "7"),
        ("-2 ^ 2", "4"),
        ("1 / 0", "(0 / 0)"),
        ("-1e308 * 10", "(-1e308 * 10)"),
        ("5 % 3 - 1e-9", "1.999999999"),
        ("vector(0.0000001)", "vector(0.0000001)"),
        ("vector(1) > bool 1", "(vector(1.000000) > bool 1)"),
        ("vector(1) - vector(2) - 3", "((vector(1.000000) - vector(2.000000)) - 3)"),
        (
            "vector(1) * on() group_left() (vector(1)+1)",
            "(vector(1.000000) * on () group_left () (vector(1.000000) + 1))",
        ),
        (
            "vector(1) / on(a) group_right(b,c) vector(1)",
            "(vector(1.000000) / on (a) group_right (b,c) vector(1.000000))",
        ),
        ("sum(vector(1)) by ()", "sum(vector(1.000000))"),
        ("sum without () (vector(1))", "sum without ()(vector(1.000000))"),
        ("max_over_time({a=`b`}|unwrap x[1m]) by ()", "max_over_time({a=\"b\"} | unwrap x[1m]) by ()"),
        ("rate(({a=`b`}|json)[90s] offset -1m)", "rate({a=\"b\"} | json[1m30s] offset -1m0s)"),
        ("rate(({a=`b`})[1d] | unwrap bytes(x))", "rate({a=\"b\"} | unwrap bytes(x)[1d])"),
        (
            "rate({a=`b`}[1m] offset 1h |= `c` | unwrap x | x>1)",
            "rate({a=\"b\"} |= \"c\" | unwrap x | x>1[1m] offset 1h0m0s)",
        ),
    ] {
        check(query, expected);
    }
}

#[test]
fn splitting_keeps_the_meaning() {
    let query = "(sum(rate({a=`b`}[5m])) + sum(rate({c=`d`}[5m]))) * -1 - (vector(1) - vector(22222222))";
    let expr = parse(query).unwrap_or_else(|error| panic!("{error}"));
    let expected = "    (
        sum(
          rate({a=\"b\"}[5m])
        )
      +
        sum(
          rate({c=\"d\"}[5m])
        )
    )
  *
    -1
-
  (
      vector(1.000000)
    -
      vector(22222222.000000)
  )";
    assert_eq!(format(&expr, 20), expected);
    assert_eq!(parse(expected).map(|again| again.to_string()), Ok(expr.to_string()));
}

#[test]
fn stages_stand_on_lines_of_their_own() {
    let query = "avg_over_time({app=`foo`} |= `a` != `b` or `c` | json | unwrap duration(x) | x > 1 [1d] offset 1w) without (l, m)";
    let expr = parse(query).unwrap_or_else(|error| panic!("{error}"));
    let expected = "avg_over_time(
  {app=\"foo\"}
    |= \"a\"
    != \"b\" != \"c\"
    | json
    | unwrap duration(x)
    | x>1 [1d] offset 1w
) without (l, m)";
    assert_eq!(format(&expr, 20), expected);
    assert_eq!(format(&expr, 1000), expr.to_string());
}
