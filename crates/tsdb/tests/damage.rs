//! Bit flips, truncation and unknown versions in every kind of file: never served, never a panic, always counted.
#![cfg(test)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Clock, ManualClock};
use storage::{ErrorKind, MetricStore, TenantId};
use support::{DAY_MS, Samples};
use testkit::{Damage, Random, SimFs};

const HEADER_BYTES: usize = 12;

/// A store as it should be, to damage copies of.
struct Whole {
    fs: SimFs,
    clock: Arc<ManualClock>,
    sent: Samples,
}

impl Whole {
    fn new() -> Whole {
        let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
        let (_, sent) = support::build_store(&fs, &clock);
        Whole { fs, clock, sent }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.files(ending).remove(0)
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let paths = self.fs.paths();
        let files: Vec<PathBuf> = paths.into_iter().filter(|p| p.to_string_lossy().ends_with(ending)).collect();
        assert!(!files.is_empty(), "no {ending}");
        files
    }

    /// Opens and reads a damaged copy. What comes out was written, or the error is the right one.
    fn check(&self, path: &Path, damage: Damage) {
        let what = format!("{} {damage:?}", path.display());
        let fs = self.fs.fork();
        fs.tamper(path, |bytes| damage.apply(bytes));
        let store = match support::open(&fs, &self.clock, support::options()) {
            Ok(store) => store,
            Err(error) => return assert_eq!(error.kind(), ErrorKind::Corrupt, "{what}: {error}"),
        };
        let metadata = store.metadata(TenantId::default(), None).expect("metadata is in memory");
        let stats = store.stats();
        let counted = stats.corruptions > 0 || stats.wal_discarded_bytes > 0;
        assert!(metadata.len() == 2 || (metadata.is_empty() && counted), "{what}: {metadata:?}");
        match support::read_all(&store) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "{what}: {error}"),
            Ok(found) => {
                let missing = support::missing_of_subset(&found, &self.sent, &what);
                assert!(missing == 0 || counted || self.is_whole_log(path, damage), "{what}: {missing} missing");
                if path.to_string_lossy().ends_with(".wal") {
                    let is_last = self.files(".wal").last().is_some_and(|last| last == path);
                    self.goes_on(&fs, store, found, is_last, &what);
                }
            }
        }
    }

    /// A log that ends behind some record looks like one to which nothing more was appended; nobody can tell.
    fn is_whole_log(&self, path: &Path, damage: Damage) -> bool {
        let Damage::Cut(len) = damage else { return false };
        path.to_string_lossy().ends_with(".wal")
            && (len == 0 || record_ends(&self.fs.bytes(path).expect("the log is there")).contains(&len))
    }

    /// A store whose log was cut off takes samples again, and has them after the next start. A log that is about to be sealed stays
    /// as it is, so its damage is found again.
    fn goes_on(&self, fs: &SimFs, store: tsdb::Tsdb, mut found: Samples, is_cut: bool, what: &str) {
        let (times_ms, rows) = ([self.clock.now_ms() + 1_000], support::sample_rows(99, 0));
        support::append(&store, "source 0", None, &times_ms, &rows).expect("the log goes on");
        support::remember(&mut found, &times_ms, &rows);
        drop(store);
        let again = support::open(fs, &self.clock, support::options()).expect("what was damaged is gone");
        assert_eq!(support::read_all(&again).expect("it was read before"), found, "{what}");
        let damage = again.stats().corruptions + again.stats().wal_discarded_bytes;
        assert!(damage == 0 || !is_cut, "{what}: {damage}");
    }
}

/// Where the header and each record of a log end.
fn record_ends(log: &[u8]) -> Vec<usize> {
    let mut ends = vec![HEADER_BYTES];
    let mut end = HEADER_BYTES;
    while let Some(length) = log.get(end..end + 4) {
        end += 8 + u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        ends.push(end);
    }
    assert_eq!(ends.last(), Some(&log.len()), "the log is whole");
    ends
}

/// Damages a file at every `stride`th byte or so in each way.
fn check_file(whole: &Whole, path: &Path, stride: usize, random: &mut Random) {
    let len = whole.fs.bytes(path).expect("the file is there").len();
    for byte in Damage::places(len, stride, random) {
        whole.check(path, Damage::Flip { byte, bit: random.below(8) });
        whole.check(path, Damage::Cut(byte));
        if random.one_in(4) {
            whole.check(path, Damage::Zeros(byte));
        }
    }
}

fn check_kind(ending: &str, stride: usize, default_seed: u64) {
    let mut random = Random(testkit::seed(default_seed));
    let whole = Whole::new();
    for path in whole.files(ending) {
        check_file(&whole, &path, stride, &mut random);
    }
}

#[test]
fn identity_is_not_taken_on_trust() {
    check_kind("/store/store", 1, 1);
}

#[test]
fn damaged_metadata_is_not_served() {
    check_kind("/metadata", 1, 2);
}

#[test]
fn damaged_logs_are_not_replayed() {
    check_kind(".wal", 4, 3);
}

#[test]
fn damaged_blocks_are_not_served() {
    check_kind(".block", 11, 4);
}

#[test]
fn every_byte_of_the_fixed_parts_of_blocks_counts() {
    let whole = Whole::new();
    for path in whole.files(".block") {
        let len = whole.fs.bytes(&path).expect("the file is there").len();
        let (header, tail) = (0..68, len - 24 - 6 * 24 - 4..len);
        for byte in header.chain(tail) {
            whole.check(&path, Damage::Flip { byte, bit: byte % 8 });
        }
    }
}

#[test]
fn a_log_frozen_by_an_interrupted_seal_is_checked_as_well() {
    let mut random = Random(testkit::seed(5));
    let mut whole = Whole::new();
    let store = support::open(&whole.fs, &whole.clock, support::options()).expect("the store opens");
    // The new log comes first, then the block fails.
    whole.fs.fail_after(Some(5));
    store.seal().expect_err("the disk fails");
    whole.fs.fail_after(None);
    let (times_ms, rows) = ([whole.clock.now_ms() + 60_000], support::sample_rows(77, 0));
    support::append(&store, "source 0", None, &times_ms, &rows).expect("the disk is well again");
    support::remember(&mut whole.sent, &times_ms, &rows);
    let logs = whole.files(".wal");
    assert_eq!(logs.len(), 2, "{logs:?}");
    check_file(&whole, &logs[0], 60, &mut random);
    check_file(&whole, &logs[1], 10, &mut random);
}

#[test]
fn damaged_files_are_kept_aside() {
    let whole = Whole::new();
    for (path, at) in [(whole.file(".block"), 20), (whole.file("/metadata"), 20), (whole.file(".wal"), 200)] {
        let fs = whole.fs.fork();
        fs.tamper(&path, |bytes| bytes[at] ^= 1);
        let damaged = fs.bytes(&path).expect("it is there");
        let store = support::open(&fs, &whole.clock, support::options()).expect("the rest is served");
        assert_eq!(store.stats().corruptions, 1);
        let aside = PathBuf::from(format!("{}.damaged", path.display()));
        let kept = fs.bytes(&aside).expect("the bytes are kept");
        assert!(!kept.is_empty() && damaged.ends_with(&kept), "{}", aside.display());
    }
}

#[test]
fn a_damaged_merge_gives_way_to_its_sources() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let (store, sent) = support::build_store(&fs, &clock);
    clock.advance_ms(20 * support::HOUR_MS);
    // The merge puts its block in place and is stopped before it removes the sources.
    let before = fs.fork();
    store.tick().expect("a healthy disk");
    let merged = fs.paths().into_iter().find(|path| before.bytes(path).is_none()).expect("a merged block");
    let bytes = fs.bytes(&merged).expect("it is there");
    for at in [None, Some(100), Some(bytes.len() / 2)] {
        let fs = before.fork();
        durable::write_atomic(&fs, &merged, &bytes).expect("a healthy disk");
        fs.tamper(&merged, |bytes| at.into_iter().for_each(|at: usize| bytes[at] ^= 4));
        let store = support::open(&fs, &clock, support::options()).expect("the store opens");
        assert_eq!(support::read_all(&store).expect("every block is right"), sent, "{at:?}");
        assert_eq!(store.stats().corruptions, u64::from(at.is_some()));
    }
}

#[test]
fn a_merge_sets_a_damaged_block_aside() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let (store, sent) = support::build_store(&fs, &clock);
    drop(store);
    let block = fs.paths().into_iter().rfind(|p| p.extension().is_some_and(|e| e == "block")).expect("a block");
    fs.tamper(&block, |bytes| bytes[100] ^= 1);
    clock.advance_ms(20 * support::HOUR_MS);
    let store = support::open(&fs, &clock, support::options()).expect("chunks are not read at the start");
    assert_eq!(support::read_all(&store).expect_err("a chunk is damaged").kind(), ErrorKind::Corrupt);
    assert_eq!(store.tick().expect_err("the merge meets the chunk").kind(), ErrorKind::Corrupt);
    assert_eq!(store.stats().corruptions, 1);
    store.tick().expect("the block is out of the way");
    let found = support::read_all(&store).expect("the rest is right");
    assert!(support::missing_of_subset(&found, &sent, "rest") > 0);
}

#[test]
fn unknown_versions_are_refused_by_name() {
    let whole = Whole::new();
    for (ending, kind) in [("/store/store", "store"), ("/metadata", "metadata"), (".wal", "log"), (".block", "block")] {
        for version in [0u32, 2, 700] {
            let fs = whole.fs.fork();
            let path = whole.file(ending);
            fs.tamper(&path, |bytes| bytes[8..12].copy_from_slice(&version.to_le_bytes()));
            let before = fs.bytes(&path);
            let error = support::open(&fs, &whole.clock, support::options()).expect_err("an unknown version");
            assert_eq!(error.kind(), ErrorKind::Corrupt);
            let text = error.to_string();
            let expected = format!("{kind} version {version} is not known to this program, which writes 1");
            assert!(text.contains(&expected) && text.contains(&*path.to_string_lossy()), "{text}");
            assert_eq!(fs.bytes(&path), before, "{kind}");
        }
    }
}
