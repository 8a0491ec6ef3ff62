//! Random histories: whatever happens, and however often the connection breaks, in the end the registry tells what the daemon tells, and the
//! events make sense.

use std::collections::BTreeMap;
use std::sync::Arc;

use containersensor::{Container, Event, EventKind, State};
use model::Clock;
use testkit::Random;

use crate::daemon::Daemon;
use crate::world::{Happening, Sim};
use crate::{TestClock, Watched, pass, settings};

const STEPS: usize = 150;
const HISTORIES: u64 = 12;

#[tokio::test(start_paused = true)]
async fn with_a_stream_that_breaks() {
    let seed = testkit::seed(4_711);
    for history in 0..HISTORIES {
        let events = run(Random(seed.wrapping_add(history)), true).await;
        check_sense(&events.seen, seed, history);
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_stream_that_holds_all_is_told() {
    let seed = testkit::seed(815);
    for history in 0..HISTORIES {
        let history_of = run(Random(seed.wrapping_add(history)), false).await;
        check_sense(&history_of.seen, seed, history);
        let mut told: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for event in &history_of.seen {
            told.entry(event.container.id.clone()).or_default().push(kind(&event.kind));
        }
        assert_eq!(told, history_of.expected, "seed {seed}, history {history}");
    }
}

struct History {
    seen: Vec<Event>,
    /// What should have been told of each container.
    expected: BTreeMap<String, Vec<&'static str>>,
}

/// A history: with breaks, things also happen faster than anybody could ask.
async fn run(mut random: Random, breaks: bool) -> History {
    let dir = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::new(dir.path());
    let clock = TestClock::new();
    let mut settings = settings(dir.path());
    settings.docker_sockets = vec![daemon.socket.clone()];
    let watched = Watched::begin(settings, clock.clone());
    pass(50).await;
    let mut expected: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    let mut seen = Vec::new();
    let mut stopped = false;
    for _ in 0..STEPS {
        if breaks {
            breakage(&mut daemon, &mut random, &mut stopped);
        }
        step(&daemon, &mut random, &clock, &mut expected);
        // At least a nanosecond lies between two happenings.
        let wait_ms = if breaks { [0, 0, 1, 50, 900, 4_000][random.below(6)] } else { 1_000 };
        pass(wait_ms).await;
        tokio::time::advance(std::time::Duration::from_millis(1)).await;
        seen.extend(watched.registry.take_events());
    }
    daemon.state.lock().down = false;
    if stopped {
        daemon.start_again();
    }
    pass(70_000).await;
    seen.extend(watched.registry.take_events());
    let world: Vec<Sim> = daemon.state.lock().world.containers.values().cloned().collect();
    compare(&world, &watched.registry.containers());
    watched.end().await;
    expected.retain(|_, kinds| !kinds.is_empty());
    History { seen, expected }
}

fn breakage(daemon: &mut Daemon, random: &mut Random, stopped: &mut bool) {
    match random.below(20) {
        0 => daemon.drop_streams(),
        1 => {
            let mut state = daemon.state.lock();
            state.down = !state.down;
        }
        2 if *stopped => {
            daemon.start_again();
            *stopped = false;
        }
        2 => {
            daemon.stop();
            *stopped = true;
        }
        3 if !*stopped => daemon.say("{\"Type\":\"container\",\"Act"),
        4 => {
            daemon.state.lock().instead.insert("json", (1, crate::daemon::status("500 Internal Server Error", "{}")));
        }
        _ => {}
    }
}

/// Something happens; what should be told of it is noted.
fn step(daemon: &Daemon, random: &mut Random, clock: &TestClock, expected: &mut BTreeMap<String, Vec<&'static str>>) {
    let at_ns = clock.now_ns();
    let ids: Vec<String> = daemon.state.lock().world.containers.keys().cloned().collect();
    if ids.len() < 2 || (ids.len() < 6 && random.below(10) == 0) {
        let id = daemon.create(at_ns);
        expected.entry(id).or_default().push("created");
        return;
    }
    let id = &ids[random.below(ids.len())];
    let happening = match random.below(16) {
        0..=3 => Happening::Start,
        4..=5 => Happening::ExitToRestart { code: 3 },
        6 => Happening::Exit { code: i64::try_from(random.below(200)).unwrap(), oom: false },
        7 => Happening::Exit { code: 137, oom: true },
        8..=9 => Happening::Pause,
        10..=11 => Happening::Unpause,
        12 => Happening::Health("healthy"),
        13 => Happening::Health("unhealthy"),
        14 => Happening::Rename,
        _ => Happening::Remove,
    };
    let before = daemon.state.lock().world.containers[id].clone();
    daemon.happen(id, happening, at_ns);
    let after = daemon.state.lock().world.containers.get(id).cloned();
    if after.as_ref() == Some(&before) {
        return;
    }
    let kinds: &[&'static str] = match happening {
        Happening::Start => &["started"],
        Happening::Exit { oom: true, .. } => &["oom", "exited"],
        Happening::Exit { .. } => &["exited"],
        Happening::ExitToRestart { .. } => &["exited", "restarting"],
        Happening::Pause => &["paused"],
        Happening::Unpause => &["unpaused"],
        Happening::Health(health) => &[if health == "healthy" { "healthy" } else { "unhealthy" }],
        Happening::Rename => &["renamed"],
        Happening::Remove if before.is_alive() => &["exited", "removed"],
        Happening::Remove => &["removed"],
    };
    expected.entry(id.clone()).or_default().extend(kinds);
}

/// The registry tells what the daemon tells.
#[track_caller]
fn compare(world: &[Sim], known: &[Arc<Container>]) {
    let mut known: Vec<_> = known.to_vec();
    known.sort_by(|a, b| a.id.cmp(&b.id));
    let ids = |sims: &[Sim]| sims.iter().map(|sim| sim.id.clone()).collect::<Vec<_>>();
    assert_eq!(known.iter().map(|container| container.id.clone()).collect::<Vec<_>>(), ids(world));
    for (sim, container) in world.iter().zip(known) {
        let ms = |ns: i64| (ns > 0).then_some(ns / 1_000_000);
        let health = if sim.is_alive() { if sim.health.is_empty() { "none" } else { sim.health } } else { "none" };
        let expected =
            (sim.name.as_str(), sim.state, health, Some(sim.restarts), ms(sim.started_ns), ms(sim.finished_ns));
        let got = (
            container.name.as_str(),
            container.state.name(),
            container.health.name(),
            container.restarts,
            container.started_ms,
            container.finished_ms,
        );
        assert_eq!(got, expected, "{sim:?} {container:?}");
        assert_eq!(container.pid.is_some(), sim.is_alive());
        if !sim.is_alive() && sim.finished_ns > 0 {
            assert_eq!((container.exit_code, container.oom_killed), (Some(sim.exit_code), sim.oom), "{sim:?}");
        }
    }
}

/// Events of each container rise in time, and each is possible after the one before it.
#[track_caller]
fn check_sense(events: &[Event], seed: u64, history: u64) {
    let mut last: BTreeMap<&str, (i64, State)> = BTreeMap::new();
    for event in events {
        let id = event.container.id.as_str();
        let context = format!("seed {seed}, history {history}: {event:?} after {:?}", last.get(id));
        let (before_ns, before) = last.get(id).copied().unwrap_or((0, State::Removing));
        assert!(event.time_ns > before_ns, "{context}");
        let running = matches!(before, State::Running | State::Paused);
        let possible = match event.kind {
            EventKind::Created => !last.contains_key(id),
            EventKind::Started => !running && before != State::Removing,
            EventKind::Exited => running,
            EventKind::Paused => before == State::Running,
            EventKind::Unpaused => before == State::Paused,
            EventKind::Health(_) => before == State::Running,
            EventKind::Restarting | EventKind::Removed => !running && before != State::Removing,
            EventKind::Oom | EventKind::Renamed { .. } => before != State::Removing,
        };
        assert!(possible, "{context}");
        let state = match event.kind {
            EventKind::Created => State::Created,
            EventKind::Started | EventKind::Unpaused => State::Running,
            EventKind::Exited => State::Exited,
            EventKind::Restarting => State::Restarting,
            EventKind::Paused => State::Paused,
            EventKind::Removed => State::Removing,
            _ => before,
        };
        last.insert(id, (event.time_ns, state));
    }
}

fn kind(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Created => "created",
        EventKind::Started => "started",
        EventKind::Exited => "exited",
        EventKind::Oom => "oom",
        EventKind::Restarting => "restarting",
        EventKind::Paused => "paused",
        EventKind::Unpaused => "unpaused",
        EventKind::Health(health) => health.name(),
        EventKind::Renamed { .. } => "renamed",
        EventKind::Removed => "removed",
    }
}
