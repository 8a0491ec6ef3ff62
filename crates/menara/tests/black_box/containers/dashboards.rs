//! What dashboards made for cAdvisor ask.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use testkit::ContainerRuntime;

use super::DOCKER;
use super::steps::run;
use super::watcher::Watcher;
use crate::program::{Program, encode};

const DASHBOARDS: [&str; 2] = ["cadvisor-exporter-14282.json", "dockprom-docker-containers.json"];
/// Parts of expressions that find nothing where nothing is to be found, with the reason.
const NOTHING_TO_FIND: [(&str, &str); 1] = [(r#"fstype="aufs""#, "Docker stores images in overlay2, not in aufs")];
/// What variables stand for: names with their `$`, and values.
type Choice = Vec<(String, String)>;

/// A rate takes two readings, which are 15 s apart.
const PATIENCE: Duration = Duration::from_secs(45);

/// A network of two ends in the container itself, and somebody who shouts into one of them: a container needs no bridge of the host to have
/// interfaces.
const NETWORK: &str = "ip link add v0 type veth && ip link set veth0 name v1 && ip link set v0 up && ip link set v1 up \
    && ip addr add 10.99.0.1/24 dev v0 && echo connected; while :; do ping -c 1 -W 1 10.99.0.2; done";

/// All PromQL expressions of a dashboard, at whatever depth its format hides them.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| expressions(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

#[test]
fn dashboards_for_cadvisor_show_containers() {
    let boards: Vec<PathBuf> =
        DASHBOARDS.iter().filter_map(|name| testkit::material(&format!("dashboards/{name}"))).collect();
    if boards.is_empty() {
        return;
    }
    let Some(runtime) = ContainerRuntime::docker() else { return };
    run(&runtime, "board", &["--cap-add", "NET_ADMIN"], &["sh", "-c", NETWORK]);
    let watcher = Watcher::start(&runtime, &DOCKER[0]);
    let program = &watcher.program;
    program.wait_for("the container", |_| watcher.live("board"));
    if watcher.lines_of("board").first().map(String::as_str) != Some("connected") {
        program.wait_for("its network", |_| watcher.lines_of("board").first().cloned());
    }
    let mut wrong = Vec::new();
    for path in boards {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let board: Value = serde_json::from_str(&text).expect("JSON");
        let mut list = Vec::new();
        expressions(&board, &mut list);
        assert!(list.len() > 5, "{}", path.display());
        for choice in choices(program, &board) {
            for expr in &list {
                let expr = choice.iter().fold(expr.clone(), |expr, (name, value)| expr.replace(name, value));
                if let Some((_, reason)) = NOTHING_TO_FIND.iter().find(|(part, _)| expr.contains(part)) {
                    println!("{expr}: finds nothing ({reason})");
                } else if !program.waits_for(PATIENCE, |program| shows(program, &expr)) {
                    wrong.push(expr);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these find nothing: {wrong:#?}");
}

/// What a dashboard's variables may stand for: everything, and the values of the test's own container; found as Grafana finds them.
fn choices(program: &Program, board: &Value) -> Vec<Choice> {
    let variables = board["templating"]["list"].as_array().cloned().unwrap_or_default();
    if variables.is_empty() {
        return vec![Vec::new()];
    }
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    let (mut all, mut one) = (Choice::new(), Choice::new());
    for variable in variables {
        let name = format!("${}", variable["name"].as_str().expect("a name"));
        let query = variable["query"]["query"].as_str().expect("a query");
        let query = one.iter().fold(query.to_owned(), |query, (name, value)| query.replace(name, value));
        let call = query.strip_prefix("label_values(").and_then(|call| call.strip_suffix(')')).expect("label_values");
        let (selector, label) = call.rsplit_once(',').expect("two arguments");
        let target = format!("/api/v1/label/{}/values?match[]={}", label.trim(), encode(selector));
        let wanted = if label.trim() == "name" { "board" } else { host.trim() };
        let values = |program: &Program| program.data(&target).as_array().expect("a list").clone();
        program.wait_for(&query, |program| values(program).contains(&wanted.into()).then_some(()));
        all.push((name.clone(), variable["allValue"].as_str().expect("a value for all").to_owned()));
        one.push((name, wanted.to_owned()));
    }
    vec![all, one]
}

/// Whether an expression finds something; of one that tells containers apart, whether it finds the test's.
fn shows(program: &Program, expr: &str) -> bool {
    let data = program.data(&format!("/api/v1/query?query={}", encode(expr)));
    let result = data["result"].as_array().expect("a list");
    if data["resultType"] == "scalar" {
        return result[1] != "NaN";
    }
    let is_right = |sample: &Value| !expr.contains("by (name)") || sample["metric"]["name"] == "board";
    result.iter().any(|sample| is_right(sample) && sample["value"][1] != "NaN")
}
