//! Builds the syntax tree: recursive descent, with operators by precedence.
//!
//! A word that cannot stand where it stands ends parsing; anything else that is wrong is noted and parsing goes on, so that
//! the first error is the one upstream reports first. Upstream's parser is generated, and when it meets an unexpected word
//! it describes the innermost construct that has an error rule; [`Parser::expectations`] keeps these.

mod aggregate;
mod binary;
mod call;
mod duration;
mod modifier;
mod range;
mod selector;

use crate::ast::{BinaryOp, Expr, ExprKind, NumberLiteral, Span};
use crate::error::{ErrorList, ParseError, ParseErrors};
use crate::lexer::{Lexer, number, string};
use crate::operator::PRECEDENCE_POW;
use crate::token::{Token, TokenKind};

/// How high a tree may grow and how deep the parser may descend. Walking, printing, evaluating and dropping a tree take
/// a stack frame or two per level, which must fit the two megabytes that a thread has by default.
pub(crate) const MAX_DEPTH: usize = 512;

/// Parses an expression without checking its types.
///
/// # Errors
/// Whatever is wrong with the query apart from types.
pub(crate) fn parse_expression(query: &str) -> Result<Expr, ParseErrors> {
    let mut parser = Parser::new(query);
    let expr = parser.whole_expression();
    parser.finish(expr).map(|expr| *expr)
}

/// Parses a single vector selector without modifiers, and returns its matchers.
///
/// # Errors
/// Whatever is wrong with it.
pub(crate) fn parse_selector(text: &str) -> Result<Vec<model::Matcher>, ParseErrors> {
    let mut parser = Parser::new(text);
    let matchers = parser.whole_selector();
    parser.finish(matchers)
}

/// The state of parsing one query.
pub(crate) struct Parser<'q> {
    query: &'q str,
    lexer: Lexer<'q>,
    /// The next word, once it has been looked at. Words are read as late as possible, because a bad word is reported when it
    /// is read and what came before should be reported first.
    lookahead: Option<Token>,
    /// Where the last word that was taken ends.
    last_end: usize,
    /// What the constructs that are open would like to see.
    expectations: Vec<Expectation>,
    errors: ErrorList<'q>,
    /// How many expressions are being parsed within each other.
    depth: usize,
    /// The height of the expression that was completed last.
    height: usize,
}

/// How to describe a word that does not fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Expectation {
    /// The construct in which it stands.
    pub(crate) context: &'static str,
    /// What could stand there; may be empty.
    pub(crate) expected: &'static str,
}

/// Parsing cannot go on; the reason is among the errors.
#[derive(Debug)]
pub(crate) struct Halt;

/// The result of parsing a part.
pub(crate) type Parsed<T> = Result<T, Halt>;

impl<'q> Parser<'q> {
    pub(crate) fn new(query: &'q str) -> Parser<'q> {
        Parser {
            query,
            lexer: Lexer::new(query),
            lookahead: None,
            last_end: 0,
            expectations: Vec::new(),
            errors: ErrorList::new(query),
            depth: 0,
            height: 0,
        }
    }

    /// The value, unless something was wrong.
    pub(crate) fn finish<T>(self, value: Parsed<T>) -> Result<T, ParseErrors> {
        match (self.errors.into_errors(), value) {
            (None, Ok(value)) => Ok(value),
            (Some(errors), _) => Err(errors),
            // A halt always leaves its reason; this arm only spares a panic.
            (None, Err(Halt)) => {
                Err(ParseError::new(self.query, Span::default(), "unexpected error".to_owned()).into())
            }
        }
    }

    fn whole_expression(&mut self) -> Parsed<Box<Expr>> {
        if self.peek()?.kind == TokenKind::End {
            self.error(Span::default(), "no expression found in input".to_owned());
            return Err(Halt);
        }
        let expr = self.expression()?;
        if self.peek()?.kind != TokenKind::End {
            return self.unexpected();
        }
        Ok(expr)
    }

    fn whole_selector(&mut self) -> Parsed<Vec<model::Matcher>> {
        let kind = self.peek()?.kind;
        if !kind.is_metric_name() && kind != TokenKind::LeftBrace {
            return self.unexpected();
        }
        let (selector, _) = self.vector_selector()?;
        if self.peek()?.kind != TokenKind::End {
            return self.unexpected();
        }
        Ok(selector.matchers)
    }

    /// An expression with all its operators. It comes boxed, as everything that leads back here does: that keeps the stack
    /// frames of the recursion small.
    pub(crate) fn expression(&mut self) -> Parsed<Box<Expr>> {
        self.operation(0)
    }

    /// A sign with its operand, or an expression with its modifiers. A sign binds as `*` does, looser than `^` and all
    /// modifiers.
    fn operand(&mut self) -> Parsed<Box<Expr>> {
        let token = self.peek()?;
        let TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) = token.kind else {
            let expr = self.primary()?;
            return self.modified(expr);
        };
        self.take()?;
        let expr = self.operation(PRECEDENCE_POW)?;
        self.signed(token.span, op == BinaryOp::Sub, expr)
    }

    /// Puts a sign before an expression; a number takes it in.
    fn signed(&mut self, sign: Span, negative: bool, mut expr: Box<Expr>) -> Parsed<Box<Expr>> {
        let span = Span { start: sign.start, end: expr.span.end };
        if let ExprKind::Number(number) = &mut expr.kind {
            if negative {
                number.value = -number.value;
            }
            expr.span = span;
            return Ok(expr);
        }
        self.grow(span, self.height)?;
        Ok(boxed(ExprKind::Unary { negative, expr }, span))
    }

    fn primary(&mut self) -> Parsed<Box<Expr>> {
        let token = self.peek()?;
        self.height = 1;
        match token.kind {
            TokenKind::Number | TokenKind::Duration | TokenKind::String => self.literal(token),
            TokenKind::LeftParen => self.parenthesised(),
            TokenKind::Aggregate(op) => self.aggregate_or_selector(op),
            kind if kind.is_function_name() => self.call_or_selector(),
            kind if kind.is_metric_name() || kind == TokenKind::LeftBrace => self.selector_expression(),
            _ => self.unexpected(),
        }
    }

    fn literal(&mut self, token: Token) -> Parsed<Box<Expr>> {
        let kind = if token.kind == TokenKind::String {
            self.take()?;
            ExprKind::String(string::unquote(self.text(token)))
        } else {
            ExprKind::Number(self.number()?)
        };
        Ok(boxed(kind, token.span))
    }

    fn parenthesised(&mut self) -> Parsed<Box<Expr>> {
        let open = self.take()?;
        let inner = self.expression()?;
        self.expect(TokenKind::RightParen)?;
        let span = self.span_from(open.span.start);
        self.grow(span, self.height)?;
        Ok(boxed(ExprKind::Paren(inner), span))
    }

    /// A number or duration, which is next. A value that does not fit is noted and taken as zero.
    fn number(&mut self) -> Parsed<NumberLiteral> {
        let token = self.take()?;
        let text = self.text(token);
        let is_duration = token.kind == TokenKind::Duration;
        let value = if is_duration {
            number::duration_ms(text).map(|ms| (ms / 1000) as f64 + (ms % 1000) as f64 / 1000.0)
        } else {
            number::number_value(text)
        };
        let value = value.unwrap_or_else(|message| {
            self.error(token.span, message);
            0.0
        });
        Ok(NumberLiteral { value, is_duration })
    }

    /// The next word, which stays.
    fn peek(&mut self) -> Parsed<Token> {
        if let Some(token) = self.lookahead {
            return Ok(token);
        }
        match self.lexer.next_token() {
            Ok(token) => {
                self.lookahead = Some(token);
                Ok(token)
            }
            Err(error) => {
                self.error(Span { start: error.start, end: self.query.len() }, error.message);
                Err(Halt)
            }
        }
    }

    /// The next word, which is taken.
    fn take(&mut self) -> Parsed<Token> {
        let token = self.peek()?;
        self.lookahead = None;
        self.last_end = token.span.end;
        Ok(token)
    }

    /// Takes the next word if it is of a kind.
    fn take_if(&mut self, kind: TokenKind) -> Parsed<bool> {
        let found = self.peek()?.kind == kind;
        if found {
            self.take()?;
        }
        Ok(found)
    }

    /// Takes the next word, which must be of a kind.
    fn expect(&mut self, kind: TokenKind) -> Parsed<Token> {
        if self.peek()?.kind == kind { self.take() } else { self.unexpected() }
    }

    /// The text of a word.
    fn text(&self, token: Token) -> &'q str {
        &self.query[token.span.start..token.span.end]
    }

    /// From an offset to the end of the last word taken.
    fn span_from(&self, start: usize) -> Span {
        Span { start, end: self.last_end }
    }

    /// Notes an error and goes on.
    fn error(&mut self, span: Span, message: String) {
        self.errors.push(span, message);
    }

    /// Reports the next word as not fitting, as the innermost open construct describes it.
    fn unexpected<T>(&mut self) -> Parsed<T> {
        let expectation = self.expectations.last().copied();
        self.unexpected_in(expectation)
    }

    /// Reports the next word as not fitting here.
    fn unexpected_in<T>(&mut self, expectation: Option<Expectation>) -> Parsed<T> {
        let token = self.peek()?;
        let mut message = format!("unexpected {}", token.kind.describe(self.text(token)));
        if let Some(Expectation { context, expected }) = expectation {
            message.push_str(" in ");
            message.push_str(context);
            if !expected.is_empty() {
                message.push_str(", expected ");
                message.push_str(expected);
            }
        }
        self.error(token.span, message);
        Err(Halt)
    }

    /// Parses with another innermost expectation.
    fn expecting<T>(&mut self, expectation: Expectation, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.expectations.push(expectation);
        let result = parse(self);
        self.expectations.pop();
        result
    }

    /// Goes one expression deeper; to be undone by lowering `depth` when that expression is complete. After an error the
    /// depth does not matter any more.
    fn descend(&mut self) -> Parsed<()> {
        if self.depth >= MAX_DEPTH {
            let span = self.peek()?.span;
            return self.too_deep(span);
        }
        self.depth += 1;
        Ok(())
    }

    /// Notes that an expression was completed whose highest part is `highest_part` high.
    fn grow(&mut self, span: Span, highest_part: usize) -> Parsed<()> {
        self.height = highest_part + 1;
        if self.height > MAX_DEPTH { self.too_deep(span) } else { Ok(()) }
    }

    fn too_deep<T>(&mut self, span: Span) -> Parsed<T> {
        self.error(span, "expression nests too deeply".to_owned());
        Err(Halt)
    }
}

/// Builds a node on the heap, out of the way of the recursion's stack frames.
#[inline(never)]
fn boxed(kind: ExprKind, span: Span) -> Box<Expr> {
    Box::new(Expr { kind, span })
}
