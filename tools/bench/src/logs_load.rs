//! The load that the log engine is measured with: a third each of nginx, syslog and JSON with random 128-bit ids.

use std::fmt::Write;
use std::ops::Range;

use model::Labels;
use storage::LogBatch;
use storage::logs::{LineEntry, StreamLines};
use testkit::Random;

pub(crate) const LINES_PER_BATCH: usize = 2_000;
pub(crate) const START_MS: i64 = 1_800_057_600_000;
const STREAMS: usize = 60;
/// Time between lines; about an hour for 300 MB.
const STEP_NS: i64 = 2_000_000;
const WORDS: [&str; 24] = [
    "falcon", "gateway", "payment", "session", "cache", "worker", "replica", "timeout", "retry", "upstream", "shard",
    "index", "commit", "request", "token", "invoice", "customer", "queue", "leader", "snapshot", "bucket", "volume",
    "stream", "cursor",
];
const PATHS: [&str; 6] = ["/api/v1/items", "/api/v1/orders", "/login", "/static/app.js", "/healthz", "/search"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "curl/8.5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101",
];

/// Batches that follow from the seed.
pub(crate) struct LogLoad {
    random: Random,
    labels: Vec<Labels>,
    /// No level, info, warn, error.
    levels: [Labels; 4],
    now_ns: i64,
    text: String,
    lines: Vec<Written>,
    id: String,
}

struct Written {
    stream: usize,
    time_ns: i64,
    text: Range<usize>,
    level: usize,
}

impl LogLoad {
    pub(crate) fn new(seed: u64) -> LogLoad {
        let level = |level| Labels::from_pairs([("detected_level", level)]);
        LogLoad {
            random: Random(seed),
            labels: (0..STREAMS).map(labels).collect(),
            levels: [level("unknown"), level("info"), level("warn"), level("error")],
            now_ns: START_MS * 1_000_000,
            text: String::new(),
            lines: Vec::new(),
            id: String::new(),
        }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ns / 1_000_000
    }

    pub(crate) fn text_bytes(&self) -> u64 {
        self.text.len() as u64
    }

    /// The id of the last JSON line.
    pub(crate) fn last_id(&self) -> String {
        self.id.clone()
    }

    /// Makes the lines of the next batch, those of one stream together.
    pub(crate) fn step(&mut self) {
        self.text.clear();
        self.lines.clear();
        for number in 0..LINES_PER_BATCH {
            self.now_ns += STEP_NS + (self.random.below(1_000) * 1_000) as i64;
            let stream = number * STREAMS / LINES_PER_BATCH;
            let start = self.text.len();
            let level = match stream % 3 {
                0 => self.nginx(),
                1 => self.syslog(),
                _ => self.json(),
            };
            let text = start..self.text.len();
            self.lines.push(Written { stream, time_ns: self.now_ns, text, level });
        }
    }

    pub(crate) fn with_batch<T>(&self, visit: impl FnOnce(&LogBatch<'_>) -> T) -> T {
        let entry = |line: &Written| LineEntry {
            time_ns: line.time_ns,
            line: &self.text.as_bytes()[line.text.clone()],
            metadata: self.levels[line.level].as_bytes(),
        };
        let entries: Vec<LineEntry<'_>> = self.lines.iter().map(entry).collect();
        let mut streams = Vec::new();
        let mut first = 0;
        for run in self.lines.chunk_by(|a, b| a.stream == b.stream) {
            let lines = &entries[first..first + run.len()];
            first += run.len();
            streams.push(StreamLines { labels: self.labels[run[0].stream].as_bytes(), lines });
        }
        visit(&LogBatch { token: None, source: None, streams: &streams, body: None })
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.random.below(WORDS.len())]
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        self.text.write_fmt(text).ok();
    }

    fn second_of_day(&self) -> (i64, i64, i64) {
        let second = self.now_ns / 1_000_000_000 % 86_400;
        (second / 3_600, second / 60 % 60, second % 60)
    }

    fn nginx(&mut self) -> usize {
        let (ip, path, agent) =
            (self.random.below(5_000), self.random.below(PATHS.len()), self.random.below(AGENTS.len()));
        let (status, size) = ([200, 200, 200, 200, 304, 404, 500][self.random.below(7)], self.random.below(50_000));
        let (word, millis) = (self.word(), self.random.below(2_500));
        let (hour, minute, second) = self.second_of_day();
        self.put(format_args!(
            "203.0.{}.{} - - [15/Jan/2027:{hour:02}:{minute:02}:{second:02} +0000] \"GET {}?q={word}&page={} HTTP/1.1\" {status} {size} \"-\" \"{}\" {}.{:03}",
            ip / 250, ip % 250, PATHS[path], size % 40, AGENTS[agent], millis / 1_000, millis % 1_000,
        ));
        if status == 500 { 3 } else { 0 }
    }

    fn syslog(&mut self) -> usize {
        let (pid, words) = (self.random.below(30_000), [self.word(), self.word(), self.word()]);
        let (rare, size) = (self.random.below(4_000), self.random.below(100_000));
        let (hour, minute, second) = self.second_of_day();
        self.put(format_args!("Jan 15 {hour:02}:{minute:02}:{second:02} host-{} ", pid % 20));
        if rare == 0 {
            self.put(format_args!("kernel: OOM killer ended process {pid} ({}) using {size} kB", words[0]));
            return 3;
        }
        self.put(format_args!(
            "{}d[{pid}]: {} of the {} {} finished after {size} us, {} items left in the {}",
            words[0],
            words[1],
            words[2],
            words[0],
            size % 977,
            words[1],
        ));
        1
    }

    fn json(&mut self) -> usize {
        let (level, id) =
            (1 + self.random.below(3), u128::from(self.random.next()) << 64 | u128::from(self.random.next()));
        let (words, duration, user) =
            ([self.word(), self.word()], self.random.below(3_000), self.random.below(100_000));
        let name = ["", "info", "warn", "error"][level];
        let (hour, minute, second) = self.second_of_day();
        let millis = self.now_ns / 1_000_000 % 1_000;
        self.id.clear();
        write!(self.id, "{id:032x}").ok();
        self.put(format_args!(
            "{{\"ts\":\"2027-01-15T{hour:02}:{minute:02}:{second:02}.{millis:03}Z\",\"level\":\"{name}\",\"msg\":\"{} {} handled\",\"trace_id\":\"{id:032x}\",\"user\":{user},\"duration_ms\":{duration}}}",
            words[0], words[1],
        ));
        level
    }
}

fn labels(stream: usize) -> Labels {
    let (job, host) = (["nginx", "syslog", "shop"][stream % 3], format!("host-{:02}", stream / 3));
    Labels::from_pairs([("job", job), ("host", &host), ("service_name", job)])
}
