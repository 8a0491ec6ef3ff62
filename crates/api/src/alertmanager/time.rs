//! Moments as this API writes and reads them.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use model::labels::QuotedString;
use serde::Deserialize;

/// The first moment of the year 1, which Go takes for no moment at all, in milliseconds.
const ZERO_MS: i64 = -62_135_596_800_000;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A moment of a request, in milliseconds since the epoch; absent for Go's zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Moment(pub(super) Option<i64>);

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Moment, String> {
        match parse_ms(&text) {
            Some(ZERO_MS) => Ok(Moment(None)),
            Some(ms) => Ok(Moment(Some(ms))),
            None => Err(format!("parsing time {}: not a date and time of RFC 3339", QuotedString(text))),
        }
    }
}

/// Reads a date and time; without an offset it is in UTC, and the seconds may be missing. As in the original, an empty text is the epoch.
fn parse_ms(text: &str) -> Option<i64> {
    if text.is_empty() {
        return Some(0);
    }
    let bytes = text.as_bytes();
    let has_both_parts = matches!(bytes.get(10), Some(b'T' | b't' | b' ')) && bytes.get(13) == Some(&b':');
    if !has_both_parts {
        return None;
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    // Timestamps end a day before the calendar, whose last second stands for never.
    let local: DateTime = text.strip_suffix(['Z', 'z']).unwrap_or(text).parse().ok()?;
    i64::try_from(local.duration_since(EPOCH).as_millis()).ok()
}

/// Shows milliseconds since the epoch in UTC with three decimals: `2026-11-25T10:00:00.000Z`.
pub(super) fn format_ms(ms: i64) -> String {
    // Beyond the calendar there is only its end.
    let end = if ms < 0 { DateTime::MIN } else { DateTime::MAX };
    let moment = EPOCH.checked_add(SignedDuration::from_millis(ms)).unwrap_or(end);
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use testkit::Random;

    use super::*;

    #[test]
    fn reads_and_shows_moments() {
        for (text, shown) in [
            ("2026-11-25T10:00:00Z", Some("2026-11-25T10:00:00.000Z")),
            ("2026-11-25T10:00:00.123456789+01:00", Some("2026-11-25T09:00:00.123Z")),
            ("2026-11-25T10:00:00.5-0330", Some("2026-11-25T13:30:00.500Z")),
            ("2026-11-25 10:00:00", Some("2026-11-25T10:00:00.000Z")),
            ("2026-11-25T10:00", Some("2026-11-25T10:00:00.000Z")),
            ("2026-11-25T10:00Z", Some("2026-11-25T10:00:00.000Z")),
            ("", Some("1970-01-01T00:00:00.000Z")),
            ("0001-01-01T00:00:00Z", None),
            ("0001-01-01T00:00:00.000Z", None),
            ("9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59.000Z")),
        ] {
            let moment = Moment::try_from(text.to_owned()).expect(text);
            assert_eq!(moment.0.map(format_ms).as_deref(), shown, "{text}");
        }
        for text in
            ["x", "2026-11-25", "2026-11-25T", "1732500000", "10:00:00", "2026-13-25T10:00:00Z", "0000000000T00:"]
        {
            assert!(Moment::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert!(format_ms(i64::MAX).starts_with("9999-12-31T"), "{}", format_ms(i64::MAX));
        assert!(format_ms(i64::MIN).starts_with("-9999-"), "{}", format_ms(i64::MIN));
    }

    #[test]
    fn what_is_shown_is_read_again() {
        let mut random = Random(testkit::seed(1));
        for _ in 0..2_000 {
            let ms = (random.next() >> 19) as i64 - (1 << 44);
            assert_eq!(parse_ms(&format_ms(ms)), Some(ms), "{}", format_ms(ms));
        }
    }
}
