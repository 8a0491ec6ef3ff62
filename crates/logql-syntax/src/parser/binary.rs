//! Binary operators, how they pair series, and arithmetic on numbers.

use super::{Parsed, Parser, meaning};
use crate::ast::{Binary, BinaryOp, Expr, LogExpr, MatchCardinality, MetricExpr, MetricKind, Span, VectorMatching};
use crate::token::TokenKind;

/// What stands between an operator and its right side.
struct Modifiers {
    return_bool: bool,
    matching: Option<VectorMatching>,
}

impl BinaryOp {
    /// How tightly it binds; a larger number binds tighter.
    pub(crate) fn strength(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::And | BinaryOp::Unless => 2,
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Le => 3,
            BinaryOp::Add | BinaryOp::Sub => 4,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod => 5,
            BinaryOp::Pow => 6,
        }
    }

    /// How tightly an operator on its right side must bind to belong there.
    fn right_strength(self) -> u8 {
        // Only powers group to the right.
        if self == BinaryOp::Pow { self.strength() } else { self.strength() + 1 }
    }
}

impl Parser<'_> {
    /// An expression whose operators bind at least as tightly as `least`.
    pub(super) fn binary(&mut self, least: u8) -> Parsed<Expr> {
        self.descend()?;
        let lhs = self.operand()?;
        let expr = self.binary_behind(lhs, least)?;
        self.depth -= 1;
        Ok(expr)
    }

    /// Operators behind an expression whose height was just noted.
    pub(super) fn binary_behind(&mut self, mut lhs: Expr, least: u8) -> Parsed<Expr> {
        while let TokenKind::Binary(op) = self.token.kind {
            if op.strength() < least {
                break;
            }
            let lhs_height = self.height;
            self.take()?;
            let modifiers = self.modifiers()?;
            let rhs = self.binary(op.right_strength())?;
            let span = Span { start: lhs.span().start, end: rhs.span().end };
            self.grow(span, lhs_height.max(self.height))?;
            lhs = Expr::Metric(combine(op, modifiers, lhs, rhs, span)?);
        }
        Ok(lhs)
    }

    #[inline(never)]
    fn modifiers(&mut self) -> Parsed<Modifiers> {
        let return_bool = self.take_if(TokenKind::Bool)?;
        let on = match self.token.kind {
            TokenKind::On => true,
            TokenKind::Ignoring => false,
            _ => return Ok(Modifiers { return_bool, matching: None }),
        };
        self.take()?;
        let labels = self.label_list()?;
        let cardinality = match self.token.kind {
            TokenKind::GroupLeft => MatchCardinality::ManyToOne,
            TokenKind::GroupRight => MatchCardinality::OneToMany,
            _ => MatchCardinality::OneToOne,
        };
        let mut include = Vec::new();
        if cardinality != MatchCardinality::OneToOne {
            self.take()?;
            if self.token.kind == TokenKind::OpenParen {
                include = self.label_list()?;
            }
        }
        Ok(Modifiers { return_bool, matching: Some(VectorMatching { cardinality, on, labels, include }) })
    }
}

#[inline(never)]
fn combine(op: BinaryOp, modifiers: Modifiers, lhs: Expr, rhs: Expr, span: Span) -> Parsed<MetricExpr> {
    let lhs = sample_side(op, "left", lhs)?;
    let rhs = sample_side(op, "right", rhs)?;
    let value = |side: &MetricExpr| match side.kind {
        MetricKind::Literal(value) => Some(value),
        _ => None,
    };
    let (left, right) = (value(&lhs), value(&rhs));
    if op.is_set() {
        for (side, value) in [("left", left), ("right", right)] {
            let Some(value) = value else { continue };
            let what = format!("logical/set binary operation ({}): {value:.6}", op.as_str());
            return meaning(span, format!("unexpected literal for {side} leg of {what}"));
        }
    }
    let kind = match (left, right) {
        (Some(left), Some(right)) => MetricKind::Literal(fold(op, left, right)),
        _ => {
            let Modifiers { return_bool, matching } = modifiers;
            MetricKind::Binary(Box::new(Binary { op, lhs, rhs, return_bool, matching }))
        }
    };
    Ok(MetricExpr { kind, span })
}

fn sample_side(op: BinaryOp, side: &str, expr: Expr) -> Parsed<MetricExpr> {
    match expr {
        Expr::Metric(metric) => Ok(metric),
        Expr::Log(LogExpr { stages, span, .. }) => {
            let kind = if stages.is_empty() { "MatchersExpr" } else { "PipelineExpr" };
            let op = op.as_str();
            meaning(span, format!("unexpected type for {side} leg of binary operation ({op}): *syntax.{kind}"))
        }
    }
}

/// Computes an operation on two numbers. Comparisons give 0 or 1, division by zero gives not-a-number.
fn fold(op: BinaryOp, left: f64, right: f64) -> f64 {
    let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
    match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div if right == 0.0 => f64::NAN,
        BinaryOp::Div => left / right,
        BinaryOp::Mod if right == 0.0 => f64::NAN,
        BinaryOp::Mod => left % right,
        BinaryOp::Pow => left.powf(right),
        BinaryOp::Eq => truth(left == right),
        BinaryOp::Ne => truth(left != right),
        BinaryOp::Gt => truth(left > right),
        BinaryOp::Ge => truth(left >= right),
        BinaryOp::Lt => truth(left < right),
        BinaryOp::Le => truth(left <= right),
        // Numbers on either side of these are refused before.
        BinaryOp::Or | BinaryOp::And | BinaryOp::Unless => f64::NAN,
    }
}
