//! What Podman notes in its database (`libpod/bolt_state.db`): all about its containers, as JSON.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use discovery::docker::Healthcheck;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tracing::debug;

use super::bolt::{Bolt, Bucket, Value};
use super::oci::Linux;
use super::told;
use crate::{Container, Health, Runtime, Settings, State};

/// No database is longer.
const MAX_BYTES: u64 = 64 << 20;

/// A container as noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) container: Container,
    /// Where what lasts as long as a run is kept, as the runtime calls it.
    pub(super) run_dir: PathBuf,
}

/// What never changes of a container, but its name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    id: String,
    name: String,
    pod: String,
    #[serde(rename = "rootfsImageID")]
    image_id: String,
    #[serde(rename = "rootfsImageName")]
    image: String,
    labels: Option<BTreeMap<String, String>>,
    #[serde(rename = "createdTime")]
    created: String,
    #[serde(rename = "logPath")]
    log_path: String,
    #[serde(rename = "logDriver")]
    log_driver: String,
    restart_policy: String,
    healthcheck: Option<Healthcheck>,
    #[serde(rename = "netNsCtr")]
    network_of: String,
    spec: Spec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Spec {
    linux: Linux,
}

/// What changes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Current {
    state: u8,
    run_dir: PathBuf,
    started_time: String,
    finished_time: String,
    exit_code: i64,
    oom_killed: bool,
    pid: u32,
    restart_count: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pod {
    name: String,
}

/// All containers that the database at a path tells of.
pub(super) fn read(path: &Path, settings: &Settings) -> io::Result<BTreeMap<String, Noted>> {
    let bolt = Bolt::copy(path, MAX_BYTES)?;
    let pods = pods(&bolt)?;
    let mut noted = BTreeMap::new();
    let Some(containers) = bolt.bucket(bolt.root(), "ctr")? else { return Ok(noted) };
    for (id, value) in bolt.entries(containers)? {
        let Value::Bucket(bucket) = value else { continue };
        let (config, state) = (json::<Config>(&bolt, bucket, "config")?, json::<Current>(&bolt, bucket, "state")?);
        match config.zip(state) {
            Some((config, state)) => {
                let container = container(config, state, &pods, settings);
                noted.insert(container.container.id.clone(), container);
            }
            None => debug!("container {}: its notes are not understood", String::from_utf8_lossy(id)),
        }
    }
    Ok(noted)
}

/// The names of pods, by id.
fn pods(bolt: &Bolt) -> io::Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    let Some(pods) = bolt.bucket(bolt.root(), "pod")? else { return Ok(names) };
    for (id, value) in bolt.entries(pods)? {
        let Value::Bucket(bucket) = value else { continue };
        if let Some(pod) = json::<Pod>(bolt, bucket, "config")? {
            names.insert(String::from_utf8_lossy(id).into_owned(), pod.name);
        }
    }
    Ok(names)
}

/// What stands under a key; none when it is not there, or not understood.
fn json<T: DeserializeOwned>(bolt: &Bolt, bucket: Bucket<'_>, key: &str) -> io::Result<Option<T>> {
    let found = bolt.entries(bucket)?.into_iter().find(|(name, _)| *name == key.as_bytes());
    let Some((_, Value::Bytes(text))) = found else { return Ok(None) };
    Ok(serde_json::from_slice(text).map_err(|error| debug!("{key}: {error}")).ok())
}

fn container(config: Config, current: Current, pods: &BTreeMap<String, String>, settings: &Settings) -> Noted {
    let state = state(current.state);
    let finished_ms = told::time_ms(&current.finished_time);
    let own = config.spec.linux.network().is_some_and(|network| network.path.is_empty());
    let container = Container {
        id: config.id,
        runtime: Runtime::Podman,
        name: config.name,
        image: config.image,
        image_id: if config.image_id.is_empty() { String::new() } else { format!("sha256:{}", config.image_id) },
        labels: config.labels.unwrap_or_default(),
        state,
        health: Health::None,
        pid: (current.pid > 0 && state.is_alive()).then_some(current.pid),
        exit_code: (!state.is_alive() && finished_ms.is_some()).then_some(current.exit_code),
        oom_killed: current.oom_killed,
        created_ms: told::time_ms(&config.created),
        started_ms: told::time_ms(&current.started_time),
        finished_ms,
        restarts: Some(current.restart_count),
        starts: 0,
        restart_policy: config.restart_policy,
        has_health_check: config.healthcheck.is_some_and(|check| told::has_test(&check.test)),
        pod: pods.get(&config.pod).cloned().unwrap_or_default(),
        log: told::log(Runtime::Podman, &config.log_driver, &config.log_path, settings),
        upper_dir: None,
        own_network: own && config.network_of.is_empty(),
    };
    Noted { container, run_dir: current.run_dir }
}

/// Podman's states by number: unknown, configured, created, running, stopped, paused, exited, removing, stopping.
fn state(number: u8) -> State {
    match number {
        3 | 8 => State::Running,
        5 => State::Paused,
        4 | 6 => State::Exited,
        7 => State::Removing,
        _ => State::Created,
    }
}
