//! Durations as Go writes them: `1h15m30.918s`.

use std::time::Duration;

use model::labels::Quoted;

/// The units with their length in nanoseconds.
const UNITS: &[(&str, f64)] =
    &[("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

/// Reads a duration that is not negative, as Go's `time.ParseDuration` does.
///
/// # Errors
/// In Go's words.
pub(crate) fn parse_go(text: &str) -> Result<Duration, String> {
    let invalid = || format!("time: invalid duration {}", Quoted(text));
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if unsigned == "0" {
        return Ok(Duration::ZERO);
    }
    if unsigned.is_empty() {
        return Err(invalid());
    }
    let mut rest = unsigned;
    let mut total_ns = 0f64;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let number: f64 = number.parse().map_err(|_| invalid())?;
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {}", Quoted(text)));
        }
        let unit_ns = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ns)| ns);
        let unknown = || format!("time: unknown unit {} in duration {}", Quoted(unit), Quoted(text));
        total_ns += number * unit_ns.ok_or_else(unknown)?;
        rest = after;
    }
    if total_ns > i64::MAX as f64 {
        return Err(invalid());
    }
    Ok(Duration::from_nanos(total_ns as u64))
}
