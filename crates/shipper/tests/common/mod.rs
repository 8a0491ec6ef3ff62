//! A sink that remembers, as the log store does, and fails when it is told to.

#![allow(dead_code, unreachable_pub, clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::RealFs;
use model::{Clock, Labels, ManualClock};
use parking_lot::Mutex;
use shipper::{ContainerLog, Delivery, LineSink, LogFormat, Options, Settings, Shipper};
use storage::logs::SourceId;
use storage::{Error, ErrorKind};

/// How the sink fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Takes nothing.
    Full,
    /// Takes the lines and fails to say so.
    TakesAndFails,
}

#[derive(Debug)]
pub struct State {
    pub mood: Mood,
    pub ends: BTreeMap<SourceId, u64>,
    pub lines: Vec<(Labels, i64, String)>,
    pub wrong: Vec<String>,
    /// Lines that brought their own times.
    pub own_times: usize,
}

#[derive(Debug)]
pub struct Sink(pub Mutex<State>);

impl Sink {
    pub fn new() -> Arc<Sink> {
        let state =
            State { mood: Mood::Takes, ends: BTreeMap::new(), lines: Vec::new(), wrong: Vec::new(), own_times: 0 };
        Arc::new(Sink(Mutex::new(state)))
    }

    pub fn texts(&self) -> Vec<String> {
        self.0.lock().lines.iter().map(|(_, _, line)| line.clone()).collect()
    }

    pub fn set(&self, mood: Mood) {
        self.0.lock().mood = mood;
    }
}

impl LineSink for Sink {
    fn deliver(&self, delivery: &Delivery<'_>) -> storage::Result<()> {
        let range = delivery.range;
        let mut state = self.0.lock();
        let failed = || Err(Error::new(ErrorKind::Full, "no room"));
        if state.mood == Mood::Full {
            return failed();
        }
        let end = state.ends.get(&range.source).copied();
        if end.is_none_or(|end| range.to > end) {
            if let Some(end) = end.filter(|end| *end != range.from) {
                state.wrong.push(format!("range {}..{} after {end}", range.from, range.to));
            }
            state.ends.insert(range.source, range.to);
            for stream in delivery.streams {
                let labels = Labels::from_bytes(stream.labels).expect("labels");
                state.own_times += if delivery.own_times { stream.lines.len() } else { 0 };
                for line in stream.lines {
                    let text = String::from_utf8_lossy(line.line).into_owned();
                    state.lines.push((labels.clone(), line.time_ns, text));
                }
            }
        }
        if state.mood == Mood::TakesAndFails { failed() } else { Ok(()) }
    }

    fn source_end(&self, source: SourceId) -> storage::Result<Option<u64>> {
        let state = self.0.lock();
        if state.mood == Mood::Full {
            return Err(Error::new(ErrorKind::Io, "no answer"));
        }
        Ok(state.ends.get(&source).copied())
    }
}

/// A directory of logs, and what is needed to ship it.
pub struct Bench {
    pub dir: tempfile::TempDir,
    pub sink: Arc<Sink>,
    pub clock: Arc<ManualClock>,
    pub settings: Settings,
}

impl Bench {
    /// Ships the files that match the pattern below the directory's `log`. The clock is ten minutes ahead of the machine's, so that no file is
    /// born behind it, however slow the machine is.
    pub fn new(pattern: &str) -> Bench {
        // In memory where there is such a place: what is tested is not the disk, which would be synced thousands of times.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary directory");
        std::fs::create_dir(dir.path().join("log")).expect("a directory");
        let settings = Settings::files(&format!("{}/log/{pattern}", dir.path().display()), "here").expect("a pattern");
        let probe = std::fs::metadata(dir.path()).and_then(|meta| meta.modified()).expect("a time");
        let now_ms = probe.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis() as i64 + 600_000;
        Bench { dir, sink: Sink::new(), clock: Arc::new(ManualClock::new(now_ms)), settings }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("log").join(name)
    }

    pub fn positions(&self) -> PathBuf {
        self.dir.path().join("positions")
    }

    pub fn start(&self) -> Shipper {
        let options = Options { positions: self.positions(), data_dir: None, own_files: Vec::new() };
        let sink: Arc<dyn LineSink> = self.sink.clone();
        let clock: Arc<dyn Clock> = self.clock.clone();
        Shipper::new(self.settings.clone(), sink, Arc::new(RealFs), clock, options).expect("a shipper")
    }

    /// Rounds, two seconds apart, so that each looks for files.
    pub fn rounds(&self, shipper: &mut Shipper, count: usize) {
        for _ in 0..count {
            shipper.step();
            self.clock.advance_ms(2_000);
        }
    }
}

/// A container's log with one label besides `stream`.
pub fn log(path: PathBuf, format: LogFormat, name: &str) -> ContainerLog {
    ContainerLog { path, format, labels: Labels::from_pairs([("container", name)]) }
}

/// An entry as Docker writes it, `at` nanoseconds after 2026-11-25T07:00:00Z.
pub fn docker(output: &str, at: u64, text: &str) -> String {
    let text = text.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n").replace('\r', r"\r");
    format!("{{\"log\":\"{text}\",\"stream\":\"{output}\",\"time\":\"{}\"}}\n", rfc3339(at))
}

/// An entry as Podman writes it, likewise.
pub fn cri(output: &str, at: u64, tag: &str, text: &str) -> String {
    format!("{} {output} {tag} {text}\n", rfc3339(at).replace('Z', "+00:00"))
}

/// 2026-11-25T07:00:00Z.
pub const EPOCH_NS: i64 = 1_795_590_000_000_000_000;

fn rfc3339(at: u64) -> String {
    model::time::format_rfc3339_ns(EPOCH_NS + at as i64)
}

pub fn append(path: &Path, text: &str) {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).expect("a file");
    file.write_all(text.as_bytes()).expect("a write");
}
