//! What is refused, with Loki's reasons and texts.

use model::Labels;
use model::time::format_rfc3339_ns;

use crate::SERVICE_NAME;
use crate::pairs;
use crate::request::{RequestLine, StreamLabels};
use crate::service::is_aggregated;

/// Limits on lines and streams; the defaults are Loki's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Longest line.
    pub line_bytes: usize,
    /// Most labels of a stream, `service_name` not counted.
    pub label_names: usize,
    /// Longest label name.
    pub label_name_bytes: usize,
    /// Longest label value.
    pub label_value_bytes: usize,
    /// Most structured metadata of a line, names and values together.
    pub metadata_bytes: usize,
    /// Most pieces of structured metadata of a line.
    pub metadata_entries: usize,
    /// How old a line may be; `None` for any age.
    pub max_age_ns: Option<i64>,
    /// How far in the future a line may be; `None` for any time.
    pub max_ahead_ns: Option<i64>,
}

impl Default for IntakeLimits {
    fn default() -> IntakeLimits {
        const MINUTE_NS: i64 = 60 * 1_000_000_000;
        IntakeLimits {
            line_bytes: 256 << 10,
            label_names: 15,
            label_name_bytes: 1024,
            label_value_bytes: 2048,
            metadata_bytes: 64 << 10,
            metadata_entries: 128,
            max_age_ns: Some(7 * 24 * 60 * MINUTE_NS),
            max_ahead_ns: Some(10 * MINUTE_NS),
        }
    }
}

/// Why lines are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The text of the stream's labels is no label set.
    InvalidLabels,
    /// The stream has no label.
    MissingLabels,
    /// The stream has too many labels.
    MaxLabelNamesPerSeries,
    /// A label name is too long.
    LabelNameTooLong,
    /// A label value is too long.
    LabelValueTooLong,
    /// A label name occurs twice.
    DuplicateLabelNames,
    /// The line is too old.
    GreaterThanMaxSampleAge,
    /// The line is too new.
    TooFarInFuture,
    /// The line is too long.
    LineTooLong,
    /// The line's metadata is too long.
    StructuredMetadataTooLarge,
    /// The line has too much metadata.
    StructuredMetadataTooMany,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 11] = [
        Reason::InvalidLabels,
        Reason::MissingLabels,
        Reason::MaxLabelNamesPerSeries,
        Reason::LabelNameTooLong,
        Reason::LabelValueTooLong,
        Reason::DuplicateLabelNames,
        Reason::GreaterThanMaxSampleAge,
        Reason::TooFarInFuture,
        Reason::LineTooLong,
        Reason::StructuredMetadataTooLarge,
        Reason::StructuredMetadataTooMany,
    ];

    /// The name in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::InvalidLabels => "invalid_labels",
            Reason::MissingLabels => "missing_labels",
            Reason::MaxLabelNamesPerSeries => "max_label_names_per_series",
            Reason::LabelNameTooLong => "label_name_too_long",
            Reason::LabelValueTooLong => "label_value_too_long",
            Reason::DuplicateLabelNames => "duplicate_label_names",
            Reason::GreaterThanMaxSampleAge => "greater_than_max_sample_age",
            Reason::TooFarInFuture => "too_far_in_future",
            Reason::LineTooLong => "line_too_long",
            Reason::StructuredMetadataTooLarge => "structured_metadata_too_large",
            Reason::StructuredMetadataTooMany => "structured_metadata_too_many",
        }
    }
}

/// What is wrong, as a reason and a text.
pub(crate) type Refusal = (Reason, String);

/// A stream as it stands in messages.
#[derive(Debug)]
pub(crate) struct ShownStream<'a>(pub(crate) &'a [u8]);

impl std::fmt::Display for ShownStream<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The bytes are canonical, so they are a label set.
        Labels::from_bytes(self.0).map_or(Ok(()), |labels| labels.fmt(f))
    }
}

impl IntakeLimits {
    /// What is wrong with the labels of a stream, with `service_name` among them.
    pub(crate) fn check_stream(&self, labels: &StreamLabels<'_>) -> Result<(), Refusal> {
        let labels = match labels {
            StreamLabels::Known(labels) => *labels,
            StreamLabels::Unreadable { text, reason } => {
                let message = format!("Error parsing labels '{text}' with error: {reason}");
                return Err((Reason::InvalidLabels, message));
            }
            StreamLabels::Duplicate { text, name } => {
                let message = format!("stream '{text}' has duplicate label name: '{name}'");
                return Err((Reason::DuplicateLabelNames, message));
            }
        };
        if labels.is_empty() {
            let message = "error at least one label pair is required per stream".to_owned();
            return Err((Reason::MissingLabels, message));
        }
        if is_aggregated(labels) {
            return Ok(());
        }
        self.check_labels(labels)
    }

    fn check_labels(&self, labels: &[u8]) -> Result<(), Refusal> {
        let shown = ShownStream(labels);
        let n_names = pairs::pairs(labels).filter(|(name, _)| *name != SERVICE_NAME).count();
        if n_names > self.label_names {
            let message = format!("entry for stream '{shown}' has {n_names} label names; limit {}", self.label_names);
            return Err((Reason::MaxLabelNamesPerSeries, message));
        }
        for (name, value) in pairs::pairs(labels) {
            if name.len() > self.label_name_bytes {
                let message = format!("stream '{shown}' has label name too long: '{name}'");
                return Err((Reason::LabelNameTooLong, message));
            }
            if value.len() > self.label_value_bytes {
                let message = format!("stream '{shown}' has label value too long: '{value}'");
                return Err((Reason::LabelValueTooLong, message));
            }
        }
        Ok(())
    }

    /// What is wrong with a line of a stream at this time; without a time, what is wrong with it at any.
    pub(crate) fn check_line(&self, labels: &[u8], line: &RequestLine<'_>, now_ns: Option<i64>) -> Result<(), Refusal> {
        let shown = ShownStream(labels);
        if let Some(now_ns) = now_ns {
            self.check_time(&shown, line, now_ns)?;
        }
        let (len, limit) = (line.line.len(), self.line_bytes);
        if len > limit {
            let message = format!(
                "Max entry size '{limit}' bytes exceeded for stream '{shown}' while adding an entry with length '{len}' bytes"
            );
            return Err((Reason::LineTooLong, message));
        }
        if line.metadata.is_empty() { Ok(()) } else { self.check_metadata(&shown, line.metadata) }
    }

    fn check_time(&self, shown: &ShownStream<'_>, line: &RequestLine<'_>, now_ns: i64) -> Result<(), Refusal> {
        let oldest_ns = self.max_age_ns.map_or(i64::MIN, |age_ns| now_ns.saturating_sub(age_ns));
        if line.time_ns < oldest_ns {
            let (time, oldest) = (in_seconds(line.time_ns), in_seconds(oldest_ns));
            let message = format!(
                "entry for stream '{shown}' has timestamp too old: {time}, oldest acceptable timestamp is: {oldest}"
            );
            return Err((Reason::GreaterThanMaxSampleAge, message));
        }
        if self.max_ahead_ns.is_some_and(|ahead_ns| line.time_ns > now_ns.saturating_add(ahead_ns)) {
            let message = format!("entry for stream '{shown}' has timestamp too new: {}", in_seconds(line.time_ns));
            return Err((Reason::TooFarInFuture, message));
        }
        Ok(())
    }

    fn check_metadata(&self, shown: &ShownStream<'_>, metadata: &[u8]) -> Result<(), Refusal> {
        let (n_bytes, limit) = (text_bytes(metadata), self.metadata_bytes);
        if n_bytes > limit {
            let message = format!(
                "stream '{shown}' has structured metadata too large: '{n_bytes}' bytes, limit: '{limit}' bytes. Please see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it."
            );
            return Err((Reason::StructuredMetadataTooLarge, message));
        }
        let (n_entries, limit) = (pairs::pairs(metadata).count(), self.metadata_entries);
        if n_entries > limit {
            let message = format!(
                "stream '{shown}' has too many structured metadata labels: '{n_entries}', limit: '{limit}'. Please see `limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it."
            );
            return Err((Reason::StructuredMetadataTooMany, message));
        }
        Ok(())
    }
}

/// Bytes of all names and values of an encoding.
pub(crate) fn text_bytes(canonical: &[u8]) -> usize {
    pairs::pairs(canonical).map(|(name, value)| name.len() + value.len()).sum()
}

/// A time as messages show it: whole seconds, in UTC.
fn in_seconds(time_ns: i64) -> String {
    const SECOND_NS: i64 = 1_000_000_000;
    format_rfc3339_ns(time_ns.div_euclid(SECOND_NS).saturating_mul(SECOND_NS))
}
