//! Points in time as the APIs write them. Inside, time is milliseconds since the Unix epoch, as `i64`.

/// Reads a time parameter: seconds since the epoch with an optional fraction, or RFC 3339. Rounded to the millisecond.
#[must_use]
pub fn parse_ms(text: &str) -> Option<i64> {
    if let Some(seconds) = crate::float::parse(text) {
        return seconds_to_ms(seconds);
    }
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    // RFC 3339 wants the offset and both parts; jiff's wider forms are not Prometheus'.
    let looks_rfc3339 = text.len() >= 20 && text.as_bytes()[10] == b'T';
    looks_rfc3339.then(|| timestamp.as_millisecond())
}

/// Milliseconds of a number of seconds; `None` for what is not a time an `i64` can hold.
fn seconds_to_ms(seconds: f64) -> Option<i64> {
    let ms = (seconds * 1000.0).round();
    // 2^63 itself does not fit, so the bounds are exclusive.
    (ms.is_finite() && ms.abs() < 9.2e18).then_some(ms as i64)
}

/// Shows milliseconds as seconds with up to three decimals, as timestamps stand in JSON answers: `1500` is `1.5`.
#[must_use]
pub fn format_seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let (whole, fraction) = (ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{fraction:03}");
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

/// Shows milliseconds as RFC 3339 in UTC; a time outside the calendar is shown as seconds.
#[must_use]
pub fn format_rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| format_seconds(ms), |t| t.to_string())
}

/// Shows nanoseconds as RFC 3339 in UTC; every `i64` lies within the calendar.
#[must_use]
pub fn format_rfc3339_ns(ns: i64) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(ns)).map_or_else(|_| ns.to_string(), |t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times() {
        for (text, ms) in [
            ("0", Some(0)),
            ("1.5", Some(1_500)),
            ("-1.0005", Some(-1_001)),
            ("1435781451.781", Some(1_435_781_451_781)),
            ("1e3", Some(1_000_000)),
            ("2015-07-01T20:10:51.781Z", Some(1_435_781_451_781)),
            ("2015-07-01T22:10:51+02:00", Some(1_435_781_451_000)),
            ("2015-07-01", None),
            ("2015-07-01 20:10:51Z", None),
            ("NaN", None),
            ("Inf", None),
            ("1e300", None),
            ("", None),
            ("now", None),
        ] {
            assert_eq!(parse_ms(text), ms, "{text:?}");
        }
    }

    #[test]
    fn shows_seconds() {
        for (ms, text) in [
            (0, "0"),
            (1, "0.001"),
            (1_500, "1.5"),
            (-1_500, "-1.5"),
            (-1, "-0.001"),
            (1_435_781_451_780, "1435781451.78"),
        ] {
            assert_eq!(format_seconds(ms), text);
        }
        assert_eq!(format_rfc3339(1_435_781_451_781), "2015-07-01T20:10:51.781Z");
        assert_eq!(format_rfc3339(i64::MAX), "9223372036854775.807");
        assert_eq!(format_rfc3339_ns(1_435_781_451_781_000_001), "2015-07-01T20:10:51.781000001Z");
        assert_eq!(format_rfc3339_ns(i64::MAX), "2262-04-11T23:47:16.854775807Z");
    }
}
