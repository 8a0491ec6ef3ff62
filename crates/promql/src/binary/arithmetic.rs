//! Operators on two numbers.

use promql_syntax::ast::BinaryOp;

/// The result for two samples: comparisons without `bool` filter the left one.
#[inline]
pub(crate) fn apply(op: BinaryOp, return_bool: bool, lhs: f64, rhs: f64) -> Option<f64> {
    let value = compute(op, lhs, rhs);
    if op.is_comparison() && !return_bool { (value == 1.0).then_some(lhs) } else { Some(value) }
}

/// The plain result; 0 or 1 for a comparison.
#[inline]
pub(crate) fn compute(op: BinaryOp, lhs: f64, rhs: f64) -> f64 {
    let truth = |condition: bool| if condition { 1.0 } else { 0.0 };
    match op {
        BinaryOp::Add => lhs + rhs,
        BinaryOp::Sub => lhs - rhs,
        BinaryOp::Mul => lhs * rhs,
        BinaryOp::Div => lhs / rhs,
        BinaryOp::Mod => lhs % rhs,
        BinaryOp::Pow => lhs.powf(rhs),
        BinaryOp::Atan2 => lhs.atan2(rhs),
        BinaryOp::Eq => truth(lhs == rhs),
        BinaryOp::Ne => truth(lhs != rhs),
        BinaryOp::Gt => truth(lhs > rhs),
        BinaryOp::Lt => truth(lhs < rhs),
        BinaryOp::Ge => truth(lhs >= rhs),
        BinaryOp::Le => truth(lhs <= rhs),
        // The check before evaluation refuses trim operators, and set operators never get here.
        BinaryOp::And | BinaryOp::Or | BinaryOp::Unless | BinaryOp::TrimUpper | BinaryOp::TrimLower => f64::NAN,
    }
}
