//! Asking the stores.

use std::fmt;
use std::sync::Arc;

use model::Labels;
use promql::{QueryError, QueryValue};
use storage::{CancelToken, LogStore, MetricStore, TenantId};

use crate::spec::{Expression, Language, Tree};

/// Where answers come from.
#[derive(Clone)]
pub struct Sources {
    /// The metric store, which also takes what rules make.
    pub metrics: Arc<dyn MetricStore>,
    /// What evaluates PromQL.
    pub engine: promql::Engine,
    /// The log store and what evaluates LogQL; without them rules in that language fail.
    pub logs: Option<Logs>,
    /// Whose data it is.
    pub tenant: TenantId,
    /// Ends a query that runs when the process is to stop.
    pub cancel: CancelToken,
}

/// The log store and what evaluates LogQL over it.
#[derive(Clone)]
pub struct Logs {
    /// The store.
    pub store: Arc<dyn LogStore>,
    /// The engine.
    pub engine: logql::Engine,
}

/// A sample of an answer.
pub(crate) type Sample = (Labels, f64);

impl Sources {
    /// The answer of a rule's expression at a time: an instant vector, or a scalar as a sample without labels.
    pub(crate) fn ask(&self, expression: &Expression, time_ms: i64) -> Result<Vec<Sample>, String> {
        match &expression.tree {
            Tree::PromQl(expr) => {
                let answer = self.engine.instant(
                    &*self.metrics,
                    self.tenant,
                    expr,
                    expression.text(),
                    time_ms,
                    None,
                    &self.cancel,
                );
                samples(answer.map(|answer| answer.value))
            }
            Tree::LogQl(expr) => {
                let logs = self.logs.as_ref().ok_or("there is no log store to ask")?;
                let at_ns = time_ms.saturating_mul(1_000_000);
                let answer = logs.engine.instant(&*logs.store, self.tenant, expr, at_ns, &self.cancel);
                log_samples(answer.map(|answer| answer.value).map_err(|error| error.to_string())?)
            }
        }
    }

    /// The answer of a query in a template.
    pub(crate) fn ask_text(&self, language: Language, query: &str, time_ms: i64) -> Result<Vec<Sample>, String> {
        self.ask(&Expression::parse(language, query)?, time_ms)
    }
}

fn samples(answer: Result<QueryValue, QueryError>) -> Result<Vec<Sample>, String> {
    match answer.map_err(|error| error.to_string())? {
        QueryValue::Vector(samples) => Ok(samples.into_iter().map(|one| (one.labels, one.value)).collect()),
        QueryValue::Scalar { value, .. } => Ok(vec![(Labels::empty(), value)]),
        QueryValue::String { .. } | QueryValue::Matrix(_) => Err("rule result is not a vector or scalar".to_owned()),
    }
}

fn log_samples(value: logql::QueryValue) -> Result<Vec<Sample>, String> {
    match value {
        logql::QueryValue::Vector(samples) => {
            Ok(samples.into_iter().map(|one| (Labels::from_pairs(one.labels.iter()), one.value)).collect())
        }
        logql::QueryValue::Scalar { value, .. } => Ok(vec![(Labels::empty(), value)]),
        logql::QueryValue::Streams(_) | logql::QueryValue::Matrix(_) => {
            Err("rule result is not a vector or scalar".to_owned())
        }
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Logs")
    }
}
