//! What stands behind a selector or subquery: brackets, `offset`, `@`, `anchored`, `smoothed`.

use super::{Expectation, Parsed, Parser};
use crate::ast::{AtModifier, DurationExpr, DurationKind, Expr, ExprKind, ExtendedRange, SelectorModifiers, Span};
use crate::token::{Keyword, TokenKind};

const AT_OFFSET: Expectation = Expectation { context: "offset", expected: "number, duration, step(), or range()" };
const AT_TIMESTAMP: Expectation = Expectation { context: "@", expected: "timestamp" };

impl Parser<'_> {
    /// An expression with all that stands behind it.
    pub(super) fn modified(&mut self, mut expr: Box<Expr>) -> Parsed<Box<Expr>> {
        loop {
            match self.peek()?.kind {
                TokenKind::LeftBracket => expr = self.bracketed(expr)?,
                TokenKind::Keyword(Keyword::Offset) => self.offset(&mut expr)?,
                TokenKind::At => self.at(&mut expr)?,
                TokenKind::Keyword(Keyword::Anchored) => self.extended(&mut expr, ExtendedRange::Anchored)?,
                TokenKind::Keyword(Keyword::Smoothed) => self.extended(&mut expr, ExtendedRange::Smoothed)?,
                _ => return Ok(expr),
            }
        }
    }

    fn offset(&mut self, expr: &mut Expr) -> Parsed<()> {
        let height = self.height;
        self.take()?;
        let offset = self.expecting(AT_OFFSET, Parser::offset_duration)?;
        self.height = height;
        let Some(modifiers) = modifiers_of(expr) else {
            self.misplaced(expr.span, "offset");
            return Ok(());
        };
        if modifiers.offset.is_some() {
            self.error(expr.span, "offset may not be set multiple times".to_owned());
        } else if !is_zero(&offset) {
            modifiers.offset = Some(offset);
        }
        expr.span.end = self.last_end;
        Ok(())
    }

    fn at(&mut self, expr: &mut Expr) -> Parsed<()> {
        self.take()?;
        let at = self.expecting(AT_TIMESTAMP, |parser| parser.timestamp(expr.span))?;
        let Some(modifiers) = modifiers_of(expr) else {
            self.misplaced(expr.span, "@");
            return Ok(());
        };
        if modifiers.at.is_some() {
            self.error(expr.span, "@ <timestamp> may not be set multiple times".to_owned());
            return Ok(());
        }
        modifiers.at = Some(at);
        expr.span.end = self.last_end;
        Ok(())
    }

    /// What stands behind `@`; errors are reported for the expression in front.
    fn timestamp(&mut self, expr_span: Span) -> Parsed<AtModifier> {
        let named = match self.peek()?.kind {
            TokenKind::Keyword(Keyword::Start) => Some(AtModifier::Start),
            TokenKind::Keyword(Keyword::End) => Some(AtModifier::End),
            _ => None,
        };
        if let Some(named) = named {
            self.take()?;
            self.expect(TokenKind::LeftParen)?;
            self.expect(TokenKind::RightParen)?;
            return Ok(named);
        }
        let negative = self.sign()?;
        let seconds = self.unsigned_number()?;
        let seconds = if negative { -seconds } else { seconds };
        // 2^63 itself does not fit, so the bounds are exclusive; not-a-number fails both comparisons.
        let bound = i64::MAX as f64;
        if !(seconds > -bound && seconds < bound) {
            let shown = if seconds.is_finite() { format!("{seconds:.6}") } else { model::float::format_plain(seconds) };
            self.error(expr_span, format!("timestamp out of bounds for @ modifier: {shown}"));
        }
        // The conversion saturates, so seconds that fit but whose milliseconds do not become the last moment there is.
        Ok(AtModifier::Time((seconds * 1000.0).round() as i64))
    }

    fn extended(&mut self, expr: &mut Expr, kind: ExtendedRange) -> Parsed<()> {
        self.take()?;
        let name = match kind {
            ExtendedRange::Anchored => "anchored",
            ExtendedRange::Smoothed => "smoothed",
        };
        let modifiers = match &mut expr.kind {
            ExprKind::Selector(selector) => &mut selector.modifiers,
            ExprKind::Range(range) => &mut range.selector.modifiers,
            ExprKind::Subquery(_) => {
                self.error(expr.span, format!("{name} modifier is not supported for subqueries"));
                return Ok(());
            }
            _ => {
                self.error(expr.span, format!("{name} modifier not implemented"));
                return Ok(());
            }
        };
        if modifiers.extended.is_some_and(|other| other != kind) {
            self.error(expr.span, "anchored and smoothed modifiers cannot be used together".to_owned());
        } else {
            modifiers.extended = Some(kind);
        }
        Ok(())
    }

    fn misplaced(&mut self, span: Span, modifier: &str) {
        let message = format!(
            "{modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        );
        self.error(span, message);
    }
}

fn modifiers_of(expr: &mut Expr) -> Option<&mut SelectorModifiers> {
    match &mut expr.kind {
        ExprKind::Selector(selector) => Some(&mut selector.modifiers),
        ExprKind::Range(range) => Some(&mut range.selector.modifiers),
        ExprKind::Subquery(subquery) => Some(&mut subquery.modifiers),
        _ => None,
    }
}

/// Whether an offset shifts nothing, in which case it counts as not written; upstream counts in nanoseconds.
fn is_zero(offset: &DurationExpr) -> bool {
    matches!(&offset.kind, DurationKind::Literal(number) if (number.value * 1e9).round() == 0.0)
}
