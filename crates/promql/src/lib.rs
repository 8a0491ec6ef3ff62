//! Evaluates PromQL expressions over a [`storage::MetricStore`].
//!
//! Evaluation is column-wise: an intermediate result holds, for each series, one value per step of the whole query, and
//! what the steps of a query have in common is worked out once. Samples come from the store in batches whose series
//! share their timestamps, so the geometry of windows (which rows belong to which step, how far a rate is extrapolated)
//! is computed once per batch. Aggregations fold series as they arrive.
//!
//! Calls block and do no input or output of their own; an expression that this version does not evaluate is refused
//! before the store is touched ([`QueryErrorKind::NotBuilt`]).

mod engine;

mod aggregate;
mod annotations;
mod binary;
mod budget;
mod check;
mod duration;
mod error;
mod eval;
mod functions;
mod grid;
mod labels;
mod selector;
mod shape;
mod subquery;
mod sum;
mod window;

pub use annotations::Annotations;
pub use engine::{Engine, EngineOptions, MatrixSeries, QueryResult, QueryStats, QueryValue, VectorSample};
pub use error::{QueryError, QueryErrorKind};
