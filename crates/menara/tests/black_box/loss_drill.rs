//! Numbered lines through appends, rotations, restarts and kills: every number once.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::{Random, seed};

use crate::lines::{append, tail_files};
use crate::program::Program;

const FILES: usize = 3;
const ROUNDS: u32 = 60;

/// A file that a program writes and something else rotates.
struct Source {
    name: char,
    path: PathBuf,
    written: u32,
    rotations: u32,
    /// The begun line that still lacks its end.
    begun: bool,
}

impl Source {
    fn new(dir: &Path, index: usize) -> Source {
        let name = char::from(b'a' + index as u8);
        Source { name, path: dir.join(format!("logs/{name}.log")), written: 0, rotations: 0, begun: false }
    }

    fn write(&mut self, random: &mut Random) {
        let mut text = String::new();
        if self.begun {
            text.push_str("end\n");
            self.begun = false;
        }
        for _ in 0..=random.below(120) {
            let padding = "x".repeat(random.below(300));
            text.push_str(&format!("file={} n={:06} {padding}end\n", self.name, self.written));
            self.written += 1;
        }
        if random.below(4) == 0 {
            text.push_str(&format!("file={} n={:06} ", self.name, self.written));
            self.written += 1;
            self.begun = true;
        }
        append(&self.path, &text);
    }

    fn end_line(&mut self) {
        if self.begun {
            append(&self.path, "end\n");
            self.begun = false;
        }
    }

    /// As logrotate does by default: the file gets another name, a new one takes its place.
    fn rename(&mut self) {
        self.end_line();
        for n in (1..=self.rotations).rev() {
            let older = |n: u32| self.path.with_extension(format!("log.{n}"));
            fs::rename(older(n), older(n + 1)).expect("it can be renamed");
        }
        if fs::rename(&self.path, self.path.with_extension("log.1")).is_ok() {
            self.rotations += 1;
        }
        File::create(&self.path).expect("a file");
    }

    /// As logrotate does with `copytruncate`: what was not read by then is lost, by design of that mode.
    fn truncate(&mut self, program: &Program) {
        self.end_line();
        self.wait_until_read(program);
        File::create(&self.path).expect("a file");
    }

    fn wait_until_read(&self, program: &Program) {
        let query = format!(r#"{{job="drill"}} |= "file={} n=""#, self.name);
        let expected = self.written as usize - usize::from(self.begun);
        if program.waits_for(Duration::from_secs(20), |p| count(p, &query) >= expected) {
            return;
        }
        println!("file {}: {} of {expected} lines are there", self.name, count(program, &query));
        check(program, self);
        panic!("file {}: more lines are there than were written", self.name);
    }
}

fn count(program: &Program, query: &str) -> usize {
    let target = format!("sum(count_over_time({query}[1h]))");
    let data = program.data(&format!("/loki/api/v1/query?query={}", crate::program::encode(&target)));
    data["result"][0]["value"][1].as_str().map_or(0, |text| text.parse().expect("a number"))
}

#[test]
fn every_number_once() {
    let mut random = Random(seed(20_261_125));
    let dir = tempfile::tempdir().expect("a directory");
    tail_files(dir.path());
    let mut sources: Vec<Source> = (0..FILES).map(|index| Source::new(dir.path(), index)).collect();
    let running = Program::start(dir.path());
    for source in &mut sources {
        // A file has to be seen once under its name; what was renamed away before that is not ours to know.
        source.write(&mut random);
        source.end_line();
        source.wait_until_read(&running);
    }
    let mut program = Some(running);
    for _ in 0..ROUNDS {
        let source = &mut sources[random.below(FILES)];
        let action = random.below(12);
        println!("file {} at {}: action {action}, running: {}", source.name, source.written, program.is_some());
        match action {
            0 | 1 => source.rename(),
            2 => {
                if let Some(program) = &program {
                    source.truncate(program);
                }
            }
            3 => {
                if let Some(running) = program.take() {
                    running.kill();
                }
            }
            4 => {
                if let Some(running) = program.take() {
                    running.signal("TERM");
                    assert_eq!(running.wait().code(), Some(0));
                }
            }
            _ => source.write(&mut random),
        }
        if program.is_none() && random.below(2) == 0 {
            program = Some(Program::start(dir.path()));
        }
    }
    let program = program.unwrap_or_else(|| Program::start(dir.path()));
    for source in &mut sources {
        source.write(&mut random);
        source.end_line();
        source.wait_until_read(&program);
        check(&program, source);
    }
}

/// Every number of a file is there once, whole and in order.
fn check(program: &Program, source: &Source) {
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for hundred in 0..=source.written / 100 {
        let query = format!(r#"{{job="drill"}} |= "file={} n={hundred:04}""#, source.name);
        let lines = program.lines(&query);
        let numbers: Vec<u32> = lines
            .iter()
            .map(|line| {
                assert!(line.ends_with("end"), "cut: {line}");
                line.split("n=").nth(1).and_then(|rest| rest.get(..6)).and_then(|n| n.parse().ok()).expect("a number")
            })
            .collect();
        assert!(numbers.is_sorted(), "out of order: {numbers:?}");
        for number in numbers {
            *seen.entry(number).or_default() += 1;
        }
    }
    let wrong: Vec<(u32, u32)> = (0..source.written)
        .map(|number| (number, seen.get(&number).copied().unwrap_or(0)))
        .filter(|(_, times)| *times != 1)
        .collect();
    assert!(wrong.is_empty(), "file {}: (number, times) {wrong:?}", source.name);
}
