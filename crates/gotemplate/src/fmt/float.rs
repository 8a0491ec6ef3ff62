//! Floats as text, as Go's `strconv.FormatFloat` writes them.

use std::fmt::Write as _;

/// Appends a float in one of the forms `e E f F g G x X b`, with a number of digits or as few as read back.
pub(crate) fn push_float(out: &mut String, value: f64, form: char, precision: Option<usize>) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "+Inf" } else { "-Inf" });
    }
    match form {
        'e' | 'E' => push_exponent_form(out, value, precision, form),
        'f' | 'F' => {
            // Writing to a string cannot fail.
            let _written = match precision {
                Some(digits) => write!(out, "{value:.digits$}"),
                None => write!(out, "{value}"),
            };
        }
        'x' | 'X' => push_hex(out, value, precision, form == 'X'),
        'b' => push_binary(out, value),
        _ => push_general(out, value, precision, if form == 'G' { 'E' } else { 'e' }),
    }
}

fn push_exponent_form(out: &mut String, value: f64, precision: Option<usize>, letter: char) {
    let text = match precision {
        Some(digits) => format!("{value:.digits$e}"),
        None => format!("{value:e}"),
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    push_with_exponent(out, digits, exponent.parse().unwrap_or(0), letter);
}

/// The exponent has a sign and at least two digits.
fn push_with_exponent(out: &mut String, digits: &str, exponent: i32, letter: char) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _written = write!(out, "{digits}{letter}{sign}{:02}", exponent.unsigned_abs());
}

/// The `g` forms: without an exponent where it is short.
fn push_general(out: &mut String, value: f64, precision: Option<usize>, letter: char) {
    // No digit before the point counts as one.
    let precision = precision.map(|digits| digits.max(1));
    let text = match precision {
        Some(digits) => format!("{value:.*e}", digits - 1),
        None => format!("{value:e}"),
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    let count = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
    let limit = match precision {
        None => 6,
        Some(wanted) => {
            let wanted = i32::try_from(wanted).unwrap_or(i32::MAX);
            if wanted > count && count > exponent { count } else { wanted }
        }
    };
    if exponent < -4 || exponent >= limit {
        return push_with_exponent(out, digits, exponent, letter);
    }
    let decimals = usize::try_from((count - 1 - exponent).max(0)).unwrap_or(0);
    let _written = write!(out, "{value:.decimals$}");
}

/// `0x1.8p+01`.
fn push_hex(out: &mut String, value: f64, precision: Option<usize>, is_upper: bool) {
    const FRACTION_BITS: u32 = 52;
    let bits = value.to_bits();
    let mut fraction = bits & ((1 << FRACTION_BITS) - 1);
    let biased = (bits >> FRACTION_BITS) & 0x7ff;
    let mut exponent = biased as i64 - 1023;
    let mut leading = 1u64;
    if biased == 0 {
        if fraction == 0 {
            (leading, exponent) = (0, 0);
        } else {
            let shift = fraction.leading_zeros() - (63 - FRACTION_BITS);
            fraction = (fraction << shift) & ((1 << FRACTION_BITS) - 1);
            exponent = -1022 - i64::from(shift);
        }
    }
    if let Some(digits) = precision.filter(|digits| *digits < 13) {
        let dropped = 4 * (13 - digits as u32);
        let whole = (leading << FRACTION_BITS) | fraction;
        let (kept, rest, half) = (whole >> dropped, whole & ((1 << dropped) - 1), 1u64 << (dropped - 1));
        let rounds_up = rest > half || (rest == half && kept & 1 == 1);
        let rounded = (kept + u64::from(rounds_up)) << dropped;
        leading = rounded >> FRACTION_BITS;
        fraction = rounded & ((1 << FRACTION_BITS) - 1);
        if leading == 2 {
            (leading, exponent, fraction) = (1, exponent + 1, 0);
        }
    }
    let mut digits = format!("{fraction:013x}");
    match precision {
        Some(wanted) => digits = format!("{digits:0<wanted$}").chars().take(wanted).collect(),
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    let text = format!("{sign}0x{leading}{point}{digits}p{exponent_sign}{:02}", exponent.unsigned_abs());
    out.push_str(&if is_upper { text.to_uppercase() } else { text });
}

/// The mantissa as an integer and the power of two: `4503599627370496p-52`.
fn push_binary(out: &mut String, value: f64) {
    let bits = value.to_bits();
    let (fraction, biased) = (bits & ((1 << 52) - 1), (bits >> 52) & 0x7ff);
    let (mantissa, biased) = if biased == 0 { (fraction, 1) } else { (fraction | (1 << 52), biased) };
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let _written = write!(out, "{sign}{mantissa}p{:+}", biased as i64 - 1023 - 52);
}
