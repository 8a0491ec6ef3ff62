//! The message of our own, for a phone: what, where, how bad, since when; the rest only as far as it fits.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::notify::NotifiedAlert;
use model::{Alert, Notification};

use super::MAX_TEXT_UNITS;
use super::html::{cut, escape, plain, units};
use crate::words::{self, Level, RESOLVED_SIGN};

/// More alerts than these are only counted.
const MAX_ALERTS: usize = 10;
/// With more alerts than these none is explained.
const MAX_EXPLAINED: usize = 3;
/// So that a single alert always fits, and leaves room for what stands around it.
const MAX_SUBJECT_UNITS: usize = 200;
const MAX_PLACE_UNITS: usize = 200;
const MAX_DETAILS_UNITS: usize = 900;
/// For `and 12 more (…)`.
const TAIL_UNITS: usize = 60;

/// The message, valid HTML that fits. Times show in the reader's own zone, and in this one where that is not built.
pub(crate) fn render(notification: &Notification, local: &TimeZone) -> String {
    let alerts = in_order(notification);
    let mut message = String::new();
    if let [only] = alerts.as_slice() {
        return block(only, notification.now_ms, local, true);
    }
    message.push_str(&headline(&alerts));
    let explained = alerts.len() <= MAX_EXPLAINED;
    let mut left = MAX_TEXT_UNITS.saturating_sub(length(&message) + TAIL_UNITS);
    let mut shown = 0;
    for alert in alerts.iter().take(MAX_ALERTS) {
        let block = block(alert, notification.now_ms, local, explained);
        let Some(rest) = left.checked_sub(length(&block) + 2) else { break };
        left = rest;
        message.push_str("\n\n");
        message.push_str(&block);
        shown += 1;
    }
    if let Some(rest) = alerts.get(shown..).filter(|rest| !rest.is_empty()) {
        message.push_str(&format!("\n\n…and {} more", rest.len()));
    }
    message
}

/// What fires first, the worst of it first; then what is over.
fn in_order(notification: &Notification) -> Vec<&NotifiedAlert> {
    let mut alerts: Vec<&NotifiedAlert> = notification.alerts.iter().collect();
    alerts.sort_by_key(|notified| (notified.is_resolved, std::cmp::Reverse(Level::of(&notified.alert))));
    alerts
}

fn length(markup: &str) -> usize {
    units(&plain(markup, usize::MAX))
}

/// How many alerts there are, and their name if they share it.
fn headline(alerts: &[&NotifiedAlert]) -> String {
    let firing = alerts.iter().filter(|notified| !notified.is_resolved);
    let worst = firing.clone().map(|notified| Level::of(&notified.alert)).max();
    let firing = firing.count();
    let counts = [(firing, "firing"), (alerts.len() - firing, "resolved")];
    let counts: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let name = |notified: &&NotifiedAlert| notified.alert.labels.get(model::alert::ALERT_NAME).to_owned();
    let shared =
        alerts.first().map(name).filter(|first| !first.is_empty() && alerts.iter().all(|other| name(other) == *first));
    let name = shared.map_or(String::new(), |name| format!(" · {}", escape(&cut(&name, MAX_SUBJECT_UNITS))));
    format!("{} <b>{}{name}</b>", worst.map_or(RESOLVED_SIGN, Level::sign), counts.join(", "))
}

/// One alert.
fn block(notified: &NotifiedAlert, now_ms: i64, local: &TimeZone, explained: bool) -> String {
    let alert: &Alert = &notified.alert;
    let sign = if notified.is_resolved { RESOLVED_SIGN } else { Level::of(alert).sign() };
    let mut block = format!("{sign} <b>{}</b>\n", escape(&cut(words::subject(alert), MAX_SUBJECT_UNITS)));
    let place = words::place(alert);
    let severity = alert.labels.get("severity");
    let about = [place.as_str(), severity].into_iter().filter(|text| !text.is_empty() && *text != "none");
    let about: Vec<String> =
        about.map(|text| escape(&cut(text, MAX_PLACE_UNITS))).chain([when(notified, now_ms, local)]).collect();
    block.push_str(&about.join(" · "));
    if !explained || notified.is_resolved {
        return block;
    }
    let details = words::details(alert);
    if !details.is_empty() {
        block.push_str(&format!("\n\n{}", escape(&cut(details, MAX_DETAILS_UNITS))));
    }
    let runbook = words::annotation(alert, "runbook_url");
    if runbook.starts_with("https://") || runbook.starts_with("http://") {
        block.push_str(&format!("\n\n<a href=\"{}\">Runbook</a>", escape(runbook).replace('"', "%22")));
    }
    block
}

/// `since 14:12 (28 min)`, or `over after 28 min`.
fn when(notified: &NotifiedAlert, now_ms: i64, local: &TimeZone) -> String {
    let starts_at_ms = notified.alert.starts_at_ms;
    if notified.is_resolved {
        let lasted_ms = notified.alert.ends_at_ms.saturating_sub(starts_at_ms);
        return format!("over after {}", words::span(lasted_ms));
    }
    let so_far = words::span(now_ms.saturating_sub(starts_at_ms));
    match moment(starts_at_ms, now_ms, local) {
        Some(moment) => format!("since {moment} ({so_far})"),
        None => format!("for {so_far}"),
    }
}

/// A moment as Telegram shows it in the reader's own zone, with the day if it is not within the last half day.
fn moment(ms: i64, now_ms: i64, local: &TimeZone) -> Option<String> {
    const HALF_DAY_MS: i64 = 12 * 3_600_000;
    let at = Timestamp::from_millisecond(ms).ok()?.to_zoned(local.clone());
    let (format, shown) = if now_ms.saturating_sub(ms) < HALF_DAY_MS {
        ("t", at.strftime("%H:%M").to_string())
    } else {
        ("dt", at.strftime("%-d %b %H:%M").to_string())
    };
    // Telegram's clients know no time before 1970.
    let unix = u64::try_from(ms.div_euclid(1000)).ok()?;
    Some(format!("<tg-time unix=\"{unix}\" format=\"{format}\">{shown}</tg-time>"))
}
