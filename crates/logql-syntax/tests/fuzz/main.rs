//! Random queries: nothing panics, errors point into the query, and what parses prints as something equivalent.
//!
//! A long run: `FUZZ_ITERATIONS=1000000 cargo test -p logql-syntax --test fuzz -- --nocapture` prints how many queries it tried
//! and how fast; `FUZZ_SEED` repeats a run.

mod generate;

use generate::random_query;
use logql_syntax::ast::{Expr, LineFilter, Stage, StageKind, VectorOp};
use logql_syntax::{ParseError, format, parse, parse_labels, parse_matchers, parse_syntax, token_names};

/// Enough for a few seconds of an unoptimised build.
const DEFAULT_ITERATIONS: u64 = 20_000;

/// What became of the queries.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    stage_refused: u64,
    refused: u64,
}

#[test]
fn random_queries() {
    let mut tally = Tally::default();
    let iterations = testkit::fuzz::run(DEFAULT_ITERATIONS, random_query, |query| check(query, &mut tally));
    println!("{tally:?}");
    // Were nearly all refused, or nearly all accepted, the run would show little.
    for count in [tally.accepted, tally.refused] {
        assert!(iterations < 1000 || count * 8 > iterations, "{tally:?}");
    }
    assert!(iterations < 1000 || tally.stage_refused > 0, "{tally:?}");
}

fn check(query: &str, tally: &mut Tally) {
    assert!(token_names(query).iter().all(|name| !name.is_empty()));
    check_error(query, parse_matchers(query).err());
    check_error(query, parse_labels(query).err());
    let expr = match parse_syntax(query) {
        Ok(expr) => expr,
        Err(error) => {
            tally.refused += 1;
            return check_error(query, Some(error));
        }
    };
    match parse(query) {
        Ok(_) => tally.accepted += 1,
        Err(error) => {
            tally.stage_refused += 1;
            check_error(query, Some(error));
        }
    }
    let span = expr.span();
    assert!(query.get(span.start..span.end).is_some(), "{span:?}");
    let shape = shape(&expr);
    for text in [expr.to_string(), format(&expr, 0), format(&expr, 20), format(&expr, 100)] {
        let again = parse_syntax(&text).unwrap_or_else(|error| panic!("prints as {text:?}: {error}"));
        assert_eq!(again.to_string(), expr.to_string(), "prints as {text:?}");
        if !expands(&expr) {
            assert_eq!(self::shape(&again), shape, "prints as {text:?}");
        }
    }
}

fn check_error(query: &str, error: Option<ParseError>) {
    let Some(error) = error else { return };
    assert!(query.get(error.span.start..error.span.end).is_some(), "{error} {:?}", error.span);
    assert!(!error.message.is_empty());
}

/// The tree without its places.
fn shape(expr: &Expr) -> String {
    let debug = format!("{expr:?}");
    let mut parts = debug.split("Span { start: ");
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape.push_str(part.split_once('}').map_or("", |(_, behind)| behind));
    }
    // `by ()` means what nothing does, and is not printed.
    for op in VectorOp::ALL {
        let head = format!("VectorAggregate {{ op: {op:?}, grouping: ");
        shape =
            shape.replace(&format!("{head}Some(Grouping {{ without: false, labels: [] }})"), &format!("{head}None"));
    }
    shape
}

/// Whether printing makes several filters of one: alternatives of a negated filter.
fn expands(expr: &Expr) -> bool {
    let is_expanded = |stage: &Stage| match &stage.kind {
        StageKind::LineFilter(LineFilter { op, alternatives }) => op.is_negated() && alternatives.len() > 1,
        _ => false,
    };
    expr.log_exprs().iter().any(|log| log.stages.iter().any(is_expanded))
}
