//! Functions on times.

use gotemplate::time::Time;
use gotemplate::{Args, Value};

type Outcome<'a> = Result<Value<'a>, String>;

/// A time in a layout. Whole numbers are seconds since 1970.
pub(super) fn date<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let time = match args.get(1) {
        Value::Time(time) => Time::clone(time),
        Value::Int(seconds) | Value::Int64(seconds) => Time::from_unix(*seconds, 0),
        other => return Err(format!("cannot show a {} as a time", other.type_name())),
    };
    Ok(time.in_zone(args.local().clone()).format(args.str(0)).into())
}

/// A time from a text in a layout; the zero time if the text is none.
pub(super) fn to_date<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(Time::parse(args.str(0), args.str(1), args.local()).unwrap_or_else(|_| Time::zero()).into())
}

/// A time from a number of days, seconds, milliseconds, microseconds or nanoseconds since 1970: the digits say which.
pub(super) fn from_unix<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let text = args.str(0);
    let unknown = |why: &str| format!("unable to parse time '{text}': {why}");
    let number: i64 = text
        .parse()
        .map_err(|_| unknown(&format!("strconv.ParseInt: parsing {}: invalid syntax", model::labels::Quoted(text))))?;
    let time = match text.len() {
        5 => Time::from_unix(number * 86_400, 0),
        10 => Time::from_unix(number, 0),
        13 => Time::from_unix(number / 1_000, number % 1_000 * 1_000_000),
        16 => Time::from_unix(number / 1_000_000, number % 1_000_000 * 1_000),
        19 => Time::from_unix(0, number),
        _ => return Err(unknown("%!w(<nil>)")),
    };
    Ok(time.in_zone(args.local().clone()).into())
}
