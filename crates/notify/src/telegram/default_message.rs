//! The message of our own, for a phone: what, where, how bad, since when; the rest only as far as it fits.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::notify::NotifiedAlert;
use model::{Alert, Notification};

use super::MAX_TEXT_UNITS;
use super::html::{cut, escape, plain, units};
use crate::words::{self, Language, Level, RESOLVED_SIGN, Words};

/// More alerts than these are only counted.
const MAX_ALERTS: usize = 10;
/// With more alerts that fire than these none is explained.
const MAX_EXPLAINED: usize = 3;
/// So that a single alert always fits, and leaves room for what stands around it.
const MAX_SUBJECT_UNITS: usize = 200;
const MAX_PLACE_UNITS: usize = 200;
const MAX_DETAILS_UNITS: usize = 900;
/// For `…and 12 more`, in any language.
const MORE_UNITS: usize = 60;
/// From so long ago on a moment has its day.
const HALF_DAY_MS: i64 = 12 * 3_600_000;

/// The message, valid HTML that fits. Times show in the reader's own zone, and in this one where that is not built.
pub(crate) fn render(notification: &Notification, language: Language, local: &TimeZone) -> String {
    let writer = Writer { words: language.words(), now_ms: notification.now_ms, local };
    match in_order(notification).as_slice() {
        [only] => writer.single(only),
        alerts => writer.group(alerts),
    }
}

/// What fires first, the worst of it first; then what is over.
fn in_order(notification: &Notification) -> Vec<&NotifiedAlert> {
    let mut alerts: Vec<&NotifiedAlert> = notification.alerts.iter().collect();
    alerts.sort_by_key(|notified| (notified.is_resolved, Reverse(Level::of(&notified.alert))));
    alerts
}

fn length(markup: &str) -> usize {
    units(&plain(markup, usize::MAX))
}

/// What all alerts of a message would say alike, and is said once.
#[derive(Default)]
struct Shared<'a> {
    /// The subject of all; then a line per alert is enough, which says where.
    subject: Option<&'a str>,
    /// The host of all, if they have no subject in common.
    host: Option<&'a str>,
    /// The label `severity` of all.
    severity: Option<&'a str>,
    /// What more there is to say, and what is to be done, of all that fire.
    details: Option<&'a str>,
    runbook: Option<&'a str>,
}

impl<'a> Shared<'a> {
    fn of(alerts: &[&'a NotifiedAlert]) -> Shared<'a> {
        let all = || alerts.iter().map(|notified| &*notified.alert);
        let firing = || alerts.iter().filter(|notified| !notified.is_resolved).map(|notified| &*notified.alert);
        let subject = common(all(), words::subject).filter(|subject| {
            let places: BTreeSet<String> = all().map(|alert| words::place(alert, &[subject])).collect();
            places.len() == alerts.len() && !places.contains("")
        });
        Shared {
            subject,
            host: if subject.is_none() { common(all(), words::host) } else { None },
            severity: common(all(), |alert| alert.labels.get("severity")),
            details: common(firing(), words::details),
            runbook: common(firing(), runbook),
        }
    }
}

/// What two alerts or more all say, if it is not nothing.
fn common<'a>(mut alerts: impl Iterator<Item = &'a Alert>, text: fn(&'a Alert) -> &'a str) -> Option<&'a str> {
    let first = text(alerts.next()?);
    let mut others = alerts.peekable();
    others.peek()?;
    (!first.is_empty() && others.all(|other| text(other) == first)).then_some(first)
}

/// An address under which it is said what is to be done; empty if there is none.
fn runbook(alert: &Alert) -> &str {
    let url = words::annotation(alert, "runbook_url");
    if url.starts_with("https://") || url.starts_with("http://") { url } else { "" }
}

/// Writes in a language, at a moment.
struct Writer<'a> {
    words: &'static Words,
    now_ms: i64,
    local: &'a TimeZone,
}

impl Writer<'_> {
    fn single(&self, notified: &NotifiedAlert) -> String {
        let mut message = self.block(notified, None);
        if !notified.is_resolved {
            message.push_str(&explanation(words::details(&notified.alert)));
            message.push_str(&self.link(runbook(&notified.alert)));
        }
        message
    }

    fn group(&self, alerts: &[&NotifiedAlert]) -> String {
        let shared = Shared::of(alerts);
        let n_firing = alerts.iter().filter(|notified| !notified.is_resolved).count();
        let mut message = self.headline(alerts, n_firing, &shared);
        let mut end = explanation(shared.details.unwrap_or_default());
        end.push_str(&self.link(shared.runbook.unwrap_or_default()));
        let mut left = MAX_TEXT_UNITS.saturating_sub(length(&message) + length(&end) + MORE_UNITS);
        let blocks = alerts.iter().take(MAX_ALERTS).map(|notified| {
            let mut block = match shared.subject {
                Some(subject) => self.line(notified, subject, &shared),
                None => self.block(notified, shared.host),
            };
            if n_firing <= MAX_EXPLAINED && !notified.is_resolved {
                if shared.details.is_none() {
                    block.push_str(&explanation(words::details(&notified.alert)));
                }
                if shared.runbook.is_none() {
                    block.push_str(&self.link(runbook(&notified.alert)));
                }
            }
            block
        });
        let blocks: Vec<String> = blocks.collect();
        let between = if blocks.iter().any(|block| block.contains('\n')) { "\n\n" } else { "\n" };
        let mut shown = 0;
        for block in &blocks {
            let Some(rest) = left.checked_sub(length(block) + 2) else { break };
            left = rest;
            message.push_str(if shown == 0 { "\n\n" } else { between });
            message.push_str(block);
            shown += 1;
        }
        if alerts.len() > shown {
            message.push_str(&format!("\n\n{}", (self.words.more)(&self.words.count(alerts.len() - shown))));
        }
        message + &end
    }

    /// How many alerts there are, and what they have in common.
    fn headline(&self, alerts: &[&NotifiedAlert], n_firing: usize, shared: &Shared<'_>) -> String {
        let worst =
            alerts.iter().filter(|notified| !notified.is_resolved).map(|notified| Level::of(&notified.alert)).max();
        let n_resolved = alerts.len() - n_firing;
        let counts = [(n_firing, self.words.firing), (n_resolved, self.words.resolved)];
        let counts = counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, say)| say(&self.words.count(n)));
        let subject = shared.subject.or(shared.host).map(|text| escape(&cut(text, MAX_SUBJECT_UNITS)));
        let headline =
            [counts.collect::<Vec<_>>().join(", ")].into_iter().chain(subject).collect::<Vec<_>>().join(" · ");
        format!("{} <b>{headline}</b>", worst.map_or(RESOLVED_SIGN, Level::sign))
    }

    /// One of several alerts that have their subject in common.
    fn line(&self, notified: &NotifiedAlert, subject: &str, shared: &Shared<'_>) -> String {
        let alert: &Alert = &notified.alert;
        let place = escape(&cut(&words::place(alert, &[subject]), MAX_PLACE_UNITS));
        let severity = if shared.severity.is_none() { self.severity(alert) } else { None };
        let when = if notified.is_resolved { (self.words.over_after)(&self.lasted(alert)) } else { self.since(alert) };
        let about: Vec<String> =
            [Some(format!("<b>{place}</b>")), severity, Some(when)].into_iter().flatten().collect();
        format!("{} {}", sign(notified), about.join(" · "))
    }

    /// An alert with its subject. `told` is what the message has said before.
    fn block(&self, notified: &NotifiedAlert, told: Option<&str>) -> String {
        let alert: &Alert = &notified.alert;
        let subject = Some(words::subject(alert)).filter(|subject| !subject.is_empty()).unwrap_or(self.words.nameless);
        let place = words::place(alert, &[subject, told.unwrap_or_default()]);
        let place = Some(place).filter(|place| !place.is_empty()).map(|place| escape(&cut(&place, MAX_PLACE_UNITS)));
        let subject = escape(&cut(subject, MAX_SUBJECT_UNITS));
        let (subject, state) = if notified.is_resolved {
            ((self.words.over)(&subject), self.was(alert))
        } else {
            (subject, [self.severity(alert), Some(self.since(alert))])
        };
        let about: Vec<String> = [place].into_iter().chain(state).flatten().collect();
        format!("{} <b>{subject}</b>\n{}", sign(notified), about.join(" · "))
    }

    /// How bad an alert is, in the language's words where it has some.
    fn severity(&self, alert: &Alert) -> Option<String> {
        let severity = alert.labels.get("severity");
        match words::known_severity(severity) {
            Some(level) => Some((self.words.severity)(level).to_owned()),
            None if severity.is_empty() || severity == "none" => None,
            None => Some(escape(&cut(severity, MAX_PLACE_UNITS))),
        }
    }

    /// `since 14:12 (28 min)`.
    fn since(&self, alert: &Alert) -> String {
        let so_far = self.words.span(self.now_ms.saturating_sub(alert.starts_at_ms));
        match self.moment(alert.starts_at_ms) {
            Some(moment) => (self.words.since)(&moment, &so_far),
            None => (self.words.lasting)(&so_far),
        }
    }

    /// How bad an alert was and for how long: `was critical for 28 min (14:12 to 14:40)`.
    fn was(&self, alert: &Alert) -> [Option<String>; 2] {
        let lasted = self.lasted(alert);
        let (severity, lasted) = match words::known_severity(alert.labels.get("severity")) {
            Some(Level::Critical) => (None, (self.words.was_critical)(&lasted)),
            Some(Level::Warning) => (None, (self.words.was_warning)(&lasted)),
            Some(Level::Info) | None => (self.severity(alert), (self.words.lasted)(&lasted)),
        };
        let range = self.range(alert.starts_at_ms, alert.ends_at_ms).map(|range| format!(" ({range})"));
        [severity, Some(lasted + &range.unwrap_or_default())]
    }

    fn lasted(&self, alert: &Alert) -> String {
        self.words.span(alert.ends_at_ms.saturating_sub(alert.starts_at_ms))
    }

    /// A moment, which has its day if it is not within the last half day.
    fn moment(&self, ms: i64) -> Option<String> {
        self.shown(ms, self.is_long_ago(ms))
    }

    /// Two moments, the later one with its day only where that is not known from the other.
    fn range(&self, from_ms: i64, to_ms: i64) -> Option<String> {
        let day = |ms| Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(self.local.clone()).date());
        let with_day = self.is_long_ago(from_ms);
        let (from, to) = (self.shown(from_ms, with_day)?, self.shown(to_ms, with_day && day(from_ms) != day(to_ms))?);
        Some((self.words.from_to)(&from, &to))
    }

    fn is_long_ago(&self, ms: i64) -> bool {
        self.now_ms.saturating_sub(ms) >= HALF_DAY_MS
    }

    /// A moment as Telegram shows it in the reader's own zone.
    fn shown(&self, ms: i64, with_day: bool) -> Option<String> {
        let at = Timestamp::from_millisecond(ms).ok()?.to_zoned(self.local.clone());
        let (format, text) = if with_day { ("dt", self.words.day_and_time(&at)) } else { ("t", self.words.time(&at)) };
        // Telegram's clients know no time before 1970.
        let unix = u64::try_from(ms.div_euclid(1000)).ok()?;
        Some(format!("<tg-time unix=\"{unix}\" format=\"{format}\">{text}</tg-time>"))
    }

    /// A link to what is to be done, if there is an address.
    fn link(&self, url: &str) -> String {
        if url.is_empty() {
            return String::new();
        }
        format!("\n\n<a href=\"{}\">{}</a>", escape(url).replace('"', "%22"), self.words.runbook)
    }
}

fn sign(notified: &NotifiedAlert) -> &'static str {
    if notified.is_resolved { RESOLVED_SIGN } else { Level::of(&notified.alert).sign() }
}

/// What more there is to say, if there is.
fn explanation(details: &str) -> String {
    if details.is_empty() { String::new() } else { format!("\n\n{}", escape(&cut(details, MAX_DETAILS_UNITS))) }
}
