//! One runtime at one place: by its socket while that answers, by its files while it does not.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{io, mem};

use discovery::docker::{Client, Error, Events, Version};
use model::Clock;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{debug, info};

use super::files::{Files, is_absent};
use super::session::Session;
use crate::registry::{Sighting, SourceId};
use crate::{Registry, Runtime, Settings, SourceState, SourceStatus};

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// The first pause after a socket that does not answer, and the longest one.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Asking whether there is a socket by now costs next to nothing.
const ABSENT_PAUSE: Duration = Duration::from_secs(2);
/// A session of this length was a good one: the next pause is short again.
const GOOD_SESSION: Duration = Duration::from_secs(10);

/// One runtime at one place.
pub(super) struct Source {
    place: Arc<Place>,
    sockets: Arc<[PathBuf]>,
    files: Vec<Root>,
    /// Whether the registry has what the files tell, and not what the socket told.
    told: bool,
    /// Whether a daemon has ever told its containers.
    connected: bool,
}

/// Whose containers they are, and to whom they are told.
pub(super) struct Place {
    pub(super) id: SourceId,
    pub(super) runtime: Runtime,
    pub(super) registry: Arc<Registry>,
    pub(super) settings: Arc<Settings>,
    pub(super) clock: Arc<dyn Clock>,
}

/// A session that has begun.
struct Begun {
    session: Session,
    events: Events,
    socket: PathBuf,
    version: String,
}

/// A directory and its reader.
type Root = (PathBuf, Box<dyn Files>);

/// What the directories gave.
enum Outcome {
    /// The first of them that could be read.
    Read(PathBuf),
    Absent,
    Denied(String),
    Failed(String),
}

impl Source {
    pub(super) fn new(
        runtime: Runtime,
        sockets: Vec<PathBuf>,
        files: Vec<Root>,
        settings: Arc<Settings>,
        registry: Arc<Registry>,
        clock: Arc<dyn Clock>,
    ) -> Source {
        let place = sockets.first().or(files.first().map(|(root, _)| root)).cloned().unwrap_or_default();
        let status = SourceStatus { runtime, place, state: SourceState::Absent, version: String::new() };
        let id = registry.add_source(status);
        let place = Arc::new(Place { id, runtime, registry, settings, clock });
        Source { place, sockets: sockets.into(), files, told: false, connected: false }
    }

    /// Watches until the end is wanted.
    pub(super) async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut pause = Duration::ZERO;
        let mut error = Error::Broken("no answer yet".to_owned());
        loop {
            let Some(begun) = self.begin(&error, &mut stop).await else { return };
            let mut good = false;
            error = match begun {
                Ok(begun) => {
                    let since = Instant::now();
                    let Err(error) = self.follow(begun, &mut stop).await else { return };
                    good = since.elapsed() >= GOOD_SESSION;
                    error
                }
                Err(error) => error,
            };
            debug!("{}: {error}", self.place.runtime.name());
            if good {
                // A stream may end for no bad reason: the first try to have another is at once.
                pause = PAUSE;
                continue;
            }
            let until = Instant::now() + pause.min(if is_missing(&error) { ABSENT_PAUSE } else { LONGEST_PAUSE });
            pause = (pause * 2).clamp(PAUSE, LONGEST_PAUSE);
            if self.read_until(&error, until, &mut stop).await.is_none() {
                return;
            }
        }
    }

    /// Begins a session with the first socket that answers; none when the end is wanted. A daemon that hangs must not keep its files from being read.
    async fn begin(&mut self, error: &Error, stop: &mut watch::Receiver<bool>) -> Option<Result<Begun, Error>> {
        let attempt = begin(Arc::clone(&self.place), Arc::clone(&self.sockets));
        let mut attempt = std::pin::pin!(attempt);
        loop {
            tokio::select! {
                biased;
                () = stopped(stop) => return None,
                begun = &mut attempt => return Some(begun),
                () = tokio::time::sleep_until(Instant::now() + LOOK) => self.look(error).await,
            }
        }
    }

    /// Follows a session. Ends well only when the end is wanted.
    async fn follow(&mut self, begun: Begun, stop: &mut watch::Receiver<bool>) -> Result<(), Error> {
        let Begun { mut session, events, socket, version } = begun;
        info!("{} {version} at {}: connected", self.place.runtime.name(), socket.display());
        self.tell(&socket, SourceState::Connected, version);
        self.told = false;
        self.connected = true;
        session.follow(events, stop).await
    }

    /// Reads files until it is time to try the socket again, once at least; none when the end is wanted.
    async fn read_until(&mut self, error: &Error, until: Instant, stop: &mut watch::Receiver<bool>) -> Option<()> {
        loop {
            let look = Instant::now() + LOOK;
            self.look(error).await;
            // Without directories there is nothing to look at.
            let next = if self.files.is_empty() { until } else { until.min(look) };
            tokio::select! {
                () = stopped(stop) => return None,
                () = tokio::time::sleep_until(next) => {}
            }
            if Instant::now() >= until {
                return Some(());
            }
        }
    }

    /// Reads what files there are, and tells how it goes.
    async fn look(&mut self, error: &Error) {
        let outcome = self.read_files().await;
        self.tell_files(error, outcome);
    }

    /// Reads what changed of all directories.
    async fn read_files(&mut self) -> Outcome {
        let (mut files, now_ns, told) = (mem::take(&mut self.files), self.place.clock.now_ns(), self.told);
        if files.is_empty() {
            return Outcome::Absent;
        }
        // A directory may lie on a disk that is slow, or asleep.
        let read = tokio::task::spawn_blocking(move || {
            let (outcome, sightings) = read_all(&mut files, now_ns, told);
            (files, outcome, sightings)
        });
        let Ok((files, outcome, sightings)) = read.await else {
            return Outcome::Failed("reading the directory was broken off".to_owned());
        };
        self.files = files;
        if let Some(sightings) = sightings {
            if self.is_foreign(&sightings) {
                return Outcome::Absent;
            }
            self.place.registry.sync(self.place.id, sightings);
            self.told = true;
        }
        outcome
    }

    /// Whether the directory is not that of the daemon which told of containers before: that of an older installation, as a rule. Docker's containers
    /// do not go while their daemon is away.
    fn is_foreign(&self, sightings: &[Sighting]) -> bool {
        if self.place.runtime != Runtime::Docker || !self.connected || self.told {
            return false;
        }
        let known = self.place.registry.ids(self.place.id);
        !known.is_empty() && !sightings.iter().any(|sighting| known.contains(&sighting.container.id))
    }

    fn tell_files(&self, error: &Error, outcome: Outcome) {
        let socket = match error {
            Error::Absent(socket) | Error::Denied(socket) | Error::Refused(socket) => Some(socket),
            _ => self.sockets.first(),
        };
        let place = socket.or(self.files.first().map(|(root, _)| root)).cloned().unwrap_or_default();
        let (place, state) = match (outcome, error) {
            (Outcome::Read(root), _) => (root, SourceState::Files),
            (_, Error::Denied(_)) => (place, SourceState::Denied(error.to_string())),
            (Outcome::Denied(message), _) => (place, SourceState::Denied(message)),
            (Outcome::Failed(message), Error::Absent(_)) => (place, SourceState::Failed(message)),
            (_, Error::Absent(_)) => (place, SourceState::Absent),
            (_, error) => (place, SourceState::Failed(error.to_string())),
        };
        self.tell(&place, state, String::new());
    }

    fn tell(&self, place: &Path, state: SourceState, version: String) {
        let status = SourceStatus { runtime: self.place.runtime, place: place.to_owned(), state, version };
        self.place.registry.set_source(self.place.id, status);
    }
}

/// Waits until the end is wanted; with the last one who could want it gone, it is.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

/// Connects and reads all containers.
async fn begin(place: Arc<Place>, sockets: Arc<[PathBuf]>) -> Result<Begun, Error> {
    let (socket, client, version) = connect(&sockets).await?;
    let mut session = Session::new(place, client);
    let events = session.begin().await?;
    Ok(Begun { session, events, socket, version: version.version })
}

async fn connect(sockets: &[PathBuf]) -> Result<(PathBuf, Client, Version), Error> {
    let mut first = None;
    for socket in sockets {
        match Client::connect(socket).await {
            Ok((client, version)) => return Ok((socket.clone(), client, version)),
            // Of the troubles, that of a socket which exists is the one to tell.
            Err(error) if is_missing(&error) => first = first.or(Some(error)),
            Err(error) => first = first.filter(|known| !is_missing(known)).or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| Error::Absent(PathBuf::new())))
}

/// Whether there is nothing to talk to.
fn is_missing(error: &Error) -> bool {
    matches!(error, Error::Absent(_))
}

/// All containers of all directories, if anything changed in any since it was told.
fn read_all(files: &mut [Root], now_ns: i64, told: bool) -> (Outcome, Option<Vec<Sighting>>) {
    let mut outcome = Outcome::Absent;
    let mut changed = false;
    let mut readable = Vec::new();
    for (root, files) in files {
        match files.read(now_ns) {
            Ok(read) => {
                changed |= read;
                if !matches!(outcome, Outcome::Read(_)) {
                    outcome = Outcome::Read(root.clone());
                }
                readable.push(files);
            }
            Err(error) if is_absent(&error) => {}
            Err(_) if matches!(outcome, Outcome::Read(_)) => {}
            Err(error) => outcome = refusal(root, &error),
        }
    }
    changed |= !told && !readable.is_empty();
    let sightings = changed.then(|| readable.iter().flat_map(|files| files.sightings()).collect());
    (outcome, sightings)
}

fn refusal(root: &Path, error: &io::Error) -> Outcome {
    let message = format!("{}: {error}", root.display());
    if error.kind() == io::ErrorKind::PermissionDenied { Outcome::Denied(message) } else { Outcome::Failed(message) }
}
