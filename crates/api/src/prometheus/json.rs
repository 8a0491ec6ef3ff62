//! JSON, written straight into a buffer: answers may be many megabytes.

use std::fmt::Write;

use model::Labels;
use model::float::format_json;
use model::time::format_seconds;
use promql::QueryValue;

/// The `data` of a query: `{"resultType":…,"result":…}`.
pub(super) fn query_value(value: &QueryValue) -> String {
    let mut out = String::new();
    let result_type = match value {
        QueryValue::Scalar { .. } => "scalar",
        QueryValue::String { .. } => "string",
        QueryValue::Vector(_) => "vector",
        QueryValue::Matrix(_) => "matrix",
    };
    out.push_str("{\"resultType\":\"");
    out.push_str(result_type);
    out.push_str("\",\"result\":");
    match value {
        QueryValue::Scalar { time_ms, value } => push_point(&mut out, *time_ms, *value),
        QueryValue::String { time_ms, value } => {
            out.push('[');
            out.push_str(&format_seconds(*time_ms));
            out.push(',');
            push_string(&mut out, value);
            out.push(']');
        }
        QueryValue::Vector(samples) => push_list(&mut out, samples, |out, sample| {
            out.push_str("{\"metric\":");
            push_labels(out, &sample.labels);
            out.push_str(",\"value\":");
            push_point(out, sample.time_ms, sample.value);
            out.push('}');
        }),
        QueryValue::Matrix(series) => push_list(&mut out, series, |out, series| {
            out.push_str("{\"metric\":");
            push_labels(out, &series.labels);
            out.push_str(",\"values\":");
            push_list(out, &series.points, |out, (time_ms, value)| push_point(out, *time_ms, *value));
            out.push('}');
        }),
    }
    out.push('}');
    out
}

/// A list of strings.
pub(super) fn push_strings<'a>(out: &mut String, texts: impl Iterator<Item = &'a str>) {
    let texts: Vec<&str> = texts.collect();
    push_list(out, &texts, |out, text| push_string(out, text));
}

/// A list, each item written by a function.
pub(super) fn push_list<T>(out: &mut String, items: &[T], mut push: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(']');
}

/// A label set as an object.
pub(super) fn push_labels(out: &mut String, labels: &Labels) {
    out.push('{');
    for (i, (name, value)) in labels.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(out, name);
        out.push(':');
        push_string(out, value);
    }
    out.push('}');
}

/// A string in quotes.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                // Writing to a String cannot fail.
                write!(out, "\\u{:04x}", c as u32).ok();
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn push_point(out: &mut String, time_ms: i64, value: f64) {
    out.push('[');
    out.push_str(&format_seconds(time_ms));
    out.push_str(",\"");
    out.push_str(&format_json(value));
    out.push_str("\"]");
}
