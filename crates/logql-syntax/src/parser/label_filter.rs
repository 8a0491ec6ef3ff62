//! Label filters and how they are joined.

use model::MatchOp;

use super::selector::match_op;
use super::{Parsed, Parser, number, text_of};
use crate::argument;
use crate::ast::{BinaryOp, CompareOp, LabelFilter, LabelFilterKind, Span};
use crate::token::{TokenKind, TokenValue};

/// How tightly `or` binds.
const OR: u8 = 1;
/// How tightly `and` binds.
const AND: u8 = 2;

impl Parser<'_> {
    /// A label filter with all that is joined to it.
    pub(super) fn label_filter(&mut self) -> Parsed<LabelFilter> {
        self.joined_filters(0)
    }

    /// Filters joined by what binds tighter than `stronger_than`. Upstream gives commas and blanks no strength at all: they
    /// join what is on their left with everything that follows, whatever it is.
    fn joined_filters(&mut self, stronger_than: u8) -> Parsed<LabelFilter> {
        self.descend()?;
        let mut left = self.single_filter()?;
        loop {
            let (is_or, is_token, strength) = match self.token.kind {
                TokenKind::Binary(BinaryOp::Or) => (true, true, OR),
                TokenKind::Binary(BinaryOp::And) => (false, true, AND),
                TokenKind::Comma => (false, true, 0),
                TokenKind::Identifier | TokenKind::OpenParen => (false, false, 0),
                _ => break,
            };
            if strength > 0 && strength <= stronger_than {
                break;
            }
            if is_token {
                self.take()?;
            }
            let left_height = self.height;
            let right = self.joined_filters(strength)?;
            let span = Span { start: left.span.start, end: right.span.end };
            self.grow(span, left_height.max(self.height))?;
            let (left_box, right_box) = (Box::new(left), Box::new(right));
            let kind = if is_or {
                LabelFilterKind::Or(left_box, right_box)
            } else {
                LabelFilterKind::And(left_box, right_box)
            };
            left = LabelFilter { kind, span };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn single_filter(&mut self) -> Parsed<LabelFilter> {
        let start = self.token.span.start;
        self.height = 1;
        match self.token.kind {
            TokenKind::OpenParen => {
                self.take()?;
                let filter = self.joined_filters(0)?;
                if self.token.kind != TokenKind::CloseParen {
                    return self.unexpected(&[]);
                }
                self.take()?;
                Ok(LabelFilter { span: self.since(start), ..filter })
            }
            TokenKind::Identifier => {
                let name = text_of(self.take()?);
                let kind = self.condition(start, name)?;
                Ok(LabelFilter { kind, span: self.since(start) })
            }
            _ => self.unexpected(&[TokenKind::Identifier, TokenKind::OpenParen]),
        }
    }

    /// What stands behind a label's name.
    fn condition(&mut self, start: usize, name: String) -> Parsed<LabelFilterKind> {
        let compare = match self.token.kind {
            TokenKind::Eq | TokenKind::Binary(BinaryOp::Eq) => Some(CompareOp::Equal),
            TokenKind::Binary(BinaryOp::Ne) => Some(CompareOp::NotEqual),
            TokenKind::Binary(BinaryOp::Gt) => Some(CompareOp::Greater),
            TokenKind::Binary(BinaryOp::Ge) => Some(CompareOp::GreaterOrEqual),
            TokenKind::Binary(BinaryOp::Lt) => Some(CompareOp::Less),
            TokenKind::Binary(BinaryOp::Le) => Some(CompareOp::LessOrEqual),
            TokenKind::Re | TokenKind::Nre => None,
            _ => return self.unexpected(&[]),
        };
        let matching = match_op(self.token.kind);
        self.take()?;
        match (compare, matching) {
            (None, Some(op)) => self.matcher(start, &name, op).map(LabelFilterKind::String),
            (_, Some(op)) if self.token.kind == TokenKind::Str => {
                self.matcher(start, &name, op).map(LabelFilterKind::String)
            }
            (_, Some(op)) if self.token.kind == TokenKind::Ip => {
                let pattern = argument::ip::pattern(&self.ip_argument()?);
                Ok(LabelFilterKind::Ip { name, negated: op == MatchOp::NotEqual, pattern })
            }
            (Some(op), _) => self.comparison(start, name, op),
            (None, None) => self.unexpected(&[]),
        }
    }

    fn comparison(&mut self, start: usize, name: String, op: CompareOp) -> Parsed<LabelFilterKind> {
        let (text, negative) = match self.token.kind {
            TokenKind::Binary(BinaryOp::Add | BinaryOp::Sub) => self.signed_number()?,
            TokenKind::Number | TokenKind::Duration | TokenKind::Bytes => match self.take()?.value {
                TokenValue::DurationNs(value_ns) => return Ok(LabelFilterKind::Duration { name, op, value_ns }),
                TokenValue::Bytes(value_bytes) => return Ok(LabelFilterKind::Bytes { name, op, value_bytes }),
                TokenValue::Text(text) => (text, false),
                TokenValue::None => (String::new(), false),
            },
            _ => return self.unexpected(&[]),
        };
        let value = number(&text, negative, self.since(start))?;
        Ok(LabelFilterKind::Number { name, op, value })
    }
}
