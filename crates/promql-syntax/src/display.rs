//! Expressions as one line of text, the way upstream prints them.
//!
//! What is printed parses back to an equivalent tree. Where upstream's own text would not, ours differs: a range below a
//! millisecond is printed as a number, an offset that would swallow what follows it gets a sign or parentheses, infinity
//! as a base has no sign, a selector without name and matchers has its braces, and labels to group by that would be read as
//! something else have quotes.

use std::fmt::{self, Write};

use model::duration::DisplayDuration;
use model::labels::{METRIC_NAME, Quoted, is_legacy_label_name};
use model::{MatchOp, Matcher};

use crate::ast::{
    Aggregate, AtModifier, Binary, BinaryOp, DurationExpr, DurationKind, Expr, ExprKind, ExtendedRange,
    MatchCardinality, NumberLiteral, RangeSelector, SelectorModifiers, Subquery, VectorMatching, VectorSelector,
};
use crate::token::TokenKind;

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expr(f, self, Follower::Other)
    }
}

impl fmt::Display for DurationExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_duration(f, self)
    }
}

impl fmt::Display for NumberLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match whole_ms(self.value) {
            Some(ms) if self.is_duration => write!(f, "{}", DisplayDuration { ms }),
            _ => f.write_str(&model::float::format_plain(self.value)),
        }
    }
}

/// What stands behind an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follower {
    /// `^`, which binds tighter than a sign in front; otherwise as the next.
    Power,
    /// An operator that durations know too, which an offset in front would take for its own.
    DurationOperator,
    /// Anything else.
    Other,
}

impl Follower {
    /// What stands behind the left side of an operation.
    pub(crate) fn of_lhs(binary: &Binary) -> Follower {
        match binary.op {
            BinaryOp::Pow => Follower::Power,
            op if op.is_duration_arithmetic() => Follower::DurationOperator,
            _ => Follower::Other,
        }
    }
}

/// An expression on one line, as it may stand before something.
pub(crate) fn line(expr: &Expr, follower: Follower) -> String {
    let mut line = String::new();
    // Writing to a string cannot fail.
    write_expr(&mut line, expr, follower).unwrap_or_default();
    line
}

fn write_expr(f: &mut dyn Write, expr: &Expr, follower: Follower) -> fmt::Result {
    match &expr.kind {
        // Infinity prints with a sign, which would apply to the whole power.
        ExprKind::Number(number) if follower == Follower::Power && number.value == f64::INFINITY => f.write_str("Inf"),
        ExprKind::Number(number) => write!(f, "{number}"),
        ExprKind::String(value) => f.write_str(&quoted(value)),
        ExprKind::Selector(selector) => write_selector(f, selector, follower),
        ExprKind::Range(range) => write_range_selector(f, range, follower),
        ExprKind::Subquery(subquery) => {
            write_expr(f, &subquery.expr, Follower::Other)?;
            write_subquery_suffix(f, subquery, follower)
        }
        ExprKind::Call(call) => {
            write!(f, "{}(", call.function.name)?;
            for (i, arg) in call.args.iter().enumerate() {
                f.write_str(if i > 0 { ", " } else { "" })?;
                write_expr(f, arg, Follower::Other)?;
            }
            f.write_char(')')
        }
        ExprKind::Aggregate(aggregate) => write_aggregate(f, aggregate),
        ExprKind::Binary(binary) => {
            write_expr(f, &binary.lhs, Follower::of_lhs(binary))?;
            f.write_char(' ')?;
            write_operator(f, binary)?;
            f.write_char(' ')?;
            write_expr(f, &binary.rhs, follower)
        }
        ExprKind::Unary { negative, expr } => {
            f.write_char(if *negative { '-' } else { '+' })?;
            write_expr(f, expr, follower)
        }
        ExprKind::Paren(inner) => {
            f.write_char('(')?;
            write_expr(f, inner, Follower::Other)?;
            f.write_char(')')
        }
    }
}

fn write_aggregate(f: &mut dyn Write, aggregate: &Aggregate) -> fmt::Result {
    write_aggregate_head(f, aggregate)?;
    f.write_char('(')?;
    if let Some(param) = &aggregate.param {
        write_expr(f, param, Follower::Other)?;
        f.write_str(", ")?;
    }
    write_expr(f, &aggregate.expr, Follower::Other)?;
    f.write_char(')')
}

/// The operator with its grouping.
pub(crate) fn write_aggregate_head(f: &mut dyn Write, aggregate: &Aggregate) -> fmt::Result {
    f.write_str(aggregate.op.as_str())?;
    match &aggregate.grouping {
        Some(grouping) if grouping.without => write_clause(f, "without", &grouping.labels)?,
        Some(grouping) if !grouping.labels.is_empty() => write_clause(f, "by", &grouping.labels)?,
        // `by ()` groups as nothing does.
        Some(_) | None => return Ok(()),
    }
    f.write_char(' ')
}

/// A keyword with labels: ` by (a, b)`.
fn write_clause(f: &mut dyn Write, keyword: &str, labels: &[String]) -> fmt::Result {
    write!(f, " {keyword} (")?;
    for (i, label) in labels.iter().enumerate() {
        f.write_str(if i > 0 { ", " } else { "" })?;
        if is_legacy_label_name(label) && TokenKind::of_word(label).is_none_or(TokenKind::is_grouping_label) {
            f.write_str(label)?;
        } else {
            f.write_str(&quoted(label))?;
        }
    }
    f.write_char(')')
}

/// The operator with its modifiers.
pub(crate) fn write_operator(f: &mut dyn Write, binary: &Binary) -> fmt::Result {
    f.write_str(binary.op.as_str())?;
    if binary.return_bool {
        f.write_str(" bool")?;
    }
    binary.matching.as_ref().map_or(Ok(()), |matching| write_matching(f, matching))
}

fn write_matching(f: &mut dyn Write, matching: &VectorMatching) -> fmt::Result {
    let group = match matching.cardinality {
        MatchCardinality::ManyToOne => Some("group_left"),
        MatchCardinality::OneToMany => Some("group_right"),
        MatchCardinality::OneToOne | MatchCardinality::ManyToMany => None,
    };
    if !matching.labels.is_empty() || matching.on || group.is_some() {
        write_clause(f, if matching.on { "on" } else { "ignoring" }, &matching.labels)?;
    }
    if let Some(group) = group {
        write_clause(f, group, &matching.include)?;
    }
    let shown = |value| model::float::format_general(value, 21);
    match (matching.fill_left, matching.fill_right) {
        (Some(left), Some(right)) if left.to_bits() == right.to_bits() => write!(f, " fill ({})", shown(left)),
        (left, right) => {
            for (keyword, value) in [("fill_left", left), ("fill_right", right)] {
                if let Some(value) = value {
                    write!(f, " {keyword} ({})", shown(value))?;
                }
            }
            Ok(())
        }
    }
}

fn write_selector(f: &mut dyn Write, selector: &VectorSelector, follower: Follower) -> fmt::Result {
    write_series(f, selector)?;
    let SelectorModifiers { offset, at, extended } = &selector.modifiers;
    write_at(f, *at)?;
    write_extended(f, *extended)?;
    write_offset(f, offset.as_ref(), follower)
}

/// The selector without its modifiers. Matchers are sorted by their text.
fn write_series(f: &mut dyn Write, selector: &VectorSelector) -> fmt::Result {
    let name = selector.name.as_deref().filter(|_| !selector.name_is_quoted);
    let is_shown = |matcher: &&Matcher| {
        let is_name = matcher.name() == METRIC_NAME && matcher.op() == MatchOp::Equal && !matcher.value().is_empty();
        !(is_name && name == Some(matcher.value()))
    };
    let mut matchers: Vec<String> =
        selector.matchers.iter().filter(is_shown).map(|matcher| escape_replacement(&matcher.to_string())).collect();
    matchers.sort();
    f.write_str(name.unwrap_or_default())?;
    if !matchers.is_empty() || name.is_none() {
        write!(f, "{{{}}}", matchers.join(","))?;
    }
    Ok(())
}

fn write_range_selector(f: &mut dyn Write, range: &RangeSelector, follower: Follower) -> fmt::Result {
    write_series(f, &range.selector)?;
    f.write_char('[')?;
    write_whole_duration(f, &range.range)?;
    f.write_char(']')?;
    let SelectorModifiers { offset, at, extended } = &range.selector.modifiers;
    write_extended(f, *extended)?;
    write_at(f, *at)?;
    write_offset(f, offset.as_ref(), follower)
}

/// What stands behind the expression of a subquery.
pub(crate) fn subquery_suffix(subquery: &Subquery, follower: Follower) -> String {
    let mut suffix = String::new();
    // Writing to a string cannot fail.
    write_subquery_suffix(&mut suffix, subquery, follower).unwrap_or_default();
    suffix
}

fn write_subquery_suffix(f: &mut dyn Write, subquery: &Subquery, follower: Follower) -> fmt::Result {
    f.write_char('[')?;
    write_whole_duration(f, &subquery.range)?;
    f.write_char(':')?;
    if let Some(step) = &subquery.step {
        write_whole_duration(f, step)?;
    }
    f.write_char(']')?;
    write_at(f, subquery.modifiers.at)?;
    write_offset(f, subquery.modifiers.offset.as_ref(), follower)
}

fn write_extended(f: &mut dyn Write, extended: Option<ExtendedRange>) -> fmt::Result {
    match extended {
        None => Ok(()),
        Some(ExtendedRange::Anchored) => f.write_str(" anchored"),
        Some(ExtendedRange::Smoothed) => f.write_str(" smoothed"),
    }
}

fn write_at(f: &mut dyn Write, at: Option<AtModifier>) -> fmt::Result {
    match at {
        None => Ok(()),
        Some(AtModifier::Start) => f.write_str(" @ start()"),
        Some(AtModifier::End) => f.write_str(" @ end()"),
        Some(AtModifier::Time(ms)) => {
            let sign = if ms < 0 { "-" } else { "" };
            write!(f, " @ {sign}{}.{:03}", ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000)
        }
    }
}

fn write_offset(f: &mut dyn Write, offset: Option<&DurationExpr>, follower: Follower) -> fmt::Result {
    let Some(offset) = offset else { return Ok(()) };
    f.write_str(" offset ")?;
    match offset_form(offset) {
        OffsetForm::Closed => write_whole_duration(f, offset),
        OffsetForm::Open if follower == Follower::Other => write_duration(f, offset),
        // A sign in front of a parenthesis ends the offset with the parenthesis.
        OffsetForm::Open if matches!(offset.kind, DurationKind::Paren(_)) => write!(f, "+{offset}"),
        OffsetForm::Open => write!(f, "+({offset})"),
        OffsetForm::Ambiguous if follower == Follower::Other => write!(f, "({offset})"),
        OffsetForm::Ambiguous => write!(f, "+({offset})"),
    }
}

/// How the text of an offset behaves where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OffsetForm {
    /// It ends by itself.
    Closed,
    /// It takes in operators that follow.
    Open,
    /// It would end too early, so it needs parentheses.
    Ambiguous,
}

fn offset_form(offset: &DurationExpr) -> OffsetForm {
    match &offset.kind {
        DurationKind::Literal(_)
        | DurationKind::Step
        | DurationKind::Range
        | DurationKind::MinOf(..)
        | DurationKind::MaxOf(..) => OffsetForm::Closed,
        DurationKind::Paren(_) => OffsetForm::Open,
        DurationKind::Unary { expr, .. } => match &expr.kind {
            DurationKind::Unary { .. } => OffsetForm::Open,
            DurationKind::Binary { .. } => OffsetForm::Ambiguous,
            _ => OffsetForm::Closed,
        },
        DurationKind::Binary { lhs, .. } => {
            let mut first = lhs;
            while let DurationKind::Binary { lhs, .. } = &first.kind {
                first = lhs;
            }
            if offset_form(first) == OffsetForm::Open { OffsetForm::Open } else { OffsetForm::Ambiguous }
        }
    }
}

/// A duration that stands alone: a number is shown with units, whichever way it was written.
fn write_whole_duration(f: &mut dyn Write, duration: &DurationExpr) -> fmt::Result {
    match &duration.kind {
        DurationKind::Literal(number) => write!(f, "{}", NumberLiteral { is_duration: true, ..*number }),
        _ => write_duration(f, duration),
    }
}

fn write_duration(f: &mut dyn Write, duration: &DurationExpr) -> fmt::Result {
    match &duration.kind {
        DurationKind::Literal(number) => write!(f, "{number}"),
        DurationKind::Step => f.write_str("step()"),
        DurationKind::Range => f.write_str("range()"),
        DurationKind::Unary { negative, expr } => {
            f.write_str(if *negative { "-" } else { "" })?;
            write_duration(f, expr)
        }
        DurationKind::Binary { op, lhs, rhs } => {
            write_duration(f, lhs)?;
            write!(f, " {} ", op.as_str())?;
            write_duration(f, rhs)
        }
        DurationKind::MinOf(a, b) => write_two(f, "min_of", a, b),
        DurationKind::MaxOf(a, b) => write_two(f, "max_of", a, b),
        DurationKind::Paren(inner) => {
            f.write_char('(')?;
            write_duration(f, inner)?;
            f.write_char(')')
        }
    }
}

fn write_two(f: &mut dyn Write, function: &str, a: &DurationExpr, b: &DurationExpr) -> fmt::Result {
    write!(f, "{function}(")?;
    write_duration(f, a)?;
    f.write_str(", ")?;
    write_duration(f, b)?;
    f.write_char(')')
}

fn quoted(text: &str) -> String {
    escape_replacement(&Quoted(text).to_string())
}

/// The replacement character must be escaped, since queries that hold it as it is are taken to be broken UTF-8.
fn escape_replacement(text: &str) -> String {
    text.replace(char::REPLACEMENT_CHARACTER, "\\ufffd")
}

/// The milliseconds of a number of seconds, if it has no smaller part that matters.
fn whole_ms(seconds: f64) -> Option<i64> {
    let ms = (seconds * 1000.0).round();
    let is_exact = (seconds * 1000.0 - ms).abs() < 1e-6 && ms.abs() <= 9_223_372_036_854.0;
    (is_exact && (ms != 0.0 || seconds == 0.0)).then_some(ms as i64)
}
