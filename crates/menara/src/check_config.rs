//! `menara check-config`: says what is wrong with configuration files before anything runs with them.

mod check;
mod kind;
mod print;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::cli::CheckConfigArgs;
use crate::configuration::{ALERTMANAGER_FILE, PROMETHEUS_FILE, PROMTAIL_FILE, RULES_FOLDER, RULES_NAMES};
use crate::serve::{NOT_READ, config_folder, is_in_vain, list};
use check::{Checked, Checks};
use kind::Kind;

/// Checks the files that are named, or those that `serve` would read, and prints what was found. How many are wrong.
///
/// # Errors
/// When there is nothing to check where there should be.
pub(crate) fn run(args: &CheckConfigArgs) -> anyhow::Result<usize> {
    let mut checks = Checks::default();
    if args.files.is_empty() {
        let folder = config_folder(args.config_dir.as_deref())?;
        if args.config_dir.is_some() {
            std::fs::metadata(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        }
        check_folder(&folder, &mut checks)?;
        if checks.done.is_empty() {
            print::line(&format!("Nothing to check in {}: everything has its default", folder.display()));
        }
    }
    for path in &args.files {
        if path.is_dir() {
            bail!("{} is a directory; --config-dir checks one", path.display());
        }
        checks.file(path, None);
    }
    print::all(&checks.done);
    Ok(checks.done.iter().filter(|checked| !checked.errors.is_empty()).count())
}

/// Checks what `serve` reads, and names what it does not.
fn check_folder(folder: &Path, checks: &mut Checks) -> anyhow::Result<()> {
    let names = list(folder)?;
    let files =
        [(ALERTMANAGER_FILE, Kind::Alertmanager), (PROMETHEUS_FILE, Kind::Prometheus), (PROMTAIL_FILE, Kind::Promtail)];
    for (name, kind) in files {
        if names.iter().any(|known| known == name) {
            checks.file(&folder.join(name), Some(kind));
        }
    }
    for path in rule_files(&folder.join(RULES_FOLDER))? {
        checks.file(&path, Some(Kind::Rules));
    }
    for name in names.iter().filter(|name| is_in_vain(name)) {
        checks.done.push(Checked { warnings: vec![NOT_READ.to_owned()], ..Checked::new(folder.join(name)) });
    }
    Ok(())
}

fn rule_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for names in RULES_NAMES {
        files.extend(rules::matching_files(&folder.join(names))?);
    }
    files.sort();
    Ok(files)
}
