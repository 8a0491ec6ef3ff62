//! Stream selectors and whole log queries.

use model::{MatchOp, Matcher};

use super::{Parsed, Parser, meaning};
use crate::ast::{BinaryOp, LogExpr, Span};
use crate::token::TokenKind;

/// The matching operators in the order in which errors list them.
const MATCH_OPS: [TokenKind; 4] = [TokenKind::Eq, TokenKind::Re, TokenKind::Nre, TokenKind::Binary(BinaryOp::Ne)];

impl Parser<'_> {
    /// A selector with its pipeline.
    #[inline(never)]
    pub(super) fn log_expr(&mut self) -> Parsed<LogExpr> {
        let mut log = self.selector()?;
        self.height = 1;
        self.pipeline(&mut log, false)?;
        log.span = self.since(log.span.start);
        Ok(log)
    }

    /// A selector, still without stages.
    pub(super) fn selector(&mut self) -> Parsed<LogExpr> {
        let start = self.expect(TokenKind::OpenBrace)?.span.start;
        let mut matchers = Vec::new();
        if !self.take_if(TokenKind::CloseBrace)? {
            if self.token.kind != TokenKind::Identifier {
                return self.unexpected(&[TokenKind::Identifier, TokenKind::CloseBrace]);
            }
            loop {
                let at = self.token.span.start;
                let name = self.expect_text(TokenKind::Identifier)?;
                let Some(op) = match_op(self.token.kind) else { return self.unexpected(&MATCH_OPS) };
                self.take()?;
                matchers.push(self.matcher(at, &name, op)?);
                if self.take_if(TokenKind::CloseBrace)? {
                    break;
                }
                if !self.take_if(TokenKind::Comma)? {
                    return self.unexpected(&[TokenKind::CloseBrace, TokenKind::Comma]);
                }
            }
        }
        let selector_span = self.since(start);
        Ok(LogExpr { matchers, selector_span, stages: Vec::new(), span: selector_span })
    }

    /// The string of a matcher whose operator was just taken.
    pub(super) fn matcher(&mut self, start: usize, name: &str, op: MatchOp) -> Parsed<Matcher> {
        let value = self.expect_text(TokenKind::Str)?;
        new_matcher(op, name, &value, self.since(start))
    }
}

/// The operator of a matcher.
pub(super) fn match_op(kind: TokenKind) -> Option<MatchOp> {
    match kind {
        TokenKind::Eq => Some(MatchOp::Equal),
        TokenKind::Binary(BinaryOp::Ne) => Some(MatchOp::NotEqual),
        TokenKind::Re => Some(MatchOp::Regex),
        TokenKind::Nre => Some(MatchOp::NotRegex),
        _ => None,
    }
}

fn new_matcher(op: MatchOp, name: &str, value: &str, span: Span) -> Parsed<Matcher> {
    Matcher::new(op, name, value).or_else(|error| meaning(span, error.to_string()))
}
