//! Numbers, under all types that can represent them.

use crate::ast::Number;
use crate::fmt::quote::{quote, unquote_char};
use crate::lex::{Kind, Token};

/// Converts a number or a character constant.
///
/// # Errors
/// What is wrong with it.
pub(super) fn number(pos: u32, token: &Token<'_>) -> Result<Number, String> {
    let text = token.text;
    let mut number = Number { pos, text: text.into(), int: None, uint: None, float: None };
    if token.kind == Kind::CharConstant {
        let code = unquote_char(text)?;
        number.int = Some(code);
        number.uint = u64::try_from(code).ok();
        number.float = Some(code as f64);
        return Ok(number);
    }
    if token.kind == Kind::Complex || text.ends_with('i') {
        return Err(format!("not built yet: complex numbers ({})", quote(text)));
    }
    number.uint = parse_uint(text);
    number.int = parse_int(text);
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    number.float = match (number.int, number.uint) {
        (Some(int), _) => Some(int as f64),
        (None, Some(uint)) => Some(uint as f64),
        (None, None) => parse_float(text),
    };
    if number.int.is_none() && number.uint.is_none() {
        let float = number.float.ok_or_else(|| format!("illegal number syntax: {}", quote(text)))?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(format!("integer overflow: {}", quote(text)));
        }
        number.int = whole(float, i64::MIN as f64, -(i64::MIN as f64)).map(|float| float as i64);
        number.uint = whole(float, 0.0, 2.0 * -(i64::MIN as f64)).map(|float| float as u64);
    }
    Ok(number)
}

/// A float without a fraction, if it is at least one number and less than another.
fn whole(float: f64, from: f64, below: f64) -> Option<f64> {
    (float.trunc() == float && float >= from && float < below).then_some(float)
}

fn parse_int(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(digits)?);
    i64::try_from(if is_negative { -magnitude } else { magnitude }).ok()
}

/// Without a sign; the prefix says the base, and underscores may stand where Go has them.
fn parse_uint(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    let (radix, digits) = match bytes {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', _, ..] => (8, text.get(1..)?),
        _ => (10, text),
    };
    let has_prefix = digits.len() < text.len();
    let plain = without_underscores(digits, has_prefix)?;
    let is_plain = !plain.is_empty() && plain.chars().all(|c| c.is_digit(radix));
    is_plain.then(|| u64::from_str_radix(&plain, radix).ok()).flatten()
}

/// Underscores stand between digits, or after a prefix.
fn without_underscores(digits: &str, has_prefix: bool) -> Option<String> {
    let is_misplaced = digits.ends_with('_') || digits.contains("__") || (digits.starts_with('_') && !has_prefix);
    (!is_misplaced).then(|| digits.replace('_', ""))
}

/// A float as Go's `strconv.ParseFloat` reads it in a template: decimal, or hexadecimal with an exponent.
fn parse_float(text: &str) -> Option<f64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1.0, text.get(1..)?),
        b'+' => (1.0, text.get(1..)?),
        _ => (1.0, text),
    };
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return Some(sign * parse_hex_float(hex)?);
    }
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit()) && !digits.contains('_');
    let value: f64 = is_number.then(|| digits.parse().ok()).flatten()?;
    value.is_finite().then_some(sign * value)
}

fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.contains('_') {
        return None;
    }
    let value = digits.chars().try_fold(0.0f64, |value, c| Some(value * 16.0 + f64::from(c.to_digit(16)?)))?;
    let shift = exponent.checked_sub(i32::try_from(4 * fraction.len()).ok()?)?;
    let value = value * 2f64.powi(shift);
    value.is_finite().then_some(value)
}
