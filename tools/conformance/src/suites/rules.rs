//! Alerting rules that people share: each file loads, each expression parses, and each template expands on the rule's own labels and
//! the value 1.

use std::path::Path;

use config::{Entry, Node, Report};
use model::Labels;
use rules::{Expression, Language, RuleSet, Scene, Template};

use crate::suite::{CaseResult, Suite, case_id, find_files, run_case};

/// When templates are expanded, in milliseconds since 1970.
const NOW_MS: i64 = 1_353_755_652_000;

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Rules;

impl Suite for Rules {
    fn name(&self) -> &'static str {
        "rules"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let is_rules = |path: &Path| path.extension().is_some_and(|extension| extension == "yml");
        let mut results = Vec::new();
        for file in find_files(&cases.join("awesome-alerts"), &is_rules)? {
            let text = std::fs::read_to_string(&file)?;
            results.extend(run_file(&|line| case_id(cases, &file, line), &text));
        }
        Ok(results)
    }
}

/// A case for the file, for each expression and for each template.
fn run_file(id: &dyn Fn(usize) -> String, text: &str) -> Vec<CaseResult> {
    let mut results = vec![run_case(id(1), || {
        RuleSet::parse("rules", text, Language::PromQl, &Report::new()).map(|_| ()).map_err(|error| error.to_string())
    })];
    let Ok(root) = config::parse("rules", text) else { return results };
    for rule in items(Some(&root), "groups").iter().flat_map(|group| items(Some(group), "rules")) {
        let mut case = |node: &Node, check: &dyn Fn(&str) -> Result<(), String>| {
            let line = node.position().line as usize;
            results.push(run_case(id(line), || {
                let text = node.text().map_err(|error| error.to_string())?;
                check(text).map_err(|error| format!("{text}\n{error}"))
            }));
        };
        if let Some(expr) = get(rule, "expr") {
            case(expr, &|text| Expression::parse(Language::PromQl, text).map(|_| ()));
        }
        let name = get(rule, "alert").and_then(|node| node.text().ok()).unwrap_or("");
        let labels = get(rule, "labels").map(entries).unwrap_or_default();
        let labels = labels.iter().map(|entry| (entry.key.as_str(), entry.value.text().unwrap_or("")));
        let labels = Labels::from_pairs(labels.chain([("alertname", name)]));
        for part in ["labels", "annotations"] {
            for entry in get(rule, part).map(entries).unwrap_or_default() {
                case(&entry.value, &|text| expands(name, text, &labels));
            }
        }
    }
    results
}

fn expands(alert: &str, text: &str, labels: &Labels) -> Result<(), String> {
    let external_labels = Labels::empty();
    let scene = Scene {
        query: &|_| Ok(Vec::new()),
        time_ms: NOW_MS,
        external_labels: &external_labels,
        external_url: "http://localhost:9090",
    };
    let expanded = Template::parse(alert, text)?.expand(labels, 1.0, &scene)?;
    if expanded.contains("{{") { Err(format!("an action is left: {expanded}")) } else { Ok(()) }
}

fn entries(node: &Node) -> &[Entry] {
    node.entries("map").unwrap_or_default()
}

fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    entries(node).iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

fn items<'n>(node: Option<&'n Node>, key: &str) -> &'n [Node] {
    node.and_then(|node| get(node, key)).and_then(|node| node.items("list").ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(rule: &str) -> Vec<String> {
        let text = format!("groups: [{{name: a, rules: [{{{rule}}}]}}]");
        run_file(&|line| line.to_string(), &text).into_iter().filter_map(|case| case.failure).collect()
    }

    #[test]
    fn what_is_wrong_fails() {
        let good = "alert: A, expr: up, labels: {severity: x}, annotations: {a: '{{ $labels.severity | toUpper }} {{ $value }}'}";
        assert!(failures(good).is_empty());
        assert_eq!(failures("alert: A, expr: 'up +'").len(), 2, "the file and the expression");
        assert_eq!(failures("alert: A, expr: up, annotations: {a: '{{ $x }}'}").len(), 2, "the file and the template");
        assert_eq!(failures("alert: A, expr: up, annotations: {a: '{{ $labels | title }}'}").len(), 1, "the template");
    }
}
