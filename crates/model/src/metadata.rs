//! What an exposition says about a metric family.

/// The type of a metric family as exposition formats name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MetricKind {
    /// Only goes up, apart from resets to zero.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Classic or native histogram.
    Histogram,
    /// Histogram whose buckets may go down (OpenMetrics).
    GaugeHistogram,
    /// Quantiles, sum and count.
    Summary,
    /// Always 1; the labels carry the information (OpenMetrics).
    Info,
    /// One of several states (OpenMetrics).
    StateSet,
    /// Not known; `untyped` in the text format 0.0.4, `unknown` in OpenMetrics and the metadata API.
    Unknown,
}

impl MetricKind {
    /// The name that the metadata API uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            MetricKind::Histogram => "histogram",
            MetricKind::GaugeHistogram => "gaugehistogram",
            MetricKind::Summary => "summary",
            MetricKind::Info => "info",
            MetricKind::StateSet => "stateset",
            MetricKind::Unknown => "unknown",
        }
    }
}

/// Type, help and unit of one metric family.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Metadata {
    /// What kind of metric it is.
    pub kind: MetricKind,
    /// One line on what it means; may be empty.
    pub help: String,
    /// The unit, which OpenMetrics also wants as the suffix of the name; may be empty.
    pub unit: String,
}
