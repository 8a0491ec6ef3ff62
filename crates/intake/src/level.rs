//! The level of a line, found as Loki finds `detected_level`.

use crate::pairs;

mod fields;
mod text;

pub use text::detect_level_in_text;

/// How serious a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Nothing tells.
    Unknown,
    /// Finer than `Debug`.
    Trace,
    /// For developers.
    Debug,
    /// Normal.
    Info,
    /// To be looked at.
    Warn,
    /// Something failed.
    Error,
    /// Something important failed.
    Critical,
    /// The program ended over it.
    Fatal,
}

impl Level {
    /// All of them.
    pub const ALL: [Level; 8] = [
        Level::Unknown,
        Level::Trace,
        Level::Debug,
        Level::Info,
        Level::Warn,
        Level::Error,
        Level::Critical,
        Level::Fatal,
    ];

    /// The value of `detected_level`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Unknown => "unknown",
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
            Level::Critical => "critical",
            Level::Fatal => "fatal",
        }
    }

    /// The level that the value of a level field names, in any case; abbreviations count.
    pub(crate) fn from_field(value: &[u8]) -> Option<Level> {
        let names: [(&str, Level); 14] = [
            ("info", Level::Info),
            ("error", Level::Error),
            ("warn", Level::Warn),
            ("debug", Level::Debug),
            ("warning", Level::Warn),
            ("trace", Level::Trace),
            ("err", Level::Error),
            ("information", Level::Info),
            ("critical", Level::Critical),
            ("fatal", Level::Fatal),
            ("inf", Level::Info),
            ("wrn", Level::Warn),
            ("dbg", Level::Debug),
            ("trc", Level::Trace),
        ];
        names.iter().find(|(name, _)| value.eq_ignore_ascii_case(name.as_bytes())).map(|(_, level)| *level)
    }

    /// The level that an OpenTelemetry severity number means.
    fn from_severity_number(text: &str) -> Level {
        match text.parse::<i64>() {
            Err(_) => Level::Info,
            Ok(0) => Level::Unknown,
            Ok(..=4) => Level::Trace,
            Ok(5..=8) => Level::Debug,
            Ok(9..=12) => Level::Info,
            Ok(13..=16) => Level::Warn,
            Ok(17..=20) => Level::Error,
            Ok(21..=24) => Level::Fatal,
            Ok(_) => Level::Unknown,
        }
    }
}

/// The names of labels, metadata and fields that tell a level.
const LEVEL_NAMES: [&str; 14] = [
    "level",
    "LEVEL",
    "Level",
    "log.level",
    "severity",
    "SEVERITY",
    "Severity",
    "SeverityText",
    "lvl",
    "LVL",
    "Lvl",
    "severity_text",
    "Severity_Text",
    "SEVERITY_TEXT",
];
const SEVERITY_NUMBER: &str = "severity_number";

fn is_level_name(name: &[u8]) -> bool {
    // Most names do not even begin like one.
    matches!(name.first(), Some(b'l' | b'L' | b's' | b'S')) && LEVEL_NAMES.iter().any(|known| known.as_bytes() == name)
}

/// The value of the first level name of the list that a label set has, in canonical encoding.
pub(crate) fn told_by_labels(labels: &[u8]) -> Option<&str> {
    let named = pairs::pairs(labels).filter(|(name, _)| is_level_name(name.as_bytes()));
    named.min_by_key(|(name, _)| LEVEL_NAMES.iter().position(|known| known == name)).map(|(_, value)| value)
}

/// The level of a line: that of the stream's labels, else of its metadata, else of its severity number, else of its text. A
/// value that names no known level is given as it stands. Labels and metadata are in canonical encoding.
#[must_use]
pub fn detect_level<'a>(labels: &'a [u8], metadata: &'a [u8], line: &[u8]) -> &'a str {
    match told_by_labels(labels).or_else(|| told_by_labels(metadata)) {
        Some(told) => normalised(told),
        None => detect_level_in_line(metadata, line).as_str(),
    }
}

/// A level as it is written in `detected_level`; what is no known level stays as it is.
pub(crate) fn normalised(told: &str) -> &str {
    match Level::from_field(told.as_bytes()) {
        Some(level) => level.as_str(),
        None => told,
    }
}

/// The level of a line whose labels and metadata do not name one.
pub(crate) fn detect_level_in_line(metadata: &[u8], line: &[u8]) -> Level {
    if let Some(number) = pairs::get(metadata, SEVERITY_NUMBER) {
        return Level::from_severity_number(number);
    }
    let field = fields::level_field(line).and_then(Level::from_field);
    field.unwrap_or_else(|| detect_level_in_text(line))
}

#[cfg(test)]
mod tests;
