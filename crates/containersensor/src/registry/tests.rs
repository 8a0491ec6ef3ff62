//! Which events follow from which sightings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::ManualClock;

use super::*;
use crate::{EventKind, Health};

/// The time of the test's start, in milliseconds.
const T: i64 = 1_795_592_000_000;
/// How long after the sighting's subject it is seen.
const LATE_MS: i64 = 100;

fn registry() -> (Registry, SourceId) {
    let registry = Registry::new(Arc::new(ManualClock::new(T)));
    let source = registry.add_source(status(SourceState::Absent));
    (registry, source)
}

fn status(state: SourceState) -> SourceStatus {
    SourceStatus { runtime: Runtime::Docker, place: "/run/docker.sock".into(), state, version: String::new() }
}

/// A container that runs since the given time.
fn running(started: i64) -> Container {
    Container {
        id: "0a".to_owned(),
        runtime: Runtime::Docker,
        name: "web".to_owned(),
        state: State::Running,
        pid: Some(u32::try_from(started + 1_000).unwrap()),
        created_ms: Some(T),
        started_ms: Some(T + started),
        restarts: Some(0),
        ..Container::default()
    }
}

fn created() -> Container {
    Container { state: State::Created, pid: None, started_ms: None, ..running(0) }
}

fn exited(started: i64, finished: i64, exit_code: i64) -> Container {
    let container = Container { state: State::Exited, pid: None, exit_code: Some(exit_code), ..running(started) };
    Container { finished_ms: Some(T + finished), ..container }
}

fn seen(container: Container, at: i64) -> Sighting {
    Sighting { container, at_ns: (T + at) * 1_000_000, end: None, rough: false }
}

fn rough(container: Container, at: i64) -> Sighting {
    Sighting { rough: true, ..seen(container, at) }
}

fn with_end(container: Container, at: i64, exit_code: i64, oom: bool) -> Sighting {
    let end = End { exit_code: Some(exit_code), oom, time_ns: (T + at) * 1_000_000 };
    Sighting { end: Some(end), ..seen(container, at + LATE_MS) }
}

/// Events in short: milliseconds from the start, what, and what matters of the container.
fn told(registry: &Registry) -> Vec<String> {
    let events = registry.take_events();
    let told = events.into_iter().map(|event| {
        let container = &event.container;
        let ms = event.time_ns / 1_000_000 - T;
        let detail = match &event.kind {
            EventKind::Created => "created".to_owned(),
            EventKind::Started => format!("started {}", container.starts),
            EventKind::Exited => format!("exited {:?} oom={}", container.exit_code, container.oom_killed),
            EventKind::Oom => "oom".to_owned(),
            EventKind::Restarting => format!("restarting {:?}", container.restarts),
            EventKind::Paused => "paused".to_owned(),
            EventKind::Unpaused => "unpaused".to_owned(),
            EventKind::Health(health) => health.name().to_owned(),
            EventKind::Renamed { from } => format!("renamed {from} {}", container.name),
            EventKind::Removed => "removed".to_owned(),
        };
        format!("{ms} {detail}")
    });
    told.collect()
}

/// What follows when these are seen one after the other, of which the first was there before anybody looked.
#[track_caller]
fn check(sightings: Vec<Sighting>, expected: &[&str]) -> Arc<Container> {
    let (registry, source) = registry();
    let mut sightings = sightings.into_iter();
    registry.sync(source, sightings.next().into_iter().collect());
    assert_eq!(told(&registry), [""; 0], "the first sight is no event");
    for sighting in sightings {
        registry.see(source, sighting.clone());
        // To see the same again changes nothing.
        registry.see(source, sighting);
    }
    assert_eq!(told(&registry), expected);
    registry.containers().remove(0)
}

#[test]
fn a_life() {
    let starting = Container { health: Health::Starting, ..running(10) };
    let healthy = Container { health: Health::Healthy, ..running(10) };
    let paused = Container { state: State::Paused, health: Health::Unhealthy, ..running(10) };
    let after_pause = Container { health: Health::Unhealthy, ..running(10) };
    let renamed = Container { name: "api".to_owned(), ..healthy.clone() };
    let steps = [
        (created(), 0),
        (starting, 11),
        (healthy.clone(), 20),
        (paused, 30),
        (after_pause, 40),
        (healthy, 50),
        (renamed, 60),
    ];
    let mut sightings: Vec<_> = steps.into_iter().map(|(container, at)| seen(container, at)).collect();
    sightings.push(seen(
        Container { name: "api".to_owned(), health: Health::Healthy, oom_killed: true, ..exited(10, 70, 137) },
        75,
    ));
    let expected = [
        "10 started 1",
        "20 healthy",
        "30 paused",
        "40 unpaused",
        "50 healthy",
        "60 renamed web api",
        "70 oom",
        "70 exited Some(137) oom=true",
    ];
    let last = check(sightings, &expected);
    assert_eq!((last.health, last.pid, last.starts), (Health::None, None, 1));
}

#[test]
fn runs() {
    // Seen at each step.
    check(vec![seen(running(0), 0), seen(exited(0, 50, 3), 60)], &["50 exited Some(3) oom=false"]);
    // Started again in between: what the event told of the end is known.
    check(
        vec![seen(running(0), 0), with_end(running(100), 50, 3, false)],
        &["50 exited Some(3) oom=false", "100 started 1"],
    );
    check(
        vec![seen(running(0), 0), with_end(running(100), 50, 137, true)],
        &["50 oom", "50 exited Some(137) oom=true", "100 started 1"],
    );
    // Nobody told: only when it ended is known, as the runtime remembers it.
    let again = Container { finished_ms: Some(T + 50), ..running(100) };
    check(vec![seen(running(0), 0), seen(again, 110)], &["50 exited None oom=false", "100 started 1"]);
    check(vec![seen(running(0), 0), seen(running(100), 110)], &["110 exited None oom=false", "110 started 1"]);
    // An end that was told belongs to an older run.
    check(
        vec![seen(running(100), 0), with_end(running(300), 50, 3, false)],
        &["150 exited None oom=false", "300 started 1"],
    );
    // A whole run between two looks.
    check(
        vec![seen(running(0), 0), with_end(exited(100, 150, 0), 50, 3, false)],
        &["50 exited Some(3) oom=false", "100 started 1", "150 exited Some(0) oom=false"],
    );
    check(
        vec![seen(exited(0, 50, 1), 0), seen(exited(100, 150, 2), 160)],
        &["100 started 1", "150 exited Some(2) oom=false"],
    );
    // Docker may note a short run's start after its end.
    check(vec![seen(created(), 0), seen(exited(120, 110, 2), 160)], &["120 started 1", "120 exited Some(2) oom=false"]);
    // A start that fails leaves a code and no run.
    check(vec![seen(created(), 0), seen(Container { state: State::Dead, ..created() }, 10)], &[]);
}

#[test]
fn the_last_end_stays_known() {
    let last = check(
        vec![seen(running(0), 0), seen(exited(0, 50, 137), 60), seen(running(100), 110)],
        &["50 exited Some(137) oom=false", "100 started 1"],
    );
    assert_eq!((last.exit_code, last.finished_ms), (Some(137), Some(T + 50)));
    // What a daemon tells of a running container's exit code is not that of an end.
    let first = check(vec![seen(Container { exit_code: Some(0), oom_killed: true, ..running(0) }, 0)], &[]);
    assert_eq!((first.exit_code, first.oom_killed), (None, false));
}

#[test]
fn restarts() {
    let restarting = |started, finished, restarts| Container {
        state: State::Restarting,
        restarts: Some(restarts),
        ..exited(started, finished, 3)
    };
    let restarted = |started, restarts| Container { restarts: Some(restarts), ..running(started) };
    // Docker: the state between the runs has a name, and the count rises with it.
    check(
        vec![
            seen(running(0), 0),
            seen(restarting(0, 50, 1), 60),
            seen(restarted(100, 1), 110),
            seen(restarting(100, 150, 2), 160),
            seen(Container { restarts: Some(2), ..exited(200, 250, 3) }, 260),
        ],
        &[
            "50 exited Some(3) oom=false",
            "50 restarting Some(1)",
            "100 started 1",
            "150 exited Some(3) oom=false",
            "150 restarting Some(2)",
            "200 started 2",
            "250 exited Some(3) oom=false",
        ],
    );
    // Podman: it has none; the count rises with the next start, or before it.
    check(
        vec![seen(running(0), 0), seen(exited(0, 50, 3), 60), seen(restarted(100, 1), 110)],
        &["50 exited Some(3) oom=false", "50 restarting Some(1)", "100 started 1"],
    );
    check(
        vec![
            seen(running(0), 0),
            seen(exited(0, 50, 3), 60),
            seen(Container { restarts: Some(1), ..exited(0, 50, 3) }, 70),
            seen(restarted(100, 1), 110),
        ],
        &["50 exited Some(3) oom=false", "50 restarting Some(1)", "100 started 1"],
    );
    // Two at once, and the second run is over already.
    check(
        vec![seen(running(0), 0), with_end(restarting(100, 150, 2), 50, 7, false)],
        &[
            "50 exited Some(7) oom=false",
            "50 restarting Some(1)",
            "100 started 1",
            "150 exited Some(3) oom=false",
            "150 restarting Some(2)",
        ],
    );
    // By hand: the count begins anew.
    check(vec![seen(restarting(0, 50, 5), 60), seen(restarted(100, 0), 110)], &["100 started 1"]);
}

#[test]
fn files_that_tell_little() {
    let estimate = |started: i64, pid| Container {
        labels: BTreeMap::new(),
        image: String::new(),
        restarts: None,
        pid,
        started_ms: Some(T + started),
        ..running(0)
    };
    let labels: BTreeMap<_, _> = [("a".to_owned(), "b".to_owned())].into();
    let exact = Container { labels: labels.clone(), restarts: Some(4), ..running(0) };
    // The same run by another's estimate, and back.
    let last = check(vec![seen(exact.clone(), 0), rough(estimate(30, exact.pid), 40), seen(exact.clone(), 50)], &[]);
    assert_eq!((&last.labels, last.restarts, last.started_ms), (&labels, Some(4), exact.started_ms));
    let last = check(vec![seen(exact.clone(), 0), rough(estimate(30, exact.pid), 40)], &[]);
    assert_eq!((&last.labels, last.restarts, last.started_ms), (&labels, Some(4), exact.started_ms));
    // Its end; how it ended is told later, by the socket, and is no second event.
    let over = Container { state: State::Exited, ..estimate(30, None) };
    let last = check(
        vec![seen(exact.clone(), 0), rough(over, 5_000), seen(exited(0, 4_800, 9), 6_000)],
        &["5000 exited None oom=false"],
    );
    assert_eq!((last.exit_code, last.finished_ms), (Some(9), Some(T + 4_800)));
    // Another process is another run.
    check(
        vec![seen(exact, 0), rough(estimate(3_000, Some(7)), 3_500)],
        &["3500 exited None oom=false", "3500 started 1"],
    );
}

#[test]
fn coming_and_going() {
    let (registry, source) = registry();
    registry.sync(source, Vec::new());
    registry.see(source, seen(running(20), 30));
    registry.sync(source, vec![seen(running(20), 40)]);
    assert_eq!(told(&registry), ["0 created", "20 started 1"]);
    registry.gone(
        source,
        "0a",
        (T + 90) * 1_000_000,
        Some(End { exit_code: Some(0), oom: false, time_ns: (T + 80) * 1_000_000 }),
    );
    registry.gone(source, "0a", (T + 99) * 1_000_000, None);
    assert_eq!(told(&registry), ["80 exited Some(0) oom=false", "90 removed"]);
    registry.see(source, seen(exited(20, 50, 1), 60));
    registry.sync(source, Vec::new());
    // The removal is noticed at a time before the end (the clock of these tests stands still): it comes after it.
    assert_eq!(told(&registry), ["0 created", "20 started 1", "50 exited Some(1) oom=false", "50 removed"]);
    assert!(registry.containers().is_empty());
}

#[test]
fn events_of_a_container_rise_strictly() {
    let (registry, source) = registry();
    registry.sync(source, Vec::new());
    registry.see(source, seen(exited(0, 0, 1), 0));
    let times: Vec<i64> = registry.take_events().iter().map(|event| event.time_ns).collect();
    assert_eq!(times.len(), 3);
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
}

#[test]
fn two_that_tell_of_one() {
    let (registry, source) = registry();
    let other = registry.add_source(status(SourceState::Absent));
    registry.sync(source, vec![seen(running(0), 0)]);
    registry.sync(other, vec![seen(exited(0, 10, 0), 20)]);
    registry.gone(other, "0a", T, None);
    assert_eq!(registry.containers()[0].state, State::Running);
    assert_eq!(told(&registry), [""; 0]);
}

#[test]
fn cgroups_without_a_runtime() {
    let (registry, source) = registry();
    let poked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&poked);
    registry.on_change(Box::new(move || {
        count.fetch_add(1, Ordering::Relaxed);
    }));
    let ids = ["0a", "0b"].map(str::to_owned);
    registry.see_cgroups(&ids);
    registry.see_cgroups(&ids);
    assert_eq!(poked.load(Ordering::Relaxed), 1);
    assert!(
        registry
            .containers()
            .iter()
            .all(|container| container.runtime == Runtime::Unknown && container.state == State::Running)
    );
    // A runtime tells of one: as if it came then.
    registry.sync(source, Vec::new());
    registry.see(source, seen(running(20), 30));
    assert_eq!(told(&registry), ["0 created", "20 started 1"]);
    registry.see_cgroups(&[]);
    let left: Vec<_> = registry.containers().iter().map(|container| container.runtime).collect();
    assert_eq!(left, [Runtime::Docker]);
    assert_eq!(told(&registry), [""; 0]);
}

#[test]
fn out_of_memory_by_the_kernel() {
    let (registry, source) = registry();
    let oom = |at: i64| registry.see_oom("0a", (T + at) * 1_000_000);
    registry.sync(source, vec![seen(running(0), 0)]);
    // A child was killed; what kills the container later is something else.
    oom(10);
    oom(20);
    registry.see(source, seen(exited(0, 9_000, 137), 9_010));
    assert_eq!(told(&registry), ["10 oom", "9000 exited Some(137) oom=false"]);
    // The container was killed with it, whichever is told first.
    registry.see(source, seen(running(20_000), 20_010));
    oom(30_000);
    registry.see(source, seen(exited(20_000, 30_005, 137), 30_010));
    assert_eq!(told(&registry), ["20000 started 1", "30000 oom", "30005 exited Some(137) oom=true"]);
    registry.see(source, seen(running(40_000), 40_010));
    registry.see(source, seen(exited(40_000, 50_000, 137), 50_010));
    oom(50_020);
    assert_eq!(told(&registry), ["40000 started 2", "50000 exited Some(137) oom=false", "50020 oom"]);
    assert!(registry.containers()[0].oom_killed);
    registry.see(source, seen(exited(40_000, 50_000, 137), 50_030));
    assert!(registry.containers()[0].oom_killed);
    registry.see_oom("unknown", T);
    assert_eq!(told(&registry), [""; 0]);
}

#[test]
fn out_of_memory_before_anybody_told_of_the_container() {
    let (registry, source) = registry();
    registry.sync(source, Vec::new());
    // The whole container was killed.
    registry.see_oom("0a", (T + 40) * 1_000_000);
    registry.see(source, seen(exited(10, 50, 137), 100));
    assert_eq!(told(&registry), ["0 created", "10 started 1", "50 oom", "50 exited Some(137) oom=true"]);
    assert!(registry.containers()[0].oom_killed);
    registry.gone(source, "0a", (T + 200) * 1_000_000, None);
    // One of its processes was.
    registry.see_oom("0a", (T + 340) * 1_000_000);
    registry.see(source, seen(running(310), 400));
    assert_eq!(told(&registry), ["0 created", "200 removed", "310 started 1", "340 oom"]);
    registry.gone(source, "0a", (T + 500) * 1_000_000, None);
    // And that is forgotten with it; what is never told of takes little room.
    for other in 0..=MAX_EARLY_OOMS {
        registry.see_oom(&format!("other {other}"), T);
    }
    registry.see_oom("0a", (T + 600) * 1_000_000);
    registry.see(source, seen(exited(610, 9_000, 137), 9_010));
    let ended = told(&registry);
    assert_eq!(ended.last().map(String::as_str), Some("9000 exited Some(137) oom=false"), "{ended:?}");
}

#[test]
fn events_nobody_takes() {
    let (registry, source) = registry();
    registry.sync(source, Vec::new());
    let runs = MAX_EVENTS as i64;
    for run in 0..runs {
        registry.see(source, seen(exited(run * 10, run * 10 + 5, 1), 0));
    }
    // Each run has a start and an end, and the container was created once.
    assert_eq!(registry.dropped_events(), 2 * runs as u64 + 1 - MAX_EVENTS as u64);
    let events = registry.take_events();
    assert_eq!(events.len(), MAX_EVENTS);
    assert_eq!(events.last().unwrap().container.started_ms, Some(T + (runs - 1) * 10));
}
