//! Refuses what is not built, and durations that make no sense, before the store is touched.

use promql_syntax::ast::{
    Binary, BinaryOp, Call, DurationExpr, Expr, ExprKind, ExtendedRange, SelectorModifiers, ValueType,
};
use storage::Grid;

use crate::duration;
use crate::error::{QueryError, QueryErrorKind, Result};
use crate::functions;
use crate::shape::unwrap_parens;

/// Expressions deeper than this are refused: evaluation recurses, and the stack is finite.
const MAX_DEPTH: usize = 500;

/// Checks a whole expression for a query over the grid.
///
/// # Errors
/// `NotBuilt` for what this version does not evaluate, `Invalid` for durations out of range.
pub(crate) fn check(expr: &Expr, query: Grid) -> Result<()> {
    Checker { query }.expr(expr, 0)
}

struct Checker {
    query: Grid,
}

impl Checker {
    fn expr(&self, expr: &Expr, depth: usize) -> Result<()> {
        if depth > MAX_DEPTH {
            let message = format!("expression is nested more than {MAX_DEPTH} levels deep");
            return Err(QueryError::new(QueryErrorKind::Invalid, message));
        }
        let depth = depth + 1;
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::String(_) => Ok(()),
            ExprKind::Selector(selector) => self.modifiers(&selector.modifiers),
            ExprKind::Range(range) => {
                self.modifiers(&range.selector.modifiers)?;
                self.positive(&range.range)
            }
            ExprKind::Subquery(subquery) => {
                self.modifiers(&subquery.modifiers)?;
                self.positive(&subquery.range)?;
                subquery.step.as_ref().map_or(Ok(()), |step| self.positive(step))?;
                self.expr(&subquery.expr, depth)
            }
            ExprKind::Call(call) => self.call(call, depth),
            ExprKind::Aggregate(node) => {
                node.param.as_ref().map_or(Ok(()), |param| self.expr(param, depth))?;
                self.expr(&node.expr, depth)
            }
            ExprKind::Binary(node) => self.binary(node, depth),
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => self.expr(expr, depth),
        }
    }

    fn call(&self, call: &Call, depth: usize) -> Result<()> {
        let name = call.function.name;
        if functions::lookup(name).is_none() {
            return Err(QueryError::not_built(format_args!("function {name}")));
        }
        for arg in &call.args {
            self.expr(arg, depth)?;
            let is_text = matches!(unwrap_parens(arg).kind, ExprKind::String(_));
            if arg.value_type() == ValueType::String && !is_text {
                return Err(QueryError::unexpected("a computed string"));
            }
        }
        Ok(())
    }

    fn binary(&self, node: &Binary, depth: usize) -> Result<()> {
        match node.op {
            BinaryOp::TrimUpper => return Err(QueryError::not_built("operator </")),
            BinaryOp::TrimLower => return Err(QueryError::not_built("operator >/")),
            _ => {}
        }
        if node.matching.as_ref().is_some_and(|m| m.fill_left.is_some() || m.fill_right.is_some()) {
            return Err(QueryError::not_built("fill modifiers"));
        }
        self.expr(&node.lhs, depth)?;
        self.expr(&node.rhs, depth)
    }

    fn modifiers(&self, modifiers: &SelectorModifiers) -> Result<()> {
        match modifiers.extended {
            Some(ExtendedRange::Anchored) => return Err(QueryError::not_built("the anchored modifier")),
            Some(ExtendedRange::Smoothed) => return Err(QueryError::not_built("the smoothed modifier")),
            None => {}
        }
        duration::offset_ms(modifiers.offset.as_ref(), self.query).map(drop)
    }

    fn positive(&self, duration: &DurationExpr) -> Result<()> {
        duration::positive_ms(duration, self.query).map(drop)
    }
}
