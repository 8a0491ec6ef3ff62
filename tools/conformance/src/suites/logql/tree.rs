//! Syntax trees in the form in which cases have them.

use logql_syntax::ast::{
    Expr, Grouping, LabelFilter, LabelFilterKind, LabelFormatValue, LineMatch, LogExpr, LogRange, MatchCardinality,
    MetricExpr, MetricKind, Stage, StageKind, VectorMatching,
};
use model::Matcher;
use serde_json::{Value, json};

/// The tree of a query.
pub(super) fn of_expr(expr: &Expr) -> Value {
    match expr {
        Expr::Log(log) => of_log(log),
        Expr::Metric(metric) => of_metric(metric),
    }
}

pub(super) fn of_matcher(matcher: &Matcher) -> Value {
    json!([matcher.name(), matcher.op().as_str(), matcher.value()])
}

fn of_log(log: &LogExpr) -> Value {
    let matchers: Value = log.matchers.iter().map(of_matcher).collect();
    if log.stages.is_empty() {
        return json!({ "t": "selector", "matchers": matchers });
    }
    json!({ "t": "pipeline", "selector": matchers, "stages": log.stages.iter().map(of_stage).collect::<Value>() })
}

fn of_stage(stage: &Stage) -> Value {
    match &stage.kind {
        StageKind::LineFilter(filter) => {
            let alternative = |alternative: &LineMatch| match alternative {
                LineMatch::Ip(pattern) => json!({ "fn": "ip", "match": pattern.text }),
                other => json!(other.text()),
            };
            let any: Value = filter.alternatives.iter().map(alternative).collect();
            json!({ "t": "line_filter", "op": filter.op.as_str(), "any": any })
        }
        StageKind::Json(expressions) => {
            let exprs: Value = expressions.iter().map(|e| json!([e.label, e.text])).collect();
            json!({ "t": "json", "exprs": exprs })
        }
        StageKind::Logfmt { strict, keep_empty, expressions } => {
            let exprs: Value = expressions.iter().map(|e| json!([e.label, e.key])).collect();
            json!({ "t": "logfmt", "strict": strict, "keep_empty": keep_empty, "exprs": exprs })
        }
        StageKind::Regexp(pattern) => json!({ "t": "regexp", "pattern": pattern.text }),
        StageKind::Pattern(template) => json!({ "t": "pattern", "pattern": template.text }),
        StageKind::Unpack => json!({ "t": "unpack" }),
        StageKind::LabelFilter(filter) => json!({ "t": "label_filter", "f": of_filter(filter) }),
        StageKind::LineFormat(template) => json!({ "t": "line_format", "template": template }),
        StageKind::LabelFormat(formats) => {
            let format = |format: &logql_syntax::ast::LabelFormat| match &format.value {
                LabelFormatValue::Rename(source) => json!({ "name": format.name, "rename": source }),
                LabelFormatValue::Template(template) => json!({ "name": format.name, "template": template }),
            };
            json!({ "t": "label_format", "formats": formats.iter().map(format).collect::<Value>() })
        }
        StageKind::Decolorize => json!({ "t": "decolorize" }),
        StageKind::Drop(_) => json!({ "t": "drop" }),
        StageKind::Keep(_) => json!({ "t": "keep" }),
    }
}

fn of_filter(filter: &LabelFilter) -> Value {
    match &filter.kind {
        LabelFilterKind::And(l, r) => json!({ "t": "and", "l": of_filter(l), "r": of_filter(r) }),
        LabelFilterKind::Or(l, r) => json!({ "t": "or", "l": of_filter(l), "r": of_filter(r) }),
        LabelFilterKind::String(matcher) => json!({ "t": "str", "m": of_matcher(matcher) }),
        LabelFilterKind::Number { name, op, value } => {
            json!({ "t": "num", "op": op.as_str(), "name": name, "value": value })
        }
        LabelFilterKind::Duration { name, op, value_ns } => {
            json!({ "t": "dur", "op": op.as_str(), "name": name, "ns": value_ns })
        }
        LabelFilterKind::Bytes { name, op, value_bytes } => {
            json!({ "t": "bytes", "op": op.as_str(), "name": name, "bytes": value_bytes })
        }
        LabelFilterKind::Ip { name, negated, pattern } => {
            let op = if *negated { "!=" } else { "==" };
            json!({ "t": "ip", "op": op, "name": name, "pattern": pattern.text })
        }
    }
}

fn of_metric(metric: &MetricExpr) -> Value {
    match &metric.kind {
        MetricKind::Literal(value) => json!({ "t": "literal", "value": value }),
        MetricKind::Vector(value) => json!({ "t": "vector", "value": value }),
        MetricKind::RangeAggregate(aggregate) => json!({
            "t": "range_agg",
            "op": aggregate.op.as_str(),
            "param": aggregate.param,
            "range": of_range(&aggregate.range),
            "grouping": aggregate.grouping.as_ref().map(of_grouping),
        }),
        MetricKind::VectorAggregate(aggregate) => {
            let no_grouping = || json!({ "without": false, "labels": [] });
            json!({
                "t": "vector_agg",
                "op": aggregate.op.as_str(),
                "param": aggregate.param,
                "expr": of_metric(&aggregate.expr),
                "grouping": aggregate.grouping.as_ref().map_or_else(no_grouping, of_grouping),
            })
        }
        MetricKind::Binary(binary) => json!({
            "t": "binop",
            "op": binary.op.as_str(),
            "l": of_metric(&binary.lhs),
            "r": of_metric(&binary.rhs),
            "bool": binary.return_bool,
            "matching": binary.matching.as_ref().map(of_matching),
        }),
        MetricKind::LabelReplace(replace) => json!({
            "t": "label_replace",
            "expr": of_metric(&replace.expr),
            "dst": replace.dst,
            "replacement": replace.replacement,
            "src": replace.src,
            "regex": replace.regex.text,
        }),
    }
}

fn of_range(range: &LogRange) -> Value {
    let unwrap = range.unwrap.as_ref().map(|unwrap| {
        json!({
            "label": unwrap.label,
            "conv": unwrap.conversion.map_or("", |conversion| conversion.as_str()),
            "post": unwrap.filters.iter().map(of_filter).collect::<Value>(),
        })
    });
    let offset_ns = Some(range.offset_ns).filter(|ns| *ns != 0);
    json!({ "t": "log_range", "log": of_log(&range.log), "range_ns": range.range_ns, "unwrap": unwrap, "offset_ns": offset_ns })
}

fn of_grouping(grouping: &Grouping) -> Value {
    json!({ "without": grouping.without, "labels": grouping.labels })
}

fn of_matching(matching: &VectorMatching) -> Value {
    let cardinality = match matching.cardinality {
        MatchCardinality::OneToOne => "one-to-one",
        MatchCardinality::ManyToOne => "many-to-one",
        MatchCardinality::OneToMany => "one-to-many",
    };
    json!({ "card": cardinality, "on": matching.on, "labels": matching.labels, "include": matching.include })
}

/// Compares a tree with that of a case, in which what is empty, false or absent is one.
pub(super) fn expect_same(is: &Value, should: &Value) -> Result<(), String> {
    match (is, should) {
        (Value::Object(is), Value::Object(should)) => {
            let names = is.keys().chain(should.keys().filter(|name| !is.contains_key(*name)));
            let of = |map: &serde_json::Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or_default();
            names.map(String::as_str).filter(|name| !is_untold(is, name)).try_for_each(|name| {
                expect_same(&of(is, name), &of(should, name)).map_err(|error| format!("{name}.{error}"))
            })
        }
        (Value::Array(is), Value::Array(should)) if is.len() == should.len() => {
            is.iter().zip(should).try_for_each(|(is, should)| expect_same(is, should))
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Ok(()),
        _ if is == should || (is_nothing(is) && is_nothing(should)) => Ok(()),
        _ => Err(format!("tree\n     is: {is}\n should: {should}")),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The form of some stages' arguments is not told by any case, so that only the stage itself is compared.
fn is_untold(node: &serde_json::Map<String, Value>, name: &str) -> bool {
    let stage = node.get("t").and_then(Value::as_str);
    name != "t" && matches!(stage, Some("regexp" | "pattern" | "unpack" | "decolorize" | "drop" | "keep"))
}
