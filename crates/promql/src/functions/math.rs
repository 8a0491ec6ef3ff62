//! `abs ceil floor round clamp clamp_min clamp_max`.

use crate::grid::{GridColumn, ScalarColumn};

pub(crate) fn abs(column: &mut GridColumn, _: &[ScalarColumn]) {
    column.map(f64::abs);
}

pub(crate) fn ceil(column: &mut GridColumn, _: &[ScalarColumn]) {
    column.map(f64::ceil);
}

pub(crate) fn floor(column: &mut GridColumn, _: &[ScalarColumn]) {
    column.map(f64::floor);
}

/// Halves go up. The inverse keeps decimal fractions exact where a division would not: 1/0.1 is 10.
pub(crate) fn round(column: &mut GridColumn, args: &[ScalarColumn]) {
    column.filter_map(|step, value| {
        let inverse = 1.0 / args.first().map_or(1.0, |to| to.at(step));
        Some((value * inverse + 0.5).floor() / inverse)
    });
}

/// A lower bound above the upper one leaves nothing.
pub(crate) fn clamp(column: &mut GridColumn, args: &[ScalarColumn]) {
    let [low, high] = args else { return };
    column.filter_map(|step, value| {
        let (low, high) = (low.at(step), high.at(step));
        (low <= high || low.is_nan() || high.is_nan()).then(|| larger(low, smaller(high, value)))
    });
}

pub(crate) fn clamp_min(column: &mut GridColumn, args: &[ScalarColumn]) {
    let [low] = args else { return };
    column.filter_map(|step, value| Some(larger(low.at(step), value)));
}

pub(crate) fn clamp_max(column: &mut GridColumn, args: &[ScalarColumn]) {
    let [high] = args else { return };
    column.filter_map(|step, value| Some(smaller(high.at(step), value)));
}

/// Go's `math.Max`: a NaN wins over everything but positive infinity.
fn larger(a: f64, b: f64) -> f64 {
    if a == f64::INFINITY || b == f64::INFINITY {
        f64::INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.max(b)
    }
}

/// Go's `math.Min`: a NaN wins over everything but negative infinity.
fn smaller(a: f64, b: f64) -> f64 {
    -larger(-a, -b)
}
