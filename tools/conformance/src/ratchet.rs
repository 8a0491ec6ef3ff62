//! Known failures. A ratchet file lists them with a reason each; it may only shrink.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::suite::CaseResult;

/// The known failures of a suite: id and reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ratchet {
    entries: BTreeMap<String, String>,
}

/// How a run differs from what is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Cases that failed and are not listed.
    pub new_failures: Vec<String>,
    /// Entries whose case passed.
    pub now_passing: Vec<String>,
    /// Entries that have no case.
    pub gone: Vec<String>,
}

impl Verdict {
    /// Whether the run is as expected.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.new_failures.is_empty() && self.now_passing.is_empty() && self.gone.is_empty()
    }
}

impl Ratchet {
    /// Where the file of a suite is.
    #[must_use]
    pub fn path(folder: &Path, suite: &str) -> PathBuf {
        folder.join(format!("{suite}.txt"))
    }

    /// Reads a file; an absent one lists nothing.
    ///
    /// # Errors
    /// When it cannot be read, or a line is not an id, a tab and a reason, or an id stands twice.
    pub fn read(path: &Path) -> io::Result<Ratchet> {
        match std::fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Ratchet::default()),
            Err(error) => Err(error),
            Ok(text) => Ratchet::parse(&text).map_err(|message| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{}: {message}", path.display()))
            }),
        }
    }

    fn parse(text: &str) -> Result<Ratchet, String> {
        let mut entries = BTreeMap::new();
        for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let entry = line.split_once('\t').filter(|(id, reason)| !id.is_empty() && !reason.trim().is_empty());
            let (id, reason) = entry.ok_or_else(|| format!("line {}: expected id, tab, reason", i + 1))?;
            if entries.insert(id.to_owned(), reason.to_owned()).is_some() {
                return Err(format!("line {}: {id} is listed twice", i + 1));
            }
        }
        Ok(Ratchet { entries })
    }

    /// Compares a run with what is known.
    #[must_use]
    pub fn judge(&self, results: &[CaseResult]) -> Verdict {
        let failed: BTreeSet<&str> = results.iter().filter(|r| r.failure.is_some()).map(|r| r.id.as_str()).collect();
        let all: BTreeSet<&str> = results.iter().map(|r| r.id.as_str()).collect();
        let mut verdict = Verdict::default();
        for id in &failed {
            if !self.entries.contains_key(*id) {
                verdict.new_failures.push((*id).to_owned());
            }
        }
        for id in self.entries.keys().filter(|id| !failed.contains(id.as_str())) {
            let list = if all.contains(id.as_str()) { &mut verdict.now_passing } else { &mut verdict.gone };
            list.push(id.clone());
        }
        verdict
    }

    /// Writes the failures of a run; reasons of entries that stay are kept. A file that lists something already may lose
    /// entries but not gain any.
    ///
    /// # Errors
    /// When an entry would be gained, or the file cannot be written.
    pub fn write(&self, path: &Path, results: &[CaseResult]) -> io::Result<()> {
        let mut text = String::new();
        for result in results {
            let Some(failure) = &result.failure else { continue };
            let known = self.entries.get(&result.id);
            if known.is_none() && !self.entries.is_empty() {
                let message = format!("{} would gain {}", path.display(), result.id);
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
            let reason = known.map_or_else(|| failure.lines().last().unwrap_or("failed"), String::as_str);
            text.push_str(&format!("{}\t{}\n", result.id, reason.replace('\t', " ").trim()));
        }
        write_file(path, &text)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file under version control that a person has asked for; a torn write is seen"
)]
fn write_file(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests;
