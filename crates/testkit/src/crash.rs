//! The crash drill, on the real file system: a process that writes is killed again and again.
//!
//! The writer is the test binary itself, started again at the ignored test `writer`. It writes numbered batches, whose content follows from
//! the number and the seed, and prints each number once the store has acknowledged it, while a second thread does what stores do beside.
//! The parent kills it after so many batches; the next writer goes on with the first batch that was not acknowledged.

#![expect(clippy::expect_used, reason = "a drill that cannot go on is a failed test")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

const DIR: &str = "CRASH_DRILL_DIR";
const SEED: &str = "CRASH_DRILL_SEED";
const FIRST: &str = "CRASH_DRILL_FIRST";
const ACKNOWLEDGED: &str = "acknowledged ";

/// What a writer is to do.
#[derive(Debug)]
pub struct Writer {
    /// Where the store is.
    pub dir: PathBuf,
    /// What batches follow from, beside their numbers.
    pub seed: u64,
    /// The first batch to write.
    pub first: u64,
}

impl Writer {
    /// In a writer's process, what it is to do; `None` in every other.
    ///
    /// # Panics
    /// When the drill has set nonsense.
    #[must_use]
    pub fn of_environment() -> Option<Writer> {
        let number = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
        Some(Writer { dir: std::env::var_os(DIR)?.into(), seed: number(SEED)?, first: number(FIRST)? })
    }

    /// Writes until it is killed. Every so many batches `beside` runs on another thread, with the number of its turn, while writing goes on.
    ///
    /// # Panics
    /// When the parent does not read any more.
    pub fn run(self, mut write: impl FnMut(u64), turn: u64, mut beside: impl FnMut(u64) + Send + 'static) {
        let (due, is_due) = mpsc::sync_channel::<()>(1);
        std::thread::spawn(move || {
            for n in 1.. {
                is_due.recv().expect("the writer never ends by itself");
                beside(n);
            }
        });
        let mut out = std::io::stdout().lock();
        writeln!(out).expect("the parent reads");
        for number in self.first.. {
            write(number);
            writeln!(out, "{ACKNOWLEDGED}{number}").and_then(|()| out.flush()).expect("the parent reads");
            if number.is_multiple_of(turn) {
                due.try_send(()).ok();
            }
        }
    }
}

/// Starts a writer at batch `first`, kills it when it has acknowledged `wanted` batches, and returns the first number that it did not
/// acknowledge.
///
/// # Panics
/// When the writer cannot be started, or acknowledges out of order.
#[must_use]
pub fn run_and_kill(dir: &Path, seed: u64, first: u64, wanted: u64) -> u64 {
    let binary = std::env::current_exe().expect("the path of this binary");
    let mut writer = Command::new(binary)
        .args(["--exact", "writer", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(DIR, dir)
        .env(SEED, seed.to_string())
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the writer starts");
    let mut lines = BufReader::new(writer.stdout.take().expect("its output is a pipe")).lines();
    let mut next = first;
    let mut follow = |enough: u64| {
        while next < enough {
            let Some(Ok(line)) = lines.next() else { return next };
            if let Some(number) = line.strip_prefix(ACKNOWLEDGED) {
                assert_eq!(number.parse(), Ok(next), "acknowledgements come in order");
                next += 1;
            }
        }
        next
    };
    follow(first + wanted);
    writer.kill().expect("the writer is running");
    writer.wait().expect("it was ours");
    // What it said before it died counts as well.
    follow(u64::MAX)
}
