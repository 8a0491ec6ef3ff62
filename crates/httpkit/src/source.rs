//! Values that stand in the configuration, or in a file beside it.

use std::fmt;
use std::path::PathBuf;

/// Where a value comes from. A file is read whenever the value is needed, so that a changed one counts without a reload.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// The value itself.
    Inline(String),
    /// A file that holds nothing else; white space around it does not count.
    File(PathBuf),
}

impl Source {
    /// The value as it is now.
    ///
    /// # Errors
    /// When the file cannot be read, with its name.
    pub fn read(&self) -> Result<String, String> {
        match self {
            Source::Inline(value) => Ok(value.clone()),
            Source::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(text.trim().to_owned()),
                Err(error) => Err(format!("cannot read {}: {error}", path.display())),
            },
        }
    }
}

impl fmt::Debug for Source {
    /// A value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Inline(_) => f.write_str("Inline(…)"),
            Source::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}
