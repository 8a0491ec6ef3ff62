//! Numbers and durations as they are written in queries.

use model::duration::UNITS;
use model::labels::Quoted;

use super::cursor::{Cursor, is_alphanumeric};

/// The longest duration in milliseconds: upstream counts nanoseconds in 63 bits.
const MAX_DURATION_MS: u64 = i64::MAX as u64 / 1_000_000;

/// Where a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// In a query.
    Query,
    /// In the values of a series description, where `x` repeats and so there are no hexadecimal numbers.
    Series,
}

/// Reads a number and tells whether it is well-formed as far as its characters go; nothing alphanumeric may follow.
///
/// If it is not, the cursor stands behind the character that spoils it, which is what messages quote; a duration may
/// still follow from there. The value is checked by [`number_value`].
pub(crate) fn scan_number(cursor: &mut Cursor<'_>, dialect: Dialect) -> bool {
    let start = cursor.offset();
    let is_hex = dialect == Dialect::Query && cursor.eat('0') && cursor.eat_if(|c| matches!(c, 'x' | 'X'));
    if is_hex {
        cursor.eat('_');
    }
    let is_digit = |c: char| if is_hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
    cursor.eat('.');
    cursor.eat_if(is_digit);
    let (mut has_dot, mut has_exponent) = (false, false);
    while let Some(c) = cursor.peek() {
        let forbidden_next: &[char] = match c {
            '.' if has_dot => {
                cursor.bump();
                return false;
            }
            'e' | 'E' if has_exponent => {
                cursor.bump();
                return false;
            }
            '.' => {
                has_dot = true;
                &['_', '.']
            }
            'e' | 'E' => {
                has_exponent = true;
                &['.', '_', 'e', 'E']
            }
            '_' => &['.', '_', 'e', 'E'],
            c if is_digit(c) => {
                cursor.eat_while(is_digit);
                continue;
            }
            _ => break,
        };
        cursor.bump();
        if c.eq_ignore_ascii_case(&'e') {
            cursor.eat_if(|sign| matches!(sign, '+' | '-'));
        }
        let spoiled = cursor.eat_if(|next| forbidden_next.contains(&next));
        let unfinished = c != '.' && cursor.peek().is_none();
        if spoiled || unfinished || (c == '.' && is_hex) {
            return false;
        }
    }
    let clings = match cursor.peek() {
        Some('x') if dialect == Dialect::Series => false,
        Some(c) => is_alphanumeric(c),
        None => false,
    };
    cursor.offset() > start && !clings
}

/// Reads on after a failed [`scan_number`] and tells whether the whole is a duration as far as its characters go.
/// If not, the cursor stands behind the character that spoils it. The value is checked by [`duration_ms`].
pub(crate) fn scan_duration(cursor: &mut Cursor<'_>) -> bool {
    if !cursor.eat_if(|c| matches!(c, 's' | 'm' | 'h' | 'd' | 'w' | 'y')) {
        return false;
    }
    cursor.eat('s');
    while cursor.eat_if(|c| c.is_ascii_digit()) {
        cursor.eat_while(|c| c.is_ascii_digit());
        if !cursor.eat_if(|c| matches!(c, 's' | 'm' | 'h' | 'd' | 'w')) {
            return false;
        }
        cursor.eat('s');
    }
    !cursor.eat_if(is_alphanumeric)
}

/// The value of a number; the error reads as upstream's.
pub(crate) fn number_value(text: &str) -> Result<f64, String> {
    let refuse = |why: &str| Err(format!("error parsing number: strconv.ParseFloat: parsing {}: {why}", Quoted(text)));
    if !underscores_separate_digits(text) {
        return refuse("invalid syntax");
    }
    let digits = text.replace('_', "");
    if let Some(value) = integer_value(&digits) {
        return Ok(value);
    }
    if digits.eq_ignore_ascii_case("inf") {
        return Ok(f64::INFINITY);
    }
    if digits.eq_ignore_ascii_case("nan") {
        return Ok(f64::NAN);
    }
    let is_decimal = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    match digits.parse::<f64>() {
        Ok(value) if is_decimal && value.is_finite() => Ok(value),
        Ok(_) if is_decimal => refuse("value out of range"),
        _ => refuse("invalid syntax"),
    }
}

/// An integer as Go reads it with base 0: `0x` is hexadecimal, a leading zero octal; `None` if it is none or needs more
/// than 63 bits.
fn integer_value(digits: &str) -> Option<f64> {
    let parsed = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => i64::from_str_radix(&digits[2..], 16),
        [b'0', _, ..] => i64::from_str_radix(&digits[1..], 8),
        _ => digits.parse::<i64>(),
    };
    // A sign is never part of the token, but the library's parser would take one.
    let starts_with_digit = !digits.trim_start_matches(['0', 'x', 'X']).starts_with(['+', '-']);
    parsed.ok().filter(|_| starts_with_digit).map(|value| value as f64)
}

/// Whether each underscore stands between digits; the prefix `0x` counts as a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_hex = matches!(bytes, [b'0', b'x' | b'X', ..]);
    let is_digit = |b: u8| if is_hex { b.is_ascii_hexdigit() || matches!(b, b'x' | b'X') } else { b.is_ascii_digit() };
    let neighbours = |i: usize| i.checked_sub(1).and_then(|p| bytes.get(p)).zip(bytes.get(i + 1));
    bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'_')
        .all(|(i, _)| neighbours(i).is_some_and(|(a, b)| is_digit(*a) && is_digit(*b)))
}

/// The milliseconds of a duration literal such as `1h30m`; the error reads as upstream's.
pub(crate) fn duration_ms(text: &str) -> Result<i64, String> {
    let malformed = || format!("not a valid duration string: {}", Quoted(text));
    let out_of_range = || "duration out of range".to_owned();
    let mut total_ms = 0u64;
    let mut last_unit = None;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let letters = after.bytes().take_while(|b| !b.is_ascii_digit()).count();
        let (unit, after) = after.split_at(letters);
        let number: u64 = number.parse().map_err(|_| malformed())?;
        let rank = UNITS
            .iter()
            .position(|(name, _)| *name == unit)
            .ok_or_else(|| format!("unknown unit {} in duration {}", Quoted(unit), Quoted(text)))?;
        if last_unit.is_some_and(|last| rank <= last) {
            return Err(malformed());
        }
        last_unit = Some(rank);
        let part_ms = number.checked_mul(UNITS[rank].1.unsigned_abs()).ok_or_else(out_of_range)?;
        total_ms = total_ms.saturating_add(part_ms);
        if total_ms > MAX_DURATION_MS {
            return Err(out_of_range());
        }
        rest = after;
    }
    // The limit above is far below what fits.
    i64::try_from(total_ms).map_err(|_| out_of_range())
}
