//! The LogQL language: lexer, parser, syntax tree with positions, formatter. Knows nothing of evaluation.
//!
//! The language is that of Loki's main branch in summer 2026 without `variants`. Errors read as upstream's.

mod argument;
pub mod ast;
mod check;
mod display;
pub mod duration;
mod error;
mod lexer;
mod parser;
mod pretty;
pub mod size;
pub mod text;
mod token;

pub use argument::field_path::{parse_json_path, parse_logfmt_key};
pub use argument::pattern::parse_pattern;
pub use error::{ParseError, ParseErrorKind};
pub use pretty::format;

use ast::{Expr, LogExpr, Span};
use model::{Labels, MatchOp, Matcher};

/// The longest query that is read, in bytes.
pub const MAX_QUERY_BYTES: usize = 128 * 1024;

/// Parses a query and checks all that can be checked without evaluating it.
///
/// # Errors
/// What is wrong with the query; the texts are upstream's.
pub fn parse(query: &str) -> Result<Expr, ParseError> {
    let parsed = read(query)?;
    check::check_selectors(&parsed.expr)?;
    parsed.stage_error.map_or(Ok(parsed.expr), Err)
}

/// Parses a query without looking into the strings that stages are given, as far as upstream's parser does not do so: for
/// formatters. The tree may not be evaluated.
///
/// # Errors
/// What is wrong with the query otherwise.
pub fn parse_syntax(query: &str) -> Result<Expr, ParseError> {
    let expr = read(query)?.expr;
    check::check_selectors(&expr)?;
    Ok(expr)
}

/// Parses a log query: a selector with a pipeline.
///
/// # Errors
/// What is wrong with the query; also when it is a metric query.
pub fn parse_log_selector(query: &str) -> Result<LogExpr, ParseError> {
    match parse(query)? {
        Expr::Log(log) => Ok(log),
        Expr::Metric(metric) => Err(meaning(metric.span, "only log selector is supported")),
    }
}

/// Parses a selector without a pipeline, such as the `match[]` parameters of the API hold.
///
/// # Errors
/// What is wrong with the selector; also when it is more than a selector.
pub fn parse_matchers(text: &str) -> Result<Vec<Matcher>, ParseError> {
    let log = parse_log_selector(text)?;
    if log.stages.is_empty() { Ok(log.matchers) } else { Err(meaning(log.span, "only label matchers is supported")) }
}

/// Parses the labels of a stream in the form `{a="b", c="d"}`; there may be none.
///
/// # Errors
/// When the text is no list of labels, or a label stands twice.
pub fn parse_labels(text: &str) -> Result<Labels, ParseError> {
    let Expr::Log(log) = read(text)?.expr else {
        return Err(meaning(Span { start: 0, end: text.len() }, "only labels are supported"));
    };
    let is_label = |matcher: &Matcher| matcher.op() == MatchOp::Equal;
    if !log.stages.is_empty() || !log.matchers.iter().all(is_label) {
        return Err(meaning(log.span, "only labels are supported"));
    }
    for (i, matcher) in log.matchers.iter().enumerate() {
        if log.matchers[..i].iter().any(|before| before.name() == matcher.name()) {
            return Err(meaning(log.span, &format!("duplicate label {}", matcher.name())));
        }
    }
    Ok(Labels::from_pairs(log.matchers.iter().map(|matcher| (matcher.name(), matcher.value()))))
}

/// The names that the grammar gives to the tokens of a text, up to where it cannot be read any more.
#[must_use]
pub fn token_names(text: &str) -> Vec<String> {
    let mut lexer = lexer::Lexer::new(text);
    let mut names = Vec::new();
    while let Ok(token) = lexer.next_token()
        && token.kind != token::TokenKind::End
    {
        names.push(token.kind.grammar_name());
    }
    names
}

fn read(query: &str) -> Result<parser::ParsedQuery, ParseError> {
    if query.len() > MAX_QUERY_BYTES {
        let message = format!("input size too long ({} > {MAX_QUERY_BYTES})", query.len());
        return Err(meaning(Span { start: 0, end: query.len() }, &message));
    }
    parser::parse(query)
}

fn meaning(span: Span, message: &str) -> ParseError {
    ParseError { kind: ParseErrorKind::Meaning, span, message: message.to_owned() }
}
