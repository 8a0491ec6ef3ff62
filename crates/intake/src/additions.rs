//! What is added to lines: the service of their stream, their level.

use std::sync::LazyLock;

use storage::LineEntry;

use crate::level::{Level, detect_level_in_line, normalised, told_by_labels};
use crate::request::{PushRequest, RequestLine, StreamLabels};
use crate::service::service_name;
use crate::{DETECTED_LEVEL, SERVICE_NAME, pairs};

/// Which additions are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Additions {
    /// The label `service_name`.
    pub service_name: bool,
    /// The structured metadata `detected_level`.
    pub level: bool,
}

impl Default for Additions {
    fn default() -> Additions {
        Additions { service_name: true, level: true }
    }
}

/// The metadata of lines that have none but their level; by far the most common ones, so they are kept ready.
static LEVEL_ONLY: LazyLock<[Vec<u8>; Level::ALL.len()]> = LazyLock::new(|| {
    Level::ALL.map(|level| {
        let mut bytes = Vec::new();
        pairs::push(&mut bytes, DETECTED_LEVEL, level.as_str());
        bytes
    })
});

/// The metadata of a line after the additions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// As it came.
    Unchanged,
    /// None but the level.
    LevelOnly(Level),
    /// Written out.
    Written,
}

impl Metadata {
    /// The bytes for a level alone.
    pub(crate) fn level_only(level: Level) -> &'static [u8] {
        &LEVEL_ONLY[level as usize]
    }
}

/// What the labels of a stream decide for all of its lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamLevel<'a>(Option<&'a str>);

impl Additions {
    /// Appends the labels of a stream with what is added; both in canonical encoding.
    pub(crate) fn push_labels(self, labels: &[u8], out: &mut Vec<u8>) {
        match service_name(labels).filter(|_| self.service_name) {
            Some(service) => pairs::push_with(out, labels, SERVICE_NAME, service),
            None => out.extend_from_slice(labels),
        }
    }

    /// The level that the labels of a stream tell.
    pub(crate) fn stream_level(self, labels: &[u8]) -> StreamLevel<'_> {
        StreamLevel(told_by_labels(labels).filter(|_| self.level))
    }

    /// The metadata of a line with what is added. What has to be written out is appended to `out`.
    pub(crate) fn metadata(self, stream: StreamLevel<'_>, line: &RequestLine<'_>, out: &mut Vec<u8>) -> Metadata {
        if !self.level || pairs::get(line.metadata, DETECTED_LEVEL).is_some() {
            return Metadata::Unchanged;
        }
        let told = stream.0.or_else(|| told_by_labels(line.metadata));
        let level = match told.map(|told| (told, Level::from_field(told.as_bytes()))) {
            Some((told, None)) => {
                pairs::push_with(out, line.metadata, DETECTED_LEVEL, normalised(told));
                return Metadata::Written;
            }
            Some((_, Some(level))) => level,
            None => detect_level_in_line(line.metadata, line.line),
        };
        if line.metadata.is_empty() {
            return Metadata::LevelOnly(level);
        }
        pairs::push_with(out, line.metadata, DETECTED_LEVEL, level.as_str());
        Metadata::Written
    }
}

/// Hands over all lines of a request as [`crate::Intake::push`] would have written them, in the order of decoding and
/// whatever the limits: stream labels in canonical encoding, and the line. A stream whose labels cannot be read has none.
pub fn replay(request: &PushRequest<'_>, additions: Additions, line: &mut dyn FnMut(&[u8], LineEntry<'_>)) {
    let mut labels = Vec::new();
    let mut written = Vec::new();
    for stream in request.streams() {
        labels.clear();
        if let StreamLabels::Known(own) = stream.labels() {
            additions.push_labels(own, &mut labels);
        }
        let level = additions.stream_level(&labels);
        for request_line in stream.lines() {
            written.clear();
            let metadata = match additions.metadata(level, &request_line, &mut written) {
                Metadata::Unchanged => request_line.metadata,
                Metadata::LevelOnly(level) => Metadata::level_only(level),
                Metadata::Written => &written,
            };
            line(&labels, LineEntry { time_ns: request_line.time_ns, line: request_line.line, metadata });
        }
    }
}
