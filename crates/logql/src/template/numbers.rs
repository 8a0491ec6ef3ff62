//! Functions on numbers. What is no number counts as 0.

use gotemplate::{Args, Value};

use super::decimal::Decimal;

type Outcome<'a> = Result<Value<'a>, String>;

/// What Go says when its program divides by zero.
const ZERO_DIVISION: &str = "runtime error: integer divide by zero";

/// A value as a whole number.
pub(super) fn to_int(value: &Value<'_>) -> i64 {
    match value {
        Value::Int(value) | Value::Int64(value) => *value,
        Value::Uint(value) => *value as i64,
        Value::Float(value) => *value as i64,
        Value::Bool(value) => i64::from(*value),
        Value::Duration(value) => value.nanoseconds(),
        Value::Str(text) => parse_int(text).unwrap_or(0),
        _ => 0,
    }
}

/// A whole number in Go's forms, also with a point and nothing but zeros behind it.
fn parse_int(text: &str) -> Option<i64> {
    let text = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, digits.get(2..)?),
        Some("0b" | "0B") => (2, digits.get(2..)?),
        Some("0o" | "0O") => (8, digits.get(2..)?),
        Some(_) if digits.starts_with('0') => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    let is_plain = digits.chars().all(|c| c.is_digit(radix));
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().filter(|_| is_plain)
}

/// A value as a float.
pub(super) fn to_float(value: &Value<'_>) -> f64 {
    match value {
        Value::Float(value) => *value,
        Value::Str(text) => crate::units::parse_float(text).unwrap_or(0.0),
        value => to_int(value) as f64,
    }
}

fn ints(args: &Args<'_, '_>) -> impl Iterator<Item = i64> {
    args.values().iter().map(to_int)
}

fn floats(args: &Args<'_, '_>) -> impl Iterator<Item = f64> {
    args.values().iter().map(to_float)
}

pub(super) fn add<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Int64(ints(args).fold(0, i64::wrapping_add)))
}

pub(super) fn subtract<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Int64(to_int(args.get(0)).wrapping_sub(to_int(args.get(1)))))
}

pub(super) fn multiply<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Int64(ints(args).fold(1, i64::wrapping_mul)))
}

pub(super) fn divide<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    match (to_int(args.get(0)), to_int(args.get(1))) {
        (_, 0) => Err(ZERO_DIVISION.to_owned()),
        (a, b) => Ok(Value::Int64(a.wrapping_div(b))),
    }
}

pub(super) fn remainder<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    match (to_int(args.get(0)), to_int(args.get(1))) {
        (_, 0) => Err(ZERO_DIVISION.to_owned()),
        (a, b) => Ok(Value::Int64(a.wrapping_rem(b))),
    }
}

pub(super) fn max<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Int64(ints(args).max().unwrap_or(0)))
}

pub(super) fn min<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Int64(ints(args).min().unwrap_or(0)))
}

pub(super) fn max_float<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Float(
        floats(args).fold(f64::NEG_INFINITY, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }),
    ))
}

pub(super) fn min_float<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Float(
        floats(args).fold(f64::INFINITY, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }),
    ))
}

pub(super) fn add_floats<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Value::Float(floats(args).fold(0.0, |a, b| exactly(a, b, Decimal::add, |a, b| a + b))))
}

pub(super) fn subtract_floats<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(folded(args, |a, b| exactly(a, b, Decimal::subtract, |a, b| a - b)))
}

pub(super) fn multiply_floats<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(folded(args, |a, b| exactly(a, b, Decimal::multiply, |a, b| a * b)))
}

pub(super) fn divide_floats<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    if floats(args).skip(1).any(|value| value == 0.0) {
        return Err("decimal division by 0".to_owned());
    }
    Ok(folded(args, |a, b| exactly(a, b, Decimal::divide, |a, b| a / b)))
}

/// The first number with all others, one after the other.
fn folded<'a>(args: &Args<'_, 'a>, combine: impl Fn(f64, f64) -> f64) -> Value<'a> {
    Value::Float(floats(args).reduce(combine).unwrap_or(0.0))
}

/// Calculates with the digits that people see, so that 0.1 and 0.2 make 0.3; with binary numbers where there are too many.
fn exactly(
    a: f64,
    b: f64,
    decimal: impl Fn(Decimal, Decimal) -> Option<Decimal>,
    binary: impl Fn(f64, f64) -> f64,
) -> f64 {
    match (Decimal::of(a), Decimal::of(b)) {
        (Some(x), Some(y)) => decimal(x, y).map_or_else(|| binary(a, b), Decimal::to_float),
        _ => binary(a, b),
    }
}

/// A number, a number of digits behind the point, and from which rest on it is rounded up.
pub(super) fn round<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let from = match args.get(2) {
        Value::Float(from) => *from,
        _ => 0.5,
    };
    let scale = 10f64.powi(i32::try_from(args.int(1)).unwrap_or(i32::MAX));
    let scaled = scale * to_float(args.get(0));
    let rounded = if scaled.fract() >= from { scaled.ceil() } else { scaled.floor() };
    Ok(Value::Float(rounded / scale))
}

/// A value, or another one if it is empty: missing, zero, false, or without elements.
pub(super) fn default<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let is_empty = match args.get(1) {
        Value::Time(_) | Value::Record(_) => false,
        value => !value.is_true(),
    };
    Ok(args.take(usize::from(!is_empty)))
}
