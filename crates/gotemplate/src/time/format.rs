//! Times as text in a layout.

use std::fmt::Write as _;

use super::civil::{Civil, DAYS, MONTHS};
use super::layout::{OffsetForm, Part, next_part};
use super::{Offset, Time};

/// Appends a time in a layout.
pub(super) fn push_formatted(out: &mut String, time: &Time, layout: &str) {
    let (civil, offset) = (time.civil(), time.offset());
    let mut rest = layout;
    while let Some((before, part, text, after)) = next_part(rest) {
        out.push_str(before);
        push_part(out, part, text, time.nanos, &civil, &offset);
        rest = after;
    }
    out.push_str(rest);
}

fn push_part(out: &mut String, part: Part, text: &str, nanos: u32, civil: &Civil, offset: &Offset) {
    let month = usize::try_from(civil.month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("");
    let day = DAYS.get(civil.weekday()).copied().unwrap_or("");
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    // Writing to a string cannot fail.
    let _written = match part {
        Part::LongMonth => out.write_str(month),
        Part::Month => out.write_str(month.get(..3).unwrap_or("")),
        Part::NumMonth => write!(out, "{}", civil.month),
        Part::ZeroMonth => write!(out, "{:02}", civil.month),
        Part::LongWeekday => out.write_str(day),
        Part::Weekday => out.write_str(day.get(..3).unwrap_or("")),
        Part::Day => write!(out, "{}", civil.day),
        Part::UnderDay => write!(out, "{:2}", civil.day),
        Part::ZeroDay => write!(out, "{:02}", civil.day),
        Part::UnderYearDay => write!(out, "{:3}", civil.day_of_year()),
        Part::ZeroYearDay => write!(out, "{:03}", civil.day_of_year()),
        Part::Hour => write!(out, "{:02}", civil.hour),
        Part::Hour12 => write!(out, "{hour12}"),
        Part::ZeroHour12 => write!(out, "{hour12:02}"),
        Part::Minute => write!(out, "{}", civil.minute),
        Part::ZeroMinute => write!(out, "{:02}", civil.minute),
        Part::Second => write!(out, "{}", civil.second),
        Part::ZeroSecond => write!(out, "{:02}", civil.second),
        Part::LongYear if civil.year < 0 => write!(out, "-{:04}", -civil.year),
        Part::LongYear => write!(out, "{:04}", civil.year),
        Part::Year => write!(out, "{:02}", civil.year.abs() % 100),
        Part::UpperPm => out.write_str(if civil.hour >= 12 { "PM" } else { "AM" }),
        Part::LowerPm => out.write_str(if civil.hour >= 12 { "pm" } else { "am" }),
        Part::ZoneName if !offset.name.is_empty() => out.write_str(&offset.name),
        Part::ZoneName => {
            let form = OffsetForm { has_z: false, has_colon: false, has_minutes: true, has_seconds: false };
            push_offset(out, form, offset.seconds)
        }
        Part::Offset(form) => push_offset(out, form, offset.seconds),
        Part::Fraction(digits) | Part::ShortFraction(digits) => {
            let shown = format!("{nanos:09}");
            let shown = format!("{shown:0<digits$}");
            let mut shown = shown.get(..digits).unwrap_or(&shown);
            if matches!(part, Part::ShortFraction(_)) {
                shown = shown.trim_end_matches('0');
            }
            let separator = text.get(..1).unwrap_or(".");
            if shown.is_empty() { Ok(()) } else { write!(out, "{separator}{shown}") }
        }
    };
}

fn push_offset(out: &mut String, form: OffsetForm, seconds: i64) -> std::fmt::Result {
    if form.has_z && seconds == 0 {
        return out.write_char('Z');
    }
    let minutes = seconds / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let colon = if form.has_colon { ":" } else { "" };
    write!(out, "{sign}{:02}", minutes.abs() / 60)?;
    if form.has_minutes {
        write!(out, "{colon}{:02}", minutes.abs() % 60)?;
    }
    if form.has_seconds {
        write!(out, "{colon}{:02}", seconds.abs() % 60)?;
    }
    Ok(())
}
