//! What becomes of the logs of containers.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::sync::atomic::Ordering;
use std::time::{Duration, UNIX_EPOCH};

use common::{Bench, EPOCH_NS, Mood, append, cri, docker, log};
use model::Clock;
use shipper::LogFormat::{Cri, DockerJson};
use shipper::{LogState, Settings, Shipper, Stop};

/// A bench whose settings want nothing.
fn bench() -> Bench {
    let mut bench = Bench::new("*");
    bench.settings = Settings::default();
    bench
}

/// Everything that arrived, as `labels line`.
fn arrived(bench: &Bench) -> Vec<String> {
    let shown = |labels: &model::Labels| {
        let values: Vec<&str> = labels.iter().map(|(_, value)| value).collect();
        values.join("/")
    };
    bench.sink.0.lock().lines.iter().map(|(labels, _, line)| format!("{} {line}", shown(labels))).collect()
}

fn whys(shipper: &Shipper) -> Vec<String> {
    let status = shipper.status();
    let status = status.lock();
    let name = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    status.passed.iter().map(|passed| format!("{}: {}", name(&passed.path), passed.why)).collect()
}

#[test]
fn lines_bear_their_own_times_and_streams() {
    let bench = bench();
    append(&bench.path("c.log"), &(docker("stdout", 5, "one\n") + &docker("stderr", 7, "two\r\n")));
    append(&bench.path("p.log"), &(cri("stdout", 9, "F", "three") + &cri("stderr", 8, "F", "four")));
    let mut shipper = bench.start();
    let logs = shipper.container_logs();
    shipper.step();
    assert_eq!(arrived(&bench), [""; 0]);
    logs.set(vec![log(bench.path("c.log"), DockerJson, "c"), log(bench.path("p.log"), Cri, "p")]);
    // At the next round, without a look being due.
    shipper.step();
    assert_eq!(arrived(&bench), ["c/stdout one", "c/stderr two", "p/stdout three", "p/stderr four"]);
    let state = bench.sink.0.lock();
    assert_eq!(state.lines.iter().map(|(_, time, _)| time - EPOCH_NS).collect::<Vec<_>>(), [5, 7, 9, 8]);
    assert_eq!(state.lines[0].0.to_string(), r#"{container="c", stream="stdout"}"#);
    assert_eq!(state.own_times, 4);
    let status = shipper.status();
    assert_eq!(status.lock().of(&bench.path("c.log")), Some(&LogState::Followed));
    assert_eq!(status.lock().of(&bench.path("other")), None);
    assert_eq!(status.lock().files.len(), 2);
}

#[test]
fn all_of_the_past_is_taken_up_oldest_first() {
    let bench = bench();
    let name = "c-json.log";
    // More than is taken of a plain file, and older.
    let long = "x".repeat(1000);
    let mut at = 0;
    for (file, lines) in [("c-json.log.2", 10), ("c-json.log.1", 70_000), (name, 10)] {
        let mut text = String::new();
        for _ in 0..lines {
            at += 1;
            text.push_str(&docker("stdout", at, &format!("{at} {long}\n")));
        }
        append(&bench.path(file), &text);
        let modified = UNIX_EPOCH + Duration::from_millis(bench.clock.now_ms() as u64 - 40 * 24 * 3_600_000 + at);
        fs::File::options().append(true).open(bench.path(file)).unwrap().set_modified(modified).unwrap();
    }
    append(&bench.path("c-json.log.3.gz"), "packed");
    // Not one of its files, although plain files are also rotated so.
    append(&bench.path("c-json.1.log"), &docker("stdout", 1, "other\n"));
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(bench.path(name), DockerJson, "c")]);
    bench.rounds(&mut shipper, 40);
    let numbers: Vec<u64> = bench.sink.texts().iter().map(|t| t.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (1..=at).collect::<Vec<u64>>());
    assert_eq!(whys(&shipper), ["c-json.log.3.gz: compressed"]);
    // After a restart nothing comes again.
    drop(shipper);
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(bench.path(name), DockerJson, "c")]);
    bench.rounds(&mut shipper, 10);
    assert_eq!(bench.sink.texts().len() as u64, at);
}

#[test]
fn a_kill_while_the_past_is_taken_up_loses_nothing() {
    for kill_after in 0..8 {
        let bench = bench();
        for (n, file) in ["c.log.2", "c.log.1", "c.log"].into_iter().enumerate() {
            append(&bench.path(file), &docker("stdout", n as u64, &format!("{n}\n")));
            let modified = UNIX_EPOCH + Duration::from_millis(bench.clock.now_ms() as u64 - 5_000 + n as u64);
            fs::File::options().append(true).open(bench.path(file)).unwrap().set_modified(modified).unwrap();
        }
        let logs = || vec![log(bench.path("c.log"), DockerJson, "c")];
        let mut shipper = bench.start();
        shipper.container_logs().set(logs());
        for round in 0..16 {
            bench.sink.set(if round % 4 == 3 { Mood::Takes } else { Mood::Full });
            bench.rounds(&mut shipper, 1);
            if round == kill_after {
                bench.clock.advance_ms(1);
                shipper = bench.start();
                shipper.container_logs().set(logs());
            }
        }
        bench.sink.set(Mood::Takes);
        bench.rounds(&mut shipper, 20);
        assert_eq!(bench.sink.texts(), ["0", "1", "2"], "killed after {kill_after}");
    }
}

#[test]
fn another_name_holds_for_the_lines_that_follow_and_disturbs_nobody() {
    let bench = bench();
    append(&bench.path("a.log"), &docker("stdout", 1, "1\n"));
    append(&bench.path("b.log"), &docker("stdout", 1, "1\n"));
    let mut shipper = bench.start();
    let logs = shipper.container_logs();
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a"), log(bench.path("b.log"), DockerJson, "b")]);
    shipper.step();
    logs.set(vec![log(bench.path("a.log"), DockerJson, "new"), log(bench.path("b.log"), DockerJson, "b")]);
    append(&bench.path("a.log"), &docker("stdout", 2, "2\n"));
    append(&bench.path("b.log"), &docker("stdout", 2, "2\n"));
    shipper.step();
    assert_eq!(arrived(&bench), ["a/stdout 1", "b/stdout 1", "new/stdout 2", "b/stdout 2"]);
    assert_eq!(shipper.status().lock().files.len(), 2);
}

#[test]
fn the_log_of_a_container_that_is_gone_is_read_to_its_end() {
    let bench = bench();
    append(&bench.path("a.log"), &docker("stdout", 1, "1\n"));
    let mut shipper = bench.start();
    let logs = shipper.container_logs();
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a")]);
    shipper.step();
    append(&bench.path("a.log"), &(docker("stdout", 2, "2\n") + &docker("stdout", 3, "no end")));
    fs::remove_file(bench.path("a.log")).unwrap();
    logs.set(Vec::new());
    shipper.step();
    assert_eq!(bench.sink.texts(), ["1", "2", "no end"]);
    assert_eq!(shipper.status().lock().of(&bench.path("a.log")), None);
    bench.rounds(&mut shipper, 20);
    assert_eq!(shipper.status().lock().files, []);
}

#[test]
fn a_container_that_is_there_for_a_moment_is_looked_at() {
    let bench = bench();
    append(&bench.path("a.log"), &docker("stdout", 1, "1\n"));
    let mut shipper = bench.start();
    let logs = shipper.container_logs();
    shipper.step();
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a")]);
    logs.set(Vec::new());
    shipper.step();
    assert_eq!(arrived(&bench), ["a/stdout 1"]);
    bench.rounds(&mut shipper, 20);
    assert_eq!(shipper.status().lock().files, []);
    // Back again, it goes on where it was.
    append(&bench.path("a.log"), &docker("stdout", 2, "2\n"));
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a")]);
    bench.rounds(&mut shipper, 2);
    assert_eq!(arrived(&bench), ["a/stdout 1", "a/stdout 2"]);
}

#[test]
fn a_line_without_an_end_waits_a_while() {
    let bench = bench();
    let path = bench.path("c.log");
    append(&path, &(docker("stdout", 1, "whole\n") + &docker("stdout", 2, "half ") + &docker("stderr", 3, "error\n")));
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(path.clone(), DockerJson, "c")]);
    shipper.step();
    assert_eq!(bench.sink.texts(), ["whole"]);
    // A restart begins the line again.
    bench.clock.advance_ms(1);
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(path.clone(), DockerJson, "c")]);
    shipper.step();
    bench.clock.advance_ms(4_000);
    append(&path, &docker("stdout", 4, "done\n"));
    shipper.step();
    assert_eq!(bench.sink.texts(), ["whole", "half done", "error"]);
    append(&path, &docker("stdout", 5, "open"));
    shipper.step();
    bench.clock.advance_ms(4_999);
    shipper.step();
    assert_eq!(bench.sink.texts().len(), 3);
    bench.clock.advance_ms(1);
    shipper.step();
    append(&path, &docker("stdout", 6, "more\n"));
    shipper.step();
    assert_eq!(bench.sink.texts()[3..], ["open", "more"]);
    assert_eq!(shipper.counters().unfinished_lines.load(Ordering::Relaxed), 1);
}

#[test]
fn lines_that_are_never_whole_at_the_same_time_are_cut_at_last() {
    let bench = bench();
    let path = bench.path("c.log");
    let text = "x".repeat(16_000);
    let (mut written, mut expected) = (String::new(), 0);
    for n in 0..400 {
        // Each ends while the other is open.
        let output = ["stdout", "stderr"][n % 2];
        let end = if n % 4 < 2 { "" } else { "\n" };
        written.push_str(&docker(output, n as u64, &format!("{text}{end}")));
        written.push_str(&docker(output, n as u64, if n % 4 < 2 { "" } else { "y" }));
        expected += text.len() + usize::from(n % 4 >= 2);
    }
    append(&path, &written);
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(path.clone(), DockerJson, "c")]);
    bench.rounds(&mut shipper, 10);
    assert_eq!(bench.sink.texts().iter().map(String::len).sum::<usize>(), expected);
    assert_eq!(bench.sink.0.lock().wrong, Vec::<String>::new());
}

#[test]
fn torn_entries_are_kept_and_named() {
    let bench = bench();
    let path = bench.path("c.log");
    append(
        &path,
        &(docker("stdout", 1, "1\n") + "{\"log\":\"to" + &docker("stdout", 2, "2\n") + &docker("stdout", 3, "3\n")),
    );
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![log(path, DockerJson, "c")]);
    bench.rounds(&mut shipper, 2);
    let torn = "{\"log\":\"to".to_owned() + docker("stdout", 2, "2\n").trim_end();
    assert_eq!(arrived(&bench), ["c/stdout 1".to_owned(), "c/stdout 3".to_owned(), format!("c {torn}")]);
    assert_eq!(bench.sink.0.lock().lines[2].1, EPOCH_NS + 1);
    assert_eq!(whys(&shipper), ["c.log: entries not in the format json-file, shipped as they stand: 1"]);
    assert_eq!(shipper.counters().malformed_entries.load(Ordering::Relaxed), 1);
}

#[test]
fn the_settings_come_first() {
    let mut bench = Bench::new("a.log");
    let entry = docker("stdout", 1, "1\n");
    append(&bench.path("a.log"), &entry);
    append(&bench.path("b.log"), &docker("stdout", 2, "1\n"));
    let logs = || vec![log(bench.path("a.log"), DockerJson, "a"), log(bench.path("b.log"), DockerJson, "b")];
    let mut shipper = bench.start();
    shipper.container_logs().set(logs());
    bench.rounds(&mut shipper, 2);
    assert_eq!(bench.sink.texts(), [entry.trim_end(), "1"]);
    let why = "shipped as the job varlogs of the settings says";
    assert_eq!(whys(&shipper), [format!("a.log: {why}")]);
    assert_eq!(shipper.status().lock().of(&bench.path("a.log")), Some(&LogState::GivesWay(why.to_owned())));
    // Once the settings do not want it any more, it goes on as the container's.
    append(&bench.path("a.log"), &docker("stdout", 3, "2\n"));
    shipper.reconfigure(Settings::default());
    bench.rounds(&mut shipper, 2);
    assert_eq!(arrived(&bench)[2..], ["a/stdout 2"]);
    drop(shipper);
    let logs = logs();
    append(&bench.path("a.log"), &docker("stdout", 4, "3\n"));
    bench.settings = Settings::default();
    let mut shipper = bench.start();
    shipper.container_logs().set(logs);
    bench.rounds(&mut shipper, 2);
    assert_eq!(arrived(&bench)[3..], ["a/stdout 3"]);
}

#[test]
fn what_cannot_be_read_is_named() {
    let bench = bench();
    append(&bench.path("file"), "");
    let inside = bench.path("file").join("c.log");
    let mut shipper = bench.start();
    shipper.container_logs().set(vec![
        log(inside.clone(), Cri, "c"),
        log(bench.path("not/there.log"), Cri, "d"),
        log(bench.path("later.log"), Cri, "e"),
    ]);
    bench.rounds(&mut shipper, 1);
    let status = shipper.status();
    let unreadable = LogState::Unreadable("Not a directory (os error 20)".to_owned());
    assert_eq!(status.lock().of(&inside), Some(&unreadable));
    assert_eq!(status.lock().of(&bench.path("later.log")), None);
    append(&bench.path("later.log"), &cri("stdout", 1, "F", "1"));
    bench.rounds(&mut shipper, 1);
    assert_eq!(status.lock().of(&bench.path("later.log")), Some(&LogState::Followed));
    assert_eq!(arrived(&bench), ["e/stdout 1"]);
}

#[test]
fn a_word_about_containers_wakes_the_shipper() {
    let bench = bench();
    append(&bench.path("a.log"), &docker("stdout", 1, "1\n"));
    let (stop, stopper) = Stop::new().unwrap();
    let mut shipper = bench.start();
    let (counters, logs) = (shipper.counters(), shipper.container_logs());
    let thread = std::thread::spawn(move || shipper.run(&stop));
    // The clock stands still, so that no look comes due.
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a")]);
    while counters.read_lines.load(Ordering::Relaxed) < 1 {
        std::thread::yield_now();
    }
    append(&bench.path("b.log"), &docker("stdout", 1, "2\n"));
    logs.set(vec![log(bench.path("a.log"), DockerJson, "a"), log(bench.path("b.log"), DockerJson, "b")]);
    while counters.read_lines.load(Ordering::Relaxed) < 2 {
        std::thread::yield_now();
    }
    stopper.stop();
    thread.join().unwrap();
    assert_eq!(arrived(&bench), ["a/stdout 1", "b/stdout 2"]);
}
