//! Files of the configuration that change are read anew without anybody asking.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ::alerting::Config;
use tokio::runtime::Handle;

use super::reload::Reloader;
use crate::configuration::{ALERTMANAGER_FILE, PROMETHEUS_FILE, Rules};
use crate::serve::worker::Stop;

/// Which files make up the configuration, as patterns: those that are there, and those that may come.
#[derive(Clone, Debug, Default)]
pub(super) struct WatchedFiles(Vec<PathBuf>);

impl WatchedFiles {
    /// The files that a configuration in a folder consists of.
    pub(super) fn of(folder: &Path, alertmanager: &Config, rules: &Rules) -> WatchedFiles {
        let fixed = [ALERTMANAGER_FILE, PROMETHEUS_FILE].map(|name| folder.join(name));
        let templates = alertmanager.templates.iter().map(|pattern| folder.join(pattern));
        WatchedFiles(fixed.into_iter().chain(templates).chain(rules.patterns.iter().cloned()).collect())
    }

    /// The files as they are now.
    pub(super) fn look(&self) -> Fingerprint {
        // A pattern that makes no sense has been refused when it was read.
        let mut files: Vec<PathBuf> =
            self.0.iter().flat_map(|pattern| rules::matching_files(pattern).unwrap_or_default()).collect();
        files.sort();
        files.dedup();
        let state = |path: PathBuf| {
            let metadata = fs::metadata(&path).ok();
            let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
            (path, metadata.map_or(0, |metadata| metadata.len()), changed)
        };
        Fingerprint(files.into_iter().map(state).collect())
    }
}

/// Names of files, their lengths in bytes and when they were changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(Vec<(PathBuf, u64, Option<SystemTime>)>);

impl Fingerprint {
    /// With the files that are in another one as they are there.
    pub(super) fn with_states_of(mut self, other: &Fingerprint) -> Fingerprint {
        for file in &mut self.0 {
            if let Some(same) = other.0.iter().find(|(path, ..)| *path == file.0) {
                file.clone_from(same);
            }
        }
        self
    }
}

/// Looks at the files until it is time to stop. A file that is being written to is left alone until it is the same twice.
pub(super) fn run(reloader: &Reloader, runtime: &Handle, look_every: Duration, stop: &Stop) {
    let _within = runtime.enter();
    let mut before = None;
    while !stop.wait(look_every) {
        let now = reloader.changed_files();
        if now.is_some() && now == before {
            tracing::info!("files of the configuration have changed");
            // What is wrong with them was told.
            reloader.reload().ok();
        }
        before = now;
    }
}
