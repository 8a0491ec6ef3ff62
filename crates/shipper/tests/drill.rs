//! The loss drill: numbered lines through everything that happens to log files. Every number arrives once.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use common::{Bench, Mood};
use model::Clock;
use shipper::Shipper;
use testkit::Random;

/// Random choices, so that a seed tells everything.
struct Dice(Random);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0.next() % sides
    }
}

/// What may happen besides appends, renames, kills and refusals.
#[derive(Clone, Copy, Debug)]
struct Hazards {
    /// Files are copied and truncated, also while unread.
    copies: bool,
    /// The positions file is lost or damaged.
    losses: bool,
}

struct Drill {
    hazards: Hazards,
    bench: Bench,
    dice: Dice,
    shipper: Option<Shipper>,
    /// The program that writes, with its file still open.
    writer: File,
    /// Lines written.
    written: u64,
    /// What is to be written of a line of which a part stands there.
    rest: String,
    rotations: u64,
    lost_positions: bool,
    /// What was done, for the report.
    story: Vec<String>,
    /// The same first line in every file.
    banner: bool,
    banners: u64,
}

impl Drill {
    fn new(seed: u64, hazards: Hazards) -> Drill {
        let mut dice = Dice(Random(seed));
        let bench = Bench::new(if dice.roll(2) == 0 { "*.log" } else { "**" });
        let writer = open_log(&bench);
        let banner = dice.roll(3) == 0;
        let mut drill = Drill {
            hazards,
            bench,
            dice,
            shipper: None,
            writer,
            written: 0,
            rest: String::new(),
            rotations: 0,
            lost_positions: false,
            story: Vec::new(),
            banner,
            banners: 0,
        };
        drill.begin_file();
        drill
    }

    /// Writes, and lets the file have been written at the time of the drill's clock.
    fn write(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).unwrap();
        self.touch();
    }

    fn touch(&self) {
        let now_ms = u64::try_from(self.bench.clock.now_ms()).unwrap();
        self.writer.set_modified(UNIX_EPOCH + Duration::from_millis(now_ms)).unwrap();
    }

    fn begin_file(&mut self) {
        self.touch();
        if self.banner {
            // A line stands behind it: a file that holds no more than another one begins with cannot be told from its copy.
            self.write(&format!("a new log begins\nline {} first\n", self.written));
            self.written += 1;
            self.banners += 1;
        }
    }

    fn lines(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        let mut text = rest;
        for _ in 0..self.dice.roll(30) {
            text.push_str(&format!("line {} {}\n", self.written, "x".repeat(self.dice.roll(100) as usize)));
            self.written += 1;
        }
        self.write(&text);
    }

    fn part(&mut self) {
        if self.rest.is_empty() {
            let line = format!("line {} with a longer text\n", self.written);
            self.written += 1;
            let cut = 1 + self.dice.roll(line.len() as u64 - 1) as usize;
            self.write(&line[..cut]);
            self.rest = line[cut..].to_owned();
        }
    }

    fn finish_line(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        if !rest.is_empty() {
            self.write(&rest);
        }
    }

    fn shift(&mut self) {
        for n in (1..=self.rotations).rev() {
            let (from, to) = (self.bench.path(&format!("app.log.{n}")), self.bench.path(&format!("app.log.{}", n + 1)));
            fs::rename(from, to).unwrap();
        }
        self.rotations += 1;
    }

    fn rename(&mut self) {
        self.shift();
        fs::rename(self.bench.path("app.log"), self.bench.path("app.log.1")).unwrap();
        let new = open_log(&self.bench);
        let now_ms = u64::try_from(self.bench.clock.now_ms()).unwrap();
        new.set_modified(UNIX_EPOCH + Duration::from_millis(now_ms)).unwrap();
        // A program goes on writing to the old file until it is told.
        match self.dice.roll(3) {
            0 => self.lines(),
            1 => {
                self.step();
                self.lines();
            }
            _ => {}
        }
        self.finish_line();
        self.writer = new;
        self.begin_file();
    }

    fn copy_and_truncate(&mut self) {
        self.finish_line();
        let lines = fs::read_to_string(self.bench.path("app.log")).unwrap().lines().count();
        if !self.hazards.copies || self.banner || lines == 1 {
            // Of files that have no more in common than their beginning, one may be a copy of the other, or not.
            return;
        }
        self.shift();
        fs::copy(self.bench.path("app.log"), self.bench.path("app.log.1")).unwrap();
        let copy = OpenOptions::new().append(true).open(self.bench.path("app.log.1")).unwrap();
        let now_ms = u64::try_from(self.bench.clock.now_ms()).unwrap();
        copy.set_modified(UNIX_EPOCH + Duration::from_millis(now_ms)).unwrap();
        if self.dice.roll(3) == 0 {
            self.step();
        }
        self.writer.set_len(0).unwrap();
        self.begin_file();
    }

    fn kill(&mut self) {
        self.shipper = None;
        // No process starts within the same millisecond.
        self.bench.clock.advance_ms(1);
    }

    fn lose_positions(&mut self) {
        // The store must know the name by now; of files that begin alike only the positions tell which is which.
        if !self.hazards.losses || self.banner || self.bench.sink.texts().is_empty() {
            return;
        }
        self.lost_positions = true;
        self.kill();
        if self.dice.roll(2) == 0 {
            fs::write(self.bench.positions(), "MenaraSP\u{1}\0\0\0 and then nonsense").unwrap();
        } else if self.bench.positions().is_file() {
            fs::remove_file(self.bench.positions()).unwrap();
        }
        // The store is all that is left to ask, so it must answer once.
        self.bench.sink.set(Mood::Takes);
        self.step();
    }

    fn step(&mut self) {
        let pause = [0, 250, 1_000, 2_000, 5_000][self.dice.roll(5) as usize];
        self.bench.clock.advance_ms(pause);
        let bench = &self.bench;
        self.shipper.get_or_insert_with(|| bench.start()).step();
    }

    fn mood(&mut self) {
        let mood = [Mood::Takes, Mood::Takes, Mood::Full, Mood::TakesAndFails][self.dice.roll(4) as usize];
        self.bench.sink.set(mood);
    }

    fn turn(&mut self) {
        let (name, act): (&str, fn(&mut Drill)) = match self.dice.roll(30) {
            0..=8 => ("lines", Drill::lines),
            9..=10 => ("part", Drill::part),
            11..=13 => ("rename", Drill::rename),
            14 => ("copytruncate", Drill::copy_and_truncate),
            15..=16 => ("kill", Drill::kill),
            17 => ("lose positions", Drill::lose_positions),
            18..=19 => ("mood", Drill::mood),
            _ => ("step", Drill::step),
        };
        self.story.push(format!("{name} ({})", self.written));
        act(self);
    }

    fn finish(mut self, seed: u64) {
        self.finish_line();
        self.bench.sink.set(Mood::Takes);
        for _ in 0..40 {
            self.bench.clock.advance_ms(2_000);
            self.step();
        }
        let state = self.bench.sink.0.lock();
        let (banners, numbered): (Vec<&str>, Vec<&str>) =
            state.lines.iter().map(|(_, _, line)| line.as_str()).partition(|line| *line == "a new log begins");
        let numbers: Vec<u64> = numbered
            .iter()
            .map(|line| line.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(u64::MAX))
            .collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        let story = || format!("seed {seed}, {:?}: {}", self.hazards, self.story.join(", "));
        assert_eq!(state.wrong, Vec::<String>::new(), "{}", story());
        let missing: Vec<u64> = (0..self.written).filter(|n| sorted.binary_search(n).is_err()).collect();
        let repeated: Vec<u64> = sorted.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
        assert!(missing.is_empty() && repeated.is_empty(), "missing {missing:?} repeated {repeated:?}; {}", story());
        assert_eq!(banners.len() as u64, self.banners, "{}", story());
        let mut streams: BTreeMap<String, Vec<(i64, u64)>> = BTreeMap::new();
        for (labels, time_ns, line) in &state.lines {
            let number = line.split(' ').nth(1).and_then(|n| n.parse().ok());
            streams.entry(labels.to_string()).or_default().push((*time_ns, number.unwrap_or(0)));
        }
        for (labels, lines) in &streams {
            assert!(lines.is_sorted_by(|a, b| a.0 < b.0), "times go back in {labels}: {lines:?}; {}", story());
            if self.banner || self.lost_positions || self.hazards.copies {
                // Files that begin alike may wait for each other to turn out not to be copies, and the rest of a copy may be
                // found after what came behind it. Nothing is lost or repeated, but the order is.
                continue;
            }
            let numbers: Vec<u64> = lines.iter().map(|(_, number)| *number).filter(|number| *number > 0).collect();
            assert!(numbers.is_sorted(), "out of order in {labels}: {numbers:?}; {}", story());
        }
    }
}

fn open_log(bench: &Bench) -> File {
    OpenOptions::new().create(true).append(true).open(bench.path("app.log")).unwrap()
}

fn drill(seed: u64, hazards: Hazards) {
    let mut drill = Drill::new(seed, hazards);
    // A first look, so that what is there counts as seen.
    drill.step();
    for _ in 0..120 {
        drill.turn();
    }
    drill.finish(seed);
}

#[test]
fn every_number_arrives_once() {
    for (copies, losses) in [(false, false), (true, false), (false, true), (true, true)] {
        for seed in 0..100 {
            drill(seed, Hazards { copies, losses });
        }
    }
}
