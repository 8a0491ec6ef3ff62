//! Queries as indented text.

use crate::ast::{Binary, BinaryOp, Expr, LogExpr, LogRange, MetricExpr, MetricKind};
use crate::display::{grouping_text, operator, unwrap_head, vector_grouping, window_text, write_selector};
use crate::duration;
use model::labels::Quoted;

const INDENT: &str = "  ";

/// Formats a query: parts that are longer than a line are split up, each of their parts on lines of its own.
#[must_use]
pub fn format(expr: &Expr, max_chars_per_line: usize) -> String {
    let pretty = Pretty { max: max_chars_per_line };
    match expr {
        Expr::Log(log) => pretty.log(log, 0),
        Expr::Metric(metric) => pretty.metric(metric, 0),
    }
}

struct Pretty {
    /// The length of a line in bytes; indentation does not count.
    max: usize,
}

impl Pretty {
    fn metric(&self, metric: &MetricExpr, level: usize) -> String {
        let indent = INDENT.repeat(level);
        let line = metric.to_string();
        if line.len() <= self.max {
            return format!("{indent}{line}");
        }
        match &metric.kind {
            MetricKind::Literal(_) | MetricKind::Vector(_) => format!("{indent}{line}"),
            MetricKind::RangeAggregate(aggregate) => {
                let mut parts: Vec<String> = Vec::new();
                parts.extend(aggregate.param.map(|param| self.inner(level, &model::float::format_shortest(param))));
                parts.push(self.range(&aggregate.range, level + 1));
                let grouping = aggregate.grouping.as_ref().map(|grouping| grouping_text(grouping, ", "));
                let grouping = grouping.map_or(String::new(), |grouping| format!(" {grouping}"));
                format!("{indent}{}(\n{}\n{indent}){grouping}", aggregate.op.as_str(), parts.join(",\n"))
            }
            MetricKind::VectorAggregate(aggregate) => {
                let grouping = vector_grouping(aggregate).map(|grouping| grouping_text(grouping, ", "));
                let grouping = grouping.map_or(String::new(), |grouping| format!(" {grouping}"));
                let mut parts: Vec<String> = Vec::new();
                parts.extend(aggregate.param.map(|param| self.inner(level, &param.to_string())));
                parts.push(self.metric(&aggregate.expr, level + 1));
                format!("{indent}{}{grouping}(\n{}\n{indent})", aggregate.op.as_str(), parts.join(",\n"))
            }
            MetricKind::Binary(binary) => self.binary(binary, level),
            MetricKind::LabelReplace(replace) => {
                let arguments = [&replace.dst, &replace.replacement, &replace.src, &replace.regex.text];
                let mut parts = vec![self.metric(&replace.expr, level + 1)];
                parts.extend(arguments.map(|argument| self.inner(level, &Quoted(argument).to_string())));
                format!("{indent}label_replace(\n{}\n{indent})", parts.join(",\n"))
            }
        }
    }

    /// A part on a line of its own, one level deeper.
    fn inner(&self, level: usize, text: &str) -> String {
        format!("{}{text}", INDENT.repeat(level + 1))
    }

    fn binary(&self, binary: &Binary, level: usize) -> String {
        let lhs = self.side(&binary.lhs, level + 1, |child| needs_parens(child, binary.op, false));
        let rhs = self.side(&binary.rhs, level + 1, |child| needs_parens(child, binary.op, true));
        let operator = operator(binary, &rhs);
        format!("{lhs}\n{}{operator}\n{rhs}", INDENT.repeat(level))
    }

    /// A side of an operation. Operations that fit on a line have parentheses already.
    fn side(&self, side: &MetricExpr, level: usize, needs_parens: impl Fn(BinaryOp) -> bool) -> String {
        let is_split = side.to_string().len() > self.max;
        match &side.kind {
            MetricKind::Binary(child) if is_split && needs_parens(child.op) => {
                let indent = INDENT.repeat(level);
                format!("{indent}(\n{}\n{indent})", self.metric(side, level + 1))
            }
            _ => self.metric(side, level),
        }
    }

    fn log(&self, log: &LogExpr, level: usize) -> String {
        let indent = INDENT.repeat(level);
        let line = log.to_string();
        if line.len() <= self.max {
            return format!("{indent}{line}");
        }
        let mut text = indent;
        // Writing to a string cannot fail.
        write_selector(&mut text, &log.matchers).unwrap_or_default();
        for stage in &log.stages {
            text.push_str(&format!("\n{}{stage}", INDENT.repeat(level + 1)));
        }
        text
    }

    fn range(&self, range: &LogRange, level: usize) -> String {
        let mut text = self.log(&range.log, level);
        if let Some(unwrap) = &range.unwrap {
            let indent = INDENT.repeat(level + 1);
            text.push_str(&format!("\n{indent}{}", unwrap_head(unwrap)));
            for filter in &unwrap.filters {
                text.push_str(&format!("\n{indent}| {filter}"));
            }
        }
        text.push_str(&format!(" [{}]", window_text(range.range_ns)));
        if range.offset_ns != 0 {
            text.push_str(&format!(" offset {}", offset_text(range.offset_ns)));
        }
        text
    }
}

/// Whether an operation on one side of another would read as something else without parentheses.
fn needs_parens(child: BinaryOp, parent: BinaryOp, is_right: bool) -> bool {
    let groups_here = is_right == (parent == BinaryOp::Pow);
    child.strength() < parent.strength() || (child.strength() == parent.strength() && !groups_here)
}

/// An offset in the units of Prometheus where those can say it; they have no negative durations and nothing below a
/// millisecond.
fn offset_text(ns: i64) -> String {
    if ns > 0 && ns % 1_000_000 == 0 { window_text(ns) } else { duration::format_go(ns) }
}
