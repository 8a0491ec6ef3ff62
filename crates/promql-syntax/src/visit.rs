//! Walking the tree.

use crate::ast::{Expr, ExprKind, ValueType, VectorSelector};

impl Expr {
    /// The type of the expression's value.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        match &self.kind {
            ExprKind::Number(_) => ValueType::Scalar,
            ExprKind::String(_) => ValueType::String,
            ExprKind::Selector(_) | ExprKind::Aggregate(_) => ValueType::InstantVector,
            ExprKind::Range(_) | ExprKind::Subquery(_) => ValueType::RangeVector,
            ExprKind::Call(call) => call.function.returns,
            ExprKind::Binary(binary) => {
                let sides = [&binary.lhs, &binary.rhs];
                let both_scalar = sides.iter().all(|side| side.value_type() == ValueType::Scalar);
                if both_scalar { ValueType::Scalar } else { ValueType::InstantVector }
            }
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => expr.value_type(),
        }
    }

    /// The expressions directly within this one, in the order in which they are written.
    #[must_use]
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Selector(_) | ExprKind::Range(_) => Vec::new(),
            ExprKind::Subquery(subquery) => vec![&subquery.expr],
            ExprKind::Call(call) => call.args.iter().collect(),
            ExprKind::Aggregate(aggregate) => aggregate.param.iter().chain([&aggregate.expr]).collect(),
            ExprKind::Binary(binary) => vec![&binary.lhs, &binary.rhs],
            ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => vec![expr],
        }
    }

    /// Calls `visit` with this expression and all within it, each before its children and in the order written.
    pub fn walk<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    /// All vector selectors in the order written, those of range selectors included.
    #[must_use]
    pub fn selectors(&self) -> Vec<&VectorSelector> {
        let mut selectors = Vec::new();
        self.walk(&mut |expr| match &expr.kind {
            ExprKind::Selector(selector) => selectors.push(selector),
            ExprKind::Range(range) => selectors.push(&range.selector),
            _ => {}
        });
        selectors
    }
}
