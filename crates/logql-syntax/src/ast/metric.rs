//! Metric queries: aggregations over log lines and arithmetic.

use super::{LabelFilter, LogExpr, Pattern, Span};

/// A metric expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricExpr {
    /// What it is.
    pub kind: MetricKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of metric expression.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricKind {
    /// A number; operations on two numbers are computed when the query is parsed.
    Literal(f64),
    /// `vector(1)`
    Vector(f64),
    /// `rate({…}[5m])`
    RangeAggregate(Box<RangeAggregate>),
    /// `sum by (app) (…)`
    VectorAggregate(Box<VectorAggregate>),
    /// `a / b`
    Binary(Box<Binary>),
    /// `label_replace(…)`
    LabelReplace(Box<LabelReplace>),
}

/// An aggregation over the lines of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeAggregate {
    /// The operator.
    pub op: RangeOp,
    /// `by` or `without`; only where the operator allows it.
    pub grouping: Option<Grouping>,
    /// The quantile of `quantile_over_time`, which always has one; no other operator does.
    pub param: Option<f64>,
    /// What is aggregated.
    pub range: LogRange,
}

/// Operators of range aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum RangeOp {
    CountOverTime,
    Rate,
    RateCounter,
    BytesOverTime,
    BytesRate,
    SumOverTime,
    AvgOverTime,
    MaxOverTime,
    MinOverTime,
    StdvarOverTime,
    StddevOverTime,
    QuantileOverTime,
    FirstOverTime,
    LastOverTime,
    AbsentOverTime,
}

/// A log selection over a stretch of time: `{…} | unwrap x [5m] offset 1h`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRange {
    /// The lines.
    pub log: LogExpr,
    /// The length of the window in nanoseconds; it holds lines later than its start, up to its end.
    pub range_ns: i64,
    /// How far the window lies in the past, in nanoseconds; negative looks into the future; 0 when none was written.
    pub offset_ns: i64,
    /// The label whose values are the samples; without it lines are counted or measured.
    pub unwrap: Option<Unwrap>,
    /// Where it stands.
    pub span: Span,
}

/// `| unwrap duration(latency) | latency > 5`
#[derive(Clone, Debug, PartialEq)]
pub struct Unwrap {
    /// The label.
    pub label: String,
    /// How its text becomes a number; plain numbers without.
    pub conversion: Option<UnwrapConversion>,
    /// Label filters behind it, in the order written.
    pub filters: Vec<LabelFilter>,
    /// Where it stands, the `|` in front and filters behind included.
    pub span: Span,
}

/// Conversions of unwrapped labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnwrapConversion {
    /// `bytes(…)`
    Bytes,
    /// `duration(…)`: seconds.
    Duration,
    /// `duration_seconds(…)`: the same.
    DurationSeconds,
}

/// An aggregation over series.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorAggregate {
    /// The operator.
    pub op: VectorOp,
    /// `by` or `without`; absent aggregates everything into one.
    pub grouping: Option<Grouping>,
    /// How many series `topk`, `bottomk` and `approx_topk` keep; at least 1. No other operator has it.
    pub param: Option<usize>,
    /// What is aggregated.
    pub expr: MetricExpr,
}

/// Operators of vector aggregations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum VectorOp {
    Sum,
    Avg,
    Max,
    Min,
    Count,
    Stddev,
    Stdvar,
    Topk,
    Bottomk,
    ApproxTopk,
    Sort,
    SortDesc,
}

/// `by (…)` or `without (…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// `without` instead of `by`.
    pub without: bool,
    /// The labels named.
    pub labels: Vec<String>,
}

/// A binary operation; at least one side is not a literal.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Left side.
    pub lhs: MetricExpr,
    /// Right side.
    pub rhs: MetricExpr,
    /// `bool` behind a comparison: 0 or 1 instead of filtering.
    pub return_bool: bool,
    /// `on` or `ignoring` with what follows; `None` when nothing was written, which pairs series by all labels.
    pub matching: Option<VectorMatching>,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum BinaryOp {
    Or,
    And,
    Unless,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
}

/// How series of two sides are paired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorMatching {
    /// One-to-one unless `group_left` or `group_right` was written.
    pub cardinality: MatchCardinality,
    /// `on` (true) or `ignoring` (false).
    pub on: bool,
    /// The labels of `on` or `ignoring`.
    pub labels: Vec<String>,
    /// The labels that `group_left` or `group_right` copies from the "one" side.
    pub include: Vec<String>,
}

/// How many series on each side may share a match group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MatchCardinality {
    OneToOne,
    /// `group_left`
    ManyToOne,
    /// `group_right`
    OneToMany,
}

/// `label_replace(expr, "dst", "replacement", "src", "regex")`.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelReplace {
    /// What is changed.
    pub expr: MetricExpr,
    /// The label that is set.
    pub dst: String,
    /// What it is set to; `$1` stands for a group.
    pub replacement: String,
    /// The label that is looked at.
    pub src: String,
    /// The expression, which must match the whole value (it is compiled anchored); the text is as written.
    pub regex: Pattern,
}

impl MetricExpr {
    /// All ranges that are read, in the order written.
    pub(crate) fn log_ranges(&self) -> Vec<&LogRange> {
        let mut ranges = Vec::new();
        self.collect_ranges(&mut ranges);
        ranges
    }

    fn collect_ranges<'a>(&'a self, ranges: &mut Vec<&'a LogRange>) {
        match &self.kind {
            MetricKind::Literal(_) | MetricKind::Vector(_) => {}
            MetricKind::RangeAggregate(aggregate) => ranges.push(&aggregate.range),
            MetricKind::VectorAggregate(aggregate) => aggregate.expr.collect_ranges(ranges),
            MetricKind::Binary(binary) => {
                binary.lhs.collect_ranges(ranges);
                binary.rhs.collect_ranges(ranges);
            }
            MetricKind::LabelReplace(replace) => replace.expr.collect_ranges(ranges),
        }
    }
}

impl RangeOp {
    /// All operators.
    pub const ALL: [RangeOp; 15] = [
        RangeOp::CountOverTime,
        RangeOp::Rate,
        RangeOp::RateCounter,
        RangeOp::BytesOverTime,
        RangeOp::BytesRate,
        RangeOp::SumOverTime,
        RangeOp::AvgOverTime,
        RangeOp::MaxOverTime,
        RangeOp::MinOverTime,
        RangeOp::StdvarOverTime,
        RangeOp::StddevOverTime,
        RangeOp::QuantileOverTime,
        RangeOp::FirstOverTime,
        RangeOp::LastOverTime,
        RangeOp::AbsentOverTime,
    ];

    /// The operator as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RangeOp::CountOverTime => "count_over_time",
            RangeOp::Rate => "rate",
            RangeOp::RateCounter => "rate_counter",
            RangeOp::BytesOverTime => "bytes_over_time",
            RangeOp::BytesRate => "bytes_rate",
            RangeOp::SumOverTime => "sum_over_time",
            RangeOp::AvgOverTime => "avg_over_time",
            RangeOp::MaxOverTime => "max_over_time",
            RangeOp::MinOverTime => "min_over_time",
            RangeOp::StdvarOverTime => "stdvar_over_time",
            RangeOp::StddevOverTime => "stddev_over_time",
            RangeOp::QuantileOverTime => "quantile_over_time",
            RangeOp::FirstOverTime => "first_over_time",
            RangeOp::LastOverTime => "last_over_time",
            RangeOp::AbsentOverTime => "absent_over_time",
        }
    }

    /// Whether `by` and `without` may be written.
    pub(crate) fn allows_grouping(self) -> bool {
        use RangeOp::*;
        matches!(
            self,
            AvgOverTime
                | StddevOverTime
                | StdvarOverTime
                | QuantileOverTime
                | MaxOverTime
                | MinOverTime
                | FirstOverTime
                | LastOverTime
        )
    }

    /// Whether it works on unwrapped values.
    pub(crate) fn allows_unwrap(self) -> bool {
        !matches!(self, RangeOp::CountOverTime | RangeOp::BytesOverTime | RangeOp::BytesRate)
    }

    /// Whether it works on lines.
    pub(crate) fn allows_lines(self) -> bool {
        use RangeOp::*;
        matches!(self, CountOverTime | Rate | BytesOverTime | BytesRate | AbsentOverTime)
    }
}

impl UnwrapConversion {
    /// The function as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            UnwrapConversion::Bytes => "bytes",
            UnwrapConversion::Duration => "duration",
            UnwrapConversion::DurationSeconds => "duration_seconds",
        }
    }
}

impl VectorOp {
    /// All operators.
    pub const ALL: [VectorOp; 12] = [
        VectorOp::Sum,
        VectorOp::Avg,
        VectorOp::Max,
        VectorOp::Min,
        VectorOp::Count,
        VectorOp::Stddev,
        VectorOp::Stdvar,
        VectorOp::Topk,
        VectorOp::Bottomk,
        VectorOp::ApproxTopk,
        VectorOp::Sort,
        VectorOp::SortDesc,
    ];

    /// The operator as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            VectorOp::Sum => "sum",
            VectorOp::Avg => "avg",
            VectorOp::Max => "max",
            VectorOp::Min => "min",
            VectorOp::Count => "count",
            VectorOp::Stddev => "stddev",
            VectorOp::Stdvar => "stdvar",
            VectorOp::Topk => "topk",
            VectorOp::Bottomk => "bottomk",
            VectorOp::ApproxTopk => "approx_topk",
            VectorOp::Sort => "sort",
            VectorOp::SortDesc => "sort_desc",
        }
    }

    /// Whether it takes the number of series to keep.
    pub(crate) fn has_param(self) -> bool {
        matches!(self, VectorOp::Topk | VectorOp::Bottomk | VectorOp::ApproxTopk)
    }
}

impl BinaryOp {
    /// The operator as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Or => "or",
            BinaryOp::And => "and",
            BinaryOp::Unless => "unless",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "^",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Gt => ">",
            BinaryOp::Ge => ">=",
            BinaryOp::Lt => "<",
            BinaryOp::Le => "<=",
        }
    }

    /// Whether it is one of `and or unless`.
    pub(crate) fn is_set(self) -> bool {
        matches!(self, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless)
    }
}
