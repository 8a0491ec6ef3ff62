//! Programs from Debian that Menara is compared with.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The program, if it is installed. Otherwise says `NOT RUN: name (reason)`, past the capture of test output, and fails when `CI=true`.
///
/// # Panics
/// In CI, where every peer must be there.
#[must_use]
pub fn peer(name: &str, binary: &str) -> Option<PathBuf> {
    let path = Path::new(binary);
    if path.is_file() {
        return Some(path.to_owned());
    }
    not_run(name, &format!("{binary} is not installed"));
    None
}

/// Says `NOT RUN: name (reason)`, past the capture of test output, and fails when `CI=true`.
///
/// # Panics
/// In CI, where everything must be run.
pub fn not_run(name: &str, reason: &str) {
    let line = format!("NOT RUN: {name} ({reason})");
    writeln!(std::io::stderr(), "{line}").ok();
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{line}");
}
