//! Bytes that make no sense under checksums that are right: decoders refuse or read them, and never panic.
//!
//! A damaged disk is caught by the checksums, so the decoders behind them see nonsense only from a program at fault; they must not
//! take the process down all the same. Each round takes a file apart, spoils a part, computes the checksums anew, and then does to the
//! store everything that reads. `FUZZ_ITERATIONS` says how many rounds, `TEST_SEED` where they begin.
#![cfg(test)]

mod support;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{ManualClock, Matcher};
use storage::{CancelToken, ErrorKind, Limits, MetricStore, Result, TenantId, TimeRange};
use support::DAY_MS;
use testkit::Random;
use testkit::SimFs;

const DEFAULT_ITERATIONS: usize = 600;

#[derive(Clone, Copy, Debug)]
enum FileKind {
    Identity,
    Metadata,
    Wal,
    Block,
}

fn fuzz(kind: FileKind, share: usize, default_seed: u64) {
    let seed = testkit::seed(default_seed);
    let iterations = std::env::var("FUZZ_ITERATIONS").ok().and_then(|text| text.parse().ok());
    let iterations: usize = iterations.unwrap_or(DEFAULT_ITERATIONS) * share / 100;
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    support::build_store(&fs, &clock);
    let (mut n_refused, mut n_failed, mut n_read) = (0, 0, 0);
    for iteration in 0..iterations {
        let mut random = Random(seed.wrapping_add(iteration as u64 * 1_000_003));
        let (fs, clock) = (fs.fork(), Arc::new(ManualClock::new(model::Clock::now_ms(&*clock))));
        let paths: Vec<PathBuf> = fs.paths().into_iter().filter(|path| is_kind(path, kind)).collect();
        let path = &paths[random.below(paths.len())];
        fs.tamper(path, |bytes| *bytes = spoil(kind, bytes, &mut random));
        let _shown = ShownOnPanic(seed.wrapping_add(iteration as u64 * 1_000_003));
        match exercise(&fs, &clock) {
            Outcome::Refused => n_refused += 1,
            Outcome::Failed => n_failed += 1,
            Outcome::Read => n_read += 1,
        }
    }
    println!("{kind:?}: {iterations} rounds: {n_refused} refused, {n_failed} failed, {n_read} read");
}

/// Says where to begin to see a panic again at once.
struct ShownOnPanic(u64);

impl Drop for ShownOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("TEST_SEED={} FUZZ_ITERATIONS=10 begins with this round", self.0);
        }
    }
}

fn is_kind(path: &Path, kind: FileKind) -> bool {
    let path = path.to_string_lossy();
    match kind {
        FileKind::Identity => path.ends_with("/store/store"),
        FileKind::Metadata => path.ends_with("/metadata"),
        FileKind::Wal => path.ends_with(".wal"),
        FileKind::Block => path.ends_with(".block"),
    }
}

fn spoil(kind: FileKind, bytes: &[u8], random: &mut Random) -> Vec<u8> {
    match kind {
        FileKind::Identity | FileKind::Metadata => spoil_checked(bytes, random),
        FileKind::Wal => spoil_wal(bytes, random),
        FileKind::Block => BlockParts::take(bytes).spoil(random),
    }
}

enum Outcome {
    Refused,
    Failed,
    Read,
}

/// Everything that reads what is on disk, and what writes it on.
fn exercise(fs: &SimFs, clock: &Arc<ManualClock>) -> Outcome {
    let store = match support::open(fs, clock, support::options()) {
        Ok(store) => store,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
            return Outcome::Refused;
        }
    };
    let results = [
        support::read_all(&store).map(drop),
        listings(&store),
        support::append(&store, "source 0", None, &[model::Clock::now_ms(&**clock)], &support::sample_rows(50, 0))
            .map(drop),
        store.seal(),
        {
            clock.advance_ms(30 * support::HOUR_MS);
            store.tick().and_then(|()| store.tick())
        },
        support::read_all(&store).map(drop),
    ];
    let mut outcome = Outcome::Read;
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
        outcome = Outcome::Failed;
    }
    outcome
}

fn listings(store: &tsdb::Tsdb) -> Result<()> {
    let (tenant, all, cancel) = (TenantId::default(), TimeRange::ALL, CancelToken::new());
    let matcher = |op, name, value| Matcher::new(op, name, value).expect("a valid pattern");
    let selectors = [
        vec![matcher(model::MatchOp::Regex, "__name__", "re.*|load")],
        vec![matcher(model::MatchOp::Equal, "n", "7"), matcher(model::MatchOp::NotRegex, "zone", "s.*")],
        vec![matcher(model::MatchOp::NotEqual, "instance", "host-1:9100")],
    ];
    for selectors in [&selectors[..], &[]] {
        store.label_names(tenant, selectors, all, &cancel)?;
        for name in ["__name__", "instance", "zone", "n", "absent"] {
            store.label_values(tenant, name, selectors, all, &cancel)?;
        }
    }
    store.select_series(tenant, &selectors, all, &Limits::default(), &cancel)?;
    store.cardinality(tenant, 10, &cancel)?;
    store.metadata(tenant, None).map(drop)
}

/// Changes bytes here and there: single bits, extreme values, insertions, deletions, copies from elsewhere.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(8) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            2 => bytes.insert(at, random.next() as u8),
            3 if !bytes.is_empty() => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            // A number as large as they get.
            5 => drop(bytes.splice(at..at, [0xff; 9].into_iter().chain([random.below(2) as u8]))),
            6 if !bytes.is_empty() => {
                let end = (at + 1 + random.below(16)).min(bytes.len());
                let copied = bytes[at..end].to_vec();
                let target = random.below(bytes.len());
                bytes.splice(target..target, copied);
            }
            _ if !bytes.is_empty() => bytes[at] = random.next() as u8,
            _ => bytes.push(random.next() as u8),
        }
    }
    if random.below(40) == 0 {
        *bytes = (0..random.below(200)).map(|_| random.next() as u8).collect();
    }
}

/// Files that end with the checksum of everything before it.
fn spoil_checked(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let (head, body) = bytes[..bytes.len() - 4].split_at(12);
    let mut body = body.to_vec();
    mutate(&mut body, random);
    with_checksum([head, &body].concat())
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// A log with some record spoilt, left out, repeated or moved.
fn spoil_wal(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut records = Vec::new();
    let mut rest = &bytes[12..];
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (record, after) = after[4..].split_at(u32::from_le_bytes(*length) as usize);
        records.push(record.to_vec());
        rest = after;
    }
    let (one, other) = (random.below(records.len()), random.below(records.len()));
    match random.below(6) {
        0 => drop(records.remove(one)),
        1 => records.insert(one, records[other].clone()),
        2 => records.swap(one, other),
        _ => mutate(&mut records[one], random),
    }
    let mut out = bytes[..12].to_vec();
    for record in records {
        let length = (record.len() as u32).to_le_bytes();
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&length), &record);
        out.extend_from_slice(&[&length[..], &checksum.to_le_bytes(), &record].concat());
    }
    out
}

/// A block taken apart. `docs/format/block.md` draws it.
struct BlockParts {
    header: Vec<u8>,
    chunks: Vec<Vec<u8>>,
    first_series: Vec<[u8; 4]>,
    sections: Vec<(u32, Vec<u8>)>,
}

const SYMBOLS_TO_COLUMNS: Range<u32> = 1..5;
const CHUNKS: u32 = 5;

impl BlockParts {
    fn take(bytes: &[u8]) -> BlockParts {
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let u64_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes")) as usize;
        let contents = u64_at(bytes.len() - 24);
        let sections: Vec<(u32, Vec<u8>)> = (0..u32_at(contents) as usize)
            .map(|i| contents + 4 + i * 24)
            .map(|at| (u32_at(at), bytes[u64_at(at + 4)..][..u64_at(at + 12)].to_vec()))
            .collect();
        let directory = &sections.iter().find(|(kind, _)| *kind == CHUNKS).expect("a chunk directory").1;
        let place = |entry: &[u8]| {
            let number = |range: Range<usize>| entry[range].iter().rev().fold(0, |n, &byte| n << 8 | usize::from(byte));
            bytes[number(8..16)..][..number(4..8)].to_vec()
        };
        BlockParts {
            header: bytes[..64].to_vec(),
            chunks: directory.chunks_exact(16).map(place).collect(),
            first_series: directory.chunks_exact(16).map(|entry| entry[..4].try_into().expect("four")).collect(),
            sections,
        }
    }

    fn spoil(mut self, random: &mut Random) -> Vec<u8> {
        let (chunk, section) = (random.below(self.chunks.len()), random.below(self.sections.len()));
        let mut keep_directory = false;
        match random.below(10) {
            0 => {
                let at = 12 + random.below(52);
                self.header[at] = [0, 1, 0xff, random.next() as u8][random.below(4)];
            }
            1 => drop(self.sections.remove(section)),
            2 => {
                let position = self.sections.iter().position(|(kind, _)| *kind == CHUNKS).expect("a directory");
                mutate(&mut self.sections[position].1, random);
                keep_directory = true;
            }
            3..=5 => mutate(&mut self.chunks[chunk], random),
            6 => {
                let other = random.below(self.chunks.len());
                self.chunks.swap(chunk, other);
            }
            7 => mutate(&mut self.sections[section].1, random),
            _ => {
                let wanted = SYMBOLS_TO_COLUMNS.start + random.below(SYMBOLS_TO_COLUMNS.len()) as u32;
                let index = self.sections.iter_mut().find(|(kind, _)| *kind == wanted).expect("it was written");
                mutate(&mut index.1, random);
            }
        }
        self.put_together(keep_directory)
    }

    fn put_together(self, keep_directory: bool) -> Vec<u8> {
        let mut out = with_checksum(self.header);
        let mut directory = Vec::new();
        for (chunk, first_series) in self.chunks.into_iter().zip(self.first_series) {
            directory.extend_from_slice(&first_series);
            directory.extend_from_slice(&(chunk.len() as u32).to_le_bytes());
            directory.extend_from_slice(&(out.len() as u64).to_le_bytes());
            out.extend(with_checksum(chunk));
        }
        let mut contents = (self.sections.len() as u32).to_le_bytes().to_vec();
        for (kind, bytes) in &self.sections {
            let bytes = if *kind == CHUNKS && !keep_directory { &directory } else { bytes };
            contents.extend_from_slice(&kind.to_le_bytes());
            contents.extend_from_slice(&(out.len() as u64).to_le_bytes());
            contents.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            contents.extend_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
            out.extend_from_slice(bytes);
        }
        contents.extend_from_slice(&(out.len() as u64).to_le_bytes());
        contents.extend_from_slice(&((contents.len() - 8) as u32).to_le_bytes());
        out.extend(with_checksum(contents));
        out.extend_from_slice(b"MenaraBE");
        out
    }
}

#[test]
fn a_block_put_together_again_is_the_same() {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    support::build_store(&fs, &clock);
    for path in fs.paths().into_iter().filter(|path| is_kind(path, FileKind::Block)) {
        let bytes = fs.bytes(&path).expect("it is there");
        assert_eq!(BlockParts::take(&bytes).put_together(false), bytes);
    }
}

#[test]
fn identities_that_make_no_sense() {
    fuzz(FileKind::Identity, 5, 1);
}

#[test]
fn metadata_that_makes_no_sense() {
    fuzz(FileKind::Metadata, 15, 2);
}

#[test]
fn logs_that_make_no_sense() {
    fuzz(FileKind::Wal, 80, 3);
}

#[test]
fn blocks_that_make_no_sense() {
    fuzz(FileKind::Block, 100, 4);
}
