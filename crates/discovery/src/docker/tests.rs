//! What is asked, and how answers are read. The fixtures were recorded from Docker 20.10.24 and Podman 4.3.1 (paths are the usual ones); shapes
//! of other versions are written by hand from their documentation.

use std::path::Path;

use http::Method;

use super::events::{MAX_EVENT_BYTES, Parser};
use super::types::{DockerListed, Inspected, Listed, PodmanListed, Version};
use super::{Client, Error, negotiate, parse};

fn client(version: &str) -> Client {
    let version: Version = parse(version.as_bytes()).unwrap();
    Client::speaking("/run/docker.sock".as_ref(), &version)
}

const DOCKER: &str = include_str!("../../tests/fixtures/docker-20.10/version.json");
const PODMAN: &str = include_str!("../../tests/fixtures/podman-4.3/version.json");

#[test]
fn every_request_is_a_get() {
    for client in [client(DOCKER), client(PODMAN), client("{}")] {
        for get in [client.list_request(), client.inspect_request("ab/../c?d"), client.events_request()] {
            assert_eq!(get.unwrap().request().method(), Method::GET);
        }
    }
    // Requests are made in one place, which names one method.
    let mut builders = Vec::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    visit(&src, &mut |path, text| {
        if path.ends_with("tests.rs") {
            return;
        }
        for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "from_bytes", "method_mut"] {
            let forbidden = [format!("Method::{method}"), format!(".{method}("), format!("\"{method}\"")];
            assert!(!forbidden.iter().any(|name| text.contains(name)), "{method} in {}", path.display());
        }
        builders.extend(text.matches("Request::").map(|_| path.to_owned()));
    });
    assert_eq!(builders, [src.join("docker/request.rs")]);
}

fn visit(dir: &Path, with: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, with);
        } else {
            with(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn paths() {
    let path = |get: Result<super::Get, Error>| get.unwrap().request().uri().to_string();
    let docker = client(DOCKER);
    assert_eq!(path(docker.list_request()), "/v1.41/containers/json?all=1");
    assert_eq!(path(docker.inspect_request("0a")), "/v1.41/containers/0a/json");
    assert_eq!(path(docker.inspect_request("../x y?")), "/v1.41/containers/..%2Fx+y%3F/json");
    let events = path(docker.events_request());
    let filters = events.strip_prefix("/v1.41/events?filters=").unwrap();
    let (filters, _) =
        form_urlencoded::parse(format!("f={filters}").as_bytes()).next().map(|(_, v)| (v.into_owned(), ())).unwrap();
    let filters: serde_json::Value = serde_json::from_str(&filters).unwrap();
    assert_eq!(filters["type"], serde_json::json!(["container"]));
    assert!(filters["event"].as_array().unwrap().contains(&"die".into()), "{filters}");

    let podman = client(PODMAN);
    assert!(podman.is_podman() && !docker.is_podman());
    assert_eq!(path(podman.list_request()), "/v4.3.1/libpod/containers/json?all=true");
    assert_eq!(path(podman.inspect_request("0a")), "/v1.41/containers/0a/json");
    assert_eq!(path(podman.events_request()), "/v1.41/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D");
    assert_eq!(path(client("{}").list_request()), "/containers/json?all=1");
}

#[test]
fn versions() {
    #[track_caller]
    fn check(theirs: &str, oldest: &str, spoken: Option<(u32, u32)>) {
        let text = format!(r#"{{"ApiVersion":"{theirs}","MinAPIVersion":"{oldest}"}}"#);
        assert_eq!(negotiate(&parse(text.as_bytes()).unwrap()), spoken);
    }
    check("1.41", "1.12", Some((1, 41)));
    check("1.55", "1.44", Some((1, 47)));
    check("1.60", "1.50", Some((1, 50)));
    check("1.9", "", Some((1, 9)));
    check("", "", None);
    check("new", "1.12", None);
}

#[test]
fn podman_of_other_versions() {
    #[track_caller]
    fn check(version: &str, api: Option<&str>) {
        assert_eq!(parse::<Version>(version.as_bytes()).unwrap().podman_api(), api);
    }
    check(r#"{"Components":null}"#, None);
    check(
        r#"{"Components":[{"Name":"Podman Engine","Version":"5.4.2","Details":{"APIVersion":"5.4.2"}}]}"#,
        Some("5.4.2"),
    );
    check(r#"{"Components":[{"Name":"Podman Engine","Version":"5.0.0-dev","Details":null}]}"#, Some("5.0.0"));
}

#[test]
fn docker_list() {
    let listed: Vec<DockerListed> = parse(include_bytes!("../../tests/fixtures/docker-20.10/list.json")).unwrap();
    let listed: Vec<Listed> = listed.into_iter().map(Listed::from).collect();
    let told: Vec<_> = listed.iter().map(|c| (c.name.as_str(), c.state.as_str(), c.health.as_str())).collect();
    let expected =
        [("a-new", "created", ""), ("a-oom", "exited", ""), ("a-loop", "restarting", ""), ("a-web", "paused", "")];
    assert_eq!(told, expected);
    assert_eq!(listed[3].labels["com.docker.compose.service"], "web");
    assert_eq!(listed[3].image, "test/busybox:1");
    assert!(listed.iter().all(|c| c.id.len() == 64 && c.image_id.starts_with("sha256:")));
}

#[test]
fn docker_list_by_hand() {
    #[track_caller]
    fn check(json: &str, name: &str, health: &str) {
        let listed = Listed::from(parse::<DockerListed>(json.as_bytes()).unwrap());
        assert_eq!((listed.name.as_str(), listed.health.as_str()), (name, health));
    }
    check(r#"{"Id":"0a","Names":["/app/db","/db"],"Status":"Up 2 hours (healthy)"}"#, "db", "healthy");
    check(r#"{"Id":"0a","Names":["db"],"Status":"Up 2 seconds (health: starting)"}"#, "db", "starting");
    check(r#"{"Id":"0a","Names":["/db"],"Status":"Up 2 days (unhealthy)"}"#, "db", "unhealthy");
    check(r#"{"Id":"0a","Names":null,"Labels":null,"Status":null,"State":null}"#, "", "");
    check(r#"{"Id":"0a","Names":[],"Status":"Exited (137) 2 minutes ago","Health":{"Status":"none"}}"#, "", "");
}

#[test]
fn podman_list() {
    let listed: Vec<PodmanListed> = parse(include_bytes!("../../tests/fixtures/podman-4.3/list.json")).unwrap();
    let listed: Vec<Listed> = listed.into_iter().map(Listed::from).collect();
    let told: Vec<_> =
        listed.iter().map(|c| (c.name.as_str(), c.state.as_str(), c.health.as_str(), c.pod.as_str())).collect();
    let expected =
        [("a-pweb", "running", "unhealthy", "a-pod"), ("a-ploop", "exited", "", ""), ("a-pnew", "created", "", "")];
    assert_eq!(told, expected);
    assert!(listed.iter().all(|c| c.image_id.starts_with("sha256:")));
}

#[test]
fn inspected() {
    #[track_caller]
    fn check(json: &str, name: &str, state: &str, restarts: Option<u64>, exit_code: i64, health: &str) -> Inspected {
        let told: Inspected = parse(json.as_bytes()).unwrap();
        let got =
            (&*told.name, &*told.state.status, told.restart_count, told.state.exit_code, &*told.state.health.status);
        assert_eq!(got, (name, state, restarts, exit_code, health));
        told
    }
    let web = check(
        include_str!("../../tests/fixtures/docker-20.10/inspect-web.json"),
        "/a-web",
        "paused",
        Some(0),
        0,
        "unhealthy",
    );
    assert_eq!(web.config.healthcheck.unwrap().test, ["CMD-SHELL", "/bin/busybox test -e /ok"]);
    assert!(web.graph_driver.data.upper_dir.starts_with("/var/lib/docker/overlay2/"));
    assert!(web.log_path.ends_with("-json.log"));
    let oom =
        check(include_str!("../../tests/fixtures/docker-20.10/inspect-oom.json"), "/a-oom", "exited", Some(0), 137, "");
    assert!(oom.state.oom_killed);
    let told = check(
        include_str!("../../tests/fixtures/docker-20.10/inspect-loop.json"),
        "/a-loop",
        "restarting",
        Some(6),
        3,
        "",
    );
    assert_eq!((&*told.host_config.restart_policy.name, &*told.host_config.network_mode), ("always", "host"));
    let new =
        check(include_str!("../../tests/fixtures/docker-20.10/inspect-new.json"), "/a-new", "created", Some(0), 0, "");
    assert_eq!((&*new.log_path, &*new.host_config.log_config.driver), ("", "none"));

    check(
        include_str!("../../tests/fixtures/podman-4.3/inspect-web.json"),
        "/a-pweb",
        "running",
        Some(0),
        0,
        "unhealthy",
    );
    check(include_str!("../../tests/fixtures/podman-4.3/inspect-loop.json"), "/a-ploop", "exited", Some(2), 3, "");
    check(include_str!("../../tests/fixtures/podman-4.3/inspect-new.json"), "/a-pnew", "created", Some(0), 0, "");
    // By hand: null wherever a daemon may write it.
    let null = r#"{"Id":"0a","Name":"n","State":{"Status":"stopping","Health":null,"Pid":null},"Config":null,"HostConfig":null,"GraphDriver":null}"#;
    check(null, "n", "stopping", None, 0, "");
}

#[test]
fn recorded_events() {
    let count = |text: &str, action: &str| {
        let mut parser = Parser::default();
        parser.push(text.as_bytes());
        let events = std::iter::from_fn(|| parser.next().unwrap());
        let events: Vec<_> = events.filter(|event| event.action.starts_with(action)).collect();
        assert!(parser.is_empty());
        assert!(events.iter().all(|event| event.id.len() == 64 && event.time_ns > 1_700_000_000_000_000_000));
        events
    };
    let docker = include_str!("../../tests/fixtures/docker-20.10/events.json");
    assert_eq!(count(docker, "health_status: unhealthy").len(), 1);
    assert_eq!(count(docker, "destroy").len(), 4);
    assert!(count(docker, "die").iter().all(|event| matches!(event.exit_code, Some(3 | 137))));
    let podman = include_str!("../../tests/fixtures/podman-4.3/events.json");
    assert_eq!(count(podman, "restart").len(), 2);
    assert_eq!(count(podman, "die").iter().filter(|event| event.exit_code == Some(3)).count(), 3);
    assert!(count(podman, "create").iter().any(|event| event.pod_id.len() == 64));
}

#[test]
fn a_stream_is_cut_anywhere() {
    let one = r#"{"Type":"container","Action":"die","Actor":{"ID":"0a","Attributes":{"exitCode":"3","name":"a}\"{"}},"time":7}"#;
    let other = r#"{"Type":"image","Action":"pull","Actor":{"ID":"0b"},"timeNano":8}"#;
    let text = format!("{one}{other}\n{one}\r\n \n{other}{one}");
    for cut in 0..=text.len() {
        let mut parser = Parser::default();
        let mut events = Vec::new();
        for part in [&text[..cut], &text[cut..]] {
            parser.push(part.as_bytes());
            events.extend(std::iter::from_fn(|| parser.next().unwrap()));
        }
        assert_eq!(events.len(), 3, "cut at {cut}");
        assert!(parser.is_empty());
        assert_eq!((events[0].exit_code, events[0].time_ns), (Some(3), 7_000_000_000));
    }
}

#[test]
fn bad_streams() {
    #[track_caller]
    fn check(text: &str, expected: Result<(), Error>) {
        let mut parser = Parser::default();
        parser.push(text.as_bytes());
        let mut got = parser.next().map(|_| ());
        if let Err(Error::Broken(message)) = &mut got {
            "broken".clone_into(message);
        }
        assert_eq!(got, expected);
    }
    let broken = || Err(Error::Broken("broken".to_owned()));
    check("", Ok(()));
    check("{\"Type\":\"cont", Ok(()));
    check("<html>", broken());
    check("7", broken());
    check("{\"Type\":1}", broken());
    check(&format!("{{\"Type\":\"{}", "x".repeat(MAX_EVENT_BYTES)), Err(Error::TooLong(MAX_EVENT_BYTES)));
}
