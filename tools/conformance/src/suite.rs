//! What a suite is, and which there are.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::suites;

/// All suites, in the order in which they run.
pub const SUITES: &[&dyn Suite] = &[
    &suites::promql_parse::PromqlParse,
    &suites::promqltest::Promqltest,
    &suites::logql::Logql,
    &suites::ingest::Ingest,
    &suites::cadvisor::Cadvisor,
    &suites::templates::TemplateCases,
    &suites::alertmanager::Alertmanager,
    &suites::rules::Rules,
];

/// Cases that nobody here wrote, and how to run them.
pub trait Suite: Sync {
    /// The name by which it is chosen and reported.
    fn name(&self) -> &'static str;

    /// Runs every case that stands under a folder of cases; none if what the suite looks for is not there.
    ///
    /// # Errors
    /// When a file or folder cannot be read.
    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>>;
}

/// How a case went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// The path of its file relative to the folder of cases, and its line.
    pub id: String,
    /// How it failed; `None` if it passed.
    pub failure: Option<String>,
}

/// Runs a case; a panic counts as its failure.
pub fn run_case(id: String, case: impl FnOnce() -> Result<(), String>) -> CaseResult {
    let outcome = catch_unwind(AssertUnwindSafe(case));
    let failure = match outcome {
        Ok(outcome) => outcome.err(),
        Err(panic) => Some(format!("panic: {}", panic_text(&*panic))),
    };
    CaseResult { id, failure }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        _ => "no message",
    }
}

/// The id of a case: its file relative to the folder of cases, with `/` between folders, and its line.
#[must_use]
pub fn case_id(cases: &Path, file: &Path, line: usize) -> String {
    let relative = file.strip_prefix(cases).unwrap_or(file);
    let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
    format!("{}:{line}", parts.join("/"))
}

/// All files under a folder whose path satisfies a test, sorted; none if the folder is absent. Links to folders are not
/// followed.
///
/// # Errors
/// When a folder cannot be read.
pub fn find_files(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
