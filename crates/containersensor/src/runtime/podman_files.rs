//! Podman's own notes of its containers.
//!
//! The storage's list (`overlay-containers/containers.json`) names all; the database tells everything of them. Where that is of a kind that is not
//! read (Podman 5 has SQLite), what is known is what lies beside it: whether a container has run (`userdata/config.json`), its process
//! (`userdata/pidfile` in the run-time directory), its lines, the outcome of its health check. How a run ended, how often it was started again
//! and labels are then not known.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use discovery::docker::HealthState;
use serde::Deserialize;
use tracing::debug;

use super::files::{Change, Files, Stamp, Watched, is_absent};
use super::podman_db::{self, Noted};
use super::podman_run::{Freezers, Run};
use super::told;
use crate::registry::Sighting;
use crate::{Container, Runtime, Settings, State};

/// No list of containers is longer.
const MAX_LIST_BYTES: u64 = 16 << 20;
/// No note of a health check is longer.
const MAX_HEALTH_BYTES: u64 = 1 << 20;

/// Podman's storage directory.
#[derive(Debug)]
pub(super) struct PodmanFiles {
    root: PathBuf,
    settings: Settings,
    list: Watched,
    stored: Vec<Stored>,
    db: Stamp,
    /// What the database tells; none when there is none that can be read.
    noted: Option<BTreeMap<String, Noted>>,
    health: BTreeMap<String, Health>,
    runs: BTreeMap<String, Run>,
    freezers: Freezers,
    sightings: Vec<Sighting>,
}

/// The outcome of a container's health check.
#[derive(Debug, Default)]
struct Health {
    file: Watched,
    now: crate::Health,
    /// When it was noted.
    noted_ns: i64,
}

/// A container of the storage's list.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Stored {
    id: String,
    names: Vec<String>,
    image: String,
    layer: String,
    /// JSON in a string.
    metadata: String,
    created: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "image-name")]
    image: String,
    name: String,
    #[serde(rename = "created-at")]
    created_s: i64,
}

impl PodmanFiles {
    pub(super) fn new(root: &Path, settings: &Settings) -> PodmanFiles {
        PodmanFiles {
            root: root.to_owned(),
            settings: settings.clone(),
            list: Watched::default(),
            stored: Vec::new(),
            db: Stamp::default(),
            noted: None,
            health: BTreeMap::new(),
            runs: BTreeMap::new(),
            freezers: Freezers::new(settings),
            sightings: Vec::new(),
        }
    }

    fn containers_dir(&self) -> PathBuf {
        self.root.join("overlay-containers")
    }

    fn read_list(&mut self) -> io::Result<()> {
        // A storage without containers yet has no list; one without its directory is none.
        fs::metadata(self.containers_dir())?;
        match self.list.look(&self.containers_dir().join("containers.json"), MAX_LIST_BYTES)? {
            Change::New(text, _) => match serde_json::from_slice(&text) {
                Ok(stored) => self.stored = stored,
                Err(error) => {
                    self.list.forget();
                    return Err(error.into());
                }
            },
            Change::Gone => self.stored.clear(),
            Change::Same => {}
        }
        Ok(())
    }

    /// Reads the database if it changed.
    fn read_db(&mut self) {
        let path = self.root.join("libpod/bolt_state.db");
        let stamp = match fs::metadata(&path) {
            Ok(metadata) => Stamp::of(&metadata),
            Err(error) => {
                if !is_absent(&error) {
                    debug!("{}: {error}", path.display());
                }
                self.noted = None;
                return;
            }
        };
        if self.db == stamp {
            return;
        }
        match podman_db::read(&path, &self.settings) {
            Ok(noted) => {
                self.noted = Some(noted);
                self.db = stamp;
            }
            // What was read before holds until the next look.
            Err(error) => debug!("{}: {error}", path.display()),
        }
    }

    /// All containers as they are now.
    fn look(&mut self, now_ns: i64) -> Vec<Sighting> {
        let stored = std::mem::take(&mut self.stored);
        let noted = self.noted.take();
        let mut sightings = Vec::with_capacity(stored.len());
        for stored in &stored {
            let known = noted.as_ref().map(|noted| noted.get(&stored.id));
            let sighting = match known {
                // The storage is also that of others, such as Buildah; and a container is stored before it is noted.
                Some(None) => continue,
                Some(Some(noted)) => self.noted(noted, stored, now_ns),
                None => match self.stored(stored, now_ns) {
                    Some(sighting) => sighting,
                    None => continue,
                },
            };
            sightings.push(sighting);
        }
        self.health.retain(|id, _| stored.iter().any(|stored| stored.id == *id));
        self.runs.retain(|id, _| stored.iter().any(|stored| stored.id == *id));
        (self.stored, self.noted) = (stored, noted);
        sightings
    }

    /// A container that the database tells of.
    fn noted(&mut self, noted: &Noted, stored: &Stored, now_ns: i64) -> Sighting {
        let mut container = noted.container.clone();
        container.upper_dir = self.upper_dir(stored);
        let mut at_ns = self.db.modified_ns();
        if container.has_health_check && container.state.is_alive() {
            let (health, noted_ns) = self.health(&stored.id, &self.settings.of_host(&noted.run_dir));
            container.health = health;
            at_ns = at_ns.max(noted_ns);
        }
        let run = self.runs.entry(stored.id.clone()).or_default();
        // After a crash of the machine the database tells of processes that are no more.
        let lost = container.pid.is_some_and(|pid| run.is_lost(pid, &self.settings));
        if lost {
            container.state = State::Exited;
            container.exit_code = None;
            container.finished_ms = None;
            at_ns = now_ns;
        }
        Sighting { container, at_ns, end: None, rough: lost }
    }

    /// A container of which only its files tell; none for what is not Podman's.
    fn stored(&mut self, stored: &Stored, now_ns: i64) -> Option<Sighting> {
        let metadata: Metadata = serde_json::from_str(&stored.metadata).ok()?;
        // Other users of the storage write other metadata.
        if metadata.created_s == 0 {
            return None;
        }
        let user_data = self.containers_dir().join(&stored.id).join("userdata");
        let run = self.runs.entry(stored.id.clone()).or_default();
        run.look(&stored.id, &user_data, &self.settings);
        let state = run.state(&self.settings, &mut self.freezers);
        let mut container = Container {
            id: stored.id.clone(),
            runtime: Runtime::Podman,
            name: if metadata.name.is_empty() { stored.names.first().cloned()? } else { metadata.name },
            image: metadata.image,
            image_id: if stored.image.is_empty() { String::new() } else { format!("sha256:{}", stored.image) },
            state,
            pid: run.pid().filter(|_| state.is_alive()),
            created_ms: told::time_ms(&stored.created).or(Some(metadata.created_s.saturating_mul(1_000))),
            started_ms: run.started_ms(),
            oom_killed: run.oom_killed(&user_data),
            own_network: run.own_network(),
            log: run.log(&user_data),
            ..Container::default()
        };
        if let Some(run_dir) = run.run_dir().map(Path::to_owned) {
            container.health = self.health(&stored.id, &run_dir).0;
            container.has_health_check = container.health != crate::Health::None;
        }
        container.upper_dir = self.upper_dir(stored);
        Some(Sighting { container, at_ns: now_ns, end: None, rough: true })
    }

    /// What the health check said last, and when: noted beside the run-time directory.
    fn health(&mut self, id: &str, run_dir: &Path) -> (crate::Health, i64) {
        let health = self.health.entry(id.to_owned()).or_default();
        let path = run_dir.parent().unwrap_or(run_dir).join("healthcheck.log");
        match health.file.look(&path, MAX_HEALTH_BYTES) {
            Ok(Change::New(text, stamp)) => match serde_json::from_slice::<HealthState>(&text) {
                Ok(state) => {
                    health.now = told::health(&state.status);
                    health.noted_ns = stamp.modified_ns();
                }
                // It is not replaced but written over.
                Err(_) => health.file.forget(),
            },
            Ok(Change::Gone) => health.now = crate::Health::None,
            Ok(Change::Same) => {}
            Err(error) => debug!("{}: {error}", path.display()),
        }
        (health.now, health.noted_ns)
    }

    fn upper_dir(&self, stored: &Stored) -> Option<PathBuf> {
        let dir = self.root.join("overlay").join(&stored.layer).join("diff");
        (!stored.layer.is_empty() && dir.is_dir()).then_some(dir)
    }
}

impl Files for PodmanFiles {
    fn read(&mut self, now_ns: i64) -> io::Result<bool> {
        self.read_list()?;
        self.read_db();
        let sightings = self.look(now_ns);
        let same = sightings.len() == self.sightings.len()
            && sightings.iter().zip(&self.sightings).all(|(new, old)| new.container == old.container);
        if !same {
            self.sightings = sightings;
        }
        Ok(!same)
    }

    fn sightings(&self) -> Vec<Sighting> {
        self.sightings.clone()
    }
}
