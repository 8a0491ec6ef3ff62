//! The loss drill for logs of containers: numbered lines on both outputs, whole and in parts, through rotation, kills, refusals, new names and
//! torn entries. Every byte arrives once, in order on its output.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use common::{Bench, Mood, log};
use model::Clock;
use shipper::{LogFormat, Settings, Shipper};
use testkit::Random;

const NAME: &str = "0123-json.log";
const OUTPUTS: [&str; 2] = ["stdout", "stderr"];

/// What one output of the container wrote.
#[derive(Default)]
struct Output {
    lines: Vec<String>,
    /// The beginning of a line that is not finished, and when it was begun.
    open: Option<(String, i64)>,
}

struct Drill {
    format: LogFormat,
    bench: Bench,
    dice: Random,
    shipper: Option<Shipper>,
    writer: File,
    outputs: [Output; 2],
    /// Entries that were not written as a whole, as they stand in the file; with `~` at the end while nothing stands behind.
    torn: Vec<String>,
    written: u64,
    rotations: u64,
    /// Whether the container is said to be there, and under which name.
    is_there: bool,
    name: u64,
    may_lose_positions: bool,
    has_lost_positions: bool,
    /// Whether a delivery may have arrived uncounted.
    has_failed: bool,
    /// Lines that shippers delivered without an end.
    unfinished: u64,
    story: Vec<String>,
}

impl Drill {
    fn new(seed: u64, format: LogFormat, may_lose_positions: bool) -> Drill {
        let mut bench = Bench::new("*");
        bench.settings = Settings::default();
        let writer = open_log(&bench);
        Drill {
            format,
            bench,
            dice: Random(seed),
            shipper: None,
            writer,
            outputs: Default::default(),
            torn: Vec::new(),
            written: 0,
            rotations: 0,
            is_there: true,
            name: 0,
            may_lose_positions,
            has_lost_positions: false,
            has_failed: false,
            unfinished: 0,
            story: Vec::new(),
        }
    }

    fn now_ns(&self) -> i64 {
        self.bench.clock.now_ms() * 1_000_000
    }

    fn write(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.touch();
    }

    /// Lets the file have been written at the time of the drill's clock.
    fn touch(&self) {
        let now_ms = u64::try_from(self.bench.clock.now_ms()).unwrap();
        self.writer.set_modified(UNIX_EPOCH + Duration::from_millis(now_ms)).unwrap();
    }

    fn entry(&self, output: usize, text: &str, time_ns: i64, ended: bool) -> String {
        let at = u64::try_from(time_ns - common::EPOCH_NS).unwrap();
        match (self.format, ended) {
            (LogFormat::Cri, true) => common::cri(OUTPUTS[output], at, "F", text),
            (LogFormat::Cri, false) => common::cri(OUTPUTS[output], at, "P", text),
            (LogFormat::DockerJson, true) => common::docker(OUTPUTS[output], at, &format!("{text}\n")),
            (LogFormat::DockerJson, false) => common::docker(OUTPUTS[output], at, text),
        }
    }

    /// Some entries, as one write; lines that are open may be ended and others be begun.
    fn entries(&mut self) {
        let mut text = String::new();
        for _ in 0..1 + self.dice.below(12) {
            let output = self.dice.below(2);
            let open = self.outputs[output].open.take();
            let part = match &open {
                Some(_) => format!("and {} ", "y".repeat(self.dice.below(40))),
                None => format!("line {} \"{}\" é ", self.written, "x".repeat(self.dice.below(40))),
            };
            self.written += 1;
            let (before, begun_ns) = open.unwrap_or_else(|| (String::new(), self.now_ns()));
            // Docker gives all parts of a line the time of the first, Podman each its own.
            let time_ns = if self.format == LogFormat::DockerJson { begun_ns } else { self.now_ns() };
            let ended = self.dice.below(4) > 0;
            text.push_str(&self.entry(output, &part, time_ns, ended));
            let line = before + &part;
            if ended {
                self.outputs[output].lines.push(line);
            } else {
                self.outputs[output].open = Some((line, begun_ns));
            }
        }
        self.write_past_torn(&text);
    }

    /// What is written first behind half an entry is lost as an entry, so that comes a line that does not count.
    fn write_past_torn(&mut self, text: &str) {
        if self.torn.last().is_some_and(|torn| torn.ends_with('~')) {
            let lost = self.entry(0, "on the line of a torn one", self.now_ns(), true);
            let torn = self.torn.last_mut().unwrap();
            torn.pop();
            torn.push_str(lost.trim_end());
            self.write(&lost);
        }
        self.write(text);
    }

    /// The runtime dies within a write. A file without a whole line may not be found again after a kill, so there is one.
    fn tear(&mut self) {
        if self.torn.last().is_some_and(|torn| torn.ends_with('~')) || self.writer.metadata().unwrap().len() == 0 {
            return;
        }
        let entry = self.entry(1, &format!("torn {}", self.written), self.now_ns(), true);
        self.written += 1;
        // Where it is no entry with what is written next.
        let cut = if self.format == LogFormat::Cri { 5 + self.dice.below(15) } else { 45 + self.dice.below(8) };
        self.write(&entry[..cut]);
        self.torn.push(format!("{}~", &entry[..cut]));
    }

    /// As Docker rotates: the names move on, and a new file is begun.
    fn rename(&mut self) {
        let path = |n: u64| self.bench.path(&format!("{NAME}.{n}"));
        for n in (1..=self.rotations).rev() {
            fs::rename(path(n), path(n + 1)).unwrap();
        }
        fs::rename(self.bench.path(NAME), path(1)).unwrap();
        self.rotations += 1;
        self.begin_file();
    }

    fn begin_file(&mut self) {
        if let Some(torn) = self.torn.last_mut().filter(|torn| torn.ends_with('~')) {
            torn.pop();
        }
        self.writer = open_log(&self.bench);
        self.touch();
    }

    /// As conmon rotates: the file is replaced, and gone for whoever has not opened it.
    fn replace(&mut self) {
        self.bench.sink.set(Mood::Takes);
        self.is_there = true;
        self.say();
        for _ in 0..20 {
            self.bench.clock.advance_ms(2_000);
            self.step();
        }
        self.entries();
        fs::remove_file(self.bench.path(NAME)).unwrap();
        self.begin_file();
        // It is read to its end before the shipper is killed again.
        self.bench.clock.advance_ms(2_000);
        self.step();
        self.bench.clock.advance_ms(40_000);
        self.step();
    }

    fn say(&mut self) {
        if let Some(shipper) = &self.shipper {
            let logs = log(self.bench.path(NAME), self.format, &self.name.to_string());
            shipper.container_logs().set(if self.is_there { vec![logs] } else { Vec::new() });
        }
    }

    /// Other words about the container: it is gone, back, or has another name.
    fn change(&mut self) {
        match self.dice.below(3) {
            0 => self.name += 1,
            _ => self.is_there = !self.is_there,
        }
        self.say();
    }

    fn kill(&mut self) {
        if let Some(shipper) = self.shipper.take() {
            self.unfinished += shipper.counters().unfinished_lines.load(Ordering::Relaxed);
        }
        self.bench.clock.advance_ms(1);
    }

    fn lose_positions(&mut self) {
        if !self.may_lose_positions || self.bench.sink.texts().is_empty() {
            return;
        }
        self.has_lost_positions = true;
        self.kill();
        if self.bench.positions().is_file() {
            fs::remove_file(self.bench.positions()).unwrap();
        }
        self.bench.sink.set(Mood::Takes);
        self.is_there = true;
        self.step();
    }

    fn step(&mut self) {
        let pause = [0, 250, 1_000, 2_000, 5_000, 40_000][self.dice.below(6)];
        self.bench.clock.advance_ms(pause);
        if self.shipper.is_none() {
            self.shipper = Some(self.bench.start());
            self.say();
        }
        self.shipper.as_mut().unwrap().step();
    }

    fn mood(&mut self) {
        let mood = [Mood::Takes, Mood::Takes, Mood::Full, Mood::TakesAndFails][self.dice.below(4)];
        self.has_failed |= mood == Mood::TakesAndFails;
        self.bench.sink.set(mood);
    }

    fn turn(&mut self) {
        let (name, act): (&str, fn(&mut Drill)) = match self.dice.below(32) {
            0..=10 => ("entries", Drill::entries),
            11 => ("torn", Drill::tear),
            12..=14 => ("rename", Drill::rename),
            15 if self.format == LogFormat::Cri => ("replace", Drill::replace),
            16..=17 => ("change", Drill::change),
            18..=19 => ("kill", Drill::kill),
            20 => ("lose positions", Drill::lose_positions),
            21..=22 => ("mood", Drill::mood),
            _ => ("step", Drill::step),
        };
        self.story.push(format!("{name} ({})", self.written));
        act(self);
    }

    fn finish(mut self, seed: u64) {
        self.bench.sink.set(Mood::Takes);
        self.is_there = true;
        self.step();
        self.say();
        for _ in 0..60 {
            self.bench.clock.advance_ms(2_000);
            self.step();
        }
        // A file that is not finished keeps half an entry.
        self.torn.retain(|torn| !torn.ends_with('~'));
        self.kill();
        let story = format!("seed {seed} {:?}: {}", self.format, self.story.join(", "));
        let state = self.bench.sink.0.lock();
        assert_eq!(state.wrong, Vec::<String>::new(), "{story}");
        assert_eq!(state.own_times, state.lines.len());
        for (output, name) in OUTPUTS.iter().enumerate() {
            let of_output = || state.lines.iter().filter(|(labels, ..)| labels.get("stream") == *name);
            let got: Vec<&str> = of_output().map(|(_, _, line)| line.as_str()).collect();
            let Output { lines, open } = &self.outputs[output];
            let mut expected: Vec<&str> = lines.iter().map(String::as_str).collect();
            expected.extend(open.iter().map(|(line, _)| line.as_str()));
            if self.has_lost_positions {
                // Without positions the rest of a file may be found after what came behind it.
                let sorted = |lines: &[&str]| {
                    let mut words: Vec<String> = lines.concat().split_inclusive(' ').map(str::to_owned).collect();
                    words.sort();
                    words
                };
                let (got, expected) = (sorted(&got), sorted(&expected));
                let only = |words: &[String], others: &[String]| -> Vec<String> {
                    words.iter().filter(|word| others.binary_search(word).is_err()).take(9).cloned().collect()
                };
                let (more, fewer) = (only(&got, &expected), only(&expected, &got));
                assert!(got == expected, "{name}: {more:?} too much, {fewer:?} missing; {story}");
                continue;
            }
            let (got_text, expected_text) = (got.concat(), expected.concat());
            if got_text != expected_text {
                let common = got_text.chars().zip(expected_text.chars()).take_while(|(a, b)| a == b).count();
                let near = |text: &str| text.chars().skip(common.saturating_sub(30)).take(150).collect::<String>();
                panic!("{name}: …{}… instead of …{}…; {story}", near(&got_text), near(&expected_text));
            }
            if self.unfinished == 0 && !self.has_failed {
                assert_eq!(got, expected, "{name}; {story}");
            }
            assert!(of_output().is_sorted_by_key(|(_, time_ns, _)| *time_ns), "{name}; {story}");
        }
        let mut torn: Vec<&str> =
            state.lines.iter().filter(|(l, ..)| !l.contains("stream")).map(|(_, _, t)| t.as_str()).collect();
        torn.sort_unstable();
        self.torn.sort_unstable();
        assert_eq!(torn, self.torn, "{story}");
    }
}

fn open_log(bench: &Bench) -> File {
    OpenOptions::new().create(true).append(true).open(bench.path(NAME)).unwrap()
}

fn drill(format: LogFormat, may_lose_positions: bool) {
    let first = testkit::seed(0);
    for seed in first..first + 150 {
        let mut drill = Drill::new(seed, format, may_lose_positions);
        for _ in 0..120 {
            drill.turn();
        }
        drill.finish(seed);
    }
}

#[test]
fn every_line_of_docker_arrives_once() {
    drill(LogFormat::DockerJson, false);
}

#[test]
fn every_line_of_podman_arrives_once() {
    drill(LogFormat::Cri, false);
}

#[test]
fn every_line_arrives_once_although_positions_are_lost() {
    drill(LogFormat::DockerJson, true);
    drill(LogFormat::Cri, true);
}
