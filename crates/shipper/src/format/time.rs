//! Times as runtimes write them: RFC 3339 with up to nanoseconds, read without a calendar library because every line has one.

/// Days before each month of a year that is not a leap year.
const DAYS_BEFORE: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// Nanoseconds since the epoch of `2026-11-25T07:43:11.786542545+00:00`. The fraction may have any number of digits, or be missing; the offset is
/// `Z` or `±hh:mm`. `None` for what is no such time, or lies outside the years that fit.
pub(super) fn parse(text: &[u8]) -> Option<i64> {
    let (date, rest) = text.split_first_chunk::<19>()?;
    let [_, _, _, _, b'-', _, _, b'-', _, _, b'T', _, _, b':', _, _, b':', _, _] = date else { return None };
    let two = |at: usize| Some(i64::from(digit(*date.get(at)?)?) * 10 + i64::from(digit(*date.get(at + 1)?)?));
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction_ns, offset) = fraction(rest)?;
    let days = days_since_epoch(year, month, day)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset_seconds(offset)?;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction_ns)
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    let (before, after) = (*DAYS_BEFORE.get(index)?, *DAYS_BEFORE.get(index + 1)?);
    let len = after - before + i64::from(is_leap && month == 2);
    if !(1..=len).contains(&day) {
        return None;
    }
    // Leap years before this one; 719,528 days lie between the year 0 and the epoch.
    let last = year - 1;
    let leaps = if year == 0 { 0 } else { last / 4 - last / 100 + last / 400 + 1 };
    Some(year * 365 + leaps + before + i64::from(is_leap && month > 2) + day - 1 - 719_528)
}

/// The nanoseconds of a fraction, and what stands behind it.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let len = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(len).filter(|_| len > 0)?;
    let nano = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    Some((nano.fold(0, |sum, byte| sum * 10 + i64::from(byte - b'0')), rest))
}

fn offset_seconds(text: &[u8]) -> Option<i64> {
    match text {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] => {
            let hours = i64::from(digit(*h1)?) * 10 + i64::from(digit(*h0)?);
            let minutes = i64::from(digit(*m1)?) * 10 + i64::from(digit(*m0)?);
            let seconds = (hours < 24 && minutes < 60).then_some(hours * 3_600 + minutes * 60)?;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}
