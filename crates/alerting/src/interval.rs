//! Times of the week, month and year.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

/// Moments that fulfil every condition; an absent condition is fulfilled always.
#[derive(Clone, Debug, Default)]
pub struct TimeInterval {
    /// Times of day.
    pub times: Option<Vec<TimeRange>>,
    /// Days of the week; Sunday is 0.
    pub weekdays: Option<Vec<Range>>,
    /// Days of the month; negative ones count from its end, which is -1.
    pub days_of_month: Option<Vec<Range>>,
    /// Months; January is 1.
    pub months: Option<Vec<Range>>,
    /// Years.
    pub years: Option<Vec<Range>>,
    /// Where the clock hangs that shows all this; UTC where none is named.
    pub zone: Option<Zone>,
}

/// Minutes of a day, without the end; 1440 is its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// The first minute.
    pub start_minute: u16,
    /// The first minute behind it.
    pub end_minute: u16,
}

/// Numbers from one to another, with both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub begin: i32,
    /// The last.
    pub end: i32,
}

/// A time zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// A zone by its name in the IANA database, `UTC`, or `Local` for the machine's own.
    #[must_use]
    pub fn named(name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone(TimeZone::UTC)),
            "Local" => Some(Zone(TimeZone::system())),
            name => TimeZone::get(name).ok().map(Zone),
        }
    }
}

impl Range {
    fn contains(self, value: i32) -> bool {
        self.begin <= value && value <= self.end
    }
}

impl TimeInterval {
    /// Whether a moment, in milliseconds since the epoch, lies in the interval.
    #[must_use]
    pub fn contains(&self, at_ms: i64) -> bool {
        let Ok(timestamp) = Timestamp::from_millisecond(at_ms) else { return false };
        let zone = self.zone.as_ref().map_or(TimeZone::UTC, |zone| zone.0.clone());
        let time = timestamp.to_zoned(zone);
        let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
        let is_in = |ranges: &Option<Vec<Range>>, value: i32| {
            ranges.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(value)))
        };
        let is_time = self.times.as_ref().is_none_or(|times| {
            times.iter().any(|range| i32::from(range.start_minute) <= minute && minute < i32::from(range.end_minute))
        });
        let days_in_month = i32::from(time.days_in_month());
        let is_day = self
            .days_of_month
            .as_ref()
            .is_none_or(|days| days.iter().any(|range| contains_day(*range, i32::from(time.day()), days_in_month)));
        is_time
            && is_day
            && is_in(&self.months, i32::from(time.month()))
            && is_in(&self.weekdays, weekday_number(time.weekday()))
            && is_in(&self.years, i32::from(time.year()))
    }
}

fn weekday_number(weekday: Weekday) -> i32 {
    i32::from(weekday.to_sunday_zero_offset())
}

fn contains_day(range: Range, day: i32, days_in_month: i32) -> bool {
    let from_start = |day: i32| if day < 0 { days_in_month + day + 1 } else { day };
    let (begin, end) = (from_start(range.begin), from_start(range.end));
    // A range that begins behind the end of the month is not moved into it.
    begin <= days_in_month && begin <= day && day <= end.min(days_in_month)
}

#[cfg(test)]
mod tests;
