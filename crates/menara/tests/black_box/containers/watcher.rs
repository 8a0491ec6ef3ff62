//! A Menara that learns of containers in one way, and what it says of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use testkit::ContainerRuntime;

use super::Way;
use super::steps::{GONE, LONG_LINE, Right};
use crate::program::{Program, encode};

pub(super) struct Watcher {
    pub(super) way: &'static Way,
    pub(super) program: Program,
    args: Vec<String>,
    dir: TempDir,
}

impl Watcher {
    /// Starts Menara so that it sees one runtime and no other.
    pub(super) fn start(runtime: &ContainerRuntime, way: &'static Way) -> Watcher {
        let dir = tempfile::tempdir().expect("a directory");
        let args = sees_only(runtime, way.socket, &dir.path().join("absent"));
        let program = start_program(&dir, &args);
        Watcher { way, program, args, dir }
    }

    /// Kills Menara.
    pub(super) fn kill_and_start(self) -> Watcher {
        let Watcher { way, program, args, dir } = self;
        program.kill();
        let program = start_program(&dir, &args);
        Watcher { way, program, args, dir }
    }

    /// Everything that is not right of a container, told in words; empty when all is.
    pub(super) fn differences(&self, container: &str, right: &Right) -> Vec<String> {
        let mut differences = Differences::default();
        let live = self.live(container);
        let series = self.series(container);
        if right.state == GONE {
            differences.check("on the list", &live.is_some(), &false);
            differences.check("series", &series.keys().collect::<Vec<_>>(), &vec![]);
        } else if let Some(live) = live {
            check_live(&live, right, &mut differences);
            check_series(&series, right, &mut differences);
        } else {
            differences.check("on the list", &false, &true);
        }
        let mut lines = self.lines_of(container);
        lines.sort();
        differences.check("lines", &lines, &right.lines.iter().map(|line| (*line).to_owned()).collect());
        let events = self.events_of(container);
        if !has_event(&events, right) {
            differences.check("events", &events, &vec![right.event.to_owned()]);
        }
        differences.0
    }

    /// A container as `/sensors/containers` tells it.
    pub(super) fn live(&self, container: &str) -> Option<Value> {
        let response = self.program.get("/sensors/containers");
        assert_eq!(response.status, 200, "{}", response.body);
        let body: Value = serde_json::from_str(&response.body).expect("JSON");
        body["containers"].as_array().expect("a list").iter().find(|entry| entry["name"] == container).cloned()
    }

    /// The stored series of a container: their newest values by name, with the state or status of those that are sets of states. Series
    /// that differ in other labels are added up.
    fn series(&self, container: &str) -> BTreeMap<String, f64> {
        let mut found = BTreeMap::new();
        for sample in self.program.query(&format!(r#"{{job="cadvisor",name="{container}"}}"#)) {
            let label = |name: &str| sample["metric"][name].as_str().unwrap_or_default().to_owned();
            let name = match &*label("__name__") {
                "container_state" => format!("container_state {}", label("state")),
                "container_health_status" => format!("container_health_status {}", label("status")),
                name => name.to_owned(),
            };
            let value: f64 = sample["value"][1].as_str().and_then(|value| value.parse().ok()).expect("a value");
            *found.entry(name).or_insert(0.0) += value;
        }
        found
    }

    /// All lines of a container, oldest first; the long one by its other name.
    pub(super) fn lines_of(&self, container: &str) -> Vec<String> {
        let lines = self.program.lines(&format!(r#"{{job="containers",container="{container}"}}"#));
        let is_long = |line: &str| line.len() == 40_960 && line.bytes().all(|byte| byte == b'x');
        lines.into_iter().map(|line| if is_long(&line) { LONG_LINE.to_owned() } else { line }).collect()
    }

    /// All events of a container, oldest first.
    pub(super) fn events_of(&self, container: &str) -> Vec<String> {
        self.program.lines(&format!(r#"{{job="container_events",container=~"{container}"}}"#))
    }

    /// The label sets of the lines that a query finds, with the number of lines of each.
    pub(super) fn streams(&self, query: &str) -> Vec<(Value, usize)> {
        let target = format!("/loki/api/v1/query_range?limit=5000&query={}", encode(query));
        let streams = self.program.data(&target)["result"].as_array().expect("a list").clone();
        let count = |stream: &Value| stream["values"].as_array().map_or(0, Vec::len);
        streams.iter().map(|stream| (stream["stream"].clone(), count(stream))).collect()
    }
}

/// Arguments by which Menara sees one runtime, perhaps without its socket, and no other; `absent` is where nothing is.
pub(crate) fn sees_only(runtime: &ContainerRuntime, with_socket: bool, absent: &Path) -> Vec<String> {
    let mut args = Vec::new();
    for name in ["docker", "podman"] {
        let (mut socket, mut root): (PathBuf, PathBuf) = (absent.join("socket"), absent.to_owned());
        if name == runtime.name {
            root.clone_from(&runtime.root);
            if with_socket {
                socket.clone_from(&runtime.socket);
            }
        }
        args.extend([format!("--{name}"), format!("unix://{}", socket.display())]);
        args.extend([format!("--{name}-root"), root.display().to_string()]);
    }
    args
}

fn check_live(live: &Value, right: &Right, differences: &mut Differences) {
    differences.check("state", &live["state"], &right.state.into());
    differences.check("restarts", &live["restarts"], &right.restarts.into());
    if right.state == "exited" {
        differences.check("exit code", &live["exitCode"], &right.exit_code.into());
        differences.check("OOM", &live["oomKilled"], &right.oom_killed.into());
    }
    if let Some(health) = right.health {
        differences.check("health", &live["health"], &health.into());
    }
}

fn check_series(series: &BTreeMap<String, f64>, right: &Right, differences: &mut Differences) {
    let get = |name: &str| series.get(name).copied();
    let on = |set: &str| -> Vec<String> {
        let states = series.iter().filter(|(_, value)| **value == 1.0).map(|(name, _)| name);
        states.filter_map(|name| name.strip_prefix(set)).map(|state| state.trim().to_owned()).collect()
    };
    differences.check("container_state", &on("container_state "), &vec![right.state.to_owned()]);
    let running = f64::from(u8::from(["running", "paused"].contains(&right.state)));
    differences.check("container_running", &get("container_running"), &Some(running));
    differences.check("container_restarts_total", &get("container_restarts_total"), &Some(right.restarts as f64));
    if let Some(health) = right.health {
        differences.check("container_health_status", &on("container_health_status "), &vec![health.to_owned()]);
    }
    if right.state == "exited" {
        differences.check("container_exit_code", &get("container_exit_code"), &Some(right.exit_code as f64));
        let oom_killed = f64::from(u8::from(right.oom_killed));
        differences.check("container_oom_killed", &get("container_oom_killed"), &Some(oom_killed));
        differences.check("usage of memory", &get("container_memory_usage_bytes"), &None);
        differences.check("usage of processors", &get("container_cpu_usage_seconds_total"), &None);
    }
    if ["running", "paused"].contains(&right.state) {
        differences.check("usage of memory", &get("container_memory_usage_bytes").is_some_and(|n| n > 0.0), &true);
        differences.check("usage of processors", &get("container_cpu_usage_seconds_total").is_some(), &true);
        let oom_events = get("container_oom_events_total").is_some_and(|count| count >= right.oom_events);
        differences.check("container_oom_events_total", &oom_events, &true);
    }
}

/// Whether the event of a step is among those of its container.
fn has_event(events: &[String], right: &Right) -> bool {
    let mut fields: Vec<String> = right.event.split_whitespace().map(str::to_owned).collect();
    if right.state == "exited" && !right.event.is_empty() {
        fields.push(format!("exit_code={}", right.exit_code));
    }
    let has = |line: &str, field: &str| line.split(' ').any(|word| word == field);
    fields.is_empty() || events.iter().any(|line| fields.iter().all(|field| has(line, field)))
}

fn start_program(dir: &TempDir, args: &[String]) -> Program {
    Program::start_with(dir.path(), &args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn check<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: &T, right: &T) {
        if got != right {
            self.0.push(format!("{what}: {got:?}, right is {right:?}"));
        }
    }
}
