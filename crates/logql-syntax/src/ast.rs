//! The syntax tree of a LogQL query.
//!
//! Every node knows where it stands in the query text. The tree holds arguments in the form in which evaluation needs them:
//! expressions compiled, patterns cut into parts, durations in nanoseconds, sizes in bytes. A query is either a log query
//! or a metric query, and the types keep the two apart. Parentheses leave no trace in the tree.

mod metric;
mod pipeline;

pub use metric::{
    Binary, BinaryOp, Grouping, LabelReplace, LogRange, MatchCardinality, MetricExpr, MetricKind, RangeAggregate,
    RangeOp, Unwrap, UnwrapConversion, VectorAggregate, VectorMatching, VectorOp,
};
pub use pipeline::{
    CompareOp, DropKeepTarget, IpPattern, IpRange, JsonExpression, JsonKey, LabelFilter, LabelFilterKind, LabelFormat,
    LabelFormatValue, LineFilter, LineFilterOp, LineMatch, LogExpr, LogfmtExpression, Pattern, PatternPart,
    PatternTemplate, Stage, StageKind,
};

/// A stretch of the query text, in bytes: `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// Selects log lines.
    Log(LogExpr),
    /// Computes samples.
    Metric(MetricExpr),
}

impl Expr {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Expr::Log(log) => log.span,
            Expr::Metric(metric) => metric.span,
        }
    }

    /// All log selections in it, in the order written.
    #[must_use]
    pub fn log_exprs(&self) -> Vec<&LogExpr> {
        match self {
            Expr::Log(log) => vec![log],
            Expr::Metric(metric) => metric.log_ranges().into_iter().map(|range| &range.log).collect(),
        }
    }
}
