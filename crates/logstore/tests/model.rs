//! Random histories on a simulated file system, compared with a plain list: appends in and out of order, retries, seals, merges, kills,
//! power cuts, failing disks.
#![cfg(test)]

mod common;
mod support;

use std::sync::Arc;

use logstore::{EmbeddedLogStore, LogStoreOptions, SyncMode};
use model::{Clock, ManualClock};
use storage::LogStore;
use storage::TenantId;
use storage::logs::{SourceId, SourceRange};
use support::{Batch, DAY_MS, HOUR_MS, MS};
use testkit::{MemoryLogStore, Random, SimFs};

const HISTORIES: usize = 250;
const STEPS: usize = 50;

/// The store, its surroundings and the model.
struct World {
    fs: SimFs,
    clock: Arc<ManualClock>,
    options: LogStoreOptions,
    store: Option<EmbeddedLogStore>,
    expected: MemoryLogStore,
    random: Random,
    /// Everything sent, with its token or range, so that it can be sent again; and when. Tokens are remembered for an hour.
    sent: Vec<Batch>,
    sent_ms: Vec<i64>,
    /// What a power cut may take is behind this number.
    synced: usize,
    synced_ms: i64,
    ends: [u64; 3],
}

impl World {
    fn new(seed: u64) -> World {
        let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS + 5 * HOUR_MS)));
        let mut random = Random(seed);
        let sync = if random.below(2) == 0 { SyncMode::Always } else { SyncMode::Interval };
        let options = LogStoreOptions { sync, ..support::options() };
        let store = Some(support::open(&fs, &clock, options.clone()).expect("an empty directory"));
        let expected = MemoryLogStore::new();
        World {
            fs,
            clock,
            options,
            store,
            expected,
            random,
            sent: Vec::new(),
            sent_ms: Vec::new(),
            synced: 0,
            synced_ms: 0,
            ends: [0; 3],
        }
    }

    fn store(&self) -> &EmbeddedLogStore {
        self.store.as_ref().expect("it is open")
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    fn now_ns(&self) -> i64 {
        self.now_ms() * MS
    }

    fn sync(&mut self) {
        self.store().sync().expect("a healthy disk");
        (self.synced, self.synced_ms) = (self.sent.len(), self.now_ms());
    }

    fn sent(&mut self, batch: Batch) {
        self.sent.push(batch);
        self.sent_ms.push(self.now_ms());
    }

    fn act(&mut self) {
        if self.now_ms() - self.synced_ms > 20 * 60_000 {
            self.sync();
        }
        match self.random.below(30) {
            0..=13 => self.append(),
            14 | 15 => self.repeat(),
            16..=19 => {
                self.clock.advance_ms(self.random.below(60_000) as i64);
                self.store().maintain().expect("a healthy disk");
            }
            20 => {
                self.sync();
                self.clock.advance_ms(self.random.below(30) as i64 * HOUR_MS);
                self.store().maintain().expect("a healthy disk");
            }
            21 => self.store().seal().expect("a healthy disk"),
            22 => self.sync(),
            23 | 24 => self.reopen(),
            25 => self.cut_power(),
            26 | 27 => self.fail(),
            _ => self.ask(6),
        }
    }

    fn batch(&mut self) -> Batch {
        self.clock.advance_ms(self.random.below(2_000) as i64);
        let now_ns = self.now_ns();
        let mut batch = support::random_batch(&mut self.random, now_ns);
        // Each can be recognised, so that a test can send it again.
        if self.random.below(2) == 0 {
            batch.token = Some(self.sent.len() as u128 + 1);
        } else {
            let source = self.random.below(3);
            let (from, to) = (self.ends[source], self.ends[source] + 1 + self.random.below(1000) as u64);
            self.ends[source] = to;
            batch.source = Some(SourceRange { source: SourceId(source as u128), from, to });
        }
        batch
    }

    fn append(&mut self) {
        let batch = self.batch();
        let ack = support::append(self.store(), &batch).expect("a healthy disk");
        assert!(!ack.repeated, "{batch:?}");
        assert_eq!(support::append(&self.expected, &batch).expect("memory does not fail"), ack);
        self.sent(batch);
    }

    /// A retry of something sent before changes nothing.
    fn repeat(&mut self) {
        let number = self.random.below(self.sent.len());
        let is_old = self.sent_ms.get(number).is_some_and(|sent_ms| self.now_ms() - sent_ms > HOUR_MS - 60_000);
        if let Some(batch) = self.sent.get(number).filter(|batch| batch.token.is_none() || !is_old) {
            assert!(support::append(self.store(), batch).expect("a healthy disk").repeated, "{batch:?}");
        }
    }

    fn reopen(&mut self) {
        // The old one is dropped first: it may still remove files that nobody reads.
        self.store = None;
        self.store = Some(support::open(&self.fs, &self.clock, self.options.clone()).expect("the store opens"));
    }

    fn cut_power(&mut self) {
        self.store = None;
        let random = &mut self.random;
        self.fs.cut_power(|n| random.below(n + 1));
        self.reopen();
        if self.options.sync == SyncMode::Interval {
            // Some of what was sent last is gone, but not out of the middle: sent again it is as before.
            let mut is_lost = false;
            for batch in &self.sent[self.synced..] {
                let repeated = support::append(self.store(), batch).expect("a healthy disk").repeated;
                assert!(!(repeated && is_lost), "what came before was lost");
                is_lost |= !repeated;
            }
        }
        self.sync();
    }

    /// Operations fail from some moment on. A retry of what failed is kept once.
    fn fail(&mut self) {
        self.fs.fail_after(Some(self.random.below(25) as u64));
        let mut failed = None;
        for _ in 0..1 + self.random.below(5) {
            let batch = self.batch();
            let acknowledged = support::append(self.store(), &batch);
            if acknowledged.is_err() {
                failed = Some(batch);
                break;
            }
            support::append(&self.expected, &batch).expect("memory does not fail");
            self.sent(batch);
        }
        match self.random.below(4) {
            0 => drop(self.store().seal()),
            1 => drop(self.store().maintain()),
            2 => {
                self.clock.advance_ms(35 * 60_000);
                drop(self.store().maintain());
            }
            _ => {}
        }
        self.fs.fail_after(None);
        match self.random.below(3) {
            0 => {}
            1 => self.reopen(),
            _ => self.cut_power(),
        }
        self.store().maintain().expect("a healthy disk");
        self.store().maintain().expect("a healthy disk");
        if let Some(batch) = failed {
            support::append(self.store(), &batch).expect("a healthy disk");
            support::append(&self.expected, &batch).expect("memory does not fail");
            self.sent(batch);
        }
    }

    fn ask(&mut self, n: usize) {
        let now_ns = self.now_ns();
        let store = self.store.as_ref().expect("it is open");
        common::compare_some(store, &self.expected, &mut self.random, now_ns, n);
    }

    fn check(&mut self, what: &str) {
        common::compare_all(self.store(), &self.expected, what);
        for source in 0..3 {
            let end = |store: &dyn LogStore| store.source_end(TenantId::default(), SourceId(source)).expect("known");
            assert_eq!(end(self.store()), end(&self.expected), "{what}");
        }
        assert_eq!(self.store().stats().corruptions, 0, "{what}");
    }
}

#[test]
fn a_store_is_a_list() {
    let first = testkit::seed(1);
    let (mut merges, mut seals, mut blocks) = (0, 0, 0);
    for history in 0..HISTORIES as u64 {
        let seed = first.wrapping_add(history.wrapping_mul(0x9e37));
        let mut world = World::new(seed);
        for step in 0..STEPS {
            world.act();
            if step % 10 == 9 {
                world.check(&format!("history {history}, seed {seed}, step {step}"));
            }
        }
        let stats = world.store().stats();
        (merges, seals, blocks) = (merges + stats.merges, seals + stats.seals, blocks.max(stats.blocks));
        world.reopen();
        world.check(&format!("history {history}, seed {seed}, reopened"));
        world.ask(10);
    }
    println!("since the last starts: {merges} merges, {seals} seals; at most {blocks} blocks");
    assert!(merges > 0 && seals > 0 && blocks > 10, "the histories were too tame");
}
