//! Aggregations and `label_replace`.

use super::range::STARTS;
use super::{Parsed, Parser, meaning, parse_float, text_of};
use crate::argument;
use crate::ast::{
    Expr, Grouping, LabelReplace, MetricExpr, MetricKind, RangeAggregate, RangeOp, Span, VectorAggregate, VectorOp,
};
use crate::token::TokenKind;

impl Parser<'_> {
    #[inline(never)]
    pub(super) fn range_aggregate(&mut self, op: RangeOp) -> Parsed<MetricExpr> {
        let start = self.take()?.span.start;
        self.expect(TokenKind::OpenParen)?;
        let param = match self.token.kind {
            TokenKind::Number => {
                let param = text_of(self.take()?);
                self.expect(TokenKind::Comma)?;
                Some(param)
            }
            kind if STARTS.contains(&kind) => None,
            _ => return self.unexpected(&[TokenKind::Number, TokenKind::OpenBrace, TokenKind::OpenParen]),
        };
        let range = self.log_range()?;
        self.expect(TokenKind::CloseParen)?;
        let grouping = self.grouping()?;
        let span = self.since(start);
        let param = range_param(op, param, span)?;
        let aggregate = RangeAggregate { op, grouping, param, range };
        check_range_aggregate(&aggregate).or_else(|message| meaning(span, message))?;
        self.grow(span, self.height)?;
        Ok(MetricExpr { kind: MetricKind::RangeAggregate(Box::new(aggregate)), span })
    }

    #[inline(never)]
    pub(super) fn vector_aggregate(&mut self, op: VectorOp) -> Parsed<MetricExpr> {
        let start = self.take()?.span.start;
        let mut grouping = self.grouping()?;
        self.expect(TokenKind::OpenParen)?;
        let (param, expr) = self.param_and_metric()?;
        if self.token.kind != TokenKind::CloseParen {
            return self.unexpected(&[]);
        }
        self.take()?;
        if grouping.is_none() {
            grouping = self.grouping()?;
        }
        let span = self.since(start);
        let param = vector_param(op, param, span)?;
        check_grouping(op, grouping.as_ref()).or_else(|message| meaning(span, message))?;
        self.grow(span, self.height)?;
        let aggregate = VectorAggregate { op, grouping, param, expr };
        Ok(MetricExpr { kind: MetricKind::VectorAggregate(Box::new(aggregate)), span })
    }

    /// `5, expr` or `expr`, which may begin with a number too.
    fn param_and_metric(&mut self) -> Parsed<(Option<String>, MetricExpr)> {
        if self.token.kind != TokenKind::Number {
            return Ok((None, self.metric()?));
        }
        let number = self.token.clone();
        self.descend()?;
        self.take()?;
        if self.take_if(TokenKind::Comma)? {
            self.depth -= 1;
            return Ok((Some(text_of(number)), self.metric()?));
        }
        self.height = 1;
        let literal = super::literal(&text_of(number.clone()), false, number.span)?;
        let expr = self.binary_behind(Expr::Metric(literal), 0)?;
        self.depth -= 1;
        Ok((None, self.only_metric(expr)?))
    }

    /// A metric expression within a call, which costs the stack more than one in parentheses does.
    fn metric(&mut self) -> Parsed<MetricExpr> {
        self.descend()?;
        let expr = self.binary(0)?;
        self.depth -= 1;
        self.only_metric(expr)
    }

    /// Behind a log query within a metric query only an operator could follow, and none that did was taken.
    fn only_metric(&self, expr: Expr) -> Parsed<MetricExpr> {
        match expr {
            Expr::Metric(metric) => Ok(metric),
            Expr::Log(_) => self.unexpected(&[]),
        }
    }

    fn grouping(&mut self) -> Parsed<Option<Grouping>> {
        let without = match self.token.kind {
            TokenKind::By => false,
            TokenKind::Without => true,
            _ => return Ok(None),
        };
        self.take()?;
        Ok(Some(Grouping { without, labels: self.label_list()? }))
    }

    /// Labels in parentheses; there may be none.
    pub(super) fn label_list(&mut self) -> Parsed<Vec<String>> {
        self.expect(TokenKind::OpenParen)?;
        let mut labels = Vec::new();
        if self.take_if(TokenKind::CloseParen)? {
            return Ok(labels);
        }
        if self.token.kind != TokenKind::Identifier {
            return self.unexpected(&[TokenKind::Identifier, TokenKind::CloseParen]);
        }
        loop {
            labels.push(self.expect_text(TokenKind::Identifier)?);
            if self.take_if(TokenKind::CloseParen)? {
                return Ok(labels);
            }
            if !self.take_if(TokenKind::Comma)? {
                return self.unexpected(&[TokenKind::Comma, TokenKind::CloseParen]);
            }
        }
    }

    #[inline(never)]
    pub(super) fn label_replace(&mut self) -> Parsed<MetricExpr> {
        let start = self.take()?.span.start;
        self.expect(TokenKind::OpenParen)?;
        let expr = self.metric()?;
        if self.token.kind != TokenKind::Comma {
            return self.unexpected(&[]);
        }
        let mut argument = || {
            self.expect(TokenKind::Comma)?;
            self.expect_text(TokenKind::Str)
        };
        let (dst, replacement, src, regex) = (argument()?, argument()?, argument()?, argument()?);
        self.expect(TokenKind::CloseParen)?;
        let span = self.since(start);
        let regex = argument::anchored_regex(&regex)
            .or_else(|error| meaning(span, format!("invalid regex in label_replace: {error}")))?;
        self.grow(span, self.height)?;
        let replace = LabelReplace { expr, dst, replacement, src, regex };
        Ok(MetricExpr { kind: MetricKind::LabelReplace(Box::new(replace)), span })
    }
}

fn range_param(op: RangeOp, param: Option<String>, span: Span) -> Parsed<Option<f64>> {
    let name = op.as_str();
    match param {
        Some(text) if op != RangeOp::QuantileOverTime => {
            meaning(span, format!("parameter {text} not supported for operation {name}"))
        }
        Some(text) => match parse_float(&text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => meaning(span, format!("invalid parameter for operation {name}: {error}")),
        },
        None if op == RangeOp::QuantileOverTime => meaning(span, format!("parameter required for operation {name}")),
        None => Ok(None),
    }
}

fn check_range_aggregate(aggregate: &RangeAggregate) -> Result<(), String> {
    let (op, name) = (aggregate.op, aggregate.op.as_str());
    if aggregate.grouping.is_some() && !op.allows_grouping() {
        return Err(format!("grouping not allowed for {name} aggregation"));
    }
    match aggregate.range.unwrap {
        Some(_) if !op.allows_unwrap() => Err(format!("invalid aggregation {name} with unwrap")),
        None if !op.allows_lines() => Err(format!("invalid aggregation {name} without unwrap")),
        _ => Ok(()),
    }
}

fn vector_param(op: VectorOp, param: Option<String>, span: Span) -> Parsed<Option<usize>> {
    let name = op.as_str();
    match param {
        Some(text) if !op.has_param() => meaning(span, format!("unsupported parameter for operation {name}({text},")),
        Some(text) => match text.parse::<usize>() {
            Ok(0) => meaning(span, format!("invalid parameter (must be greater than 0) {name}({text}")),
            Ok(param) => Ok(Some(param)),
            Err(_) => meaning(span, format!("invalid parameter {name}({text},")),
        },
        None if op.has_param() => meaning(span, format!("parameter required for operation {name}")),
        None => Ok(None),
    }
}

fn check_grouping(op: VectorOp, grouping: Option<&Grouping>) -> Result<(), String> {
    match (op, grouping) {
        (VectorOp::Sort | VectorOp::SortDesc, Some(grouping)) if !grouping.labels.is_empty() => {
            Err("sort and sort_desc doesn't allow grouping by".to_owned())
        }
        (VectorOp::ApproxTopk, Some(_)) => Err("grouping not allowed for approx_topk aggregation".to_owned()),
        _ => Ok(()),
    }
}
