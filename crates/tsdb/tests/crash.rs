//! The crash drill, on the real file system: a process that writes is killed again and again; what it acknowledged is there.
//!
//! What is left after a kill is opened and compared with the batches that must be there ([`testkit::crash`]).
#![cfg(test)]

mod support;

use std::path::Path;
use std::sync::Arc;

use durable::RealFs;
use model::{Clock, ManualClock};
use storage::ErrorKind;
use support::{DAY_MS, Row, Samples};
use testkit::Random;
use testkit::crash::{self, Writer};
use tsdb::{Options, SyncMode, Tsdb};

const KILLS: usize = 36;
/// Time between batches; three in four of a minute, so that a drill covers several windows of merges.
const STEP_MS: i64 = 45_000;

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let seed = testkit::seed(20_261_124);
    let mut random = Random(seed);
    let dir = tempfile::tempdir().expect("a temporary directory");
    // All batches below this number were acknowledged.
    let mut next = 0;
    let mut must = Samples::new();
    let mut replayed_batches = 0;
    for kill in 0..KILLS {
        let wanted = 1 + random.below(if kill % 4 == 0 { 20 } else { 150 }) as u64;
        let acknowledged_below = crash::run_and_kill(dir.path(), seed, next, wanted);
        assert!(acknowledged_below >= next + wanted, "kill {kill}: the writer ended by itself");
        (next..acknowledged_below).for_each(|number| Batch::new(seed, number).remember(&mut must));
        next = acknowledged_below;
        let store = open(dir.path(), next, SyncMode::Interval);
        compare(&store, &must, &Batch::new(seed, next), &format!("seed {seed}, kill {kill}, {next} batches"));
        assert_eq!(store.stats().corruptions, 0, "a kill tears at most the last record");
        replayed_batches += store.stats().replayed_batches;
    }
    let levels = block_levels(dir.path());
    println!("{KILLS} kills, {next} batches, {replayed_batches} replayed, block levels {levels:?}");
    assert!(replayed_batches > 0, "every kill came right behind a seal");
    assert!(levels.iter().any(|&level| level > 0), "nothing was merged: {levels:?}");
}

/// Everything acknowledged is there to the bit; of the batch after it all or nothing; and nothing else.
fn compare(store: &Tsdb, must: &Samples, next: &Batch, what: &str) {
    let found = support::read_all(store).expect("no damage");
    let mut with_next = must.clone();
    next.remember(&mut with_next);
    if found != *must && found != with_next {
        let missing = support::missing_of_subset(&found, &with_next, what);
        panic!("{what}: {missing} of {} samples are missing", support::n_samples(&with_next));
    }
}

/// The levels in the headers of all blocks, as `docs/format/block.md` draws them.
fn block_levels(dir: &Path) -> Vec<u32> {
    let names = std::fs::read_dir(dir.join("blocks")).expect("the directory of blocks");
    let paths = names.map(|entry| entry.expect("an entry").path());
    let headers = paths.map(|path| std::fs::read(path).expect("a block"));
    headers.map(|bytes| u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes"))).collect()
}

fn open(dir: &Path, next: u64, sync: SyncMode) -> Tsdb {
    open_with(dir, Arc::new(ManualClock::new(time_ms(next))), sync)
}

fn open_with(dir: &Path, clock: Arc<ManualClock>, sync: SyncMode) -> Tsdb {
    let options = Options { sync, max_disk_share: 1.0, min_free_share: 0.0, ..support::options() };
    Tsdb::open(dir, Arc::new(RealFs), clock as Arc<dyn Clock>, options).expect("the store opens")
}

fn time_ms(number: u64) -> i64 {
    DAY_MS + number as i64 * STEP_MS
}

/// A batch as it follows from its number.
struct Batch {
    number: u64,
    times_ms: Vec<i64>,
    rows: Vec<Row>,
}

impl Batch {
    fn new(seed: u64, number: u64) -> Batch {
        let mut random = Random(seed ^ number.wrapping_mul(0x5851_f42d_4c95_7f2d));
        let newest_ms = time_ms(number);
        let mut times_ms = vec![newest_ms];
        if number.is_multiple_of(5) {
            times_ms.insert(0, newest_ms - 20_000);
        }
        if number.is_multiple_of(11) {
            // Far behind what was written last, at a time that no other batch has.
            times_ms.insert(0, newest_ms - 2 * support::HOUR_MS - 7);
        }
        let group = Batch::group(number);
        let mut rows = Vec::new();
        for time in 0..times_ms.len() {
            for series in 0..12 {
                if random.below(10) > 0 {
                    let whole = random.below(2) == 0;
                    let value = if whole { random.below(100_000) as f64 } else { f64::from_bits(random.next()) };
                    rows.push((support::series_labels(group, series), time as u32, value));
                }
            }
        }
        Batch { number, times_ms, rows }
    }

    fn group(number: u64) -> usize {
        number as usize % 3
    }

    fn remember(&self, samples: &mut Samples) {
        support::remember(samples, &self.times_ms, &self.rows);
    }

    fn append(&self, store: &Tsdb) {
        let group = format!("source {}", Batch::group(self.number));
        let token = Some(u128::from(self.number) + 1);
        let ack = support::append(store, &group, token, &self.times_ms, &self.rows).expect("a healthy disk");
        // The first batch of a writer may be a retry of one that the last writer did not live to acknowledge.
        assert_eq!(ack.appended + ack.repeated, self.rows.len() as u64, "batch {}: {ack:?}", self.number);
    }
}

/// The process that is killed. By itself it does nothing.
#[test]
#[ignore = "the drill starts it"]
fn writer() {
    let Some(writer) = Writer::of_environment() else { return };
    let (seed, first) = (writer.seed, writer.first);
    let sync = if first.is_multiple_of(3) { SyncMode::Always } else { SyncMode::Interval };
    let clock = Arc::new(ManualClock::new(time_ms(first)));
    let store = open_with(&writer.dir, Arc::clone(&clock), sync);
    let maintained = store.clone();
    let write = |number| {
        clock.set_ms(time_ms(number));
        Batch::new(seed, number).append(&store);
    };
    writer.run(write, 8, move |turn| {
        if turn % 5 == 0 { maintained.seal() } else { maintained.tick() }.expect("a healthy disk");
    });
}

#[test]
fn a_store_refuses_a_directory_that_is_a_file() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(DAY_MS));
    let error = Tsdb::open(file.path(), Arc::new(RealFs), clock, support::options()).expect_err("not a directory");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains(&*file.path().to_string_lossy()), "{error}");
}
