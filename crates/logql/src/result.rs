//! What a query answers with.

use crate::labels::LabelSet;

/// The answer to a query.
#[derive(Clone, Debug)]
pub struct QueryResult {
    /// Its value.
    pub value: QueryValue,
    /// What it took.
    pub stats: QueryStats,
}

/// The value of a query. Times are nanoseconds since the epoch.
#[derive(Clone, Debug)]
pub enum QueryValue {
    /// Lines (range queries of log expressions only), one element for each set of final labels. Elements stand in the order in which
    /// their first line was met; lines within one in the order of the query.
    Streams(Vec<StreamResult>),
    /// Samples of series, sorted by labels (range queries of metric expressions only).
    Matrix(Vec<MatrixSeries>),
    /// One sample per series (instant queries only); sorted by labels unless the query sorts.
    Vector(Vec<VectorSample>),
    /// A number (instant queries only).
    Scalar {
        /// Evaluation time.
        time_ns: i64,
        /// The number.
        value: f64,
    },
}

/// Lines that ended up with the same labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamResult {
    /// The final labels of its lines: the stream's own, structured metadata and parsed ones merged. This is `stream` of a plain answer.
    pub labels: LabelSet,
    /// Only those that are the stream's own. This is `stream` of an answer with categorised labels.
    pub stream_labels: LabelSet,
    /// The lines, in the order of the query; never empty.
    pub entries: Vec<LogEntry>,
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Nanoseconds since the epoch.
    pub time_ns: i64,
    /// The text as the pipeline left it; any bytes.
    pub line: Vec<u8>,
    /// The labels that came as structured metadata.
    pub metadata: LabelSet,
    /// The labels that a stage made.
    pub parsed: LabelSet,
}

/// A sample of an instant vector.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSample {
    /// The series.
    pub labels: LabelSet,
    /// Evaluation time.
    pub time_ns: i64,
    /// The value.
    pub value: f64,
}

/// A series of a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixSeries {
    /// The series.
    pub labels: LabelSet,
    /// Times and values, ascending; never empty.
    pub points: Vec<(i64, f64)>,
}

/// What a query took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryStats {
    /// Lines that came from the store, after the filters it was handed.
    pub lines_read: u64,
    /// Bytes of their texts.
    pub bytes_read: u64,
    /// Bytes of their structured metadata.
    pub metadata_bytes_read: u64,
    /// Lines that the whole pipeline let through.
    pub lines_kept: u64,
    /// Lines or samples in the answer.
    pub entries_returned: u64,
}
