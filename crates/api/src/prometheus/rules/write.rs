//! Groups, rules and alerts as JSON, member by member as the original writes them.

use std::fmt::Write;

use ::rules::{AlertView, GroupView, RuleView};
use model::float::{format_exponent, format_json};
use model::time::format_rfc3339;

use crate::json;

/// Go's moment that is none.
const NEVER: &str = "0001-01-01T00:00:00Z";

pub(super) fn push_group(out: &mut String, group: &GroupView, rules: &[&RuleView], excludes_alerts: bool) {
    out.push_str("{\"name\":");
    json::push_string(out, &group.name);
    push_field(out, "file", &group.file);
    out.push_str(",\"rules\":");
    json::push_list(out, rules, |out, rule| push_rule(out, rule, excludes_alerts));
    push_number(out, "interval", ms_to_seconds(group.interval_ms));
    // Writing to a String cannot fail.
    write!(out, ",\"limit\":{}", group.limit).ok();
    push_evaluation(out, group.evaluation_ns, group.last_evaluation_ms);
    out.push('}');
}

fn push_rule(out: &mut String, rule: &RuleView, excludes_alerts: bool) {
    out.push('{');
    if let Some(alerting) = &rule.alerting {
        out.push_str("\"state\":");
        json::push_string(out, alerting.state.as_str());
        out.push(',');
    }
    out.push_str("\"name\":");
    json::push_string(out, &rule.name);
    push_field(out, "query", &rule.query);
    if let Some(alerting) = &rule.alerting {
        push_number(out, "duration", ms_to_seconds(alerting.for_ms));
        push_number(out, "keepFiringFor", ms_to_seconds(alerting.keep_firing_for_ms));
    }
    push_texts(out, "labels", &rule.labels);
    if let Some(alerting) = &rule.alerting {
        push_texts(out, "annotations", &alerting.annotations);
        out.push_str(",\"alerts\":");
        if excludes_alerts {
            out.push_str("null");
        } else {
            json::push_list(out, &alerting.alerts, push_alert);
        }
    }
    push_field(out, "health", rule.health.as_str());
    if let Some(error) = &rule.last_error {
        push_field(out, "lastError", error);
    }
    push_evaluation(out, rule.evaluation_ns, rule.last_evaluation_ms);
    push_field(out, "type", if rule.alerting.is_some() { "alerting" } else { "recording" });
    out.push('}');
}

pub(super) fn push_alert(out: &mut String, alert: &AlertView) {
    out.push_str("{\"labels\":");
    json::push_labels(out, &alert.labels);
    out.push_str(",\"annotations\":");
    json::push_pairs(out, alert.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    push_field(out, "state", alert.state.as_str());
    push_field(out, "activeAt", &format_rfc3339(alert.active_at_ms));
    if let Some(since_ms) = alert.keep_firing_since_ms {
        push_field(out, "keepFiringSince", &format_rfc3339(since_ms));
    }
    push_field(out, "value", &format_exponent(alert.value));
    out.push('}');
}

fn push_evaluation(out: &mut String, evaluation_ns: i64, last_evaluation_ms: Option<i64>) {
    push_number(out, "evaluationTime", evaluation_ns as f64 / 1e9);
    push_field(out, "lastEvaluation", &last_evaluation_ms.map_or_else(|| NEVER.to_owned(), format_rfc3339));
}

fn push_texts(out: &mut String, name: &str, texts: &[(String, String)]) {
    out.push(',');
    json::push_string(out, name);
    out.push(':');
    json::push_pairs(out, texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
}

fn push_field(out: &mut String, name: &str, text: &str) {
    out.push(',');
    json::push_string(out, name);
    out.push(':');
    json::push_string(out, text);
}

fn push_number(out: &mut String, name: &str, number: f64) {
    out.push(',');
    json::push_string(out, name);
    out.push(':');
    out.push_str(&format_json(number));
}

fn ms_to_seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
