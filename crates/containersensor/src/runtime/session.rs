//! A runtime read by its socket: the list once, each container once, then what events name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use discovery::docker::{Client, Error, Event, Events, Inspected, Listed};
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior};
use tracing::debug;

use super::looks::{Hint, Looks, RETRY, SECOND_LOOK};
use super::source::{Place, stopped};
use super::told;
use crate::Container;
use crate::registry::{End, Sighting};

/// How often the list is asked for, in case that an event was missed.
const RELIST: Duration = Duration::from_secs(30);
/// So many containers are inspected at a time.
const AT_A_TIME: usize = 8;

/// An open connection to a daemon.
pub(super) struct Session {
    place: Arc<Place>,
    client: Client,
    looks: Looks,
    answers: FuturesUnordered<BoxFuture<'static, Answer>>,
    inspecting: usize,
    listing: bool,
    /// Whether the list that is on its way may be too old.
    list_again: bool,
    /// Containers that were known when the list was asked for.
    known: BTreeSet<String>,
    /// The names of containers' pods.
    pods: BTreeMap<String, String>,
    /// Containers with an out-of-memory event in their last run.
    ooms: BTreeSet<String>,
}

enum Answer {
    Inspected(String, Box<Result<Option<Inspected>, Error>>),
    Listed(Result<Vec<Listed>, Error>),
}

/// What may happen next.
enum Next {
    Stop,
    Event(Result<Option<Event>, Error>),
    Answer(Answer),
    Due,
    Relist,
}

impl Session {
    pub(super) fn new(place: Arc<Place>, client: Client) -> Session {
        Session {
            place,
            client,
            looks: Looks::default(),
            answers: FuturesUnordered::new(),
            inspecting: 0,
            listing: false,
            list_again: false,
            known: BTreeSet::new(),
            pods: BTreeMap::new(),
            ooms: BTreeSet::new(),
        }
    }

    /// Reads all containers. From the returned stream on, nothing is missed.
    pub(super) async fn begin(&mut self) -> Result<Events, Error> {
        // First the stream, then the list: what happens in between comes as an event.
        let events = self.client.events().await?;
        let listed = self.client.list().await?;
        self.note_pods(&listed);
        let inspections = listed.into_iter().map(|listed| {
            let client = self.client.clone();
            async move {
                let answer = client.inspect(&listed.id).await;
                (listed, answer)
            }
        });
        let at_ns = self.place.clock.now_ns();
        let answers: Vec<_> = futures_util::stream::iter(inspections).buffer_unordered(AT_A_TIME).collect().await;
        let mut sightings = Vec::with_capacity(answers.len());
        for (listed, answer) in answers {
            match answer {
                Ok(Some(inspected)) => sightings.push(self.sighting(inspected, Hint { at_ns: Some(at_ns), end: None })),
                Ok(None) => {}
                Err(error) => {
                    // One container that cannot be inspected must not hide the others, nor itself.
                    debug!("container {}: {error}", listed.id);
                    self.looks.look_at(&listed.id, Instant::now() + RETRY);
                    let container = told::listed(listed, self.place.runtime);
                    sightings.push(Sighting { container, at_ns, end: None, rough: true });
                }
            }
        }
        self.place.registry.sync(self.place.id, sightings);
        Ok(events)
    }

    /// Follows events until the daemon ends the stream, or the end is wanted.
    pub(super) async fn follow(&mut self, mut events: Events, stop: &mut watch::Receiver<bool>) -> Result<(), Error> {
        let mut relist = tokio::time::interval_at(Instant::now() + RELIST, RELIST);
        relist.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.ask();
            match self.next(&mut events, stop, &mut relist).await {
                Next::Stop => return Ok(()),
                Next::Event(Ok(Some(event))) => self.note(&event),
                Next::Event(Ok(None)) => return Err(Error::Broken("the daemon ended its stream of events".to_owned())),
                Next::Event(Err(error)) => return Err(error),
                Next::Answer(Answer::Inspected(id, answer)) => self.apply(&id, *answer),
                Next::Answer(Answer::Listed(answer)) => self.compare(answer),
                Next::Due => {}
                Next::Relist => self.relist(),
            }
        }
    }

    async fn next(&mut self, events: &mut Events, stop: &mut watch::Receiver<bool>, relist: &mut Interval) -> Next {
        let due = self.looks.next_due();
        // With the places taken, the next answer comes first.
        let due = due.filter(|_| self.inspecting < AT_A_TIME);
        tokio::select! {
            biased;
            () = stopped(stop) => Next::Stop,
            event = events.next() => Next::Event(event),
            Some(answer) = self.answers.next() => Next::Answer(answer),
            () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Next::Due,
            _ = relist.tick() => Next::Relist,
        }
    }

    /// Sends the inspections that are due.
    fn ask(&mut self) {
        let places = AT_A_TIME.saturating_sub(self.inspecting);
        for id in self.looks.take(Instant::now(), places) {
            let client = self.client.clone();
            self.inspecting += 1;
            self.answers.push(Box::pin(async move {
                let answer = Box::new(client.inspect(&id).await);
                Answer::Inspected(id, answer)
            }));
        }
    }

    fn relist(&mut self) {
        if self.listing {
            self.list_again = true;
            return;
        }
        self.listing = true;
        self.list_again = false;
        self.known = self.place.registry.ids(self.place.id);
        let client = self.client.clone();
        self.answers.push(Box::pin(async move { Answer::Listed(client.list().await) }));
    }

    /// What an event asks for.
    fn note(&mut self, event: &Event) {
        let (registry, source, now) = (&self.place.registry, self.place.id, Instant::now());
        let at_ns = if event.time_ns > 0 { event.time_ns } else { self.place.clock.now_ns() };
        let action = event.action.split(':').next().unwrap_or_default();
        match action {
            // Podman says `remove`.
            "destroy" | "remove" => {
                registry.gone(source, &event.id, at_ns, self.looks.end(&event.id));
                self.looks.forget(&event.id);
                self.pods.remove(&event.id);
                self.ooms.remove(&event.id);
            }
            "die" | "died" => {
                let oom = self.ooms.remove(&event.id);
                self.looks.ended(&event.id, End { exit_code: event.exit_code, oom, time_ns: at_ns });
                self.looks.look(&event.id, at_ns, now);
            }
            "oom" => {
                registry.see_oom(&event.id, at_ns);
                self.ooms.insert(event.id.clone());
            }
            "start" => {
                self.ooms.remove(&event.id);
                self.looks.look(&event.id, at_ns, now);
            }
            // Podman 4 tells that a check ran before it notes the outcome; that its process ended, closer to it.
            "health_status" | "exec_died" if self.client.is_podman() => self.checked(&event.id, now),
            "create" | "restart" | "pause" | "unpause" | "rename" | "update" | "health_status" | "cleanup" | "stop" => {
                self.looks.look(&event.id, at_ns, now);
            }
            _ => {}
        }
        // Only the list names pods.
        if action == "create" && !event.pod_id.is_empty() {
            self.relist();
        }
    }

    /// Podman checked a container's health, or ran something else in it.
    fn checked(&mut self, id: &str, now: Instant) {
        let known = self.place.registry.told_by(self.place.id, id);
        if known.is_some_and(|container| container.has_health_check) {
            self.looks.look_at(id, now + SECOND_LOOK / 2);
        }
    }

    /// What an inspection brought.
    fn apply(&mut self, id: &str, answer: Result<Option<Inspected>, Error>) {
        self.inspecting -= 1;
        let Some(hint) = self.looks.answered(id) else { return };
        let (registry, source) = (&self.place.registry, self.place.id);
        match answer {
            Ok(Some(inspected)) => registry.see(source, self.sighting(inspected, hint)),
            Ok(None) => {
                registry.gone(source, id, self.place.clock.now_ns(), hint.end);
                self.looks.forget(id);
            }
            Err(error) => {
                debug!("container {id}: {error}");
                self.looks.look_at(id, Instant::now() + RETRY);
            }
        }
    }

    /// What the list says that is not known.
    fn compare(&mut self, answer: Result<Vec<Listed>, Error>) {
        self.listing = false;
        let listed = match answer {
            Ok(listed) => listed,
            Err(error) => return debug!("list of {}: {error}", self.place.runtime.name()),
        };
        self.note_pods(&listed);
        let now = Instant::now();
        let mut missing = std::mem::take(&mut self.known);
        for listed in listed {
            missing.remove(&listed.id);
            let known = self.place.registry.told_by(self.place.id, &listed.id);
            if known.is_none_or(|known| told::differs(&known, &listed)) {
                self.looks.look_at(&listed.id, now);
            }
        }
        // An inspection knows better than a list that may be older.
        for id in missing {
            self.looks.look_at(&id, now);
        }
        if self.list_again {
            self.relist();
        }
    }

    fn note_pods(&mut self, listed: &[Listed]) {
        let pods = listed.iter().filter(|listed| !listed.pod.is_empty());
        self.pods = pods.map(|listed| (listed.id.clone(), listed.pod.clone())).collect();
    }

    fn sighting(&self, inspected: Inspected, hint: Hint) -> Sighting {
        let pod = self.pods.get(&inspected.id).map(String::as_str).unwrap_or_default();
        let container: Container = told::inspected(inspected, self.place.runtime, pod, &self.place.settings);
        let at_ns = hint.at_ns.unwrap_or_else(|| self.place.clock.now_ns());
        Sighting { container, at_ns, end: hint.end, rough: false }
    }
}
