//! Alertmanager: cases taken from upstream's tables. Each file says at its head how to read it.
//!
//! Left out: `template_cases.yaml`, which the suite `templates` runs; of `acceptance_cases.yaml` the cases that need
//! HTTP or a command line (`amtool_cases`, `TestWebWithPrefix`).

mod acceptance;
mod api;
mod configs;
mod data;
mod files;
mod inhibition;
mod intervals;
mod matchers;
mod routes;
mod silences;
mod small;
mod telegram;
mod world;

use std::io;
use std::path::Path;

use serde_json::Value;

use crate::suite::{CaseResult, Suite, case_id, run_case};
use data::Case;

/// Where the cases are.
const FOLDER: &str = "alertmanager";

/// Lists of cases: the file, the way to the list within it, and what runs a case.
const LISTS: &[(&str, &[&str], Check)] = &[
    ("acceptance_cases.yaml", &["notification_cases"], acceptance::check),
    ("acceptance_cases.yaml", &["api_cases"], api::check),
    ("alert_merge_cases.yaml", &[], small::merge),
    ("config_cases.yaml", &["configs"], configs::check),
    ("config_cases.yaml", &["hostport"], configs::hostport),
    ("config_cases.yaml", &["secret_template_url"], configs::template_url),
    ("config_cases.yaml", &["receiver_snippets"], configs::snippet),
    ("dedup_cases.yaml", &[], small::dedup),
    ("fingerprint_cases.yaml", &[], small::fingerprint),
    ("inhibit_cases.yaml", &["has_equal", "cases"], inhibition::has_equal),
    ("inhibit_cases.yaml", &["rules_match", "cases"], inhibition::rules_match),
    ("inhibit_cases.yaml", &["rules_matchers", "cases"], inhibition::rules_matchers),
    ("inhibit_cases.yaml", &["sequence", "cases"], inhibition::sequence),
    ("matcher_cases.yaml", &["parse"], matchers::parse),
    ("matcher_cases.yaml", &["match"], matchers::matches),
    ("matcher_cases.yaml", &["label_names"], matchers::label_name),
    ("route_cases.yaml", &["match"], routes::matches),
    ("route_cases.yaml", &["route_labels"], routes::labels),
    ("route_cases.yaml", &["ids"], routes::ids),
    ("route_cases.yaml", &["walk"], routes::walk),
    ("route_cases.yaml", &["amtool_routes_test"], routes::of_file),
    ("silence_cases.yaml", &["can_update"], silences::can_update),
    ("silence_cases.yaml", &["validate"], silences::validate),
    ("silence_cases.yaml", &["validate_matcher"], silences::validate_matcher),
    ("silence_cases.yaml", &["matches", "cases"], silences::matches),
    ("silence_cases.yaml", &["expire", "cases"], silences::expire),
    ("telegram_cases.yaml", &["cases"], telegram::message),
    ("telegram_cases.yaml", &["failure_reasons"], telegram::failure),
    ("time_interval_cases.yaml", &["struct_contains"], intervals::contains),
    ("time_interval_cases.yaml", &["time_range"], intervals::time_range),
    ("time_interval_cases.yaml", &["yaml_list"], intervals::list),
    ("time_interval_cases.yaml", &["yaml_single"], intervals::single),
    ("time_interval_cases.yaml", &["named_mutes", "cases"], intervals::named),
];

/// Runs a case; `None` if nothing here runs it.
type Check = fn(&Case<'_>) -> Option<Result<(), String>>;

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Alertmanager;

impl Suite for Alertmanager {
    fn name(&self) -> &'static str {
        "alertmanager"
    }

    fn run(&self, cases: &Path) -> io::Result<Vec<CaseResult>> {
        let folder = cases.join(FOLDER);
        let mut results = Vec::new();
        for (file, way, check) in LISTS {
            let path = folder.join(file);
            let text = match std::fs::read_to_string(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                text => text?,
            };
            match data::lists(&text, way) {
                Ok((file, list)) => results.extend(list.iter().filter_map(|(line, value)| {
                    let case = Case { value, file: &file, folder: &folder };
                    run_one(case_id(cases, &path, *line), &case, *check)
                })),
                Err(error) => {
                    let failure = Some(format!("the cases cannot be read: {error}"));
                    results.push(CaseResult { id: case_id(cases, &path, 1), failure });
                }
            }
        }
        results.extend(files::run(cases, &folder)?);
        Ok(results)
    }
}

fn run_one(id: String, case: &Case<'_>, check: Check) -> Option<CaseResult> {
    let mut is_run = true;
    let result = run_case(id, || match check(case) {
        Some(outcome) => outcome.map_err(|failure| format!("{}\n{failure}", shown(case.value))),
        None => {
            is_run = false;
            Ok(())
        }
    });
    is_run.then_some(result)
}

fn shown(value: &Value) -> String {
    value.to_string().chars().take(600).collect()
}

/// Compares what came out with what a case expects.
fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, expected: &T) -> Result<(), String> {
    if got == expected { Ok(()) } else { Err(format!("{what}: got {got:?}, expected {expected:?}")) }
}

#[cfg(test)]
mod tests;
