//! Time intervals.

use alerting::config::{read_intervals, read_time_range};
use alerting::interval::{Range, TimeInterval, TimeRange, Zone};
use serde_json::Value;

use super::data::{Case, items, node, texts};
use super::expect;

/// An interval in the form of upstream's struct.
fn interval(value: &Value) -> Result<TimeInterval, String> {
    let number = |value: &Value| value.as_i64().and_then(|n| i32::try_from(n).ok()).unwrap_or_default();
    let ranges = |key: &str| {
        let range = |pair: &Value| Range { begin: number(&pair[0]), end: number(&pair[1]) };
        value[key].as_array().map(|pairs| pairs.iter().map(range).collect())
    };
    let minute = |value: &Value| u16::try_from(number(value)).unwrap_or_default();
    let times = value["times"].as_array().map(|times| {
        let time = |time: &Value| TimeRange {
            start_minute: minute(&time["start_minute"]),
            end_minute: minute(&time["end_minute"]),
        };
        times.iter().map(time).collect()
    });
    let zone = match value["location"].as_str() {
        None => None,
        Some(name) => Some(Zone::named(name).ok_or_else(|| format!("unknown zone {name}"))?),
    };
    Ok(TimeInterval {
        times,
        weekdays: ranges("weekdays"),
        days_of_month: ranges("days_of_month"),
        months: ranges("months"),
        years: ranges("years"),
        zone,
    })
}

/// A time such as `02 Jan 06 15:04 -0700`.
fn time_ms(text: &str) -> Result<i64, String> {
    const MONTHS: &[&str] = &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split(' ').collect();
    let [day, month, year, clock, zone] = parts[..] else { return Err(format!("no time: {text}")) };
    let month = MONTHS.iter().position(|name| *name == month).ok_or_else(|| format!("no month: {text}"))? + 1;
    let (sign_and_hours, minutes) = zone.split_at_checked(3).ok_or_else(|| format!("no zone: {text}"))?;
    let rfc3339 = format!("20{year}-{month:02}-{day:0>2}T{clock}:00{sign_and_hours}:{minutes}");
    model::time::parse_ms(&rfc3339).ok_or_else(|| format!("no time: {rfc3339}"))
}

fn check_times(case: &Value, contains: impl Fn(i64) -> bool) -> Result<(), String> {
    for (key, expected) in [("contains", true), ("excludes", false)] {
        for text in texts(&case[key]) {
            expect(&text, &contains(time_ms(&text)?), &expected)?;
        }
    }
    Ok(())
}

pub(super) fn contains(case: &Case<'_>) -> Option<Result<(), String>> {
    let outcome = interval(&case.value["interval"])
        .and_then(|interval| check_times(case.value, |at_ms| interval.contains(at_ms)));
    Some(outcome)
}

pub(super) fn time_range(case: &Case<'_>) -> Option<Result<(), String>> {
    let got = node(case.text("input")).and_then(|root| read_time_range(&root).map_err(|error| error.to_string()));
    let is_refused = case.value["error"].as_bool().unwrap_or_default();
    let minutes = |range: TimeRange| (u64::from(range.start_minute), u64::from(range.end_minute));
    let expected = (case.value["start_minute"].as_u64(), case.value["end_minute"].as_u64());
    let outcome = match (got.map(minutes), is_refused) {
        (Err(_), true) => Ok(()),
        (Ok((start, end)), false) => expect("minutes", &(Some(start), Some(end)), &expected),
        (got, _) => Err(format!("got {got:?}")),
    };
    Some(outcome)
}

pub(super) fn list(case: &Case<'_>) -> Option<Result<(), String>> {
    Some(read(case, |root| read_intervals(&root).map_err(|error| error.message().to_owned())))
}

/// One interval: a list of one.
pub(super) fn single(case: &Case<'_>) -> Option<Result<(), String>> {
    let text = case.text("yaml").trim_start_matches("---\n").replace('\n', "\n  ");
    Some(read(case, |_| {
        let root = node(&format!("- {text}"))?;
        read_intervals(&root).map_err(|error| error.message().to_owned())
    }))
}

fn read(case: &Case<'_>, read: impl FnOnce(::config::Node) -> Result<Vec<TimeInterval>, String>) -> Result<(), String> {
    let intervals = match (read(node(case.text("yaml"))?), case.value["error"].as_str()) {
        (Ok(intervals), None) => intervals,
        (Err(error), Some(expected)) => return expect("error", &error.as_str(), &expected),
        (got, expected) => return Err(format!("got {got:?}, expected the error {expected:?}")),
    };
    if let Some(parsed) = case.value["parsed"].as_array() {
        let expected: Vec<TimeInterval> = parsed.iter().map(interval).collect::<Result<_, _>>()?;
        expect("intervals", &format!("{intervals:?}"), &format!("{expected:?}"))?;
    }
    check_times(case.value, |at_ms| intervals.iter().any(|interval| interval.contains(at_ms)))
}

pub(super) fn named(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let now_ms = model::time::parse_ms(case.text("now")).ok_or("no time")?;
        let mut got = Vec::new();
        for (name, intervals) in case.file["named_mutes"]["intervals"].as_object().into_iter().flatten() {
            let intervals: Vec<TimeInterval> = items(intervals).iter().map(interval).collect::<Result<_, _>>()?;
            if intervals.iter().any(|interval| interval.contains(now_ms)) {
                got.push(name.clone());
            }
        }
        got.sort();
        expect("muted by", &got, &texts(&case.value["muted_by"]))
    };
    Some(run())
}
