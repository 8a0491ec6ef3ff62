//! Expressions over several lines, the way upstream's `format_query` answers.
//!
//! What fits in a hundred columns stays on one line; what does not is split at its parentheses and operators, with what is
//! inside indented by two more spaces.

use crate::ast::{Aggregate, Binary, Call, Expr, ExprKind};
use crate::display::{Follower, line, subquery_suffix, write_aggregate_head, write_operator};

/// The length in bytes up to which an expression stays on one line; indentation does not count.
const MAX_LINE_BYTES: usize = 100;
/// What each level is indented by.
const INDENT: &str = "  ";

/// Formats an expression.
#[must_use]
pub fn format(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr, 0, Follower::Other);
    out
}

fn write_expr(out: &mut String, expr: &Expr, level: usize, follower: Follower) {
    let line = line(expr, follower);
    let is_short = line.len() <= MAX_LINE_BYTES;
    match &expr.kind {
        // As upstream has it, a short subquery is the only thing that is not indented.
        ExprKind::Subquery(_) if is_short => out.push_str(&line),
        ExprKind::Subquery(subquery) => {
            write_expr(out, &subquery.expr, level, Follower::Other);
            out.push_str(&subquery_suffix(subquery, follower));
        }
        ExprKind::Unary { negative, expr } => {
            indent(out, level);
            out.push(if *negative { '-' } else { '+' });
            let mut operand = String::new();
            write_expr(&mut operand, expr, level, follower);
            out.push_str(operand.trim());
        }
        ExprKind::Aggregate(aggregate) if !is_short => write_aggregate(out, aggregate, level),
        ExprKind::Binary(binary) if !is_short => write_binary(out, binary, level, follower),
        ExprKind::Call(call) if !is_short => write_call(out, call, level),
        ExprKind::Paren(inner) if !is_short => {
            indent(out, level);
            out.push_str("(\n");
            write_expr(out, inner, level + 1, Follower::Other);
            close(out, level);
        }
        _ => {
            indent(out, level);
            out.push_str(&line);
        }
    }
}

fn write_aggregate(out: &mut String, aggregate: &Aggregate, level: usize) {
    indent(out, level);
    // Writing to a string cannot fail.
    write_aggregate_head(out, aggregate).unwrap_or_default();
    out.push_str("(\n");
    if let Some(param) = &aggregate.param {
        write_expr(out, param, level + 1, Follower::Other);
        out.push_str(",\n");
    }
    write_expr(out, &aggregate.expr, level + 1, Follower::Other);
    close(out, level);
}

fn write_binary(out: &mut String, binary: &Binary, level: usize, follower: Follower) {
    write_expr(out, &binary.lhs, level + 1, Follower::of_lhs(binary));
    out.push('\n');
    indent(out, level);
    // Writing to a string cannot fail.
    write_operator(out, binary).unwrap_or_default();
    out.push('\n');
    write_expr(out, &binary.rhs, level + 1, follower);
}

fn write_call(out: &mut String, call: &Call, level: usize) {
    indent(out, level);
    out.push_str(call.function.name);
    out.push_str("(\n");
    for (i, arg) in call.args.iter().enumerate() {
        out.push_str(if i > 0 { ",\n" } else { "" });
        write_expr(out, arg, level + 1, Follower::Other);
    }
    close(out, level);
}

fn close(out: &mut String, level: usize) {
    out.push('\n');
    indent(out, level);
    out.push(')');
}

fn indent(out: &mut String, level: usize) {
    for _ in 0..level {
        out.push_str(INDENT);
    }
}
