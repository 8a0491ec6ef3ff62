//! Whether a file's groups make sense, in the words and with the places of Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use config::Position;
use model::labels::{METRIC_NAME, Quoted};

use crate::file::{RawGroup, RawRule};
use crate::spec::{AlertSpec, Expression, GroupSpec, Language, RuleKind, RuleSpec};
use crate::template::Template;

/// Judges the groups of a file: all of them, or everything that is wrong.
pub(crate) fn groups(file: &str, language: Language, raw: Vec<RawGroup>) -> Result<Vec<GroupSpec>, Vec<String>> {
    let file: Arc<str> = Arc::from(file);
    let mut errors = Vec::new();
    let mut names = BTreeSet::new();
    let mut groups = Vec::with_capacity(raw.len());
    for group in raw {
        if group.name.is_empty() {
            errors.push(format!("{file}: {}: Groupname must not be empty", group.position));
        }
        if !names.insert(group.name.clone()) {
            errors.push(format!(
                "{file}: {}: groupname: {} is repeated in the same file",
                group.position,
                Quoted(&group.name)
            ));
        }
        for (name, _) in group.labels.iter().filter(|(name, _)| !is_label_name(name)) {
            errors.push(format!("{file}: {}: invalid label name: {name}", group.position));
        }
        let mut rules = Vec::with_capacity(group.rules.len());
        for (index, raw) in group.rules.into_iter().enumerate() {
            let name = if raw.alert.text.is_empty() { &raw.record.text } else { &raw.alert.text };
            let context = format!("group {}, rule {}, {}", Quoted(&group.name), index + 1, Quoted(name));
            match rule(language, &group.labels, raw) {
                Ok(rule) => rules.push(Arc::new(rule)),
                Err(wrong) => errors.extend(wrong.into_iter().map(|wrong| wrong.show(&file, &context))),
            }
        }
        groups.push(GroupSpec {
            file: Arc::clone(&file),
            name: group.name,
            interval_ms: (group.interval_ms > 0).then_some(group.interval_ms),
            query_offset_ms: group.query_offset_ms,
            limit: group.limit,
            rules,
        });
    }
    if errors.is_empty() { Ok(groups) } else { Err(errors) }
}

/// What is wrong with a rule, and where: at one place, at two, or in the rule as a whole.
struct Wrong {
    places: Vec<Position>,
    message: String,
}

impl Wrong {
    fn show(&self, file: &str, context: &str) -> String {
        let places: String = self.places.iter().map(|place| format!("{place}: ")).collect();
        format!("{file}: {places}{context}: {}", self.message)
    }
}

/// Collects what is wrong with a rule.
struct Findings<'r> {
    raw: &'r RawRule,
    found: Vec<Wrong>,
}

impl Findings<'_> {
    /// At a place; where nothing stands, at the rule.
    fn at(&mut self, place: Option<Position>, message: impl Into<String>) {
        self.found.push(Wrong { places: vec![place.unwrap_or(self.raw.position)], message: message.into() });
    }

    fn in_rule(&mut self, message: impl Into<String>) {
        self.at(None, message);
    }
}

fn rule(language: Language, group_labels: &[(String, String)], raw: RawRule) -> Result<RuleSpec, Vec<Wrong>> {
    let mut findings = Findings { raw: &raw, found: Vec::new() };
    check_names(&mut findings);
    let expression = expression(language, &mut findings);
    check_fields(&mut findings);
    let merged: BTreeMap<&String, &String> =
        group_labels.iter().chain(&raw.labels).map(|(name, value)| (name, value)).collect();
    let labels: Vec<(String, String)> = merged.into_iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let is_alert = !raw.alert.text.is_empty();
    let (mut label_templates, mut annotations) = (Vec::new(), Vec::new());
    if is_alert {
        label_templates = templates(&raw.alert.text, "label", &labels, &mut findings);
        annotations = templates(&raw.alert.text, "annotation", &raw.annotations, &mut findings);
    }
    match expression {
        Some(expression) if findings.found.is_empty() => {
            let (name, kind) = if is_alert {
                let (for_ms, keep_firing_for_ms) = (raw.for_ms, raw.keep_firing_for_ms);
                let alert = AlertSpec { for_ms, keep_firing_for_ms, labels: label_templates, annotations };
                (raw.alert.text, RuleKind::Alerting(alert))
            } else {
                (raw.record.text, RuleKind::Recording)
            };
            Ok(RuleSpec { name, expression, labels, kind })
        }
        _ => Err(findings.found),
    }
}

fn check_names(findings: &mut Findings<'_>) {
    let raw = findings.raw;
    let both: Vec<Position> = [raw.record.position, raw.alert.position].into_iter().flatten().collect();
    match (raw.record.text.is_empty(), raw.alert.text.is_empty()) {
        (false, false) => {
            let message = "only one of 'record' and 'alert' must be set".to_owned();
            findings.found.push(Wrong { places: both, message });
        }
        (true, true) => findings.in_rule("one of 'record' or 'alert' must be set"),
        _ => {}
    }
}

fn expression(language: Language, findings: &mut Findings<'_>) -> Option<Expression> {
    let expr = &findings.raw.expr;
    if expr.text.is_empty() {
        findings.at(expr.position, "field 'expr' must be set in rule");
        return None;
    }
    match Expression::parse(language, &expr.text) {
        Ok(expression) => Some(expression),
        Err(error) => {
            findings.at(expr.position, format!("could not parse expression: {error}"));
            None
        }
    }
}

fn check_fields(findings: &mut Findings<'_>) {
    let raw = findings.raw;
    let record = &raw.record;
    if !record.text.is_empty() {
        for (is_there, field) in [
            (!raw.annotations.is_empty(), "annotations"),
            (raw.for_ms != 0, "for"),
            (raw.keep_firing_for_ms != 0, "keep_firing_for"),
        ] {
            if is_there {
                findings.at(record.position, format!("invalid field '{field}' in recording rule"));
            }
        }
        if record.text.contains(['{', '}']) {
            let text = &record.text;
            let message = format!("braces present in the recording rule name; should it be in expr?: {text}");
            findings.at(record.position, message);
        }
    }
    for (name, _) in raw.labels.iter().filter(|(name, _)| !is_label_name(name)) {
        findings.in_rule(format!("invalid label name: {name}"));
    }
    for (name, _) in raw.annotations.iter().filter(|(name, _)| name.is_empty()) {
        findings.in_rule(format!("invalid annotation name: {name}"));
    }
}

fn templates(
    alert: &str,
    what: &str,
    texts: &[(String, String)],
    findings: &mut Findings<'_>,
) -> Vec<(String, Template)> {
    let mut parsed = Vec::with_capacity(texts.len());
    for (name, text) in texts {
        match Template::parse(alert, text) {
            Ok(template) => parsed.push((name.clone(), template)),
            Err(error) => findings.in_rule(format!("{what} {}: {error}", Quoted(name))),
        }
    }
    parsed
}

/// Any text may name a label of a rule, except none and that of the metric's name.
fn is_label_name(name: &str) -> bool {
    !name.is_empty() && name != METRIC_NAME
}
