//! The words that messages of our own share: what an alert is about, how bad it is, where, and since when.

pub(crate) mod common;

use model::Alert;

/// How bad an alert is, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nice to know.
    Info,
    /// To be looked at.
    Warning,
    /// To be looked at now; also what says nothing about it.
    Critical,
}

impl Level {
    /// By the label `severity`.
    pub(crate) fn of(alert: &Alert) -> Level {
        match alert.labels.get("severity").to_ascii_lowercase().as_str() {
            "info" | "informational" | "none" | "notice" | "debug" => Level::Info,
            "warn" | "warning" | "minor" | "ticket" => Level::Warning,
            _ => Level::Critical,
        }
    }

    /// The sign of an alert that fires.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Level::Info => "ℹ️",
            Level::Warning => "⚠️",
            Level::Critical => "🔴",
        }
    }
}

/// The sign of an alert that is over.
pub(crate) const RESOLVED_SIGN: &str = "✅";

/// What an alert is about, in one line: its summary, else its name.
pub(crate) fn subject(alert: &Alert) -> &str {
    let texts = ["summary", "title"].map(|name| annotation(alert, name));
    let name = alert.labels.get(model::alert::ALERT_NAME);
    texts.into_iter().chain([name]).find(|text| !text.is_empty()).unwrap_or("Alert without a name")
}

/// What more there is to say, unless the subject says it.
pub(crate) fn details(alert: &Alert) -> &str {
    let texts = ["description", "message"].map(|name| annotation(alert, name));
    texts.into_iter().find(|text| !text.is_empty() && *text != subject(alert)).unwrap_or("")
}

/// An annotation without white space around it; empty if there is none.
pub(crate) fn annotation<'a>(alert: &'a Alert, name: &str) -> &'a str {
    alert.annotations.get(name).map_or("", |text| text.trim())
}

/// Where it is: the host, and what on it, as far as labels say so and the subject does not.
pub(crate) fn place(alert: &Alert) -> String {
    let label = |names: &[&str]| names.iter().map(|name| alert.labels.get(name)).find(|value| !value.is_empty());
    let host = label(&["host", "hostname", "nodename", "node", "instance"]).map(without_port);
    let part = label(&["container", "name", "pod", "service", "mountpoint", "device", "job"]);
    let parts = [host, part].into_iter().flatten().filter(|part| !names(subject(alert), part));
    parts.collect::<Vec<_>>().join(" · ")
}

/// Whether a text has another one as a word of its own.
fn names(text: &str, word: &str) -> bool {
    let is_inner = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "-_./".contains(c));
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_inner(before) && !is_inner(after)
    })
}

fn without_port(address: &str) -> &str {
    match address.rsplit_once(':') {
        // More colons without brackets are an IPv6 address, which has no port.
        Some((host, _)) if host.contains(':') && !host.ends_with(']') => address,
        Some((host, port)) if !host.is_empty() && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => address,
    }
}

/// A span in the two largest units that count: `28 min`, `2 h 5 min`, `3 d`.
pub(crate) fn span(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(length, _)| seconds >= *length).unwrap_or(units.len() - 1);
    let (length, unit) = units[first];
    let whole = format!("{} {unit}", seconds / length);
    match units.get(first + 1) {
        // Seconds beside minutes tell nobody anything.
        Some((next, unit)) if *next > 1 && seconds % length >= *next => {
            format!("{whole} {} {unit}", seconds % length / next)
        }
        _ => whole,
    }
}

/// A text in which nothing has a meaning in a regular expression, as Go's `regexp.QuoteMeta` makes it.
pub(crate) fn quote_meta(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (ms, expected) in [
            (0, "0 s"),
            (-5, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (28 * 60_000 + 59_000, "28 min"),
            (3_600_000, "1 h"),
            (2 * 3_600_000 + 5 * 60_000, "2 h 5 min"),
            (86_400_000 + 59 * 60_000, "1 d"),
            (3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h"),
        ] {
            assert_eq!(span(ms), expected, "{ms}");
        }
    }

    #[test]
    fn ports_are_no_places() {
        for (address, expected) in
            [("bromo:9100", "bromo"), ("bromo", "bromo"), ("::1", "::1"), ("[::1]:9100", "[::1]"), (":80", ":80")]
        {
            assert_eq!(without_port(address), expected, "{address}");
        }
    }

    #[test]
    fn words_are_whole() {
        for (text, word, expected) in [
            ("immich-ml killed", "immich-ml", true),
            ("immich-ml killed", "immich", false),
            ("Disk nearly full", "a", false),
            ("Disk on / nearly full", "/", true),
            ("Disk on /srv: full", "/srv", true),
            ("bromo is down", "bromo", true),
            ("é", "é", true),
        ] {
            assert_eq!(names(text, word), expected, "{word} in {text}");
        }
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quote_meta("team-a (x.y) {1}"), r"team-a \(x\.y\) \{1\}");
    }
}
