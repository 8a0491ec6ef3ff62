//! Every query of upstream's test scripts and every case of its editor grammar parses as it should.

use std::path::{Path, PathBuf};

use crate::suite::{CaseResult, Suite, case_id, find_files, run_case};
use crate::testscript::{self, Command, CommandKind};

/// The suite.
#[derive(Clone, Copy, Debug)]
pub struct PromqlParse;

impl Suite for PromqlParse {
    fn name(&self) -> &'static str {
        "promql-parse"
    }

    fn run(&self, cases: &Path) -> std::io::Result<Vec<CaseResult>> {
        let root = cases.join("prometheus");
        let mut results = Vec::new();
        for file in test_scripts(&root)? {
            let script = testscript::read(&file)?;
            results.extend(script.commands.into_iter().filter_map(|command| script_case(cases, &file, command)));
        }
        let is_grammar = |path: &Path| path.ends_with("lezer-promql/test/expression.txt");
        for file in find_files(&root, &is_grammar)? {
            let text = std::fs::read_to_string(&file)?;
            results.extend(grammar_cases(&text).into_iter().map(|case| grammar_case(cases, &file, &case)));
        }
        Ok(results)
    }
}

/// The test scripts under a folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn test_scripts(root: &Path) -> std::io::Result<Vec<PathBuf>> {
    find_files(root, &|path| {
        path.extension().is_some_and(|extension| extension == "test")
            && path.parent().is_some_and(|folder| folder.ends_with("promqltest/testdata"))
    })
}

/// The case that a command of a script makes; only queries make one, and commands that cannot be read.
fn script_case(cases: &Path, file: &Path, command: Command) -> Option<CaseResult> {
    let id = case_id(cases, file, command.line);
    match command.kind {
        Ok(CommandKind::Eval(eval)) => Some(run_case(id, || match promql_syntax::parse(&eval.query) {
            Err(error) if eval.expectations.fail.is_none() => Err(format!("query: {}\nerror: {error}", eval.query)),
            Ok(_) | Err(_) => Ok(()),
        })),
        Ok(CommandKind::Clear | CommandKind::Load(_)) => None,
        Err(error) => Some(CaseResult { id, failure: Some(format!("the script cannot be read: {error}")) }),
    }
}

/// A case of the editor grammar: a text and the tree that it gives.
#[derive(Clone, Debug, PartialEq, Eq)]
struct GrammarCase {
    /// The line of its title, counted from 1.
    line: usize,
    /// The text; a metric name is enough where the tree begins at one.
    text: String,
    /// Whether the tree holds an error, so that the text must be refused.
    is_refused: bool,
}

/// Cases are written as a title line `# …`, the text, a line `==>`, and the tree.
fn grammar_cases(file: &str) -> Vec<GrammarCase> {
    let lines: Vec<&str> = file.lines().collect();
    let arrows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].trim() == "==>").collect();
    let is_title = |i: &usize| lines[*i].starts_with("# ");
    let mut cases = Vec::with_capacity(arrows.len());
    for (n, arrow) in arrows.iter().copied().enumerate() {
        // The title is the first title line behind the tree of the case before, since a text may hold comments.
        let before = n.checked_sub(1).map_or(0, |previous| arrows[previous] + 1);
        let Some(title) = (before..arrow).find(is_title) else { continue };
        let tree_end = arrows.get(n + 1).map_or(lines.len(), |next| (arrow + 1..*next).find(is_title).unwrap_or(*next));
        cases.push(GrammarCase {
            line: title + 1,
            text: lines[title + 1..arrow].join("\n").trim().to_owned(),
            is_refused: lines[arrow + 1..tree_end].iter().any(|line| line.contains('⚠')),
        });
    }
    cases
}

fn grammar_case(cases: &Path, file: &Path, case: &GrammarCase) -> CaseResult {
    run_case(case_id(cases, file, case.line), || match (promql_syntax::parse_syntax(&case.text), case.is_refused) {
        (Ok(_), false) | (Err(_), true) => Ok(()),
        (Ok(_), true) => Err(format!("text: {}\nis accepted, but should be refused", case.text)),
        (Err(error), false) => Err(format!("text: {}\nerror: {error}", case.text)),
    })
}

#[cfg(test)]
mod tests;
