//! Templates: cases taken from the tables of Prometheus' and Alertmanager's template tests, and the annotations of a collection
//! of alerting rules, which must all parse.

mod collection;
mod data;
mod host;
mod notifications;
mod rules;

use std::path::Path;
use std::sync::Arc;

use config::{Entry, Node};
use gotemplate::functions::Patterns;

use crate::suite::{CaseResult, Suite, case_id, run_case};

/// Where the cases are, and what runs them.
const FILES: &[(&str, Check)] = &[
    ("prometheus-templates/template_cases.yaml", rules::check),
    ("alertmanager/template_cases.yaml", notifications::check),
];

/// Runs a case, given the folder of its file.
type Check = fn(&Case<'_>, &Path) -> Result<(), String>;

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct TemplateCases;

impl Suite for TemplateCases {
    fn name(&self) -> &'static str {
        "templates"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let mut results = Vec::new();
        for (file, check) in FILES {
            let file = cases.join(file);
            let text = match std::fs::read_to_string(&file) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                text => text?,
            };
            let folder = file.parent().unwrap_or(cases);
            match config::parse("cases", &text) {
                Ok(root) => results.extend(root.items("list").unwrap_or_default().iter().map(|node| {
                    let line = node.position().line as usize;
                    run_case(case_id(cases, &file, line), || run(node, folder, *check))
                })),
                Err(error) => {
                    let failure = Some(format!("the cases cannot be read: {error}"));
                    results.push(CaseResult { id: case_id(cases, &file, 1), failure });
                }
            }
        }
        results.extend(collection::run(cases)?);
        Ok(results)
    }
}

fn run(node: &Node, folder: &Path, check: Check) -> Result<(), String> {
    let entries = node.entries("map").map_err(|error| error.to_string())?;
    let case = Case { entries };
    check(&case, folder).map_err(|failure| format!("{}\n{failure}", case.text("template")))
}

/// A case of a file.
struct Case<'n> {
    entries: &'n [Entry],
}

impl<'n> Case<'n> {
    fn get(&self, key: &str) -> Option<&'n Node> {
        entry(self.entries, key)
    }

    /// A text; empty if it is absent.
    fn text(&self, key: &str) -> &'n str {
        self.get(key).and_then(|node| node.text().ok()).unwrap_or("")
    }

    fn is_html(&self) -> bool {
        self.get("html").is_some_and(|node| node.boolean().unwrap_or(false))
    }

    /// Compares what came out with what the case expects: a text, an error of some text, or any error.
    fn judge(&self, outcome: Result<String, String>) -> Result<(), String> {
        let wants_any_error = self.get("error").is_some_and(|node| node.boolean().unwrap_or(false));
        match (outcome, self.get("error")) {
            (Ok(out), None) if out == self.text("expect") => Ok(()),
            (Ok(out), None) => Err(format!("got {out:?}, expected {:?}", self.text("expect"))),
            (Ok(out), Some(_)) => Err(format!("got {out:?}, expected an error: {}", self.text("error"))),
            (Err(_), Some(_)) if wants_any_error => Ok(()),
            (Err(error), Some(_)) if error == self.text("error") => Ok(()),
            (Err(error), Some(_)) => Err(format!("error {error:?}, expected {:?}", self.text("error"))),
            (Err(error), None) => Err(format!("error {error:?}, expected {:?}", self.text("expect"))),
        }
    }
}

fn entry<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// Regular expressions, compiled for each call.
struct Compiled;

impl Patterns for Compiled {
    fn is_match(&self, pattern: &str, text: &str) -> Result<bool, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.is_match(text))
    }

    fn replace_all(&self, pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.replace_all(text, replacement))
    }
}

fn patterns() -> Arc<dyn Patterns> {
    Arc::new(Compiled)
}

#[cfg(test)]
mod tests;
