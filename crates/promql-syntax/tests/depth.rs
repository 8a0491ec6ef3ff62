//! Deep nesting is refused before it can exhaust a stack, and what is accepted can be handled on a stack of two megabytes.

use promql_syntax::{format, parse, parse_syntax};

/// Makes a query with so many levels.
type Shape = fn(usize) -> String;

/// Shapes of nesting: a name, and the query with so many levels.
const SHAPES: &[(&str, Shape)] = &[
    ("parentheses", |n| format!("{}x{}", "(".repeat(n), ")".repeat(n))),
    ("signs", |n| format!("{}x", "-".repeat(n))),
    ("powers", |n| vec!["x"; n].join("^")),
    ("sums", |n| vec!["x"; n].join("+")),
    ("alternatives", |n| vec!["x"; n].join(" or ")),
    ("calls", |n| format!("{}x{}", "abs(".repeat(n), ")".repeat(n))),
    ("aggregations", |n| format!("{}x{}", "sum by (a) (".repeat(n), ")".repeat(n))),
    ("parameters", |n| format!("{}1{}", "scalar(topk(".repeat(n / 2), ", x))".repeat(n / 2))),
    ("subqueries", |n| format!("{}x{}", "rate(".repeat(n / 2), "[1m:])".repeat(n / 2))),
    ("duration parentheses", |n| format!("x[{}1{}]", "(".repeat(n), ")".repeat(n))),
    ("duration signs", |n| format!("x[{}step()]", "-".repeat(n))),
    ("duration sums", |n| format!("x[{}]", vec!["1"; n].join("+"))),
    ("duration functions", |n| format!("x[{}1{}]", "min_of(1,".repeat(n), ")".repeat(n))),
    ("offset parentheses", |n| format!("x offset {}1{}", "(".repeat(n), ")".repeat(n))),
    ("chains in parentheses", |n| format!("{}x{}", "(".repeat(n / 4), " + x + x + x)".repeat(n / 4))),
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
            let query = query(500);
            let expr = parse(&query).unwrap_or_else(|errors| panic!("{name}: {errors}"));
            assert_eq!(expr.clone(), expr, "{name}");
            assert!(!expr.selectors().is_empty(), "{name}");
            let line = expr.to_string();
            assert_eq!(parse(&line).map(|again| again.to_string()), Ok(line), "{name}");
            let lines = format(&expr);
            assert_eq!(parse(&lines).map(|again| format(&again)), Ok(lines), "{name}");
        }
    });
}

#[test]
fn deep_nesting_is_refused() {
    on_two_megabytes(|| {
        for (name, query) in SHAPES {
            for levels in [2_000, 100_000] {
                let errors = parse_syntax(&query(levels)).expect_err(name);
                assert_eq!(errors.first().message, "expression nests too deeply", "{name} {levels}");
            }
        }
    });
}

#[test]
fn unclosed_nesting_is_refused() {
    on_two_megabytes(|| {
        for part in ["(", "sum(", "x[", "{", "-", "x + ", "x[(", "x offset (", "\"", "abs(x, "] {
            parse(&part.repeat(100_000)).expect_err(part);
        }
    });
}
