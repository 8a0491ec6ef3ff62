//! `sort sort_desc sort_by_label sort_by_label_desc`.

use std::cmp::Ordering;

use promql_syntax::ast::{Call, Expr};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::GridSeries;

/// By value, smallest first, NaN last.
pub(crate) fn ascending(evaluator: &Evaluator<'_>, call: &Call, expr: &Expr, grid: Grid) -> Result<Value> {
    sorted(evaluator, call, expr, grid, |a, b| by_value(a, b, |a, b| a.total_cmp(&b)))
}

/// By value, largest first, NaN last.
pub(crate) fn descending(evaluator: &Evaluator<'_>, call: &Call, expr: &Expr, grid: Grid) -> Result<Value> {
    sorted(evaluator, call, expr, grid, |a, b| by_value(a, b, |a, b| b.total_cmp(&a)))
}

/// By the labels named in their natural order, then by all labels.
pub(crate) fn by_label(evaluator: &Evaluator<'_>, call: &Call, expr: &Expr, grid: Grid) -> Result<Value> {
    let names = label_names(evaluator, call)?;
    sorted(evaluator, call, expr, grid, |a, b| by_labels(a, b, &names))
}

/// The reverse of `sort_by_label`.
pub(crate) fn by_label_descending(evaluator: &Evaluator<'_>, call: &Call, expr: &Expr, grid: Grid) -> Result<Value> {
    let names = label_names(evaluator, call)?;
    sorted(evaluator, call, expr, grid, |a, b| by_labels(b, a, &names))
}

/// The order only shows in an instant query: the result of a range query is always sorted by labels.
fn sorted(
    evaluator: &Evaluator<'_>,
    call: &Call,
    expr: &Expr,
    grid: Grid,
    compare: impl Fn(&GridSeries, &GridSeries) -> Ordering,
) -> Result<Value> {
    let Some(vector) = call.args.first() else { return Err(QueryError::unexpected("a sort without a vector")) };
    let mut series = evaluator.eval_vector(vector, grid)?;
    if grid.start_ms != grid.end_ms {
        evaluator.notes.borrow_mut().sort_in_range_query(expr.span);
    } else {
        series.sort_by(compare);
    }
    Ok(Value::Vector(series))
}

fn label_names<'e>(evaluator: &Evaluator<'_>, call: &'e Call) -> Result<Vec<&'e str>> {
    call.args.iter().skip(1).map(|arg| evaluator.eval_string(arg)).collect()
}

fn by_value(a: &GridSeries, b: &GridSeries, compare: impl Fn(f64, f64) -> Ordering) -> Ordering {
    // Negative zero equals zero here, so that a stable sort leaves them as they came.
    let value = |one: &GridSeries| one.column.get(0).map_or(f64::NAN, |v| v + 0.0);
    let (a, b) = (value(a), value(b));
    a.is_nan().cmp(&b.is_nan()).then_with(|| if a.is_nan() { Ordering::Equal } else { compare(a, b) })
}

fn by_labels(a: &GridSeries, b: &GridSeries, names: &[&str]) -> Ordering {
    let named = names.iter().map(|name| natural(a.labels.get(name), b.labels.get(name)));
    named.fold(Ordering::Equal, Ordering::then).then_with(|| a.labels.cmp(&b.labels))
}

/// Compares runs of digits as numbers and everything else as text.
fn natural(mut a: &str, mut b: &str) -> Ordering {
    loop {
        match (a.is_empty(), b.is_empty()) {
            (false, false) => {}
            (a_ends, b_ends) => return b_ends.cmp(&a_ends),
        }
        let (run_a, rest_a) = split_run(a);
        let (run_b, rest_b) = split_run(b);
        let order = match (run_a.parse::<i64>(), run_b.parse::<i64>()) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            _ => run_a.cmp(run_b),
        };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

/// Splits off the longest run of digits, or of anything else, at the beginning of a text that is not empty.
fn split_run(text: &str) -> (&str, &str) {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    text.split_at(text.find(|c: char| c.is_ascii_digit() != is_number).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_compare_as_numbers() {
        for (smaller, larger) in
            [("2", "10"), ("4m5", "4m600"), ("1.2.3", "1.11.3"), ("", "a"), ("a", "a1"), ("a9b", "a10")]
        {
            assert_eq!(natural(smaller, larger), Ordering::Less, "{smaller:?} {larger:?}");
            assert_eq!(natural(larger, smaller), Ordering::Greater, "{smaller:?} {larger:?}");
        }
        assert_eq!(natural("a10", "a10"), Ordering::Equal);
    }
}
