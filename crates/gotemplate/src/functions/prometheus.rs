//! The functions of alerting rules and consoles.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::Patterns;
use super::humanize::{four_digits, humanize, humanize_1024, humanize_duration, humanize_percentage, to_float};
use super::text::{strip_domain, strip_port, title};
use crate::builtins::escape::url_query;
use crate::fmt::shown;
use crate::function::{Args, Functions, Signature, Type};
use crate::time::{Duration, Time};
use crate::value::{List, Safe, Value};

/// The type of a query's samples.
const SAMPLE_TYPE: &str = "*template.sample";
const RESULT_TYPE: &str = "template.queryResult";
/// The label in which a query's string stands.
const VALUE_LABEL: &str = "__value__";

const NONE: Signature = Signature::of(&[]);
const STR: Signature = Signature::of(&[Type::Str]);
const ANY: Signature = Signature::of(&[Type::Any]);
const SAMPLE: Signature = Signature::of(&[Type::Named(SAMPLE_TYPE)]);

/// What a function makes of its arguments.
type Call = for<'a> fn(&mut Args<'_, 'a>) -> Result<Value<'a>, String>;

const TABLE: &[(&str, Signature, Call)] = &[
    ("args", Signature::variadic(&[], Type::Any), numbered),
    ("first", Signature::of(&[Type::Named(RESULT_TYPE)]), first),
    ("graphLink", STR, |args| Ok(format!("/graph?g0.expr={}&g0.tab=0", url_query(args.str(0))).into())),
    ("humanize", ANY, |args| Ok(humanize(to_float(args.get(0))?).into())),
    ("humanize1024", ANY, |args| Ok(humanize_1024(to_float(args.get(0))?).into())),
    ("humanizeDuration", ANY, |args| Ok(humanize_duration(to_float(args.get(0))?).into())),
    ("humanizePercentage", ANY, |args| Ok(humanize_percentage(to_float(args.get(0))?).into())),
    ("humanizeTimestamp", ANY, humanize_timestamp),
    ("label", Signature::of(&[Type::Str, Type::Named(SAMPLE_TYPE)]), |args| Ok(label(args.get(1), args.str(0)))),
    ("parseDuration", STR, |args| parse_duration(args.str(0)).map(Value::Float)),
    ("safeHtml", STR, |args| Ok(Value::Safe(Safe::Html, args.take_str(0)))),
    ("sortByLabel", Signature::of(&[Type::Str, Type::Named(RESULT_TYPE)]), sort_by_label),
    ("stripDomain", STR, |args| Ok(strip_domain(args.str(0)).into())),
    ("stripPort", STR, |args| Ok(strip_port(args.str(0)).to_owned().into())),
    ("strvalue", SAMPLE, |args| Ok(label(args.get(0), VALUE_LABEL))),
    ("tableLink", STR, |args| Ok(format!("/graph?g0.expr={}&g0.tab=1", url_query(args.str(0))).into())),
    ("title", STR, |args| Ok(title(args.str(0), false).into())),
    ("toDuration", ANY, |args| Ok(Duration::from_seconds(to_float(args.get(0))?).into())),
    ("toLower", STR, |args| Ok(args.str(0).to_lowercase().into())),
    ("toTime", ANY, |args| to_time(to_float(args.get(0))?).map(Value::from)),
    ("toUpper", STR, |args| Ok(args.str(0).to_uppercase().into())),
    ("urlQueryEscape", STR, |args| Ok(url_query(args.str(0)).into_owned().into())),
    ("value", SAMPLE, value),
];

/// The functions that the host answers: `query "up"` gives a [`query_result`], `now` the seconds since 1970.
const HOSTED: &[(&str, Signature)] = &[
    ("externalURL", NONE),
    ("now", NONE),
    ("pathPrefix", NONE),
    ("query", STR),
    ("tmpl", Signature::of(&[Type::Str, Type::Any])),
];

/// Adds the functions of Prometheus' rules. `query`, `now`, `externalURL`, `pathPrefix` and, for HTML, `tmpl` are the host's.
pub fn prometheus(functions: &mut Functions, patterns: &Arc<dyn Patterns>) {
    for (name, signature, call) in TABLE {
        functions.add(name, *signature, *call);
    }
    for (name, signature) in HOSTED {
        functions.add_hosted(name, *signature);
    }
    super::text::add_patterns(functions, patterns);
}

/// A sample of a query: its labels and its value.
#[must_use]
pub fn sample<'a>(labels: Value<'a>, value: f64) -> Value<'a> {
    Value::record(SAMPLE_TYPE, vec![("Labels", labels), ("Value", Value::Float(value))])
}

/// The answer of a query: samples, in their order.
#[must_use]
pub fn query_result(samples: Vec<Value<'_>>) -> Value<'_> {
    Value::List(List::named(RESULT_TYPE, SAMPLE_TYPE, samples).into())
}

fn first<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    match args.get(0) {
        Value::List(list) if !list.items().is_empty() => Ok(list.items()[0].clone()),
        _ => Err("first() called on vector with no elements".to_owned()),
    }
}

fn label<'a>(sample: &Value<'a>, name: &str) -> Value<'a> {
    match sample {
        Value::Record(sample) => match sample.field("Labels") {
            Some(Value::Map(labels)) => labels.entries().get(name).cloned().unwrap_or_else(|| labels.zero()),
            _ => Value::from(""),
        },
        _ => Value::from(""),
    }
}

fn value<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    match args.get(0) {
        Value::Record(sample) => Ok(sample.field("Value").cloned().unwrap_or(Value::Nil)),
        _ => Err("runtime error: invalid memory address or nil pointer dereference".to_owned()),
    }
}

fn sort_by_label<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let mut samples = match args.get(1) {
        Value::List(list) => list.items().to_vec(),
        _ => Vec::new(),
    };
    let by = args.take_str(0);
    samples.sort_by_cached_key(|sample| label(sample, &by).as_str().unwrap_or("").to_owned());
    Ok(query_result(samples))
}

fn numbered<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let entries: BTreeMap<Cow<'a, str>, Value<'a>> =
        (0..args.len()).map(|i| (Cow::Owned(format!("arg{i}")), args.take(i))).collect();
    Ok(Value::map(entries))
}

/// Seconds since 1970 as a time, to the millisecond.
fn to_time(seconds: f64) -> Result<Time, String> {
    if !seconds.is_finite() {
        return Err("value is NaN or Inf".to_owned());
    }
    let nanos = seconds * 1e9;
    if nanos > i64::MAX as f64 || nanos < i64::MIN as f64 {
        let shown = shown(&Value::Float(seconds), 'v');
        return Err(format!("{shown} cannot be represented as a nanoseconds timestamp since it overflows int64"));
    }
    let millis = nanos as i64 / 1_000_000;
    Ok(Time::from_unix(millis / 1000, millis % 1000 * 1_000_000))
}

fn humanize_timestamp<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let seconds = to_float(args.get(0))?;
    if !seconds.is_finite() {
        return Ok(four_digits(seconds).into());
    }
    to_time(seconds).map(|time| time.to_string().into())
}

/// The seconds of a duration as Prometheus writes it: `1h2m10ms`, also below zero.
fn parse_duration(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, i64); 7] = [
        ("y", 31_536_000_000),
        ("w", 604_800_000),
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];
    let invalid = || format!("not a valid duration string: {}", crate::fmt::quote::quote(text));
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    if rest == "0" {
        return Ok(0.0);
    }
    if rest.is_empty() {
        return Err("empty duration string".to_owned());
    }
    // Units follow each other from large to small.
    let mut units = UNITS.iter();
    let mut millis: i64 = 0;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?);
        let (unit, after) = after.split_at(after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len()));
        let (_, factor) = units.find(|(name, _)| *name == unit).ok_or_else(invalid)?;
        let number: i64 = number.parse().map_err(|_| invalid())?;
        let part = number.checked_mul(*factor).and_then(|part| millis.checked_add(part));
        millis = part.ok_or_else(|| "duration out of range".to_owned())?;
        rest = after;
    }
    if millis > i64::MAX / 1_000_000 {
        return Err("duration out of range".to_owned());
    }
    Ok(sign * Duration::from_nanoseconds(millis * 1_000_000).nanoseconds() as f64 / 1e9)
}
