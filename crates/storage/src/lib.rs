//! The one interface between query languages and engines.
//!
//! Languages, rules and APIs see these traits and nothing of the engine behind them: the embedded metric store implements
//! them today, ClickHouse implements the same calls later. Calls block; async callers run them on the fixed pool. Results
//! come as boxed iterators of column batches, so that no call is made per sample. A store may *decline* a push-down
//! and the language engine then takes the raw path: **exact or fall back, never approximate**.

pub mod batch;
mod cancel;
mod error;
pub mod logs;
mod metrics;

pub use batch::{AppendBatch, AppendRow, BatchToken, ColumnBatch, RowValue, Series, SeriesColumn, SeriesId, Values};
pub use cancel::CancelToken;
pub use error::{Error, ErrorKind, Result};
pub use logs::{
    LineBatch, LineEntry, LineFilter, LineQuery, LineRow, LogAck, LogBatch, LogLimits, LogStore, NanoRange,
};
pub use metrics::{
    Ack, AggregateOp, Cardinality, Grid, GridFunction, GridResult, GridUnit, Grouping, Limits, MetricStore, Reduce,
    SampleStream, SelectHints, TimeRange,
};

/// Who the data belongs to. One process serves one tenant unless it is told otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantId(pub u32);
