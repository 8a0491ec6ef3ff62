//! Durations as Prometheus writes them: `1d12h`, `30s`, `5ms`.

use std::fmt;

/// The units in the order in which they may follow each other, with their length in milliseconds.
pub const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 24 * 3_600_000),
    ("w", 7 * 24 * 3_600_000),
    ("d", 24 * 3_600_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Why a text is not a duration; reads as Prometheus' own message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// Nothing at all.
    #[error("empty duration string")]
    Empty,
    /// Not of the form described above.
    #[error("not a valid duration string: {0}")]
    Malformed(crate::labels::QuotedString),
    /// More milliseconds than 63 bits hold.
    #[error("duration out of range")]
    OutOfRange,
}

/// Milliseconds of a duration such as `1h30m`; each unit at most once, larger ones first; `0` needs no unit.
///
/// # Errors
/// When the text is not of this form, or too large.
pub fn parse_ms(text: &str) -> Result<i64, InvalidDuration> {
    match text {
        "" => return Err(InvalidDuration::Empty),
        "0" => return Ok(0),
        _ => {}
    }
    let malformed = || InvalidDuration::Malformed(crate::labels::QuotedString(text.to_owned()));
    let mut total_ms = 0i64;
    let mut rest = text;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = after.split_at(letters);
        if number.is_empty() {
            return Err(malformed());
        }
        let (_, unit_ms) = units.find(|(name, _)| *name == unit).ok_or_else(malformed)?;
        let number: i64 = number.parse().map_err(|_| InvalidDuration::OutOfRange)?;
        total_ms = number
            .checked_mul(*unit_ms)
            .and_then(|ms| total_ms.checked_add(ms))
            // Prometheus counts in nanoseconds, so its limit is 2^63 of those.
            .filter(|ms| *ms <= i64::MAX / 1_000_000)
            .ok_or(InvalidDuration::OutOfRange)?;
        rest = after;
    }
    Ok(total_ms)
}

/// Shows milliseconds in the shortest exact form: `90000` is `1m30s`, `0` is `0s`. Years, weeks and days are used
/// only where they divide the whole, as Prometheus does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayDuration {
    /// The duration in milliseconds; negative ones get a minus sign.
    pub ms: i64,
}

impl fmt::Display for DisplayDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ms == 0 {
            return f.write_str("0s");
        }
        if self.ms < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.ms.unsigned_abs();
        for (name, unit_ms) in UNITS {
            let unit_ms = unit_ms.unsigned_abs();
            let must_divide = matches!(name, "y" | "w" | "d");
            if rest == 0 || (must_divide && !rest.is_multiple_of(unit_ms)) {
                continue;
            }
            let count = rest / unit_ms;
            if count > 0 {
                write!(f, "{count}{name}")?;
                rest -= count * unit_ms;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        for (text, ms) in [
            ("0", 0),
            ("0s", 0),
            ("5ms", 5),
            ("1m30s", 90_000),
            ("1d12h", 129_600_000),
            ("1y2w3d4h5m6s7ms", 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6_007),
            ("4w", 2_419_200_000),
        ] {
            assert_eq!(parse_ms(text), Ok(ms), "{text}");
        }
    }

    #[test]
    fn refuses_what_prometheus_refuses() {
        for (text, message) in [
            ("", "empty duration string"),
            ("1", "not a valid duration string: \"1\""),
            ("s", "not a valid duration string: \"s\""),
            ("1s1m", "not a valid duration string: \"1s1m\""),
            ("1m1m", "not a valid duration string: \"1m1m\""),
            ("-1s", "not a valid duration string: \"-1s\""),
            ("1.5h", "not a valid duration string: \"1.5h\""),
            ("1 s", "not a valid duration string: \"1 s\""),
            ("294y", "duration out of range"),
            ("99999999999999999999s", "duration out of range"),
        ] {
            assert_eq!(parse_ms(text).map_err(|e| e.to_string()), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn shows_durations() {
        for (ms, text) in [
            (0, "0s"),
            (1, "1ms"),
            (90_000, "1m30s"),
            (86_400_000, "1d"),
            (90_000_000, "25h"),
            (604_800_000, "1w"),
            (31_536_000_000, "1y"),
            (129_600_000, "36h"),
            (-5_000, "-5s"),
            (i64::MIN, "-2562047788015h12m55s808ms"),
        ] {
            assert_eq!(DisplayDuration { ms }.to_string(), text);
        }
    }
}
