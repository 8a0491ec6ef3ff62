//! Starts Podman's service.

use std::ffi::OsString;
use std::fs;

use super::remains::CgroupParent;
use super::{ContainerRuntime, daemon, requirements, spawn, temporary_directory, unix_url};

const CLI: &str = "/usr/bin/podman";
const RUNC: &str = "/usr/sbin/runc";

pub(super) fn start() -> Result<ContainerRuntime, String> {
    requirements(&[CLI, RUNC])?;
    start_with("overlay")
        .or_else(|reason| start_with("vfs").map_err(|again| format!("with overlay: {reason}; with vfs: {again}")))
}

fn start_with(storage_driver: &str) -> Result<ContainerRuntime, String> {
    let dir = temporary_directory("podman")?;
    let place = dir.path().to_owned();
    let (socket, root) = (place.join("podman.sock"), place.join("root"));
    let mut program: Vec<OsString> = vec![CLI.into(), "--root".into(), root.clone().into()];
    program.extend(["--runroot".into(), place.join("run").into(), "--tmpdir".into(), place.join("tmp").into()]);
    // crun and systemd's cgroups are not there everywhere; neither is the journal for events.
    let options = ["--runtime", RUNC, "--cgroup-manager", "cgroupfs", "--events-backend", "file"];
    program.extend(options.map(OsString::from));
    program.extend(["--storage-driver".into(), storage_driver.into()]);
    let mut runtime = ContainerRuntime {
        name: "podman",
        socket,
        root,
        program,
        run_options: ulimits()?,
        daemons: Vec::new(),
        cgroups: CgroupParent::new("libpod_parent"),
        dir,
    };
    let mut service = daemon(CLI);
    service.args(&runtime.program[1..]).args(["system", "service", "--time", "0"]).arg(unix_url(&runtime.socket));
    let log = place.join("service.log");
    runtime.daemons.push(spawn(service, &log)?);
    runtime.wait_until_ready(&log)?;
    runtime.prepare()?;
    Ok(runtime)
}

/// Podman grants containers more open files and processes than it may where root is not almighty, so they get this much, or less where this
/// process has less.
const ULIMIT: u64 = 1024;

fn ulimits() -> Result<Vec<String>, String> {
    let limits = fs::read_to_string("/proc/self/limits").map_err(|error| format!("/proc/self/limits: {error}"))?;
    let hard = |title: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(title))?;
        let limit = line.split_whitespace().nth(1)?;
        if limit == "unlimited" { Some(u64::MAX) } else { limit.parse().ok() }
    };
    let mut options = Vec::new();
    for (name, title) in [("nofile", "Max open files"), ("nproc", "Max processes")] {
        let limit = hard(title).ok_or_else(|| format!("/proc/self/limits does not tell {title:?}"))?.min(ULIMIT);
        options.extend(["--ulimit".to_owned(), format!("{name}={limit}:{limit}")]);
    }
    Ok(options)
}
