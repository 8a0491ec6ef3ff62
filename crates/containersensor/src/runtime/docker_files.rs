//! Docker's own notes of its containers: `containers/<id>/config.v2.json`, which it writes anew at each change, and `hostconfig.json`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use discovery::docker::{Config, HostConfig, Inspected, InspectedState};
use serde::Deserialize;
use tracing::debug;

use super::files::{Change, Files, Stamp, Watched, is_absent, read};
use super::told;
use crate::registry::Sighting;
use crate::{Container, Runtime, Settings};

/// What Docker notes of one container is not longer.
const MAX_BYTES: u64 = 4 << 20;
/// The name of a directory.
const MAX_NAME_BYTES: u64 = 256;

/// Docker's data directory.
#[derive(Debug)]
pub(super) struct DockerFiles {
    root: PathBuf,
    settings: Settings,
    containers: BTreeMap<String, Noted>,
}

/// A container's files.
#[derive(Debug, Default)]
struct Noted {
    config: Watched,
    host: Watched,
    host_config: HostConfig,
    upper_dir: Option<PathBuf>,
    container: Option<Container>,
    written_ns: i64,
}

/// What stands in `config.v2.json` under names of its own; the rest is as in the daemon's answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ConfigV2 {
    #[serde(rename = "ID")]
    id: String,
    created: String,
    name: String,
    image: String,
    log_path: String,
    restart_count: u64,
    driver: String,
    state: InspectedState,
    config: Config,
}

impl DockerFiles {
    pub(super) fn new(root: &Path, settings: &Settings) -> DockerFiles {
        DockerFiles { root: root.to_owned(), settings: settings.clone(), containers: BTreeMap::new() }
    }
}

impl Files for DockerFiles {
    fn read(&mut self, _now_ns: i64) -> io::Result<bool> {
        let mut found = BTreeMap::new();
        let mut changed = false;
        for entry in fs::read_dir(self.root.join("containers"))? {
            let entry = entry?;
            let Ok(id) = entry.file_name().into_string() else { continue };
            let known = self.containers.remove(&id);
            changed |= known.is_none();
            let mut noted = known.unwrap_or_default();
            match noted.read(&self.root, &entry.path(), &self.settings) {
                Ok(read) => changed |= read,
                // It may be on its way out; and what cannot be read of one must not hide the others.
                Err(error) => debug!("{}: {error}", entry.path().display()),
            }
            found.insert(id, noted);
        }
        changed |= !self.containers.is_empty();
        self.containers = found;
        Ok(changed)
    }

    fn sightings(&self) -> Vec<Sighting> {
        let noted = self.containers.values();
        let noted = noted.filter_map(|noted| {
            let container = noted.container.clone()?;
            Some(Sighting { container, at_ns: noted.written_ns, end: None, rough: false })
        });
        noted.collect()
    }
}

impl Noted {
    /// Whether there is anything new.
    fn read(&mut self, root: &Path, dir: &Path, settings: &Settings) -> io::Result<bool> {
        let host_changed = match self.host.look(&dir.join("hostconfig.json"), MAX_BYTES)? {
            Change::New(text, _) => {
                self.host_config = serde_json::from_slice(&text).map_err(io::Error::from)?;
                true
            }
            Change::Same | Change::Gone => false,
        };
        if host_changed {
            self.config.forget();
        }
        match self.config.look(&dir.join("config.v2.json"), MAX_BYTES)? {
            Change::New(text, stamp) => {
                let read = self.parse(&text, stamp, root, settings);
                if read.is_err() {
                    // Not to be taken for read.
                    self.config.forget();
                }
                read.map(|()| true)
            }
            Change::Gone => Ok(self.container.take().is_some()),
            Change::Same => Ok(false),
        }
    }

    fn parse(&mut self, text: &[u8], stamp: Stamp, root: &Path, settings: &Settings) -> io::Result<()> {
        let config: ConfigV2 = serde_json::from_slice(text)?;
        if self.upper_dir.is_none() {
            self.upper_dir = upper_dir(root, &config.driver, &config.id);
        }
        let inspected = Inspected {
            id: config.id,
            created: config.created,
            name: config.name,
            image: config.image,
            log_path: config.log_path,
            restart_count: Some(config.restart_count),
            state: config.state,
            config: config.config,
            host_config: self.host_config.clone(),
            ..Inspected::default()
        };
        let mut container = told::inspected(inspected, Runtime::Docker, "", settings);
        container.upper_dir.clone_from(&self.upper_dir);
        self.container = Some(container);
        self.written_ns = stamp.modified_ns();
        Ok(())
    }
}

/// Where a container's own changes lie, by the note of the storage driver; none with an image store that keeps no such note.
fn upper_dir(root: &Path, driver: &str, id: &str) -> Option<PathBuf> {
    let note = root.join("image").join(driver).join("layerdb/mounts").join(id).join("mount-id");
    let name = match read(&note, MAX_NAME_BYTES) {
        Ok(name) => String::from_utf8(name).ok()?,
        Err(error) if is_absent(&error) => return None,
        Err(error) => {
            debug!("{}: {error}", note.display());
            return None;
        }
    };
    let dir = root.join(driver).join(name.trim()).join("diff");
    dir.is_dir().then_some(dir)
}
