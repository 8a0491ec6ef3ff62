//! Files whose checksums are right and whose content is not: an error or some lines, never a panic, a hang or much memory.
//! `FUZZ_ITERATIONS` says how many are tried.
#![cfg(test)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Clock, ManualClock};
use storage::logs::{CountUnit, NanoGrid, Order};
use storage::{CancelToken, ErrorKind, LogLimits, LogStore, NanoRange, TenantId};
use support::{DAY_MS, MS};
use testkit::{Random, SimFs};

fn iterations() -> usize {
    std::env::var("FUZZ_ITERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(600)
}

fn store_files() -> (SimFs, Arc<ManualClock>) {
    let (fs, clock) = (SimFs::new(), Arc::new(ManualClock::new(DAY_MS)));
    let store = support::open(&fs, &clock, support::options()).expect("an empty directory");
    let mut random = Random(9);
    for step in 0..30 {
        clock.advance_ms(3_000);
        let mut batch = support::random_batch(&mut random, clock.now_ms() * MS);
        batch.lines.retain(|line| line.text.len() < 1000);
        batch.body = batch.body.map(|_| Vec::new());
        batch.token = Some(step);
        support::append(&store, &batch).expect("a healthy disk");
        if step == 20 {
            store.seal().expect("a healthy disk");
        }
    }
    (fs, clock)
}

/// Changes some bytes, or the length.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        if bytes.is_empty() {
            return bytes.push(random.next() as u8);
        }
        let at = random.below(bytes.len());
        match random.below(8) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..(at + 1 + random.below(4)).min(bytes.len()))),
            2 => (0..1 + random.below(4)).for_each(|_| bytes.insert(at, random.next() as u8)),
            3 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)],
            4 => {
                let end = (at + 10).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
            5 => bytes[at] ^= 1 << random.below(8),
            _ => bytes[at] = random.next() as u8,
        }
    }
}

/// Everything that can be asked. Only `Corrupt` and limits may be the answer besides lines.
fn ask(fs: &SimFs, clock: &Arc<ManualClock>, what: &str) -> bool {
    let check = |error: storage::Error| {
        let kinds = [ErrorKind::Corrupt, ErrorKind::LimitExceeded, ErrorKind::NotBuilt];
        assert!(kinds.contains(&error.kind()), "{what}: {error:?}");
    };
    let store = match support::open(fs, clock, support::options()) {
        Ok(store) => store,
        Err(error) => {
            check(error);
            return false;
        }
    };
    let (tenant, limits, cancel) = (TenantId::default(), LogLimits::default(), CancelToken::new());
    let mut is_sound = true;
    let mut see = |result: storage::Result<()>| {
        is_sound &= result.is_ok();
        result.unwrap_or_else(check);
    };
    for order in [Order::Forward, Order::Backward, Order::PerStream, Order::Any] {
        see(support::select(&store, &support::everything(order), &limits).map(drop));
    }
    let all = NanoRange::ALL;
    see(store.select_streams(tenant, &[], all, &limits, &cancel).map(drop));
    see(store.label_names(tenant, &[], all, &cancel).map(drop));
    see(store.volumes(tenant, &[], NanoRange { start_ns: 1, end_ns: DAY_MS * MS + 30_000 * MS }, &cancel).map(drop));
    let minute_ns = 60_000 * MS;
    for unit_ns in [minute_ns, 7] {
        let start_ns = DAY_MS * MS / unit_ns * unit_ns;
        let grid = NanoGrid { start_ns, end_ns: start_ns + 10 * unit_ns, step_ns: unit_ns, window_ns: unit_ns };
        let unit = CountUnit { matchers: &[], filters: &[], bytes: true, by_metadata: &["detected_level"] };
        see(store.count_grid(tenant, &unit, grid, &limits, &cancel).map(drop));
    }
    store.maintain().unwrap_or_else(check);
    is_sound
}

fn with_ending(fs: &SimFs, ending: &str) -> Vec<PathBuf> {
    fs.paths().into_iter().filter(|path| path.to_string_lossy().ends_with(ending)).collect()
}

#[test]
fn logs_that_make_no_sense() {
    let mut random = Random(testkit::seed(1));
    let (fs, clock) = store_files();
    let logs = with_ending(&fs, ".wal");
    for iteration in 0..iterations() {
        let fs = fs.fork();
        let path = &logs[random.below(logs.len())];
        let mut records = records(&fs.bytes(path).expect("it is there"));
        if records.is_empty() {
            continue;
        }
        let number = random.below(records.len());
        mutate(&mut records[number], &mut random);
        fs.tamper(path, |bytes| {
            bytes.truncate(12);
            for record in &records {
                let length = (record.len() as u32).to_le_bytes();
                let checksum = crc32c::crc32c_append(crc32c::crc32c(&length), record);
                bytes.extend_from_slice(&length);
                bytes.extend_from_slice(&checksum.to_le_bytes());
                bytes.extend_from_slice(record);
            }
        });
        ask(&fs, &clock, &format!("iteration {iteration}"));
    }
}

fn records(log: &[u8]) -> Vec<Vec<u8>> {
    let (mut records, mut at) = (Vec::new(), 12);
    while let Some(length) = log.get(at..at + 4) {
        let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        records.push(log[at + 8..at + 8 + length].to_vec());
        at += 8 + length;
    }
    records
}

#[test]
fn blocks_that_make_no_sense() {
    let mut random = Random(testkit::seed(2));
    let (fs, clock) = store_files();
    let blocks = with_ending(&fs, ".block");
    let mut n_sound = 0;
    for iteration in 0..iterations() {
        let fs = fs.fork();
        let path: &Path = &blocks[random.below(blocks.len())];
        fs.tamper(path, |bytes| *bytes = Parts::take(bytes).spoil(&mut random).put_together());
        n_sound += usize::from(ask(&fs, &clock, &format!("iteration {iteration}")));
    }
    println!("{n_sound} were taken for sound");
}

#[test]
fn a_block_put_together_again_is_sound() {
    let (fs, clock) = store_files();
    let before = support::read_all(&support::open(&fs, &clock, support::options()).expect("opens")).expect("sound");
    for path in with_ending(&fs, ".block") {
        fs.tamper(&path, |bytes| *bytes = Parts::take(bytes).put_together());
    }
    let store = support::open(&fs, &clock, support::options()).expect("the store opens");
    assert_eq!(support::read_all(&store).expect("sound"), before);
    assert_eq!(store.stats().corruptions, 0);
}

const FRAMES: u32 = 6;
const BODY: u32 = 7;

/// A block taken apart: the head before its table of sections, the sections decompressed, and the frames.
struct Parts {
    head: Vec<u8>,
    sections: Vec<(u32, Vec<u8>)>,
    body: Vec<u8>,
    /// Whether frames get the checksums that they should have.
    repairs_frames: bool,
}

impl Parts {
    fn take(bytes: &[u8]) -> Parts {
        let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let n_sections = u32_at(88) as usize;
        let table = support::head_len(bytes) - 4 - n_sections * 24;
        let (mut sections, mut body) = (Vec::new(), Vec::new());
        for number in 0..n_sections {
            let at = table + number * 24;
            let (kind, len, raw) = (u32_at(at), u32_at(at + 4) as usize, u32_at(at + 16) as usize);
            let offset = u32_at(at + 8) as usize;
            let content = &bytes[offset..offset + len];
            if kind == BODY {
                body = content.to_vec();
            } else {
                sections.push((kind, zstd::bulk::decompress(content, raw).expect("it was written so")));
            }
        }
        Parts { head: bytes[..table].to_vec(), sections, body, repairs_frames: true }
    }

    fn spoil(mut self, random: &mut Random) -> Parts {
        let section = random.below(self.sections.len());
        match random.below(10) {
            0 => {
                let at = 13 + random.below(75);
                self.head[at] = [0, 1, 0xff, random.next() as u8][random.below(4)];
            }
            1 => drop(self.sections.remove(section)),
            2 => {
                mutate(&mut self.body, random);
                self.repairs_frames = random.below(2) == 0;
            }
            3 => {
                let other = random.below(self.sections.len());
                self.sections[section].1 = self.sections[other].1.clone();
            }
            _ => mutate(&mut self.sections[section].1, random),
        }
        self
    }

    fn put_together(mut self) -> Vec<u8> {
        if self.repairs_frames
            && let Some((_, frames)) = self.sections.iter_mut().find(|(kind, _)| *kind == FRAMES)
        {
            repair_checksum(frames, &self.body);
        }
        let mut out = self.head;
        out[88..92].copy_from_slice(&(self.sections.len() as u32 + 1).to_le_bytes());
        let mut offset = (out.len() + (self.sections.len() + 1) * 24 + 4) as u64;
        let mut contents = Vec::new();
        let mut put = |out: &mut Vec<u8>, kind: u32, raw: usize, content: Vec<u8>| {
            out.extend_from_slice(&kind.to_le_bytes());
            out.extend_from_slice(&(content.len() as u32).to_le_bytes());
            out.extend_from_slice(&offset.to_le_bytes());
            out.extend_from_slice(&(raw as u32).to_le_bytes());
            let checksum = if kind == BODY { 0 } else { crc32c::crc32c(&content) };
            out.extend_from_slice(&checksum.to_le_bytes());
            offset += content.len() as u64;
            contents.extend_from_slice(&content);
        };
        for (kind, raw) in &self.sections {
            put(&mut out, *kind, raw.len(), zstd::bulk::compress(raw, 1).expect("it compresses"));
        }
        let raw = self.body.len();
        put(&mut out, BODY, raw, self.body);
        let file_bytes = offset;
        out[16..24].copy_from_slice(&file_bytes.to_le_bytes());
        let checksum = crc32c::crc32c(&out);
        out.extend_from_slice(&checksum.to_le_bytes());
        out.extend_from_slice(&contents);
        out
    }
}

/// Gives the frames of a small block, which has one, the right checksum.
fn repair_checksum(frames: &mut [u8], body: &[u8]) {
    if frames.first() == Some(&1) && frames.len() > 4 {
        let at = frames.len() - 4;
        frames[at..].copy_from_slice(&crc32c::crc32c(body).to_le_bytes());
    }
}
