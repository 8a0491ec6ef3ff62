//! The container and machine that the expositions are of, under the field names of cAdvisor's v1 API. What is absent counts as Go counts it: an
//! absent group is none, an absent number is zero.

use std::collections::BTreeMap;

use containersensor::families::{Exposure, Subject, Versions, families};
use containersensor::stats::{
    CfsStats, ContainerStats, CpuSpec, CpuStats, DeviceOperations, Dimms, DiskCounts, DiskIoStats, FsStats,
    InterfaceStats, Machine, MemorySpec, MemoryStats, NetCounts, Nvm, Pressure, Spec, TaskStats,
};
use containersensor::{Container, Health, Runtime, State};
use exposition::Family;
use serde_json::{Map, Value};

/// All that is known.
#[derive(Debug, Default)]
pub(super) struct Input {
    containers: Vec<FakeContainer>,
    machine: Machine,
    versions: Versions,
}

#[derive(Debug, Default)]
struct FakeContainer {
    cgroup_path: String,
    container: Container,
    environment: BTreeMap<String, String>,
    reading: Option<(Spec, ContainerStats)>,
}

impl Input {
    pub(super) fn read(json: &str) -> Result<Input, String> {
        let json: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        let containers = json["containers"].as_object().ok_or("no containers")?;
        let version = &json["version"];
        Ok(Input {
            containers: containers.values().map(container).collect::<Result<_, _>>()?,
            machine: machine(&json["machine"], version),
            versions: Versions {
                docker: text(version, "docker_version"),
                cadvisor: text(version, "cadvisor_version"),
                revision: text(version, "cadvisor_revision"),
            },
        })
    }

    pub(super) fn families(&self, exposure: &Exposure) -> Vec<Family> {
        let subjects = self.containers.iter().map(|fake| Subject {
            cgroup_path: &fake.cgroup_path,
            container: Some(&fake.container),
            reading: fake.reading.as_ref().map(|(spec, stats)| (spec, stats)),
        });
        families(&subjects.collect::<Vec<_>>(), &self.machine, &self.versions, exposure)
    }

    /// The labels that cAdvisor's test adds itself, and the variables of the environment, which are not shown unasked here.
    pub(super) fn extra_labels(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let of = |fake: &FakeContainer| {
            let variables = fake.environment.iter();
            let variables = variables.map(|(name, value)| (format!("container_env_{name}"), value.clone()));
            variables.chain([("zone.name".to_owned(), "hello".to_owned())]).collect()
        };
        self.containers.iter().map(|fake| (fake.cgroup_path.clone(), of(fake))).collect()
    }
}

fn container(json: &Value) -> Result<FakeContainer, String> {
    let spec = &json["spec"];
    let stats = json["stats"].as_array().and_then(|stats| stats.first());
    let reading = match stats {
        Some(stats) => Some((limits(spec)?, numbers(stats)?)),
        None => None,
    };
    let health = match stats.map(|stats| text(&stats["health"], "status")).as_deref() {
        None | Some("") => Health::None,
        Some("healthy") => Health::Healthy,
        Some("starting") => Health::Starting,
        Some(_) => Health::Unhealthy,
    };
    Ok(FakeContainer {
        cgroup_path: text(json, "name"),
        container: Container {
            name: json["aliases"][0].as_str().unwrap_or_default().to_owned(),
            runtime: Runtime::Docker,
            image: text(spec, "image"),
            labels: texts(&spec["labels"]),
            state: if stats.is_some() { State::Running } else { State::Exited },
            health,
            created_ms: time_ms(spec, "creation_time")?,
            started_ms: time_ms(spec, "start_time")?,
            ..Container::default()
        },
        environment: texts(&spec["envs"]),
        reading,
    })
}

fn limits(spec: &Value) -> Result<Spec, String> {
    let has = |name: &str| spec[name].as_bool().unwrap_or(false);
    let cpu = &spec["cpu"];
    let cpu =
        CpuSpec { shares: number(cpu, "limit"), period_us: number(cpu, "period"), quota_us: number(cpu, "quota") };
    let memory = &spec["memory"];
    let memory = MemorySpec {
        limit: number(memory, "limit"),
        reservation: number(memory, "reservation"),
        swap_limit: number(memory, "swap_limit"),
    };
    Ok(Spec {
        cpu: has("has_cpu").then_some(cpu),
        memory: has("has_memory").then_some(memory),
        created_ms: time_ms(spec, "creation_time")?,
        started_ms: time_ms(spec, "start_time")?,
    })
}

fn numbers(stats: &Value) -> Result<ContainerStats, String> {
    let tasks = &stats["task_stats"];
    let diskio = stats.get("diskio");
    Ok(ContainerStats {
        time_ms: time_ms(stats, "timestamp")?.unwrap_or(0),
        cpu: stats.get("cpu").map(cpu),
        memory: stats.get("memory").map(memory),
        interfaces: list(&stats["network"]["interfaces"], interface),
        filesystems: list(&stats["filesystem"], filesystem),
        diskio: diskio.map(io).unwrap_or_default(),
        oom_events: Some(number(stats, "oom_events")),
        io_pressure: diskio.map(pressure),
        tasks: TaskStats {
            sleeping: number(tasks, "nr_sleeping"),
            running: number(tasks, "nr_running"),
            stopped: number(tasks, "nr_stopped"),
            uninterruptible: number(tasks, "nr_uninterruptible"),
            io_wait: number(tasks, "nr_io_wait"),
        },
    })
}

fn cpu(json: &Value) -> CpuStats {
    let (usage, cfs) = (&json["usage"], &json["cfs"]);
    let load = |name| i32::try_from(number(json, name)).unwrap_or(i32::MAX);
    CpuStats {
        usage_ns: number(usage, "total"),
        per_cpu_ns: list(&usage["per_cpu_usage"], |used| used.as_u64().unwrap_or(0)),
        user_ns: number(usage, "user"),
        system_ns: number(usage, "system"),
        cfs: CfsStats {
            periods: number(cfs, "periods"),
            throttled_periods: number(cfs, "throttled_periods"),
            throttled_ns: number(cfs, "throttled_time"),
            burst_periods: number(cfs, "bursts_periods"),
            burst_ns: number(cfs, "burst_time"),
        },
        pressure: Some(pressure(json)),
        load_average: load("load_average"),
        load_d_average: load("load_d_average"),
    }
}

fn memory(json: &Value) -> MemoryStats {
    let (own, all, events) = (&json["container_data"], &json["hierarchical_data"], &json["events"]);
    MemoryStats {
        usage: number(json, "usage"),
        max_usage: number(json, "max_usage"),
        working_set: number(json, "working_set"),
        cache: number(json, "cache"),
        rss: number(json, "rss"),
        kernel: number(json, "kernel"),
        mapped_file: number(json, "mapped_file"),
        swap: number(json, "swap"),
        failcnt: number(json, "failcnt"),
        total_active_file: number(json, "total_active_file"),
        total_inactive_file: number(json, "total_inactive_file"),
        file_dirty: number(json, "file_dirty"),
        file_writeback: number(json, "file_writeback"),
        pgscan: number(json, "pgscan"),
        pgsteal: number(json, "pgsteal"),
        workingset_refault_file: number(json, "workingset_refault_file"),
        workingset_refault_anon: number(json, "workingset_refault_anon"),
        events_high: number(events, "high"),
        events_max: number(events, "max"),
        pgfault: number(own, "pgfault"),
        pgmajfault: number(own, "pgmajfault"),
        hierarchical_pgfault: number(all, "pgfault"),
        hierarchical_pgmajfault: number(all, "pgmajfault"),
        pressure: Some(pressure(json)),
    }
}

/// The pressure of a group; zero where the group does not tell it.
fn pressure(group: &Value) -> Pressure {
    let psi = &group["psi"];
    Pressure { some_us: number(&psi["some"], "total"), full_us: number(&psi["full"], "total") }
}

fn interface(json: &Value) -> InterfaceStats {
    let counts = |way: &str| NetCounts {
        bytes: number(json, &format!("{way}_bytes")),
        packets: number(json, &format!("{way}_packets")),
        dropped: number(json, &format!("{way}_dropped")),
        errors: number(json, &format!("{way}_errors")),
    };
    InterfaceStats { name: text(json, "name"), receive: counts("rx"), transmit: counts("tx") }
}

fn filesystem(json: &Value) -> FsStats {
    FsStats {
        device: text(json, "device"),
        limit: number(json, "capacity"),
        usage: number(json, "usage"),
        inodes: Some((number(json, "inodes"), number(json, "inodes_free"))),
        disk: DiskCounts {
            reads_completed: number(json, "reads_completed"),
            reads_merged: number(json, "reads_merged"),
            sectors_read: number(json, "sectors_read"),
            read_time_ms: number(json, "read_time"),
            writes_completed: number(json, "writes_completed"),
            writes_merged: number(json, "writes_merged"),
            sectors_written: number(json, "sectors_written"),
            write_time_ms: number(json, "write_time"),
            io_in_progress: number(json, "io_in_progress"),
            io_time_ms: number(json, "io_time"),
            weighted_io_time_ms: number(json, "weighted_io_time"),
        },
    }
}

fn io(json: &Value) -> DiskIoStats {
    DiskIoStats {
        service_bytes: list(&json["io_service_bytes"], operations),
        serviced: list(&json["io_serviced"], operations),
        cost_usage: list(&json["io_cost_usage"], operations),
        cost_wait: list(&json["io_cost_wait"], operations),
        cost_indebt: list(&json["io_cost_indebt"], operations),
        cost_indelay: list(&json["io_cost_indelay"], operations),
    }
}

fn operations(json: &Value) -> DeviceOperations {
    let counts = json["stats"].as_object().into_iter().flatten();
    DeviceOperations {
        device: text(json, "device"),
        major: number(json, "major"),
        minor: number(json, "minor"),
        operations: counts.map(|(kind, count)| (kind.clone(), count.as_u64().unwrap_or(0))).collect(),
    }
}

fn machine(json: &Value, version: &Value) -> Machine {
    let dimms = |dimms: &Value| Dimms { capacity: number(dimms, "capacity"), count: number(dimms, "dimm_count") };
    let by_type = json["memory_by_type"].as_object().into_iter().flatten();
    let nvm = &json["nvm"];
    Machine {
        machine_id: text(json, "machine_id"),
        system_uuid: text(json, "system_uuid"),
        boot_id: text(json, "boot_id"),
        cores: number(json, "num_cores"),
        physical_cores: number(json, "num_physical_cores"),
        sockets: number(json, "num_sockets"),
        books: number(json, "num_books"),
        drawers: number(json, "num_drawers"),
        memory_bytes: number(json, "memory_capacity"),
        swap_bytes: number(json, "swap_capacity"),
        memory_by_type: by_type.map(|(kind, json)| (kind.clone(), dimms(json))).collect(),
        nvm: Nvm {
            memory_mode_capacity: number(nvm, "memory_mode_capacity"),
            // The API's own spelling.
            app_direct_mode_capacity: number(nvm, "app direct_mode_capacity"),
            avg_power_budget: number(nvm, "avg_power_budget"),
        },
        kernel_version: text(version, "kernel_version"),
        os_version: text(version, "container_os_version"),
    }
}

fn number(json: &Value, name: &str) -> u64 {
    json[name].as_u64().unwrap_or(0)
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_default().to_owned()
}

fn texts(json: &Value) -> BTreeMap<String, String> {
    let pairs = json.as_object().into_iter().flat_map(Map::iter);
    pairs.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

fn list<T>(json: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    json.as_array().into_iter().flatten().map(read).collect()
}

/// A time as the API writes it; none where there is none.
fn time_ms(json: &Value, name: &str) -> Result<Option<i64>, String> {
    let Some(time) = json.get(name) else { return Ok(None) };
    let ms = time.as_str().and_then(model::time::parse_ms);
    ms.map(Some).ok_or_else(|| format!("{name}: no time: {time}"))
}
