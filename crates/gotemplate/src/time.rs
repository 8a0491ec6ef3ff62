//! Times and durations, as Go's `time` package has them.

mod civil;
mod duration;
mod format;
mod layout;
pub(crate) mod methods;
mod parse;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use civil::Civil;
pub use duration::Duration;

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// 0001-01-01T00:00:00Z, Go's zero time.
const ZERO_SECONDS: i64 = -62_135_596_800;

/// A moment, and the zone that it is shown in.
#[derive(Clone, Debug)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    seconds: i64,
    /// Nanoseconds from there, below a thousand million.
    nanos: u32,
    zone: Zone,
}

/// A time zone.
#[derive(Clone, Debug)]
pub enum Zone {
    /// UTC.
    Utc,
    /// A fixed offset in seconds east of UTC, and the name that is shown for it, if any.
    Fixed(i32, Arc<str>),
    /// A zone with rules, from a database of them that the caller has.
    Named(TimeZone),
}

/// What a zone is at a moment.
struct Offset {
    seconds: i64,
    name: String,
}

impl Zone {
    fn offset_at(&self, seconds: i64) -> Offset {
        match self {
            Zone::Utc => Offset { seconds: 0, name: "UTC".to_owned() },
            Zone::Fixed(offset, name) => Offset { seconds: i64::from(*offset), name: name.to_string() },
            Zone::Named(zone) => match Timestamp::from_second(seconds) {
                Ok(moment) => {
                    let info = zone.to_offset_info(moment);
                    Offset { seconds: i64::from(info.offset().seconds()), name: info.abbreviation().to_owned() }
                }
                Err(_) => Offset { seconds: 0, name: "UTC".to_owned() },
            },
        }
    }

    /// The moment at which clocks of the zone show some seconds since 1970.
    fn moment_of(&self, shown: i64) -> i64 {
        // Near a change of the offset, the offset of one side may lead to the other side.
        let guess = shown - self.offset_at(shown).seconds;
        let again = shown - self.offset_at(guess).seconds;
        if shown - self.offset_at(again).seconds == again { again } else { guess }
    }
}

impl Time {
    /// A moment in UTC: seconds since 1970 and nanoseconds from there, of any number.
    #[must_use]
    pub fn from_unix(seconds: i64, nanos: i64) -> Time {
        let seconds = seconds.saturating_add(nanos.div_euclid(NANOS_PER_SECOND));
        Time { seconds, nanos: nanos.rem_euclid(NANOS_PER_SECOND) as u32, zone: Zone::Utc }
    }

    /// A moment in UTC by its nanoseconds since 1970.
    #[must_use]
    pub fn from_unix_nanos(nanos: i64) -> Time {
        Time::from_unix(0, nanos)
    }

    /// The first moment of the year 1 in UTC, which stands for no time.
    #[must_use]
    pub fn zero() -> Time {
        Time::from_unix(ZERO_SECONDS, 0)
    }

    /// Whether it stands for no time.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.seconds == ZERO_SECONDS && self.nanos == 0
    }

    /// The same moment in another zone.
    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Time {
        Time { zone, ..self.clone() }
    }

    /// Seconds since 1970, rounded down.
    #[must_use]
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// Milliseconds since 1970, rounded down.
    #[must_use]
    pub fn unix_millis(&self) -> i64 {
        self.seconds.wrapping_mul(1000).wrapping_add(i64::from(self.nanos / 1_000_000))
    }

    /// Microseconds since 1970, rounded down.
    #[must_use]
    pub fn unix_micros(&self) -> i64 {
        self.seconds.wrapping_mul(1_000_000).wrapping_add(i64::from(self.nanos / 1000))
    }

    /// Nanoseconds since 1970, cut to 64 bits outside of the years 1678 to 2262.
    #[must_use]
    pub fn unix_nanos(&self) -> i64 {
        self.seconds.wrapping_mul(NANOS_PER_SECOND).wrapping_add(i64::from(self.nanos))
    }

    /// The moment so much later.
    #[must_use]
    pub fn add(&self, duration: Duration) -> Time {
        let nanos = i64::from(self.nanos) + duration.nanoseconds() % NANOS_PER_SECOND;
        let seconds = self.seconds.saturating_add(duration.nanoseconds() / NANOS_PER_SECOND);
        Time::from_unix(seconds, nanos).in_zone(self.zone.clone())
    }

    /// The date so many years, months and days later.
    #[must_use]
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Time {
        // Beyond this a year has no place in 64 bits of seconds.
        const MAX: i64 = 1_000_000;
        let civil = self.civil();
        let shown = Civil {
            year: civil.year.saturating_add(years.clamp(-MAX, MAX)),
            month: civil.month + months.clamp(-MAX, MAX),
            day: civil.day + days.clamp(-MAX, MAX),
            ..civil
        };
        Time { seconds: self.zone.moment_of(shown.to_seconds()), ..self.clone() }
    }

    /// Rounded down to a multiple of a unit since the zero time.
    #[must_use]
    pub fn truncate(&self, unit: Duration) -> Time {
        self.minus_nanos(self.rest(unit))
    }

    /// Rounded to the nearest multiple of a unit since the zero time, halves up.
    #[must_use]
    pub fn round(&self, unit: Duration) -> Time {
        let (rest, unit_nanos) = (self.rest(unit), i128::from(unit.nanoseconds()));
        self.minus_nanos(if rest + rest < unit_nanos { rest } else { rest - unit_nanos.max(0) })
    }

    fn rest(&self, unit: Duration) -> i128 {
        if unit.nanoseconds() <= 0 {
            return 0;
        }
        let since_zero =
            i128::from(self.seconds - ZERO_SECONDS) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanos);
        since_zero.rem_euclid(i128::from(unit.nanoseconds()))
    }

    fn minus_nanos(&self, nanos: i128) -> Time {
        self.add(Duration::from_nanoseconds(i64::try_from(-nanos).unwrap_or(0)))
    }

    /// How much later it is than another moment, at most what a duration can hold.
    #[must_use]
    pub fn since(&self, other: &Time) -> Duration {
        let nanos = i128::from(self.seconds - other.seconds) * i128::from(NANOS_PER_SECOND)
            + (i128::from(self.nanos) - i128::from(other.nanos));
        let limit = if nanos > 0 { i64::MAX } else { i64::MIN };
        Duration::from_nanoseconds(i64::try_from(nanos).unwrap_or(limit))
    }

    /// The order of two moments.
    #[must_use]
    pub fn compare(&self, other: &Time) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }

    /// As a layout shows it, which is how it would show 2006-01-02T15:04:05 in a zone named MST.
    #[must_use]
    pub fn format(&self, layout: &str) -> String {
        let mut out = String::with_capacity(layout.len() + 16);
        format::push_formatted(&mut out, self, layout);
        out
    }

    /// Reads a time in a layout; without a zone in the text it is in the one given.
    ///
    /// # Errors
    /// Go's text, if the text is not of the layout.
    pub fn parse(layout: &str, text: &str, zone: &Zone) -> Result<Time, String> {
        parse::parse(layout, text, zone)
    }

    fn offset(&self) -> Offset {
        self.zone.offset_at(self.seconds)
    }

    fn civil(&self) -> Civil {
        Civil::from_seconds(self.seconds.saturating_add(self.offset().seconds))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format("2006-01-02 15:04:05.999999999 -0700 MST"))
    }
}
