//! Evaluates LogQL expressions over a [`storage::logs::LogStore`].
//!
//! Log expressions pass lines through a [`Pipeline`], one at a time and without an allocation per line where nothing is kept. Metric
//! expressions are evaluated column by column: an intermediate result holds one value per step for each series. A range aggregation
//! reads its lines once: each line falls into one bucket of its series, and windows slide over buckets, so that the work is that of the
//! lines plus that of the steps, however much windows overlap. What the store can do itself — selecting, filtering on the text,
//! limiting, counting — is handed to it.
//!
//! Calls block and do no input or output of their own. What templates need from outside,
//! time and zones, is handed in as [`Surroundings`].

mod engine;

mod error;
mod labels;
mod metric;
mod pipeline;
mod result;
mod scan;
mod streams;
mod template;
mod units;

pub use engine::{Direction, Engine, EngineOptions, RangeRequest};
pub use error::{QueryError, QueryErrorKind};
pub use labels::LabelSet;
pub use metric::SampleExtractor;
pub use pipeline::{Pipeline, ProcessedLine};
pub use result::{LogEntry, MatrixSeries, QueryResult, QueryStats, QueryValue, StreamResult, VectorSample};
pub use template::Surroundings;
