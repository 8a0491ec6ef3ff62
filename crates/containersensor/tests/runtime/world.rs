//! Containers as a daemon has them, and what may happen to them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// All containers of a daemon.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) containers: BTreeMap<String, Sim>,
    made: u64,
}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sim {
    pub(crate) id: String,
    pub(crate) name: String,
    /// As Docker calls it.
    pub(crate) state: &'static str,
    pub(crate) health: &'static str,
    pub(crate) exit_code: i64,
    pub(crate) oom: bool,
    pub(crate) restarts: u64,
    pub(crate) created_ns: i64,
    pub(crate) started_ns: i64,
    pub(crate) finished_ns: i64,
}

/// What may happen to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    Start,
    Exit {
        code: i64,
        oom: bool,
    },
    /// Ends, and its restart policy will start it again.
    ExitToRestart {
        code: i64,
    },
    Pause,
    Unpause,
    Health(&'static str),
    Rename,
    Remove,
}

impl Sim {
    pub(crate) fn is_alive(&self) -> bool {
        matches!(self.state, "running" | "paused")
    }

    /// As the daemon tells it.
    pub(crate) fn inspect(&self) -> Value {
        let alive = self.is_alive();
        let health = if self.health.is_empty() { Value::Null } else { json!({"Status": self.health, "Log": []}) };
        json!({
            "Id": self.id, "Name": format!("/{}", self.name), "Created": time(self.created_ns), "Image": "sha256:1",
            "RestartCount": self.restarts, "LogPath": format!("/var/lib/docker/containers/{0}/{0}-json.log", self.id),
            "State": {
                "Status": self.state, "Running": alive || self.state == "restarting", "Paused": self.state == "paused",
                "Restarting": self.state == "restarting", "OOMKilled": self.oom, "Pid": if alive { self.started_ns / 1_000_000 % 4_000_000 } else { 0 },
                "ExitCode": self.exit_code, "StartedAt": time(self.started_ns), "FinishedAt": time(self.finished_ns), "Health": health,
            },
            "Config": {"Image": "shop/web:1", "Labels": {"com.docker.compose.project": "shop"}, "Healthcheck": {"Test": ["CMD", "true"]}},
            "HostConfig": {"LogConfig": {"Type": "json-file"}, "NetworkMode": "bridge", "RestartPolicy": {"Name": "always"}},
            "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/var/lib/docker/overlay2/u/diff"}},
        })
    }

    /// As it stands in Docker's list.
    pub(crate) fn listed(&self) -> Value {
        let status = match (self.state, self.health) {
            ("running", "") => "Up 2 seconds".to_owned(),
            ("running", "starting") => "Up 2 seconds (health: starting)".to_owned(),
            ("running", health) => format!("Up 2 seconds ({health})"),
            _ => "Exited".to_owned(),
        };
        json!({
            "Id": self.id, "Names": [format!("/{}", self.name)], "Image": "shop/web:1", "ImageID": "sha256:1", "State": self.state,
            "Status": status, "Labels": {"com.docker.compose.project": "shop"},
        })
    }

    fn event(&self, action: &str, at_ns: i64, attributes: Value) -> Value {
        json!({"Type": "container", "Action": action, "Actor": {"ID": self.id, "Attributes": attributes}, "timeNano": at_ns})
    }
}

impl World {
    /// A new container; its id and the events of it.
    pub(crate) fn create(&mut self, at_ns: i64) -> (String, Vec<Value>) {
        self.made += 1;
        let sim = Sim {
            id: format!("{:064x}", self.made),
            name: format!("c{}", self.made),
            state: "created",
            health: "",
            exit_code: 0,
            oom: false,
            restarts: 0,
            created_ns: at_ns,
            started_ns: 0,
            finished_ns: 0,
        };
        let events = vec![sim.event("create", at_ns, json!({"name": sim.name}))];
        let id = sim.id.clone();
        self.containers.insert(id.clone(), sim);
        (id, events)
    }

    /// Something happens to a container at a time: the events that the daemon tells. Nothing happens where it cannot.
    pub(crate) fn happen(&mut self, id: &str, happening: Happening, at_ns: i64) -> Vec<Value> {
        let Some(sim) = self.containers.get_mut(id) else { return Vec::new() };
        let mut events = Vec::new();
        let alive = sim.is_alive();
        match happening {
            Happening::Start if !alive => {
                (sim.state, sim.health, sim.exit_code, sim.oom) = ("running", "starting", 0, false);
                sim.started_ns = at_ns;
                events.push(sim.event("start", at_ns, json!({})));
            }
            Happening::Exit { code, oom } if alive => {
                if oom {
                    events.push(sim.event("oom", at_ns, json!({})));
                }
                (sim.state, sim.exit_code, sim.oom, sim.finished_ns) = ("exited", code, oom, at_ns);
                events.push(sim.event("die", at_ns, json!({"exitCode": code.to_string()})));
            }
            Happening::ExitToRestart { code } if sim.state == "running" => {
                (sim.state, sim.exit_code, sim.finished_ns) = ("restarting", code, at_ns);
                sim.restarts += 1;
                events.push(sim.event("die", at_ns, json!({"exitCode": code.to_string()})));
            }
            Happening::Pause if sim.state == "running" => {
                sim.state = "paused";
                events.push(sim.event("pause", at_ns, json!({})));
            }
            Happening::Unpause if sim.state == "paused" => {
                sim.state = "running";
                events.push(sim.event("unpause", at_ns, json!({})));
            }
            Happening::Health(health) if sim.state == "running" && sim.health != health => {
                sim.health = health;
                events.push(sim.event(&format!("health_status: {health}"), at_ns, json!({})));
            }
            Happening::Rename => {
                let old = std::mem::replace(&mut sim.name, format!("n{at_ns}"));
                events.push(sim.event("rename", at_ns, json!({"oldName": format!("/{old}")})));
            }
            Happening::Remove => {
                if alive {
                    events.push(sim.event("die", at_ns, json!({"exitCode": "137"})));
                }
                events.push(sim.event("destroy", at_ns, json!({})));
                self.containers.remove(id);
            }
            _ => {}
        }
        events
    }
}

/// RFC 3339; the year 1 for never.
fn time(ns: i64) -> String {
    if ns == 0 {
        return "0001-01-01T00:00:00Z".to_owned();
    }
    jiff::Timestamp::from_nanosecond(i128::from(ns)).unwrap().to_string()
}
