//! Replacing a file as a whole or not at all.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use crate::fs::FileSystem;

/// The ending of files that are not finished; whoever opens a directory removes them.
pub const UNFINISHED_SUFFIX: &str = ".tmp";

/// Writes a file so that after a crash either the old or the new content is there, durable when this returns.
///
/// # Errors
/// What the operating system says; the old content is then still there.
pub fn write_atomic(fs: &dyn FileSystem, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = OsString::from(path);
    unfinished.push(UNFINISHED_SUFFIX);
    let unfinished = Path::new(&unfinished);
    fs.remove(unfinished)?;
    let file = fs.create(unfinished)?;
    file.append(bytes)?;
    file.sync()?;
    fs.rename(unfinished, path)?;
    match path.parent() {
        Some(dir) => fs.sync_dir(dir),
        None => Ok(()),
    }
}
