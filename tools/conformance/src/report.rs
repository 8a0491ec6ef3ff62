//! Runs suites and says how they went.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::arguments::Arguments;
use crate::ratchet::{Ratchet, Verdict};
use crate::suite::{CaseResult, SUITES, Suite};

/// Runs what the arguments ask for and reports on `out`; whether all is as expected.
///
/// # Errors
/// When a suite is not known, cases or known failures cannot be read, or the report cannot be written.
pub fn run(arguments: &Arguments, out: &mut dyn Write) -> io::Result<bool> {
    let suites: Vec<&dyn Suite> = SUITES
        .iter()
        .copied()
        .filter(|suite| arguments.suite.as_ref().is_none_or(|wanted| wanted == suite.name()))
        .collect();
    if let (Some(wanted), true) = (&arguments.suite, suites.is_empty()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("unknown suite: {wanted}")));
    }
    let mut all_well = true;
    for suite in suites {
        all_well &= run_suite(suite, arguments, out)?;
    }
    Ok(all_well)
}

fn run_suite(suite: &dyn Suite, arguments: &Arguments, out: &mut dyn Write) -> io::Result<bool> {
    let (cases, is_default) = match &arguments.cases {
        Some(cases) => (cases.clone(), false),
        None => (default_cases(), true),
    };
    let results = suite.run(&cases)?;
    if arguments.verbose {
        for result in &results {
            print_failure(result, out)?;
        }
    }
    // Known failures are those of the default folder; an absent folder says nothing about them.
    let is_judged = is_default && !results.is_empty();
    let path = Ratchet::path(&ratchet_dir(arguments), suite.name());
    let ratchet = if is_judged { Ratchet::read(&path)? } else { Ratchet::default() };
    if arguments.write_ratchet && is_judged {
        ratchet.write(&path, &results)?;
    }
    let verdict = if is_default && results.is_empty() { Verdict::default() } else { ratchet.judge(&results) };
    if is_judged {
        print_verdict(&verdict, out)?;
    }
    let failed = results.iter().filter(|result| result.failure.is_some()).count();
    writeln!(out, "{}: {} passed, {failed} failed", suite.name(), results.len() - failed)?;
    Ok(verdict.is_clean())
}

fn print_failure(result: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    let Some(failure) = &result.failure else { return Ok(()) };
    writeln!(out, "FAIL {}", result.id)?;
    for line in failure.lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}

fn print_verdict(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    for id in &verdict.new_failures {
        writeln!(out, "failed, and is not known to: {id}")?;
    }
    for id in &verdict.now_passing {
        writeln!(out, "passes now, so take it out of the ratchet file: {id}")?;
    }
    for id in &verdict.gone {
        writeln!(out, "is no case any more, so take it out of the ratchet file: {id}")?;
    }
    Ok(())
}

/// The root of the workspace: where it was when this was compiled, or else where the tool is run.
fn workspace_root() -> PathBuf {
    let compiled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    compiled.canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

fn default_cases() -> PathBuf {
    workspace_root().join("../shared/conformance")
}

fn ratchet_dir(arguments: &Arguments) -> PathBuf {
    arguments.ratchet_dir.clone().unwrap_or_else(|| workspace_root().join("tools/conformance/ratchet"))
}

#[cfg(test)]
mod tests;
