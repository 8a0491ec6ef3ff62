//! What becomes of single files.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs::{self, File};
use std::time::{Duration, UNIX_EPOCH};

use common::{Bench, Mood, append};
use model::Clock;
use shipper::{LineSink, MAX_LINE_BYTES, Options, Settings, Shipper, Stop};

fn why(shipper: &Shipper, name: &str) -> Option<String> {
    let status = shipper.status();
    let status = status.lock();
    status.passed.iter().find(|passed| passed.path.ends_with(name)).map(|passed| passed.why.clone())
}

#[test]
fn lines_come_with_labels_and_rising_times() {
    let bench = Bench::new("*.log");
    append(&bench.path("a.log"), "one\ntwo\r\n\nfour");
    let mut shipper = bench.start();
    shipper.step();
    assert_eq!(bench.sink.texts(), ["one", "two", ""]);
    append(&bench.path("a.log"), " and more\n");
    shipper.step();
    assert_eq!(bench.sink.texts(), ["one", "two", "", "four and more"]);
    let state = bench.sink.0.lock();
    let now_ns = bench.clock.now_ms() * 1_000_000;
    let times: Vec<i64> = state.lines.iter().map(|(_, time, _)| time - now_ns).collect();
    assert_eq!(times, [0, 1, 2, 3]);
    let filename = bench.path("a.log").display().to_string();
    assert_eq!(state.lines[0].0.to_string(), format!(r#"{{filename="{filename}", host="here", job="varlogs"}}"#));
}

#[test]
fn a_file_that_appears_later_is_read_from_its_start() {
    let bench = Bench::new("**/*.log");
    let mut shipper = bench.start();
    bench.rounds(&mut shipper, 1);
    fs::create_dir(bench.path("new")).unwrap();
    append(&bench.path("new/b.log"), "first\n");
    bench.rounds(&mut shipper, 1);
    assert_eq!(bench.sink.texts(), ["first"]);
}

#[test]
fn first_sight_takes_only_what_is_new() {
    let bench = Bench::new("*");
    append(&bench.path("old"), "long ago\nunfinished");
    let old = File::options().append(true).open(bench.path("old")).unwrap();
    let day_ago = u64::try_from(bench.clock.now_ms()).unwrap() - 25 * 3_600_000;
    old.set_modified(UNIX_EPOCH + Duration::from_millis(day_ago)).unwrap();
    let line = format!("{}\n", "x".repeat(1023));
    append(&bench.path("large"), &line.repeat(65 * 1024));
    let mut shipper = bench.start();
    for _ in 0..20 {
        shipper.step();
    }
    assert_eq!(bench.sink.texts().len(), 64 * 1024);
    shipper.look_soon();
    shipper.step();
    assert_eq!(
        why(&shipper, "large").unwrap(),
        "1048576 bytes passed over: only the newest 64 MiB are taken of a file first seen"
    );
    assert_eq!(why(&shipper, "old").unwrap(), "9 bytes passed over: not touched for a day when first seen");
    // What is written to the old one from now on is new.
    append(&bench.path("old"), " line\nnew\n");
    bench.rounds(&mut shipper, 2);
    assert_eq!(bench.sink.texts()[64 * 1024..], ["unfinished line", "new"]);
}

#[test]
fn what_is_not_text_is_named_and_left() {
    let bench = Bench::new("**");
    append(&bench.path("a.log"), "text\n");
    fs::write(bench.path("table"), [1, 0, 0, 0, 7, 0, b'\n']).unwrap();
    append(&bench.path("a.log.2.gz"), "packed\n");
    append(&bench.path("wtmp"), "looks like text\n");
    let mut shipper = bench.start();
    bench.rounds(&mut shipper, 2);
    assert_eq!(bench.sink.texts(), ["text"]);
    assert_eq!(why(&shipper, "table").as_deref(), Some("binary"));
    assert_eq!(why(&shipper, "a.log.2.gz").as_deref(), Some("compressed"));
    assert_eq!(why(&shipper, "wtmp").as_deref(), Some("binary: a table of logins"));
}

#[test]
fn its_own_output_is_not_shipped() {
    let bench = Bench::new("**");
    fs::create_dir(bench.path("data")).unwrap();
    for name in ["a.log", "own.log", "data/x.log"] {
        append(&bench.path(name), &format!("{name}\n"));
    }
    let options = Options {
        positions: bench.positions(),
        data_dir: Some(bench.path("data")),
        own_files: vec![bench.path("own.log")],
    };
    let sink: std::sync::Arc<dyn LineSink> = bench.sink.clone();
    let fs = std::sync::Arc::new(durable::RealFs);
    let mut shipper = Shipper::new(bench.settings.clone(), sink, fs, bench.clock.clone(), options).unwrap();
    bench.rounds(&mut shipper, 2);
    assert_eq!(bench.sink.texts(), ["a.log"]);
}

#[test]
fn a_long_line_comes_in_parts_and_is_counted() {
    let bench = Bench::new("*");
    let line = "x".repeat(2 * MAX_LINE_BYTES + 10);
    append(&bench.path("a"), &format!("{line}\nend\n"));
    let mut shipper = bench.start();
    shipper.step();
    let texts = bench.sink.texts();
    assert_eq!(texts.iter().map(String::len).collect::<Vec<_>>(), [MAX_LINE_BYTES, MAX_LINE_BYTES, 10, 3]);
    assert_eq!(shipper.counters().split_lines.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[test]
fn a_refusal_holds_up_nobody_else_and_loses_nothing() {
    let bench = Bench::new("*");
    append(&bench.path("a"), "1\n2\n");
    let mut shipper = bench.start();
    bench.sink.set(Mood::Full);
    bench.rounds(&mut shipper, 3);
    assert_eq!(bench.sink.texts(), [""; 0]);
    assert!(why(&shipper, "a").unwrap().contains("the log store refused"));
    bench.sink.set(Mood::TakesAndFails);
    bench.rounds(&mut shipper, 10);
    bench.sink.set(Mood::Takes);
    append(&bench.path("a"), "3\n");
    bench.rounds(&mut shipper, 10);
    assert_eq!(bench.sink.texts(), ["1", "2", "3"]);
    assert_eq!(why(&shipper, "a"), None);
}

#[test]
fn the_last_line_of_a_rotated_file_needs_no_end() {
    let bench = Bench::new("*.log");
    append(&bench.path("a.log"), "1\nlast");
    let mut shipper = bench.start();
    bench.rounds(&mut shipper, 1);
    fs::rename(bench.path("a.log"), bench.path("a.log.1")).unwrap();
    append(&bench.path("a.log"), "new\n");
    bench.rounds(&mut shipper, 2);
    assert_eq!(bench.sink.texts(), ["1", "new"]);
    bench.rounds(&mut shipper, 20);
    assert_eq!(bench.sink.texts(), ["1", "new", "last"]);
    assert_eq!(shipper.status().lock().files.len(), 1);
}

#[test]
fn two_targets_on_one_file_each_get_it() {
    let mut bench = Bench::new("*.log");
    let text = format!(
        "scrape_configs:\n- job_name: a\n  static_configs: [{{labels: {{__path__: '{0}/log/*.log', job: a}}}}]\n- job_name: b\n  static_configs: [{{labels: {{__path__: '{0}/log/x*', job: b}}}}]\n",
        bench.dir.path().display()
    );
    bench.settings = Settings::from_promtail("promtail.yaml", &text, "here").unwrap().0;
    append(&bench.path("x.log"), "line\n");
    let mut shipper = bench.start();
    bench.rounds(&mut shipper, 1);
    drop(shipper);
    append(&bench.path("x.log"), "more\n");
    bench.rounds(&mut bench.start(), 1);
    let jobs: Vec<String> =
        bench.sink.0.lock().lines.iter().map(|(l, _, line)| format!("{} {line}", l.get("job"))).collect();
    assert_eq!(jobs, ["a line", "b line", "a more", "b more"]);
}

#[test]
fn other_settings_go_on_where_the_last_ended() {
    let bench = Bench::new("*.log");
    append(&bench.path("a.log"), "1\n");
    let mut shipper = bench.start();
    bench.rounds(&mut shipper, 1);
    shipper.reconfigure(Settings::files(&format!("{}/log/**", bench.dir.path().display()), "there").unwrap());
    append(&bench.path("a.log"), "2\n");
    bench.rounds(&mut shipper, 1);
    let hosts: Vec<String> =
        bench.sink.0.lock().lines.iter().map(|(l, _, line)| format!("{} {line}", l.get("host"))).collect();
    assert_eq!(hosts, ["here 1", "there 2"]);
}

#[test]
fn it_runs_on_its_own_thread_until_it_is_stopped() {
    let bench = Bench::new("*.log");
    append(&bench.path("a.log"), "1\n");
    let (stop, stopper) = Stop::new().unwrap();
    let mut shipper = bench.start();
    let counters = shipper.counters();
    let thread = std::thread::spawn(move || shipper.run(&stop));
    let lines = || counters.read_lines.load(std::sync::atomic::Ordering::Relaxed);
    while lines() < 1 {
        std::thread::yield_now();
    }
    append(&bench.path("b.log"), "2\n");
    while lines() < 2 {
        bench.clock.advance_ms(10);
        std::thread::yield_now();
    }
    stopper.stop();
    thread.join().unwrap();
    assert_eq!(bench.sink.texts(), ["1", "2"]);
    assert!(bench.positions().is_file());
}
