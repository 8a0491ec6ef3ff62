//! Durations that are computed: `[2 * step()]`, `offset min_of(5m, range())`.

use promql_syntax::ast::{BinaryOp, DurationExpr, DurationKind};
use storage::Grid;

use crate::error::{QueryError, QueryErrorKind, Result};

/// Milliseconds of a range or a subquery step, which must be positive.
///
/// # Errors
/// As upstream words them, when the duration is not positive, too large, or divides by zero.
pub(crate) fn positive_ms(duration: &DurationExpr, query: Grid) -> Result<i64> {
    let seconds = seconds(duration, query)?;
    if seconds <= 0.0 {
        return Err(invalid("duration must be greater than 0"));
    }
    milliseconds(duration, seconds)
}

/// Milliseconds of an offset, which may be negative.
///
/// # Errors
/// As `positive_ms`.
pub(crate) fn offset_ms(duration: Option<&DurationExpr>, query: Grid) -> Result<i64> {
    duration.map_or(Ok(0), |duration| milliseconds(duration, seconds(duration, query)?))
}

fn milliseconds(duration: &DurationExpr, seconds: f64) -> Result<i64> {
    let ms = seconds * 1000.0;
    if ms.is_nan() || ms.abs() >= i64::MAX as f64 {
        return Err(invalid("duration is out of range"));
    }
    // A literal is a whole number of milliseconds that only passed through seconds; a result is cut, as upstream does.
    Ok(if is_literal(duration) { ms.round() as i64 } else { ms as i64 })
}

fn is_literal(duration: &DurationExpr) -> bool {
    match &duration.kind {
        DurationKind::Literal(_) => true,
        DurationKind::Unary { expr, .. } | DurationKind::Paren(expr) => is_literal(expr),
        _ => false,
    }
}

fn seconds(duration: &DurationExpr, query: Grid) -> Result<f64> {
    Ok(match &duration.kind {
        DurationKind::Literal(number) => number.value,
        DurationKind::Step => query.step_ms as f64 / 1000.0,
        DurationKind::Range => query.end_ms.saturating_sub(query.start_ms) as f64 / 1000.0,
        DurationKind::Unary { negative, expr } => {
            let value = seconds(expr, query)?;
            if *negative { -value } else { value }
        }
        DurationKind::Binary { op, lhs, rhs } => compute(*op, seconds(lhs, query)?, seconds(rhs, query)?)?,
        DurationKind::MinOf(a, b) => seconds(a, query)?.min(seconds(b, query)?),
        DurationKind::MaxOf(a, b) => seconds(a, query)?.max(seconds(b, query)?),
        DurationKind::Paren(inner) => seconds(inner, query)?,
    })
}

fn compute(op: BinaryOp, lhs: f64, rhs: f64) -> Result<f64> {
    Ok(match op {
        BinaryOp::Add => lhs + rhs,
        BinaryOp::Sub => lhs - rhs,
        BinaryOp::Mul => lhs * rhs,
        BinaryOp::Div if rhs == 0.0 => return Err(invalid("division by zero")),
        BinaryOp::Div => lhs / rhs,
        BinaryOp::Mod if rhs == 0.0 => return Err(invalid("modulo by zero")),
        BinaryOp::Mod => lhs % rhs,
        BinaryOp::Pow => lhs.powf(rhs),
        _ => return Err(invalid("unexpected duration expression operator")),
    })
}

fn invalid(message: &str) -> QueryError {
    QueryError::new(QueryErrorKind::Invalid, message)
}
