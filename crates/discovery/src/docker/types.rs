//! What is read of the daemons' answers. Fields that are not named are passed over, and null is as good as nothing: Podman writes it where Docker
//! leaves a field out.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use super::events::Event;

/// Null is the default.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Who answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Version {
    /// The daemon's own.
    #[serde(deserialize_with = "or_default")]
    pub version: String,
    /// The newest version of the API.
    #[serde(deserialize_with = "or_default")]
    pub api_version: String,
    /// The oldest one; empty where there is no limit.
    #[serde(rename = "MinAPIVersion", deserialize_with = "or_default")]
    pub min_api_version: String,
    #[serde(deserialize_with = "or_default")]
    components: Vec<Component>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Component {
    #[serde(deserialize_with = "or_default")]
    name: String,
    #[serde(deserialize_with = "or_default")]
    version: String,
    #[serde(deserialize_with = "or_default")]
    details: BTreeMap<String, serde_json::Value>,
}

impl Version {
    /// The version of Podman's own API, if Podman answers.
    pub(super) fn podman_api(&self) -> Option<&str> {
        let engine = self.components.iter().find(|component| component.name == "Podman Engine")?;
        let version = engine.details.get("APIVersion").and_then(serde_json::Value::as_str);
        // `5.0.0-dev` speaks 5.0.0.
        version.unwrap_or(&engine.version).split('-').next()
    }
}

/// A container of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Without a leading slash.
    pub name: String,
    /// As given at its creation.
    pub image: String,
    /// Its image's id.
    pub image_id: String,
    /// Of container and image.
    pub labels: BTreeMap<String, String>,
    /// `running`, `exited`, …
    pub state: String,
    /// `starting`, `healthy`, `unhealthy`; empty when it has no check or is not running.
    pub health: String,
    /// The pod's name; empty outside of a pod and with Docker.
    pub pod: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct DockerListed {
    id: String,
    #[serde(deserialize_with = "or_default")]
    names: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    image: String,
    #[serde(rename = "ImageID", deserialize_with = "or_default")]
    image_id: String,
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    state: String,
    #[serde(deserialize_with = "or_default")]
    status: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct PodmanListed {
    id: String,
    #[serde(deserialize_with = "or_default")]
    names: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    image: String,
    #[serde(rename = "ImageID", deserialize_with = "or_default")]
    image_id: String,
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "or_default")]
    state: String,
    /// The health check's, and nothing else.
    #[serde(deserialize_with = "or_default")]
    status: String,
    #[serde(deserialize_with = "or_default")]
    pod_name: String,
}

impl From<DockerListed> for Listed {
    fn from(from: DockerListed) -> Listed {
        // A container has one name that is its own, and one per link of others to it: `/other/alias`.
        let own = from.names.iter().map(|name| name.strip_prefix('/').unwrap_or(name)).find(|name| !name.contains('/'));
        let health = ["(healthy)", "(unhealthy)", "(health: starting)"].into_iter().find(|h| from.status.ends_with(h));
        let health = health.map(|text| text.trim_matches(['(', ')']).trim_start_matches("health: "));
        Listed {
            name: own.unwrap_or_default().to_owned(),
            health: health.unwrap_or_default().to_owned(),
            id: from.id,
            image: from.image,
            image_id: from.image_id,
            labels: from.labels,
            state: from.state,
            pod: String::new(),
        }
    }
}

impl From<PodmanListed> for Listed {
    fn from(from: PodmanListed) -> Listed {
        let is_id = !from.image_id.is_empty() && !from.image_id.contains(':');
        Listed {
            name: from.names.into_iter().next().unwrap_or_default(),
            health: from.status,
            id: from.id,
            image: from.image,
            // Its other answers bear the prefix.
            image_id: if is_id { format!("sha256:{}", from.image_id) } else { from.image_id },
            labels: from.labels,
            state: from.state,
            pod: from.pod_name,
        }
    }
}

/// All that is told of one container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Inspected {
    /// 64 hexadecimal digits.
    #[serde(alias = "ID")]
    pub id: String,
    /// RFC 3339.
    #[serde(deserialize_with = "or_default")]
    pub created: String,
    /// With a leading slash, as a rule.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// The image's id.
    #[serde(deserialize_with = "or_default")]
    pub image: String,
    /// Empty when the log driver writes no file.
    #[serde(deserialize_with = "or_default")]
    pub log_path: String,
    /// How often the restart policy started it again.
    #[serde(deserialize_with = "or_default")]
    pub restart_count: Option<u64>,
    /// What it is doing.
    #[serde(deserialize_with = "or_default")]
    pub state: InspectedState,
    /// What it is.
    #[serde(deserialize_with = "or_default")]
    pub config: Config,
    /// How the host runs it.
    #[serde(deserialize_with = "or_default")]
    pub host_config: HostConfig,
    /// Where its files are.
    #[serde(deserialize_with = "or_default")]
    pub graph_driver: GraphDriver,
}

/// What a container is doing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "the daemons' own names")]
pub struct InspectedState {
    /// Empty in Docker's files.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
    #[serde(deserialize_with = "or_default")]
    pub running: bool,
    #[serde(deserialize_with = "or_default")]
    pub paused: bool,
    #[serde(deserialize_with = "or_default")]
    pub restarting: bool,
    #[serde(rename = "OOMKilled", deserialize_with = "or_default")]
    pub oom_killed: bool,
    /// In Docker's files only.
    #[serde(deserialize_with = "or_default")]
    pub removal_in_progress: bool,
    #[serde(deserialize_with = "or_default")]
    pub dead: bool,
    #[serde(deserialize_with = "or_default")]
    pub pid: i64,
    /// Of the last run; 0 while it runs.
    #[serde(deserialize_with = "or_default")]
    pub exit_code: i64,
    /// RFC 3339; the year 1 for never.
    #[serde(deserialize_with = "or_default")]
    pub started_at: String,
    /// As above.
    #[serde(deserialize_with = "or_default")]
    pub finished_at: String,
    /// None without a check with Docker, an empty status with Podman.
    #[serde(deserialize_with = "or_default")]
    pub health: HealthState,
}

/// What a health check says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthState {
    /// `starting`, `healthy`, `unhealthy`; empty or `none` without a check.
    #[serde(deserialize_with = "or_default")]
    pub status: String,
}

/// What a container is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Config {
    /// As given at its creation.
    #[serde(deserialize_with = "or_default")]
    pub image: String,
    /// Of container and image.
    #[serde(deserialize_with = "or_default")]
    pub labels: BTreeMap<String, String>,
    /// None where the image has none either.
    #[serde(deserialize_with = "or_default")]
    pub healthcheck: Option<Healthcheck>,
}

/// A health check.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// The command; `NONE` for none.
    #[serde(deserialize_with = "or_default")]
    pub test: Vec<String>,
}

/// How the host runs a container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostConfig {
    /// Where its lines go.
    #[serde(deserialize_with = "or_default")]
    pub log_config: LogConfig,
    /// `host`, `none`, `bridge`, `container:…`, or a network's name.
    #[serde(deserialize_with = "or_default")]
    pub network_mode: String,
    /// When it is started again.
    #[serde(deserialize_with = "or_default")]
    pub restart_policy: NamedPolicy,
}

/// Where lines go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LogConfig {
    /// The log driver.
    #[serde(rename = "Type", deserialize_with = "or_default")]
    pub driver: String,
}

/// A restart policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NamedPolicy {
    /// Empty or `no` for none.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
}

/// What keeps a container's files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GraphDriver {
    /// Depends on the driver.
    #[serde(deserialize_with = "or_default")]
    pub data: GraphData,
}

/// Where a container's files are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GraphData {
    /// What it changed; empty where the driver has no such directory.
    #[serde(deserialize_with = "or_default")]
    pub upper_dir: String,
}

/// Whom an event is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Actor {
    #[serde(rename = "ID", deserialize_with = "or_default")]
    id: String,
    #[serde(rename = "Attributes", deserialize_with = "or_default")]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawEvent {
    #[serde(rename = "Type", deserialize_with = "or_default")]
    kind: String,
    #[serde(rename = "Action", deserialize_with = "or_default")]
    action: String,
    #[serde(rename = "Actor", deserialize_with = "or_default")]
    actor: Actor,
    #[serde(deserialize_with = "or_default")]
    time: i64,
    #[serde(rename = "timeNano", deserialize_with = "or_default")]
    time_ns: i64,
}

impl RawEvent {
    /// None for what is not about a container.
    pub(super) fn into_event(self) -> Option<Event> {
        if self.kind != "container" || self.actor.id.is_empty() {
            return None;
        }
        let attributes = &self.actor.attributes;
        let exit_code = attributes.get("exitCode").or_else(|| attributes.get("containerExitCode"));
        let exit_code = exit_code.filter(|_| self.action == "die").and_then(|text| text.parse().ok());
        let pod_id = attributes.get("podId").cloned().unwrap_or_default();
        let time_ns = if self.time_ns == 0 { self.time.saturating_mul(1_000_000_000) } else { self.time_ns };
        Some(Event { id: self.actor.id, action: self.action, time_ns, exit_code, pod_id })
    }
}
