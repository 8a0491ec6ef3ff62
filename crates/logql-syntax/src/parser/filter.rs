//! Line filters.

use super::{Parsed, Parser};
use crate::argument;
use crate::ast::{BinaryOp, LineFilter, LineFilterOp, LineMatch, Span, Stage, StageKind};
use crate::token::TokenKind;

impl Parser<'_> {
    /// A line filter, if one comes next.
    pub(super) fn line_filter(&mut self) -> Parsed<Option<Stage>> {
        let op = match self.token.kind {
            TokenKind::PipeExact => LineFilterOp::Contains,
            TokenKind::Binary(BinaryOp::Ne) => LineFilterOp::NotContains,
            TokenKind::PipeMatch => LineFilterOp::Regex,
            TokenKind::Nre => LineFilterOp::NotRegex,
            TokenKind::PipePattern => LineFilterOp::Pattern,
            TokenKind::Npa => LineFilterOp::NotPattern,
            _ => return Ok(None),
        };
        let start = self.take()?.span.start;
        let mut alternatives = vec![self.line_match(op)?];
        while self.take_if(TokenKind::Binary(BinaryOp::Or))? {
            alternatives.push(self.line_match(op)?);
        }
        let kind = StageKind::LineFilter(LineFilter { op, alternatives });
        Ok(Some(Stage { kind, span: self.since(start) }))
    }

    fn line_match(&mut self, op: LineFilterOp) -> Parsed<LineMatch> {
        let start = self.token.span.start;
        match self.token.kind {
            TokenKind::Str => {
                let text = self.expect_text(TokenKind::Str)?;
                Ok(self.text_match(op, text, self.since(start)))
            }
            TokenKind::Ip => {
                let text = self.ip_argument()?;
                let pattern = argument::ip::pattern(&text);
                if !matches!(op, LineFilterOp::Contains | LineFilterOp::NotContains) {
                    self.refuse_stage(self.since(start), "ip: invalid operation".to_owned());
                } else if pattern.range.is_none() {
                    self.refuse_stage(self.since(start), invalid_ip(&text));
                }
                Ok(LineMatch::Ip(pattern))
            }
            _ => self.unexpected(&[TokenKind::Str, TokenKind::Ip]),
        }
    }

    fn text_match(&mut self, op: LineFilterOp, text: String, span: Span) -> LineMatch {
        let compiled = match op {
            LineFilterOp::Contains | LineFilterOp::NotContains => return LineMatch::Text(text),
            LineFilterOp::Regex | LineFilterOp::NotRegex => argument::regex(&text).map(LineMatch::Regex),
            LineFilterOp::Pattern | LineFilterOp::NotPattern => {
                argument::pattern::line_filter(&text).map(LineMatch::Pattern)
            }
        };
        compiled.unwrap_or_else(|error| {
            self.refuse_stage(span, error);
            LineMatch::Text(text)
        })
    }

    /// The string of `ip("…")`.
    pub(super) fn ip_argument(&mut self) -> Parsed<String> {
        self.expect(TokenKind::Ip)?;
        self.expect(TokenKind::OpenParen)?;
        let text = self.expect_text(TokenKind::Str)?;
        self.expect(TokenKind::CloseParen)?;
        Ok(text)
    }
}

/// Why an argument of `ip("…")` is refused.
pub(super) fn invalid_ip(text: &str) -> String {
    format!("ip: invalid pattern: {}", model::labels::Quoted(text))
}
