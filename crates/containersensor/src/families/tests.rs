use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::container::{Health, Runtime, State};
use crate::stats::{
    CfsStats, CpuSpec, DeviceOperations, Dimms, DiskCounts, FsStats, InterfaceStats, MemorySpec, Pressure,
};

fn strings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn container() -> Container {
    Container {
        id: "c1".to_owned(),
        runtime: Runtime::Docker,
        name: "web".to_owned(),
        image: "shop/web:1".to_owned(),
        state: State::Running,
        created_ms: Some(1_700_000_000_900),
        started_ms: Some(1_700_000_100_900),
        ..Container::default()
    }
}

fn stats() -> ContainerStats {
    ContainerStats {
        time_ms: 1_700_000_200_999,
        cpu: Some(CpuStats { usage_ns: 3_500_000_000, ..CpuStats::default() }),
        memory: Some(MemoryStats { usage: 4096, ..MemoryStats::default() }),
        ..ContainerStats::default()
    }
}

/// What is shown of one container, as text.
#[derive(Clone, Default)]
struct Case {
    container: Option<Container>,
    reading: Option<(Spec, ContainerStats)>,
    exposure: Exposure,
    machine: Machine,
    versions: Versions,
}

impl Case {
    fn running(change: impl FnOnce(&mut Container, &mut Spec, &mut ContainerStats)) -> Case {
        let (mut container, mut spec, mut stats) = (container(), Spec::default(), stats());
        change(&mut container, &mut spec, &mut stats);
        Case { container: Some(container), reading: Some((spec, stats)), ..Case::default() }
    }

    fn stopped(change: impl FnOnce(&mut Container)) -> Case {
        let mut container = Container { state: State::Exited, ..container() };
        change(&mut container);
        Case { container: Some(container), ..Case::default() }
    }

    fn families(&self) -> Vec<Family> {
        let subject = Subject {
            cgroup_path: "/docker/c1",
            container: self.container.as_ref(),
            reading: self.reading.as_ref().map(|(spec, stats)| (spec, stats)),
        };
        families(&[subject], &self.machine, &self.versions, &self.exposure)
    }

    fn text(&self) -> String {
        let mut text = String::new();
        exposition::text::write(&self.families(), &mut text);
        text
    }
}

/// The samples of the family must be these, without its name and the base labels where `…` stands.
#[track_caller]
fn check(case: &Case, family: &str, expected: &[&str]) {
    let text = case.text();
    let is_of_family = |line: &&str| line.split(['{', ' ']).next() == Some(family);
    let found: Vec<&str> = text.lines().filter(is_of_family).map(|line| &line[family.len()..]).collect();
    let base = r#"id="/docker/c1",image="shop/web:1","#;
    let expected: Vec<String> = expected.iter().map(|line| line.replace('…', base)).collect();
    assert_eq!(found, expected, "{family}");
}

const WEB: &str = r#"{…name="web"}"#;

fn web(value: &str) -> String {
    format!("{WEB} {value}")
}

#[test]
fn processor_time() {
    let v2 = Case::running(|_, _, _| {});
    check(&v2, "container_cpu_usage_seconds_total", &[r#"{cpu="total",…name="web"} 3.5"#]);
    check(&v2, "container_cpu_load_average_10s", &[&web("0")]);
    let v1 = Case::running(|_, _, stats| {
        stats.cpu = Some(CpuStats { usage_ns: 1, per_cpu_ns: vec![2_000_000_000, 0, 1], ..CpuStats::default() });
    });
    let by_cpu = [r#"{cpu="cpu00",…name="web"} 2"#, r#"{cpu="cpu02",…name="web"} 1e-09"#];
    check(&v1, "container_cpu_usage_seconds_total", &by_cpu);
    let idle = Case::running(|_, _, stats| stats.cpu = Some(CpuStats::default()));
    check(&idle, "container_cpu_usage_seconds_total", &[]);
    check(&idle, "container_cpu_user_seconds_total", &[&web("0")]);
    let no_controller = Case::running(|_, _, stats| stats.cpu = None);
    check(&no_controller, "container_cpu_user_seconds_total", &[]);
}

#[test]
fn a_quota_brings_its_families() {
    let throttled = CfsStats { periods: 10, throttled_periods: 2, throttled_ns: 1_500_000_000, ..CfsStats::default() };
    for (quota_us, is_shown) in [(0, false), (50_000, true)] {
        let case = Case::running(|_, spec, stats| {
            spec.cpu = Some(CpuSpec { shares: 1024, period_us: 100_000, quota_us });
            stats.cpu = Some(CpuStats { cfs: throttled, ..CpuStats::default() });
        });
        let shown = |value: &str| if is_shown { vec![web(value)] } else { Vec::new() };
        let of = [
            ("container_spec_cpu_quota", shown("50000")),
            ("container_spec_cpu_period", vec![web("100000")]),
            ("container_spec_cpu_shares", vec![web("1024")]),
            ("container_cpu_cfs_periods_total", shown("10")),
            ("container_cpu_cfs_throttled_periods_total", shown("2")),
            ("container_cpu_cfs_throttled_seconds_total", shown("1.5")),
            ("container_cpu_cfs_burst_periods_total", shown("0")),
        ];
        for (family, expected) in of {
            check(&case, family, &expected.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

#[test]
fn memory_limits() {
    for (limit, shown) in [(0, "0"), (1 << 30, "1.073741824e+09"), (u64::MAX, "0"), (9_223_372_036_854_771_712, "0")] {
        let case = Case::running(|_, spec, _| {
            spec.memory = Some(MemorySpec { limit, reservation: limit, swap_limit: limit });
        });
        check(&case, "container_spec_memory_limit_bytes", &[&web(shown)]);
        check(&case, "container_spec_memory_swap_limit_bytes", &[&web(shown)]);
        check(&case, "container_spec_memory_reservation_limit_bytes", &[&web(shown)]);
    }
    check(&Case::running(|_, _, _| {}), "container_spec_memory_limit_bytes", &[]);
}

#[test]
fn disks() {
    let operations = |read| BTreeMap::from([("Read".to_owned(), read), ("Total".to_owned(), read + 1)]);
    let device = |name: &str, minor, read| DeviceOperations {
        device: name.to_owned(),
        major: 8,
        minor,
        operations: operations(read),
    };
    let filesystem = |name: &str, reads_completed| FsStats {
        device: name.to_owned(),
        usage: 5,
        disk: DiskCounts { reads_completed, read_time_ms: 2000, ..DiskCounts::default() },
        ..FsStats::default()
    };
    let case = Case::running(|_, _, stats| {
        stats.filesystems = vec![filesystem("/dev/sda", 70), filesystem("/dev/sda1", 71), filesystem("/dev/sda1", 72)];
        stats.filesystems[1].inodes = Some((100, 40));
        stats.diskio.serviced = vec![device("/dev/sda", 0, 7)];
        stats.diskio.service_bytes = vec![device("/dev/sda", 0, 512), device("", 16, 1), device("", 32, 2)];
    });
    let sda1 = |value: &str| format!(r#"{{device="/dev/sda1",…name="web"}} {value}"#);
    let sda = |value: &str| format!(r#"{{device="/dev/sda",…name="web"}} {value}"#);
    check(&case, "container_fs_reads_total", &[&sda("7"), &sda1("71")]);
    check(&case, "container_fs_usage_bytes", &[&sda("5"), &sda1("5")]);
    check(&case, "container_fs_inodes_total", &[&sda1("100")]);
    check(&case, "container_fs_inodes_free", &[&sda1("40")]);
    check(&case, "container_fs_read_seconds_total", &[&sda("2e-06"), &sda1("2e-06")]);
    let unnamed = [r#"{device="8:16",…name="web"} 1"#, r#"{device="8:32",…name="web"} 2"#];
    check(&case, "container_fs_reads_bytes_total", &[&sda("512"), unnamed[0], unnamed[1]]);
    check(
        &case,
        "container_fs_writes_bytes_total",
        &[&sda("0"), &unnamed[0].replace(" 1", " 0"), &unnamed[1].replace(" 2", " 0")],
    );
    let usage = case.text().lines().filter(|line| line.starts_with("container_blkio_device_usage_total{")).count();
    assert_eq!(usage, 6);
}

#[test]
fn interfaces_and_pressure() {
    let case = Case::running(|_, _, stats| {
        for (at, name) in ["eth0", "eth1"].into_iter().enumerate() {
            let mut interface = InterfaceStats { name: name.to_owned(), ..InterfaceStats::default() };
            interface.receive.bytes = 10 + at as u64;
            interface.transmit.dropped = 20 + at as u64;
            stats.interfaces.push(interface);
        }
        stats.io_pressure = Some(Pressure { some_us: 2_000_000, full_us: 1_000_000 });
    });
    check(
        &case,
        "container_network_receive_bytes_total",
        &[r#"{…interface="eth0",name="web"} 10"#, r#"{…interface="eth1",name="web"} 11"#],
    );
    check(
        &case,
        "container_network_transmit_packets_dropped_total",
        &[r#"{…interface="eth0",name="web"} 20"#, r#"{…interface="eth1",name="web"} 21"#],
    );
    check(&case, "container_pressure_io_waiting_seconds_total", &[&web("2")]);
    check(&case, "container_pressure_io_stalled_seconds_total", &[&web("1")]);
    check(&case, "container_pressure_cpu_waiting_seconds_total", &[]);
}

#[test]
fn states() {
    for state in State::ALL {
        let case = Case::stopped(|container| container.state = state);
        let mut expected: Vec<String> = State::ALL
            .iter()
            .map(|other| format!(r#"{{…name="web",state="{}"}} {}"#, other.name(), u8::from(*other == state)))
            .collect();
        expected.sort();
        check(&case, "container_state", &expected.iter().map(String::as_str).collect::<Vec<_>>());
        let is_running = matches!(state, State::Running | State::Paused);
        check(&case, "container_running", &[&web(if is_running { "1" } else { "0" })]);
    }
}

#[test]
fn health() {
    let values = [(Health::None, "-1"), (Health::Starting, "0"), (Health::Healthy, "1"), (Health::Unhealthy, "0")];
    for (health, value) in values {
        let case = Case::running(|container, _, _| container.health = health);
        check(&case, "container_health_state", &[&web(value)]);
        let stopped = Case::stopped(|container| container.health = health);
        check(&stopped, "container_health_state", &[]);
        let mut expected: Vec<String> = Health::ALL
            .iter()
            .map(|other| format!(r#"{{…name="web",status="{}"}} {}"#, other.name(), u8::from(*other == health)))
            .collect();
        expected.sort();
        check(&stopped, "container_health_status", &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
    check(
        &Case { container: None, ..Case::running(|_, _, _| {}) },
        "container_health_state",
        &[r#"{id="/docker/c1"} -1"#],
    );
}

#[test]
fn what_the_runtime_tells_outlives_the_container() {
    let case = Case::stopped(|container| {
        container.restarts = Some(3);
        container.starts = 4;
        container.exit_code = Some(137);
        container.finished_ms = Some(1_700_000_300_999);
        container.oom_killed = true;
    });
    let expected = [
        ("container_restarts_total", "3"),
        ("container_starts_total", "4"),
        ("container_exit_code", "137"),
        ("container_finished_time_seconds", "1.7000003e+09"),
        ("container_start_time_seconds", "1.7000001e+09"),
        ("container_creation_time_seconds", "1.7e+09"),
        ("container_oom_killed", "1"),
    ];
    for (family, value) in expected {
        check(&case, family, &[&web(value)]);
    }
    for family in ["container_last_seen", "container_memory_usage_bytes", "container_spec_cpu_shares"] {
        check(&case, family, &[]);
    }
    check(&Case::running(|_, _, _| {}), "container_last_seen", &[&web("1.7000002e+09")]);
}

#[test]
fn oom_events() {
    let running = |events| {
        Case::running(move |container, _, stats| {
            container.oom_killed = true;
            stats.oom_events = events;
        })
    };
    check(&running(Some(2)), "container_oom_events_total", &[&web("2")]);
    check(&running(None), "container_oom_events_total", &[]);
    for (oom_killed, expected) in [(true, vec![web("1")]), (false, Vec::new())] {
        let stopped = Case::stopped(|container| container.oom_killed = oom_killed);
        check(&stopped, "container_oom_events_total", &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn what_nobody_told_is_not_shown() {
    let unknown = Case::running(|container, spec, _| {
        *container =
            Container { id: "c1".to_owned(), state: State::Running, runtime: Runtime::Unknown, ..Container::default() };
        spec.created_ms = Some(1_000);
    });
    let absent = [
        "container_restarts_total",
        "container_exit_code",
        "container_finished_time_seconds",
        "container_oom_killed",
        "container_health_status",
        "container_oom_events_total",
    ];
    for family in absent {
        check(&unknown, family, &[]);
    }
    check(&unknown, "container_info", &[r#"{id="/docker/c1",runtime="unknown"} 1"#]);
    check(&unknown, "container_running", &[r#"{id="/docker/c1"} 1"#]);
    check(&unknown, "container_start_time_seconds", &[r#"{id="/docker/c1"} 1"#]);
    let never_started = Case::stopped(|container| {
        container.state = State::Created;
        container.started_ms = None;
    });
    check(&never_started, "container_start_time_seconds", &[]);
    check(&never_started, "container_creation_time_seconds", &[&web("1.7e+09")]);
}

#[test]
fn info_carries_the_labels() {
    let docker = Case::stopped(|container| {
        container.labels = strings(&[
            ("com.docker.compose.project", "shop"),
            ("com.docker.compose.service", "web"),
            ("com.docker.compose.container-number", "2"),
        ]);
        container.image_id = "sha256:ab".to_owned();
        container.restart_policy = "always".to_owned();
        container.has_health_check = true;
    });
    let docker = Case { exposure: Exposure { labels: LabelChoice::None, ..Exposure::default() }, ..docker };
    check(
        &docker,
        "container_info",
        &[concat!(
            r#"{compose_container_number="2",compose_project="shop",compose_service="web",health_check="true",…"#,
            r#"image_id="sha256:ab",name="web",restart_policy="always",runtime="docker"} 1"#
        )],
    );
    let podman = Case::stopped(|container| {
        container.runtime = Runtime::Podman;
        container.labels = strings(&[("io.podman.compose.project", "shop"), ("com.docker.compose.project", "")]);
        container.pod = "p".to_owned();
    });
    check(
        &podman,
        "container_info",
        &[concat!(
            r#"{compose_project="shop",container_label_io_podman_compose_project="shop",health_check="false",…"#,
            r#"name="web",pod="p",runtime="podman"} 1"#
        )],
    );
}

#[test]
fn chosen_labels() {
    let own = [("com.docker.compose.project", "shop"), ("a-b", "1"), ("a.b", "2"), ("note", ""), ("z", "\"q\"")];
    let only = |labels: &[&str]| LabelChoice::Only(labels.iter().map(|label| (*label).to_owned()).collect());
    let extra = [("container_env_foo+env", "prod"), ("zone.name", "hello"), ("none", "")];
    let cases = [
        (LabelChoice::None, &[][..], r#"{…name="web"}"#),
        (LabelChoice::Default, &[], r#"{container_label_com_docker_compose_project="shop",…name="web"}"#),
        (only(&["z", "other"]), &[], r#"{container_label_z="\"q\"",…name="web"}"#),
        (
            LabelChoice::All,
            &[],
            r#"{container_label_a_b="1",container_label_com_docker_compose_project="shop",container_label_z="\"q\"",…name="web"}"#,
        ),
        (LabelChoice::None, &extra, r#"{container_env_foo_env="prod",…name="web",zone_name="hello"}"#),
    ];
    for (labels, extra, expected) in cases {
        let exposure = Exposure {
            labels,
            extra: BTreeMap::from([
                ("/docker/c1".to_owned(), strings(extra)),
                ("/".to_owned(), strings(&[("no", "x")])),
            ]),
            ..Exposure::default()
        };
        let case = Case { exposure, ..Case::stopped(|container| container.labels = strings(&own)) };
        check(&case, "container_running", &[&format!("{expected} 0")]);
    }
}

#[test]
fn usual_labels_are_named_as_others_are() {
    let all = Case {
        exposure: Exposure { labels: LabelChoice::All, ..Exposure::default() },
        ..Case::stopped(|container| {
            container.labels =
                strings(&[("org.opencontainers.image.version", "1"), ("org.opencontainers.image-version", "2")]);
        })
    };
    // Both give the same name; the one that sorts first stays.
    check(&all, "container_running", &[r#"{container_label_org_opencontainers_image_version="2",…name="web"} 0"#]);
}

#[test]
fn the_machine() {
    let known = Machine {
        machine_id: "m".to_owned(),
        boot_id: "b".to_owned(),
        cores: 4,
        kernel_version: "6.1".to_owned(),
        memory_by_type: BTreeMap::from([("DDR4".to_owned(), Dimms { capacity: 8, count: 2 })]),
        ..Machine::default()
    };
    let versions = Versions { cadvisor: "menara 0.1.0".to_owned(), ..Versions::default() };
    let case = Case { machine: known, versions, ..Case::default() };
    check(&case, "machine_cpu_cores", &[r#"{boot_id="b",machine_id="m"} 4"#]);
    check(&case, "machine_dimm_count", &[r#"{boot_id="b",machine_id="m",type="DDR4"} 2"#]);
    check(
        &case,
        "machine_nvm_capacity",
        &[
            r#"{boot_id="b",machine_id="m",mode="app_direct_mode"} 0"#,
            r#"{boot_id="b",machine_id="m",mode="memory_mode"} 0"#,
        ],
    );
    check(&case, "cadvisor_version_info", &[r#"{cadvisorVersion="menara 0.1.0",kernelVersion="6.1"} 1"#]);
    check(&case, "machine_scrape_error", &[" 0"]);
    check(&case, "container_scrape_error", &[" 0"]);

    let exposure = Exposure { containers_failed: true, machine_failed: true, ..Exposure::default() };
    let failed = Case { exposure, ..case };
    check(&failed, "machine_cpu_cores", &[]);
    check(&failed, "machine_scrape_error", &[" 1"]);
    check(&failed, "container_scrape_error", &[" 1"]);
    check(&Case::default(), "cadvisor_version_info", &[]);
}

/// A container of which everything is known.
fn full() -> Case {
    let mut case = Case::running(|container, spec, stats| {
        container.restarts = Some(1);
        container.exit_code = Some(0);
        container.finished_ms = Some(1);
        container.labels = strings(&[("com.docker.compose.project", "shop"), ("com.docker.compose.service", "web")]);
        *spec = Spec {
            cpu: Some(CpuSpec { shares: 1, period_us: 1, quota_us: 1 }),
            memory: Some(MemorySpec::default()),
            ..Spec::default()
        };
        let pressure = Some(Pressure::default());
        stats.cpu = Some(CpuStats { usage_ns: 1, pressure, ..CpuStats::default() });
        stats.memory = Some(MemoryStats { pressure, ..MemoryStats::default() });
        stats.io_pressure = pressure;
        stats.oom_events = Some(0);
        stats.interfaces = vec![InterfaceStats { name: "eth0".to_owned(), ..InterfaceStats::default() }];
        stats.filesystems =
            vec![FsStats { device: "/dev/sda1".to_owned(), inodes: Some((2, 1)), ..FsStats::default() }];
        let counts = vec![DeviceOperations {
            device: "/dev/sda".to_owned(),
            operations: BTreeMap::from([("Count".to_owned(), 1), ("Read".to_owned(), 1)]),
            ..DeviceOperations::default()
        }];
        let io = &mut stats.diskio;
        for devices in [
            &mut io.service_bytes,
            &mut io.serviced,
            &mut io.cost_usage,
            &mut io.cost_wait,
            &mut io.cost_indebt,
            &mut io.cost_indelay,
        ] {
            devices.clone_from(&counts);
        }
    });
    case.machine.memory_by_type.insert("DDR4".to_owned(), Dimms::default());
    case.versions.cadvisor = "menara".to_owned();
    case
}

#[test]
fn every_family_is_listed_once_and_can_be_shown() {
    let names: Vec<&str> = family_names().collect();
    let listed: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), listed.len(), "a name stands twice");
    let families = full().families();
    let shown: Vec<&str> = families.iter().map(|family| &*family.name).collect();
    assert!(shown.is_sorted(), "{shown:?}");
    assert_eq!(shown, listed.iter().copied().collect::<Vec<_>>());
    assert!(own_family_names().all(|name| listed.contains(name)));
}

#[test]
fn labels_are_sorted_and_samples_distinct() {
    let case = full();
    let (spec, stats) = case.reading.as_ref().unwrap();
    let other = Container { name: "other".to_owned(), state: State::Exited, ..container() };
    let subjects = [
        Subject { cgroup_path: "/", container: None, reading: Some((spec, stats)) },
        Subject { cgroup_path: "/docker/c1", container: case.container.as_ref(), reading: Some((spec, stats)) },
        Subject { cgroup_path: "/docker/c2", container: Some(&other), reading: None },
    ];
    for family in families(&subjects, &case.machine, &case.versions, &case.exposure) {
        let mut seen = BTreeSet::new();
        for sample in &family.samples {
            let names: Vec<&str> = sample.labels.iter().map(|(name, _)| &**name).collect();
            assert!(names.is_sorted_by(|a, b| a < b), "{}: {names:?}", family.name);
            assert!(sample.labels.iter().all(|(_, value)| !value.is_empty()), "{}: {sample:?}", family.name);
            assert!(seen.insert(format!("{:?}", sample.labels)), "{}: {sample:?} stands twice", family.name);
        }
    }
}
