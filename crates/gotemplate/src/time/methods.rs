//! The methods of `time.Time` and `time.Duration` that templates may call.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::civil::{DAYS, MONTHS};
use super::{Duration, Time, Zone};
use crate::function::{Args, Signature, Type};
use crate::value::Value;

/// A method: its name, what it takes, and what it does.
pub(crate) struct Method<T> {
    name: &'static str,
    pub(crate) signature: Signature,
    call: for<'a> fn(&T, &mut Args<'_, 'a>) -> Result<Value<'a>, String>,
}

impl<T> Method<T> {
    /// Calls it.
    pub(crate) fn call<'a>(&self, receiver: &T, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        (self.call)(receiver, args)
    }
}

/// A method of times by its name.
pub(crate) fn of_time(name: &str) -> Option<&'static Method<Time>> {
    OF_TIME.iter().find(|method| method.name == name)
}

/// A method of durations by its name.
pub(crate) fn of_duration(name: &str) -> Option<&'static Method<Duration>> {
    OF_DURATION.iter().find(|method| method.name == name)
}

const NONE: Signature = Signature::of(&[]);
const STR: Signature = Signature::of(&[Type::Str]);
const TIME: Signature = Signature::of(&[Type::Time]);
const DURATION: Signature = Signature::of(&[Type::Duration]);

static OF_TIME: &[Method<Time>] = &[
    Method { name: "Format", signature: STR, call: |time, args| Ok(time.format(args.str(0)).into()) },
    Method { name: "String", signature: NONE, call: |time, _| Ok(time.to_string().into()) },
    Method { name: "UTC", signature: NONE, call: |time, _| Ok(time.in_zone(Zone::Utc).into()) },
    Method { name: "Local", signature: NONE, call: |time, args| Ok(time.in_zone(args.local().clone()).into()) },
    Method {
        name: "In",
        signature: Signature::of(&[Type::Named("*time.Location")]),
        call: |_, _| Err(NO_ZONE.to_owned()),
    },
    Method { name: "Unix", signature: NONE, call: |time, _| Ok(Value::Int64(time.unix())) },
    Method { name: "UnixMilli", signature: NONE, call: |time, _| Ok(Value::Int64(time.unix_millis())) },
    Method { name: "UnixMicro", signature: NONE, call: |time, _| Ok(Value::Int64(time.unix_micros())) },
    Method { name: "UnixNano", signature: NONE, call: |time, _| Ok(Value::Int64(time.unix_nanos())) },
    Method { name: "IsZero", signature: NONE, call: |time, _| Ok(time.is_zero().into()) },
    Method { name: "Add", signature: DURATION, call: |time, args| Ok(time.add(args.duration(0)).into()) },
    Method { name: "Sub", signature: TIME, call: |time, args| Ok(time.since(&args.time(0)).into()) },
    Method {
        name: "After",
        signature: TIME,
        call: |time, args| Ok((time.compare(&args.time(0)) == Ordering::Greater).into()),
    },
    Method {
        name: "Before",
        signature: TIME,
        call: |time, args| Ok((time.compare(&args.time(0)) == Ordering::Less).into()),
    },
    Method {
        name: "Equal",
        signature: TIME,
        call: |time, args| Ok((time.compare(&args.time(0)) == Ordering::Equal).into()),
    },
    Method { name: "Compare", signature: TIME, call: |time, args| Ok((time.compare(&args.time(0)) as i64).into()) },
    Method {
        name: "AddDate",
        signature: Signature::of(&[Type::Int; 3]),
        call: |time, args| Ok(time.add_date(args.int(0), args.int(1), args.int(2)).into()),
    },
    Method { name: "Truncate", signature: DURATION, call: |time, args| Ok(time.truncate(args.duration(0)).into()) },
    Method { name: "Round", signature: DURATION, call: |time, args| Ok(time.round(args.duration(0)).into()) },
    Method { name: "Year", signature: NONE, call: |time, _| Ok(time.civil().year.into()) },
    Method { name: "Month", signature: NONE, call: |time, _| Ok(named(&MONTHS, time.civil().month - 1)) },
    Method { name: "Day", signature: NONE, call: |time, _| Ok(time.civil().day.into()) },
    Method { name: "Hour", signature: NONE, call: |time, _| Ok(time.civil().hour.into()) },
    Method { name: "Minute", signature: NONE, call: |time, _| Ok(time.civil().minute.into()) },
    Method { name: "Second", signature: NONE, call: |time, _| Ok(time.civil().second.into()) },
    Method { name: "Nanosecond", signature: NONE, call: |time, _| Ok(i64::from(time.nanos).into()) },
    Method { name: "YearDay", signature: NONE, call: |time, _| Ok(time.civil().day_of_year().into()) },
    Method { name: "Weekday", signature: NONE, call: |time, _| Ok(named(&DAYS, time.civil().weekday() as i64)) },
];

static OF_DURATION: &[Method<Duration>] = &[
    Method { name: "String", signature: NONE, call: |duration, _| Ok(duration.to_string().into()) },
    Method { name: "Nanoseconds", signature: NONE, call: |duration, _| Ok(Value::Int64(duration.nanoseconds())) },
    Method {
        name: "Microseconds",
        signature: NONE,
        call: |duration, _| Ok(Value::Int64(duration.nanoseconds() / 1_000)),
    },
    Method {
        name: "Milliseconds",
        signature: NONE,
        call: |duration, _| Ok(Value::Int64(duration.nanoseconds() / 1_000_000)),
    },
    Method { name: "Seconds", signature: NONE, call: |duration, _| Ok(duration.seconds().into()) },
    Method { name: "Minutes", signature: NONE, call: |duration, _| Ok(duration.minutes().into()) },
    Method { name: "Hours", signature: NONE, call: |duration, _| Ok(duration.hours().into()) },
    Method {
        name: "Truncate",
        signature: DURATION,
        call: |duration, args| Ok(duration.truncate(args.duration(0)).into()),
    },
    Method { name: "Round", signature: DURATION, call: |duration, args| Ok(duration.round(args.duration(0)).into()) },
    Method {
        name: "Abs",
        signature: NONE,
        call: |duration, _| Ok(Duration::from_nanoseconds(duration.nanoseconds().saturating_abs()).into()),
    },
];

/// No function makes a `*time.Location`.
const NO_ZONE: &str = "time: missing Location in call to Time.In";

fn named<'a>(names: &[&'static str], index: i64) -> Value<'a> {
    let name = usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or("");
    Value::Str(Cow::Borrowed(name))
}
