//! The syntax tree of a PromQL expression.
//!
//! Every node knows where it stands in the query text, since errors, warnings and editors point at it. The tree says what was
//! written; names of functions and label names are kept as text, durations as expressions, so that a formatter can
//! give back an equivalent query. The parser has checked types (see [`crate::parse`]): an evaluator may rely on a call
//! having arguments of the right number and type.

use model::Matcher;

/// A stretch of the query text, in bytes: `start..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// An expression and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number; a duration literal such as `5m` is a number of seconds.
    Number(NumberLiteral),
    /// A string.
    String(String),
    /// `name{label="value"}` with modifiers.
    Selector(VectorSelector),
    /// `selector[5m]` with modifiers.
    Range(RangeSelector),
    /// `expr[1h:5m]` with modifiers.
    Subquery(Box<Subquery>),
    /// `name(args…)`.
    Call(Call),
    /// `sum by (job) (expr)`.
    Aggregate(Box<Aggregate>),
    /// `lhs + rhs`.
    Binary(Box<Binary>),
    /// `-expr` or `+expr`.
    Unary {
        /// Whether the sign is a minus.
        negative: bool,
        /// What it applies to.
        expr: Box<Expr>,
    },
    /// `(expr)`.
    Paren(Box<Expr>),
}

/// The type of an expression's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A number.
    Scalar,
    /// A string.
    String,
    /// One sample per series.
    InstantVector,
    /// A stretch of samples per series.
    RangeVector,
}

impl ValueType {
    /// The name that error messages use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ValueType::Scalar => "scalar",
            ValueType::String => "string",
            ValueType::InstantVector => "instant vector",
            ValueType::RangeVector => "range vector",
        }
    }
}

/// A number as it was written.
#[derive(Clone, Copy, Debug)]
pub struct NumberLiteral {
    /// Its value; seconds when it was written as a duration.
    pub value: f64,
    /// Whether it was written as a duration (`1h30m`).
    pub is_duration: bool,
}

impl PartialEq for NumberLiteral {
    /// By bits, so that a tree holding NaN equals itself.
    fn eq(&self, other: &NumberLiteral) -> bool {
        self.value.to_bits() == other.value.to_bits() && self.is_duration == other.is_duration
    }
}

/// An instant selector.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSelector {
    /// The metric name, written before the braces or as a quoted string within; also among the matchers.
    pub name: Option<String>,
    /// Whether the name was written as a quoted string within the braces, which printing keeps apart.
    pub name_is_quoted: bool,
    /// All matchers, the one on `__name__` included, in the order written.
    pub matchers: Vec<Matcher>,
    /// `offset`, `@`, `anchored`, `smoothed`.
    pub modifiers: SelectorModifiers,
}

/// `offset` and `@` behind a selector or subquery, and the extended range modifiers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SelectorModifiers {
    /// `offset 5m`; negative looks into the future.
    pub offset: Option<DurationExpr>,
    /// `@ 123`, `@ start()`, `@ end()`.
    pub at: Option<AtModifier>,
    /// `anchored` or `smoothed` (only on selectors).
    pub extended: Option<ExtendedRange>,
}

/// What `@` pins the evaluation time to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtModifier {
    /// A moment in milliseconds since the epoch.
    Time(i64),
    /// `start()` of the query range.
    Start,
    /// `end()` of the query range.
    End,
}

/// How a range treats its borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtendedRange {
    /// `anchored`: the last sample before the range counts as standing at its start.
    Anchored,
    /// `smoothed`: values at both borders are interpolated.
    Smoothed,
}

/// A range selector. Modifiers written behind the bracket belong to the selector inside.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeSelector {
    /// What is selected, with the modifiers.
    pub selector: VectorSelector,
    /// Where the selector itself stands, without bracket and modifiers.
    pub selector_span: Span,
    /// The length of the range.
    pub range: DurationExpr,
}

/// A subquery.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// The instant-vector expression evaluated at each step.
    pub expr: Expr,
    /// The length of the range.
    pub range: DurationExpr,
    /// The distance of steps; absent means the default interval.
    pub step: Option<DurationExpr>,
    /// `offset` and `@`.
    pub modifiers: SelectorModifiers,
}

/// A duration, which may be computed: `5m`, `2 * 30s`, `step()`, `min_of(1h, range())`.
#[derive(Clone, Debug, PartialEq)]
pub struct DurationExpr {
    /// What it is.
    pub kind: DurationKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of duration expression.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationKind {
    /// A literal in seconds, written as a duration or a plain number.
    Literal(NumberLiteral),
    /// `step()`: the step of the query.
    Step,
    /// `range()`: end minus start of the query.
    Range,
    /// `-d` or `+d`.
    Unary {
        /// Whether the sign is a minus.
        negative: bool,
        /// What it applies to.
        expr: Box<DurationExpr>,
    },
    /// `a + b` and the other arithmetic operators.
    Binary {
        /// One of `+ - * / % ^`.
        op: BinaryOp,
        /// Left side.
        lhs: Box<DurationExpr>,
        /// Right side.
        rhs: Box<DurationExpr>,
    },
    /// `min_of(a, b)`.
    MinOf(Box<DurationExpr>, Box<DurationExpr>),
    /// `max_of(a, b)`.
    MaxOf(Box<DurationExpr>, Box<DurationExpr>),
    /// `(d)`.
    Paren(Box<DurationExpr>),
}

/// A function call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function, with its signature.
    pub function: &'static crate::functions::Function,
    /// The arguments.
    pub args: Vec<Expr>,
}

/// An aggregation.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// The operator.
    pub op: AggregateOp,
    /// `by` or `without` with its labels; `None` when nothing was written, which aggregates everything into one.
    pub grouping: Option<AggregateGrouping>,
    /// The first argument of `topk`, `quantile`, `count_values` and their like.
    pub param: Option<Expr>,
    /// What is aggregated.
    pub expr: Expr,
}

/// `by (…)` or `without (…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateGrouping {
    /// `without` instead of `by`.
    pub without: bool,
    /// The labels named.
    pub labels: Vec<String>,
}

/// Aggregation operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum AggregateOp {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    Topk,
    Bottomk,
    CountValues,
    Quantile,
    Limitk,
    LimitRatio,
}

/// A binary operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// The operator.
    pub op: BinaryOp,
    /// Left side.
    pub lhs: Expr,
    /// Right side.
    pub rhs: Expr,
    /// `bool` behind a comparison: 0 or 1 instead of filtering.
    pub return_bool: bool,
    /// How series of the two sides are paired; `None` unless both sides are vectors.
    pub matching: Option<VectorMatching>,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `<`
    Lt,
    /// `>=`
    Ge,
    /// `<=`
    Le,
    And,
    Or,
    Unless,
    /// `</`: keeps the part of a native histogram below a value.
    TrimUpper,
    /// `>/`: keeps the part of a native histogram above a value.
    TrimLower,
}

impl BinaryOp {
    /// Whether it is one of `== != > < >= <=`.
    #[must_use]
    pub fn is_comparison(self) -> bool {
        matches!(self, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Gt | BinaryOp::Lt | BinaryOp::Ge | BinaryOp::Le)
    }

    /// Whether it is one of `and or unless`.
    pub(crate) fn is_set(self) -> bool {
        matches!(self, BinaryOp::And | BinaryOp::Or | BinaryOp::Unless)
    }
}

/// How series of two vectors are paired.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorMatching {
    /// One-to-one unless `group_left` or `group_right` was written; many-to-many for set operators.
    pub cardinality: MatchCardinality,
    /// `on` (true) or `ignoring` (false, also when neither was written).
    pub on: bool,
    /// The labels of `on` or `ignoring`.
    pub labels: Vec<String>,
    /// The labels that `group_left` or `group_right` copies from the "one" side.
    pub include: Vec<String>,
    /// `fill`, `fill_left`: the value for a missing left side.
    pub fill_left: Option<f64>,
    /// `fill`, `fill_right`: the value for a missing right side.
    pub fill_right: Option<f64>,
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
    /// set operators
    ManyToMany,
}
