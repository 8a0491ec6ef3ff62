//! Named times, as the file writes them.

use std::collections::BTreeMap;

use ::config::{Block, Node, Result};

use crate::interval::{Range, TimeInterval, TimeRange, Zone};

const WEEKDAYS: &[&str] = &["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Times by name; a moment belongs to a name if one of its intervals contains it.
pub type TimeIntervals = BTreeMap<String, Vec<TimeInterval>>;

/// Reads both lists of named times.
///
/// # Errors
/// In upstream's words.
pub(super) fn read(block: &mut Block<'_>) -> Result<Vec<NamedTimes>> {
    let mut names = Vec::new();
    for (key, what) in [("mute_time_intervals", "mute time interval"), ("time_intervals", "time interval")] {
        for mut named in block.blocks(key, "config.plain")? {
            let name = named.text("name")?.unwrap_or_default().to_owned();
            let intervals = named.blocks("time_intervals", "timeinterval.TimeInterval")?;
            let intervals = intervals.into_iter().map(read_interval).collect::<Result<_>>()?;
            let node = named.node().clone();
            named.finish()?;
            if name.is_empty() {
                return Err(node.error(format!("missing name in {what}")));
            }
            names.push(NamedTimes { name, intervals, node, what });
        }
    }
    Ok(names)
}

/// A name and its times, not yet compared with the others.
pub(super) struct NamedTimes {
    pub(super) name: String,
    pub(super) intervals: Vec<TimeInterval>,
    pub(super) node: Node,
    pub(super) what: &'static str,
}

/// Reads a list of intervals on its own.
///
/// # Errors
/// In upstream's words.
pub fn read_intervals(root: &Node) -> Result<Vec<TimeInterval>> {
    let report = ::config::Report::new();
    let read = |item| read_interval(Block::root(item, "timeinterval.TimeInterval", &report)?);
    root.items("[]timeinterval.TimeInterval")?.iter().map(read).collect()
}

/// Reads a range of times of day on its own.
///
/// # Errors
/// In upstream's words.
pub fn read_time_range(root: &Node) -> Result<TimeRange> {
    let report = ::config::Report::new();
    time_range(Block::root(root, "timeinterval.yamlTimeRange", &report)?)
}

fn read_interval(mut block: Block<'_>) -> Result<TimeInterval> {
    let interval = TimeInterval {
        times: optional(&mut block, "times", |block| {
            block.blocks("times", "timeinterval.yamlTimeRange")?.into_iter().map(time_range).collect()
        })?,
        weekdays: ranges(&mut block, "weekdays", weekday)?,
        days_of_month: ranges(&mut block, "days_of_month", day_of_month)?,
        months: ranges(&mut block, "months", month)?,
        years: ranges(&mut block, "years", year)?,
        zone: block.get("location").map(zone).transpose()?,
    };
    block.finish()?;
    Ok(interval)
}

/// An absent list lets every time pass, an empty one none.
fn optional<T>(
    block: &mut Block<'_>,
    key: &str,
    read: impl FnOnce(&mut Block<'_>) -> Result<Vec<T>>,
) -> Result<Option<Vec<T>>> {
    match block.get(key) {
        Some(_) => read(block).map(Some),
        None => Ok(None),
    }
}

fn ranges(
    block: &mut Block<'_>,
    key: &str,
    read: fn(&str) -> std::result::Result<Range, String>,
) -> Result<Option<Vec<Range>>> {
    optional(block, key, |block| {
        let items = block.get(key).map_or(Ok(&[][..]), |node| node.items("[]string"))?;
        let range = |item: &Node| read(&item.text()?.to_lowercase()).map_err(|error| item.error(error));
        items.iter().map(range).collect()
    })
}

fn time_range(mut block: Block<'_>) -> Result<TimeRange> {
    let (start, end) = (block.text("start_time")?.unwrap_or_default(), block.text("end_time")?.unwrap_or_default());
    let node = block.node();
    block.finish()?;
    if start.is_empty() || end.is_empty() {
        return Err(node.error("both start and end times must be provided"));
    }
    let minutes = |text| minute_of_day(text).map_err(|error| node.error(error));
    let range = TimeRange { start_minute: minutes(start)?, end_minute: minutes(end)? };
    if range.start_minute >= range.end_minute {
        return Err(node.error("start time cannot be equal or greater than end time"));
    }
    Ok(range)
}

fn minute_of_day(text: &str) -> std::result::Result<u16, String> {
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let parts = text.split_once(':').and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    match parts {
        Some((hour @ 0..24, minute @ 0..60)) => Ok(hour * 60 + minute),
        Some((24, 0)) => Ok(24 * 60),
        _ => Err(format!("couldn't parse timestamp {text}, invalid format")),
    }
}

/// Both ends of `from:to`, or twice the same.
fn both(text: &str, member: impl Fn(&str) -> std::result::Result<i32, String>) -> std::result::Result<Range, String> {
    match text.split_once(':') {
        None => member(text).map(|value| Range { begin: value, end: value }),
        Some((_, end)) if end.contains(':') => Err(format!("couldn't parse range {text}, invalid format")),
        Some((begin, end)) => Ok(Range { begin: member(begin)?, end: member(end)? }),
    }
}

fn number(text: &str) -> std::result::Result<i32, String> {
    let shown = model::labels::Quoted(text);
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {shown}: invalid syntax"))
}

fn named(names: &[&str], text: &str) -> Option<i32> {
    let position = names.iter().position(|name| *name == text)?;
    i32::try_from(position).ok()
}

fn weekday(text: &str) -> std::result::Result<Range, String> {
    let range = both(text, |day| named(WEEKDAYS, day).ok_or_else(|| format!("{day} is not a valid weekday")))?;
    if range.begin > range.end {
        return Err("start day cannot be before end day".to_owned());
    }
    Ok(range)
}

fn day_of_month(text: &str) -> std::result::Result<Range, String> {
    let range @ Range { begin, end } = both(text, number)?;
    if let Some(day) = [begin, end].into_iter().find(|day| *day == 0 || !(-31..=31).contains(day)) {
        return Err(format!("{day} is not a valid day of the month: out of range"));
    }
    if begin < 0 && end > 0 {
        return Err("end day must be negative if start day is negative".to_owned());
    }
    // Days from the end are compared in the shortest month.
    let from_start = |day: i32| if day < 0 { 28 + day } else { day };
    if from_start(begin) > from_start(end) {
        return Err(format!("end day {end} is always before start day {begin}"));
    }
    Ok(range)
}

fn month(text: &str) -> std::result::Result<Range, String> {
    let member = |month: &str| match named(MONTHS, month) {
        Some(index) => Ok(index + 1),
        None => month.parse().map_err(|_| format!("{month} is not a valid month")),
    };
    let range @ Range { begin, end } = both(text, member)?;
    if begin > end {
        let name = |month: i32| {
            let index = usize::try_from(month - 1).ok();
            index.and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
        };
        return Err(format!("end month {} is before start month {}", name(end), name(begin)));
    }
    Ok(range)
}

fn year(text: &str) -> std::result::Result<Range, String> {
    let range @ Range { begin, end } = both(text, number)?;
    if begin > end {
        return Err(format!("end year {end} is before start year {begin}"));
    }
    Ok(range)
}

fn zone(node: &Node) -> Result<Zone> {
    let name = node.text()?;
    Zone::named(name).ok_or_else(|| node.error(format!("unknown time zone {name}")))
}
