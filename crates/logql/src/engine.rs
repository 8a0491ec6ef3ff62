//! The entry: range and instant queries.

use logql_syntax::ast::Expr;
use storage::logs::{LogLimits, LogStore};
use storage::{CancelToken, TenantId};

use crate::error::{QueryError, Result};
use crate::metric::{self, Evaluator, Grid};
use crate::result::{QueryResult, QueryValue};
use crate::streams;
use crate::template::Surroundings;

/// The text for a log expression asked for at one time.
const INSTANT_LOG_QUERY: &str =
    "log queries are not supported as an instant query type, please change your query to a range query type";

/// Evaluates queries; one serves any number of them at a time.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    options: EngineOptions,
}

/// How queries are evaluated.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Series that the answer to a metric query may have.
    pub max_series: usize,
    /// Series that one range aggregation may have before they are aggregated further.
    pub max_inner_series: usize,
    /// Lines that the answer to a log query may have; a request for more is refused.
    pub max_entries: usize,
    /// Evaluation times that a metric query may have.
    pub max_steps: usize,
    /// Handed to the store with every selector.
    pub limits: LogLimits,
    /// What templates may ask for.
    pub surroundings: Surroundings,
}

impl Default for EngineOptions {
    /// Upstream's defaults where it has one.
    fn default() -> EngineOptions {
        EngineOptions {
            max_series: 500,
            max_inner_series: 100_000,
            max_entries: 5_000,
            max_steps: 11_000,
            limits: LogLimits::default(),
            surroundings: Surroundings::default(),
        }
    }
}

/// The order of lines in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The oldest first.
    Forward,
    /// The newest first.
    #[default]
    Backward,
}

/// What a range query asks for, besides the expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeRequest {
    /// First moment: of lines, and of evaluation.
    pub start_ns: i64,
    /// Lines end before it; evaluation ends at it.
    pub end_ns: i64,
    /// Distance of evaluation times of a metric expression; not used by a log expression.
    pub step_ns: i64,
    /// Least distance of two lines of a log expression; 0 for all lines.
    pub interval_ns: i64,
    /// Lines wanted at most.
    pub limit: usize,
    /// The order of lines, and which of them count when there are too many.
    pub direction: Direction,
}

impl Engine {
    /// An engine with the options given.
    #[must_use]
    pub fn new(options: EngineOptions) -> Engine {
        Engine { options }
    }

    /// Its options.
    #[must_use]
    pub fn options(&self) -> &EngineOptions {
        &self.options
    }

    /// Evaluates an expression over a range: `Streams` for a log expression, `Matrix` for a metric one.
    ///
    /// # Errors
    /// See [`crate::QueryErrorKind`].
    pub fn range(
        &self,
        store: &dyn LogStore,
        tenant: TenantId,
        expr: &Expr,
        request: &RangeRequest,
        cancel: &CancelToken,
    ) -> Result<QueryResult> {
        match expr {
            Expr::Log(log) => {
                self.check_limit(request.limit)?;
                let options = &self.options;
                let reader = streams::Reader { store, tenant, options, cancel };
                streams::select(&reader, log, request)
            }
            Expr::Metric(metric) => {
                let grid = Grid::range(request.start_ns, request.end_ns, request.step_ns, self.options.max_steps)?;
                let mut evaluator = Evaluator::new(store, tenant, &self.options, cancel, grid, false);
                let series = metric::matrix(&mut evaluator, metric)?;
                Ok(QueryResult { value: QueryValue::Matrix(series), stats: evaluator.finish() })
            }
        }
    }

    /// Evaluates a metric expression at one time: `Vector` or `Scalar`.
    ///
    /// # Errors
    /// See [`crate::QueryErrorKind`]; `Invalid` for a log expression.
    pub fn instant(
        &self,
        store: &dyn LogStore,
        tenant: TenantId,
        expr: &Expr,
        at_ns: i64,
        cancel: &CancelToken,
    ) -> Result<QueryResult> {
        let Expr::Metric(metric) = expr else { return Err(QueryError::invalid(INSTANT_LOG_QUERY)) };
        let mut evaluator = Evaluator::new(store, tenant, &self.options, cancel, Grid::instant(at_ns), true);
        let value = metric::instant_value(&mut evaluator, metric)?;
        Ok(QueryResult { value, stats: evaluator.finish() })
    }

    fn check_limit(&self, limit: usize) -> Result<()> {
        let most = self.options.max_entries;
        if limit > most {
            let message =
                format!("max entries limit per query exceeded, limit > max_entries_limit_per_query ({limit} > {most})");
            return Err(QueryError::invalid(message));
        }
        Ok(())
    }
}
