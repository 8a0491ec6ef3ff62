//! A whole Menara that nobody looks at, beside five containers that have nothing to do: one that Docker tells of them, and one that reads Docker's
//! files.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tempfile::TempDir;
use testkit::ContainerRuntime;

use crate::Figure;

const CONTAINERS: [&str; 5] = ["one", "two", "three", "four", "five"];
/// From the start until what it takes is what it goes on to take.
const SETTLING: Duration = Duration::from_secs(30);
const MEASURED: Duration = Duration::from_secs(120);

/// Runs a program built for release; all figures, in the order in which they are printed.
pub(crate) fn measure(program: &str) -> anyhow::Result<Vec<Figure>> {
    let runtime = ContainerRuntime::docker().context("needs Docker")?;
    for name in CONTAINERS {
        // One of them writes, and is checked, now and then.
        let options = if name == "one" { &["--health-cmd", "true", "--health-interval", "10s"][..] } else { &[] };
        let writes = if name == "one" { "echo tick" } else { "true" };
        let command = format!("while :; do {writes}; sleep 10; done");
        runtime.run(name, options, &["sh", "-c", &command]).map_err(anyhow::Error::msg)?;
    }
    let told = Menara::start(program, &runtime, &runtime.socket)?;
    let reading = Menara::start(program, &runtime, Path::new("/nonexistent"))?;
    wait(SETTLING);
    let started = Instant::now();
    let before = (told.cpu_seconds()?, reading.cpu_seconds()?);
    wait(MEASURED);
    let share = |seconds: f64| seconds / started.elapsed().as_secs_f64() * 100.0;
    let (told_share, reading_share) = (share(told.cpu_seconds()? - before.0), share(reading.cpu_seconds()? - before.1));
    Ok(vec![
        Figure { what: "idle, 5 containers, socket: resident memory", value: told.memory_mb("VmRSS:")?, unit: "MB" },
        Figure { what: "idle, 5 containers, socket: of it anonymous", value: told.memory_mb("RssAnon:")?, unit: "MB" },
        Figure { what: "idle, 5 containers, socket: processor time", value: told_share, unit: "% of a core" },
        Figure { what: "idle, 5 containers, files: resident memory", value: reading.memory_mb("VmRSS:")?, unit: "MB" },
        Figure {
            what: "idle, 5 containers, files: of it anonymous",
            value: reading.memory_mb("RssAnon:")?,
            unit: "MB",
        },
        Figure { what: "idle, 5 containers, files: processor time", value: reading_share, unit: "% of a core" },
    ])
}

/// Lets time go by: what is measured is what happens meanwhile.
fn wait(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        std::thread::park_timeout(left);
    }
}

/// A running program with its data; killed when it goes out of scope.
struct Menara {
    child: Child,
    _dir: TempDir,
}

impl Menara {
    fn start(program: &str, runtime: &ContainerRuntime, socket: &Path) -> anyhow::Result<Menara> {
        let dir = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--data-dir").arg(dir.path().join("data")).arg("--config-dir").arg(dir.path().join("config"));
        command.arg("--docker").arg(format!("unix://{}", socket.display()));
        command.arg("--docker-root").arg(&runtime.root);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("start {program}"))?;
        let mut menara = Menara { child, _dir: dir };
        let greeting = menara.child.stdout.take().context("no output")?;
        for line in BufReader::new(greeting).lines() {
            if line?.trim().starts_with("web") {
                return Ok(menara);
            }
        }
        bail!("{program} ends before it is ready")
    }

    /// Processor time of all its threads up to now.
    fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name before them, in parentheses, may have spaces.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| -> anyhow::Result<f64> { Ok(fields.get(index).context("a short stat")?.parse()?) };
        Ok((ticks(11)? + ticks(12)?) / rustix::param::clock_ticks_per_second() as f64)
    }

    fn memory_mb(&self, field: &str) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)).with_context(|| format!("no {field}"))?;
        let kib: f64 = line.split_whitespace().next().context("no value")?.parse()?;
        Ok(kib * 1024.0 / 1e6)
    }
}

impl Drop for Menara {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
