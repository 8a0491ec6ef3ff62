//! Floats printed exactly as Go prints them: the shortest digits that read back to the same value.

use std::fmt::Write;

/// As Prometheus' JSON answers print a sample: Go's `'f'` format, but `'e'` when the magnitude is below 1e-6 or at
/// least 1e21. Not-a-number is `NaN`, infinities are `+Inf` and `-Inf`.
#[must_use]
pub fn format_json(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && magnitude.is_finite() && !(1e-6..1e21).contains(&magnitude) {
        exponent_form(value)
    } else {
        format_plain(value)
    }
}

/// Go's `strconv.FormatFloat(v, 'f', -1, 64)`: never an exponent.
#[must_use]
pub fn format_plain(value: f64) -> String {
    special(value).map_or_else(|| format!("{value}"), ToOwned::to_owned)
}

/// Go's `strconv.FormatFloat(v, 'e', -1, 64)`: always an exponent.
#[must_use]
pub fn format_exponent(value: f64) -> String {
    special(value).map_or_else(|| exponent_form(value), ToOwned::to_owned)
}

/// As Go's `fmt.Sprint` shows a float, and so how PromQL prints numbers of a query: an exponent when it is below -4 or at
/// least 21.
#[must_use]
pub fn format_shortest(value: f64) -> String {
    format_general(value, 21)
}

/// Go's `'g'` format with the shortest digits: exponent form when the decimal exponent is below -4 or at least
/// `exponent_from`, which is 6 for `strconv.FormatFloat` (and so in text expositions) and 21 for `fmt`'s `%v`.
#[must_use]
pub fn format_general(value: f64, exponent_from: i32) -> String {
    if let Some(text) = special(value) {
        return text.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0".to_owned() } else { "0".to_owned() };
    }
    let exponent = decimal_exponent(value);
    if exponent < -4 || exponent >= exponent_from { exponent_form(value) } else { format!("{value}") }
}

fn special(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("+Inf")
    } else if value == f64::NEG_INFINITY {
        Some("-Inf")
    } else {
        None
    }
}

fn decimal_exponent(value: f64) -> i32 {
    let text = format!("{value:e}");
    text.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0)
}

/// Go writes the exponent with a sign and at least two digits: `1e+21`, `2.5e-07`.
fn exponent_form(value: f64) -> String {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    let mut out = String::with_capacity(text.len() + 2);
    // Writing to a String cannot fail.
    write!(out, "{digits}e{sign}{exponent:0>2}").ok();
    out
}

/// Reads a float as Go's `strconv.ParseFloat` does for the forms that queries, expositions and APIs carry:
/// decimal and hexadecimal numbers, `Inf`, `+Inf`, `-Infinity`, `NaN` in any case, digit separators excluded.
#[must_use]
pub fn parse(text: &str) -> Option<f64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let unsigned = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        parse_hex(hex)?
    } else if digits.eq_ignore_ascii_case("inf") || digits.eq_ignore_ascii_case("infinity") {
        f64::INFINITY
    } else if digits.eq_ignore_ascii_case("nan") {
        // Go accepts no sign before NaN.
        if digits.len() != text.len() {
            return None;
        }
        f64::NAN
    } else if digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        digits.parse().ok()?
    } else {
        return None;
    };
    Some(if negative { -unsigned } else { unsigned })
}

/// Hexadecimal floats need a binary exponent in Go (`0x1p-2`); plain hexadecimal integers are what PromQL adds.
fn parse_hex(hex: &str) -> Option<f64> {
    let (mantissa, exponent) = match hex.split_once(['p', 'P']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (hex, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0f64;
    for c in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    Some(value * 2f64.powi(shift))
}

#[cfg(test)]
mod tests;
