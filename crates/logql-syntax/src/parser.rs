//! The parser: one function for each construct of the grammar.
//!
//! Where upstream's parser names what it would have taken, so does this one; it does so in states that can go on with no more
//! than four kinds of token. The lists in calls of [`Parser::unexpected`] are therefore part of the grammar.

mod aggregate;
mod binary;
mod filter;
mod label_filter;
mod pipeline;
mod range;
mod selector;

use crate::ast::{Expr, MetricExpr, MetricKind, Span};
use crate::error::{ParseError, ParseErrorKind};
use crate::lexer::Lexer;
use crate::token::{Token, TokenKind, TokenValue};

/// How high trees may grow, so that no walk over one exhausts a stack of two megabytes.
const MAX_HEIGHT: usize = 512;

/// How deep expressions may nest where they are read. Canonical text has up to two levels for each of the tree's.
const MAX_DEPTH: usize = 2 * MAX_HEIGHT + 16;

/// The result of parsing a part.
type Parsed<T> = Result<T, ParseError>;

/// A query that could be read.
pub(crate) struct ParsedQuery {
    /// The tree.
    pub(crate) expr: Expr,
    /// The first stage whose argument is wrong; its place in the tree holds the text alone.
    pub(crate) stage_error: Option<ParseError>,
}

/// Reads a query without looking at what its selectors match.
pub(crate) fn parse(query: &str) -> Result<ParsedQuery, ParseError> {
    let mut parser = Parser::new(query)?;
    let expr = parser.binary(0)?;
    if parser.token.kind != TokenKind::End {
        return parser.unexpected(&[]);
    }
    Ok(ParsedQuery { expr, stage_error: parser.stage_error })
}

struct Parser<'q> {
    lexer: Lexer<'q>,
    /// The token that comes next.
    token: Token,
    /// Where the token before ended.
    last_end: usize,
    stage_error: Option<ParseError>,
    /// How many expressions surround this place.
    depth: usize,
    /// How high the tree of the last complete expression is.
    height: usize,
}

impl<'q> Parser<'q> {
    fn new(query: &'q str) -> Parsed<Parser<'q>> {
        let mut lexer = Lexer::new(query);
        let token = lexer.next_token()?;
        Ok(Parser { lexer, token, last_end: 0, stage_error: None, depth: 0, height: 0 })
    }

    /// Takes the next token.
    fn take(&mut self) -> Parsed<Token> {
        let next = self.lexer.next_token()?;
        self.last_end = self.token.span.end;
        Ok(std::mem::replace(&mut self.token, next))
    }

    /// Takes the next token if it is of a kind.
    fn take_if(&mut self, kind: TokenKind) -> Parsed<bool> {
        let found = self.token.kind == kind;
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// Takes a token that is the only one that fits.
    fn expect(&mut self, kind: TokenKind) -> Parsed<Token> {
        if self.token.kind == kind { self.take() } else { self.unexpected(&[kind]) }
    }

    /// Takes a token with text that is the only one that fits.
    fn expect_text(&mut self, kind: TokenKind) -> Parsed<String> {
        self.expect(kind).map(text_of)
    }

    /// Refuses the next token. What would fit is listed if that is no more than four kinds of token.
    fn unexpected<T>(&self, expected: &[TokenKind]) -> Parsed<T> {
        let mut message = format!("syntax error: unexpected {}", self.token.kind.shown());
        for (i, kind) in expected.iter().enumerate() {
            message.push_str(if i == 0 { ", expecting " } else { " or " });
            message.push_str(&kind.shown());
        }
        let kind = ParseErrorKind::Syntax { line: self.token.line, column: self.token.column };
        Err(ParseError { kind, span: self.token.span, message })
    }

    /// From an earlier place up to the end of the last token.
    fn since(&self, start: usize) -> Span {
        Span { start, end: self.last_end.max(start) }
    }

    /// Notes that the argument of a stage is wrong.
    fn refuse_stage(&mut self, span: Span, message: String) {
        self.stage_error.get_or_insert(ParseError { kind: ParseErrorKind::Stage, span, message });
    }

    /// Goes one expression deeper; to be undone by lowering `depth` when that expression is complete.
    fn descend(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { too_deep(self.token.span) } else { Ok(()) }
    }

    /// Notes that an expression was completed whose highest part is `highest_part` high.
    fn grow(&mut self, span: Span, highest_part: usize) -> Parsed<()> {
        self.height = highest_part + 1;
        if self.height > MAX_HEIGHT { too_deep(span) } else { Ok(()) }
    }

    /// An expression without operators around it.
    fn operand(&mut self) -> Parsed<Expr> {
        match self.token.kind {
            TokenKind::OpenBrace => self.log_expr().map(Expr::Log),
            TokenKind::OpenParen => {
                self.take()?;
                let expr = self.binary(0)?;
                if self.token.kind != TokenKind::CloseParen {
                    return self.unexpected(&[]);
                }
                self.take()?;
                Ok(expr)
            }
            _ => self.metric_operand().map(Expr::Metric),
        }
    }

    #[inline(never)]
    fn metric_operand(&mut self) -> Parsed<MetricExpr> {
        let start = self.token.span.start;
        self.height = 1;
        match self.token.kind {
            TokenKind::Number => {
                let number = self.take()?;
                literal(&text_of(number.clone()), false, number.span)
            }
            TokenKind::Binary(crate::ast::BinaryOp::Add | crate::ast::BinaryOp::Sub) => {
                let (text, negative) = self.signed_number()?;
                literal(&text, negative, self.since(start))
            }
            TokenKind::RangeOp(op) => self.range_aggregate(op),
            TokenKind::VectorOp(op) => self.vector_aggregate(op),
            TokenKind::LabelReplace => self.label_replace(),
            TokenKind::Vector => self.vector(),
            TokenKind::Identifier if self.is_variants() => {
                meaning(self.token.span, "not built yet: variants".to_owned())
            }
            _ => self.unexpected(&[]),
        }
    }

    /// Whether the next token begins `variants (…) of (…)`.
    fn is_variants(&self) -> bool {
        let is_word = matches!(&self.token.value, TokenValue::Text(text) if text.eq_ignore_ascii_case("variants"));
        is_word && self.lexer.clone().next_token().is_ok_and(|token| token.kind == TokenKind::OpenParen)
    }

    /// A sign with the number behind it; whether the sign is a minus.
    fn signed_number(&mut self) -> Parsed<(String, bool)> {
        let sign = self.take()?;
        let negative = sign.kind == TokenKind::Binary(crate::ast::BinaryOp::Sub);
        Ok((self.expect_text(TokenKind::Number)?, negative))
    }

    #[inline(never)]
    fn vector(&mut self) -> Parsed<MetricExpr> {
        let start = self.take()?.span.start;
        self.expect(TokenKind::OpenParen)?;
        let number = self.expect_text(TokenKind::Number)?;
        self.expect(TokenKind::CloseParen)?;
        let span = self.since(start);
        let value = parse_float(&number)
            .or_else(|error| meaning(span, format!("unable to parse vectorExpr as a float: {error}")))?;
        Ok(MetricExpr { kind: MetricKind::Vector(value), span })
    }
}

fn literal(text: &str, negative: bool, span: Span) -> Parsed<MetricExpr> {
    let value = number(text, negative, span)?;
    Ok(MetricExpr { kind: MetricKind::Literal(value), span })
}

/// The value of a number as queries and label filters have it.
fn number(text: &str, negative: bool, span: Span) -> Parsed<f64> {
    match parse_float(text) {
        Ok(value) => Ok(if negative { -value } else { value }),
        Err(error) => meaning(span, format!("unable to parse literal as a float: {error}")),
    }
}

/// Reads what the lexer took for a number, with Go's message where it is none.
fn parse_float(text: &str) -> Result<f64, String> {
    let lower = text.to_ascii_lowercase();
    let is_float = !lower.starts_with("0x") || lower.contains('p');
    match model::float::parse(text).filter(|_| is_float) {
        Some(value) if value.is_infinite() => {
            Err(format!("strconv.ParseFloat: parsing \"{text}\": value out of range"))
        }
        Some(value) => Ok(value),
        None => Err(format!("strconv.ParseFloat: parsing \"{text}\": invalid syntax")),
    }
}

/// An error in what the query means.
fn meaning<T>(span: Span, message: String) -> Parsed<T> {
    Err(ParseError { kind: ParseErrorKind::Meaning, span, message })
}

fn too_deep<T>(span: Span) -> Parsed<T> {
    meaning(span, "expression nests too deeply".to_owned())
}

fn text_of(token: Token) -> String {
    match token.value {
        TokenValue::Text(text) => text,
        TokenValue::None | TokenValue::DurationNs(_) | TokenValue::Bytes(_) => String::new(),
    }
}

fn ns_of(token: &Token) -> i64 {
    match token.value {
        TokenValue::DurationNs(ns) => ns,
        _ => 0,
    }
}
