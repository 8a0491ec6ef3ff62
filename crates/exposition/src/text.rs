//! The Prometheus text format, version 0.0.4.
//!
//! The output is byte for byte what Go's client library prints for the same families: families by name, label names
//! in order with `le` and `quantile` last, metrics by their label values, Go's shortest float format.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write;

use model::{MetricKind, float};

use crate::{Family, Sample};

/// The value of the `Content-Type` header that goes with [`write`]'s output.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The decimal exponent from which Go's `strconv.FormatFloat(v, 'g', -1, 64)` writes an exponent.
const EXPONENT_FROM: i32 = 6;

/// Appends the families to `out`, each with its `HELP` and `TYPE` line. A family without samples is left out, as
/// Go's registry leaves it out.
///
/// Names are printed as they are: they must be of the classic alphabet (`[a-zA-Z_:][a-zA-Z0-9_:]*`), which the format
/// cannot escape.
pub fn write(families: &[Family], out: &mut String) {
    let mut by_name: Vec<&Family> = families.iter().filter(|family| !family.samples.is_empty()).collect();
    by_name.sort_by(|a, b| a.name.cmp(&b.name));
    for family in by_name {
        write_family(family, out);
    }
}

fn write_family(family: &Family, out: &mut String) {
    out.push_str("# HELP ");
    out.push_str(&family.name);
    out.push(' ');
    escape(&family.help, false, out);
    out.push_str("\n# TYPE ");
    out.push_str(&family.name);
    out.push(' ');
    out.push_str(type_name(family.kind));
    out.push('\n');

    let mut lines: Vec<Line<'_>> = family.samples.iter().map(Line::new).collect();
    // Stable: the parts of one histogram stay in the order they were given in.
    lines.sort_by(Line::order);
    for line in &lines {
        line.write(&family.name, out);
    }
}

/// The format knows fewer types than the model: what OpenMetrics added is printed as the nearest older type.
fn type_name(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Unknown => "untyped",
        MetricKind::Info | MetricKind::StateSet => "gauge",
        MetricKind::GaugeHistogram => "histogram",
        MetricKind::Counter | MetricKind::Gauge | MetricKind::Histogram | MetricKind::Summary => kind.as_str(),
    }
}

/// A sample with its labels in printing order.
struct Line<'a> {
    sample: &'a Sample,
    labels: Vec<&'a (Cow<'static, str>, String)>,
}

impl<'a> Line<'a> {
    fn new(sample: &'a Sample) -> Line<'a> {
        let mut labels: Vec<_> = sample.labels.iter().collect();
        labels.sort_by(|a, b| is_part(&a.0).cmp(&is_part(&b.0)).then_with(|| a.0.cmp(&b.0)));
        Line { sample, labels }
    }

    /// The labels that tell one metric of the family from another, not one bucket from another.
    fn identity(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.labels.iter().filter(|(name, _)| !is_part(name)).map(|(_, value)| value.as_str())
    }

    /// Go's registry orders the metrics of a family by the number of their labels, then by their values.
    fn order(&self, other: &Line<'_>) -> Ordering {
        let by_count = self.identity().count().cmp(&other.identity().count());
        by_count.then_with(|| self.identity().cmp(other.identity()))
    }

    fn write(&self, name: &str, out: &mut String) {
        out.push_str(name);
        out.push_str(self.sample.suffix);
        let mut separator = '{';
        for (name, value) in &self.labels {
            out.push(separator);
            separator = ',';
            out.push_str(name);
            out.push_str("=\"");
            escape(value, true, out);
            out.push('"');
        }
        if separator == ',' {
            out.push('}');
        }
        out.push(' ');
        write_value(self.sample.value, out);
        out.push('\n');
    }
}

fn is_part(label_name: &str) -> bool {
    label_name == "le" || label_name == "quantile"
}

/// Help texts escape the backslash and the line feed, label values the double quote too.
fn escape(text: &str, quotes: bool, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(|c| c == '\\' || c == '\n' || (quotes && c == '"')) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        // All three characters are one byte long.
        let (special, after) = special.split_at(1);
        out.push('\\');
        out.push_str(if special == "\n" { "n" } else { special });
        rest = after;
    }
    out.push_str(rest);
}

fn write_value(value: f64, out: &mut String) {
    // Most values are small whole numbers, for which all formats agree; minus zero is printed as zero by Go's encoder.
    if value.abs() < 1e6 && value.trunc() == value {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below a million fits")]
        let whole = value as i64;
        // Writing to a String cannot fail.
        write!(out, "{whole}").ok();
    } else {
        out.push_str(&float::format_general(value, EXPONENT_FROM));
    }
}

#[cfg(test)]
mod tests;
