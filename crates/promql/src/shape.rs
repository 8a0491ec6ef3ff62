//! What can be told about an expression without evaluating it.

use promql_syntax::ast::{Expr, ExprKind};

/// The expression within any parentheses.
pub(crate) fn unwrap_parens(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}

/// Whether the value is the same at every step: all selectors are pinned by `@` and no function looks at the clock.
pub(crate) fn is_step_invariant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::String(_) => true,
        ExprKind::Selector(selector) => selector.modifiers.at.is_some(),
        ExprKind::Range(range) => range.selector.modifiers.at.is_some(),
        ExprKind::Subquery(subquery) => subquery.modifiers.at.is_some(),
        ExprKind::Call(call) => !reads_clock(call.function.name) && call.args.iter().all(is_step_invariant),
        ExprKind::Aggregate(node) => is_step_invariant(&node.expr) && node.param.as_ref().is_none_or(is_step_invariant),
        ExprKind::Binary(node) => is_step_invariant(&node.lhs) && is_step_invariant(&node.rhs),
        ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => is_step_invariant(expr),
    }
}

/// Functions whose answer depends on the evaluation time itself.
fn reads_clock(function: &str) -> bool {
    matches!(function, "time" | "timestamp")
}
