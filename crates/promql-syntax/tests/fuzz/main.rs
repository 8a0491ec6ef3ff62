//! Random queries: nothing panics, errors point into the query, and what parses prints as something equivalent.
//!
//! A long run: `FUZZ_ITERATIONS=10000000 cargo test --release -p promql-syntax --test fuzz -- --nocapture` prints how many
//! queries it tried and how fast; `FUZZ_SEED` repeats a run.

mod generate;
mod same;

use generate::random_query;
use promql_syntax::ast::Expr;
use promql_syntax::{ParseErrors, format, parse, parse_selector, parse_series_description, parse_syntax};
use same::same_expr;

/// Enough for a few seconds of an unoptimised build.
const DEFAULT_ITERATIONS: u64 = 150_000;

/// What became of the queries.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    ill_typed: u64,
    refused: u64,
}

#[test]
fn random_queries() {
    let mut tally = Tally::default();
    let iterations = testkit::fuzz::run(DEFAULT_ITERATIONS, random_query, |query| check(query, &mut tally));
    println!("{tally:?}");
    // Were nearly all refused, or nearly all accepted, the run would show little.
    for count in [tally.accepted, tally.ill_typed, tally.refused] {
        assert!(iterations < 1000 || count * 50 > iterations, "{tally:?}");
    }
}

fn check(query: &str, tally: &mut Tally) {
    check_spans(query, parse_selector(query).err());
    check_spans(query, parse_series_description(query).err());
    let expr = match parse(query) {
        Ok(expr) => {
            tally.accepted += 1;
            expr
        }
        Err(errors) => {
            check_spans(query, Some(errors));
            match parse_syntax(query) {
                Ok(_) => tally.ill_typed += 1,
                Err(_) => tally.refused += 1,
            }
            return;
        }
    };
    check_print(&expr, &expr.to_string());
    check_print(&expr, &format(&expr));
}

fn check_spans(query: &str, errors: Option<ParseErrors>) {
    for error in errors.iter().flat_map(ParseErrors::iter) {
        let span = error.span;
        assert!(span.start <= span.end && span.end <= query.len(), "{error} {span:?}");
        assert!(!error.message.is_empty() && error.message != "unexpected error");
    }
}

fn check_print(expr: &Expr, text: &str) {
    let again = parse(text).unwrap_or_else(|errors| panic!("prints as {text:?}: {errors}"));
    assert!(same_expr(expr, &again), "prints as {text:?}");
}
