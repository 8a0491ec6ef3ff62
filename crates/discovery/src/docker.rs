//! A client of Docker's API over a Unix socket, and of the same API as Podman serves it. It reads and never changes anything: four questions,
//! all of them GET.

mod error;
mod events;
mod request;
#[cfg(test)]
mod tests;
mod types;

use std::path::{Path, PathBuf};

pub use error::Error;
pub use events::{Event, Events};
pub use types::{
    Config, GraphData, GraphDriver, HealthState, Healthcheck, HostConfig, Inspected, InspectedState, Listed, LogConfig,
    NamedPolicy, Version,
};

use request::Get;
use types::{DockerListed, PodmanListed};

/// The newest version of Docker's API whose answers this client was written for.
const NEWEST: (u32, u32) = (1, 47);
/// No version answer is longer.
const MAX_VERSION_BYTES: usize = 256 << 10;
/// No list is longer: some ten thousand containers.
pub const MAX_LIST_BYTES: usize = 32 << 20;
/// What is told of one container is not longer.
pub const MAX_INSPECT_BYTES: usize = 4 << 20;
/// The events of containers that change what is known of them. Without the choice, each health check would wake the listener three times.
const DOCKER_EVENTS: [&str; 11] =
    ["create", "destroy", "die", "health_status", "oom", "pause", "rename", "restart", "start", "unpause", "update"];

/// A daemon that answered once.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
    /// `/v1.41`: before each path.
    prefix: String,
    /// `/v4.3.1/libpod`: before a path of Podman's own API; none with Docker.
    libpod: Option<String>,
}

impl Client {
    /// Asks for the version, and agrees on the one to be spoken.
    ///
    /// A path without a version means the daemon's newest one, whose answers may differ from what this client knows; a fixed old version is refused by
    /// newer daemons (Docker 29 wants 1.44 at least). So it is the newest one that both know.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn connect(socket: &Path) -> Result<(Client, Version), Error> {
        let body = request::answer(socket, Get::new("/version")?, MAX_VERSION_BYTES).await?;
        let version: Version = parse(&body)?;
        Ok((Client::speaking(socket, &version), version))
    }

    fn speaking(socket: &Path, version: &Version) -> Client {
        let spoken = negotiate(version);
        let prefix = spoken.map(|(major, minor)| format!("/v{major}.{minor}")).unwrap_or_default();
        let libpod = version.podman_api().map(|version| format!("/v{version}/libpod"));
        Client { socket: socket.to_owned(), prefix, libpod }
    }

    /// Whether Podman answers.
    #[must_use]
    pub fn is_podman(&self) -> bool {
        self.libpod.is_some()
    }

    /// All containers, also stopped ones. Podman is asked by its own API, which names pods.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(&self) -> Result<Vec<Listed>, Error> {
        let body = request::answer(&self.socket, self.list_request()?, MAX_LIST_BYTES).await?;
        if self.is_podman() {
            let listed: Option<Vec<PodmanListed>> = parse(&body)?;
            return Ok(listed.unwrap_or_default().into_iter().map(Listed::from).collect());
        }
        let listed: Option<Vec<DockerListed>> = parse(&body)?;
        Ok(listed.unwrap_or_default().into_iter().map(Listed::from).collect())
    }

    /// All about one container; none when there is no such container.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn inspect(&self, id: &str) -> Result<Option<Inspected>, Error> {
        match request::answer(&self.socket, self.inspect_request(id)?, MAX_INSPECT_BYTES).await {
            Ok(body) => parse(&body).map(Some),
            Err(Error::Failed { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What happens to containers from now on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn events(&self) -> Result<Events, Error> {
        let (body, connection) = request::stream(&self.socket, self.events_request()?).await?;
        Ok(Events::new(body, connection))
    }

    fn list_request(&self) -> Result<Get, Error> {
        match &self.libpod {
            Some(libpod) => Get::new(&format!("{libpod}/containers/json?all=true")),
            None => Get::new(&format!("{}/containers/json?all=1", self.prefix)),
        }
    }

    fn inspect_request(&self, id: &str) -> Result<Get, Error> {
        let id: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
        Get::new(&format!("{}/containers/{id}/json", self.prefix))
    }

    fn events_request(&self) -> Result<Get, Error> {
        // Podman's event names are others, and it compares a choice with its internal ones: it tells all of them.
        let events = if self.is_podman() { String::new() } else { format!(r#","event":{DOCKER_EVENTS:?}"#) };
        let filters = format!(r#"{{"type":["container"]{events}}}"#);
        let filters: String = form_urlencoded::byte_serialize(filters.as_bytes()).collect();
        Get::new(&format!("{}/events?filters={filters}", self.prefix))
    }
}

/// The version to be spoken; none when the daemon does not tell its own.
fn negotiate(version: &Version) -> Option<(u32, u32)> {
    let theirs = numbers(&version.api_version)?;
    let oldest = numbers(&version.min_api_version).unwrap_or((0, 0));
    Some(theirs.min(NEWEST).max(oldest))
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Broken(format!("the answer is not what was expected: {error}")))
}
