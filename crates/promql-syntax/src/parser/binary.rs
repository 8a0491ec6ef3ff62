//! Binary operators and how they pair series.

use super::{Expectation, Parsed, Parser, boxed};
use crate::ast::{Binary, BinaryOp, Expr, ExprKind, MatchCardinality, Span, VectorMatching};
use crate::lexer::string;
use crate::token::{Keyword, TokenKind};

const BEFORE_LABELS: Expectation = Expectation { context: "grouping opts", expected: "\"(\"" };
const AT_LABEL: Expectation = Expectation { context: "grouping opts", expected: "label" };
const AFTER_LABEL: Expectation = Expectation { context: "grouping opts", expected: "\",\" or \")\"" };

/// What stands between an operator and its right side.
struct Modifiers {
    return_bool: bool,
    matching: VectorMatching,
}

impl Parser<'_> {
    /// An expression whose operators bind at least as tightly as `least`.
    pub(super) fn operation(&mut self, least: u8) -> Parsed<Box<Expr>> {
        self.descend()?;
        let mut lhs = self.operand()?;
        while let TokenKind::Operator(op) = self.peek()?.kind {
            if op.precedence() < least {
                break;
            }
            let lhs_height = self.height;
            self.take()?;
            let modifiers = self.binary_modifiers()?;
            let rhs = self.operation(op.right_precedence())?;
            let span = Span { start: lhs.span.start, end: rhs.span.end };
            self.grow(span, lhs_height.max(self.height))?;
            lhs = binary(op, modifiers, lhs, rhs);
        }
        self.depth -= 1;
        Ok(lhs)
    }

    fn binary_modifiers(&mut self) -> Parsed<Box<Modifiers>> {
        let mut matching = VectorMatching {
            cardinality: MatchCardinality::OneToOne,
            on: false,
            labels: Vec::new(),
            include: Vec::new(),
            fill_left: None,
            fill_right: None,
        };
        let return_bool = self.take_if(TokenKind::Keyword(Keyword::Bool))?;
        if let TokenKind::Keyword(keyword @ (Keyword::On | Keyword::Ignoring)) = self.peek()?.kind {
            self.take()?;
            matching.on = keyword == Keyword::On;
            matching.labels = self.grouping_labels()?;
            self.group_modifier(&mut matching)?;
        }
        self.fill_modifiers(&mut matching)?;
        Ok(Box::new(Modifiers { return_bool, matching }))
    }

    fn group_modifier(&mut self, matching: &mut VectorMatching) -> Parsed<()> {
        matching.cardinality = match self.peek()?.kind {
            TokenKind::Keyword(Keyword::GroupLeft) => MatchCardinality::ManyToOne,
            TokenKind::Keyword(Keyword::GroupRight) => MatchCardinality::OneToMany,
            _ => return Ok(()),
        };
        self.take()?;
        if self.peek()?.kind == TokenKind::LeftParen {
            matching.include = self.grouping_labels()?;
        }
        Ok(())
    }

    /// `fill (v)`, or `fill_left (v)` and `fill_right (v)` in any order, each at most once.
    fn fill_modifiers(&mut self, matching: &mut VectorMatching) -> Parsed<()> {
        if self.take_if(TokenKind::Keyword(Keyword::Fill))? {
            let value = self.fill_value()?;
            matching.fill_left = Some(value);
            matching.fill_right = Some(value);
            return Ok(());
        }
        loop {
            match self.peek()?.kind {
                TokenKind::Keyword(Keyword::FillLeft) if matching.fill_left.is_none() => {
                    self.take()?;
                    matching.fill_left = Some(self.fill_value()?);
                }
                TokenKind::Keyword(Keyword::FillRight) if matching.fill_right.is_none() => {
                    self.take()?;
                    matching.fill_right = Some(self.fill_value()?);
                }
                _ => return Ok(()),
            }
        }
    }

    fn fill_value(&mut self) -> Parsed<f64> {
        self.expect(TokenKind::LeftParen)?;
        let negative = self.sign()?;
        let value = self.unsigned_number()?;
        self.expect(TokenKind::RightParen)?;
        Ok(if negative { -value } else { value })
    }

    /// An optional sign; whether it is a minus.
    pub(super) fn sign(&mut self) -> Parsed<bool> {
        match self.peek()?.kind {
            TokenKind::Operator(op @ (BinaryOp::Add | BinaryOp::Sub)) => {
                self.take()?;
                Ok(op == BinaryOp::Sub)
            }
            _ => Ok(false),
        }
    }

    /// A number or duration without a sign, in seconds if it is a duration.
    pub(super) fn unsigned_number(&mut self) -> Parsed<f64> {
        match self.peek()?.kind {
            TokenKind::Number | TokenKind::Duration => Ok(self.number()?.value),
            _ => self.unexpected(),
        }
    }

    /// `(label, "other label", …)`; a comma may stand at the end.
    pub(super) fn grouping_labels(&mut self) -> Parsed<Vec<String>> {
        if self.peek()?.kind != TokenKind::LeftParen {
            return self.unexpected_in(Some(BEFORE_LABELS));
        }
        self.take()?;
        let mut labels = Vec::new();
        while !self.take_if(TokenKind::RightParen)? {
            labels.push(self.grouping_label()?);
            match self.peek()?.kind {
                TokenKind::Comma => {
                    self.take()?;
                }
                TokenKind::RightParen => {}
                _ => return self.unexpected_in(Some(AFTER_LABEL)),
            }
        }
        Ok(labels)
    }

    fn grouping_label(&mut self) -> Parsed<String> {
        let token = self.peek()?;
        let label = match token.kind {
            TokenKind::String => string::unquote(self.text(token)),
            kind if kind.is_grouping_label() => self.text(token).to_owned(),
            _ => return self.unexpected_in(Some(AT_LABEL)),
        };
        self.take()?;
        if label.is_empty() {
            self.error(token.span, "invalid label name for grouping: \"\"".to_owned());
        }
        Ok(label)
    }
}

#[inline(never)]
#[expect(clippy::boxed_local, reason = "boxes keep the stack frames of the caller small")]
fn binary(op: BinaryOp, modifiers: Box<Modifiers>, lhs: Box<Expr>, rhs: Box<Expr>) -> Box<Expr> {
    let span = Span { start: lhs.span.start, end: rhs.span.end };
    let Modifiers { return_bool, matching } = *modifiers;
    boxed(ExprKind::Binary(Box::new(Binary { op, lhs: *lhs, rhs: *rhs, return_bool, matching: Some(matching) })), span)
}
