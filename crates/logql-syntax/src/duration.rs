//! Durations in queries and in labels.

/// Units of Prometheus durations in the order in which they may follow each other, with their nanoseconds.
const PROMETHEUS_UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000_000_000),
    ("w", 7 * 86_400_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
];

/// Nanoseconds of a duration as queries write it, in the units of Prometheus or of Go: `1h30m`, `2w`, `-1.5s`, `10µs`.
///
/// # Errors
/// When the text is neither; the message is Go's.
pub fn parse_ns(text: &str) -> Result<i64, String> {
    parse_prometheus_ns(text).or_else(|_| parse_go_ns(text))
}

/// Nanoseconds of a duration in the units of Prometheus, larger ones first and each once: `1w2d`; `0` needs no unit.
///
/// # Errors
/// When the text is not of this form, or too large.
pub(crate) fn parse_prometheus_ns(text: &str) -> Result<i64, String> {
    match text {
        "" => return Err("empty duration string".to_owned()),
        "0" => return Ok(0),
        _ => {}
    }
    let malformed = || format!("not a valid duration string: {}", model::labels::Quoted(text));
    let out_of_range = || "duration out of range".to_owned();
    let mut total_ns = 0u64;
    let mut next_unit = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, behind) = split_where(rest, |c| !c.is_ascii_digit());
        let (unit, behind) = split_where(behind, |c| c.is_ascii_digit());
        let number: u64 = number.parse().map_err(|_| malformed())?;
        if unit.is_empty() {
            return Err(malformed());
        }
        let known = PROMETHEUS_UNITS.iter().position(|(name, _)| *name == unit);
        let at = known.ok_or_else(|| {
            format!("unknown unit {} in duration {}", model::labels::Quoted(unit), model::labels::Quoted(text))
        })?;
        if at < next_unit {
            return Err(malformed());
        }
        next_unit = at + 1;
        let part = number.checked_mul(PROMETHEUS_UNITS[at].1);
        total_ns = part.and_then(|part| total_ns.checked_add(part)).ok_or_else(out_of_range)?;
        rest = behind;
    }
    i64::try_from(total_ns).map_err(|_| out_of_range())
}

/// Nanoseconds of a duration as Go's `time.ParseDuration` reads it: `1.5h`, `-3m`, `10µs`; `0` needs no unit.
///
/// # Errors
/// When the text is not of this form, or too large; the message is Go's.
pub fn parse_go_ns(text: &str) -> Result<i64, String> {
    let quoted = model::labels::Quoted(text);
    let invalid = || format!("time: invalid duration {quoted}");
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total_ns = 0u64;
    while !rest.is_empty() {
        let (whole, behind) = split_where(rest, |c| !c.is_ascii_digit());
        let (fraction, behind) = match behind.strip_prefix('.') {
            Some(behind) => split_where(behind, |c| !c.is_ascii_digit()),
            None => ("", behind),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let (unit, behind) = split_where(behind, |c| c == '.' || c.is_ascii_digit());
        if unit.is_empty() {
            return Err(format!("time: missing unit in duration {quoted}"));
        }
        let unit_ns = go_unit_ns(unit)
            .ok_or_else(|| format!("time: unknown unit {} in duration {quoted}", model::labels::Quoted(unit)))?;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        let fraction_ns = fraction_of(fraction, unit_ns);
        let part = whole.checked_mul(unit_ns).and_then(|part| part.checked_add(fraction_ns));
        total_ns = part.and_then(|part| total_ns.checked_add(part)).filter(|ns| *ns <= 1 << 63).ok_or_else(invalid)?;
        rest = behind;
    }
    match i64::try_from(total_ns) {
        Ok(ns) => Ok(if negative { -ns } else { ns }),
        Err(_) if negative => Ok(i64::MIN),
        Err(_) => Err(invalid()),
    }
}

fn go_unit_ns(unit: &str) -> Option<u64> {
    match unit {
        "ns" => Some(1),
        "us" | "µs" | "μs" => Some(1_000),
        "ms" => Some(1_000_000),
        "s" => Some(1_000_000_000),
        "m" => Some(60_000_000_000),
        "h" => Some(3_600_000_000_000),
        _ => None,
    }
}

/// The part of a unit that decimal digits behind the point stand for. More digits than fit are as good as none.
fn fraction_of(digits: &str, unit_ns: u64) -> u64 {
    let digits = &digits[..digits.len().min(18)];
    let (mut value, mut scale) = (0u64, 1u64);
    for digit in digits.bytes() {
        // 18 digits stay below 2^63.
        value = value * 10 + u64::from(digit - b'0');
        scale *= 10;
    }
    (u128::from(value) * u128::from(unit_ns) / u128::from(scale)) as u64
}

fn split_where(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

/// A duration as Go's `time.Duration` prints it: `1h0m0s`, `1.5s`, `250ms`, `0s`.
#[must_use]
pub fn format_go(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    match ns {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{ns}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(ns, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(ns, 1_000_000)),
        _ => {
            let minutes = ns / 60_000_000_000;
            let seconds = decimal(ns % 60_000_000_000, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn decimal(ns: u64, unit_ns: u64) -> String {
    let (whole, fraction) = (ns / unit_ns, ns % unit_ns);
    if fraction == 0 {
        return whole.to_string();
    }
    let width = unit_ns.ilog10() as usize;
    let digits = format!("{fraction:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}
