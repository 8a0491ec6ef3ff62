//! The crash drill, on the real file system: a process that writes is killed again and again; what it acknowledged is there, once.
//!
//! What is left after a kill is opened and compared with the batches that must be there ([`testkit::crash`]).
#![cfg(test)]

mod common;
mod support;

use std::path::Path;
use std::sync::Arc;

use durable::RealFs;
use logstore::{EmbeddedLogStore, LogStoreOptions, SyncMode};
use model::ManualClock;
use storage::ErrorKind;
use storage::logs::{SourceId, SourceRange};
use support::{Batch, DAY_MS, MS};
use testkit::crash::{self, Writer};
use testkit::{MemoryLogStore, Random};

const KILLS: usize = 20;
const STEP_MS: i64 = 40_000;

#[test]
fn what_was_acknowledged_survives_every_kill() {
    let seed = testkit::seed(20_261_125);
    let mut random = Random(seed);
    let dir = tempfile::tempdir().expect("a temporary directory");
    let expected = MemoryLogStore::new();
    // All batches below this number were acknowledged.
    let mut next = 0;
    let (mut replayed, mut blocks) = (0, 0);
    for kill in 0..KILLS {
        let wanted = 1 + random.below(if kill % 4 == 0 { 10 } else { 120 }) as u64;
        let acknowledged_below = crash::run_and_kill(dir.path(), seed, next, wanted);
        assert!(acknowledged_below >= next + wanted, "kill {kill}: the writer ended by itself");
        for number in next..acknowledged_below {
            support::append(&expected, &batch(seed, number)).expect("memory does not fail");
        }
        next = acknowledged_below;
        let store = open(dir.path(), next, SyncMode::Interval);
        // Of the batch after it all or nothing is there; sent again it is there once.
        support::append(&store, &batch(seed, next)).expect("a healthy disk");
        support::append(&expected, &batch(seed, next)).expect("memory does not fail");
        next += 1;
        let what = format!("seed {seed}, kill {kill}, {next} batches");
        if kill % 4 == 3 || kill + 1 == KILLS {
            common::compare_all(&store, &expected, &what);
        } else {
            let (found, wanted) = (support::read_all(&store), support::read_all(&expected));
            assert!(found.expect("no damage") == wanted.expect("memory does not fail"), "{what}");
        }
        let stats = store.stats();
        assert_eq!(stats.corruptions, 0, "a kill tears at most the last record");
        (replayed, blocks) = (replayed + stats.replayed_batches, blocks.max(stats.blocks));
    }
    println!("{KILLS} kills, {next} batches, {replayed} replayed, at most {blocks} blocks");
    assert!(replayed > 0 && blocks > 3);
}

fn open(dir: &Path, next: u64, sync: SyncMode) -> EmbeddedLogStore {
    open_with(dir, &Arc::new(ManualClock::new(time_ms(next))), sync)
}

fn open_with(dir: &Path, clock: &Arc<ManualClock>, sync: SyncMode) -> EmbeddedLogStore {
    let options = LogStoreOptions { sync, ..support::options() };
    support::open_in(Arc::new(RealFs), dir, clock, options).expect("the store opens")
}

fn time_ms(number: u64) -> i64 {
    DAY_MS + number as i64 * STEP_MS
}

/// A batch as it follows from its number: of a file that grows, or with a token.
fn batch(seed: u64, number: u64) -> Batch {
    let mut random = Random(seed ^ number.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let mut batch = support::random_batch(&mut random, time_ms(number) * MS);
    if number.is_multiple_of(2) {
        batch.token = Some(u128::from(number) + 1);
    } else {
        batch.source = Some(SourceRange { source: SourceId(9), from: number * 10, to: number * 10 + 20 });
    }
    batch
}

/// The process that is killed. By itself it does nothing.
#[test]
#[ignore = "the drill starts it"]
fn writer() {
    let Some(writer) = Writer::of_environment() else { return };
    let (seed, first) = (writer.seed, writer.first);
    let sync = if first.is_multiple_of(3) { SyncMode::Always } else { SyncMode::Interval };
    let clock = Arc::new(ManualClock::new(time_ms(first)));
    let store = open_with(&writer.dir, &clock, sync);
    let maintained = store.clone();
    let write = |number| {
        clock.set_ms(time_ms(number));
        support::append(&store, &batch(seed, number)).expect("a healthy disk");
    };
    writer.run(write, 4, move |turn| {
        if turn % 5 == 0 { maintained.seal() } else { maintained.maintain() }.expect("a healthy disk");
    });
}

#[test]
fn a_store_refuses_a_directory_that_is_a_file() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let clock = Arc::new(ManualClock::new(DAY_MS));
    let error = support::open_in(Arc::new(RealFs), file.path(), &clock, support::options());
    let error = error.expect_err("not a directory");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains(&*file.path().to_string_lossy()), "{error}");
}
