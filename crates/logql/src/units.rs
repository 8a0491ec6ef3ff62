//! Numbers, durations and sizes as labels write them, with Go's error texts.

use model::float;
use model::labels::Quoted;

/// Units of a duration and their nanoseconds.
const DURATION_UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("\u{b5}s", 1e3),
    ("\u{3bc}s", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// A float as Go's `strconv.ParseFloat` reads it.
pub(crate) fn parse_float(text: &str) -> Result<f64, String> {
    let digits = text.trim_start_matches(['+', '-']);
    let is_bare_hex = digits.len() > 1 && digits[..2].eq_ignore_ascii_case("0x") && !digits.contains(['p', 'P']);
    match float::parse(text).filter(|_| !is_bare_hex) {
        None => Err(format!("strconv.ParseFloat: parsing {}: invalid syntax", Quoted(text))),
        Some(value) if value.is_infinite() && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
            Err(format!("strconv.ParseFloat: parsing {}: value out of range", Quoted(text)))
        }
        Some(value) => Ok(value),
    }
}

/// Nanoseconds of a duration as Go's `time.ParseDuration` reads it: `1h30m`, `-1.5s`, `0`; there are no days.
pub(crate) fn parse_duration_ns(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", Quoted(text));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total_ns: u64 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid());
        }
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", Quoted(text)));
        }
        let Some((_, unit_ns)) = DURATION_UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("time: unknown unit {} in duration {}", Quoted(unit), Quoted(text)));
        };
        let whole_ns = whole_part(whole).and_then(|whole| whole.checked_mul(*unit_ns as u64)).ok_or_else(invalid)?;
        let fraction_ns = format!("0.{fraction}").parse::<f64>().map_or(0.0, |fraction| fraction * unit_ns) as u64;
        total_ns = total_ns.checked_add(whole_ns).and_then(|ns| ns.checked_add(fraction_ns)).ok_or_else(invalid)?;
        rest = after;
    }
    if negative && total_ns == 1 << 63 {
        return Ok(i64::MIN);
    }
    let total_ns = i64::try_from(total_ns).map_err(|_| invalid())?;
    Ok(if negative { -total_ns } else { total_ns })
}

fn whole_part(digits: &str) -> Option<u64> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

/// Bytes of a size such as `1.5KiB`, `3 MB`, `1,000b`: decimal units with one letter, binary ones with `i`, in any case.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let value = parse_float(&number.replace(',', ""))?;
    let unit = unit.trim().to_lowercase();
    let factor = size_factor(&unit).ok_or_else(|| format!("unhandled size name: {unit}"))?;
    let bytes = value * factor;
    if bytes >= u64::MAX as f64 { Err(format!("too large: {text}")) } else { Ok(bytes as u64) }
}

fn size_factor(unit: &str) -> Option<f64> {
    if matches!(unit, "" | "b") {
        return Some(1.0);
    }
    let prefix = unit.strip_suffix('b').unwrap_or(unit);
    let (letter, base) = match prefix.strip_suffix('i') {
        Some(letter) => (letter, 1024.0f64),
        None => (prefix, 1000.0),
    };
    let exponent = ["k", "m", "g", "t", "p", "e"].iter().position(|known| *known == letter)?;
    Some(base.powi(i32::try_from(exponent).ok()? + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_floats() {
        for (text, value) in [("15.0", 15.0), ("-1e3", -1e3), ("0x1p3", 8.0), (".5", 0.5), ("+Inf", f64::INFINITY)] {
            assert_eq!(parse_float(text), Ok(value), "{text}");
        }
        assert!(parse_float("NaN").is_ok_and(f64::is_nan));
        for text in ["", "x", "0x10", "1s", "1_000"] {
            let message = format!("strconv.ParseFloat: parsing \"{text}\": invalid syntax");
            assert_eq!(parse_float(text), Err(message));
        }
        let message = "strconv.ParseFloat: parsing \"1e999\": value out of range";
        assert_eq!(parse_float("1e999"), Err(message.to_owned()));
    }

    #[test]
    fn reads_durations() {
        for (text, ns) in [
            ("0", 0),
            ("-0", 0),
            ("1h30m", 5_400_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("-5s", -5_000_000_000),
            ("123.4ms", 123_400_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("3600000000\u{b5}s", 3_600_000_000_000),
            ("1ns", 1),
            ("-9223372036854775808ns", i64::MIN),
        ] {
            assert_eq!(parse_duration_ns(text), Ok(ns), "{text}");
        }
        for (text, message) in [
            ("", "time: invalid duration \"\""),
            ("oops", "time: invalid duration \"oops\""),
            (".s", "time: invalid duration \".s\""),
            ("1.2.3s", "time: invalid duration \"1.2.3s\""),
            ("90", "time: missing unit in duration \"90\""),
            ("1d", "time: unknown unit \"d\" in duration \"1d\""),
            ("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""),
        ] {
            assert_eq!(parse_duration_ns(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn reads_sizes() {
        for (text, bytes) in [
            ("42", 42),
            ("42B", 42),
            ("3mb", 3_000_000),
            ("13 MiB", 13 << 20),
            ("1.5KiB", 1536),
            ("1,000k", 1_000_000),
            ("42PiB", 42 << 50),
            ("2ei", 2 << 60),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
        for (text, message) in [
            ("oops", "strconv.ParseFloat: parsing \"\": invalid syntax"),
            ("1XB", "unhandled size name: xb"),
            ("100EB", "too large: 100EB"),
        ] {
            assert_eq!(parse_bytes(text), Err(message.to_owned()), "{text}");
        }
    }
}
