//! Every collector on every machine of `tests/fixtures`, compared with `expected/<collector>.txt` of that machine.
//!
//! The machines are written by hand after the kernel's documentation. `UPDATE_EXPECT=1` writes the expected files anew.

#![cfg(test)]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hostsensor::{HostSensor, Paths, UnknownCollector, collector_names};
use model::ManualClock;

fn machine(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn sensor(machine: &Path, collectors: &[&str]) -> Result<HostSensor, UnknownCollector> {
    let paths = Paths {
        procfs: machine.join("proc"),
        sysfs: machine.join("sys"),
        rootfs: machine.join("root"),
        udev_data: machine.join("udev"),
    };
    HostSensor::with_collectors(paths, Arc::new(ManualClock::new(1_750_000_000_250)), collectors)
}

/// What a collector shows, and its error if it has one.
fn show(collector: &str, machine: &Path) -> String {
    let mut sensor = sensor(machine, &[collector]).unwrap();
    let first = render(&mut sensor, machine);
    assert_eq!(first, render(&mut sensor, machine), "a second reading of the same files differs");
    first
}

fn render(sensor: &mut HostSensor, machine: &Path) -> String {
    let snapshot = sensor.read();
    let mut text = String::new();
    exposition::text::write(&snapshot.families, &mut text);
    let mut shown: String = text.lines().map(|line| mask(line) + "\n").collect();
    for (collector, error) in snapshot.errors {
        let error = error.replace(&*machine.to_string_lossy(), "MACHINE");
        writeln!(shown, "# error of {collector}: {error}").unwrap();
    }
    shown
}

/// Hides what depends on the machine that runs the test.
fn mask(line: &str) -> String {
    const MEASURED: [&str; 6] = [
        "node_filesystem_avail_bytes{",
        "node_filesystem_files{",
        "node_filesystem_files_free{",
        "node_filesystem_free_bytes{",
        "node_filesystem_size_bytes{",
        "node_scrape_collector_duration_seconds{",
    ];
    const SYSTEM: [&str; 2] = ["node_time_zone_offset_seconds{", "node_uname_info{"];
    let is_any = |names: &[&str]| names.iter().any(|name| line.starts_with(name));
    let (labels, value) = line.rsplit_once(' ').unwrap();
    if is_any(&MEASURED) {
        value.parse::<f64>().expect("a number");
        return format!("{labels} _");
    }
    if is_any(&SYSTEM) {
        // Every second part is a label's value.
        let parts = labels.split('"').enumerate();
        let masked: Vec<&str> = parts.map(|(at, part)| if at % 2 == 1 { "_" } else { part }).collect();
        return masked.join("\"") + " _";
    }
    line.to_owned()
}

#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a file of the checkout, for a person to look at")]
fn check(collector: &str, fixture: &str, golden: &str) {
    let machine = machine(fixture);
    let shown = show(collector, &machine);
    let golden = machine.join(golden);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
        std::fs::write(&golden, &shown).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(shown, expected, "{collector} on {fixture}; UPDATE_EXPECT=1 accepts what is shown");
}

fn check_all(fixture: &str) {
    for collector in collector_names() {
        check(collector, fixture, &format!("expected/{collector}.txt"));
    }
}

#[test]
fn a_server_with_everything() {
    check_all("server");
}

#[test]
fn a_container_without_sys_on_an_old_kernel() {
    check_all("container");
}

#[test]
fn files_of_the_wrong_form() {
    check_all("broken");
}

#[test]
fn a_machine_without_files() {
    let mut sensor = sensor(Path::new("/nonexistent"), &collector_names()).unwrap();
    let snapshot = sensor.read();
    let outcomes: Vec<(&str, f64)> = snapshot
        .families
        .iter()
        .filter(|family| family.name == "node_scrape_collector_success")
        .flat_map(|family| &family.samples)
        .map(|sample| (&*sample.labels[0].1, sample.value))
        .collect();
    // Those that a machine may be without are not errors.
    let absent = ["hwmon", "netclass", "pressure"];
    let well = ["cpufreq", "thermal_zone", "time", "uname"];
    for (collector, success) in outcomes {
        assert_eq!(success == 1.0, well.contains(&collector), "{collector}");
        let is_error = snapshot.errors.iter().any(|(name, _)| *name == collector);
        assert_eq!(is_error, !absent.contains(&collector) && !well.contains(&collector), "{collector}");
    }
}

#[test]
fn unknown_collectors_are_refused() {
    let error = sensor(Path::new("/"), &["cpu", "gpu"]).unwrap_err();
    assert_eq!(error.to_string(), "missing collector: gpu");
}

#[test]
fn label_sets_are_distinct_within_a_family() {
    for fixture in ["server", "container", "broken"] {
        let snapshot = sensor(&machine(fixture), &collector_names()).unwrap().read();
        for family in &snapshot.families {
            let mut labels: Vec<_> = family.samples.iter().map(|sample| &sample.labels).collect();
            labels.sort();
            let count = labels.len();
            labels.dedup();
            assert_eq!(labels.len(), count, "{} of {fixture}", family.name);
        }
    }
}
