//! Bit flips, truncation and unknown versions in every kind of file: never served, never a panic, always counted.
#![cfg(test)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use logstore::EmbeddedLogStore;
use model::{Clock, ManualClock};
use storage::logs::{CountUnit, NanoGrid};
use storage::{CancelToken, ErrorKind, LogLimits, LogStore, TenantId};
use support::{DAY_MS, Given, MS};
use testkit::{Damage, Random, SimFs};

/// A store as it should be, to damage copies of: merged and sealed blocks, and a log.
struct Whole {
    fs: SimFs,
    clock: Arc<ManualClock>,
    sent: BTreeMap<Given, usize>,
}

impl Whole {
    fn new() -> Whole {
        let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
        let store = support::open(&fs, &clock, support::options()).expect("an empty directory");
        let mut random = Random(testkit::seed(1));
        for step in 0..60 {
            clock.advance_ms(random.below(4_000) as i64);
            let mut batch = support::random_batch(&mut random, clock.now_ms() * MS);
            batch.lines.retain(|line| line.text.len() < 1000 && line.time_ns < i64::MAX);
            batch.body = batch.body.map(|_| Vec::new());
            support::append(&store, &batch).expect("a healthy disk");
            if step % 12 == 11 {
                store.seal().expect("a healthy disk");
            }
            if step == 36 {
                clock.advance_ms(26 * support::HOUR_MS);
                store.maintain().expect("a healthy disk");
            }
        }
        (0..20).for_each(|_| store.maintain().expect("a healthy disk"));
        let mut batch = support::random_batch(&mut random, clock.now_ms() * MS);
        while batch.lines.len() < 5 {
            batch = support::random_batch(&mut random, clock.now_ms() * MS);
            batch.lines.retain(|line| line.text.len() < 1000 && line.time_ns < i64::MAX);
        }
        batch.body = None;
        support::append(&store, &batch).expect("a healthy disk");
        assert!(store.stats().merges > 0 && store.stats().head_lines > 0, "{:?}", store.stats());
        let mut sent = BTreeMap::new();
        let all = support::read_all(&store).expect("nothing is damaged");
        all.into_iter().for_each(|row| *sent.entry(row).or_default() += 1);
        Whole { fs, clock, sent }
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let paths = self.fs.paths();
        let files: Vec<PathBuf> = paths.into_iter().filter(|p| p.to_string_lossy().ends_with(ending)).collect();
        assert!(!files.is_empty(), "no {ending}");
        files
    }

    fn open(&self, fs: &SimFs) -> storage::Result<EmbeddedLogStore> {
        support::open(fs, &self.clock, support::options())
    }

    /// How many lines are missing; none may be there that was not sent.
    fn missing(&self, found: Vec<Given>, what: &str) -> usize {
        let mut rest = self.sent.clone();
        for row in found {
            let left = rest.get_mut(&row).filter(|left| **left > 0);
            *left.unwrap_or_else(|| panic!("{what}: {row:?} was not sent")) -= 1;
        }
        rest.values().sum()
    }

    /// Opens and reads a damaged copy. What comes out was written, or the error is the right one.
    fn check(&self, path: &Path, damage: Damage) {
        let what = format!("{} {damage:?}", path.display());
        let fs = self.fs.fork();
        fs.tamper(path, |bytes| damage.apply(bytes));
        let store = match self.open(&fs) {
            Ok(store) => store,
            Err(error) => return assert_eq!(error.kind(), ErrorKind::Corrupt, "{what}: {error}"),
        };
        let found = support::read_all(&store).or_else(|error| {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{what}: {error}");
            store.maintain().expect("the block is out of the way");
            assert!(store.stats().corruptions > 0, "{what}");
            support::read_all(&store)
        });
        let missing = self.missing(found.expect("what is damaged is gone"), &what);
        let stats = store.stats();
        let is_counted = stats.corruptions > 0 || stats.wal_discarded_bytes > 0;
        assert!(missing == 0 || is_counted || is_whole_log(&self.fs, path, damage), "{what}: {missing} missing");
    }
}

/// A log that ends behind some record looks like one to which nothing more was appended; nobody can tell.
fn is_whole_log(fs: &SimFs, path: &Path, damage: Damage) -> bool {
    let Damage::Cut(len) = damage else { return false };
    let log = fs.bytes(path).expect("the file is there");
    let mut end = 12;
    while end < len {
        end += 8 + u32::from_le_bytes(log[end..end + 4].try_into().expect("four bytes")) as usize;
    }
    path.extension().is_some_and(|e| e == "wal") && (len == 0 || end == len)
}

fn check_kind(ending: &str, stride: usize, default_seed: u64) {
    let mut random = Random(testkit::seed(default_seed));
    let whole = Whole::new();
    for path in whole.files(ending) {
        let len = whole.fs.bytes(&path).expect("the file is there").len();
        for byte in Damage::places(len, stride, &mut random) {
            whole.check(&path, Damage::Flip { byte, bit: random.below(8) });
            if random.one_in(3) {
                whole.check(&path, Damage::Cut(byte));
                whole.check(&path, Damage::Zeros(byte));
            }
        }
    }
}

#[test]
fn damaged_logs_are_not_replayed() {
    check_kind(".wal", 7, 3);
}

#[test]
fn damaged_blocks_are_not_served() {
    check_kind(".block", 97, 4);
}

#[test]
fn every_byte_of_a_block_counts() {
    let whole = Whole::new();
    let mut files = whole.files(".block");
    files.sort_by_key(|path| whole.fs.bytes(path).expect("it is there").len());
    let path = &files[0];
    let len = whole.fs.bytes(path).expect("it is there").len();
    for byte in 0..len {
        whole.check(path, Damage::Flip { byte, bit: byte % 8 });
        let fs = whole.fs.fork();
        fs.tamper(path, |bytes| bytes[byte] ^= 1 << (byte % 8));
        let Ok(store) = whole.open(&fs) else { continue };
        let is_found = store.stats().corruptions > 0 || support::read_all(&store).is_err() || {
            // Counters are read by who counts.
            let minute_ns = 60_000 * MS;
            let last_ns = i64::MAX / minute_ns * minute_ns;
            let grid = NanoGrid { start_ns: last_ns, end_ns: last_ns, step_ns: 0, window_ns: last_ns };
            let unit = CountUnit { matchers: &[], filters: &[], bytes: false, by_metadata: &[] };
            let (limits, cancel) = (LogLimits::default(), CancelToken::new());
            store.count_grid(TenantId::default(), &unit, grid, &limits, &cancel).is_err()
        };
        assert!(is_found, "byte {byte} of {len}");
    }
}

#[test]
fn damaged_files_are_kept_aside() {
    let whole = Whole::new();
    for (path, at) in [(whole.files(".block").remove(0), 20), (whole.files(".wal").remove(0), 30)] {
        let fs = whole.fs.fork();
        fs.tamper(&path, |bytes| bytes[at] ^= 1);
        let damaged = fs.bytes(&path).expect("it is there");
        let store = whole.open(&fs).expect("the rest is served");
        assert_eq!(store.stats().corruptions, 1);
        let aside = PathBuf::from(format!("{}.damaged", path.display()));
        let kept = fs.bytes(&aside).expect("the bytes are kept");
        assert!(!kept.is_empty() && damaged.ends_with(&kept), "{}", aside.display());
    }
}

#[test]
fn a_damaged_merge_gives_way_to_its_sources() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("an empty directory");
    let mut random = Random(5);
    for _ in 0..3 {
        let mut batch = support::random_batch(&mut random, DAY_MS * MS);
        batch.lines.iter_mut().for_each(|line| line.labels = model::Labels::from_pairs([("job", "a")]));
        batch.lines.iter_mut().for_each(|line| line.time_ns = DAY_MS * MS);
        batch.lines.push(support::Line { text: b"one".to_vec(), ..batch_line() });
        batch.body = None;
        batch.lines.retain(|line| line.text.len() < 100);
        support::append(&store, &batch).expect("a healthy disk");
        store.seal().expect("a healthy disk");
    }
    let sent = support::read_all(&store).expect("nothing is damaged");
    clock.advance_ms(30 * support::HOUR_MS);
    // The merge puts its block in place and is stopped before it removes the sources.
    let before = fs.fork();
    store.maintain().expect("a healthy disk");
    assert_eq!((store.stats().merges, store.stats().blocks), (1, 1));
    let merged = fs
        .paths()
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "block") && before.bytes(path).is_none());
    let merged = merged.expect("a merged block");
    let bytes = fs.bytes(&merged).expect("it is there");
    for at in [None, Some(100), Some(bytes.len() / 2), Some(bytes.len() - 1)] {
        let fs = before.fork();
        durable::write_atomic(&fs, &merged, &bytes).expect("a healthy disk");
        fs.tamper(&merged, |bytes| at.into_iter().for_each(|at: usize| bytes[at] ^= 4));
        let store = support::open(&fs, &clock, support::options()).expect("the store opens");
        assert_eq!(support::read_all(&store).expect("every block is right"), sent, "{at:?}");
        assert_eq!(store.stats().corruptions, u64::from(at.is_some()), "{at:?}");
    }
}

fn batch_line() -> support::Line {
    let labels = model::Labels::from_pairs([("job", "a")]);
    support::Line { labels, time_ns: DAY_MS * MS, text: Vec::new(), metadata: model::Labels::empty() }
}

#[test]
fn unknown_versions_are_refused_by_name() {
    let whole = Whole::new();
    for (ending, kind) in [(".wal", "log"), (".block", "block")] {
        for version in [0u32, 2, 700] {
            let fs = whole.fs.fork();
            let path = whole.files(ending).remove(0);
            fs.tamper(&path, |bytes| bytes[8..12].copy_from_slice(&version.to_le_bytes()));
            refuses(
                &whole,
                &fs,
                &path,
                &format!("{kind} version {version} is not known to this program, which writes 1"),
            );
        }
    }
    let fs = whole.fs.fork();
    let path = whole.files(".block").remove(0);
    fs.tamper(&path, |bytes| {
        bytes[12] = 2;
        let head = support::head_len(bytes);
        let checksum = crc32c::crc32c(&bytes[..head - 4]);
        bytes[head - 4..head].copy_from_slice(&checksum.to_le_bytes());
    });
    refuses(&whole, &fs, &path, "block mode 2 is not known to this program, which writes 1");
}

fn refuses(whole: &Whole, fs: &SimFs, path: &Path, expected: &str) {
    let before = fs.bytes(path);
    let error = whole.open(fs).expect_err("an unknown version");
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    let text = error.to_string();
    assert!(text.contains(expected) && text.contains(&*path.to_string_lossy()), "{text}");
    assert_eq!(fs.bytes(path), before);
}
