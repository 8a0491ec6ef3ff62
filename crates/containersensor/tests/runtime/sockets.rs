//! A runtime that is read by its socket.

use std::path::PathBuf;

use containersensor::{Health, LogFormat, Runtime, SourceState, State};
use model::Clock;
use serde_json::json;

use crate::daemon::{self, Daemon, status};
use crate::world::Happening;
use crate::{T, TestClock, Watched, pass, settings};

struct Case {
    _dir: tempfile::TempDir,
    daemon: Daemon,
    clock: std::sync::Arc<TestClock>,
    watched: Watched,
}

impl Case {
    /// A daemon with one container that runs, and a watcher that knows it.
    async fn new() -> (Case, String) {
        let dir = tempfile::tempdir().unwrap();
        let daemon = Daemon::new(dir.path());
        let clock = TestClock::new();
        let id = daemon.create(T * 1_000_000);
        daemon.happen(&id, Happening::Start, (T + 1) * 1_000_000);
        let mut settings = settings(dir.path());
        settings.docker_sockets = vec![dir.path().join("none.sock"), daemon.socket.clone()];
        let watched = Watched::begin(settings, clock.clone());
        pass(100).await;
        (Case { _dir: dir, daemon, clock, watched }, id)
    }

    fn happen(&self, id: &str, happening: Happening) {
        self.daemon.happen(id, happening, self.clock.now_ns());
    }

    /// What is told within two seconds.
    async fn told(&self) -> Vec<String> {
        pass(2_000).await;
        self.watched.events()
    }

    fn state(&self) -> SourceState {
        self.watched.registry.sources()[0].state.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_is_told() {
    let (case, id) = Case::new().await;
    assert_eq!(case.told().await, [""; 0], "what is there at first gives no events");
    let sources = case.watched.registry.sources();
    assert_eq!((&sources[0].state, sources[0].version.as_str()), (&SourceState::Connected, "20.10.24"));
    assert_eq!(sources[0].place, case.daemon.socket);

    let container = case.watched.container();
    assert_eq!(
        (container.id.as_str(), container.runtime, container.name.as_str()),
        (id.as_str(), Runtime::Docker, "c1")
    );
    assert_eq!((container.image.as_str(), container.image_id.as_str()), ("shop/web:1", "sha256:1"));
    assert_eq!(
        (container.state, container.health, container.has_health_check),
        (State::Running, Health::Starting, true)
    );
    assert_eq!((container.created_ms, container.started_ms, container.finished_ms), (Some(T), Some(T + 1), None));
    assert_eq!((container.exit_code, container.restarts, container.starts), (None, Some(0), 0));
    assert_eq!((container.restart_policy.as_str(), container.own_network), ("always", true));
    assert_eq!(container.labels["com.docker.compose.project"], "shop");
    assert_eq!((container.log.driver.as_str(), container.log.format), ("json-file", LogFormat::DockerJson));
    assert_eq!(container.upper_dir, Some(PathBuf::from("/var/lib/docker/overlay2/u/diff")));
    case.watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_life() {
    let (case, first) = Case::new().await;
    let id = case.daemon.create(case.clock.now_ns());
    assert_eq!(case.told().await, ["c2 created"]);
    for (happening, expected) in [
        (Happening::Start, vec!["c2 started"]),
        (Happening::Health("unhealthy"), vec!["c2 unhealthy"]),
        (Happening::Health("healthy"), vec!["c2 healthy"]),
        (Happening::Pause, vec!["c2 paused"]),
        (Happening::Unpause, vec!["c2 unpaused"]),
        (Happening::ExitToRestart { code: 3 }, vec!["c2 exited Some(3) oom=false", "c2 restarting Some(1)"]),
        (Happening::Start, vec!["c2 started"]),
        (Happening::Exit { code: 137, oom: true }, vec!["c2 oom", "c2 exited Some(137) oom=true"]),
        (Happening::Remove, vec!["c2 removed"]),
    ] {
        case.happen(&id, happening);
        assert_eq!(case.told().await, expected, "{happening:?}");
    }
    case.happen(&first, Happening::Remove);
    assert_eq!(case.told().await, ["c1 exited Some(137) oom=false", "c1 removed"]);
    assert_eq!(case.watched.registry.containers(), []);
}

#[tokio::test(start_paused = true)]
async fn what_happens_at_once_is_told_from_the_events() {
    let (case, id) = Case::new().await;
    // Before anybody can ask, the next run is there.
    case.happen(&id, Happening::ExitToRestart { code: 7 });
    pass(0).await;
    case.daemon.happen(&id, Happening::Start, case.clock.now_ns() + 5_000_000);
    assert_eq!(case.told().await, ["c1 exited Some(7) oom=false", "c1 restarting Some(1)", "c1 started"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_nothing_happens() {
    let (case, id) = Case::new().await;
    pass(5_000).await;
    let before = (case.daemon.asked("inspect"), case.daemon.asked("list"));
    pass(300_000).await;
    assert_eq!(case.daemon.asked("inspect"), before.0);
    assert_eq!(case.daemon.asked("list"), before.1 + 10);
    assert_eq!((case.daemon.asked("events"), case.daemon.asked("version")), (1, 1));
    // One event is worth two looks.
    case.happen(&id, Happening::Pause);
    pass(5_000).await;
    assert_eq!(case.daemon.asked("inspect"), before.0 + 2);
}

#[tokio::test(start_paused = true)]
async fn what_no_event_told_is_found() {
    let (case, id) = Case::new().await;
    let at_ns = case.clock.now_ns();
    {
        let mut state = case.daemon.state.lock();
        drop(state.world.happen(&id, Happening::Health("healthy"), at_ns));
        drop(state.world.create(at_ns));
    }
    pass(31_000).await;
    assert_eq!(case.watched.events(), ["c2 created", "c1 healthy"]);
    drop(case.daemon.state.lock().world.happen(&id, Happening::Remove, case.clock.now_ns()));
    pass(31_000).await;
    assert_eq!(case.watched.events(), ["c1 exited None oom=false", "c1 removed"]);
}

#[tokio::test(start_paused = true)]
async fn streams_that_end() {
    let (case, id) = Case::new().await;
    case.daemon.drop_streams();
    drop(case.daemon.state.lock().world.happen(&id, Happening::Exit { code: 3, oom: false }, case.clock.now_ns()));
    assert_eq!(case.told().await, ["c1 exited Some(3) oom=false"]);
    assert_eq!(case.state(), SourceState::Connected);
    // What is no event ends the stream as well.
    for text in ["<html>", "{\"Type\":\"cont", &"x".repeat(300_000), "{\"Type\":1}"] {
        case.daemon.say(text);
        if text.starts_with("{\"Type\":\"cont") {
            pass(100).await;
            case.daemon.drop_streams();
        }
        pass(60_000).await;
        case.happen(&id, Happening::Rename);
        assert_eq!(case.told().await.len(), 1);
        assert_eq!(case.state(), SourceState::Connected);
    }
}

#[tokio::test(start_paused = true)]
async fn daemons_that_fail() {
    let (case, id) = Case::new().await;
    let set = |end, times, answer: Vec<u8>| drop(case.daemon.state.lock().instead.insert(end, (times, answer)));
    let failure = || status("500 Internal Server Error", &json!({"message": "the disk is full"}).to_string());

    // An inspection that fails is tried again; a list that fails, or makes no sense, changes nothing.
    set("json", 1, failure());
    case.happen(&id, Happening::Pause);
    pass(3_000).await;
    assert_eq!(case.watched.events(), ["c1 paused"]);
    for answer in [failure(), status("200 OK", "[{\"Id\":"), b"nonsense\r\n\r\n".to_vec(), Vec::new()] {
        set("all=1", 1, answer);
        pass(31_000).await;
        assert_eq!(case.watched.container().state, State::Paused);
    }
    // A container that cannot be inspected is known by the list at least.
    set("0001/json", usize::MAX, failure());
    case.daemon.drop_streams();
    pass(2_000).await;
    assert_eq!(case.state(), SourceState::Connected);
    assert_eq!((case.watched.container().state, case.watched.container().restarts), (State::Paused, Some(0)));

    // A daemon that answers nothing is told as such, and what it told before is still there.
    set("/events", usize::MAX, failure());
    case.daemon.drop_streams();
    pass(2_000).await;
    assert_eq!(case.state(), SourceState::Failed("status 500: the disk is full".to_owned()));
    assert_eq!(case.watched.container().name, "c1");
    case.daemon.state.lock().instead.clear();
    pass(31_000).await;
    assert_eq!(case.state(), SourceState::Connected);
    case.happen(&id, Happening::Unpause);
    assert_eq!(case.told().await, ["c1 unpaused"]);
}

#[tokio::test(start_paused = true)]
async fn daemons_that_come_and_go() {
    let (mut case, id) = Case::new().await;
    case.daemon.stop();
    pass(1_000).await;
    assert_eq!(case.state(), SourceState::Absent);
    assert_eq!(case.watched.container().state, State::Running);
    case.happen(&id, Happening::Exit { code: 1, oom: false });
    case.daemon.start_again();
    pass(5_000).await;
    assert_eq!(case.state(), SourceState::Connected);
    assert_eq!(case.watched.events(), ["c1 exited Some(1) oom=false"]);
    case.watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn it_ends_whatever_it_waits_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut with = settings(dir.path());
    // Nobody ever answers here, and there are neither sockets nor directories.
    let silent = dir.path().join("silent.sock");
    let _listener = tokio::net::UnixListener::bind(&silent).unwrap();
    for sockets in [vec![silent], vec![dir.path().join("none.sock")], vec![]] {
        with.docker_sockets = sockets;
        let watched = Watched::begin(with.clone(), TestClock::new());
        pass(1_500).await;
        watched.end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn podman() {
    let dir = tempfile::tempdir().unwrap();
    let daemon = Daemon::with(dir.path(), daemon::State { podman: true, ..daemon::State::default() });
    let clock = TestClock::new();
    let mut settings = settings(dir.path());
    settings.podman_sockets = vec![daemon.socket.clone()];
    let watched = Watched::begin(settings, clock.clone());
    pass(100).await;
    assert_eq!(watched.registry.sources()[0].runtime, Runtime::Podman);

    let pod = "7".repeat(64);
    let list = |id: &str| json!([{"Id": id, "Names": ["c1"], "State": "running", "Status": "starting", "PodName": "shop", "Labels": null}]);
    let id = {
        let mut state = daemon.state.lock();
        let (id, _) = state.world.create(clock.now_ns());
        state.instead.insert("all=true", (usize::MAX, status("200 OK", &list(&id).to_string())));
        drop(state.world.happen(&id, Happening::Start, clock.now_ns() + 1_000_000));
        id
    };
    let event = |action: &str| {
        let actor = json!({"ID": id, "Attributes": {"podId": pod, "containerExitCode": "0"}});
        daemon.say(
            &json!({"Type": "container", "Action": action, "Actor": actor, "timeNano": clock.now_ns()}).to_string(),
        );
    };
    event("create");
    pass(1_000).await;
    assert_eq!(watched.events(), ["c1 created", "c1 started"]);
    assert_eq!(watched.container().pod, "shop");
    assert_eq!(watched.container().log.format, LogFormat::Cri);

    // A check is told before its outcome is noted.
    event("health_status");
    pass(100).await;
    drop(daemon.state.lock().world.happen(&id, Happening::Health("unhealthy"), clock.now_ns()));
    event("exec_died");
    pass(1_900).await;
    assert_eq!(watched.events(), ["c1 unhealthy"]);

    // `remove` is Podman's word.
    drop(daemon.state.lock().world.happen(&id, Happening::Remove, clock.now_ns()));
    event("die");
    event("remove");
    pass(1_000).await;
    assert_eq!(watched.events(), ["c1 exited Some(0) oom=false", "c1 removed"]);
    watched.end().await;
}
