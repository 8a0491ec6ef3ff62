//! Reading what is told, apart from who tells it.

#![allow(clippy::disallowed_methods, reason = "tests write files")]

use std::io;
use std::path::Path;

use discovery::docker::{Inspected, InspectedState};
use tempfile::TempDir;

use super::bolt::{Bolt, Value, fnv64a};
use super::files::Files;
use super::podman_files::PodmanFiles;
use super::{podman_db, told};
use crate::{Health, LabelChoice, LogFormat, Runtime, Settings, State};

fn settings(rootfs: &str) -> Settings {
    Settings {
        procfs: "/proc".into(),
        sysfs: "/sys".into(),
        rootfs: rootfs.into(),
        docker_sockets: Vec::new(),
        podman_sockets: Vec::new(),
        docker_roots: Vec::new(),
        podman_roots: Vec::new(),
        labels: LabelChoice::Default,
    }
}

#[test]
fn states() {
    #[track_caller]
    fn check(json: &str, expected: State) {
        let state: InspectedState = serde_json::from_str(json).unwrap();
        assert_eq!(told::state(&state), expected);
    }
    check(r#"{"Status":"configured"}"#, State::Created);
    check(r#"{"Status":"initialized"}"#, State::Created);
    check(r#"{"Status":"stopping"}"#, State::Running);
    check(r#"{"Status":"stopped"}"#, State::Exited);
    check(r#"{"Status":"removing"}"#, State::Removing);
    check(r#"{"Status":"dead","Running":true}"#, State::Dead);
    // Docker's files have flags only.
    check(r#"{"Running":true}"#, State::Running);
    check(r#"{"Running":true,"Paused":true}"#, State::Paused);
    check(r#"{"Running":true,"Restarting":true}"#, State::Restarting);
    check(r#"{"RemovalInProgress":true,"Dead":true}"#, State::Removing);
    check(r#"{"Dead":true}"#, State::Dead);
    check(r#"{"StartedAt":"0001-01-01T00:00:00Z"}"#, State::Created);
    check(r#"{"StartedAt":"2026-11-25T07:43:15Z"}"#, State::Exited);
    // A word of a version to come.
    check(r#"{"Status":"hibernating","Running":true}"#, State::Running);
}

#[test]
fn times() {
    #[track_caller]
    fn check(text: &str, expected: Option<i64>) {
        assert_eq!(told::time_ms(text), expected);
    }
    check("2026-11-25T07:43:15.896089458Z", Some(1_795_592_595_896));
    check("2026-11-25T09:43:15.896089458+02:00", Some(1_795_592_595_896));
    check("0001-01-01T00:00:00Z", None);
    check("", None);
    check("yesterday", None);
}

#[test]
fn logs_and_networks() {
    let log = |runtime, driver, path| told::log(runtime, driver, path, &settings("/host"));
    let file = log(Runtime::Docker, "json-file", "/var/lib/docker/x-json.log");
    assert_eq!(
        (file.path.as_deref(), file.format),
        (Some(Path::new("/host/var/lib/docker/x-json.log")), LogFormat::DockerJson)
    );
    for driver in ["k8s-file", "json-file"] {
        assert_eq!(log(Runtime::Podman, driver, "/x/ctr.log").format, LogFormat::Cri);
        assert!(log(Runtime::Podman, driver, "/x/ctr.log").path.is_some());
    }
    for (runtime, driver, path) in [
        (Runtime::Docker, "local", "/x/local-logs/container.log"),
        (Runtime::Docker, "journald", ""),
        (Runtime::Docker, "json-file", ""),
        (Runtime::Podman, "journald", "/x/ctr.log"),
        (Runtime::Podman, "none", ""),
    ] {
        assert_eq!((log(runtime, driver, path).path, log(runtime, driver, path).driver), (None, driver.to_owned()));
    }
    for (mode, own) in [
        ("bridge", true),
        ("none", true),
        ("default", true),
        ("shop_default", true),
        ("slirp4netns", true),
        ("host", false),
    ] {
        assert_eq!(told::own_network(mode), own, "{mode}");
    }
    assert!(!told::own_network("container:0a") && !told::own_network("ns:/run/netns/a"));
}

#[test]
fn recorded_inspections() {
    let container = |json: &str, runtime| {
        let inspected: Inspected = serde_json::from_str(json).unwrap();
        told::inspected(inspected, runtime, "", &settings("/"))
    };
    let web =
        container(include_str!("../../../discovery/tests/fixtures/docker-20.10/inspect-web.json"), Runtime::Docker);
    assert_eq!(
        (web.name.as_str(), web.state, web.health, web.has_health_check),
        ("a-web", State::Paused, Health::Unhealthy, true)
    );
    assert!(web.pid.is_some() && web.own_network && web.exit_code.is_none() && web.finished_ms.is_none());
    let again =
        container(include_str!("../../../discovery/tests/fixtures/docker-20.10/inspect-loop.json"), Runtime::Docker);
    assert_eq!((again.state, again.exit_code, again.restarts, again.pid), (State::Restarting, Some(3), Some(6), None));
    assert_eq!((again.restart_policy.as_str(), again.own_network), ("always", false));
    let oom =
        container(include_str!("../../../discovery/tests/fixtures/docker-20.10/inspect-oom.json"), Runtime::Docker);
    assert_eq!((oom.exit_code, oom.oom_killed), (Some(137), true));
    let web = container(include_str!("../../../discovery/tests/fixtures/podman-4.3/inspect-web.json"), Runtime::Podman);
    assert_eq!((web.health, web.has_health_check, web.log.format), (Health::Unhealthy, true, LogFormat::Cri));
    let new = container(include_str!("../../../discovery/tests/fixtures/podman-4.3/inspect-new.json"), Runtime::Podman);
    assert_eq!(
        (new.state, new.health, new.has_health_check, new.started_ms),
        (State::Created, Health::None, false, None)
    );
    // By hand: a check that the container turned off, and Kubernetes' label.
    let off = r#"{"Id":"0a","Config":{"Healthcheck":{"Test":["NONE"]},"Labels":{"io.kubernetes.pod.name":"p-0"}}}"#;
    let off = container(off, Runtime::Docker);
    assert_eq!((off.has_health_check, off.pod.as_str()), (false, "p-0"));
}

const PAGE: usize = 4096;

/// Pages of a bolt database, one after the other.
#[derive(Default)]
struct Pages(Vec<u8>);

impl Pages {
    /// A leaf; what it holds may be longer than a page.
    fn leaf(entries: &[(&str, bool, Vec<u8>)]) -> Vec<u8> {
        let mut head = vec![0; 16];
        head[8..10].copy_from_slice(&2_u16.to_ne_bytes());
        head[10..12].copy_from_slice(&u16::try_from(entries.len()).unwrap().to_ne_bytes());
        let mut data: Vec<u8> = Vec::new();
        for (index, (key, is_bucket, value)) in entries.iter().enumerate() {
            let at = 16 * (entries.len() - index) + data.len();
            for number in [usize::from(*is_bucket), at, key.len(), value.len()] {
                head.extend(u32::try_from(number).unwrap().to_ne_bytes());
            }
            data.extend(key.as_bytes());
            data.extend(value);
        }
        head.extend(data);
        head
    }

    fn branch(children: &[u64]) -> Vec<u8> {
        let mut page = vec![0; 16];
        page[8..10].copy_from_slice(&1_u16.to_ne_bytes());
        page[10..12].copy_from_slice(&u16::try_from(children.len()).unwrap().to_ne_bytes());
        for child in children {
            page.extend([0; 8]);
            page.extend(child.to_ne_bytes());
        }
        page
    }

    fn meta(root: u64, transaction: u64) -> Vec<u8> {
        let mut meta = Vec::new();
        for number in [0xED0C_DAED_u32, 2, u32::try_from(PAGE).unwrap(), 0] {
            meta.extend(number.to_ne_bytes());
        }
        for number in [root, 0, 0, 0, transaction] {
            meta.extend(number.to_ne_bytes());
        }
        meta.extend(fnv64a(&meta).to_ne_bytes());
        [vec![0; 16], meta].concat()
    }

    /// A bucket on a page of its own, as a value.
    fn bucket(root: u64) -> Vec<u8> {
        [root.to_ne_bytes(), [0; 8]].concat()
    }

    /// A small bucket within a value.
    fn inline(entries: &[(&str, bool, Vec<u8>)]) -> Vec<u8> {
        [vec![0; 16], Pages::leaf(entries)].concat()
    }

    fn push(&mut self, page: &[u8]) -> u64 {
        let number = (self.0.len() / PAGE) as u64;
        let start = self.0.len();
        self.0.extend(page);
        self.0.resize(start + page.len().next_multiple_of(PAGE), 0);
        let overflow = u32::try_from(page.len().div_ceil(PAGE) - 1).unwrap();
        self.0[start + 12..start + 16].copy_from_slice(&overflow.to_ne_bytes());
        number
    }

    fn write(&self, dir: &TempDir) -> std::path::PathBuf {
        let path = dir.path().join("bolt_state.db");
        std::fs::write(&path, &self.0).unwrap();
        path
    }
}

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// Two containers, one on pages of its own behind a branch and longer than a page, one within a value; a pod; an old root.
fn database() -> Pages {
    let mut pages = Pages::default();
    pages.push(&Pages::meta(2, 7));
    pages.push(&Pages::meta(3, 8));
    pages.push(&Pages::leaf(&[]));
    let root = Pages::leaf(&[
        ("ctr", true, Pages::bucket(4)),
        ("id-registry", true, Pages::inline(&[])),
        ("pod", true, Pages::bucket(7)),
    ]);
    pages.push(&root);
    pages.push(&Pages::branch(&[5, 6]));
    let long = "x".repeat(6_000);
    let config = format!(
        r#"{{"spec":{{"linux":{{"namespaces":[{{"type":"pid"}},{{"type":"network"}}]}},"process":{{"args":["{long}"]}}}},"id":"aa","name":"web","pod":"pp",
        "rootfsImageID":"77","rootfsImageName":"localhost/web:1","labels":{{"k":"v"}},"createdTime":"2026-11-25T08:05:19Z","logDriver":"k8s-file",
        "logPath":"/v/ctr.log","restart_policy":"always","healthcheck":{{"Test":["CMD","true"]}}}}"#
    );
    let state = r#"{"state":3,"runDir":"/run/x/userdata","startedTime":"2026-11-25T08:05:20Z","finishedTime":"2026-11-25T08:05:19.5Z","pid":70,"restartCount":2}"#;
    let web = Pages::inline(&[("config", false, text(&config)), ("state", false, text(state))]);
    pages.push(&Pages::leaf(&[("aa", true, web)]));
    // The leaf took more than a page: what follows has higher numbers.
    let next = (pages.0.len() / PAGE) as u64;
    let state = r#"{"state":6,"startedTime":"2026-11-25T08:05:20Z","finishedTime":"2026-11-25T08:05:21Z","exitCode":137,"oomKilled":true,"exited":true}"#;
    let config = r#"{"id":"bb","name":"db","netNsCtr":"aa","logDriver":"journald","labels":null,"spec":{}}"#;
    let db = Pages::inline(&[("config", false, text(config)), ("state", false, text(state))]);
    pages.push(&Pages::leaf(&[
        ("bb", true, db),
        ("cc", true, Pages::inline(&[("config", false, text("{"))])),
        ("note", false, text("x")),
    ]));
    let pod = Pages::inline(&[("config", false, text(r#"{"id":"pp","name":"shop"}"#))]);
    let pods = pages.push(&Pages::leaf(&[("pp", true, pod)]));
    // Where they are is known now.
    let branch = Pages::branch(&[5, next]);
    pages.0[4 * PAGE..4 * PAGE + branch.len()].copy_from_slice(&branch);
    let root = Pages::leaf(&[
        ("ctr", true, Pages::bucket(4)),
        ("id-registry", true, Pages::inline(&[])),
        ("pod", true, Pages::bucket(pods)),
    ]);
    pages.0[3 * PAGE..3 * PAGE + root.len()].copy_from_slice(&root);
    pages
}

#[test]
fn podman_database() {
    let dir = tempfile::tempdir().unwrap();
    let noted = podman_db::read(&database().write(&dir), &settings("/")).unwrap();
    assert_eq!(noted.keys().collect::<Vec<_>>(), ["aa", "bb"]);
    let (web, db) = (&noted["aa"].container, &noted["bb"].container);
    assert_eq!(noted["aa"].run_dir, Path::new("/run/x/userdata"));
    assert_eq!((web.name.as_str(), web.state, web.pid, web.pod.as_str()), ("web", State::Running, Some(70), "shop"));
    assert_eq!((web.restarts, web.exit_code, web.restart_policy.as_str()), (Some(2), None, "always"));
    assert_eq!((web.has_health_check, web.own_network, web.image_id.as_str()), (true, true, "sha256:77"));
    assert_eq!((web.labels["k"].as_str(), web.log.format), ("v", LogFormat::Cri));
    assert_eq!((db.state, db.exit_code, db.oom_killed, db.pid), (State::Exited, Some(137), true, None));
    assert_eq!((db.own_network, db.log.path.as_ref(), db.log.driver.as_str()), (false, None, "journald"));
}

#[test]
fn podman_files_with_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &[u8]| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("root/libpod/bolt_state.db", &database().0);
    let stored = r#"[{"id":"aa","layer":"l1","metadata":"{}"},{"id":"bb"},{"id":"cc","metadata":"of somebody else"}]"#;
    write("root/overlay-containers/containers.json", stored.as_bytes());
    std::fs::create_dir_all(dir.path().join("root/overlay/l1/diff")).unwrap();
    // As the host's file system is seen elsewhere: the database tells the host's paths.
    write("host/run/x/healthcheck.log", br#"{"Status":"unhealthy","Log":[]}"#);
    write("proc/70/cgroup", b"");
    let host = dir.path().join("host").to_str().unwrap().to_owned();
    let settings = Settings { procfs: dir.path().join("proc"), ..settings(&host) };
    let mut files = PodmanFiles::new(&dir.path().join("root"), &settings);

    assert!(files.read(5).unwrap());
    assert!(!files.read(6).unwrap(), "nothing changed");
    let told = |files: &PodmanFiles| {
        let sightings = files.sightings();
        let told = sightings
            .iter()
            .map(|sighting| (sighting.container.name.clone(), sighting.container.state, sighting.container.health));
        told.collect::<Vec<_>>()
    };
    let web = |state, health| ("web".to_owned(), state, health);
    let db = ("db".to_owned(), State::Exited, Health::None);
    assert_eq!(told(&files), [web(State::Running, Health::Unhealthy), db.clone()]);
    assert_eq!(files.sightings()[0].container.upper_dir, Some(dir.path().join("root/overlay/l1/diff")));
    assert_eq!(files.sightings()[0].container.log.path, Some(dir.path().join("host/v/ctr.log")));
    assert!(!files.sightings()[0].rough);

    // The health check's note changes alone.
    write("host/run/x/healthcheck.log", br#"{"Status":"healthy"}"#);
    assert!(files.read(7).unwrap());
    assert_eq!(told(&files)[0], web(State::Running, Health::Healthy));
    // The process is gone and nobody noted it: believed at the second look.
    std::fs::remove_dir_all(dir.path().join("proc/70")).unwrap();
    assert!(!files.read(8).unwrap());
    assert!(files.read(9).unwrap());
    assert_eq!((told(&files)[0].1, files.sightings()[0].container.exit_code), (State::Exited, None));
    // Torn while it is written: what was known holds.
    write("root/libpod/bolt_state.db", b"nonsense");
    assert!(!files.read(10).unwrap());
    assert_eq!(told(&files).len(), 2);
    write("root/overlay-containers/containers.json", b"[{");
    assert!(files.read(11).is_err());
    write("root/overlay-containers/containers.json", br#"[{"id":"bb"}]"#);
    assert!(files.read(12).unwrap());
    assert_eq!(told(&files), [db]);
    std::fs::remove_dir_all(dir.path().join("root")).unwrap();
    assert_eq!(files.read(13).unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn the_newest_whole_meta_counts() {
    let dir = tempfile::tempdir().unwrap();
    let names = |pages: &Pages| {
        let bolt = Bolt::copy(&pages.write(&dir), 1 << 20).unwrap();
        let entries = bolt.entries(bolt.root()).unwrap();
        entries.iter().filter(|(_, value)| matches!(value, Value::Bucket(_))).count()
    };
    let mut pages = database();
    assert_eq!(names(&pages), 3);
    // Torn while it was written: the one before it holds.
    pages.0[PAGE + 40] ^= 1;
    assert_eq!(names(&pages), 0);
    // Only the second is left.
    let mut pages = database();
    pages.0[20] ^= 1;
    assert_eq!(names(&pages), 3);
    pages.0[PAGE + 20] ^= 1;
    let error = Bolt::copy(&pages.write(&dir), 1 << 20).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(Bolt::copy(&database().write(&dir), 100).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}

#[test]
fn damaged_databases_are_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    let whole = database();
    let mut random = testkit::Random(testkit::seed(31));
    for round in 0..3_000 {
        let mut pages = Pages(whole.0.clone());
        if round % 10 == 0 {
            pages.0.truncate(random.below(whole.0.len()));
        }
        for _ in 0..1 + random.below(4) {
            // Where most of the structure is; the metas have a checksum.
            let at = 2 * PAGE + random.below(whole.0.len() - 2 * PAGE);
            let at = if random.below(2) == 0 { at / PAGE * PAGE + random.below(64) } else { at };
            if let Some(byte) = pages.0.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
        drop(podman_db::read(&pages.write(&dir), &settings("/")));
    }
    // A page that is its own child.
    let mut pages = database();
    let branch = Pages::branch(&[4; 100]);
    pages.0[4 * PAGE..4 * PAGE + branch.len()].copy_from_slice(&branch);
    assert!(podman_db::read(&pages.write(&dir), &settings("/")).is_err());
}
