//! Queries as one line of text, the way upstream prints them.
//!
//! What is printed parses back to an equivalent tree. Where upstream's own text would not, ours differs: sizes and numbers that
//! rounding would change are printed in full, numbers without digits as an operation that gives them, empty groupings of range
//! aggregations are kept.

use std::fmt::{self, Write};

use model::Matcher;
use model::labels::Quoted;

use crate::ast::{
    Binary, CompareOp, DropKeepTarget, Expr, Grouping, JsonExpression, LabelFilter, LabelFilterKind, LabelFormat,
    LabelFormatValue, LineFilter, LineMatch, LogExpr, LogRange, LogfmtExpression, MatchCardinality, MetricExpr,
    MetricKind, RangeAggregate, Stage, StageKind, Unwrap, VectorAggregate,
};
use crate::{duration, size};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expr::Log(log) => write!(f, "{log}"),
            Expr::Metric(metric) => write!(f, "{metric}"),
        }
    }
}

impl fmt::Display for LogExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_selector(f, &self.matchers)?;
        self.stages.iter().try_for_each(|stage| write!(f, " {stage}"))
    }
}

pub(crate) fn write_selector(f: &mut dyn Write, matchers: &[Matcher]) -> fmt::Result {
    f.write_char('{')?;
    write_joined(f, ", ", matchers, write_matcher)?;
    f.write_char('}')
}

fn write_joined<T>(
    f: &mut dyn Write,
    separator: &str,
    items: &[T],
    write: impl Fn(&mut dyn Write, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        f.write_str(if i > 0 { separator } else { "" })?;
        write(f, item)?;
    }
    Ok(())
}

/// A matcher; its name never has quotes, since the language has none for it.
fn write_matcher(f: &mut dyn Write, matcher: &Matcher) -> fmt::Result {
    write!(f, "{}{}{}", matcher.name(), matcher.op().as_str(), Quoted(matcher.value()))
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StageKind::LineFilter(filter) => write!(f, "{filter}"),
            StageKind::Json(expressions) => {
                f.write_str("| json")?;
                write_list(f, expressions, |f, e: &JsonExpression| write!(f, "{}={}", e.label, Quoted(&e.text)))
            }
            StageKind::Logfmt { strict, keep_empty, expressions } => {
                f.write_str("| logfmt")?;
                f.write_str(if *strict { " --strict" } else { "" })?;
                f.write_str(if *keep_empty { " --keep-empty" } else { "" })?;
                write_list(f, expressions, |f, e: &LogfmtExpression| write!(f, "{}={}", e.label, Quoted(&e.key)))
            }
            StageKind::Regexp(pattern) => write!(f, "| regexp {}", Quoted(&pattern.text)),
            StageKind::Pattern(template) => write!(f, "| pattern {}", Quoted(&template.text)),
            StageKind::Unpack => f.write_str("| unpack"),
            StageKind::LabelFilter(filter) => write!(f, "| {filter}"),
            StageKind::LineFormat(template) => write!(f, "| line_format {}", Quoted(template)),
            StageKind::LabelFormat(formats) => {
                f.write_str("| label_format")?;
                write_list(f, formats, write_label_format)
            }
            StageKind::Decolorize => f.write_str("| decolorize"),
            StageKind::Drop(targets) => {
                f.write_str("| drop")?;
                write_list(f, targets, write_target)
            }
            StageKind::Keep(targets) => {
                f.write_str("| keep")?;
                write_list(f, targets, write_target)
            }
        }
    }
}

/// The list behind a stage's name; nothing if it is empty.
fn write_list<T>(f: &mut dyn Write, items: &[T], write: impl Fn(&mut dyn Write, &T) -> fmt::Result) -> fmt::Result {
    f.write_str(if items.is_empty() { "" } else { " " })?;
    write_joined(f, ",", items, write)
}

fn write_label_format(f: &mut dyn Write, format: &LabelFormat) -> fmt::Result {
    match &format.value {
        LabelFormatValue::Rename(source) => write!(f, "{}={source}", format.name),
        LabelFormatValue::Template(template) => write!(f, "{}={}", format.name, Quoted(template)),
    }
}

fn write_target(f: &mut dyn Write, target: &DropKeepTarget) -> fmt::Result {
    match target {
        DropKeepTarget::Name(name) => f.write_str(name),
        DropKeepTarget::Matcher(matcher) => write_matcher(f, matcher),
    }
}

impl fmt::Display for LineFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = self.op.as_str();
        for (i, alternative) in self.alternatives.iter().enumerate() {
            match (i, self.op.is_negated()) {
                (0, _) => write!(f, "{op} ")?,
                // Alternatives of a negated filter all have to be absent, which a filter each says too.
                (_, true) => write!(f, " {op} ")?,
                (_, false) => f.write_str(" or ")?,
            }
            match alternative {
                LineMatch::Ip(pattern) => write!(f, "ip({})", Quoted(&pattern.text))?,
                other => write!(f, "{}", Quoted(other.text()))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for LabelFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LabelFilterKind::And(left, right) => write!(f, "( {left} , {right} )"),
            LabelFilterKind::Or(left, right) => write!(f, "( {left} or {right} )"),
            LabelFilterKind::String(matcher) => write_matcher(f, matcher),
            LabelFilterKind::Number { name, op, value } => {
                write_comparison(f, name, *op, &model::float::format_plain(*value))
            }
            LabelFilterKind::Duration { name, op, value_ns } => {
                write_comparison(f, name, *op, &duration::format_go(*value_ns))
            }
            LabelFilterKind::Bytes { name, op, value_bytes } => {
                write_comparison(f, name, *op, &size::format_bytes(*value_bytes))
            }
            LabelFilterKind::Ip { name, negated, pattern } => {
                write!(f, "{name}{}ip({})", if *negated { "!=" } else { "=" }, Quoted(&pattern.text))
            }
        }
    }
}

fn write_comparison(f: &mut dyn Write, name: &str, op: CompareOp, value: &str) -> fmt::Result {
    write!(f, "{name}{}{value}", op.as_str())
}

impl fmt::Display for MetricExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            MetricKind::Literal(value) => f.write_str(&literal(*value)),
            MetricKind::Vector(value) => write!(f, "vector({})", fixed(*value)),
            MetricKind::RangeAggregate(aggregate) => write_range_aggregate(f, aggregate),
            MetricKind::VectorAggregate(aggregate) => write_vector_aggregate(f, aggregate),
            MetricKind::Binary(binary) => {
                let rhs = binary.rhs.to_string();
                write!(f, "({} {} {rhs})", binary.lhs, operator(binary, &rhs))
            }
            MetricKind::LabelReplace(replace) => {
                let arguments = [&replace.dst, &replace.replacement, &replace.src, &replace.regex.text];
                write!(f, "label_replace({}", replace.expr)?;
                arguments.iter().try_for_each(|argument| write!(f, ",{}", Quoted(argument)))?;
                f.write_char(')')
            }
        }
    }
}

/// A number; what has no digits is written as an operation that gives it.
pub(crate) fn literal(value: f64) -> String {
    if value.is_nan() {
        "(0 / 0)".to_owned()
    } else if value.is_infinite() {
        format!("({}1e308 * 10)", if value < 0.0 { "-" } else { "" })
    } else {
        model::float::format_shortest(value)
    }
}

/// A number with six digits behind the point if that says it exactly, otherwise with as many as it takes.
fn fixed(value: f64) -> String {
    let text = format!("{value:.6}");
    let is_exact = text.parse::<f64>().is_ok_and(|again| again.to_bits() == value.to_bits());
    if is_exact { text } else { model::float::format_plain(value) }
}

fn write_range_aggregate(f: &mut dyn Write, aggregate: &RangeAggregate) -> fmt::Result {
    write!(f, "{}(", aggregate.op.as_str())?;
    if let Some(param) = aggregate.param {
        write!(f, "{},", model::float::format_shortest(param))?;
    }
    write!(f, "{})", aggregate.range)?;
    aggregate.grouping.as_ref().map_or(Ok(()), |grouping| write!(f, " {}", grouping_text(grouping, ",")))
}

/// A grouping, its labels joined by a separator.
pub(crate) fn grouping_text(grouping: &Grouping, separator: &str) -> String {
    let keyword = if grouping.without { "without" } else { "by" };
    format!("{keyword} ({})", grouping.labels.join(separator))
}

/// The grouping if it says anything: `by ()` does what no grouping does.
pub(crate) fn vector_grouping(aggregate: &VectorAggregate) -> Option<&Grouping> {
    aggregate.grouping.as_ref().filter(|grouping| grouping.without || !grouping.labels.is_empty())
}

fn write_vector_aggregate(f: &mut dyn Write, aggregate: &VectorAggregate) -> fmt::Result {
    f.write_str(aggregate.op.as_str())?;
    if let Some(grouping) = vector_grouping(aggregate) {
        write!(f, " {}", grouping_text(grouping, ","))?;
    }
    f.write_char('(')?;
    if let Some(param) = aggregate.param {
        write!(f, "{param},")?;
    }
    write!(f, "{})", aggregate.expr)
}

/// An operator with its modifiers, in front of the text of its right side.
pub(crate) fn operator(binary: &Binary, rhs: &str) -> String {
    let mut text = binary.op.as_str().to_owned();
    if binary.return_bool {
        text.push_str(" bool");
    }
    let Some(matching) = &binary.matching else { return text };
    let group = match matching.cardinality {
        MatchCardinality::OneToOne => "",
        MatchCardinality::ManyToOne => "group_left",
        MatchCardinality::OneToMany => "group_right",
    };
    let keyword = if matching.on { "on" } else { "ignoring" };
    text.push_str(&format!(" {keyword} ({}) {group}", matching.labels.join(",")));
    // Without labels of its own it would take a parenthesis that follows for theirs.
    if !matching.include.is_empty() || (!group.is_empty() && rhs.trim_start().starts_with('(')) {
        text.push_str(&format!(" ({})", matching.include.join(",")));
    }
    text
}

impl fmt::Display for LogRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.log)?;
        if let Some(unwrap) = &self.unwrap {
            write!(f, " {}", unwrap_head(unwrap))?;
            unwrap.filters.iter().try_for_each(|filter| write!(f, " | {filter}"))?;
        }
        write!(f, "[{}]", window_text(self.range_ns))?;
        match self.offset_ns {
            0 => Ok(()),
            offset_ns => write!(f, " offset {}", duration::format_go(offset_ns)),
        }
    }
}

/// `| unwrap` with its label, without filters.
pub(crate) fn unwrap_head(unwrap: &Unwrap) -> String {
    match unwrap.conversion {
        Some(conversion) => format!("| unwrap {}({})", conversion.as_str(), unwrap.label),
        None => format!("| unwrap {}", unwrap.label),
    }
}

/// The length of a window, which is in whole milliseconds.
pub(crate) fn window_text(ns: i64) -> String {
    model::duration::DisplayDuration { ms: ns / 1_000_000 }.to_string()
}
