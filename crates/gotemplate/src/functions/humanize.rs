//! Numbers as people read them.

use crate::fmt::float::push_float;
use crate::fmt::quote::quote;
use crate::value::Value;

const LARGE: [&str; 8] = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
const SMALL: [&str; 8] = ["m", "u", "n", "p", "f", "a", "z", "y"];
const BINARY: [&str; 8] = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

/// A number, a string that is one, or the seconds of a duration.
///
/// # Errors
/// Go's text, when it is none of these.
pub fn to_float(value: &Value<'_>) -> Result<f64, String> {
    match value {
        Value::Float(value) => Ok(*value),
        Value::Int(value) | Value::Int64(value) => Ok(*value as f64),
        Value::Uint(value) => Ok(*value as f64),
        Value::Duration(value) => Ok(value.seconds()),
        Value::Str(text) => parse_float(text),
        other => Err(format!("can't convert {} to float", other.type_name())),
    }
}

fn parse_float(text: &str) -> Result<f64, String> {
    let error = |what: &str| format!("strconv.ParseFloat: parsing {}: {what}", quote(text));
    let value: f64 = text.parse().map_err(|_| error("invalid syntax"))?;
    if value.is_infinite() && text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(error("value out of range"));
    }
    Ok(value)
}

/// With SI prefixes: `1.235M`.
#[must_use]
pub fn humanize(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return four_digits(value);
    }
    if value.abs() >= 1.0 {
        let (value, prefix) = divided(value, 1000.0, &LARGE);
        return four_digits(value) + prefix;
    }
    let (value, prefix) = multiplied(value);
    four_digits(value) + prefix
}

/// With binary prefixes: `1.177Mi`.
#[must_use]
pub fn humanize_1024(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return four_digits(value);
    }
    let (value, prefix) = divided(value, 1024.0, &BINARY);
    four_digits(value) + prefix
}

/// Seconds as days, hours, minutes and seconds, or with an SI prefix below one.
#[must_use]
pub fn humanize_duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return four_digits(seconds);
    }
    if seconds == 0.0 {
        return four_digits(seconds) + "s";
    }
    if seconds.abs() < 1.0 {
        let (value, prefix) = multiplied(seconds);
        return format!("{}{prefix}s", four_digits(value));
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    let whole = seconds.abs() as i64;
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60, whole % 60);
    if days != 0 {
        format!("{sign}{days}d {hours}h {minutes}m {rest}s")
    } else if hours != 0 {
        format!("{sign}{hours}h {minutes}m {rest}s")
    } else if minutes != 0 {
        format!("{sign}{minutes}m {rest}s")
    } else {
        format!("{sign}{}s", four_digits(seconds.abs()))
    }
}

/// A share as per cent.
#[must_use]
pub fn humanize_percentage(value: f64) -> String {
    four_digits(value * 100.0) + "%"
}

fn divided(mut value: f64, by: f64, prefixes: &[&'static str]) -> (f64, &'static str) {
    let mut prefix = "";
    for next in prefixes {
        if value.abs() < by {
            break;
        }
        (value, prefix) = (value / by, next);
    }
    (value, prefix)
}

fn multiplied(mut value: f64) -> (f64, &'static str) {
    let mut prefix = "";
    for next in SMALL {
        if value.abs() >= 1.0 {
            break;
        }
        (value, prefix) = (value * 1000.0, next);
    }
    (value, prefix)
}

/// `%.4g`.
pub(super) fn four_digits(value: f64) -> String {
    let mut out = String::new();
    push_float(&mut out, value, 'g', Some(4));
    out
}
