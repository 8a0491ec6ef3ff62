//! What Menara says where it cannot learn of containers.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::program::{BINARY, Program};

/// Somebody who may do nothing.
const NOBODY: &str = "65534";

/// Runs Menara, as nobody if the test runs as root, who is never refused anything.
fn start_unprivileged(dir: &Path, args: &[String]) -> Program {
    let data = dir.join("state");
    fs::create_dir(&data).expect("a directory");
    let is_root = fs::metadata("/proc/self").expect("procfs").uid() == 0;
    let mut command = if is_root {
        // The program may stand where nobody may go.
        let program = dir.join("menara");
        fs::copy(BINARY, &program).expect("it can be copied");
        std::os::unix::fs::chown(&data, NOBODY.parse().ok(), NOBODY.parse().ok()).expect("root gives it away");
        let mut command = Command::new("setpriv");
        command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"]).arg(program);
        command
    } else {
        Command::new(BINARY)
    };
    command.arg("serve").arg("--data-dir").arg(data.join("data")).arg("--config-dir").arg(data.join("config"));
    command.args(args);
    Program::spawn(command)
}

#[test]
fn no_runtime_and_no_permission_are_states() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).expect("it is ours");
    let socket = dir.path().join("docker.sock");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    fs::set_permissions(&socket, Permissions::from_mode(0o000)).expect("it is ours");
    let root = dir.path().join("root");
    fs::create_dir(&root).expect("a directory");
    fs::set_permissions(&root, Permissions::from_mode(0o000)).expect("it is ours");
    let absent = dir.path().join("absent");
    let args =
        [("--docker", socket.as_path()), ("--docker-root", &root), ("--podman", &absent), ("--podman-root", &absent)];
    let args: Vec<String> =
        args.iter().flat_map(|(name, path)| [(*name).to_owned(), path.display().to_string()]).collect();
    let program = start_unprivileged(dir.path(), &args);
    let states = |program: &Program| -> Vec<(String, String, bool)> {
        let body: Value = serde_json::from_str(&program.get("/sensors/containers").body).expect("JSON");
        let sources = body["sources"].as_array().expect("a list").iter();
        let text = |source: &Value, field: &str| source[field].as_str().expect("a text").to_owned();
        sources.map(|s| (text(s, "runtime"), text(s, "state"), text(s, "message").contains("ermission"))).collect()
    };
    let right = [("docker".to_owned(), "denied".to_owned(), true), ("podman".to_owned(), "absent".to_owned(), false)];
    let is_right = |program: &Program| right.iter().all(|state| states(program).contains(state));
    assert!(program.waits_for(super::deadline() * 5, is_right), "{:?}, right is {right:?}", states(&program));
    // It goes on with everything else.
    program.wait_for("the host's numbers", |program| program.number(r#"up{job="node"}"#));
    assert_eq!(program.get("/sensors/containers/metrics").status, 200);
}
