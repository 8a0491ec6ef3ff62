//! Evaluation of metric expressions, column by column.

use logql_syntax::ast::{MetricExpr, MetricKind, VectorOp};
use storage::logs::LogStore;
use storage::{CancelToken, TenantId};

use crate::engine::EngineOptions;
use crate::error::{QueryError, Result};
use crate::labels::LabelSet;
use crate::result::{MatrixSeries, QueryStats, QueryValue, VectorSample};

mod aggregate;
mod binary;
mod buckets;
mod extract;
mod fold;
mod grid;
mod label_replace;
mod matching;
mod range;
mod raw;
mod series;
mod topk;

pub use extract::SampleExtractor;
pub(crate) use grid::Grid;

use grid::{Series, is_present};

/// What an expression is worth at the times of the grid.
#[derive(Clone, Debug)]
enum Value {
    Scalar(f64),
    Vector(Vec<Series>),
}

/// One query while it is evaluated.
pub(crate) struct Evaluator<'a> {
    store: &'a dyn LogStore,
    tenant: TenantId,
    options: &'a EngineOptions,
    cancel: &'a CancelToken,
    grid: Grid,
    is_instant: bool,
    stats: QueryStats,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(
        store: &'a dyn LogStore,
        tenant: TenantId,
        options: &'a EngineOptions,
        cancel: &'a CancelToken,
        grid: Grid,
        is_instant: bool,
    ) -> Evaluator<'a> {
        Evaluator { store, tenant, options, cancel, grid, is_instant, stats: QueryStats::default() }
    }

    /// What it took.
    pub(crate) fn finish(self) -> QueryStats {
        self.stats
    }

    fn eval(&mut self, expr: &MetricExpr) -> Result<Value> {
        self.cancel.check()?;
        Ok(match &expr.kind {
            MetricKind::Literal(value) => Value::Scalar(*value),
            MetricKind::Vector(value) => Value::Vector(vec![Series::constant(*value, self.grid.len())]),
            MetricKind::RangeAggregate(aggregate) => Value::Vector(range::eval(self, aggregate, None)?),
            MetricKind::VectorAggregate(aggregate) => Value::Vector(aggregate::eval(self, aggregate)?),
            MetricKind::Binary(node) => binary::eval(self, node)?,
            MetricKind::LabelReplace(node) => Value::Vector(label_replace::eval(self, node)?),
        })
    }

    /// The series of an expression that is not a number.
    fn eval_vector(&mut self, expr: &MetricExpr) -> Result<Vec<Series>> {
        match self.eval(expr)? {
            Value::Vector(series) => Ok(series),
            Value::Scalar(value) => Ok(vec![Series::constant(value, self.grid.len())]),
        }
    }

    fn check_series(&self, found: usize) -> Result<()> {
        let limit = self.options.max_series;
        if found > limit { Err(QueryError::too_many_series(limit)) } else { Ok(()) }
    }
}

/// The series of a range query, sorted by labels.
pub(crate) fn matrix(evaluator: &mut Evaluator<'_>, expr: &MetricExpr) -> Result<Vec<MatrixSeries>> {
    let mut matrix = Vec::new();
    for series in evaluator.eval_vector(expr)? {
        let steps = series.values.iter().enumerate().filter(|(_, value)| is_present(**value));
        let points: Vec<(i64, f64)> = steps.map(|(step, value)| (evaluator.grid.time_ns(step), *value)).collect();
        if !points.is_empty() {
            matrix.push(MatrixSeries { labels: series.labels, points });
        }
    }
    evaluator.check_series(matrix.len())?;
    matrix.sort_by(|a, b| a.labels.cmp(&b.labels));
    evaluator.stats.entries_returned = matrix.iter().map(|series| series.points.len() as u64).sum();
    Ok(matrix)
}

/// The value of an instant query.
pub(crate) fn instant_value(evaluator: &mut Evaluator<'_>, expr: &MetricExpr) -> Result<QueryValue> {
    let time_ns = evaluator.grid.time_ns(0);
    let series = match evaluator.eval(expr)? {
        Value::Scalar(value) => return Ok(QueryValue::Scalar { time_ns, value }),
        Value::Vector(series) => series,
    };
    let present = series.into_iter().filter(|series| is_present(series.values[0]));
    let sample = |series: Series| VectorSample { labels: series.labels, time_ns, value: series.values[0] };
    let mut vector: Vec<VectorSample> = present.map(sample).collect();
    evaluator.check_series(vector.len())?;
    if !is_sorted(expr) {
        vector.sort_by(|a, b| a.labels.cmp(&b.labels));
    }
    evaluator.stats.entries_returned = vector.len() as u64;
    Ok(QueryValue::Vector(vector))
}

/// Whether the query itself says in what order samples stand.
fn is_sorted(expr: &MetricExpr) -> bool {
    match &expr.kind {
        MetricKind::VectorAggregate(node) => {
            matches!(node.op, VectorOp::Sort | VectorOp::SortDesc) || is_sorted(&node.expr)
        }
        MetricKind::Binary(node) => is_sorted(&node.lhs) || is_sorted(&node.rhs),
        MetricKind::LabelReplace(node) => is_sorted(&node.expr),
        _ => false,
    }
}

/// The labels of the group that a series belongs to.
fn group_labels(labels: &LabelSet, grouping: Option<&logql_syntax::ast::Grouping>) -> LabelSet {
    let Some(grouping) = grouping else { return LabelSet::empty() };
    let is_named = |name: &str| grouping.labels.iter().any(|label| label == name);
    labels.filter(|name| is_named(name) != grouping.without)
}
