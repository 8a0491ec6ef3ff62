//! The expositions that cAdvisor's own tests expect of one made-up container and machine: every family of every file is a case.
//!
//! Compared are help text, type, and the samples with their labels, without regard to the order of labels and the form of numbers. A sample
//! too many is a failure, too. The timestamps of the files are not compared: samples here never bear one, so that a container that is gone ends
//! at once. Labels without a value count as absent.

mod input;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use containersensor::LabelChoice;
use containersensor::families::{Exposure, family_names, own_family_names};

use crate::suite::{CaseResult, Suite, find_files, run_case};
use input::Input;
use text::Family;

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct Cadvisor;

/// The families of one exposition by name.
type Families = BTreeMap<String, Family>;

/// How a file came about.
struct Golden {
    name: &'static str,
    /// Whose families it holds.
    about: About,
    /// The containers' labels that were chosen.
    labels: fn() -> LabelChoice,
    /// What was asked failed.
    failed: bool,
    /// Some kinds of metrics were switched off, so that families may be missing: whether those are right shows in the whole file beside it.
    is_part: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Containers,
    Machine,
}

const GOLDENS: [Golden; 6] = [
    golden("prometheus_metrics", About::Containers, || LabelChoice::All),
    golden("prometheus_metrics_whitelist_filtered", About::Containers, no_label),
    Golden { is_part: true, ..golden("prometheus_metrics_perf_aggregated", About::Containers, || LabelChoice::All) },
    golden("prometheus_machine_metrics", About::Machine, || LabelChoice::All),
    Golden { failed: true, ..golden("prometheus_metrics_failure", About::Containers, || LabelChoice::All) },
    Golden { failed: true, ..golden("prometheus_machine_metrics_failure", About::Machine, || LabelChoice::All) },
];

const fn golden(name: &'static str, about: About, labels: fn() -> LabelChoice) -> Golden {
    Golden { name, about, labels, failed: false, is_part: false }
}

/// cAdvisor's test lets a label through that no container has.
fn no_label() -> LabelChoice {
    LabelChoice::Only(vec!["no_one_match".to_owned()])
}

impl Suite for Cadvisor {
    fn name(&self) -> &'static str {
        "cadvisor"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let root = cases.join("cadvisor");
        let files =
            find_files(&root, &|path| path.parent().is_some_and(|folder| folder.ends_with("metrics/testdata")))?;
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let input = Input::read(&std::fs::read_to_string(root.join("fake-input.json"))?);
        let mut results = Vec::new();
        for file in files {
            let text = std::fs::read_to_string(&file)?;
            let relative = file.strip_prefix(cases).unwrap_or(&file);
            let id = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            results.extend(file_cases(&id, &name, &text, input.as_ref()));
        }
        Ok(results)
    }
}

/// The cases of one file; one that fails if it cannot be compared.
fn file_cases(id: &str, name: &str, text: &str, input: Result<&Input, &String>) -> Vec<CaseResult> {
    let compared = || -> Result<_, String> {
        let golden = GOLDENS.iter().find(|golden| golden.name == name).ok_or("not known how this file came about")?;
        let input = input.map_err(|error| format!("fake-input.json: {error}"))?;
        let expected = text::parse(text)?;
        let shown = show(golden, input).map_err(|error| format!("what is shown cannot be read: {error}"))?;
        Ok(compare(id, golden, &expected, &shown))
    };
    compared().unwrap_or_else(|error| vec![CaseResult { id: id.to_owned(), failure: Some(error) }])
}

/// What is shown here of the same container and machine, of the families that the file is about.
fn show(golden: &Golden, input: &Input) -> Result<Families, String> {
    let exposure = Exposure {
        labels: (golden.labels)(),
        extra: input.extra_labels(),
        containers_failed: golden.failed,
        machine_failed: golden.failed,
    };
    let nothing = Input::default();
    let input = if golden.failed { &nothing } else { input };
    let mut shown = String::new();
    exposition::text::write(&input.families(&exposure), &mut shown);
    let mut families = text::parse(&shown)?;
    families.retain(|name, _| name.starts_with("machine_") == (golden.about == About::Machine));
    Ok(families)
}

fn compare(id: &str, golden: &Golden, expected: &Families, shown: &Families) -> Vec<CaseResult> {
    let built: BTreeSet<&str> = family_names().collect();
    let own: BTreeSet<&str> = own_family_names().collect();
    let mut results: Vec<CaseResult> = expected
        .iter()
        .map(|(name, expected)| {
            run_case(format!("{id}: {name}"), || match shown.get(name) {
                Some(shown) => expected.compare(shown),
                None if built.contains(name.as_str()) => Err("the family is absent".to_owned()),
                None => Err("not built yet: a family that cAdvisor leaves out by default".to_owned()),
            })
        })
        .collect();
    if !golden.is_part {
        let unknown = shown.keys().filter(|name| !expected.contains_key(*name) && !own.contains(name.as_str()));
        let failure = || Some("shown, but not expected".to_owned());
        results.extend(unknown.map(|name| CaseResult { id: format!("{id}: {name}"), failure: failure() }));
    }
    results
}

#[cfg(test)]
mod tests;
