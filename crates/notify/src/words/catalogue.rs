//! What messages say, in each language: a file per language, all of the same make.

use jiff::Zoned;

use super::{Level, en, id};

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Indonesian.
    Indonesian,
}

impl Language {
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Language::English => &en::WORDS,
            Language::Indonesian => &id::WORDS,
        }
    }
}

/// What a language says, and how it writes numbers, times and spans. Texts that are handed in are marked up already, and so is what
/// comes out.
#[derive(Debug)]
pub(crate) struct Words {
    /// The mark between groups of three digits.
    pub(crate) thousands: char,
    /// The mark between hours and minutes.
    pub(crate) clock: char,
    /// Short names of the months, January first.
    pub(crate) months: [&'static str; 12],
    /// Days, hours, minutes, seconds.
    pub(crate) units: [&'static str; 4],
    /// Stands for the subject of an alert that has none.
    pub(crate) nameless: &'static str,
    /// How bad an alert is.
    pub(crate) severity: fn(Level) -> &'static str,
    /// So many alerts fire.
    pub(crate) firing: fn(&str) -> String,
    /// So many alerts are over.
    pub(crate) resolved: fn(&str) -> String,
    /// Since when, and how long that is.
    pub(crate) since: fn(&str, &str) -> String,
    /// For how long, where it cannot be said since when.
    pub(crate) lasting: fn(&str) -> String,
    /// The subject of an alert that is over.
    pub(crate) over: fn(&str) -> String,
    /// How long a critical alert was there.
    pub(crate) was_critical: fn(&str) -> String,
    /// How long a warning was there.
    pub(crate) was_warning: fn(&str) -> String,
    /// How long an alert of another severity was there.
    pub(crate) lasted: fn(&str) -> String,
    /// How long an alert was there, where nothing else says that it is over.
    pub(crate) over_after: fn(&str) -> String,
    /// From one moment to another.
    pub(crate) from_to: fn(&str, &str) -> String,
    /// So many more.
    pub(crate) more: fn(&str) -> String,
    /// The link to what is to be done.
    pub(crate) runbook: &'static str,
}

impl Words {
    /// A count: `2,310`.
    pub(crate) fn count(&self, count: usize) -> String {
        let digits = count.to_string();
        let mut written = String::with_capacity(digits.len() * 4 / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                written.push(self.thousands);
            }
            written.push(digit);
        }
        written
    }

    /// A span in the two largest units that count: `28 min`, `2 h 5 min`, `3 d`.
    pub(crate) fn span(&self, ms: i64) -> String {
        let seconds = ms.max(0) / 1000;
        let [day, hour, minute, second] = self.units;
        let (whole, unit, rest, smaller) = match seconds {
            86_400.. => (seconds / 86_400, day, seconds % 86_400 / 3_600, hour),
            3_600.. => (seconds / 3_600, hour, seconds % 3_600 / 60, minute),
            // Seconds beside minutes tell nobody anything.
            60.. => (seconds / 60, minute, 0, second),
            _ => (seconds, second, 0, second),
        };
        if rest == 0 { format!("{whole} {unit}") } else { format!("{whole} {unit} {rest} {smaller}") }
    }

    /// A time of day: `14:12`.
    pub(crate) fn time(&self, at: &Zoned) -> String {
        format!("{:02}{}{:02}", at.hour(), self.clock, at.minute())
    }

    /// A day and a time of day: `22 Nov 14:12`.
    pub(crate) fn day_and_time(&self, at: &Zoned) -> String {
        let month = usize::try_from(at.month() - 1).ok().and_then(|month| self.months.get(month)).unwrap_or(&"");
        format!("{} {month} {}", at.day(), self.time(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (ms, english, indonesian) in [
            (0, "0 s", "0 dtk"),
            (-5, "0 s", "0 dtk"),
            (59_999, "59 s", "59 dtk"),
            (60_000, "1 min", "1 menit"),
            (28 * 60_000 + 59_000, "28 min", "28 menit"),
            (3_600_000, "1 h", "1 jam"),
            (2 * 3_600_000 + 5 * 60_000, "2 h 5 min", "2 jam 5 menit"),
            (86_400_000 + 59 * 60_000, "1 d", "1 hari"),
            (3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h", "3 hari 4 jam"),
            (i64::MAX, "106751991167 d 7 h", "106751991167 hari 7 jam"),
        ] {
            let spans = [Language::English, Language::Indonesian].map(|language| language.words().span(ms));
            assert_eq!(spans, [english, indonesian], "{ms}");
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (count, english, indonesian) in
            [(0, "0", "0"), (999, "999", "999"), (2_310, "2,310", "2.310"), (1_234_567, "1,234,567", "1.234.567")]
        {
            let counts = [Language::English, Language::Indonesian].map(|language| language.words().count(count));
            assert_eq!(counts, [english, indonesian]);
        }
    }

    #[test]
    fn moments_are_written_as_the_language_does() {
        for (at, english, indonesian) in [
            ("2026-11-22T14:12:59[UTC]", "22 Nov 14:12", "22 Nov 14.12"),
            ("2026-01-01T00:05[UTC]", "1 Jan 00:05", "1 Jan 00.05"),
            ("2026-05-31T09:00[UTC]", "31 May 09:00", "31 Mei 09.00"),
            ("2026-08-17T10:00[UTC]", "17 Aug 10:00", "17 Agu 10.00"),
            ("2026-12-31T23:59[UTC]", "31 Dec 23:59", "31 Des 23.59"),
        ] {
            let at: Zoned = at.parse().expect("a moment");
            let moments = [Language::English, Language::Indonesian].map(|language| language.words().day_and_time(&at));
            assert_eq!(moments, [english, indonesian]);
        }
    }
}
