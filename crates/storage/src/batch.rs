//! What goes into a metric store and what comes out: batches, not samples.

use std::sync::Arc;

use model::{Histogram, Labels};

/// The samples of one target's scrape, or of one write request: the unit of writing.
///
/// All rows share the timestamp column, which is how a store can keep one column of times for all series of a target.
#[derive(Clone, Copy, Debug)]
pub struct AppendBatch<'a> {
    /// Names the source whose series share timestamps, such as one scrape target; the same for every batch of it.
    pub group: &'a str,
    /// Recognises a retry of the same batch; without one a repeated batch is compared sample by sample.
    pub token: Option<BatchToken>,
    /// Milliseconds since the epoch; ascending, without duplicates.
    pub times_ms: &'a [i64],
    /// The samples; those of one series in ascending time.
    pub rows: &'a [AppendRow<'a>],
}

/// One sample of a batch.
#[derive(Clone, Copy, Debug)]
pub struct AppendRow<'a> {
    /// The series' labels in the encoding of [`Labels`]. They may come straight from the network: a store hashes them as
    /// they are and checks and sorts them (`model::labels::canonicalise`) only when it sees these bytes for the first time.
    pub labels: &'a [u8],
    /// Index into the batch's `times_ms`.
    pub time: u32,
    /// The value.
    pub value: RowValue<'a>,
}

/// The value of one row.
#[derive(Clone, Copy, Debug)]
pub enum RowValue<'a> {
    /// A number; `model::STALE_NAN` ends the series at this time.
    Float(f64),
    /// A native histogram.
    Histogram(&'a Histogram),
}

/// Names a batch so that a retry of it is not counted twice: made of the agent, the source and the byte range, never of
/// the content, so that honest repeats are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BatchToken(pub u128);

/// Identifies a series across blocks and restarts of one store: a keyed 128-bit hash of its canonical labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeriesId(pub u128);

/// A series found by matchers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Its identity within the store.
    pub id: SeriesId,
    /// Its labels, `__name__` among them.
    pub labels: Labels,
}

/// Samples of one or more series that share their timestamps. Window bounds and extrapolation factors can be
/// worked out once for the whole batch.
#[derive(Clone, Debug)]
pub struct ColumnBatch {
    /// Milliseconds since the epoch, strictly ascending.
    pub times_ms: Arc<[i64]>,
    /// The series. Each has exactly one value per timestamp; a series that lacks some is in a batch of its own.
    pub series: Vec<SeriesColumn>,
}

/// One series of a [`ColumnBatch`].
#[derive(Clone, Debug)]
pub struct SeriesColumn {
    /// Which series.
    pub series: Arc<Series>,
    /// Its values, as many as the batch has timestamps. Staleness markers are among them.
    pub values: Values,
}

/// A column of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers only: the common case.
    Floats(Vec<f64>),
    /// At least one native histogram; a staleness marker is a float.
    Mixed(Vec<Value>),
}

/// One value of a mixed column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Float(f64),
    /// A native histogram.
    Histogram(Arc<Histogram>),
}

impl Values {
    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Values::Floats(values) => values.len(),
            Values::Mixed(values) => values.len(),
        }
    }

    /// Whether the column is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
