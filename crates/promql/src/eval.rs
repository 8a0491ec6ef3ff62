//! Dispatch: which part evaluates which kind of expression.

use std::cell::RefCell;

use promql_syntax::ast::{Binary, Call, Expr, ExprKind, ValueType};
use storage::{CancelToken, Grid, MetricStore, TenantId};

use crate::annotations::Notes;
use crate::budget::Budget;
use crate::engine::EngineOptions;
use crate::error::{QueryError, Result};
use crate::functions::{self, Builtin};
use crate::grid::{GridSeries, ScalarColumn, merge_same_labels};
use crate::labels::without_metadata;
use crate::selector::{Around, Yield, has_one_name};
use crate::shape::{is_step_invariant, unwrap_parens};
use crate::{aggregate, binary};

/// Takes the series of a vector one by one.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(GridSeries) -> Result<()>;

/// One evaluation of one query.
pub(crate) struct Evaluator<'a> {
    pub(crate) store: &'a dyn MetricStore,
    pub(crate) tenant: TenantId,
    pub(crate) options: &'a EngineOptions,
    /// The text of the query.
    pub(crate) query: &'a str,
    /// How far back an instant selector looks.
    pub(crate) lookback_ms: i64,
    pub(crate) cancel: &'a CancelToken,
    /// The evaluation times of the query itself, which `start()`, `end()`, `step()` and `range()` refer to.
    pub(crate) query_grid: Grid,
    pub(crate) notes: RefCell<Notes>,
    pub(crate) budget: Budget,
}

/// What an expression evaluates to, over all steps.
#[derive(Debug)]
pub(crate) enum Value {
    Scalar(ScalarColumn),
    String(String),
    Vector(Vec<GridSeries>),
}

impl Evaluator<'_> {
    /// Evaluates an expression at every step of a grid. What does not depend on the step is evaluated once.
    pub(crate) fn eval(&self, expr: &Expr, grid: Grid) -> Result<Value> {
        self.cancel.check()?;
        let mark = self.budget.held();
        let steps = grid.len();
        let value = if steps > 1 && !is_literal(expr) && is_step_invariant(expr) {
            broadcast(self.eval_varying(expr, Grid::instant(grid.start_ms))?, steps)
        } else {
            self.eval_varying(expr, grid)?
        };
        self.budget.settle(mark, points(&value))?;
        Ok(value)
    }

    /// Evaluates an expression that the parser has checked to be an instant vector.
    pub(crate) fn eval_vector(&self, expr: &Expr, grid: Grid) -> Result<Vec<GridSeries>> {
        match self.eval(expr, grid)? {
            Value::Vector(series) => Ok(series),
            _ => Err(QueryError::unexpected("a vector was needed")),
        }
    }

    /// Evaluates an expression that the parser has checked to be a scalar.
    pub(crate) fn eval_scalar(&self, expr: &Expr, grid: Grid) -> Result<ScalarColumn> {
        match self.eval(expr, grid)? {
            Value::Scalar(column) => Ok(column),
            _ => Err(QueryError::unexpected("a scalar was needed")),
        }
    }

    /// Evaluates an expression that the parser has checked to be a string.
    pub(crate) fn eval_string<'e>(&self, expr: &'e Expr) -> Result<&'e str> {
        match &unwrap_parens(expr).kind {
            ExprKind::String(text) => Ok(text),
            _ => Err(QueryError::unexpected("a string was needed")),
        }
    }

    /// Feeds the series of an instant vector to the sink as they become known.
    pub(crate) fn stream(&self, expr: &Expr, grid: Grid, around: Around<'_>, sink: Sink<'_>) -> Result<()> {
        if !self.is_streamable(expr) || (grid.len() > 1 && is_step_invariant(expr)) {
            return self.eval_vector(expr, grid)?.into_iter().try_for_each(sink);
        }
        self.stream_one(expr, grid, around, sink)
    }

    /// Marks a series whose name no longer describes it, or drops the name at once.
    pub(crate) fn drop_name(&self, series: &mut GridSeries) {
        if self.options.delayed_name_removal {
            series.drop_name = true;
        } else {
            series.labels = without_metadata(&series.labels);
        }
    }

    fn eval_varying(&self, expr: &Expr, grid: Grid) -> Result<Value> {
        match &expr.kind {
            ExprKind::Number(number) => Ok(Value::Scalar(ScalarColumn::Constant(number.value))),
            ExprKind::String(text) => Ok(Value::String(text.clone())),
            ExprKind::Paren(inner) => self.eval(inner, grid),
            ExprKind::Aggregate(aggregate) => aggregate::eval(self, aggregate, grid).map(Value::Vector),
            ExprKind::Unary { negative, expr: inner } if inner.value_type() == ValueType::Scalar => {
                let column = self.eval_scalar(inner, grid)?;
                Ok(Value::Scalar(if *negative { column.map(|v| -v) } else { column }))
            }
            ExprKind::Binary(node) => self.eval_binary(expr, node, grid),
            ExprKind::Call(call) => match functions::lookup(call.function.name) {
                Some(Builtin::Whole(function)) => function(self, call, expr, grid),
                Some(Builtin::Map(_) | Builtin::Range(_)) => self.collect(expr, grid),
                None => Err(QueryError::not_built(format_args!("function {}", call.function.name))),
            },
            ExprKind::Selector(_) | ExprKind::Unary { .. } => self.collect(expr, grid),
            ExprKind::Range(_) | ExprKind::Subquery(_) => Err(QueryError::unexpected("a range vector stands alone")),
        }
    }

    fn eval_binary(&self, expr: &Expr, node: &Binary, grid: Grid) -> Result<Value> {
        match (node.lhs.value_type(), node.rhs.value_type()) {
            (ValueType::Scalar, ValueType::Scalar) => {
                let (lhs, rhs) = (self.eval_scalar(&node.lhs, grid)?, self.eval_scalar(&node.rhs, grid)?);
                Ok(Value::Scalar(binary::scalars(node.op, &lhs, &rhs, grid.len())))
            }
            (ValueType::InstantVector, ValueType::InstantVector) => {
                binary::vectors(self, node, grid).map(Value::Vector)
            }
            _ => self.collect(expr, grid),
        }
    }

    /// Keeps all series of a streamed expression.
    fn collect(&self, expr: &Expr, grid: Grid) -> Result<Value> {
        let mut series = Vec::new();
        self.stream_one(expr, grid, Around::default(), &mut |one| {
            self.budget.take(one.column.points())?;
            series.push(one);
            Ok(())
        })?;
        let unique = matches!(expr.kind, ExprKind::Selector(_)) || has_unique_labels(expr);
        Ok(Value::Vector(if unique { series } else { merge_same_labels(series)? }))
    }

    /// Whether an expression can hand on series without having seen all of them: losing the metric name must not make
    /// two of them equal.
    fn is_streamable(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Selector(_) => true,
            ExprKind::Paren(inner) => self.is_streamable(inner),
            _ => vector_operand(expr).is_some() && (self.options.delayed_name_removal || has_unique_labels(expr)),
        }
    }

    /// One level of a streamed expression; its operand streams in turn.
    fn stream_one(&self, expr: &Expr, grid: Grid, around: Around<'_>, sink: Sink<'_>) -> Result<()> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.stream(inner, grid, around, sink),
            ExprKind::Selector(selector) => self.stream_selector(selector, grid, around, Yield::Values, sink),
            ExprKind::Unary { negative, expr: inner } => self.stream(inner, grid, Around::default(), &mut |mut one| {
                if *negative {
                    one.column.map(|v| -v);
                    self.drop_name(&mut one);
                }
                sink(one)
            }),
            ExprKind::Binary(node) => binary::stream_with_scalar(self, node, grid, sink),
            ExprKind::Call(call) => self.stream_call(call, grid, around, sink),
            _ => Err(QueryError::unexpected("not a vector")),
        }
    }

    fn stream_call(&self, call: &Call, grid: Grid, around: Around<'_>, sink: Sink<'_>) -> Result<()> {
        match functions::lookup(call.function.name) {
            Some(Builtin::Range(function)) => functions::range::stream(self, function, call, grid, around, sink),
            Some(Builtin::Map(function)) => functions::map::stream(self, *function, call, grid, sink),
            _ => Err(QueryError::unexpected("not a streamed function")),
        }
    }
}

/// The vector that a streamed expression passes on, changed; `None` for other expressions.
fn vector_operand(expr: &Expr) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::Unary { expr, .. } if expr.value_type() == ValueType::InstantVector => Some(expr),
        ExprKind::Binary(node) => match (node.lhs.value_type(), node.rhs.value_type()) {
            (ValueType::InstantVector, ValueType::Scalar) => Some(&node.lhs),
            (ValueType::Scalar, ValueType::InstantVector) => Some(&node.rhs),
            _ => None,
        },
        ExprKind::Call(call) => match functions::lookup(call.function.name)? {
            Builtin::Map(_) => call.args.first(),
            Builtin::Range(_) => call.args.iter().find(|arg| arg.value_type() == ValueType::RangeVector),
            Builtin::Whole(_) => None,
        },
        _ => None,
    }
}

/// Whether the series of a streamed expression differ in more than their metric names.
fn has_unique_labels(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Paren(inner) => has_unique_labels(inner),
        ExprKind::Selector(selector) => has_one_name(selector),
        ExprKind::Range(range) => has_one_name(&range.selector),
        _ => vector_operand(expr).is_some_and(has_unique_labels),
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Paren(_))
}

fn broadcast(value: Value, steps: usize) -> Value {
    match value {
        Value::Vector(mut series) => {
            for one in &mut series {
                one.column = one.column.broadcast(steps);
            }
            Value::Vector(series)
        }
        Value::Scalar(column) => Value::Scalar(ScalarColumn::Constant(column.at(0))),
        Value::String(text) => Value::String(text),
    }
}

fn points(value: &Value) -> usize {
    match value {
        Value::Scalar(column) => column.points(),
        Value::String(_) => 0,
        Value::Vector(series) => series.iter().map(|s| s.column.points()).sum(),
    }
}
