//! Leads containers through the table of steps under the eyes of several Menaras.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::ContainerRuntime;

use super::steps::{BEFORE, END, LIFE, Step, cli, run};
use super::watcher::Watcher;
use super::{Way, deadline};

/// How many lines are written over a kill, one every 10 ms.
const CHATTER: usize = 300;

pub(super) fn run_all(runtime: &ContainerRuntime, ways: &'static [Way]) {
    for step in &BEFORE {
        (step.act)(runtime);
    }
    let mut watchers: Vec<Watcher> = ways.iter().map(|way| Watcher::start(runtime, way)).collect();
    let started = Instant::now();
    for step in &BEFORE {
        check(watchers.iter().collect(), step, started);
    }
    take(runtime, &watchers, &LIFE);
    check_identity(runtime, &watchers);
    check_load(&watchers);
    take(runtime, &watchers, &END);
    watchers = check_kill(runtime, watchers);
    for watcher in &watchers {
        check_history(watcher);
    }
}

fn take(runtime: &ContainerRuntime, watchers: &[Watcher], steps: &[Step]) {
    for step in steps {
        let ignorance = |watcher: &Watcher| step.needs.and_then(|fact| watcher.way.ignorance(fact));
        for watcher in watchers {
            if let Some(reason) = ignorance(watcher) {
                println!("{}: {}: not looked at ({reason})", watcher.way.name, step.what);
            }
        }
        let able: Vec<&Watcher> = watchers.iter().filter(|watcher| ignorance(watcher).is_none()).collect();
        if !able.is_empty() {
            (step.act)(runtime);
            check(able, step, Instant::now());
        }
    }
}

/// Everything is right in time after a step.
fn check(mut waiting: Vec<&Watcher>, step: &Step, since: Instant) {
    while !waiting.is_empty() {
        waiting.retain(|watcher| {
            let asked = since.elapsed();
            let differences = watcher.differences(step.container, &step.right);
            if differences.is_empty() {
                println!("{}: {}: right after {} ms", watcher.way.name, step.what, since.elapsed().as_millis());
                return false;
            }
            assert!(asked < deadline(), "{}: {}, after {asked:?}:\n{differences:#?}", watcher.way.name, step.what);
            true
        });
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Lines bear the container's identity.
fn check_identity(runtime: &ContainerRuntime, watchers: &[Watcher]) {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a host name");
    let image = runtime.inspect("web", "{{.Config.Image}}").expect("it is there");
    for watcher in watchers {
        for (stream, lines) in [("stdout", 3), ("stderr", 2)] {
            let query = format!(r#"{{job="containers",container="web",stream="{stream}"}}"#);
            let found = watcher.streams(&query);
            let told: usize = found.iter().map(|(_, lines)| lines).sum();
            assert_eq!(told, lines, "{}: {found:?}", watcher.way.name);
            for (found, _) in &found {
                let right = [
                    ("image", Value::from(&*image)),
                    ("host", host.trim().into()),
                    ("compose_project", "shop".into()),
                    ("compose_service", "front".into()),
                    ("filename", Value::Null),
                ];
                for (label, value) in right {
                    assert_eq!(found[label], value, "{}: {label} of {found}", watcher.way.name);
                }
            }
        }
        let identity =
            r#"count({job="cadvisor",name="web",image="IMAGE",id=~"/.*[0-9a-f]{64}.*"}) == count({name="web"})"#;
        let identity = identity.replace("IMAGE", &image);
        assert!(watcher.program.number(&identity).is_some(), "{}: {identity}", watcher.way.name);
    }
}

/// What is written while Menara is killed and starts again is there once.
fn check_kill(runtime: &ContainerRuntime, watchers: Vec<Watcher>) -> Vec<Watcher> {
    let command = format!("i=0; while [ $i -lt {CHATTER} ]; do echo line $i; i=$((i+1)); sleep 0.01; done");
    run(runtime, "chatter", &[], &["sh", "-c", &command]);
    let count = |watcher: &Watcher| watcher.lines_of("chatter").len();
    let mut again = Vec::new();
    for watcher in watchers {
        watcher.program.wait_for("its first lines", |_| (count(&watcher) > 0).then_some(()));
        again.push(watcher.kill_and_start());
    }
    cli(runtime, &["wait", "chatter"]);
    let right: Vec<String> = (0..CHATTER).map(|n| format!("line {n}")).collect();
    for watcher in &again {
        watcher.program.wait_for("its last line", |_| (count(watcher) >= CHATTER).then_some(()));
        assert_eq!(watcher.lines_of("chatter"), right, "{}", watcher.way.name);
        let ended = LIFE.iter().filter(|step| step.right.state == "exited" && step.container != "web");
        for step in BEFORE.iter().chain(ended) {
            check(vec![watcher], step, Instant::now());
        }
    }
    again
}

/// A loop that may use half a processor is seen to use a good part of it, and one that sleeps next to nothing.
fn check_load(watchers: &[Watcher]) {
    for watcher in watchers {
        let rate = |container: &str, is_right: fn(f64) -> bool| {
            let query = format!(r#"sum(irate(container_cpu_usage_seconds_total{{name="{container}"}}[1m]))"#);
            // Two readings that follow each other closely may both fall into a time without its share.
            watcher.program.wait_for(&query, |program| program.number(&query).filter(|rate| is_right(*rate)))
        };
        let busy = rate("busy", |rate| rate > 0.1 && rate < 1.0);
        let idle = rate("before", |rate| rate < 0.1);
        println!("{}: the loop uses {busy:.3} processors, the idle one {idle:.3}", watcher.way.name);
    }
}

/// Each event of a life was told once, and in order; what was there before Menara has none.
fn check_history(watcher: &Watcher) {
    let names = |container: &str| -> Vec<String> {
        let lines = watcher.events_of(container);
        let event = |line: &str| line.split(' ').find_map(|word| word.strip_prefix("event=")).map(str::to_owned);
        lines.iter().map(|line| event(line).unwrap_or_else(|| line.clone())).filter(|name| name != "health").collect()
    };
    let life = ["created", "started", "paused", "unpaused", "exited", "started", "renamed", "exited", "removed"];
    assert_eq!(names("web|www"), life, "{}", watcher.way.name);
    assert_eq!(names("deaf"), ["created", "started", "exited"], "{}", watcher.way.name);
    assert_eq!(names("early|before"), [""; 0], "{}", watcher.way.name);
}
