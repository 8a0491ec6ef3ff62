//! Answers to queries as Loki writes them.

use std::fmt::Write;

use logql::{LabelSet, LogEntry, QueryStats, QueryValue, StreamResult};
use model::float::format_plain;
use model::time::format_seconds;

use crate::json::{push_list, push_pairs, push_string};

/// How labels of lines are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LabelEncoding {
    /// All of them as labels of the stream.
    Merged,
    /// The stream's own, and with each line those that came with it and those that were parsed from it.
    Categorised,
}

/// The name of that encoding in answers and headers.
pub(super) const CATEGORISE: &str = "categorize-labels";

/// The `data` of a query: `{"resultType":…,"result":…,"stats":…}`.
pub(super) fn query_data(value: &QueryValue, encoding: LabelEncoding, stats: &QueryStats, seconds: f64) -> String {
    let mut out = String::new();
    out.push_str("{\"resultType\":\"");
    out.push_str(match value {
        QueryValue::Streams(_) => "streams",
        QueryValue::Matrix(_) => "matrix",
        QueryValue::Vector(_) => "vector",
        QueryValue::Scalar { .. } => "scalar",
    });
    out.push('"');
    if encoding == LabelEncoding::Categorised {
        push_encoding_flags(&mut out);
    }
    out.push_str(",\"result\":");
    match value {
        QueryValue::Streams(streams) => push_streams(&mut out, streams, encoding),
        QueryValue::Matrix(series) => push_list(&mut out, series, |out, series| {
            out.push_str("{\"metric\":");
            push_label_set(out, &series.labels);
            out.push_str(",\"values\":");
            push_list(out, &series.points, |out, (time_ns, value)| push_point(out, *time_ns, *value));
            out.push('}');
        }),
        QueryValue::Vector(samples) => push_list(&mut out, samples, |out, sample| {
            out.push_str("{\"metric\":");
            push_label_set(out, &sample.labels);
            out.push_str(",\"value\":");
            push_point(out, sample.time_ns, sample.value);
            out.push('}');
        }),
        QueryValue::Scalar { time_ns, value } => push_point(&mut out, *time_ns, *value),
    }
    out.push_str(",\"stats\":");
    push_stats(&mut out, stats, seconds);
    out.push('}');
    out
}

/// The field that says that labels are categorised, behind another one.
pub(super) fn push_encoding_flags(out: &mut String) {
    // Writing to a String cannot fail.
    write!(out, ",\"encodingFlags\":[\"{CATEGORISE}\"]").ok();
}

/// A list of streams with their lines.
pub(super) fn push_streams(out: &mut String, streams: &[StreamResult], encoding: LabelEncoding) {
    push_list(out, streams, |out, stream| {
        out.push_str("{\"stream\":");
        match encoding {
            LabelEncoding::Merged => push_label_set(out, &stream.labels),
            LabelEncoding::Categorised => push_label_set(out, &stream.stream_labels),
        }
        out.push_str(",\"values\":");
        push_list(out, &stream.entries, |out, entry| push_entry(out, entry, encoding));
        out.push('}');
    });
}

fn push_entry(out: &mut String, entry: &LogEntry, encoding: LabelEncoding) {
    write!(out, "[\"{}\",", entry.time_ns).ok();
    push_bytes(out, &entry.line);
    if encoding == LabelEncoding::Categorised {
        out.push_str(",{");
        let categories = [("structuredMetadata", &entry.metadata), ("parsed", &entry.parsed)];
        for (i, (name, labels)) in categories.into_iter().filter(|(_, labels)| !labels.is_empty()).enumerate() {
            out.push_str(if i > 0 { ",\"" } else { "\"" });
            out.push_str(name);
            out.push_str("\":");
            push_label_set(out, labels);
        }
        out.push('}');
    }
    out.push(']');
}

/// What a query took, in the form that clients know; counts that make no sense here are left out.
pub(super) fn push_stats(out: &mut String, stats: &QueryStats, seconds: f64) {
    let per_second = |count: u64| if seconds > 0.0 { (count as f64 / seconds) as u64 } else { 0 };
    let summary = [
        ("bytesProcessedPerSecond", per_second(stats.bytes_read)),
        ("linesProcessedPerSecond", per_second(stats.lines_read)),
        ("totalBytesProcessed", stats.bytes_read),
        ("totalLinesProcessed", stats.lines_read),
        ("totalEntriesReturned", stats.entries_returned),
        ("totalPostFilterLines", stats.lines_kept),
        ("totalStructuredMetadataBytesProcessed", stats.metadata_bytes_read),
    ];
    out.push_str("{\"summary\":{");
    for (name, count) in summary {
        write!(out, "\"{name}\":{count},").ok();
    }
    write!(out, "\"execTime\":{},\"queueTime\":0}}}}", format_plain(seconds)).ok();
}

/// `[seconds,"value"]`
pub(super) fn push_point(out: &mut String, time_ns: i64, value: f64) {
    write!(out, "[{},\"{}\"]", format_seconds(time_ns.div_euclid(1_000_000)), format_plain(value)).ok();
}

/// A set of labels of a result as an object.
pub(super) fn push_label_set(out: &mut String, labels: &LabelSet) {
    push_pairs(out, labels.iter());
}

/// A string in quotes; bytes that are not UTF-8 become U+FFFD.
pub(super) fn push_bytes(out: &mut String, bytes: &[u8]) {
    push_string(out, &String::from_utf8_lossy(bytes));
}
