//! Deep nesting is refused before it can exhaust a stack, and what is accepted can be handled on a stack of two megabytes.

use logql_syntax::{MAX_QUERY_BYTES, format, parse};

/// Makes a query with so many levels.
type Shape = fn(usize) -> String;

/// Shapes of nesting: a name, and the query with so many levels.
const SHAPES: &[(&str, Shape)] = &[
    ("parentheses", |n| format!("{}{{a=\"b\"}}{}", "(".repeat(n), ")".repeat(n))),
    ("sums", |n| vec!["vector(1)"; n].join("+")),
    ("powers", |n| vec!["vector(1)"; n].join("^")),
    ("aggregations", |n| format!("{}vector(1){}", "sum(".repeat(n), ")".repeat(n))),
    ("numbers", |n| format!("{}vector(1){}", "sum(1+".repeat(n / 3), ")".repeat(n / 3))),
    ("replacements", |n| format!("{}vector(1){}", "label_replace(".repeat(n), ",``,``,``,``)".repeat(n))),
    ("ranges", |n| format!("rate({}{{a=\"b\"}}[1m]{})", "(".repeat(n), ")".repeat(n))),
    ("filters in parentheses", |n| format!("{{a=\"b\"}} | {}x=1{}", "(".repeat(n), ")".repeat(n))),
    ("filters in a row", |n| format!("{{a=\"b\"}} | {}", vec!["x=1"; n].join(","))),
    ("alternatives", |n| format!("{{a=\"b\"}} | {}", vec!["x=1"; n].join(" or "))),
    ("filters of what is unwrapped", |n| {
        format!("rate({{a=\"b\"}} | unwrap x | {} [1m])", vec!["x=1"; n].join(" and "))
    }),
];

/// Runs on a thread with the stack that threads have by default.
fn on_two_megabytes(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn_scoped(scope, run);
        let outcome = thread.map(|thread| thread.join().is_ok());
        assert!(outcome.is_ok_and(|ended_well| ended_well));
    });
}

#[test]
fn moderate_nesting_is_accepted() {
    on_two_megabytes(|| {
        for (name, query) in SHAPES {
            let expr = parse(&query(490)).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(expr.clone(), expr, "{name}");
            let line = expr.to_string();
            assert_eq!(parse(&line).map(|again| again.to_string()), Ok(line), "{name}");
        }
    });
}

#[test]
fn moderate_nesting_is_formatted() {
    on_two_megabytes(|| {
        for (name, query) in SHAPES {
            let expr = parse(&query(60)).unwrap_or_else(|error| panic!("{name}: {error}"));
            let lines = format(&expr, 20);
            assert_eq!(parse(&lines).map(|again| format(&again, 20)), Ok(lines), "{name}");
        }
    });
}

#[test]
fn deep_nesting_is_refused() {
    on_two_megabytes(|| {
        for (name, query) in SHAPES {
            for levels in [3_500, 4_000] {
                let query = query(levels);
                assert!(query.len() <= MAX_QUERY_BYTES, "{name}");
                let error = parse(&query).expect_err(name);
                assert_eq!(error.to_string(), "parse error : expression nests too deeply", "{name} {levels}");
            }
        }
    });
}

#[test]
fn long_queries_are_refused() {
    let filler = |len: usize| format!("{{a=\"b\"}} |= `{}`", "x".repeat(len - 13));
    assert!(parse(&filler(MAX_QUERY_BYTES)).is_ok());
    let error = parse(&filler(MAX_QUERY_BYTES + 1)).expect_err("too long");
    assert_eq!(error.to_string(), "parse error : input size too long (131073 > 131072)");
}
