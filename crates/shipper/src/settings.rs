//! What is shipped, and with which labels.

use model::Labels;

use crate::glob::Glob;

/// The label that names a line's file.
pub(crate) const FILENAME: &str = "filename";

/// Everything that is shipped.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// In the order of the file; where several want the same file, each gets it.
    pub targets: Vec<Target>,
}

/// Files under one pattern, with their labels.
#[derive(Clone, Debug)]
pub struct Target {
    /// The job, for people.
    pub job: String,
    /// Which files.
    pub pattern: Glob,
    /// Which of them not.
    pub exclude: Option<Glob>,
    /// The labels of every line; `filename` is added unless it is among them.
    pub labels: Labels,
    /// Whether files that are not text by their name are passed over without a look.
    pub by_name: bool,
}

impl Settings {
    /// What is shipped where no `promtail.yaml` says otherwise: the text logs below `/var/log`.
    ///
    /// # Errors
    /// Never in practice: with a text when the pattern does not compile.
    pub fn default_files(host: &str) -> Result<Settings, String> {
        Settings::files("/var/log/**", host)
    }

    /// As [`Settings::default_files`], for another place.
    ///
    /// # Errors
    /// With a text when the pattern does not compile.
    pub fn files(pattern: &str, host: &str) -> Result<Settings, String> {
        let target = Target {
            job: "varlogs".to_owned(),
            pattern: Glob::new(pattern)?,
            exclude: None,
            labels: Labels::from_pairs([("job", "varlogs"), ("host", host)]),
            by_name: true,
        };
        Ok(Settings { targets: vec![target] })
    }
}
