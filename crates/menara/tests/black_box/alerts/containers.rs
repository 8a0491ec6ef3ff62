//! A container crashes, is started again, crashes again and is removed.

use testkit::ContainerRuntime;

use super::house::{House, host};
use crate::containers::sees_only;

/// The rules that are shipped, without the minute that a container has to come back.
fn hasty_rules() -> String {
    let shipped = include_str!("../../../../rules/defaults/containers.yml");
    assert!(shipped.contains("interval: 15s") && shipped.contains("for: 1m"), "other rules are shipped by now");
    // One start after the other counts as restarting, which is another rule's business.
    let down = shipped.split("  - alert: ContainerRestarting").next().unwrap_or_default();
    down.replace("interval: 15s", "interval: 1s").replace("for: 1m", "for: 0s")
}

/// Ends with 3 as soon as it is told to, also when it is started once more.
const COMMAND: [&str; 3] = ["sh", "-c", "rm -f /crash; until test -e /crash; do sleep 0.1; done; exit 3"];

fn check(runtime: &ContainerRuntime) {
    let house = House::new(&hasty_rules());
    let program = house.start_with(&sees_only(runtime, true, &house.dir.path().join("absent")));
    let cli = |args: &[&str]| runtime.cli(args).unwrap_or_else(|error| panic!("{error}"));
    let await_running = || {
        let query = r#"max(container_running{name="worker"}) == 1"#;
        program.wait_for(query, |p| p.number(query));
    };
    runtime.run("worker", &[], &COMMAND).unwrap_or_else(|error| panic!("{error}"));
    await_running();
    let host = host();
    let down = format!(
        "🔴 Container worker is down\n{host} · critical\n\nworker on {host} does not run; its exit code was 3."
    );
    let over = format!("✅ Over: Container worker is down\n{host} · was critical");
    for (n, (act, args)) in [("start", &["start", "worker"][..]), ("rm", &["rm", "worker"])].into_iter().enumerate() {
        cli(&["exec", "worker", "/bin/busybox", "touch", "/crash"]);
        assert_eq!(house.await_message(&program, 2 * n + 1), down, "{}, before {act}", runtime.name);
        program.await_looks(2);
        assert_eq!(house.messages().len(), 2 * n + 1, "{}, before {act}", runtime.name);
        cli(args);
        assert_eq!(house.await_message(&program, 2 * n + 2), over, "{}, after {act}", runtime.name);
        if act == "start" {
            await_running();
        }
    }
    assert_eq!(program.alerts(), []);
}

#[test]
fn a_crash_in_docker_reaches_the_phone() {
    if let Some(runtime) = ContainerRuntime::docker() {
        check(&runtime);
    }
}

#[test]
fn a_crash_in_podman_reaches_the_phone() {
    if let Some(runtime) = ContainerRuntime::podman() {
        check(&runtime);
    }
}
