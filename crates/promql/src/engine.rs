//! The entry: instant and range queries.

use std::cell::RefCell;

use model::Labels;
use promql_syntax::ast::{Expr, ExprKind, ValueType};
use storage::{CancelToken, Grid, Limits, MetricStore, TenantId};

use crate::annotations::{Annotations, Notes};
use crate::budget::Budget;
use crate::check;
use crate::error::{QueryError, QueryErrorKind, Result, SAME_LABELSET};
use crate::eval::{Evaluator, Value};
use crate::grid::{GridColumn, GridSeries, ScalarColumn, is_present, merge_same_labels};
use crate::labels::without_metadata;
use crate::selector::Around;
use crate::shape::unwrap_parens;

/// Evaluates queries; one serves any number of them at a time.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    options: EngineOptions,
}

/// How queries are evaluated.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// How far back an instant selector looks for a sample, unless the query says otherwise. Milliseconds.
    pub lookback_ms: i64,
    /// Distance of a subquery's steps where none is written. Milliseconds.
    pub default_subquery_step_ms: i64,
    /// Samples that one query may hold at a time.
    pub max_samples: usize,
    /// Handed to the store with every selector.
    pub limits: Limits,
    /// Drop metric names only when the query is done, so that labels made from them on the way can be kept.
    pub delayed_name_removal: bool,
    /// Metrics carry their type in `__type__`: judge by it, and not by the name, whether one is a counter. Type and unit
    /// go wherever the name goes, whatever is set here.
    pub type_and_unit_labels: bool,
}

impl Default for EngineOptions {
    /// Upstream's flag defaults.
    fn default() -> EngineOptions {
        EngineOptions {
            lookback_ms: 300_000,
            default_subquery_step_ms: 60_000,
            max_samples: 50_000_000,
            limits: Limits::default(),
            delayed_name_removal: false,
            type_and_unit_labels: false,
        }
    }
}

/// The answer to a query.
#[derive(Clone, Debug)]
pub struct QueryResult {
    /// Its value.
    pub value: QueryValue,
    /// What is to be said about it.
    pub annotations: Annotations,
    /// What it took.
    pub stats: QueryStats,
}

/// The value of a query. Times are milliseconds since the epoch.
#[derive(Clone, Debug)]
pub enum QueryValue {
    /// A number (instant queries only).
    Scalar {
        /// Evaluation time.
        time_ms: i64,
        /// The number.
        value: f64,
    },
    /// A text (instant queries only).
    String {
        /// Evaluation time.
        time_ms: i64,
        /// The text.
        value: String,
    },
    /// One sample per series (instant queries only); in no particular order unless the query sorts.
    Vector(Vec<VectorSample>),
    /// Samples of series, sorted by labels.
    Matrix(Vec<MatrixSeries>),
}

/// A sample of an instant vector.
#[derive(Clone, Debug)]
pub struct VectorSample {
    /// The series.
    pub labels: Labels,
    /// Evaluation time.
    pub time_ms: i64,
    /// The value.
    pub value: f64,
}

/// A series of a matrix.
#[derive(Clone, Debug)]
pub struct MatrixSeries {
    /// The series.
    pub labels: Labels,
    /// Times and values, ascending; never empty.
    pub points: Vec<(i64, f64)>,
}

/// What a query took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryStats {
    /// Samples that came from the store.
    pub samples_read: u64,
    /// The most samples held at a time.
    pub peak_samples: usize,
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

    /// Evaluates an expression at one time. `query` is the text it was parsed from: annotations name places in it.
    /// `lookback` overrides the engine's, in milliseconds.
    ///
    /// # Errors
    /// See [`QueryErrorKind`].
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request, and none has a sensible default")]
    pub fn instant(
        &self,
        store: &dyn MetricStore,
        tenant: TenantId,
        expr: &Expr,
        query: &str,
        time_ms: i64,
        lookback: Option<i64>,
        cancel: &CancelToken,
    ) -> Result<QueryResult> {
        let grid = Grid::instant(time_ms);
        check::check(expr, grid)?;
        let lookback_ms = lookback.unwrap_or(self.options.lookback_ms);
        let evaluator = Evaluator { query, lookback_ms, ..self.evaluator(store, tenant, grid, cancel) };
        let value = match expr.value_type() {
            ValueType::RangeVector => QueryValue::Matrix(raw_matrix(&evaluator, expr, grid)?),
            _ => instant_value(finish_names(evaluator.eval(expr, grid)?)?, time_ms),
        };
        Ok(finish(evaluator, value, query))
    }

    /// Evaluates an expression at every time of a grid.
    ///
    /// # Errors
    /// See [`QueryErrorKind`]; `Invalid` when the expression is neither a scalar nor an instant vector.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request, and none has a sensible default")]
    pub fn range(
        &self,
        store: &dyn MetricStore,
        tenant: TenantId,
        expr: &Expr,
        query: &str,
        grid: Grid,
        lookback: Option<i64>,
        cancel: &CancelToken,
    ) -> Result<QueryResult> {
        let kind = expr.value_type();
        if !matches!(kind, ValueType::Scalar | ValueType::InstantVector) {
            let message = format!(
                "invalid expression type \"{}\" for range query, must be Scalar or instant Vector",
                kind.as_str()
            );
            return Err(QueryError::new(QueryErrorKind::Invalid, message));
        }
        check::check(expr, grid)?;
        let lookback_ms = lookback.unwrap_or(self.options.lookback_ms);
        let evaluator = Evaluator { query, lookback_ms, ..self.evaluator(store, tenant, grid, cancel) };
        let value = finish_names(evaluator.eval(expr, grid)?)?;
        let value = QueryValue::Matrix(matrix(value, grid));
        Ok(finish(evaluator, value, query))
    }

    fn evaluator<'a>(
        &'a self,
        store: &'a dyn MetricStore,
        tenant: TenantId,
        grid: Grid,
        cancel: &'a CancelToken,
    ) -> Evaluator<'a> {
        Evaluator {
            store,
            tenant,
            options: &self.options,
            query: "",
            lookback_ms: self.options.lookback_ms,
            cancel,
            query_grid: grid,
            notes: RefCell::new(Notes::default()),
            budget: Budget::new(self.options.max_samples),
        }
    }
}

fn finish(evaluator: Evaluator<'_>, value: QueryValue, query: &str) -> QueryResult {
    let stats = QueryStats { samples_read: evaluator.budget.read(), peak_samples: evaluator.budget.peak() };
    QueryResult { value, annotations: evaluator.notes.into_inner().finish(query), stats }
}

/// Drops the metric names whose removal was delayed.
fn finish_names(value: Value) -> Result<Value> {
    let Value::Vector(mut series) = value else { return Ok(value) };
    for one in series.iter_mut().filter(|one| one.drop_name) {
        one.labels = without_metadata(&one.labels);
    }
    Ok(Value::Vector(merge_same_labels(series)?))
}

fn instant_value(value: Value, time_ms: i64) -> QueryValue {
    match value {
        Value::Scalar(column) => QueryValue::Scalar { time_ms, value: column.at(0) },
        Value::String(value) => QueryValue::String { time_ms, value },
        Value::Vector(series) => {
            let sample = |one: GridSeries| {
                let value = one.column.get(0)?;
                Some(VectorSample { labels: one.labels, time_ms, value })
            };
            QueryValue::Vector(series.into_iter().filter_map(sample).collect())
        }
    }
}

fn matrix(value: Value, grid: Grid) -> Vec<MatrixSeries> {
    let points = |column: &GridColumn| {
        let steps = column.values().iter().enumerate().filter(|(_, v)| is_present(**v));
        steps.map(|(step, value)| (grid.time_ms(step), *value)).collect::<Vec<_>>()
    };
    let one = |one: GridSeries| MatrixSeries { points: points(&one.column), labels: one.labels };
    let mut series = match value {
        Value::Vector(series) => series.into_iter().map(one).collect(),
        Value::Scalar(column) => vec![scalar_series(&column, grid)],
        // The type was checked before evaluation.
        Value::String(_) => Vec::new(),
    };
    series.retain(|one| !one.points.is_empty());
    sort_by_labels(&mut series);
    series
}

fn scalar_series(column: &ScalarColumn, grid: Grid) -> MatrixSeries {
    let points = (0..grid.len()).map(|step| (grid.time_ms(step), column.at(step))).collect();
    MatrixSeries { labels: Labels::empty(), points }
}

/// An instant query of a range vector shows its samples as they are.
fn raw_matrix(evaluator: &Evaluator<'_>, expr: &Expr, grid: Grid) -> Result<Vec<MatrixSeries>> {
    let expr = unwrap_parens(expr);
    let is_subquery = matches!(expr.kind, ExprKind::Subquery(_));
    let mut series: Vec<MatrixSeries> = Vec::new();
    let parameter = ScalarColumn::Constant(f64::NAN);
    evaluator.stream_windows(expr, grid, Around::default(), &parameter, &mut |one| {
        let rows = one.windows.rows(0);
        if rows.is_empty() {
            return Ok(());
        }
        evaluator.budget.take(rows.len())?;
        let times = one.times_ms[rows.clone()].iter().copied();
        let points = times.zip(one.values[rows].iter().copied()).collect();
        let labels = if one.drop_name { without_metadata(one.labels) } else { one.labels.clone() };
        series.push(MatrixSeries { labels, points });
        Ok(())
    })?;
    sort_by_labels(&mut series);
    if is_subquery && series.windows(2).any(|pair| pair[0].labels == pair[1].labels) {
        return Err(QueryError::execution(SAME_LABELSET));
    }
    Ok(series)
}

fn sort_by_labels(series: &mut [MatrixSeries]) {
    series.sort_by(|a, b| a.labels.cmp(&b.labels));
}
