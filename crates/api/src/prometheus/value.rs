//! Answers to queries as Prometheus writes them.

use model::float::format_json;
use model::time::format_seconds;
use promql::QueryValue;

use crate::json::{push_labels, push_list, push_string};

/// The `data` of a query: `{"resultType":…,"result":…}`.
pub(super) fn push_query_value(out: &mut String, value: &QueryValue) {
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
        QueryValue::Scalar { time_ms, value } => push_point(out, *time_ms, *value),
        QueryValue::String { time_ms, value } => {
            out.push('[');
            out.push_str(&format_seconds(*time_ms));
            out.push(',');
            push_string(out, value);
            out.push(']');
        }
        QueryValue::Vector(samples) => push_list(out, samples, |out, sample| {
            out.push_str("{\"metric\":");
            push_labels(out, &sample.labels);
            out.push_str(",\"value\":");
            push_point(out, sample.time_ms, sample.value);
            out.push('}');
        }),
        QueryValue::Matrix(series) => push_list(out, series, |out, series| {
            out.push_str("{\"metric\":");
            push_labels(out, &series.labels);
            out.push_str(",\"values\":");
            push_list(out, &series.points, |out, (time_ms, value)| push_point(out, *time_ms, *value));
            out.push('}');
        }),
    }
    out.push('}');
}

fn push_point(out: &mut String, time_ms: i64, value: f64) {
    out.push('[');
    out.push_str(&format_seconds(time_ms));
    out.push_str(",\"");
    out.push_str(&format_json(value));
    out.push_str("\"]");
}
