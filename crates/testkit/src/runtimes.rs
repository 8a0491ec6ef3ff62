//! Real container runtimes, each private to one test: started in a directory of its own, spoken to through its command line, gone with
//! everything it started at the end of the test.

mod docker;
mod podman;
mod remains;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::peer::not_run;
use remains::CgroupParent;

/// The image that every runtime has: made `FROM scratch` of Debian's static busybox, which is its entry point; `/bin/sh` is busybox too.
pub const IMAGE: &str = "test/busybox:1";
const BUSYBOX: &str = "/bin/busybox";
/// Far more than a daemon needs to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running Docker or Podman.
#[derive(Debug)]
pub struct ContainerRuntime {
    /// `docker` or `podman`.
    pub name: &'static str,
    /// Where its API listens.
    pub socket: PathBuf,
    /// Docker's data directory or Podman's storage directory.
    pub root: PathBuf,
    /// The command line that speaks to it: a program, then the arguments before the verb.
    program: Vec<OsString>,
    /// What every `run` needs on top of what its caller asks for.
    run_options: Vec<String>,
    /// What was started, to be stopped in this order.
    daemons: Vec<Child>,
    cgroups: CgroupParent,
    dir: TempDir,
}

impl ContainerRuntime {
    /// A Docker engine with its own containerd. `None` where it cannot run here, which has been told as `NOT RUN: docker (reason)`.
    ///
    /// # Panics
    /// In CI, where it must run.
    #[must_use]
    pub fn docker() -> Option<ContainerRuntime> {
        docker::start().map_err(|reason| not_run("docker", &reason)).ok()
    }

    /// Podman with its API service. `None` where it cannot run here, which has been told as `NOT RUN: podman (reason)`.
    ///
    /// # Panics
    /// In CI, where it must run.
    #[must_use]
    pub fn podman() -> Option<ContainerRuntime> {
        podman::start().map_err(|reason| not_run("podman", &reason)).ok()
    }

    /// Its command line with some arguments.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut words = self.program.iter();
        let mut command = Command::new(words.next().map_or(OsStr::new(self.name), |program| program));
        // Podman's conmon leaves files where it is called from.
        command.args(words).args(args).stdin(Stdio::null()).current_dir(self.dir.path());
        command
    }

    /// Runs a command of its command line; what it printed, without the white space around it.
    ///
    /// # Errors
    /// The arguments with what it said on its error stream, when it does not start or fails.
    pub fn cli(&self, args: &[&str]) -> Result<String, String> {
        told(args, self.command(args).output())
    }

    /// Starts a container of [`IMAGE`] with a name, options of `run`, and a command that busybox knows; its id.
    ///
    /// # Errors
    /// As with [`ContainerRuntime::cli`].
    pub fn run(&self, name: &str, options: &[&str], command: &[&str]) -> Result<String, String> {
        let mut args = vec!["create", "--name", name];
        args.extend(self.run_options.iter().map(String::as_str));
        if !options.contains(&"--network") {
            args.extend(["--network", "none"]);
        }
        args.extend(options);
        args.push(IMAGE);
        args.extend(command);
        let id = self.cli(&args)?;
        let start = ["start", name];
        let mut starting = self.command(start);
        if self.name == "podman" {
            // conmon notes an end for want of memory where it is called from; Podman looks for the note in the container's own directory.
            starting.current_dir(self.inspect(name, "{{.StaticDir}}")?);
        }
        told(&start, starting.output())?;
        Ok(id)
    }

    /// A field of a container by its Go template, such as `{{.State.Status}}`.
    ///
    /// # Errors
    /// As with [`ContainerRuntime::cli`].
    pub fn inspect(&self, container: &str, template: &str) -> Result<String, String> {
        self.cli(&["inspect", "--type", "container", "--format", template, container])
    }

    /// Builds the image and proves that a container of it runs.
    fn prepare(&self) -> Result<(), String> {
        let context = self.dir.path().join("image");
        let bin = context.join("bin");
        fs::create_dir_all(&bin)
            .and_then(|()| fs::copy(BUSYBOX, bin.join("busybox")).map(drop))
            .and_then(|()| std::os::unix::fs::symlink("busybox", bin.join("sh")))
            .and_then(|()| File::create(context.join("Dockerfile")))
            .and_then(|mut file| file.write_all(b"FROM scratch\nCOPY bin /bin\nENTRYPOINT [\"/bin/busybox\"]\n"))
            .map_err(|error| format!("no image context: {error}"))?;
        let mut build = self.command(["build", "--quiet", "--tag", IMAGE]);
        told(&["build"], build.arg(&context).env("DOCKER_BUILDKIT", "0").output())?;
        self.run("trial", &["--rm"], &["true"])?;
        self.cli(&["wait", "trial"]).ok();
        Ok(())
    }

    /// Waits until its socket answers.
    fn wait_until_ready(&mut self, log: &Path) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        while !answers(&self.socket) {
            for daemon in &mut self.daemons {
                if let Ok(Some(status)) = daemon.try_wait() {
                    return Err(format!("{status}: {}", last_line(log)));
                }
            }
            if Instant::now() > deadline {
                return Err(format!("its socket does not answer within {PATIENCE:?}: {}", last_line(log)));
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for ContainerRuntime {
    fn drop(&mut self) {
        let ids = self.cli(&["ps", "--all", "--quiet", "--no-trunc"]).unwrap_or_default();
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if !ids.is_empty() {
            let mut args = vec!["rm", "--force", "--volumes"];
            args.extend(if self.name == "podman" { &["--time", "0"][..] } else { &[] });
            args.extend(&ids);
            self.cli(&args).ok();
        }
        for daemon in &mut self.daemons {
            remains::terminate(daemon);
        }
        remains::end_processes(self.dir.path());
        remains::unmount_below(self.dir.path());
        self.cgroups.remove(&ids);
    }
}

/// Fails with the reason why no runtime can run here.
fn requirements(binaries: &[&str]) -> Result<(), String> {
    let missing = binaries.iter().chain([&BUSYBOX]).find(|binary| !Path::new(binary).is_file());
    if let Some(binary) = missing {
        return Err(format!("{binary} is not installed"));
    }
    let id = Command::new("id").arg("-u").output().map_err(|error| format!("id: {error}"))?;
    if id.stdout.trim_ascii() != b"0" {
        return Err("needs root".into());
    }
    Ok(())
}

fn unix_url(socket: &Path) -> OsString {
    let mut url = OsString::from("unix://");
    url.push(socket);
    url
}

fn temporary_directory(name: &str) -> Result<TempDir, String> {
    tempfile::Builder::new()
        .prefix(&format!("menara-{name}-"))
        .tempdir()
        .map_err(|error| format!("no directory: {error}"))
}

/// The beginning of a daemon's command line: it gets SIGTERM when the thread that started it dies, however that happens.
fn daemon(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--", program]);
    command
}

/// Starts a daemon that writes to a log, and works where the log is.
fn spawn(mut command: Command, log: &Path) -> Result<Child, String> {
    let file = || File::options().create(true).append(true).open(log);
    command.current_dir(log.parent().unwrap_or(Path::new("/"))).stdin(Stdio::null());
    let mut spawn = || command.stdout(file()?).stderr(file()?).spawn();
    spawn().map_err(|error| format!("{}: {error}", log.display()))
}

/// Whether something speaks HTTP on a socket.
fn answers(socket: &Path) -> bool {
    let ask = || -> io::Result<bool> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}

fn told(args: &[&str], outcome: io::Result<Output>) -> Result<String, String> {
    let output = outcome.map_err(|error| format!("{}: {error}", args.join(" ")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{}: {}", args.join(" "), text(&output.stderr)))
    }
}

fn last_line(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().last().unwrap_or("it says nothing").to_owned()
}

#[cfg(test)]
mod tests;
