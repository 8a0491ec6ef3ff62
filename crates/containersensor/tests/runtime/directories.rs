//! Runtimes that are read by their files. Docker's were recorded from version 20.10.24; Podman's are written by hand in the form of version 4.3,
//! with which the reader was tried on a running system.

use std::path::{Path, PathBuf};

use containersensor::{Health, LogFormat, SourceState, State};
use model::Clock;
use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::world::Happening;
use crate::{T, TestClock, Watched, pass, settings};

/// A directory of Docker's with the recorded containers, in a place where it may change.
fn docker_root(dir: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runtime/docker");
    let root = dir.join("docker");
    copy(&from, &root);
    root
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Changes a JSON file as Docker does: by another in its place.
fn change(path: &Path, how: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    how(&mut value);
    replace(path, &value.to_string());
}

fn replace(path: &Path, text: &str) {
    let new = path.with_extension("new");
    std::fs::write(&new, text).unwrap();
    std::fs::rename(new, path).unwrap();
}

#[tokio::test(start_paused = true)]
async fn docker() {
    let dir = tempfile::tempdir().unwrap();
    let root = docker_root(dir.path());
    let mut with = settings(dir.path());
    with.docker_roots = vec![root.clone()];
    with.docker_sockets = vec![dir.path().join("none.sock")];
    let mount = std::fs::read_dir(root.join("image/overlay2/layerdb/mounts")).unwrap();
    for id in mount {
        let name = std::fs::read_to_string(id.unwrap().path().join("mount-id")).unwrap();
        std::fs::create_dir_all(root.join("overlay2").join(name).join("diff")).unwrap();
    }
    let watched = Watched::begin(with, TestClock::new());
    pass(100).await;
    let source = watched.registry.sources().remove(0);
    assert_eq!((source.state, source.place), (SourceState::Files, root.clone()));

    let containers = watched.registry.containers();
    let names: Vec<_> = containers.iter().map(|container| container.name.as_str()).collect();
    assert_eq!(names, ["a-loop", "a-new", "a-oom"]);
    let [running, new, oom] = [0, 1, 2].map(|index| &containers[index]);
    assert_eq!((running.state, running.restarts, running.exit_code), (State::Restarting, Some(6), Some(3)));
    assert_eq!((running.restart_policy.as_str(), running.own_network), ("always", false));
    assert_eq!((new.state, new.log.driver.as_str(), new.log.path.as_ref()), (State::Created, "none", None));
    assert_eq!((oom.state, oom.exit_code, oom.oom_killed), (State::Exited, Some(137), true));
    assert!(oom.started_ms.is_some() && oom.finished_ms > oom.started_ms);
    assert_eq!((oom.log.format, oom.own_network, oom.image.as_str()), (LogFormat::DockerJson, true, "test/busybox:1"));
    assert!(oom.upper_dir.as_ref().unwrap().starts_with(root.join("overlay2")));
    assert_eq!(watched.events(), [""; 0]);

    // A start, by flags as Docker notes them; then a health check, a name, a pause.
    let config = root.join("containers").join(&new.id).join("config.v2.json");
    change(&config, |config| {
        config["State"] = json!({"Running": true, "Pid": 7, "StartedAt": "2026-11-25T09:00:00Z", "FinishedAt": "0001-01-01T00:00:00Z"});
        config["State"]["Health"] = json!({"Status": "starting"});
    });
    pass(1_100).await;
    assert_eq!(watched.events(), ["a-new started"]);
    change(&config, |config| config["State"]["Health"]["Status"] = "unhealthy".into());
    pass(1_100).await;
    change(&config, |config| config["Name"] = "/b".into());
    pass(1_100).await;
    change(&config, |config| config["State"]["Paused"] = true.into());
    pass(1_100).await;
    assert_eq!(watched.events(), ["a-new unhealthy", "b renamed a-new", "b paused"]);
    // What cannot be read changes nothing, until it can.
    replace(&config, "{\"State\":");
    pass(1_100).await;
    assert_eq!(watched.registry.containers()[2].state, State::Paused);
    std::fs::remove_dir_all(config.parent().unwrap()).unwrap();
    pass(1_100).await;
    assert_eq!(watched.events(), ["b exited None oom=false", "b removed"]);
    watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn from_socket_to_files_and_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::new(dir.path());
    let clock = TestClock::new();
    let id = daemon.create(clock.now_ns());
    daemon.happen(&id, Happening::Start, clock.now_ns() + 1_000_000);
    let root = dir.path().join("docker");
    let container = root.join("containers").join(&id);
    std::fs::create_dir_all(&container).unwrap();
    // What the daemon tells and what it notes are the same, but for one field's name.
    let note = |daemon: &Daemon| {
        let told = daemon.state.lock().world.containers[&id].inspect();
        replace(&container.join("hostconfig.json"), &told["HostConfig"].to_string());
        replace(&container.join("config.v2.json"), &told.to_string().replacen("\"Id\"", "\"ID\"", 1));
    };
    note(&daemon);
    let mut with = settings(dir.path());
    with.docker_roots = vec![root];
    with.docker_sockets = vec![daemon.socket.clone()];
    let watched = Watched::begin(with, clock.clone());
    pass(100).await;
    let state = || watched.registry.sources()[0].state.clone();
    assert_eq!(state(), SourceState::Connected);
    let by_socket = watched.container();

    daemon.stop();
    pass(1_100).await;
    assert_eq!(state(), SourceState::Files);
    assert_eq!(watched.events(), [""; 0], "another tells the same");
    let by_files = watched.container();
    assert_eq!(by_files.started_ms, by_socket.started_ms);
    assert_eq!(by_files.labels, by_socket.labels);
    daemon.happen(&id, Happening::Exit { code: 3, oom: false }, clock.now_ns());
    note(&daemon);
    pass(1_100).await;
    assert_eq!(watched.events(), ["c1 exited Some(3) oom=false"]);

    daemon.start_again();
    pass(3_000).await;
    assert_eq!(state(), SourceState::Connected);
    daemon.happen(&id, Happening::Start, clock.now_ns());
    pass(1_000).await;
    assert_eq!(watched.events(), ["c1 started"]);
    watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_directory_of_an_older_installation() {
    let dir = tempfile::tempdir().unwrap();
    let mut daemon = Daemon::new(dir.path());
    let clock = TestClock::new();
    daemon.create(clock.now_ns());
    let mut with = settings(dir.path());
    with.docker_roots = vec![docker_root(dir.path())];
    with.docker_sockets = vec![daemon.socket.clone()];
    let watched = Watched::begin(with, clock.clone());
    pass(20_000).await;
    daemon.stop();
    pass(20_000).await;
    assert_eq!(watched.registry.sources()[0].state, SourceState::Absent);
    assert_eq!(watched.container().name, "c1");
    daemon.start_again();
    pass(5_000).await;
    assert_eq!(watched.registry.sources()[0].state, SourceState::Connected);
    assert_eq!(watched.events(), [""; 0]);
    watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_hangs_does_not_keep_its_files_from_being_read() {
    let dir = tempfile::tempdir().unwrap();
    let root = docker_root(dir.path());
    let socket = dir.path().join("silent.sock");
    let _listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let mut with = settings(dir.path());
    with.docker_roots = vec![root.clone()];
    with.docker_sockets = vec![socket];
    let watched = Watched::begin(with, TestClock::new());
    pass(1_100).await;
    assert_eq!(watched.registry.sources()[0].state, SourceState::Files);
    let ids: Vec<_> = watched.registry.containers().iter().map(|container| container.id.clone()).collect();
    for id in ids {
        std::fs::remove_dir_all(root.join("containers").join(id)).unwrap();
        pass(2_000).await;
        assert_eq!(watched.events().len(), 1);
    }
    watched.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("docker");
    std::fs::create_dir_all(root.join("containers")).unwrap();
    let mut with = settings(dir.path());
    with.docker_roots = vec![root.clone()];
    std::fs::set_permissions(&root, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    // Nothing is denied to root.
    if std::fs::read_dir(&root).is_err() {
        let watched = Watched::begin(with, TestClock::new());
        pass(100).await;
        assert!(matches!(watched.registry.sources()[0].state, SourceState::Denied(_)));
    }
    std::fs::set_permissions(&root, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
}

/// Podman's directories, with one container in the storage's list.
struct Podman {
    dir: tempfile::TempDir,
    id: String,
}

impl Podman {
    fn new() -> Podman {
        let podman = Podman { dir: tempfile::tempdir().unwrap(), id: "ab".repeat(32) };
        podman.list(json!([
            {
                "id": podman.id, "names": ["web"], "image": "77", "layer": "l1", "created": "2026-11-25T07:43:11.709724674Z",
                "metadata": json!({"image-name": "localhost/web:1", "name": "web", "created-at": T / 1_000}).to_string(),
            },
            // Not Podman's.
            {"id": "cd", "names": ["working-container"], "metadata": ""},
        ]));
        podman.write("root/overlay/l1/diff/file", "");
        podman
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path.replace("<id>", &self.id))
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        replace(&path, text);
    }

    fn list(&self, containers: Value) {
        self.write("root/overlay-containers/containers.json", &containers.to_string());
    }

    /// A run of a process, as the container's configuration and the process' number show it.
    fn start(&self, pid: u32, network: &Value) {
        let source = self.path("run/overlay-containers/<id>/userdata/hosts");
        let shm = self.path("root/overlay-containers/<id>/userdata/shm");
        let config = json!({
            "mounts": [{"source": "proc"}, {"source": shm}, {"source": source}], "linux": {"namespaces": [{"type": "pid"}, network]},
        });
        self.write("root/overlay-containers/<id>/userdata/config.json", &config.to_string());
        self.write("root/overlay-containers/<id>/userdata/ctr.log", "");
        self.write("run/overlay-containers/<id>/userdata/pidfile", &format!("{pid}\n"));
        let cgroups = format!("6:freezer:/libpod_parent/libpod-{0}\n0::/libpod_parent/libpod-{0}\n", self.id);
        self.write(&format!("proc/{pid}/cgroup"), &cgroups);
        self.freeze("THAWED");
    }

    fn freeze(&self, state: &str) {
        self.write("sys/fs/cgroup/freezer/libpod_parent/libpod-<id>/freezer.state", &format!("{state}\n"));
    }

    fn stop(&self, pid: u32) {
        std::fs::remove_dir_all(self.path(&format!("proc/{pid}"))).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn podman_without_its_database() {
    let podman = Podman::new();
    let mut with = settings(podman.dir.path());
    with.podman_roots = vec![podman.path("root")];
    let watched = Watched::begin(with, TestClock::new());
    pass(100).await;
    let container = watched.container();
    assert_eq!(
        (container.state, container.name.as_str(), container.image.as_str()),
        (State::Created, "web", "localhost/web:1")
    );
    assert_eq!(
        (container.image_id.as_str(), container.upper_dir.clone()),
        ("sha256:77", Some(podman.path("root/overlay/l1/diff")))
    );
    assert_eq!((container.created_ms, container.restarts), (Some(1_795_592_591_709), None));

    let network = json!({"type": "network", "path": "/run/netns/netns-1"});
    podman.start(70, &network);
    podman.write("run/overlay-containers/<id>/healthcheck.log", r#"{"Status":"healthy"}"#);
    pass(1_100).await;
    assert_eq!(watched.events(), ["web started", "web healthy"]);
    let container = watched.container();
    assert_eq!((container.state, container.health, container.pid), (State::Running, Health::Healthy, Some(70)));
    assert_eq!((container.own_network, container.has_health_check, container.log.format), (true, true, LogFormat::Cri));
    podman.write("run/overlay-containers/<id>/healthcheck.log", r#"{"Status":"unhealthy"}"#);
    pass(1_100).await;
    podman.freeze("FROZEN");
    pass(1_100).await;
    podman.freeze("THAWED");
    pass(1_100).await;
    assert_eq!(watched.events(), ["web unhealthy", "web paused", "web unpaused"]);

    podman.stop(70);
    pass(1_100).await;
    assert_eq!(watched.events(), ["web exited None oom=false"]);
    assert_eq!(watched.container().exit_code, None, "nothing tells");
    // The number belongs to another process by now.
    podman.write("proc/70/cgroup", "0::/user.slice\n");
    pass(1_100).await;
    assert_eq!(watched.container().state, State::Exited);
    podman.write("run/overlay-containers/<id>/healthcheck.log", r#"{"Status":"starting"}"#);
    podman.start(71, &json!({"type": "network", "path": "/proc/5/ns/net"}));
    pass(1_100).await;
    assert_eq!((watched.events(), watched.container().own_network), (vec!["web started".to_owned()], false));
    podman.list(json!([]));
    pass(1_100).await;
    assert_eq!(watched.events(), ["web exited None oom=false", "web removed"]);
    watched.end().await;
}
