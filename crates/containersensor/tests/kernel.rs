//! The kernel's numbers, read from machines that are written down in `kernel_fixtures`.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use containersensor::stats::{
    CfsStats, ContainerStats, CpuSpec, CpuStats, DeviceOperations, Dimms, DiskCounts, InterfaceStats, Machine,
    MemorySpec, MemoryStats, NetCounts, Nvm, Pressure, Spec,
};
use containersensor::{Cgroup, Container, DiskUsage, Kernel, LabelChoice, Settings};
use model::ManualClock;
use testkit::Random;

const WEB: &str = "aaaa0000aaaa0000aaaa0000aaaa0000aaaa0000aaaa0000aaaa0000aaaa0000";
const DB: &str = "bbbb1111bbbb1111bbbb1111bbbb1111bbbb1111bbbb1111bbbb1111bbbb1111";
const JOB: &str = "cccc2222cccc2222cccc2222cccc2222cccc2222cccc2222cccc2222cccc2222";
const INNER: &str = "dddd3333dddd3333dddd3333dddd3333dddd3333dddd3333dddd3333dddd3333";

const V1: &str = include_str!("kernel_fixtures/v1.txt");
const V2: &str = include_str!("kernel_fixtures/v2.txt");

/// When the readings are.
const NOW_MS: i64 = 1_800_000_000_000;

/// An unpacked machine.
struct Fixture {
    directory: tempfile::TempDir,
    settings: Settings,
    files: Vec<PathBuf>,
}

fn with_ids(text: &str) -> String {
    text.replace("{web}", WEB).replace("{db}", DB).replace("{job}", JOB).replace("{inner}", INNER)
}

impl Fixture {
    fn unpack(machine: &str) -> Fixture {
        let directory = tempfile::tempdir().unwrap();
        let mut files = Vec::new();
        let machine = with_ids(machine);
        for file in machine.strip_prefix("== ").unwrap().split("\n== ") {
            let (name, content) = file.split_once('\n').unwrap_or((file, ""));
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let end = if content.is_empty() { "" } else { "\n" };
            write(&path, format!("{}{end}", content.trim_end_matches('\n')).as_bytes());
            files.push(path);
        }
        let settings = Settings {
            procfs: directory.path().join("proc"),
            sysfs: directory.path().join("sys"),
            rootfs: directory.path().join("root"),
            docker_sockets: Vec::new(),
            podman_sockets: Vec::new(),
            docker_roots: Vec::new(),
            podman_roots: Vec::new(),
            labels: LabelChoice::Default,
        };
        Fixture { directory, settings, files }
    }

    fn kernel(&self) -> Kernel {
        Kernel::new(&self.settings)
    }

    fn cgroup(&self, path: &str) -> PathBuf {
        self.directory.path().join("sys/fs/cgroup").join(path.trim_start_matches('/'))
    }
}

#[expect(clippy::disallowed_methods, reason = "files of these tests only")]
fn write(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}

fn cgroup(id: &str, path: &str) -> Cgroup {
    Cgroup { id: id.to_owned(), path: with_ids(path) }
}

fn web_v2() -> Cgroup {
    cgroup(WEB, "/system.slice/docker-{web}.scope")
}

fn web_v1() -> Cgroup {
    cgroup(WEB, "/docker/{web}")
}

fn read(fixture: &Fixture, cgroup: &Cgroup) -> (Spec, ContainerStats) {
    fixture.kernel().read(cgroup, None, NOW_MS).expect("it is there")
}

fn device(name: &str, (major, minor): (u64, u64), operations: &[(&str, u64)]) -> DeviceOperations {
    let operations: BTreeMap<String, u64> = operations.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
    DeviceOperations { device: name.to_owned(), major, minor, operations }
}

#[test]
fn containers_are_found_by_their_cgroups() {
    let v2 = Fixture::unpack(V2);
    let mut found = v2.kernel().find();
    found.sort();
    let pod = "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-{job}.scope";
    let expected = [
        web_v2(),
        cgroup(DB, "/machine.slice/libpod-{db}.scope"),
        cgroup(JOB, pod),
        cgroup(INNER, "/system.slice/docker-{web}.scope/docker/{inner}"),
    ];
    assert_eq!(found, expected);
    let v1 = Fixture::unpack(V1);
    assert_eq!(v1.kernel().find(), [web_v1(), cgroup(DB, "/libpod_parent/libpod-{db}")]);
}

#[test]
fn containers_are_found_by_their_processes() {
    let v2 = Fixture::unpack(V2);
    let mut kernel = v2.kernel();
    assert_eq!(kernel.of_pid(WEB, 4711), Some(web_v2()));
    assert_eq!(kernel.of_pid(DB, 4712), Some(cgroup(DB, "/machine.slice/libpod-{db}.scope")));
    assert_eq!(kernel.of_pid(DB, 4711), None, "the process is another container's");
    assert_eq!(kernel.of_pid(WEB, 4713), None, "the process is in no container");
    assert_eq!(kernel.of_pid(WEB, 9999), None, "there is no such process");
    fs::remove_dir_all(v2.cgroup(&web_v2().path)).unwrap();
    assert_eq!(kernel.of_pid(WEB, 4711), None, "there is no such cgroup");
    let v1 = Fixture::unpack(V1);
    assert_eq!(v1.kernel().of_pid(WEB, 4711), Some(web_v1()));
}

#[test]
fn a_machine_without_cgroups_is_looked_at_again() {
    let fixture = Fixture::unpack(V2);
    let (cgroups, aside) = (fixture.cgroup("/"), fixture.directory.path().join("aside"));
    fs::rename(&cgroups, &aside).unwrap();
    let mut kernel = fixture.kernel();
    assert_eq!(kernel.find(), []);
    assert_eq!(kernel.of_pid(WEB, 4711), None);
    assert_eq!(kernel.read(&kernel.root(), None, NOW_MS), None);
    fs::rename(&aside, &cgroups).unwrap();
    assert_eq!(kernel.of_pid(WEB, 4711), Some(web_v2()));
    assert_eq!(kernel.find().len(), 4);
}

#[test]
fn processor_time_of_version_2() {
    let fixture = Fixture::unpack(V2);
    let (spec, stats) = read(&fixture, &web_v2());
    assert_eq!(spec.cpu, Some(CpuSpec { shares: 1286, period_us: 100_010, quota_us: 20_000 }));
    let expected = CpuStats {
        usage_ns: 1_500_000_000,
        user_ns: 1_000_000_000,
        system_ns: 500_000_000,
        cfs: CfsStats {
            periods: 40,
            throttled_periods: 4,
            throttled_ns: 70_000_000,
            burst_periods: 3,
            burst_ns: 9_000_000,
        },
        pressure: Some(Pressure { some_us: 123_456, full_us: 6543 }),
        ..CpuStats::default()
    };
    assert_eq!(stats.cpu, Some(expected));
    assert_eq!(stats.time_ms, NOW_MS);
}

#[test]
fn memory_of_version_2() {
    let fixture = Fixture::unpack(V2);
    let (spec, stats) = read(&fixture, &web_v2());
    assert_eq!(spec.memory, Some(MemorySpec { limit: 123_456_789, reservation: 24_680, swap_limit: 13_579 }));
    let expected = MemoryStats {
        usage: 10_000_000,
        max_usage: 12_000_000,
        working_set: 6_000_000,
        cache: 6_000_000,
        rss: 2_000_000,
        kernel: 500_000,
        mapped_file: 3_000_000,
        swap: 4096,
        failcnt: 0,
        total_active_file: 1_000_000,
        total_inactive_file: 4_000_000,
        file_dirty: 12_288,
        file_writeback: 20_480,
        pgscan: 23,
        pgsteal: 29,
        workingset_refault_file: 19,
        workingset_refault_anon: 17,
        events_high: 2,
        events_max: 3,
        pgfault: 3100,
        pgmajfault: 37,
        hierarchical_pgfault: 3100,
        hierarchical_pgmajfault: 37,
        pressure: Some(Pressure { some_us: 31, full_us: 30 }),
    };
    assert_eq!(stats.memory, Some(expected));
    assert_eq!(stats.oom_events, Some(5));
    // What is kept for it wins over what is kept if possible.
    write(&fixture.cgroup(&web_v2().path).join("memory.min"), b"4711\n");
    assert_eq!(read(&fixture, &web_v2()).0.memory.map(|memory| memory.reservation), Some(4711));
}

#[test]
fn io_of_version_2() {
    let fixture = Fixture::unpack(V2);
    let (_, stats) = read(&fixture, &web_v2());
    let sda = ("/dev/sda", (8, 0));
    let io = stats.diskio;
    assert_eq!(
        io.service_bytes,
        [
            device(sda.0, sda.1, &[("Read", 180_224), ("Write", 4096), ("Discard", 512)]),
            device("/dev/dm-7", (253, 7), &[("Read", 8192), ("Write", 0), ("Discard", 0)]),
            device("", (259, 99), &[("Read", 1), ("Write", 0), ("Discard", 0)]),
        ]
    );
    assert_eq!(io.serviced[0], device(sda.0, sda.1, &[("Read", 41), ("Write", 43), ("Discard", 1)]));
    assert_eq!(io.cost_usage, [device(sda.0, sda.1, &[("Count", 47)])]);
    assert_eq!(io.cost_wait, [device(sda.0, sda.1, &[("Count", 53)])]);
    assert_eq!(io.cost_indebt, [device(sda.0, sda.1, &[("Count", 59)])]);
    assert_eq!(io.cost_indelay, [device(sda.0, sda.1, &[("Count", 61)])]);
    assert_eq!(stats.io_pressure, Some(Pressure { some_us: 67, full_us: 61 }));
}

#[test]
fn no_limits_and_missing_controllers_of_version_2() {
    let fixture = Fixture::unpack(V2);
    let (spec, stats) = read(&fixture, &cgroup(DB, "/machine.slice/libpod-{db}.scope"));
    assert_eq!(spec.cpu, Some(CpuSpec { shares: 2597, period_us: 100_000, quota_us: 0 }));
    assert_eq!(spec.memory, Some(MemorySpec::default()));
    let memory = stats.memory.unwrap();
    assert_eq!((memory.usage, memory.working_set, memory.max_usage, memory.swap), (300, 0, 0, 0));
    assert_eq!((memory.pressure, stats.io_pressure, stats.oom_events), (None, None, None));
    assert_eq!(stats.diskio.service_bytes, []);

    // Processor time is counted without a controller, all else is not there.
    let (spec, stats) = read(&fixture, &cgroup(INNER, "/system.slice/docker-{web}.scope/docker/{inner}"));
    assert_eq!((spec.cpu, spec.memory), (Some(CpuSpec::default()), None));
    let cpu = stats.cpu.unwrap();
    assert_eq!((cpu.usage_ns, cpu.pressure), (7000, None));
    assert_eq!(stats.memory, None);
    assert_eq!(fixture.kernel().read(&cgroup(WEB, "/docker/{web}"), None, NOW_MS), None, "there is no such cgroup");
}

#[test]
fn the_root_of_version_2_is_the_machine() {
    let fixture = Fixture::unpack(V2);
    let kernel = fixture.kernel();
    let (spec, stats) = read(&fixture, &kernel.root());
    let limits = MemorySpec { limit: 16_000_000 << 10, reservation: 0, swap_limit: 2_000_000 << 10 };
    assert_eq!(spec.memory, Some(limits));
    assert!(spec.created_ms >= Some(1_700_000_000_000), "no earlier than the machine's start");
    let memory = stats.memory.unwrap();
    assert_eq!((memory.usage, memory.working_set, memory.swap), (8_000_000, 6_000_000, 500_000 << 10));
    assert_eq!(stats.cpu.unwrap().usage_ns, 900_000_000);
    assert_eq!(stats.diskio.serviced, [device("/dev/sda", (8, 0), &[("Read", 10), ("Write", 20), ("Discard", 0)])]);
    let enp3s0 = InterfaceStats {
        name: "enp3s0".to_owned(),
        receive: NetCounts { bytes: 90_001, packets: 91, dropped: 0, errors: 0 },
        transmit: NetCounts { bytes: 80_002, packets: 82, dropped: 0, errors: 0 },
    };
    assert_eq!(stats.interfaces, [enp3s0]);
}

#[test]
fn filesystems_of_the_machine() {
    let fixture = Fixture::unpack(V2);
    let mapper = fixture.directory.path().join("root/dev/mapper");
    fs::create_dir_all(&mapper).unwrap();
    std::os::unix::fs::symlink("../dm-0", mapper.join("vg-data")).unwrap();
    let (_, stats) = read(&fixture, &fixture.kernel().root());
    let devices: Vec<&str> = stats.filesystems.iter().map(|filesystem| &*filesystem.device).collect();
    assert_eq!(devices, ["/dev/sda1", "/dev/mapper/vg-data"], "each once, and none whose mount point is gone");
    for filesystem in &stats.filesystems {
        assert!(filesystem.limit > 0 && filesystem.usage <= filesystem.limit, "{filesystem:?}");
        assert!(filesystem.inodes.is_none_or(|(total, free)| free <= total), "{filesystem:?}");
    }
    assert_eq!(
        stats.filesystems[0].disk,
        DiskCounts {
            reads_completed: 101,
            reads_merged: 11,
            sectors_read: 801,
            read_time_ms: 12,
            writes_completed: 201,
            writes_merged: 13,
            sectors_written: 1601,
            write_time_ms: 14,
            io_in_progress: 15,
            io_time_ms: 16,
            weighted_io_time_ms: 17,
        }
    );
    assert_eq!(stats.filesystems[1].disk.reads_completed, 301);
}

#[test]
fn what_the_runtime_tells_of_a_container_leads_to_more() {
    let fixture = Fixture::unpack(V2);
    let mut container = Container {
        id: WEB.to_owned(),
        pid: Some(4711),
        own_network: true,
        created_ms: Some(1),
        started_ms: Some(2),
        ..Container::default()
    };
    let read = |container: &Container| fixture.kernel().read(&web_v2(), Some(container), NOW_MS).unwrap();
    let (spec, stats) = read(&container);
    assert_eq!((spec.created_ms, spec.started_ms), (Some(1), Some(2)));
    let eth0 = InterfaceStats {
        name: "eth0".to_owned(),
        receive: NetCounts { bytes: 1001, packets: 11, errors: 2, dropped: 3 },
        transmit: NetCounts { bytes: 2002, packets: 22, errors: 4, dropped: 5 },
    };
    assert_eq!(stats.interfaces, [eth0]);
    assert_eq!(stats.filesystems, [], "nobody has walked it");
    container.own_network = false;
    container.created_ms = None;
    let (spec, stats) = read(&container);
    assert!(spec.created_ms > Some(1), "as old as its cgroup");
    assert_eq!(stats.interfaces, []);
    container.own_network = true;
    container.pid = Some(9999);
    assert_eq!(read(&container).1.interfaces, [], "the process is gone");
}

/// The device that the file system of a container is on, with these mounts.
#[track_caller]
fn check_device(mounts: &str, expected: &str) {
    let fixture = Fixture::unpack(V2);
    let upper_dir = fixture.directory.path().join("root/data");
    // No device that the machine which runs the test may have.
    write(&fixture.settings.procfs.join("diskstats"), b"4000 7 sdz1 1 2 3 4 5 6 7 8 9 10 11\n");
    write(&fixture.settings.procfs.join("1/mountinfo"), mounts.as_bytes());
    let container = Container { id: WEB.to_owned(), upper_dir: Some(upper_dir), ..Container::default() };
    let usage = Arc::new(DiskUsage::new(Arc::new(ManualClock::new(0)) as _));
    std::thread::scope(|scope| {
        scope.spawn(|| usage.run());
        usage.watch([&container]);
        // The deadline is for a failure only.
        let deadline = Instant::now() + Duration::from_secs(20);
        while usage.usage(WEB).is_none() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        usage.stop();
    });
    let mut kernel = fixture.kernel().with_disk_usage(Arc::clone(&usage));
    let (_, stats) = kernel.read(&web_v2(), Some(&container), NOW_MS).unwrap();
    let [filesystem] = &stats.filesystems[..] else { panic!("{:?}", stats.filesystems) };
    assert_eq!(filesystem.device, expected);
    assert_eq!(Some(filesystem.usage), usage.usage(WEB));
    assert!(filesystem.usage > 0 && filesystem.usage <= filesystem.limit, "{filesystem:?}");
    assert_eq!(filesystem.disk, DiskCounts::default());
}

#[test]
fn the_file_system_of_a_container() {
    let root = "28 1 4000:1 / / rw - ext4 /dev/sdy1 rw\n";
    check_device(root, "/dev/sdy1");
    check_device(&format!("{root}29 28 4000:2 / /data rw - btrfs /dev/sdx1 rw\n"), "/dev/sdx1");
    check_device(&format!("29 28 4000:2 / /data2 rw - btrfs /dev/sdx1 rw\n{root}"), "/dev/sdy1");
    check_device("28 1 4000:7 / / rw - ext4 /dev/root rw\n", "/dev/sdz1");
    let own = rustix::fs::stat(std::env::temp_dir()).unwrap().st_dev;
    let (major, minor) = (rustix::fs::major(own), rustix::fs::minor(own));
    check_device(&format!("{root}29 28 {major}:{minor} / /elsewhere rw - xfs /dev/sdw1 rw\n"), "/dev/sdw1");
}

#[test]
fn numbers_of_version_1() {
    let fixture = Fixture::unpack(V1);
    let (spec, stats) = read(&fixture, &web_v1());
    assert_eq!(spec.cpu, Some(CpuSpec { shares: 1025, period_us: 100_010, quota_us: 20_000 }));
    let limits = MemorySpec { limit: 33_554_432, reservation: 16_777_216, swap_limit: 67_108_864 };
    assert_eq!(spec.memory, Some(limits));
    let cpu = CpuStats {
        usage_ns: 6_621_082_084,
        per_cpu_ns: vec![3_453_958_895, 3_167_123_189],
        user_ns: 4_420_000_000,
        system_ns: 2_190_000_000,
        cfs: CfsStats { periods: 31, throttled_periods: 7, throttled_ns: 8_000_000, burst_periods: 5, burst_ns: 6000 },
        ..CpuStats::default()
    };
    assert_eq!(stats.cpu, Some(cpu));
    let memory = MemoryStats {
        usage: 1_257_472,
        max_usage: 4_521_984,
        working_set: 1_208_320,
        cache: 782_336,
        rss: 114_688,
        kernel: 258_048,
        mapped_file: 4096,
        swap: 16_384,
        failcnt: 13,
        total_active_file: 733_184,
        total_inactive_file: 49_152,
        file_dirty: 8192,
        file_writeback: 12_288,
        workingset_refault_file: 239,
        workingset_refault_anon: 11,
        pgfault: 231_251,
        pgmajfault: 27,
        hierarchical_pgfault: 231_259,
        hierarchical_pgmajfault: 28,
        ..MemoryStats::default()
    };
    assert_eq!(stats.memory, Some(memory));
    assert_eq!(stats.oom_events, Some(2));
    assert_eq!(stats.io_pressure, None);
    let operations = |names: [u64; 6]| {
        let names = ["Read", "Write", "Sync", "Async", "Discard", "Total"].into_iter().zip(names).collect::<Vec<_>>();
        [device("/dev/sda", (8, 0), &names)]
    };
    assert_eq!(stats.diskio.serviced, operations([11, 12, 13, 14, 15, 38]));
    assert_eq!(stats.diskio.service_bytes, operations([4096, 8192, 12_288, 16_384, 20_480, 32_768]));
    // The files of a scheduler that is in use come first.
    let blkio = fixture.cgroup("blkio").join(format!("docker/{WEB}"));
    write(&blkio.join("blkio.bfq.io_serviced_recursive"), b"8:0 Read 1\nTotal 1\n");
    let (_, stats) = read(&fixture, &web_v1());
    assert_eq!(stats.diskio.serviced, [device("/dev/sda", (8, 0), &[("Read", 1)])]);
}

#[test]
fn no_limits_and_the_root_of_version_1() {
    let fixture = Fixture::unpack(V1);
    let (spec, stats) = read(&fixture, &cgroup(DB, "/libpod_parent/libpod-{db}"));
    assert_eq!(spec.cpu, Some(CpuSpec { shares: 2, period_us: 100_000, quota_us: 0 }));
    assert_eq!(spec.memory, Some(MemorySpec::default()));
    assert_eq!(stats.memory.unwrap().working_set, 0);
    assert_eq!(stats.cpu.unwrap().per_cpu_ns, Vec::<u64>::new());
    let (spec, stats) = read(&fixture, &fixture.kernel().root());
    assert_eq!(spec.memory, Some(MemorySpec { limit: 1000 << 10, reservation: 0, swap_limit: 0 }));
    let memory = stats.memory.unwrap();
    assert_eq!((memory.usage, memory.working_set, memory.rss), (700_000, 599_999, 200_001));
    assert_eq!(stats.cpu.unwrap().per_cpu_ns, [50_000_000_000, 49_000_000_000]);
    assert_eq!(stats.interfaces[0].transmit, NetCounts { bytes: 5, packets: 6, errors: 7, dropped: 8 });
}

#[test]
fn machines() {
    let dimms = |capacity: u64, count| Dimms { capacity: capacity << 20, count };
    let expected = Machine {
        machine_id: "00112233445566778899aabbccddeeff".to_owned(),
        system_uuid: "4C4C4544-0000-1111-2222-333344445555".to_owned(),
        boot_id: "0a1b2c3d-0000-4000-8000-00000000b007".to_owned(),
        cores: 5,
        physical_cores: 3,
        sockets: 2,
        books: 0,
        drawers: 0,
        memory_bytes: 16_000_000 << 10,
        swap_bytes: 2_000_000 << 10,
        memory_by_type: BTreeMap::from([
            ("Non-volatile-RAM".to_owned(), dimms(129_024, 1)),
            ("Unbuffered-DDR4".to_owned(), dimms(16_384, 2)),
        ]),
        nvm: Nvm::default(),
        kernel_version: "6.8.0-51-generic".to_owned(),
        os_version: "Ubuntu 24.04.1 LTS".to_owned(),
    };
    assert_eq!(Fixture::unpack(V2).kernel().machine(), expected);
    // Without sysfs and without most files.
    let expected = Machine {
        machine_id: "aabb".to_owned(),
        system_uuid: "deadbeef-0000".to_owned(),
        cores: 3,
        physical_cores: 2,
        sockets: 2,
        memory_bytes: 1000 << 10,
        os_version: "Linux".to_owned(),
        ..Machine::default()
    };
    assert_eq!(Fixture::unpack(V1).kernel().machine(), expected);
    let nothing = Fixture::unpack("== proc/nothing\n").kernel().machine();
    assert_eq!(nothing, Machine { os_version: "Linux".to_owned(), ..Machine::default() });
}

#[test]
fn this_machine() {
    let settings = Settings {
        procfs: "/proc".into(),
        sysfs: "/sys".into(),
        rootfs: "/".into(),
        ..Fixture::unpack("== proc/nothing\n").settings
    };
    let machine = Kernel::new(&settings).machine();
    let threads = std::thread::available_parallelism().unwrap().get() as u64;
    assert!(machine.cores >= threads && machine.memory_bytes > 1 << 20, "{machine:?}");
    assert!(machine.physical_cores <= machine.cores && machine.sockets <= machine.physical_cores, "{machine:?}");
    assert_eq!((machine.boot_id.len(), machine.kernel_version.is_empty()), (36, false), "{machine:?}");
}

/// Processors, cores and sockets of a machine with this `/proc/cpuinfo`.
#[track_caller]
fn check_cpuinfo(cpuinfo: &str, expected: [u64; 3]) {
    let machine = Fixture::unpack(&format!("== proc/cpuinfo\n{cpuinfo}")).kernel().machine();
    assert_eq!([machine.cores, machine.physical_cores, machine.sockets], expected, "{cpuinfo}");
}

#[test]
fn processors_without_sysfs() {
    check_cpuinfo("processor\t: 0\nmodel name\t: ARMv7 Processor rev 4 (v7l)\n\nprocessor\t: 1\n", [2, 2, 1]);
    check_cpuinfo(
        "processor : 0\nphysical id : 0\ncore id : 0\nprocessor : 1\nphysical id : 0\ncore id : 4\n",
        [2, 2, 1],
    );
    check_cpuinfo("physical id : 0\ncore id : 0\nprocessor : x\n", [0, 0, 0]);
    check_cpuinfo("\n:\n", [0, 0, 0]);
}

#[test]
fn garbage_gives_no_number() {
    let fixture = Fixture::unpack(V2);
    let directory = fixture.cgroup(&web_v2().path);
    for garbage in
        [&b""[..], b"\n", b"max", b"-1", b"18446744073709551616", b"\xff\xfe\0", b"a b c\n: = :\n8:0 =1 x= 1=1"]
    {
        for file in fs::read_dir(&directory).unwrap().flatten().filter(|entry| entry.path().is_file()) {
            write(&file.path(), garbage);
        }
        assert_eq!(fixture.kernel().read(&web_v2(), None, NOW_MS), None, "{garbage:?}");
        // With processor time alone there is a reading, with zeros and nothing else.
        write(&directory.join("cpu.stat"), b"usage_usec 1\nuser_usec x\n");
        let (spec, stats) = read(&fixture, &web_v2());
        assert_eq!((spec.cpu, spec.memory), (Some(CpuSpec::default()), Some(MemorySpec::default())), "{garbage:?}");
        assert_eq!(stats.cpu, Some(CpuStats { usage_ns: 1000, ..CpuStats::default() }), "{garbage:?}");
        assert_eq!((stats.memory, stats.oom_events, stats.io_pressure), (None, None, None), "{garbage:?}");
        assert_eq!(stats.diskio, Default::default(), "{garbage:?}");
    }
}

/// Numbers and separators on which parsers stumble.
const FRAGMENTS: [&[u8]; 12] = [
    b"18446744073709551615",
    b"18446744073709551616",
    b"-1",
    b"max",
    b"\xff\xfe",
    b"\0",
    b" ",
    b"\n",
    b":",
    b"=",
    b"\\04",
    b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
];

fn mutate(random: &mut Random, content: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let at = random.below(content.len() + 1);
        let end = at + random.below(content.len() + 1 - at);
        match random.below(5) {
            0 => content.truncate(at),
            1 => drop(content.drain(at..end)),
            2 => {
                let copy = content[at..end].to_vec();
                content.splice(at..at, copy);
            }
            3 if at < content.len() => content[at] ^= 1 << random.below(8),
            _ => drop(content.splice(at..at, FRAGMENTS[random.below(FRAGMENTS.len())].iter().copied())),
        }
    }
}

/// Whatever is in the files, a reading ends, and what does not depend on the changed file is the same.
#[test]
fn any_content_of_any_file_is_survived() {
    let mut random = Random(testkit::seed(0x6b65_726e_656c));
    for (machine, web) in [(V1, web_v1()), (V2, web_v2())] {
        let fixture = Fixture::unpack(machine);
        let container = Container { id: WEB.to_owned(), pid: Some(4711), own_network: true, ..Container::default() };
        for _ in 0..400 {
            let file = &fixture.files[random.below(fixture.files.len())];
            let original = fs::read(file).unwrap();
            let mut content = original.clone();
            mutate(&mut random, &mut content);
            write(file, &content);
            let mut kernel = fixture.kernel();
            let found = kernel.find();
            assert!(found.contains(&web), "{found:?} after a change in {}", file.display());
            kernel.of_pid(WEB, 4711);
            assert!(kernel.machine().cores < 1000);
            kernel.read(&kernel.root(), None, NOW_MS);
            let is_of_web = file.components().any(|part| part.as_os_str().to_string_lossy().contains(WEB));
            let reading = kernel.read(&web, Some(&container), NOW_MS);
            let is_whole = reading.is_some_and(|(_, stats)| stats.cpu.is_some() && stats.memory.is_some());
            assert!(is_whole || is_of_web, "after a change in {}", file.display());
            write(file, &original);
        }
    }
}
