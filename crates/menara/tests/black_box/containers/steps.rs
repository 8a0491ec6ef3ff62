//! The table of what happens to containers and what must be true right after it.

use std::time::{Duration, Instant};

use testkit::ContainerRuntime;

use super::Fact;

/// Far more than a runtime needs for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// Something that happens to a container.
pub(super) struct Step {
    pub(super) what: &'static str,
    /// The name that it has afterwards.
    pub(super) container: &'static str,
    /// Makes it happen; returns as soon as it has.
    pub(super) act: fn(&ContainerRuntime),
    pub(super) right: Right,
    /// Ways that cannot know this have more time for the step or leave it out, and say so.
    pub(super) needs: Option<Fact>,
}

/// What is right after a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Right {
    /// [`GONE`] when nothing may be left of it but its lines.
    pub(super) state: &'static str,
    /// `None` where it is not fixed: what Docker says of a container that it does not check depends on the moment.
    pub(super) health: Option<&'static str>,
    /// Of a container that is not alive.
    pub(super) exit_code: i64,
    pub(super) oom_killed: bool,
    /// Processes that the kernel killed for want of memory, at least, while it lives.
    pub(super) oom_events: f64,
    pub(super) restarts: i64,
    /// All lines of both its streams, under the name that it has now.
    pub(super) lines: &'static [&'static str],
    /// Fields of one line among its events.
    pub(super) event: &'static str,
}

pub(super) const GONE: &str = "gone";

const RUNNING: Right = Right {
    state: "running",
    health: Some("none"),
    exit_code: 0,
    oom_killed: false,
    oom_events: 0.0,
    restarts: 0,
    lines: &[],
    event: "event=started",
};
const EXITED: Right = Right { state: "exited", event: "event=exited", ..RUNNING };

/// Writes to both streams, ends with 143 when it is asked to; healthy as soon as somebody makes `/ok`.
const WEB: [&str; 3] =
    ["sh", "-c", "trap 'echo bye; exit 143' TERM; echo up; echo oops >&2; while :; do sleep 0.1; done"];
const MEMORY: [&str; 4] = ["--memory", "16m", "--memory-swap", "16m"];
const COMPOSE: [&str; 4] =
    ["--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=front"];

/// What is there before Menara, with what must be right when Menara has started.
pub(super) const BEFORE: [Step; 2] = [
    Step {
        what: "it ended before",
        container: "early",
        act: |runtime| {
            run(runtime, "early", &[], &["sh", "-c", "echo early 1; echo early 2 >&2; exit 5"]);
            wait_until(runtime, "early", "{{.State.Status}}", "exited");
        },
        right: Right { exit_code: 5, lines: &["early 1", "early 2"], event: "", ..EXITED },
        needs: None,
    },
    Step {
        what: "it ran before",
        container: "before",
        act: |runtime| {
            run(runtime, "before", &[], &["sh", "-c", "echo before; while :; do sleep 1; done"]);
        },
        right: Right { lines: &["before"], event: "", ..RUNNING },
        needs: None,
    },
];

/// The life of `web`, and the ends of others.
pub(super) const LIFE: [Step; 16] = [
    Step {
        what: "start",
        container: "web",
        act: |runtime| {
            let check = ["--health-cmd", "test -e /ok", "--health-interval", "3s", "--health-retries", "1"];
            run(runtime, "web", &[&COMPOSE[..], &check].concat(), &WEB);
        },
        right: Right { health: Some("starting"), lines: &["oops", "up"], ..RUNNING },
        needs: None,
    },
    Step {
        what: "health fails",
        container: "web",
        act: |runtime| await_health(runtime, "web", "unhealthy"),
        right: Right {
            health: Some("unhealthy"),
            lines: &["oops", "up"],
            event: "event=health health=unhealthy",
            ..RUNNING
        },
        needs: None,
    },
    Step {
        what: "health recovers",
        container: "web",
        act: |runtime| {
            cli(runtime, &["exec", "web", "/bin/busybox", "touch", "/ok"]);
            await_health(runtime, "web", "healthy");
        },
        right: Right {
            health: Some("healthy"),
            lines: &["oops", "up"],
            event: "event=health health=healthy",
            ..RUNNING
        },
        needs: None,
    },
    Step {
        what: "pause",
        container: "web",
        act: |runtime| cli(runtime, &["pause", "web"]),
        right: Right { state: "paused", health: None, lines: &["oops", "up"], event: "event=paused", ..RUNNING },
        needs: None,
    },
    Step {
        what: "unpause",
        container: "web",
        act: |runtime| cli(runtime, &["unpause", "web"]),
        right: Right { health: None, lines: &["oops", "up"], event: "event=unpaused", ..RUNNING },
        needs: None,
    },
    Step {
        what: "stop, which it obeys",
        container: "web",
        act: |runtime| cli(runtime, &["stop", "web"]),
        right: Right { health: None, exit_code: 143, lines: &["bye", "oops", "up"], ..EXITED },
        needs: None,
    },
    Step {
        what: "start again",
        container: "web",
        act: |runtime| cli(runtime, &["start", "web"]),
        right: Right { health: None, lines: &["bye", "oops", "oops", "up", "up"], ..RUNNING },
        needs: None,
    },
    Step {
        what: "stop, which it does not hear",
        container: "deaf",
        act: |runtime| {
            run(runtime, "deaf", &[], &["sleep", "1000"]);
            cli(runtime, &["stop", "--time", "1", "deaf"]);
        },
        right: Right { exit_code: 137, ..EXITED },
        needs: None,
    },
    Step {
        what: "out of memory, it ends",
        container: "hungry",
        act: |runtime| {
            run(runtime, "hungry", &MEMORY, &["tail", "/dev/zero"]);
            wait_until(runtime, "hungry", "{{.State.Status}}", "exited");
        },
        right: Right { exit_code: 137, oom_killed: true, event: "event=exited oom_killed=true", ..EXITED },
        needs: None,
    },
    Step {
        what: "out of memory, one process ends",
        container: "grazer",
        act: |runtime| {
            let command = "tail /dev/zero 2>/dev/null; echo survived; while :; do sleep 1; done";
            run(runtime, "grazer", &MEMORY, &["sh", "-c", command]);
            let deadline = Instant::now() + PATIENCE;
            while !cli_text(runtime, &["logs", "grazer"]).contains("survived") {
                pause_until(deadline, "grazer");
            }
        },
        right: Right { oom_events: 1.0, lines: &["survived"], event: "event=oom", ..RUNNING },
        needs: None,
    },
    Step {
        what: "its restarts are used up",
        container: "flaky",
        act: |runtime| {
            run(runtime, "flaky", &["--restart", "on-failure:3"], &["sh", "-c", "echo try; exit 3"]);
            wait_until(runtime, "flaky", "{{.RestartCount}} {{.State.Status}}", "3 exited");
        },
        right: Right { exit_code: 3, restarts: 3, lines: &["try", "try", "try", "try"], ..EXITED },
        needs: None,
    },
    Step {
        what: "it waits for its next restart",
        container: "looper",
        act: |runtime| {
            run(runtime, "looper", &["--restart", "always"], &["sh", "-c", "exit 3"]);
            // The waits double from 0.1 s on: the sixth takes 3.2 s and 6.4 s the one after it.
            wait_until(runtime, "looper", "{{.RestartCount}} {{.State.Status}}", "6 restarting");
        },
        right: Right { state: "restarting", exit_code: 3, restarts: 6, event: "event=restarting", ..RUNNING },
        needs: Some(Fact::Restarting),
    },
    Step {
        what: "start of one that will be stopped and removed at once",
        container: "parting",
        act: |runtime| {
            run(runtime, "parting", &[], &WEB);
        },
        right: Right { lines: &["oops", "up"], ..RUNNING },
        needs: None,
    },
    Step {
        what: "removal right after its last words",
        container: "parting",
        act: |runtime| {
            cli(runtime, &["stop", "parting"]);
            cli(runtime, &["rm", "parting"]);
        },
        right: Right { state: GONE, lines: &["bye", "oops", "up"], event: "event=removed", ..RUNNING },
        needs: None,
    },
    Step {
        what: "a line of 40 KiB",
        container: "wordy",
        act: |runtime| {
            let command = "head -c 40960 /dev/zero | tr '\\0' x; echo; echo end";
            run(runtime, "wordy", &[], &["sh", "-c", command]);
            wait_until(runtime, "wordy", "{{.State.Status}}", "exited");
        },
        right: Right { lines: &[LONG_LINE, "end"], ..EXITED },
        needs: None,
    },
    Step {
        what: "full load",
        container: "busy",
        act: |runtime| {
            run(runtime, "busy", &["--cpus", "0.5"], &["sh", "-c", "while :; do :; done"]);
        },
        right: RUNNING,
        needs: None,
    },
];

/// How things end for `web`.
pub(super) const END: [Step; 4] = [
    Step {
        what: "rename",
        container: "www",
        act: |runtime| {
            cli(runtime, &["rename", "web", "www"]);
        },
        right: Right { health: None, event: "event=renamed from=web", ..RUNNING },
        needs: None,
    },
    Step {
        what: "the old name after it",
        container: "web",
        act: |_| {},
        right: Right { state: GONE, lines: &["bye", "oops", "oops", "up", "up"], event: "", ..RUNNING },
        needs: None,
    },
    Step {
        what: "a line under the new name",
        container: "www",
        act: |runtime| cli(runtime, &["exec", "www", "/bin/busybox", "sh", "-c", "echo renamed >/proc/1/fd/1"]),
        right: Right { health: None, lines: &["renamed"], event: "", ..RUNNING },
        needs: None,
    },
    Step {
        what: "remove",
        container: "www",
        act: |runtime| {
            cli(runtime, &["kill", "www"]);
            cli(runtime, &["rm", "--force", "www"]);
        },
        right: Right { state: GONE, lines: &["renamed"], event: "event=removed", ..RUNNING },
        needs: None,
    },
];

/// Stands for a line of 40,960 times `x`.
pub(super) const LONG_LINE: &str = "40960 x";

pub(super) fn run(runtime: &ContainerRuntime, name: &str, options: &[&str], command: &[&str]) -> String {
    runtime.run(name, options, command).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn cli(runtime: &ContainerRuntime, args: &[&str]) {
    cli_text(runtime, args);
}

fn cli_text(runtime: &ContainerRuntime, args: &[&str]) -> String {
    runtime.cli(args).unwrap_or_else(|error| panic!("{error}"))
}

/// Asks the runtime until a field of a container is as it shall become.
pub(super) fn wait_until(runtime: &ContainerRuntime, container: &str, template: &str, wanted: &str) {
    let deadline = Instant::now() + PATIENCE;
    while runtime.inspect(container, template).unwrap_or_else(|error| panic!("{error}")) != wanted {
        pause_until(deadline, container);
    }
}

/// Docker checks by itself; Podman leaves the clock to systemd, which is not everywhere.
fn await_health(runtime: &ContainerRuntime, container: &str, wanted: &str) {
    if runtime.name == "podman" {
        // Fails when the container is unhealthy, which is no failure here.
        runtime.cli(&["healthcheck", "run", container]).ok();
    }
    wait_until(runtime, container, "{{.State.Health.Status}}", wanted);
}

fn pause_until(deadline: Instant, what: &str) {
    assert!(Instant::now() < deadline, "{what} does not become what it shall");
    std::thread::park_timeout(Duration::from_millis(20));
}
