//! Names, precedence and properties of the operators.

use crate::ast::{AggregateOp, BinaryOp};

/// Every aggregation operator, for lookups by name.
const AGGREGATE_OPS: [AggregateOp; 14] = [
    AggregateOp::Sum,
    AggregateOp::Avg,
    AggregateOp::Count,
    AggregateOp::Min,
    AggregateOp::Max,
    AggregateOp::Group,
    AggregateOp::Stddev,
    AggregateOp::Stdvar,
    AggregateOp::Topk,
    AggregateOp::Bottomk,
    AggregateOp::CountValues,
    AggregateOp::Quantile,
    AggregateOp::Limitk,
    AggregateOp::LimitRatio,
];

impl AggregateOp {
    /// The operator as written in queries, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AggregateOp::Sum => "sum",
            AggregateOp::Avg => "avg",
            AggregateOp::Count => "count",
            AggregateOp::Min => "min",
            AggregateOp::Max => "max",
            AggregateOp::Group => "group",
            AggregateOp::Stddev => "stddev",
            AggregateOp::Stdvar => "stdvar",
            AggregateOp::Topk => "topk",
            AggregateOp::Bottomk => "bottomk",
            AggregateOp::CountValues => "count_values",
            AggregateOp::Quantile => "quantile",
            AggregateOp::Limitk => "limitk",
            AggregateOp::LimitRatio => "limit_ratio",
        }
    }

    /// Whether a parameter stands before the aggregated expression, as in `topk(5, x)`.
    pub(crate) fn has_param(self) -> bool {
        matches!(
            self,
            AggregateOp::Topk
                | AggregateOp::Bottomk
                | AggregateOp::CountValues
                | AggregateOp::Quantile
                | AggregateOp::Limitk
                | AggregateOp::LimitRatio
        )
    }

    /// The operator of this name in lower case.
    pub(crate) fn from_name(name: &str) -> Option<AggregateOp> {
        AGGREGATE_OPS.into_iter().find(|op| op.as_str() == name)
    }
}

impl BinaryOp {
    /// The operator as written in queries, in lower case.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "^",
            BinaryOp::Atan2 => "atan2",
            BinaryOp::Eq => "==",
            BinaryOp::Ne => "!=",
            BinaryOp::Gt => ">",
            BinaryOp::Lt => "<",
            BinaryOp::Ge => ">=",
            BinaryOp::Le => "<=",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Unless => "unless",
            BinaryOp::TrimUpper => "</",
            BinaryOp::TrimLower => ">/",
        }
    }

    /// How tightly it binds; a larger number binds tighter.
    pub(crate) fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And | BinaryOp::Unless => 2,
            BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Gt
            | BinaryOp::Lt
            | BinaryOp::Ge
            | BinaryOp::Le
            | BinaryOp::TrimUpper
            | BinaryOp::TrimLower => 3,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Atan2 => 5,
            BinaryOp::Pow => PRECEDENCE_POW,
        }
    }

    /// The least precedence that an operator on the right side must have to belong to that side; `^` is the only operator that
    /// groups from the right.
    pub(crate) fn right_precedence(self) -> u8 {
        if self == BinaryOp::Pow { PRECEDENCE_POW } else { self.precedence() + 1 }
    }

    /// Whether durations may be computed with it.
    pub(crate) fn is_duration_arithmetic(self) -> bool {
        matches!(self, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod | BinaryOp::Pow)
    }
}

/// The precedence of `^`, the only operator that binds tighter than a sign.
pub(crate) const PRECEDENCE_POW: u8 = 6;
