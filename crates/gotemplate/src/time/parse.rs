//! Times from text in a layout.

use super::civil::{Civil, DAYS, MONTHS, days_in};
use super::layout::{OffsetForm, Part, next_part};
use super::{Time, Zone};
use crate::fmt::quote::quote_bytes;

/// What was read so far.
#[derive(Debug, Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    is_pm: bool,
    is_am: bool,
    is_utc: bool,
    offset: Option<i64>,
    zone_name: String,
}

/// Why a part could not be read.
enum Failure {
    /// The text is not of the form.
    Form,
    /// A number that is out of the range of something.
    Range(&'static str),
}

/// A part read, and the text after it.
type Step<'t, T> = Result<(T, &'t str), Failure>;

/// Reads a time.
///
/// # Errors
/// Go's text.
pub(super) fn parse(layout: &str, text: &str, zone: &Zone) -> Result<Time, String> {
    let mut fields = Fields::default();
    let (mut rest_layout, mut rest) = (layout, text);
    let cannot = |element: &str, at: &str| {
        let (text, layout) = (quote_bytes(text), quote_bytes(layout));
        format!("parsing time {text} as {layout}: cannot parse {} as {}", quote_bytes(at), quote_bytes(element))
    };
    while let Some((before, part, element, after)) = next_part(rest_layout) {
        rest = skip(rest, before).map_err(|at| cannot(before, at))?;
        rest = match fields.read(part, element, rest, after) {
            Ok(((), rest)) => rest,
            Err(Failure::Form) => return Err(cannot(element, rest)),
            Err(Failure::Range(what)) => {
                return Err(format!("parsing time {}: {what} out of range", quote_bytes(text)));
            }
        };
        rest_layout = after;
    }
    rest = skip(rest, rest_layout).map_err(|at| cannot(rest_layout, at))?;
    if !rest.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quote_bytes(text), quote_bytes(rest)));
    }
    fields.finish(zone).map_err(|message| format!("parsing time {}: {message}", quote_bytes(text)))
}

/// Passes the text of a layout between its parts; space matches any number of spaces.
fn skip<'t>(mut text: &'t str, mut prefix: &str) -> Result<&'t str, &'t str> {
    while let Some(c) = prefix.chars().next() {
        if c == ' ' {
            if !text.is_empty() && !text.starts_with(' ') {
                return Err(text);
            }
            prefix = prefix.trim_start_matches(' ');
            text = text.trim_start_matches(' ');
        } else {
            text = text.strip_prefix(c).ok_or(text)?;
            prefix = prefix.get(c.len_utf8()..).unwrap_or("");
        }
    }
    Ok(text)
}

impl Fields {
    fn read<'t>(&mut self, part: Part, element: &str, text: &'t str, layout: &str) -> Step<'t, ()> {
        let rest;
        match part {
            Part::Year => {
                let (year, after) = fixed_digits(text, 2)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                rest = after;
            }
            Part::LongYear => (self.year, rest) = fixed_digits(text, 4)?,
            Part::Month | Part::LongMonth => {
                let (index, after) = name(text, &MONTHS, part == Part::Month)?;
                self.month = Some(index + 1);
                rest = after;
            }
            Part::NumMonth | Part::ZeroMonth => {
                let (month, after) = in_range(number(text, part == Part::ZeroMonth)?, 1, 12, "month")?;
                self.month = Some(month);
                rest = after;
            }
            Part::Weekday | Part::LongWeekday => (_, rest) = name(text, &DAYS, part == Part::Weekday)?,
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                let text = if part == Part::UnderDay { text.strip_prefix(' ').unwrap_or(text) } else { text };
                let (day, after) = number(text, part == Part::ZeroDay)?;
                self.day = Some(day);
                rest = after;
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                let (day, after) = day_of_year(text, part)?;
                self.day_of_year = Some(day);
                rest = after;
            }
            Part::Hour => (self.hour, rest) = in_range(number(text, false)?, 0, 23, "hour")?,
            Part::Hour12 | Part::ZeroHour12 => {
                (self.hour, rest) = in_range(number(text, part == Part::ZeroHour12)?, 0, 12, "hour")?;
            }
            Part::Minute | Part::ZeroMinute => {
                (self.minute, rest) = in_range(number(text, part == Part::ZeroMinute)?, 0, 59, "minute")?;
            }
            Part::Second | Part::ZeroSecond => {
                let after;
                (self.second, after) = in_range(number(text, part == Part::ZeroSecond)?, 0, 59, "second")?;
                rest = self.unasked_fraction(after, layout)?;
            }
            Part::UpperPm => rest = self.half_of_day(text, "AM", "PM")?,
            Part::LowerPm => rest = self.half_of_day(text, "am", "pm")?,
            Part::Offset(form) => rest = self.offset(text, form)?,
            Part::ZoneName => rest = self.zone_name(text)?,
            Part::Fraction(_) => {
                let digits = text.get(..element.len()).ok_or(Failure::Form)?;
                self.nanos = nanoseconds(digits)?;
                rest = text.get(element.len()..).unwrap_or("");
            }
            Part::ShortFraction(_) => rest = self.short_fraction(text)?,
        }
        Ok(((), rest))
    }

    /// A fraction of a second may follow although the layout has none.
    fn unasked_fraction<'t>(&mut self, text: &'t str, layout: &str) -> Result<&'t str, Failure> {
        let digits = fraction_digits(text);
        let is_asked = matches!(next_part(layout), Some((_, Part::Fraction(_) | Part::ShortFraction(_), _, _)));
        if digits == 0 || is_asked {
            return Ok(text);
        }
        let (fraction, rest) = text.split_at_checked(digits + 1).ok_or(Failure::Form)?;
        self.nanos = nanoseconds(fraction)?;
        Ok(rest)
    }

    fn short_fraction<'t>(&mut self, text: &'t str) -> Result<&'t str, Failure> {
        let digits = fraction_digits(text).min(9);
        if digits == 0 {
            return Ok(text);
        }
        let (fraction, rest) = text.split_at_checked(digits + 1).ok_or(Failure::Form)?;
        self.nanos = nanoseconds(fraction)?;
        Ok(rest)
    }

    fn half_of_day<'t>(&mut self, text: &'t str, am: &str, pm: &str) -> Result<&'t str, Failure> {
        if let Some(rest) = text.strip_prefix(pm) {
            self.is_pm = true;
            return Ok(rest);
        }
        self.is_am = true;
        text.strip_prefix(am).ok_or(Failure::Form)
    }

    fn offset<'t>(&mut self, text: &'t str, form: OffsetForm) -> Result<&'t str, Failure> {
        if form.has_z
            && !form.has_seconds
            && let Some(rest) = text.strip_prefix('Z')
        {
            self.is_utc = true;
            return Ok(rest);
        }
        let (sign, mut rest) = text.split_at_checked(1).ok_or(Failure::Form)?;
        let mut seconds = 0;
        for (unit, is_there) in [(3600, true), (60, form.has_minutes), (1, form.has_seconds)] {
            if is_there {
                if form.has_colon && unit < 3600 {
                    rest = rest.strip_prefix(':').ok_or(Failure::Form)?;
                }
                let value;
                (value, rest) = fixed_digits(rest, 2)?;
                seconds += unit * value;
            }
        }
        self.offset = Some(match sign {
            "+" => seconds,
            "-" => -seconds,
            _ => return Err(Failure::Form),
        });
        Ok(rest)
    }

    fn zone_name<'t>(&mut self, text: &'t str) -> Result<&'t str, Failure> {
        if let Some(rest) = text.strip_prefix("UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let (name, rest) =
            text.split_at_checked(zone_name_len(text)).filter(|(name, _)| !name.is_empty()).ok_or(Failure::Form)?;
        name.clone_into(&mut self.zone_name);
        Ok(rest)
    }

    fn finish(mut self, zone: &Zone) -> Result<Time, String> {
        if self.is_pm && self.hour < 12 {
            self.hour += 12;
        } else if self.is_am && self.hour == 12 {
            self.hour = 0;
        }
        let (month, day) = self.date()?;
        if day < 1 || day > days_in(self.year, month) {
            return Err("day out of range".to_owned());
        }
        let (hour, minute, second) = (self.hour, self.minute, self.second);
        let shown = Civil { year: self.year, month, day, hour, minute, second }.to_seconds();
        if self.is_utc {
            return Ok(Time::from_unix(shown, self.nanos));
        }
        if let Some(offset) = self.offset {
            let seconds = shown - offset;
            let local = zone.offset_at(seconds);
            let is_local = local.seconds == offset && (self.zone_name.is_empty() || self.zone_name == local.name);
            let fixed = Zone::Fixed(i32::try_from(offset).unwrap_or(0), self.zone_name.as_str().into());
            return Ok(Time::from_unix(seconds, self.nanos).in_zone(if is_local { zone.clone() } else { fixed }));
        }
        if self.zone_name.is_empty() {
            return Ok(Time::from_unix(zone.moment_of(shown), self.nanos).in_zone(zone.clone()));
        }
        let moment = zone.moment_of(shown);
        if zone.offset_at(moment).name == self.zone_name {
            return Ok(Time::from_unix(moment, self.nanos).in_zone(zone.clone()));
        }
        let hours: i32 = self.zone_name.strip_prefix("GMT").and_then(|hours| hours.parse().ok()).unwrap_or(0);
        Ok(Time::from_unix(shown, self.nanos).in_zone(Zone::Fixed(hours * 3600, self.zone_name.as_str().into())))
    }

    fn date(&self) -> Result<(i64, i64), String> {
        let Some(day_of_year) = self.day_of_year else {
            return Ok((self.month.unwrap_or(1), self.day.unwrap_or(1)));
        };
        let first = Civil { year: self.year, month: 1, day: day_of_year, hour: 0, minute: 0, second: 0 };
        let civil = Civil::from_seconds(first.to_seconds());
        if day_of_year < 1 || civil.year != self.year {
            return Err("day-of-year out of range".to_owned());
        }
        if self.month.is_some_and(|month| month != civil.month) {
            return Err("day-of-year does not match month".to_owned());
        }
        if self.day.is_some_and(|day| day != civil.day) {
            return Err("day-of-year does not match day".to_owned());
        }
        Ok((civil.month, civil.day))
    }
}

fn in_range<'t>(step: (i64, &'t str), from: i64, to: i64, what: &'static str) -> Step<'t, i64> {
    if (from..=to).contains(&step.0) { Ok(step) } else { Err(Failure::Range(what)) }
}

/// One or two digits.
fn number(text: &str, needs_two: bool) -> Step<'_, i64> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if digits == 0 || (needs_two && digits == 1) { Err(Failure::Form) } else { fixed_digits(text, digits) }
}

fn fixed_digits(text: &str, count: usize) -> Step<'_, i64> {
    let (digits, rest) = text.split_at_checked(count).ok_or(Failure::Form)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| is_number).ok_or(Failure::Form)?;
    Ok((number, rest))
}

fn day_of_year(text: &str, part: Part) -> Step<'_, i64> {
    let mut text = text;
    if part == Part::UnderYearDay {
        text = text.strip_prefix("  ").or_else(|| text.strip_prefix(' ')).unwrap_or(text);
    }
    let digits = text.bytes().take(3).take_while(u8::is_ascii_digit).count();
    if digits == 0 || (part == Part::ZeroYearDay && digits < 3) {
        Err(Failure::Form)
    } else {
        fixed_digits(text, digits)
    }
}

/// The number of a name, whatever the case of its letters.
fn name<'t>(text: &'t str, names: &[&str], is_short: bool) -> Step<'t, i64> {
    for (i, name) in names.iter().enumerate() {
        let name = if is_short { name.get(..3).unwrap_or(name) } else { name };
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name)
        {
            return Ok((i as i64, rest));
        }
    }
    Err(Failure::Form)
}

/// How many digits follow the point or comma that a text begins with.
fn fraction_digits(text: &str) -> usize {
    match text.strip_prefix(['.', ',']) {
        Some(digits) => digits.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    }
}

/// The nanoseconds of a fraction with its point.
fn nanoseconds(fraction: &str) -> Result<i64, Failure> {
    let digits = fraction.strip_prefix(['.', ',']).ok_or(Failure::Form)?;
    let digits = digits.get(..digits.len().min(9)).ok_or(Failure::Form)?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    format!("{digits:0<9}").parse().ok().filter(|_| is_number).ok_or(Failure::Form)
}

/// How long the abbreviation of a zone is that a text begins with; 0 if there is none.
fn zone_name_len(text: &str) -> usize {
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return 4;
    }
    if let Some(rest) = text.strip_prefix("GMT") {
        return 3 + signed_offset_len(rest);
    }
    if text.starts_with(['+', '-']) {
        return signed_offset_len(text);
    }
    let letters = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    match letters {
        5 if text.as_bytes().get(4) == Some(&b'T') => 5,
        4 if text.as_bytes().get(3) == Some(&b'T') || text.starts_with("WITA") => 4,
        3 => 3,
        _ => 0,
    }
}

/// `+8`, `-03`: at most 23 hours.
fn signed_offset_len(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return 0 };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let hours: Option<u32> = digits.get(..count).and_then(|digits| digits.parse().ok());
    if hours.is_some_and(|hours| hours <= 23) { count + 1 } else { 0 }
}
