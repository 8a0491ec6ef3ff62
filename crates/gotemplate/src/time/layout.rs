//! Layouts: which parts of 2006-01-02T15:04:05 MST stand in a text.

/// A part of a layout that stands for a part of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    /// An offset from UTC.
    Offset(OffsetForm),
    /// So many digits of a second, always all of them.
    Fraction(usize),
    /// So many digits of a second, without zeros at the end.
    ShortFraction(usize),
}

/// How an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetForm {
    /// `Z` stands for no offset.
    pub(super) has_z: bool,
    pub(super) has_colon: bool,
    pub(super) has_minutes: bool,
    pub(super) has_seconds: bool,
}

/// The text of a layout, and what it stands for.
const PARTS: &[(&str, Part)] = &[
    ("January", Part::LongMonth),
    ("Monday", Part::LongWeekday),
    ("MST", Part::ZoneName),
    ("002", Part::ZeroYearDay),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("__2", Part::UnderYearDay),
    ("_2", Part::UnderDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperPm),
    ("pm", Part::LowerPm),
    ("-070000", Part::Offset(offset(false, false, true, true))),
    ("-07:00:00", Part::Offset(offset(false, true, true, true))),
    ("-0700", Part::Offset(offset(false, false, true, false))),
    ("-07:00", Part::Offset(offset(false, true, true, false))),
    ("-07", Part::Offset(offset(false, false, false, false))),
    ("Z070000", Part::Offset(offset(true, false, true, true))),
    ("Z07:00:00", Part::Offset(offset(true, true, true, true))),
    ("Z0700", Part::Offset(offset(true, false, true, false))),
    ("Z07:00", Part::Offset(offset(true, true, true, false))),
    ("Z07", Part::Offset(offset(true, false, false, false))),
];

const fn offset(has_z: bool, has_colon: bool, has_minutes: bool, has_seconds: bool) -> OffsetForm {
    OffsetForm { has_z, has_colon, has_minutes, has_seconds }
}

/// The first part of a layout: the text before it, what it stands for, its own text, and the rest.
pub(super) fn next_part(layout: &str) -> Option<(&str, Part, &str, &str)> {
    for (at, c) in layout.char_indices() {
        let rest = layout.get(at..)?;
        let found = match c {
            // In `_2006` the underscore is text.
            '_' if rest.starts_with("_2006") => None,
            '.' | ',' => fraction(rest),
            'J' | 'M' => PARTS
                .iter()
                .find(|(text, _)| rest.starts_with(text))
                .map(|(t, part)| (*part, t.len()))
                .or_else(|| short_name(rest)),
            '_' | '-' | 'Z' | 'P' | 'p' | '0'..='9' => {
                PARTS.iter().find(|(text, _)| rest.starts_with(text)).map(|(t, part)| (*part, t.len()))
            }
            _ => None,
        };
        if let Some((part, len)) = found {
            return Some((layout.get(..at)?, part, rest.get(..len)?, rest.get(len..)?));
        }
    }
    None
}

/// `Jan` and `Mon`, unless they are the beginning of a longer word.
fn short_name(rest: &str) -> Option<(Part, usize)> {
    const LEN: usize = 3;
    let part = match rest.get(..LEN)? {
        "Jan" => Part::Month,
        "Mon" => Part::Weekday,
        _ => return None,
    };
    let continues = rest.get(LEN..)?.starts_with(|c: char| c.is_ascii_lowercase());
    (!continues).then_some((part, LEN))
}

/// `.000` or `,999`, not followed by another digit.
fn fraction(rest: &str) -> Option<(Part, usize)> {
    let digits = rest.get(1..)?;
    let first = digits.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let count = digits.len() - digits.trim_start_matches(first).len();
    if digits.get(count..)?.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((if first == '0' { Part::Fraction(count) } else { Part::ShortFraction(count) }, count + 1))
}
