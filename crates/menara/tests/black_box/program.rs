//! A running Menara.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::http::{self, Response};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_menara");
/// Far more than anything waited for takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child process; killed when it goes out of scope.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// What it printed until it was ready.
    pub(crate) greeting: Vec<String>,
    pub(crate) started: Instant,
}

impl Program {
    /// Starts `menara serve` on a free port with its data in a directory.
    pub(crate) fn start(dir: &Path) -> Program {
        Program::start_with(dir, &[])
    }

    pub(crate) fn start_with(dir: &Path, args: &[&str]) -> Program {
        let mut command = command(dir);
        command.args(args);
        Program::spawn(command)
    }

    /// Starts a command line that ends in arguments of `menara serve`.
    pub(crate) fn spawn(mut command: Command) -> Program {
        let started = Instant::now();
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut greeting = Vec::new();
        let mut address = None;
        for line in BufReader::new(stdout).lines() {
            let line = line.expect("the greeting is text");
            address = line
                .trim()
                .strip_prefix("web")
                .map(|url| url.trim().trim_start_matches("http://").trim_end_matches('/').to_owned());
            greeting.push(line);
            if address.is_some() {
                break;
            }
        }
        let address = address.expect("it prints where it listens").parse().expect("an address");
        Program { child, address, greeting, started }
    }

    pub(crate) fn get(&self, target: &str) -> Response {
        http::get(self.address, target).expect("it answers")
    }

    /// The data of a successful answer.
    pub(crate) fn data(&self, target: &str) -> Value {
        let response = self.get(target);
        let body: Value = serde_json::from_str(&response.body).expect("an envelope");
        assert_eq!((response.status, body["status"].as_str()), (200, Some("success")), "{target}: {body}");
        body["data"].clone()
    }

    /// The result of an instant query.
    pub(crate) fn query(&self, expr: &str) -> Vec<Value> {
        self.data(&format!("/api/v1/query?query={}", encode(expr)))["result"].as_array().expect("a list").clone()
    }

    /// The value of a query that has one series; `None` while it has none.
    pub(crate) fn number(&self, expr: &str) -> Option<f64> {
        let result = self.query(expr);
        assert!(result.len() < 2, "{expr} has {} series", result.len());
        result.first().map(|sample| sample["value"][1].as_str().expect("a value").parse().expect("a number"))
    }

    /// Asks until the answer pleases.
    pub(crate) fn wait_for<T>(&self, what: &str, mut ask: impl FnMut(&Program) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Asks until the answer is yes; false when that takes too long.
    pub(crate) fn waits_for(&self, patience: Duration, mut ask: impl FnMut(&Program) -> bool) -> bool {
        let deadline = Instant::now() + patience;
        while !ask(self) {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        true
    }

    /// Samples of its own host that it has.
    pub(crate) fn own_samples(&self) -> f64 {
        self.number(r#"sum(count_over_time(up{job="node"}[1d]))"#).unwrap_or(0.0)
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill runs");
        assert!(status.success());
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it has ended");
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().expect("it ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// `menara serve` with its directories.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("serve").arg("--data-dir").arg(dir.join("data")).arg("--config-dir").arg(dir.join("config"));
    command
}

/// Percent-encodes a query.
pub(crate) fn encode(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if safe(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}
