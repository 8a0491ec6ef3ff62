//! The floors: who may use whom.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Workspace;

/// Crates by floor, as `ARCHITECTURE.md` draws them. A crate uses only crates on lower floors.
const FLOORS: &[&[&str]] = &[
    &["config", "durable", "goregex", "gotemplate"],
    &["model"],
    &["httpkit", "kerneltext", "logql-syntax", "promql-syntax", "relabel", "storage"],
    &["exposition", "logql", "logstore", "promql", "tsdb"],
    &["alerting", "discovery", "intake", "notify", "rules"],
    &["containersensor", "hostsensor", "shipper"],
    &["api"],
    &["menara"],
    &["bench", "conformance", "tidy"],
];
/// The tools' floor, which may use everything.
const TOOLS: usize = 8;
/// Help tests and tools, and may use everything below the binary.
const FOR_TESTS: &[&str] = &["fakes", "testkit"];

pub(crate) fn check(workspace: &Workspace) -> Vec<String> {
    let floors: BTreeMap<&str, usize> =
        FLOORS.iter().enumerate().flat_map(|(floor, crates)| crates.iter().map(move |name| (*name, floor))).collect();
    let mut broken = Vec::new();
    for package in members(&workspace.metadata) {
        let name = package["name"].as_str().unwrap_or_default();
        if !FOR_TESTS.contains(&name) && !floors.contains_key(name) {
            broken.push(format!("{name} has no floor; give it one in tools/tidy/src/floors.rs and ARCHITECTURE.md"));
            continue;
        }
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            let is_dev = dependency["kind"].as_str() == Some("dev");
            if FOR_TESTS.contains(&used) {
                if !is_dev && floors.get(name) != Some(&TOOLS) {
                    broken.push(format!("{name} ships {used}, which is for tests"));
                }
            } else if let (Some(floor), Some(below)) = (floors.get(name), floors.get(used))
                && below >= floor
            {
                broken.push(format!("{name} (floor {floor}) uses {used} (floor {below})"));
            }
        }
    }
    broken
}

/// The packages of the workspace itself.
pub(crate) fn members(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten().filter(|package| package["source"].is_null())
}
