//! The PromQL language: lexer, parser, formatter. Knows nothing of evaluation.
//!
//! The language is that of Prometheus 3.14 with everything that hides behind a feature flag there: experimental
//! functions and aggregations, computed durations, `anchored` and `smoothed`, `fill`. Errors read as upstream's.

pub mod ast;
mod check;
mod display;
mod error;
mod functions;
mod lexer;
mod operator;
mod parser;
mod pretty;
mod quote;
pub mod series;
mod token;
mod visit;

pub use error::{ParseError, ParseErrors, position};
pub use pretty::format;
pub use series::{SeriesDescription, SeriesValue, parse_series_description};

use ast::Expr;
use model::Matcher;

/// Parses an expression and checks its types.
///
/// # Errors
/// Whatever is wrong with the query; the texts are upstream's.
pub fn parse(query: &str) -> Result<Expr, ParseErrors> {
    let mut expr = parser::parse_expression(query)?;
    check::check(query, &mut expr)?;
    Ok(expr)
}

/// Parses an expression without checking its types: for editors and formatters that work on half-written queries. The
/// tree may not be evaluated.
///
/// # Errors
/// Whatever is wrong with the query apart from types.
pub fn parse_syntax(query: &str) -> Result<Expr, ParseErrors> {
    parser::parse_expression(query)
}

/// Parses a metric selector such as the `match[]` parameters of the API hold. One that matches everything is accepted,
/// as upstream's parser does; callers that cannot serve it refuse it themselves.
///
/// # Errors
/// Whatever is wrong with the selector; the texts are upstream's.
pub fn parse_selector(text: &str) -> Result<Vec<Matcher>, ParseErrors> {
    parser::parse_selector(text)
}
