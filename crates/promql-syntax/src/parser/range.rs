//! What stands in brackets: ranges and subqueries.

use super::{Expectation, Parsed, Parser, boxed};
use crate::ast::{DurationExpr, Expr, ExprKind, RangeSelector, SelectorModifiers, Span, Subquery, VectorSelector};
use crate::token::TokenKind;

const AT_RANGE: Expectation =
    Expectation { context: "subquery or range selector", expected: "number, duration, step(), or range()" };
const AFTER_RANGE: Expectation = Expectation { context: "subquery or range", expected: "\":\" or \"]\"" };
const AT_STEP: Expectation =
    Expectation { context: "subquery selector", expected: "number, duration, step(), range(), or \"]\"" };
const AFTER_STEP: Expectation = Expectation { context: "subquery selector", expected: "\"]\"" };

impl Parser<'_> {
    /// `expr[range]` or `expr[range:step]`; the bracket is next.
    pub(super) fn bracketed(&mut self, expr: Box<Expr>) -> Parsed<Box<Expr>> {
        let height = self.height;
        let open = self.take()?;
        let range = self.expecting(AT_RANGE, Parser::positive_duration)?;
        match self.peek()?.kind {
            TokenKind::RightBracket => {
                self.take()?;
                self.height = height;
                let bracket = self.span_from(open.span.start);
                Ok(self.range_selector(expr, bracket, range))
            }
            TokenKind::Colon => {
                self.take()?;
                let step = self.step()?;
                let span = self.span_from(expr.span.start);
                self.grow(span, height)?;
                let subquery = Subquery { expr: *expr, range, step, modifiers: SelectorModifiers::default() };
                Ok(boxed(ExprKind::Subquery(Box::new(subquery)), span))
            }
            _ => self.unexpected_in(Some(AFTER_RANGE)),
        }
    }

    /// The step of a subquery, which may be left out, and the closing bracket.
    fn step(&mut self) -> Parsed<Option<DurationExpr>> {
        if self.take_if(TokenKind::RightBracket)? {
            return Ok(None);
        }
        let step = self.expecting(AT_STEP, Parser::positive_duration)?;
        if !self.take_if(TokenKind::RightBracket)? {
            return self.unexpected_in(Some(AFTER_STEP));
        }
        Ok(Some(step))
    }

    #[expect(clippy::boxed_local, reason = "expressions are boxed all over the parser")]
    fn range_selector(&mut self, expr: Box<Expr>, bracket: Span, range: DurationExpr) -> Box<Expr> {
        let span = Span { start: expr.span.start, end: bracket.end };
        let selector_span = expr.span;
        let selector = match expr.kind {
            ExprKind::Selector(selector) => {
                if selector.modifiers.offset.is_some() {
                    self.error(bracket, "no offset modifiers allowed before range".to_owned());
                } else if selector.modifiers.at.is_some() {
                    self.error(bracket, "no @ modifiers allowed before range".to_owned());
                }
                selector
            }
            _ => {
                self.error(bracket, "ranges only allowed for vector selectors".to_owned());
                // Stands in until the error is reported; the tree is not handed out.
                let modifiers = SelectorModifiers::default();
                VectorSelector { name: None, name_is_quoted: false, matchers: Vec::new(), modifiers }
            }
        };
        boxed(ExprKind::Range(RangeSelector { selector, selector_span, range }), span)
    }
}
