//! Starts a Docker engine.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;

use super::remains::CgroupParent;
use super::{ContainerRuntime, daemon, requirements, spawn, temporary_directory, unix_url};

/// Of Debian's docker.io; another `docker` may come first in the path.
const CLI: &str = "/usr/bin/docker";
const DOCKERD: &str = "/usr/sbin/dockerd";
const CONTAINERD: &str = "/usr/bin/containerd";

pub(super) fn start() -> Result<ContainerRuntime, String> {
    requirements(&[CLI, DOCKERD, CONTAINERD])?;
    // The second one works everywhere, but copies every layer.
    start_with("overlay2")
        .or_else(|reason| start_with("vfs").map_err(|again| format!("with overlay2: {reason}; with vfs: {again}")))
}

fn start_with(storage_driver: &str) -> Result<ContainerRuntime, String> {
    let dir = temporary_directory("docker")?;
    let place = dir.path().to_owned();
    let (socket, root) = (place.join("docker.sock"), place.join("root"));
    let program: Vec<OsString> =
        vec![CLI.into(), "--config".into(), place.join("cli").into(), "--host".into(), unix_url(&socket)];
    let mut runtime = ContainerRuntime {
        name: "docker",
        socket,
        root,
        program,
        run_options: Vec::new(),
        daemons: Vec::new(),
        cgroups: CgroupParent::new("docker"),
        dir,
    };
    // What the system's own daemon is told must not reach this one.
    let configuration = place.join("daemon.json");
    File::create(&configuration)
        .and_then(|mut file| file.write_all(b"{}"))
        .map_err(|error| format!("{}: {error}", configuration.display()))?;

    // A containerd of its own even where the system runs one.
    let containerd_socket = place.join("containerd.sock");
    let mut containerd = daemon(CONTAINERD);
    containerd.arg("--root").arg(place.join("containerd")).arg("--state").arg(place.join("containerd-state"));
    containerd.arg("--address").arg(&containerd_socket);
    runtime.daemons.push(spawn(containerd, &place.join("containerd.log"))?);

    let mut dockerd = daemon(DOCKERD);
    dockerd.arg("--containerd").arg(&containerd_socket).arg("--config-file").arg(&configuration);
    dockerd.arg("--data-root").arg(&runtime.root).arg("--exec-root").arg(place.join("exec"));
    dockerd.arg("--pidfile").arg(place.join("pid")).arg("--host").arg(unix_url(&runtime.socket));
    dockerd.args(["--bridge=none", "--iptables=false", "--ip-masq=false", "--storage-driver", storage_driver]);
    let log = place.join("dockerd.log");
    runtime.daemons.insert(0, spawn(dockerd, &log)?);
    runtime.wait_until_ready(&log)?;
    runtime.prepare()?;
    Ok(runtime)
}
