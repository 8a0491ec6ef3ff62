//! Whether two trees mean the same, whatever their places and notation.

use promql_syntax::ast::{
    Aggregate, AggregateGrouping, Binary, DurationExpr, DurationKind, Expr, ExprKind, NumberLiteral, SelectorModifiers,
    VectorMatching, VectorSelector,
};

pub(crate) fn same_expr(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Number(a), ExprKind::Number(b)) if a.is_duration => b.is_duration && same_seconds(a, b),
        (ExprKind::Number(a), ExprKind::Number(b)) => same_float(a.value, b.value) && !b.is_duration,
        (ExprKind::String(a), ExprKind::String(b)) => a == b,
        (ExprKind::Selector(a), ExprKind::Selector(b)) => same_selector(a, b),
        (ExprKind::Range(a), ExprKind::Range(b)) => {
            same_selector(&a.selector, &b.selector) && same_duration(&a.range, &b.range)
        }
        (ExprKind::Subquery(a), ExprKind::Subquery(b)) => {
            same_expr(&a.expr, &b.expr)
                && same_duration(&a.range, &b.range)
                && same_option(a.step.as_ref(), b.step.as_ref(), same_duration)
                && same_modifiers(&a.modifiers, &b.modifiers)
        }
        (ExprKind::Call(a), ExprKind::Call(b)) => {
            a.function == b.function
                && a.args.len() == b.args.len()
                && a.args.iter().zip(&b.args).all(|(a, b)| same_expr(a, b))
        }
        (ExprKind::Aggregate(a), ExprKind::Aggregate(b)) => same_aggregate(a, b),
        (ExprKind::Binary(a), ExprKind::Binary(b)) => same_binary(a, b),
        (ExprKind::Unary { negative: a, expr: x }, ExprKind::Unary { negative: b, expr: y }) => {
            a == b && same_expr(x, y)
        }
        (ExprKind::Paren(a), ExprKind::Paren(b)) => same_expr(a, b),
        _ => false,
    }
}

fn same_option<T>(a: Option<&T>, b: Option<&T>, same: fn(&T, &T) -> bool) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    }
}

/// Not-a-number comes in many bit patterns, which print the same.
fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Durations print as whole milliseconds, whose parts may add up a little differently.
fn same_seconds(a: &NumberLiteral, b: &NumberLiteral) -> bool {
    (a.value - b.value).abs() <= 1e-9_f64.max(a.value.abs() * 1e-12)
}

fn same_selector(a: &VectorSelector, b: &VectorSelector) -> bool {
    let matchers = |selector: &VectorSelector| {
        let mut shown: Vec<String> = selector.matchers.iter().map(ToString::to_string).collect();
        shown.sort();
        shown
    };
    matchers(a) == matchers(b) && same_modifiers(&a.modifiers, &b.modifiers)
}

fn same_modifiers(a: &SelectorModifiers, b: &SelectorModifiers) -> bool {
    let same_offset = |a: &DurationExpr, b: &DurationExpr| same_duration(unwrapped(a), unwrapped(b));
    let offsets = match (&a.offset, &b.offset) {
        (Some(a), Some(b)) => same_offset(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    offsets && a.at == b.at && a.extended == b.extended
}

/// Parentheses around a whole offset may be put there to keep it together.
fn unwrapped(duration: &DurationExpr) -> &DurationExpr {
    match &duration.kind {
        DurationKind::Paren(inner) => unwrapped(inner),
        _ => duration,
    }
}

fn same_duration(a: &DurationExpr, b: &DurationExpr) -> bool {
    match (&a.kind, &b.kind) {
        (DurationKind::Literal(a), DurationKind::Literal(b)) => same_seconds(a, b),
        (DurationKind::Step, DurationKind::Step) | (DurationKind::Range, DurationKind::Range) => true,
        (DurationKind::Unary { negative: a, expr: x }, DurationKind::Unary { negative: b, expr: y }) => {
            a == b && same_duration(x, y)
        }
        (DurationKind::Binary { op: o, lhs: a, rhs: b }, DurationKind::Binary { op: p, lhs: c, rhs: d }) => {
            o == p && same_duration(a, c) && same_duration(b, d)
        }
        (DurationKind::MinOf(a, b), DurationKind::MinOf(c, d))
        | (DurationKind::MaxOf(a, b), DurationKind::MaxOf(c, d)) => same_duration(a, c) && same_duration(b, d),
        (DurationKind::Paren(a), DurationKind::Paren(b)) => same_duration(a, b),
        _ => false,
    }
}

fn same_aggregate(a: &Aggregate, b: &Aggregate) -> bool {
    /// `by ()` means the same as nothing.
    fn grouping(aggregate: &Aggregate) -> Option<&AggregateGrouping> {
        aggregate.grouping.as_ref().filter(|grouping| grouping.without || !grouping.labels.is_empty())
    }
    a.op == b.op
        && grouping(a) == grouping(b)
        && same_option(a.param.as_ref(), b.param.as_ref(), same_expr)
        && same_expr(&a.expr, &b.expr)
}

fn same_binary(a: &Binary, b: &Binary) -> bool {
    a.op == b.op
        && a.return_bool == b.return_bool
        && same_option(a.matching.as_ref(), b.matching.as_ref(), same_matching)
        && same_expr(&a.lhs, &b.lhs)
        && same_expr(&a.rhs, &b.rhs)
}

fn same_matching(a: &VectorMatching, b: &VectorMatching) -> bool {
    let same_fill = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => same_float(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    a.cardinality == b.cardinality
        && (a.on, &a.labels, &a.include) == (b.on, &b.labels, &b.include)
        && same_fill(a.fill_left, b.fill_left)
        && same_fill(a.fill_right, b.fill_right)
}
