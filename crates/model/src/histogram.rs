//! Native histograms as values: sparse buckets with exponential or custom bounds.

/// The schema number of histograms whose bucket bounds are given one by one.
pub const CUSTOM_BUCKETS_SCHEMA: i32 = -53;

/// What is known about counter resets between this histogram and the one before it in its series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CounterResetHint {
    /// Has to be found out by comparing.
    #[default]
    Unknown,
    /// A reset happened before this one.
    Reset,
    /// No reset happened.
    NotReset,
    /// A gauge histogram, for which resets have no meaning.
    Gauge,
}

/// A run of consecutive buckets: `offset` buckets are skipped since the end of the run before (for the first run: its
/// absolute index), then `length` buckets follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Distance to the previous span, or the index of the first bucket.
    pub offset: i32,
    /// Number of buckets.
    pub length: u32,
}

/// A native histogram with float counts; bucket counts are absolute, not deltas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Histogram {
    /// Whether a counter reset is known.
    pub counter_reset_hint: CounterResetHint,
    /// -4 to 8: each power of two is cut into 2^schema buckets; [`CUSTOM_BUCKETS_SCHEMA`]: bounds in `custom_values`.
    pub schema: i32,
    /// Observations between -threshold and +threshold fall in the zero bucket.
    pub zero_threshold: f64,
    /// Observations in the zero bucket.
    pub zero_count: f64,
    /// All observations.
    pub count: f64,
    /// Sum of all observed values.
    pub sum: f64,
    /// Where `positive_buckets` stand.
    pub positive_spans: Vec<Span>,
    /// Where `negative_buckets` stand.
    pub negative_spans: Vec<Span>,
    /// Counts of the positive buckets.
    pub positive_buckets: Vec<f64>,
    /// Counts of the negative buckets.
    pub negative_buckets: Vec<f64>,
    /// Upper bounds, ascending, without +Inf; only with the custom schema.
    pub custom_values: Vec<f64>,
}
