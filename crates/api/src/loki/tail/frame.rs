//! The frames of a tail.

use std::collections::HashMap;
use std::fmt::Write;

use logql::{LabelSet, LogEntry, Pipeline, StreamResult};
use storage::LineBatch;

use super::queue::DroppedLine;
use crate::json;
use crate::loki::value::{self, LabelEncoding};

/// Lines that go into a frame, by their labels.
#[derive(Debug, Default)]
pub(super) struct Frame {
    streams: Vec<StreamResult>,
    by_labels: HashMap<(LabelSet, LabelSet), usize>,
    bytes: usize,
}

impl Frame {
    /// Adds the lines of a batch that the pipeline lets through.
    pub(super) fn add(&mut self, batch: &LineBatch, pipeline: &mut Pipeline) {
        for row in &batch.rows {
            let Some(stream) = batch.streams.get(row.stream as usize) else { continue };
            let (text, metadata) = (batch.line(row), batch.metadata(row));
            let Some(line) = pipeline.process(&stream.labels, row.time_ns, text, metadata) else { continue };
            let entry = LogEntry {
                time_ns: row.time_ns,
                line: line.line().to_vec(),
                metadata: line.metadata(),
                parsed: line.parsed(),
            };
            self.push(line.labels(), line.stream_labels(), entry);
        }
    }

    fn push(&mut self, labels: LabelSet, stream_labels: LabelSet, entry: LogEntry) {
        self.bytes += entry.line.len();
        let streams = &mut self.streams;
        let at = *self.by_labels.entry((labels, stream_labels)).or_insert_with_key(|(labels, stream_labels)| {
            streams.push(StreamResult {
                labels: labels.clone(),
                stream_labels: stream_labels.clone(),
                entries: Vec::new(),
            });
            streams.len() - 1
        });
        self.streams[at].entries.push(entry);
    }

    /// Bytes of the lines in it.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The lines, those of one set of labels in the order of time.
    pub(super) fn take(&mut self) -> Vec<StreamResult> {
        let mut streams = std::mem::take(self).streams;
        for stream in &mut streams {
            stream.entries.sort_by_key(|entry| entry.time_ns);
        }
        streams
    }
}

/// A frame as JSON.
pub(super) fn write(streams: &[StreamResult], dropped: &[DroppedLine], encoding: LabelEncoding) -> String {
    let mut out = String::from("{\"streams\":");
    value::push_streams(&mut out, streams, encoding);
    if encoding == LabelEncoding::Categorised {
        value::push_encoding_flags(&mut out);
    }
    if !dropped.is_empty() {
        out.push_str(",\"dropped_entries\":");
        json::push_list(&mut out, dropped, |out, line| {
            out.push_str("{\"labels\":");
            json::push_labels(out, &line.labels);
            // Writing to a String cannot fail.
            write!(out, ",\"timestamp\":\"{}\"}}", line.time_ns).ok();
        });
    }
    out.push('}');
    out
}
