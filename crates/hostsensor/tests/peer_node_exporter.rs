//! Beside the real node_exporter on the same machine: every series that it has of our collectors, we have.
//!
//! Debian ships node_exporter 1.5, we are like 1.12: the differences that the years between have made are listed in
//! [`ADDED_LABELS`] and [`is_excluded_today`].

#![cfg(test)]

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use exposition::Family;
use hostsensor::{HostSensor, Paths, collector_names};
use model::{Clock, ManualClock, MetricKind};

const BINARY: &str = "/usr/bin/prometheus-node-exporter";

/// Far more than any step takes; only so that a broken peer fails the test instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What belongs to our collectors.
const FAMILIES: [&str; 19] = [
    "node_boot_time_seconds",
    "node_context_switches_total",
    "node_cooling_device_",
    "node_cpu_",
    "node_disk_",
    "node_filesystem_",
    "node_forks_total",
    "node_hwmon_",
    "node_intr_total",
    "node_load",
    "node_memory_",
    "node_network_",
    "node_pressure_",
    "node_procs_",
    "node_scrape_collector_",
    "node_thermal_zone_",
    "node_time_",
    "node_uname_info",
    "node_vmstat_",
];

/// Labels that series have got since 1.5: the families, the label, why.
const ADDED_LABELS: [(&str, &str, &str); 3] = [
    ("node_disk_info", "rotational", "to tell disks that turn from those that do not"),
    ("node_filesystem_", "device_error", "to say why a file system could not be read"),
    ("node_network_info", "adminstate", "to tell a link that is turned off from one that is broken"),
];

/// Series that 1.5 has and 1.12 has not: disks in compressed memory are excluded by default since.
fn is_excluded_today(series: &Series) -> bool {
    series.name.starts_with("node_disk_")
        && series.labels.get("device").is_some_and(|device| device.starts_with("zram"))
}

/// Counters of which the kernel itself says that they may fall.
fn may_fall(series: &Series) -> bool {
    series.labels.get("mode").is_some_and(|mode| mode == "idle" || mode == "iowait")
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Series {
    name: String,
    labels: BTreeMap<String, String>,
}

/// The types of families and the values of series.
#[derive(Debug, Default)]
struct Exposition {
    types: HashMap<String, String>,
    values: HashMap<Series, f64>,
}

impl Exposition {
    fn parse(text: &str) -> Exposition {
        let mut exposition = Exposition::default();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a type");
                exposition.types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                let (series, value) = parse_sample(line);
                exposition.values.insert(series, value);
            }
        }
        exposition
    }

    fn of(families: &[Family]) -> Exposition {
        let mut text = String::new();
        exposition::text::write(families, &mut text);
        Exposition::parse(&text)
    }
}

fn parse_sample(line: &str) -> (Series, f64) {
    let (series, value) = line.rsplit_once(' ').expect("a value");
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let mut parsed = BTreeMap::new();
    let mut rest = labels;
    while let Some((label, after)) = rest.split_once("=\"") {
        let mut end = 0;
        let bytes = after.as_bytes();
        while bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        parsed.insert(label.trim_start_matches(',').to_owned(), after[..end].to_owned());
        rest = &after[end + 1..];
    }
    let value = value.replace("Inf", "inf").parse().expect("a number");
    (Series { name: name.to_owned(), labels: parsed }, value)
}

/// The running peer; it ends with the test.
struct Peer {
    child: Child,
    address: SocketAddr,
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Failing to end what has ended already is no concern.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Peer {
    /// Starts it on a free port. Another program may take the port first, so there are several tries.
    fn start() -> Peer {
        for _ in 0..5 {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let address = free.local_addr().expect("an address");
            drop(free);
            let child = Command::new(BINARY)
                .arg(format!("--web.listen-address={address}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("node_exporter starts");
            let mut peer = Peer { child, address };
            if peer.is_listening() {
                return peer;
            }
        }
        panic!("node_exporter does not listen");
    }

    /// Waits until it says that it listens, or ends.
    fn is_listening(&mut self) -> bool {
        let stderr = BufReader::new(self.child.stderr.take().expect("a pipe"));
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on until the end, lest the peer should wait for room in the pipe.
            for line in stderr.lines().map_while(Result::ok) {
                if line.contains("Listening on") {
                    sender.send(()).ok();
                }
            }
        });
        match receiver.recv_timeout(PATIENCE) {
            Ok(()) => true,
            Err(mpsc::RecvTimeoutError::Disconnected) => false,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("node_exporter says nothing"),
        }
    }

    fn metrics(&self) -> String {
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.write_all(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.starts_with("HTTP/1.0 200"), "{head}");
        body.to_owned()
    }
}

/// Our series as 1.5 would have it.
fn without_added_labels(series: &Series) -> Series {
    let mut older = series.clone();
    for (families, label, _) in ADDED_LABELS {
        if older.name.starts_with(families) {
            older.labels.remove(label);
        }
    }
    older
}

fn is_ours(series: &Series) -> bool {
    if series.name.starts_with("node_scrape_collector_") {
        return collector_names().contains(&&*series.labels["collector"]);
    }
    FAMILIES.iter().any(|family| series.name.starts_with(family))
}

fn check(before: &Exposition, peer: &Exposition, after: &Exposition) {
    let older = |exposition: &Exposition| -> HashMap<Series, f64> {
        exposition.values.iter().map(|(series, value)| (without_added_labels(series), *value)).collect()
    };
    let (before_values, after_values) = (older(before), older(after));
    let mut compared = 0;
    let mut problems = Vec::new();
    for (series, value) in &peer.values {
        if !is_ours(series) || is_excluded_today(series) {
            continue;
        }
        compared += 1;
        // What came or went meanwhile may be in one of the two only.
        let (Some(low), Some(high)) = (before_values.get(series), after_values.get(series)) else {
            if !before_values.contains_key(series) && !after_values.contains_key(series) {
                problems.push(format!("missing: {series:?}"));
            }
            continue;
        };
        let kind = &peer.types[&series.name];
        if Some(kind) != after.types.get(&series.name) {
            problems.push(format!("type of {} is {kind} there, {:?} here", series.name, after.types.get(&series.name)));
        }
        let is_between = (*low..=*high).contains(value) || (low.is_nan() && value.is_nan());
        if kind == MetricKind::Counter.as_str() && !may_fall(series) && !is_between {
            problems.push(format!("{series:?} is {value} there, between {low} and {high} here"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(compared > 150, "only {compared} series to compare");
}

#[test]
fn every_series_of_the_peer_is_ours_too() {
    if !std::path::Path::new(BINARY).try_exists().unwrap_or(false) {
        // Past the test harness, which would keep it to itself.
        let reason = format!("NOT RUN: node_exporter ({BINARY} is not installed)");
        writeln!(std::io::stderr(), "{reason}").expect("a terminal");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{reason}");
        return;
    }
    let peer = Peer::start();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(0));
    let mut sensor = HostSensor::new(Paths::default(), clock);
    let before = Exposition::of(&sensor.read().families);
    let theirs = Exposition::parse(&peer.metrics());
    let after = Exposition::of(&sensor.read().families);
    check(&before, &theirs, &after);
}
