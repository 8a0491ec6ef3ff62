//! Binary operations.

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::{Binary, BinaryOp, VectorMatching};

use super::grid::{ABSENT, Series, is_present};
use super::matching::{pair, signature};
use super::{Evaluator, Value};
use crate::error::Result;
use crate::labels::LabelSet;

/// Evaluates an operation.
pub(super) fn eval(evaluator: &mut Evaluator<'_>, node: &Binary) -> Result<Value> {
    let lhs = evaluator.eval(&node.lhs)?;
    let rhs = evaluator.eval(&node.rhs)?;
    let steps = evaluator.grid.len();
    Ok(match (lhs, rhs) {
        // Between two numbers a comparison that fails gives 0, since a number cannot be absent.
        (Value::Scalar(lhs), Value::Scalar(rhs)) => Value::Scalar(compute(node.op, true, lhs, rhs, lhs)),
        (Value::Vector(lhs), Value::Vector(rhs)) => Value::Vector(vectors(node, lhs, rhs, steps)?),
        (Value::Vector(mut series), Value::Scalar(scalar)) => {
            for_values(&mut series, |value| compute(node.op, node.return_bool, value, scalar, value));
            Value::Vector(series)
        }
        (Value::Scalar(scalar), Value::Vector(mut series)) => {
            for_values(&mut series, |value| compute(node.op, node.return_bool, scalar, value, value));
            Value::Vector(series)
        }
    })
}

fn vectors(node: &Binary, lhs: Vec<Series>, rhs: Vec<Series>, steps: usize) -> Result<Vec<Series>> {
    let matching = node.matching.as_ref();
    match node.op {
        BinaryOp::And => Ok(only_where(lhs, &rhs, matching, steps, true)),
        BinaryOp::Unless => Ok(only_where(lhs, &rhs, matching, steps, false)),
        BinaryOp::Or => Ok(either(lhs, rhs, matching, steps)),
        _ => pair(node, lhs, rhs, steps),
    }
}

fn for_values(series: &mut [Series], compute: impl Fn(f64) -> f64) {
    for value in series.iter_mut().flat_map(|series| &mut series.values).filter(|value| is_present(**value)) {
        *value = compute(*value);
    }
}

/// The result of one pair; [`ABSENT`] when a comparison does not hold. `kept` is what a comparison lets through.
pub(super) fn compute(op: BinaryOp, return_bool: bool, lhs: f64, rhs: f64, kept: f64) -> f64 {
    let holds = match op {
        BinaryOp::Add => return lhs + rhs,
        BinaryOp::Sub => return lhs - rhs,
        BinaryOp::Mul => return lhs * rhs,
        BinaryOp::Div | BinaryOp::Mod if rhs == 0.0 => return f64::NAN,
        BinaryOp::Div => return lhs / rhs,
        BinaryOp::Mod => return lhs % rhs,
        BinaryOp::Pow => return lhs.powf(rhs),
        BinaryOp::Eq => lhs == rhs,
        BinaryOp::Ne => lhs != rhs,
        BinaryOp::Gt => lhs > rhs,
        BinaryOp::Ge => lhs >= rhs,
        BinaryOp::Lt => lhs < rhs,
        BinaryOp::Le => lhs <= rhs,
        // Set operations work on series, not on pairs of values.
        BinaryOp::And | BinaryOp::Or | BinaryOp::Unless => return kept,
    };
    match (holds, return_bool) {
        (holds, true) => f64::from(u8::from(holds)),
        (true, false) => kept,
        (false, false) => ABSENT,
    }
}

/// The steps at which any series of a signature has a value.
fn presence(series: &[Series], matching: Option<&VectorMatching>, steps: usize) -> HashMap<LabelSet, Vec<bool>> {
    let mut present: HashMap<LabelSet, Vec<bool>> = HashMap::new();
    for one in series {
        let at = present.entry(signature(&one.labels, matching)).or_insert_with(|| vec![false; steps]);
        at.iter_mut().zip(&one.values).for_each(|(any, value)| *any |= is_present(*value));
    }
    present
}

/// `and` and `unless`: the left side where the right one is, or is not.
fn only_where(
    mut lhs: Vec<Series>,
    rhs: &[Series],
    matching: Option<&VectorMatching>,
    steps: usize,
    wanted: bool,
) -> Vec<Series> {
    let present = presence(rhs, matching, steps);
    for one in &mut lhs {
        let at = present.get(&signature(&one.labels, matching));
        for (step, value) in one.values.iter_mut().enumerate() {
            if at.is_some_and(|at| at[step]) != wanted {
                *value = ABSENT;
            }
        }
    }
    lhs.retain(Series::is_any_present);
    lhs
}

/// `or`: the left side, and the right one where the left one is not.
fn either(lhs: Vec<Series>, rhs: Vec<Series>, matching: Option<&VectorMatching>, steps: usize) -> Vec<Series> {
    let rhs = only_where(rhs, &lhs, matching, steps, false);
    let mut places: HashMap<LabelSet, usize> = HashMap::new();
    let mut joined: Vec<Series> = Vec::with_capacity(lhs.len() + rhs.len());
    // Series of both sides may have the same labels, at steps that exclude each other.
    for one in lhs.into_iter().chain(rhs) {
        match places.get(&one.labels) {
            Some(place) => {
                let values = joined[*place].values.iter_mut().zip(one.values);
                values.filter(|(_, new)| is_present(*new)).for_each(|(value, new)| *value = new);
            }
            None => {
                places.insert(one.labels.clone(), joined.len());
                joined.push(one);
            }
        }
    }
    joined
}
