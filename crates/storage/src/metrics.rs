//! The metric store.

use model::labels::Labels;
use model::{Matcher, Metadata};

use crate::TenantId;
use crate::batch::{AppendBatch, ColumnBatch, Series};
use crate::cancel::CancelToken;
use crate::error::Result;

/// Keeps samples of labelled series.
///
/// Matchers passed together must all hold. A time range is closed at both ends. Every call may be made from any
/// thread at any time; what a call returns holds everything that was acknowledged before the call began.
pub trait MetricStore: Send + Sync {
    /// Writes one batch. When it returns, the batch survives a kill of the process; whether it survives a power cut
    /// at once is the store's sync setting. Samples that are refused one by one are counted in the answer, the others are kept.
    ///
    /// # Errors
    /// `Full` when the disk has no room, `Invalid` when the batch breaks its own rules, `Io`: then nothing of the batch is acknowledged,
    /// and a retry with the same token is safe.
    fn append(&self, tenant: TenantId, batch: &AppendBatch<'_>) -> Result<Ack>;

    /// The series that match any of the selectors (each a list of matchers) and have a sample in the range, sorted by labels.
    ///
    /// # Errors
    /// `LimitExceeded` beyond `limits.series`; `Corrupt`, `Io`, `Cancelled`.
    fn select_series(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Vec<Series>>;

    /// The samples of all series that match, in the range of the hints. Each series comes once and whole; the order of
    /// series is the store's. A store may answer [`Reduce::Raw`] whatever was asked for.
    ///
    /// # Errors
    /// As `select_series`; also from within the stream, which then ends.
    fn select<'a>(
        &'a self,
        tenant: TenantId,
        matchers: &'a [Matcher],
        hints: &SelectHints,
        reduce: Reduce,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<SampleStream<'a>>;

    /// Evaluates `aggregate(function(selector))` over a grid inside the store, so that only groups × steps numbers travel.
    /// `None` when this store cannot do so exactly; the caller then evaluates the samples itself.
    ///
    /// # Errors
    /// As `select`.
    fn eval_unit(
        &self,
        _tenant: TenantId,
        _unit: &GridUnit<'_>,
        _grid: Grid,
        _limits: &Limits,
        _cancel: &CancelToken,
    ) -> Result<Option<GridResult>> {
        Ok(None)
    }

    /// The names of all labels on series that match any selector (all series when there is none), sorted.
    /// Does not read samples: a series of a block that overlaps the range counts.
    ///
    /// # Errors
    /// `Corrupt`, `Io`, `Cancelled`.
    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>>;

    /// The values of one label on series that match any selector (all series when there is none), sorted.
    ///
    /// # Errors
    /// As `label_names`.
    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: TimeRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>>;

    /// How many series there are and which labels cause them.
    ///
    /// # Errors
    /// As `label_names`.
    fn cardinality(&self, tenant: TenantId, top: usize, cancel: &CancelToken) -> Result<Cardinality>;

    /// Remembers what an exposition said about a metric family.
    ///
    /// # Errors
    /// `Io`.
    fn put_metadata(&self, tenant: TenantId, entries: &[(&str, Metadata)]) -> Result<()>;

    /// What is known about metric families: all, or one by name; sorted by name.
    ///
    /// # Errors
    /// `Io`.
    fn metadata(&self, tenant: TenantId, name: Option<&str>) -> Result<Vec<(String, Vec<Metadata>)>>;

    /// Drops what the retention rules no longer keep at this time. Returns the bytes freed.
    ///
    /// # Errors
    /// `Io`; what was dropped before the failure stays dropped.
    fn enforce_retention(&self, now_ms: i64) -> Result<u64>;
}

/// Samples, batch by batch.
pub type SampleStream<'a> = Box<dyn Iterator<Item = Result<ColumnBatch>> + Send + 'a>;

/// What became of the rows of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ack {
    /// Samples written.
    pub appended: u64,
    /// Samples that were there already with the same value: a retry.
    pub repeated: u64,
    /// Samples refused because another value stands at the same time.
    pub conflicting: u64,
    /// Samples refused because their labels are not a label set.
    pub bad_labels: u64,
    /// Samples refused because they are older than retention or too far in the future.
    pub out_of_bounds: u64,
    /// Series seen for the first time since the store was opened.
    pub new_series: u64,
}

/// A closed range of time in milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// First millisecond.
    pub start_ms: i64,
    /// Last millisecond.
    pub end_ms: i64,
}

impl TimeRange {
    /// All of time.
    pub const ALL: TimeRange = TimeRange { start_ms: i64::MIN, end_ms: i64::MAX };

    /// Whether the two ranges share a millisecond.
    #[must_use]
    pub fn overlaps(self, other: TimeRange) -> bool {
        self.start_ms <= other.end_ms && other.start_ms <= self.end_ms
    }

    /// Whether the moment lies in the range.
    #[must_use]
    pub fn contains(self, time_ms: i64) -> bool {
        (self.start_ms..=self.end_ms).contains(&time_ms)
    }
}

/// What one selector of a query is for; a store may use it to read less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectHints {
    /// The samples that can matter to this selector, its own offset and range included.
    pub range: TimeRange,
    /// The distance of evaluation steps; 0 for an instant query.
    pub step_ms: i64,
    /// The range of a range selector; 0 for an instant selector.
    pub window_ms: i64,
    /// The function applied to the selector, or the aggregation around it; empty for neither.
    pub function: String,
    /// How an aggregation around it groups.
    pub grouping: Grouping,
}

impl SelectHints {
    /// Hints that say nothing but the range.
    #[must_use]
    pub fn range(range: TimeRange) -> SelectHints {
        SelectHints { range, step_ms: 0, window_ms: 0, function: String::new(), grouping: Grouping::default() }
    }
}

/// The labels by which an aggregation groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// `without` instead of `by`.
    pub without: bool,
    /// The labels named.
    pub labels: Vec<String>,
}

/// How much of each series is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reduce {
    /// Every sample.
    Raw,
    /// At least the latest sample at or before each step, not older than the lookback; others may be missing.
    LastPerStep {
        /// The grid of evaluation times, the selector's offset taken off.
        grid: Grid,
        /// How far back a sample still counts.
        lookback_ms: i64,
    },
}

/// Evaluation times: `start_ms`, `start_ms + step_ms`, … up to and including `end_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// First evaluation time.
    pub start_ms: i64,
    /// No evaluation after this time.
    pub end_ms: i64,
    /// Distance of evaluation times; 0 when there is only one.
    pub step_ms: i64,
}

impl Grid {
    /// A single evaluation.
    #[must_use]
    pub fn instant(time_ms: i64) -> Grid {
        Grid { start_ms: time_ms, end_ms: time_ms, step_ms: 0 }
    }

    /// The number of evaluation times.
    #[must_use]
    pub fn len(self) -> usize {
        match self.end_ms.checked_sub(self.start_ms) {
            Some(span) if span >= 0 && self.step_ms > 0 => {
                usize::try_from(span / self.step_ms).map_or(usize::MAX, |n| n + 1)
            }
            Some(span) if span >= 0 => 1,
            _ => 0,
        }
    }

    /// Whether there is no evaluation time.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The evaluation time at an index.
    #[must_use]
    pub fn time_ms(self, index: usize) -> i64 {
        self.start_ms + self.step_ms * index as i64
    }
}

/// `aggregate by (…) (function(selector[range]))`, the unit that stores may evaluate themselves.
#[derive(Clone, Debug)]
pub struct GridUnit<'a> {
    /// The aggregation around it, if any.
    pub aggregate: Option<(AggregateOp, &'a Grouping)>,
    /// The function applied to each series.
    pub function: GridFunction,
    /// The selector.
    pub matchers: &'a [Matcher],
    /// The range of the range selector; 0 for an instant selector.
    pub window_ms: i64,
    /// How far back an instant selector looks.
    pub lookback_ms: i64,
    /// The selector's offset.
    pub offset_ms: i64,
}

/// Aggregations that stores may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AggregateOp {
    /// Sum.
    Sum,
    /// Mean.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
    /// Number of series.
    Count,
}

/// Functions of one series that stores may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GridFunction {
    /// The latest sample within the lookback.
    Last,
    /// Per-second rate of a counter with extrapolation.
    Rate,
    /// Increase of a counter with extrapolation.
    Increase,
    /// Difference of a gauge with extrapolation.
    Delta,
}

/// The answer to a [`GridUnit`]: for each group a value per evaluation time, [`model::STALE_NAN`] where there is none.
#[derive(Clone, Debug)]
pub struct GridResult {
    /// The groups.
    pub groups: Vec<(Labels, Vec<f64>)>,
}

/// What a single request may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Series that one selector may match.
    pub series: usize,
    /// Samples that one query may hold at a time.
    pub samples: usize,
    /// Bytes of samples that one query may hold at a time.
    pub memory_bytes: usize,
}

impl Default for Limits {
    /// Upstream's 50 million samples; a million series; 512 MiB.
    fn default() -> Limits {
        Limits { series: 1_000_000, samples: 50_000_000, memory_bytes: 512 << 20 }
    }
}

/// Where series come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cardinality {
    /// Series in the head.
    pub series: u64,
    /// Different label pairs in the head.
    pub label_pairs: u64,
    /// Metric names with the number of their series, most first.
    pub by_metric: Vec<(String, u64)>,
    /// Label names with the number of their values, most first.
    pub by_label: Vec<(String, u64)>,
    /// Label pairs (`name=value`) with the number of their series, most first.
    pub by_pair: Vec<(String, u64)>,
}
