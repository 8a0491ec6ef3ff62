//! Durations.

use std::fmt::{self, Write as _};

use crate::fmt::quote::quote_bytes;

/// A span of time in nanoseconds, up to 292 years either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

impl Duration {
    /// From nanoseconds.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: i64) -> Duration {
        Duration(nanoseconds)
    }

    /// From seconds, cut to whole nanoseconds.
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Duration {
        Duration((seconds * 1e9) as i64)
    }

    /// In nanoseconds.
    #[must_use]
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.whole_and_rest(1_000_000_000)
    }

    /// In minutes.
    #[must_use]
    pub fn minutes(self) -> f64 {
        self.whole_and_rest(60_000_000_000)
    }

    /// In hours.
    #[must_use]
    pub fn hours(self) -> f64 {
        self.whole_and_rest(3_600_000_000_000)
    }

    /// Whole units and the rest are converted apart, which keeps digits.
    fn whole_and_rest(self, unit: i64) -> f64 {
        (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64
    }

    /// Cut to a multiple of a unit.
    #[must_use]
    pub fn truncate(self, unit: Duration) -> Duration {
        if unit.0 <= 0 { self } else { Duration(self.0 - self.0 % unit.0) }
    }

    /// Rounded to a multiple of a unit, halves away from zero.
    #[must_use]
    pub fn round(self, unit: Duration) -> Duration {
        if unit.0 <= 0 {
            return self;
        }
        let rest = (self.0 % unit.0).unsigned_abs();
        let toward_zero = self.0 - self.0 % unit.0;
        if rest < unit.0.unsigned_abs() - rest {
            return Duration(toward_zero);
        }
        Duration(if self.0 < 0 { toward_zero.saturating_sub(unit.0) } else { toward_zero.saturating_add(unit.0) })
    }

    /// Reads Go's form: `1h2m3.5s`.
    ///
    /// # Errors
    /// Go's text, if it is not of the form or too large.
    pub fn parse(text: &str) -> Result<Duration, String> {
        let invalid = || format!("time: invalid duration {}", quote_bytes(text));
        let is_negative = text.starts_with('-');
        let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
        if rest == "0" {
            return Ok(Duration(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let number;
            (number, rest) = split_while(rest, |c| c.is_ascii_digit() || c == '.');
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            if whole.is_empty() && matches!(fraction.as_bytes(), [] | [b'.', ..]) {
                return Err(invalid());
            }
            let unit_name;
            (unit_name, rest) = split_while(rest, |c| !c.is_ascii_digit() && c != '.');
            if unit_name.is_empty() || fraction.contains('.') {
                return Err(format!("time: missing unit in duration {}", quote_bytes(text)));
            }
            let unit = UNITS.iter().find(|(name, _)| *name == unit_name).map(|(_, unit)| *unit).ok_or_else(|| {
                format!("time: unknown unit {} in duration {}", quote_bytes(unit_name), quote_bytes(text))
            })?;
            let part = part(whole, fraction, unit).ok_or_else(invalid)?;
            total = total.checked_add(part).filter(|total| *total <= 1 << 63).ok_or_else(invalid)?;
        }
        match i64::try_from(total) {
            Ok(total) => Ok(Duration(if is_negative { -total } else { total })),
            Err(_) if is_negative => Ok(Duration(i64::MIN)),
            Err(_) => Err(invalid()),
        }
    }
}

fn split_while(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !wanted(c)).unwrap_or(text.len()))
}

/// A number of units in nanoseconds.
fn part(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit).filter(|nanos| *nanos <= 1 << 63)?;
    if !fraction.is_empty() {
        // Digits beyond 18 do not count.
        let digits = fraction.get(..fraction.len().min(18))?;
        let scaled = digits.parse::<u64>().ok()? as f64 * (unit as f64 / 10f64.powi(i32::try_from(digits.len()).ok()?));
        nanos = nanos.checked_add(scaled as u64).filter(|nanos| *nanos <= 1 << 63)?;
    }
    Some(nanos)
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.unsigned_abs();
        if nanos == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_char('-')?;
        }
        match nanos {
            0..1_000 => return write!(f, "{nanos}ns"),
            1_000..1_000_000 => return write!(f, "{}µs", decimal(nanos, 3)),
            1_000_000..1_000_000_000 => return write!(f, "{}ms", decimal(nanos, 6)),
            _ => {}
        }
        let seconds = nanos / 1_000_000_000;
        if seconds >= 3600 {
            write!(f, "{}h", seconds / 3600)?;
        }
        if seconds >= 60 {
            write!(f, "{}m", seconds / 60 % 60)?;
        }
        write!(f, "{}s", decimal(nanos % 60_000_000_000, 9))
    }
}

/// A number with the point so many digits from the right, without zeros at the end.
fn decimal(number: u64, digits: usize) -> String {
    let scale = 10u64.pow(digits as u32);
    let (whole, fraction) = (number / scale, number % scale);
    if fraction == 0 {
        return whole.to_string();
    }
    let fraction = format!("{fraction:0digits$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}
