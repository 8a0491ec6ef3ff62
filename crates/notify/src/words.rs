//! The words that messages of our own share: what an alert is about, how bad it is and where; and the catalogue of what is said.

mod catalogue;
pub(crate) mod common;
mod en;
mod id;

use model::Alert;

pub use catalogue::Language;
pub(crate) use catalogue::Words;

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

/// A severity by which alerts are usually told apart, so that each language has a word for it.
pub(crate) fn known_severity(severity: &str) -> Option<Level> {
    match severity.to_ascii_lowercase().as_str() {
        "info" | "informational" => Some(Level::Info),
        "warn" | "warning" => Some(Level::Warning),
        "crit" | "critical" => Some(Level::Critical),
        _ => None,
    }
}

/// The sign of an alert that is over.
pub(crate) const RESOLVED_SIGN: &str = "✅";

/// What an alert is about, in one line: its summary, else its name; empty if it has neither.
pub(crate) fn subject(alert: &Alert) -> &str {
    let texts = ["summary", "title"].map(|name| annotation(alert, name));
    let name = alert.labels.get(model::alert::ALERT_NAME);
    texts.into_iter().chain([name]).find(|text| !text.is_empty()).unwrap_or("")
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

/// The host that an alert is about; empty if no label says it.
pub(crate) fn host(alert: &Alert) -> &str {
    without_port(label(alert, &["host", "hostname", "nodename", "node", "instance"]))
}

/// Where an alert is: the host, and what on it, as far as labels say so and what is told already does not.
pub(crate) fn place(alert: &Alert, told: &[&str]) -> String {
    let part = label(alert, &["container", "name", "pod", "service", "mountpoint", "device", "job"]);
    let is_new = |part: &&str| !part.is_empty() && !told.iter().any(|text| names(text, part));
    [host(alert), part].into_iter().filter(is_new).collect::<Vec<_>>().join(" · ")
}

/// The first of some labels that an alert has; empty if it has none of them.
fn label<'a>(alert: &'a Alert, names: &[&str]) -> &'a str {
    names.iter().map(|name| alert.labels.get(name)).find(|value| !value.is_empty()).unwrap_or("")
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
