//! Aggregations.

use super::{Expectation, Parsed, Parser, boxed};
use crate::ast::{Aggregate, AggregateGrouping, AggregateOp, Expr, ExprKind, NumberLiteral};
use crate::token::{Keyword, Token, TokenKind};

const AGGREGATION: Expectation = Expectation { context: "aggregation", expected: "" };

impl Parser<'_> {
    /// The name of an operator, which is a metric unless arguments or a grouping follow.
    pub(super) fn aggregate_or_selector(&mut self, op: AggregateOp) -> Parsed<Box<Expr>> {
        let name = self.take()?;
        match self.peek()?.kind {
            TokenKind::LeftParen | TokenKind::Keyword(Keyword::By | Keyword::Without) => self.aggregate(op, name),
            _ => self.selector_after_name(name),
        }
    }

    fn aggregate(&mut self, op: AggregateOp, name: Token) -> Parsed<Box<Expr>> {
        self.expectations.push(AGGREGATION);
        let mut grouping = self.grouping()?;
        let args = self.arguments()?;
        if grouping.is_none() {
            // The arguments have set the height, which reading labels leaves alone.
            grouping = self.grouping()?;
        }
        self.expectations.pop();
        Ok(self.assemble(op, grouping, args, name))
    }

    fn grouping(&mut self) -> Parsed<Option<AggregateGrouping>> {
        let without = match self.peek()?.kind {
            TokenKind::Keyword(Keyword::By) => false,
            TokenKind::Keyword(Keyword::Without) => true,
            _ => return Ok(None),
        };
        self.take()?;
        Ok(Some(AggregateGrouping { without, labels: self.grouping_labels()? }))
    }

    #[inline(never)]
    fn assemble(
        &mut self,
        op: AggregateOp,
        grouping: Option<AggregateGrouping>,
        args: Vec<Expr>,
        name: Token,
    ) -> Box<Expr> {
        let span = self.span_from(name.span.start);
        let (wanted, found) = (if op.has_param() { 2 } else { 1 }, args.len());
        let mut args = args.into_iter();
        let kind = match (op.has_param(), args.next(), args.next(), args.next()) {
            (false, Some(expr), None, None) => {
                ExprKind::Aggregate(Box::new(Aggregate { op, grouping, param: None, expr }))
            }
            (true, Some(param), Some(expr), None) => {
                ExprKind::Aggregate(Box::new(Aggregate { op, grouping, param: Some(param), expr }))
            }
            (_, None, ..) => {
                self.error(span, "no arguments for aggregate expression provided".to_owned());
                placeholder()
            }
            _ => {
                let message = format!(
                    "wrong number of arguments for aggregate expression provided, expected {wanted}, got {found}"
                );
                self.error(span, message);
                placeholder()
            }
        };
        boxed(kind, span)
    }
}

/// Stands in until the error is reported; the tree is not handed out.
fn placeholder() -> ExprKind {
    ExprKind::Number(NumberLiteral { value: 0.0, is_duration: false })
}
