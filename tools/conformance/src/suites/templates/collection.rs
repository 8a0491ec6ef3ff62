//! Alerting rules that people share: their labels and annotations are templates, which must all parse.

use std::path::Path;

use config::Node;

use super::{entry, rules};
use crate::suite::{CaseResult, case_id, find_files, run_case};

/// What stands before the text of a rule's template.
const PRESET: &str = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}\
                      {{$value := .Value}}";

/// A case for each template of each rule.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn run(cases: &Path) -> std::io::Result<Vec<CaseResult>> {
    let is_rules = |path: &Path| path.extension().is_some_and(|extension| extension == "yml");
    let mut results = Vec::new();
    for file in find_files(&cases.join("awesome-alerts"), &is_rules)? {
        let text = std::fs::read_to_string(&file)?;
        let id = |line: usize| case_id(cases, &file, line);
        match config::parse("rules", &text) {
            Ok(root) => templates(&root, &mut |node| {
                let line = node.position().line as usize;
                results.push(run_case(id(line), || parses(node)));
            }),
            Err(error) => results.push(CaseResult { id: id(1), failure: Some(error.to_string()) }),
        }
    }
    Ok(results)
}

fn parses(node: &Node) -> Result<(), String> {
    let text = node.text().map_err(|error| error.to_string())?;
    let outcome = rules::templates().parse("__alert_rule", &format!("{PRESET}{text}"));
    outcome.map_err(|error| format!("{text}\n{error}"))
}

/// Finds the labels and annotations of all rules.
fn templates(root: &Node, see: &mut dyn FnMut(&Node)) {
    let entries = |node: &Node| node.entries("map").map(<[_]>::to_vec).unwrap_or_default();
    let groups = entry(&entries(root), "groups").cloned();
    for group in groups.iter().flat_map(|groups| groups.items("list").unwrap_or_default()) {
        let rules = entry(&entries(group), "rules").cloned();
        for rule in rules.iter().flat_map(|rules| rules.items("list").unwrap_or_default()) {
            for part in ["labels", "annotations"] {
                let rule = entries(rule);
                for text in entry(&rule, part).map(entries).unwrap_or_default() {
                    see(&text.value);
                }
            }
        }
    }
}
