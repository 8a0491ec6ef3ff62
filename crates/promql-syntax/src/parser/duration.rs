//! Durations in brackets and behind `offset`, which may be computed.

use super::{Parsed, Parser};
use crate::ast::{BinaryOp, DurationExpr, DurationKind, NumberLiteral, Span};
use crate::operator::PRECEDENCE_POW;
use crate::token::{Keyword, TokenKind};

/// The first number of seconds beyond the longest duration, 2^63 nanoseconds.
const LIMIT_SECONDS: f64 = 9_223_372_036.854_776;

impl Parser<'_> {
    /// A duration with all its operators.
    pub(super) fn duration(&mut self) -> Parsed<DurationExpr> {
        self.duration_operation(0)
    }

    /// A duration that, if it is a plain number, must be above zero.
    pub(super) fn positive_duration(&mut self) -> Parsed<DurationExpr> {
        let duration = self.duration()?;
        if let DurationKind::Literal(number) = &duration.kind
            && number.value <= 0.0
        {
            self.error(duration.span, "duration must be greater than 0".to_owned());
        }
        Ok(duration)
    }

    /// The duration behind `offset`. An operator behind a number, a function or a signed parenthesis belongs to the
    /// expression around, so that `x offset 5m - y` is a difference; behind a parenthesis without a sign it does not.
    pub(super) fn offset_duration(&mut self) -> Parsed<DurationExpr> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::LeftParen => self.duration(),
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.take()?;
                if matches!(self.peek()?.kind, TokenKind::Operator(BinaryOp::Add | BinaryOp::Sub)) {
                    let inner = self.duration_operation(PRECEDENCE_POW)?;
                    let signed = self.signed_duration(op, token.span, inner)?;
                    return self.duration_operators(signed, 0);
                }
                let number = self.peek()?;
                let inner = match number.kind {
                    // The sign belongs to it, so it is not looked at by itself.
                    TokenKind::Number | TokenKind::Duration => {
                        let kind = DurationKind::Literal(self.number()?);
                        DurationExpr { kind, span: number.span }
                    }
                    _ => self.duration_primary()?,
                };
                self.signed_duration(op, token.span, inner)
            }
            _ => self.duration_primary(),
        }
    }

    fn duration_operation(&mut self, least: u8) -> Parsed<DurationExpr> {
        self.descend()?;
        let token = self.peek()?;
        let lhs = match token.kind {
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.take()?;
                let inner = self.duration_operation(PRECEDENCE_POW)?;
                self.signed_duration(op, token.span, inner)?
            }
            _ => self.duration_primary()?,
        };
        let duration = self.duration_operators(lhs, least)?;
        self.depth -= 1;
        Ok(duration)
    }

    fn duration_operators(&mut self, mut lhs: DurationExpr, least: u8) -> Parsed<DurationExpr> {
        while let TokenKind::Operator(op) = self.peek()?.kind {
            if !op.is_duration_arithmetic() || op.precedence() < least {
                break;
            }
            let lhs_height = self.height;
            let operator = self.take()?;
            let rhs = self.duration_operation(op.right_precedence())?;
            self.grow(operator.span, lhs_height.max(self.height))?;
            lhs = self.combine(op, operator.span, lhs, rhs);
        }
        Ok(lhs)
    }

    fn combine(&mut self, op: BinaryOp, op_span: Span, lhs: DurationExpr, rhs: DurationExpr) -> DurationExpr {
        let by_zero = matches!(&rhs.kind, DurationKind::Literal(number) if number.value == 0.0);
        let message = match op {
            BinaryOp::Div if by_zero => "division by zero",
            BinaryOp::Mod if by_zero => "modulo by zero",
            _ => {
                // What was refused has no place, so the operator itself is the least.
                let start = lhs.span.start.min(op_span.start);
                let span = Span { start, end: rhs.span.end.max(op_span.end) };
                let kind = DurationKind::Binary { op, lhs: Box::new(lhs), rhs: Box::new(rhs) };
                return DurationExpr { kind, span };
            }
        };
        self.error(op_span, message.to_owned());
        zero()
    }

    /// Puts a sign before a duration; a number takes it in, and a plus changes nothing.
    fn signed_duration(&mut self, op: BinaryOp, op_span: Span, inner: DurationExpr) -> Parsed<DurationExpr> {
        let negative = op == BinaryOp::Sub;
        // What was refused has no place, so the sign itself is the least.
        let span = Span { start: op_span.start, end: inner.span.end.max(op_span.end) };
        match inner.kind {
            DurationKind::Literal(number) => {
                let value = if negative { -number.value } else { number.value };
                let kind = DurationKind::Literal(NumberLiteral { value, ..number });
                Ok(self.in_range(op_span, DurationExpr { kind, span }))
            }
            kind if negative => {
                self.grow(span, self.height)?;
                let expr = Box::new(DurationExpr { kind, span: inner.span });
                Ok(DurationExpr { kind: DurationKind::Unary { negative, expr }, span })
            }
            kind => Ok(DurationExpr { kind, span: inner.span }),
        }
    }

    fn duration_primary(&mut self) -> Parsed<DurationExpr> {
        let token = self.peek()?;
        self.height = 1;
        match token.kind {
            TokenKind::Number | TokenKind::Duration => {
                let number = self.number()?;
                let literal = DurationExpr { kind: DurationKind::Literal(number), span: token.span };
                Ok(self.in_range(token.span, literal))
            }
            TokenKind::LeftParen => {
                self.take()?;
                let inner = self.duration()?;
                self.expect(TokenKind::RightParen)?;
                let span = self.span_from(token.span.start);
                self.grow(span, self.height)?;
                Ok(DurationExpr { kind: DurationKind::Paren(Box::new(inner)), span })
            }
            TokenKind::Keyword(keyword @ (Keyword::Step | Keyword::Range)) => {
                self.take()?;
                self.expect(TokenKind::LeftParen)?;
                self.expect(TokenKind::RightParen)?;
                let kind = if keyword == Keyword::Step { DurationKind::Step } else { DurationKind::Range };
                Ok(DurationExpr { kind, span: self.span_from(token.span.start) })
            }
            TokenKind::Keyword(keyword @ (Keyword::MinOf | Keyword::MaxOf)) => {
                self.take()?;
                self.extreme_of_two(keyword, token.span.start)
            }
            _ => self.unexpected(),
        }
    }

    /// The arguments of `min_of` and `max_of`.
    fn extreme_of_two(&mut self, keyword: Keyword, start: usize) -> Parsed<DurationExpr> {
        self.expect(TokenKind::LeftParen)?;
        let first = Box::new(self.duration()?);
        let first_height = self.height;
        self.expect(TokenKind::Comma)?;
        let second = Box::new(self.duration()?);
        self.expect(TokenKind::RightParen)?;
        let span = self.span_from(start);
        self.grow(span, first_height.max(self.height))?;
        let kind = match keyword {
            Keyword::MinOf => DurationKind::MinOf(first, second),
            _ => DurationKind::MaxOf(first, second),
        };
        Ok(DurationExpr { kind, span })
    }

    /// Refuses a number that is no duration; infinities and not-a-number are none either.
    fn in_range(&mut self, error_span: Span, literal: DurationExpr) -> DurationExpr {
        let fits = match &literal.kind {
            DurationKind::Literal(number) => number.value.abs() <= LIMIT_SECONDS,
            _ => true,
        };
        if fits {
            return literal;
        }
        self.error(error_span, "duration out of range".to_owned());
        zero()
    }
}

/// Stands in for a duration that was refused; upstream loses its place too.
fn zero() -> DurationExpr {
    let number = NumberLiteral { value: 0.0, is_duration: false };
    DurationExpr { kind: DurationKind::Literal(number), span: Span::default() }
}
