//! The record log and atomic replacement: torn tails, flips, failing disks, power cuts, shared syncs.
#![cfg(test)]

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use durable::log::{HEADER_BYTES, MAX_RECORD_BYTES};
use durable::{FileSystem, LogFile, LogReader, LogWriter, ReadFile, RealFs, Replay, Space, write_atomic};
use testkit::SimFs;

const MAGIC: [u8; 8] = *b"TestLog!";
const VERSION: u32 = 3;
const RECORD_HEADER_BYTES: usize = 8;

fn path() -> &'static Path {
    Path::new("/dir/log")
}

/// Reads all records and how it ended.
fn read(fs: &dyn FileSystem, path: &Path) -> (Vec<Vec<u8>>, Replay) {
    let mut reader = LogReader::open(fs, path, MAGIC, VERSION).expect("a log of ours");
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().expect("a healthy disk") {
        records.push(record.to_vec());
    }
    let outcome = reader.outcome().expect("a healthy disk");
    assert_eq!(outcome.good_bytes, reader.position());
    assert_eq!(outcome.good_bytes + outcome.discarded_bytes, reader.len_bytes());
    (records, outcome)
}

fn create(fs: &dyn FileSystem) -> LogWriter {
    LogWriter::create(fs, path(), MAGIC, VERSION).expect("a healthy disk")
}

/// Records of several sizes: none, one byte, some, one larger than what is read ahead.
fn sample_records() -> Vec<Vec<u8>> {
    [0, 1, 40, 7, 300_000, 3].iter().enumerate().map(|(i, &n)| vec![i as u8 + 1; n]).collect()
}

/// A log of the records; also where the header and each record end.
fn written(records: &[Vec<u8>]) -> (SimFs, Vec<usize>) {
    let fs = SimFs::new();
    let log = create(&fs);
    let mut ends = vec![HEADER_BYTES];
    for record in records {
        let end = log.append(record).expect("a healthy disk");
        assert_eq!(end as usize, ends[ends.len() - 1] + RECORD_HEADER_BYTES + record.len());
        ends.push(end as usize);
    }
    assert_eq!(log.len_bytes() as usize, ends[ends.len() - 1]);
    (fs, ends)
}

#[test]
fn records_read_back() {
    let records = sample_records();
    let (fs, ends) = written(&records);
    let whole = Replay { good_bytes: ends[ends.len() - 1] as u64, discarded_bytes: 0, damaged: false };
    assert_eq!(read(&fs, path()), (records, whole));
    let (fs, _) = written(&[]);
    assert_eq!(
        read(&fs, path()),
        (vec![], Replay { good_bytes: HEADER_BYTES as u64, discarded_bytes: 0, damaged: false })
    );
}

#[test]
fn bytes_stand_as_drawn() {
    let (fs, _) = written(&[b"123456789".to_vec()]);
    let bytes = fs.bytes(path()).expect("it was written");
    let expected =
        [&b"TestLog!"[..], &3u32.to_le_bytes(), &9u32.to_le_bytes(), &0x5717_d278u32.to_le_bytes(), b"123456789"];
    assert_eq!(bytes, expected.concat());
    assert_eq!(crc32c::crc32c(b"123456789"), 0xe306_9283, "the check value of CRC-32C");
}

#[test]
fn a_torn_tail_is_cut_off_at_every_byte() {
    let records: Vec<Vec<u8>> = sample_records().into_iter().filter(|record| record.len() < 1000).collect();
    let (fs, ends) = written(&records);
    for len in 0..=ends[ends.len() - 1] {
        let fs = fs.fork();
        fs.tamper(path(), |bytes| bytes.truncate(len));
        let (found, outcome) = read(&fs, path());
        let n_whole = ends.iter().filter(|&&end| end <= len).count();
        assert_eq!(found, records[..n_whole.saturating_sub(1)], "cut at {len}");
        assert!(!outcome.damaged, "cut at {len}");
        let good = n_whole.checked_sub(1).map_or(0, |last| ends[last]);
        assert_eq!((outcome.good_bytes, outcome.discarded_bytes), (good as u64, (len - good) as u64), "cut at {len}");
        if good > 0 {
            // The next record takes the place of the torn one.
            let log = LogWriter::resume(&fs, path(), outcome.good_bytes).expect("a healthy disk");
            log.append(b"next").expect("a healthy disk");
            let (again, outcome) = read(&fs, path());
            assert_eq!((again.len(), again.last().map(Vec::as_slice)), (found.len() + 1, Some(&b"next"[..])));
            assert_eq!(outcome.discarded_bytes, 0);
        }
    }
}

#[test]
fn a_flipped_bit_ends_what_is_trusted() {
    let records: Vec<Vec<u8>> = sample_records().into_iter().filter(|record| record.len() < 1000).collect();
    let (fs, ends) = written(&records);
    for bit in HEADER_BYTES * 8..ends[ends.len() - 1] * 8 {
        let fs = fs.fork();
        fs.tamper(path(), |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        let (found, outcome) = read(&fs, path());
        let hit = ends.iter().filter(|&&end| end <= bit / 8).count() - 1;
        assert_eq!(found, records[..hit], "bit {bit}");
        assert!(outcome.discarded_bytes > 0, "bit {bit}");
        let in_length = bit / 8 < ends[hit] + 4;
        assert!(outcome.damaged || in_length, "bit {bit}: only a length that reaches too far can look torn");
    }
}

#[test]
fn zeros_behind_the_last_record_are_no_records() {
    let (fs, ends) = written(&[b"one".to_vec()]);
    for n in [1, 7, 8, 9, 4096] {
        let fs = fs.fork();
        fs.tamper(path(), |bytes| bytes.resize(bytes.len() + n, 0));
        let (found, outcome) = read(&fs, path());
        assert_eq!((found.len(), outcome.good_bytes as usize, outcome.discarded_bytes as usize), (1, ends[1], n));
    }
}

#[test]
fn other_logs_and_versions_are_refused() {
    let (fs, _) = written(&[b"one".to_vec()]);
    let before = fs.bytes(path());
    let error = LogReader::open(&fs, path(), *b"OtherLog", VERSION).expect_err("another kind");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert_eq!(error.to_string(), "/dir/log: not a log of this kind, its first bytes differ");
    let error = LogReader::open(&fs, path(), MAGIC, 4).expect_err("another version");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    assert_eq!(error.to_string(), "/dir/log: log version 3 is not known to this program, which writes 4");
    assert_eq!(fs.bytes(path()), before);
    assert_eq!(
        LogReader::open(&fs, Path::new("/dir/absent"), MAGIC, VERSION).expect_err("absent").kind(),
        ErrorKind::NotFound
    );
    assert_eq!(
        LogWriter::create(&fs, path(), MAGIC, VERSION).expect_err("it is there").kind(),
        ErrorKind::AlreadyExists
    );
}

#[test]
fn a_record_that_is_too_long_is_refused() {
    let fs = SimFs::new();
    let log = create(&fs);
    let error = log.append(&vec![0; MAX_RECORD_BYTES + 1]).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    log.append(b"short").expect("the log goes on");
    assert_eq!(read(&fs, path()).0, [b"short"]);
}

#[test]
fn a_failed_append_leaves_no_trace() {
    // The write fails, and so does the cutting off of what it left; that is then done before the next one.
    for failing in 0..=4 {
        let fs = SimFs::new();
        let log = create(&fs);
        log.append(b"before").expect("a healthy disk");
        fs.fail_after(Some(failing));
        let mut kept = vec![b"before".to_vec()];
        for n in 0..4u8 {
            let record = vec![n; 100];
            if log.append(&record).is_ok() {
                kept.push(record);
            }
        }
        fs.fail_after(None);
        assert_eq!(kept.len() as u64, 1 + failing);
        log.append(b"after").expect("the disk is well again");
        kept.push(b"after".to_vec());
        let (found, outcome) = read(&fs, path());
        assert_eq!((found, outcome.discarded_bytes), (kept, 0), "failing after {failing}");
    }
}

#[test]
fn a_full_disk_leaves_no_trace() {
    let fs = SimFs::new();
    let log = create(&fs);
    log.append(&[1; 50]).expect("there is room");
    fs.set_capacity_bytes(Some(100));
    for _ in 0..3 {
        assert_eq!(log.append(&[2; 50]).expect_err("no room").kind(), ErrorKind::StorageFull);
    }
    fs.set_capacity_bytes(None);
    log.append(&[3; 50]).expect("there is room again");
    let (found, outcome) = read(&fs, path());
    assert_eq!((found, outcome.discarded_bytes), (vec![vec![1; 50], vec![3; 50]], 0));
}

#[test]
fn what_was_synced_survives_a_power_cut() {
    for keep in 0..40 {
        let fs = SimFs::new();
        let log = create(&fs);
        let safe = log.append(b"safe").expect("a healthy disk");
        log.sync_to(safe).expect("a healthy disk");
        log.append(b"hopeful").expect("a healthy disk");
        fs.cut_power(|_| keep);
        let (found, outcome) = read(&fs, path());
        let survived = keep >= RECORD_HEADER_BYTES + b"hopeful".len();
        assert_eq!(found.len(), 1 + usize::from(survived), "{keep} bytes kept");
        assert_eq!(found[0], b"safe");
        assert!(!outcome.damaged);
    }
    // A log that was created is there, even if nothing was appended.
    let fs = SimFs::new();
    create(&fs);
    fs.cut_power(|_| 0);
    assert_eq!(read(&fs, path()).0.len(), 0);
}

#[test]
fn a_log_whose_sync_failed_takes_no_more() {
    let fs = SimFs::new();
    let log = create(&fs);
    let safe = log.append(b"safe").expect("a healthy disk");
    log.sync_to(safe).expect("a healthy disk");
    let changes = fs.changes();
    log.sync_to(safe).expect("nothing to do");
    assert_eq!(fs.changes(), changes, "what is safe is not synced again");
    let end = log.append(b"doubtful").expect("a healthy disk");
    assert!(!log.has_failed());
    fs.fail_after(Some(0));
    assert_eq!(log.sync_to(end).expect_err("the disk fails").to_string(), "simulated input/output error");
    fs.fail_after(None);
    // The disk is well again, but what the system could not write then it may have dropped.
    assert!(log.has_failed());
    let text = "an earlier sync of this log failed, so it takes no more records";
    assert_eq!(log.sync_to(end).expect_err("not safe").to_string(), text);
    assert_eq!(log.append(b"more").expect_err("not safe").to_string(), text);
    log.sync_to(safe).expect("this was safe before");
    let (_, outcome) = read(&fs, path());
    LogWriter::resume(&fs, path(), outcome.good_bytes).and_then(|log| log.append(b"more")).expect("a new beginning");
}

/// Eight threads append and wait for the disk, as a store does that syncs before it acknowledges.
fn append_from_many_threads(fs: &dyn FileSystem, path: &Path) -> u64 {
    const THREADS: u64 = 8;
    const RECORDS: u64 = 50;
    let log = LogWriter::create(fs, path, MAGIC, VERSION).expect("a healthy disk");
    let turn = Mutex::new(());
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (log, turn, acknowledged) = (&log, &turn, &acknowledged);
            scope.spawn(move || {
                for record in 0..RECORDS {
                    let end = {
                        let _turn = turn.lock().expect("no thread panics");
                        log.append(&(thread * RECORDS + record).to_le_bytes()).expect("a healthy disk")
                    };
                    log.sync_to(end).expect("a healthy disk");
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(acknowledged.into_inner(), THREADS * RECORDS);
    let (found, outcome) = read(fs, path);
    assert_eq!(outcome.discarded_bytes, 0);
    let mut numbers: Vec<u64> =
        found.iter().map(|record| u64::from_le_bytes(record[..].try_into().expect("eight bytes"))).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..THREADS * RECORDS), "each record once");
    THREADS * RECORDS
}

#[test]
fn threads_share_syncs() {
    let fs = SimFs::new();
    let n_records = append_from_many_threads(&fs, path());
    // Creating takes four changes, each append one; the rest are syncs, at most one a record.
    let n_syncs = fs.changes() - 4 - n_records;
    assert!((1..=n_records).contains(&n_syncs), "{n_syncs} syncs");
    fs.cut_power(|_| 0);
    assert_eq!(read(&fs, path()).0.len() as u64, n_records, "everything acknowledged was safe");
    let dir = tempfile::tempdir().expect("a temporary directory");
    append_from_many_threads(&RealFs, &dir.path().join("log"));
}

/// A disk whose syncs wait until the test lets them go.
#[derive(Debug, Default)]
struct SlowFs {
    inner: SimFs,
    gate: Arc<Gate>,
}

#[derive(Debug, Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct GateState {
    closed: bool,
    syncs_begun: u64,
}

#[derive(Debug)]
struct SlowFile(Arc<dyn LogFile>, Arc<Gate>);

impl LogFile for SlowFile {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        self.0.append(bytes)
    }

    fn truncate(&self, len_bytes: u64) -> io::Result<()> {
        self.0.truncate(len_bytes)
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.1.state.lock().expect("no thread panics");
        state.syncs_begun += 1;
        self.1.changed.notify_all();
        drop(self.1.changed.wait_while(state, |state| state.closed).expect("no thread panics"));
        self.0.sync()
    }
}

impl FileSystem for SlowFs {
    fn create(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        Ok(Arc::new(SlowFile(self.inner.create(path)?, Arc::clone(&self.gate))))
    }

    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn LogFile>> {
        Ok(Arc::new(SlowFile(self.inner.open_append(path)?, Arc::clone(&self.gate))))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn ReadFile>> {
        self.inner.open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.inner.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.inner.remove(path)
    }

    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.inner.create_dir_all(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        self.inner.list(dir)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.inner.sync_dir(dir)
    }

    fn space(&self, path: &Path) -> io::Result<Space> {
        self.inner.space(path)
    }
}

#[test]
fn one_sync_serves_all_that_wait_for_it() {
    let fs = SlowFs::default();
    let log = create(&fs);
    let gate = || fs.gate.state.lock().expect("no thread panics");
    *gate() = GateState { closed: true, syncs_begun: 0 };
    let first = log.append(b"first").expect("a healthy disk");
    std::thread::scope(|scope| {
        let log = &log;
        scope.spawn(move || log.sync_to(first).expect("a healthy disk"));
        drop(fs.gate.changed.wait_while(gate(), |state| state.syncs_begun == 0).expect("no thread panics"));
        // While that sync runs, ten more records come in; each of their senders waits.
        for n in 0..10u8 {
            let end = log.append(&[n]).expect("appends do not wait for the disk");
            scope.spawn(move || log.sync_to(end).expect("a healthy disk"));
        }
        gate().closed = false;
        fs.gate.changed.notify_all();
    });
    assert_eq!(gate().syncs_begun, 2, "one for the first record, one for all others");
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let target = Path::new("/dir/file");
    let (old, new) = (vec![1; 100], vec![2; 250]);
    // The steps that change something: remove, create, append, sync, rename, sync of the directory.
    for fails_at in 0..=6 {
        for keep in [0, 50, usize::MAX] {
            let fs = SimFs::new();
            write_atomic(&fs, target, &old).expect("a healthy disk");
            fs.fail_after(Some(fails_at));
            let written = write_atomic(&fs, target, &new);
            assert_eq!(written.is_ok(), fails_at == 6, "failing at {fails_at}");
            let visible = fs.bytes(target).expect("one of them");
            assert!(visible == if fails_at < 5 { old.clone() } else { new.clone() }, "failing at {fails_at}");
            fs.cut_power(|unsynced| keep.min(unsynced));
            let durable = fs.bytes(target).expect("one of them");
            assert!(durable == if written.is_ok() { new.clone() } else { old.clone() }, "failing at {fails_at}");
            write_atomic(&fs, target, &new).expect("a leftover is in nobody's way");
            assert_eq!(fs.bytes(target).expect("the new one"), new);
        }
    }
}

#[test]
fn the_real_file_system_keeps_the_contract() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let path = dir.path().join("log");
    let log = LogWriter::create(&RealFs, &path, MAGIC, VERSION).expect("a healthy disk");
    log.append(b"one").and_then(|_| log.sync()).expect("a healthy disk");
    assert!(LogWriter::create(&RealFs, &path, MAGIC, VERSION).is_err());
    let (_, outcome) = read(&RealFs, &path);
    let log = LogWriter::resume(&RealFs, &path, outcome.good_bytes).expect("a healthy disk");
    log.append(b"two").expect("a healthy disk");
    assert_eq!(read(&RealFs, &path).0, [b"one", b"two"]);
    let file = dir.path().join("file");
    for content in [&b"old"[..], b"new"] {
        write_atomic(&RealFs, &file, content).expect("a healthy disk");
        assert_eq!(std::fs::read(&file).expect("it is there"), content);
    }
    assert_eq!(RealFs.list(dir.path()).expect("a directory"), [Path::new("file"), Path::new("log")]);
    RealFs.remove(&file).and_then(|()| RealFs.remove(&file)).expect("removed twice is as good as once");
    let error = RealFs.open(&file).expect_err("it is gone");
    assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
    let space = RealFs.space(dir.path()).expect("a directory");
    assert!(space.total_bytes > 0 && space.available_bytes <= space.total_bytes);
}
