//! Warnings and infos that come with a result.
//!
//! The texts are those of upstream's `util/annotations`; each ends with the line and column of the expression that
//! caused it. One text is reported once per query, wherever and however often it arose.

use std::collections::BTreeMap;

use model::float::format_general;
use model::labels::Quoted;
use model::time::format_rfc3339;
use promql_syntax::ast::Span;

/// What a query reports beside its result, sorted by text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// Something is likely wrong with the result: `PromQL warning: … (line:col)`.
    pub warnings: Vec<String>,
    /// Something may be worth a look: `PromQL info: … (line:col)`.
    pub infos: Vec<String>,
}

/// Collects annotations during evaluation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    warnings: BTreeMap<String, Span>,
    infos: BTreeMap<String, Span>,
    forced_monotonic: BTreeMap<String, ForcedMonotonicity>,
}

/// How far classic histograms of one metric had to be made monotonic, over all steps and series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ForcedMonotonicity {
    pub(crate) span: Span,
    pub(crate) samples: u64,
    pub(crate) min_time_ms: i64,
    pub(crate) max_time_ms: i64,
    pub(crate) min_bound: f64,
    pub(crate) max_bound: f64,
    pub(crate) max_diff: f64,
}

impl Notes {
    /// `quantile value should be between 0 and 1`.
    pub(crate) fn invalid_quantile(&mut self, quantile: f64, span: Span) {
        let value = format_general(quantile, 6);
        self.warn(format!("quantile value should be between 0 and 1, got {value}"), span);
    }

    /// `ratio value should be between -1 and 1`.
    pub(crate) fn invalid_ratio(&mut self, ratio: f64, capped_to: f64, span: Span) {
        let (ratio, capped_to) = (format_general(ratio, 6), format_general(capped_to, 6));
        self.warn(format!("ratio value should be between -1 and 1, got {ratio}, capping to {capped_to}"), span);
    }

    /// A classic bucket without a number in its `le` label.
    pub(crate) fn bad_bucket_label(&mut self, metric: &str, bound: &str, span: Span) {
        let text = format!("bucket label \"le\" is missing or has a malformed value of {}", Quoted(bound));
        self.warn(with_metric_name(text, metric), span);
    }

    /// A sort function in a range query.
    pub(crate) fn sort_in_range_query(&mut self, span: Span) {
        let text = "sort is ineffective for range queries since results are always ordered by labels";
        self.warn(text.to_owned(), span);
    }

    /// A rate of something whose name does not look like a counter's.
    pub(crate) fn possible_non_counter(&mut self, metric: &str, span: Span) {
        let text = "metric might not be a counter, name does not end in _total/_sum/_count/_bucket";
        self.info(format!("{text}: {}", Quoted(metric)), span);
    }

    /// A rate of something whose `__type__` label names no counter.
    pub(crate) fn possible_non_counter_type(&mut self, metric: &str, metric_type: &str, span: Span) {
        let text = "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\"";
        self.info(format!("{text}, got {}: {}", Quoted(metric_type), Quoted(metric)), span);
    }

    /// A classic histogram whose cumulative counts decreased; what is known about one metric is added up.
    pub(crate) fn forced_monotonic(&mut self, metric: &str, found: ForcedMonotonicity) {
        let known =
            self.forced_monotonic.entry(metric.to_owned()).or_insert(ForcedMonotonicity { samples: 0, ..found });
        known.span = found.span;
        known.samples += found.samples;
        known.min_time_ms = known.min_time_ms.min(found.min_time_ms);
        known.max_time_ms = known.max_time_ms.max(found.max_time_ms);
        known.min_bound = known.min_bound.min(found.min_bound);
        known.max_bound = known.max_bound.max(found.max_bound);
        known.max_diff = known.max_diff.max(found.max_diff);
    }

    /// The texts with their positions in the query.
    pub(crate) fn finish(mut self, query: &str) -> Annotations {
        for (metric, found) in std::mem::take(&mut self.forced_monotonic) {
            self.info(found.text(&metric), found.span);
        }
        let show = |kind: &str, notes: BTreeMap<String, Span>| {
            let place = |span: Span| position(query, span);
            notes.into_iter().map(|(text, span)| format!("PromQL {kind}: {text} ({})", place(span))).collect()
        };
        Annotations { warnings: show("warning", self.warnings), infos: show("info", self.infos) }
    }

    /// The place that is kept is the last one, as upstream does.
    fn warn(&mut self, text: String, span: Span) {
        self.warnings.insert(text, span);
    }

    fn info(&mut self, text: String, span: Span) {
        self.infos.insert(text, span);
    }
}

impl ForcedMonotonicity {
    fn text(&self, metric: &str) -> String {
        let text = "input to histogram_quantile needed to be fixed for monotonicity \
                    (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
        // Upstream shows whole seconds, cut towards zero.
        let seconds = |ms: i64| format_rfc3339(ms / 1000 * 1000);
        format!(
            "{}, from buckets {} to {}, with a max diff of {}, over {} samples from {} to {}",
            with_metric_name(text.to_owned(), metric),
            format_general(self.min_bound, 6),
            format_general(self.max_bound, 6),
            two_digits(self.max_diff),
            self.samples,
            seconds(self.min_time_ms),
            seconds(self.max_time_ms),
        )
    }
}

fn with_metric_name(text: String, metric: &str) -> String {
    if metric.is_empty() { text } else { format!("{text} for metric name {}", Quoted(metric)) }
}

/// Go's `%.2g`: two significant digits, an exponent when it is below -4 or at least 2.
fn two_digits(value: f64) -> String {
    let rounded: f64 = format!("{value:.1e}").parse().unwrap_or(value);
    format_general(rounded, 2)
}

/// Line and column, both from 1; columns count bytes as upstream's do.
fn position(query: &str, span: Span) -> String {
    let before = query.as_bytes().get(..span.start).unwrap_or(query.as_bytes());
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
    format!("{line}:{column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize) -> Span {
        Span { start, end: start + 1 }
    }

    #[test]
    fn texts_end_with_the_place_of_the_expression() {
        let mut notes = Notes::default();
        notes.invalid_quantile(f64::NAN, span(3));
        notes.invalid_quantile(1e6, span(7));
        notes.possible_non_counter("x", span(5));
        notes.bad_bucket_label("m", "", span(0));
        let found = notes.finish("ab(\ncd(ef)");
        assert_eq!(
            found.warnings,
            [
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"\" for metric name \"m\" (1:1)",
                "PromQL warning: quantile value should be between 0 and 1, got 1e+06 (2:4)",
                "PromQL warning: quantile value should be between 0 and 1, got NaN (1:4)",
            ]
        );
        assert_eq!(
            found.infos,
            [
                "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\" (2:2)"
            ]
        );
    }

    #[test]
    fn forced_monotonicity_is_added_up() {
        let mut notes = Notes::default();
        let one = |time, bound, diff| ForcedMonotonicity {
            span: span(0),
            samples: 1,
            min_time_ms: time,
            max_time_ms: time,
            min_bound: bound,
            max_bound: bound,
            max_diff: diff,
        };
        notes.forced_monotonic("h", one(1_500, 2.5, 0.126));
        notes.forced_monotonic("h", one(61_000, 100.0, 0.01));
        let found = notes.finish("x").infos;
        assert_eq!(found.len(), 1);
        assert!(
            found[0].ends_with(
                "for metric name \"h\", from buckets 2.5 to 100, with a max diff of 0.13, over 2 samples \
                 from 1970-01-01T00:00:01Z to 1970-01-01T00:01:01Z (1:1)"
            ),
            "{}",
            found[0]
        );
    }
}
