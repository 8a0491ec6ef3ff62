//! What the tests of whole stores share: opening, appending, asking the same of a store and of a plain list.
#![allow(dead_code, reason = "each test binary uses its part of this")]

use std::path::Path;
use std::sync::Arc;

use durable::FileSystem;
use logstore::{EmbeddedLogStore, LogStoreOptions, SyncMode};
use model::{Clock, Labels, ManualClock, Matcher};
use storage::logs::{Body, BodyDecoder, LineEntry, Need, Order, SourceRange, StreamLines};
use storage::{
    BatchToken, CancelToken, Error, ErrorKind, LineFilter, LineQuery, LogAck, LogBatch, LogLimits, LogStore, NanoRange,
    Result, TenantId,
};
use testkit::{Random, SimFs};

pub(crate) const STORE: &str = "/store";
/// The beginning of a day.
pub(crate) const DAY_MS: i64 = 1_800_057_600_000;
pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const MS: i64 = 1_000_000;

/// Small heads, blocks and log files, so that little data makes many; nothing is dropped.
pub(crate) fn options() -> LogStoreOptions {
    LogStoreOptions {
        sync: SyncMode::Always,
        retention_ms: None,
        max_disk_share: 1.0,
        min_free_share: 0.0,
        block_bytes: 4 << 10,
        head_bytes: 24 << 10,
        wal_segment_bytes: 8 << 10,
        wal_bytes: 64 << 10,
        cache_bytes: 256 << 10,
        ..LogStoreOptions::default()
    }
}

pub(crate) fn open(fs: &SimFs, clock: &Arc<ManualClock>, options: LogStoreOptions) -> Result<EmbeddedLogStore> {
    open_in(Arc::new(fs.clone()), Path::new(STORE), clock, options)
}

pub(crate) fn open_in(
    fs: Arc<dyn FileSystem>,
    dir: &Path,
    clock: &Arc<ManualClock>,
    options: LogStoreOptions,
) -> Result<EmbeddedLogStore> {
    EmbeddedLogStore::open(fs, dir, options, Arc::new(PlainDecoder), Arc::clone(clock) as Arc<dyn Clock>)
}

/// Lines of a batch in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    pub(crate) token: Option<u128>,
    pub(crate) source: Option<SourceRange>,
    pub(crate) lines: Vec<Line>,
    /// Whether it comes as a body, with these lines left out.
    pub(crate) body: Option<Vec<u32>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) labels: Labels,
    pub(crate) time_ns: i64,
    pub(crate) text: Vec<u8>,
    pub(crate) metadata: Labels,
}

/// The body format of the tests: per line, lengths and bytes of labels, time, text and metadata.
pub(crate) const FORMAT: u8 = 7;

pub(crate) fn encode_body(lines: &[Line]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines {
        out.extend_from_slice(&line.time_ns.to_le_bytes());
        for bytes in [line.labels.as_bytes(), &line.text, line.metadata.as_bytes()] {
            out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            out.extend_from_slice(bytes);
        }
    }
    out
}

#[derive(Debug)]
pub(crate) struct PlainDecoder;

impl BodyDecoder for PlainDecoder {
    fn decode(&self, body: &Body<'_>, line: &mut dyn FnMut(&[u8], LineEntry<'_>)) -> Result<()> {
        if body.format != FORMAT {
            return Err(Error::new(ErrorKind::NotBuilt, format!("not built yet: body format {}", body.format)));
        }
        if body.received_ns != 42 {
            return Err(Error::new(ErrorKind::Corrupt, "body was received at another time"));
        }
        let cut = || Error::new(ErrorKind::Corrupt, "body is cut short");
        let mut rest = body.bytes;
        while !rest.is_empty() {
            let (time_ns, after) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
            let mut parts = [&[][..]; 3];
            rest = after;
            for part in &mut parts {
                let (len, after) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
                (*part, rest) = after.split_at_checked(u32::from_le_bytes(*len) as usize).ok_or_else(cut)?;
            }
            line(parts[0], LineEntry { time_ns: i64::from_le_bytes(*time_ns), line: parts[1], metadata: parts[2] });
        }
        Ok(())
    }
}

pub(crate) fn append(store: &dyn LogStore, batch: &Batch) -> Result<LogAck> {
    append_of(store, TenantId::default(), batch)
}

pub(crate) fn append_of(store: &dyn LogStore, tenant: TenantId, batch: &Batch) -> Result<LogAck> {
    let is_left_out = |number: usize| batch.body.as_ref().is_some_and(|left_out| left_out.contains(&(number as u32)));
    let kept: Vec<&Line> = batch.lines.iter().enumerate().filter(|(i, _)| !is_left_out(*i)).map(|(_, l)| l).collect();
    let runs: Vec<(&Labels, Vec<LineEntry<'_>>)> = kept
        .chunk_by(|a, b| a.labels == b.labels)
        .map(|run| {
            let entries = run.iter().map(|line| LineEntry {
                time_ns: line.time_ns,
                line: &line.text,
                metadata: line.metadata.as_bytes(),
            });
            (&run[0].labels, entries.collect())
        })
        .collect();
    let streams: Vec<StreamLines<'_>> =
        runs.iter().map(|(labels, lines)| StreamLines { labels: labels.as_bytes(), lines }).collect();
    let bytes = batch.body.as_ref().map(|_| encode_body(&batch.lines));
    let body = bytes.as_ref().map(|bytes| Body {
        format: FORMAT,
        received_ns: 42,
        bytes,
        left_out: batch.body.as_deref().unwrap_or_default(),
    });
    store
        .append(tenant, &LogBatch { token: batch.token.map(BatchToken), source: batch.source, streams: &streams, body })
}

/// A row as a query gives it: stream, time, length, text, metadata.
pub(crate) type Given = (Labels, i64, u32, Vec<u8>, Vec<u8>);

pub(crate) fn select(store: &dyn LogStore, query: &LineQuery, limits: &LogLimits) -> Result<Vec<Given>> {
    let mut rows = Vec::new();
    for batch in store.select_lines(TenantId::default(), query.clone(), limits, &CancelToken::new())? {
        let batch = batch?;
        assert!(!batch.rows.is_empty(), "no batch is empty");
        for row in &batch.rows {
            let labels = batch.streams[row.stream as usize].labels.clone();
            rows.push((labels, row.time_ns, row.line_bytes, batch.line(row).to_vec(), batch.metadata(row).to_vec()));
        }
    }
    Ok(rows)
}

pub(crate) fn everything(order: Order) -> LineQuery {
    LineQuery { matchers: Vec::new(), range: NanoRange::ALL, filters: Vec::new(), order, limit: None, need: Need::ALL }
}

pub(crate) fn read_all(store: &dyn LogStore) -> Result<Vec<Given>> {
    select(store, &everything(Order::Forward), &LogLimits::default())
}

/// Words that lines are made of; some are parts of others.
const WORDS: [&str; 16] = [
    "error",
    "warn",
    "falcon",
    "falc",
    "gateway",
    "payment",
    "GET",
    "/api/v1/items",
    "200",
    "500",
    "OOM",
    "a",
    "aa",
    "größe",
    "level=info",
    "\u{0}",
];

pub(crate) fn random_text(random: &mut Random) -> Vec<u8> {
    let mut text = Vec::new();
    match random.below(40) {
        0..=2 => {}
        3 => (0..random.below(20)).for_each(|_| text.push(random.next() as u8)),
        4 if random.below(20) == 0 => {
            let len = 100_000 + random.below(300_000);
            while text.len() < len {
                text.extend_from_slice(WORDS[random.below(WORDS.len())].as_bytes());
            }
        }
        _ => {
            for _ in 0..1 + random.below(8) {
                text.extend_from_slice(WORDS[random.below(WORDS.len())].as_bytes());
                if random.below(4) > 0 {
                    text.push(b' ');
                }
            }
        }
    }
    text
}

pub(crate) fn random_labels(random: &mut Random) -> Labels {
    let jobs = ["api", "db", "web"];
    let pod = format!("pod-{}", random.below(4));
    Labels::from_pairs([("job", jobs[random.below(3)]), ("pod", &pod), ("zone", ["", "a"][random.below(2)])])
}

pub(crate) fn random_metadata(random: &mut Random) -> Labels {
    let level = ["", "info", "error"][random.below(3)];
    let trace = if random.below(8) == 0 { format!("{:x}", random.next()) } else { String::new() };
    Labels::from_pairs([("detected_level", level), ("trace", &trace)])
}

/// A batch around a time.
pub(crate) fn random_batch(random: &mut Random, now_ns: i64) -> Batch {
    let mut lines = Vec::new();
    let most = if random.below(5) == 0 { 60 } else { 8 };
    let n = random.below(most);
    let mut labels = random_labels(random);
    let unit = [1, 1_000, MS, 1_000 * MS][random.below(4)];
    for _ in 0..n {
        if random.below(3) == 0 {
            labels = random_labels(random);
        }
        let time_ns = match random.below(60) {
            0 => [i64::MIN, i64::MAX, 0, -1][random.below(4)],
            1..=3 => now_ns - random.below(200) as i64 * HOUR_MS * MS,
            4..=9 => now_ns - random.below(20_000) as i64 * MS,
            _ => (now_ns + random.below(5_000_000_000) as i64).div_euclid(unit) * unit,
        };
        lines.push(Line {
            labels: labels.clone(),
            time_ns,
            text: random_text(random),
            metadata: random_metadata(random),
        });
    }
    let body = (random.below(3) == 0).then(|| (0..n as u32).filter(|_| random.below(6) == 0).collect());
    Batch { token: None, source: None, lines, body }
}

pub(crate) fn random_query(random: &mut Random, now_ns: i64) -> LineQuery {
    let orders = [Order::Forward, Order::Backward, Order::PerStream, Order::Any];
    let start_ns = match random.below(4) {
        0 => i64::MIN,
        1 => now_ns - random.below(100) as i64 * HOUR_MS * MS,
        _ => now_ns - random.below(400_000) as i64 * MS,
    };
    let end_ns = match random.below(4) {
        0 => i64::MAX,
        1 => start_ns.saturating_add(random.below(100) as i64 * HOUR_MS * MS),
        _ => start_ns.saturating_add(random.below(600_000) as i64 * MS),
    };
    let n_filters = [0, 0, 1, 1, 1, 2, 3][random.below(7)];
    LineQuery {
        matchers: random_matchers(random),
        range: NanoRange { start_ns, end_ns },
        filters: (0..n_filters).map(|_| random_filter(random)).collect(),
        order: orders[random.below(4)],
        limit: [None, None, Some(1), Some(5), Some(100)][random.below(5)],
        need: Need { line: random.below(4) > 0, metadata: random.below(3) > 0 },
    }
}

pub(crate) fn random_matchers(random: &mut Random) -> Vec<Matcher> {
    let regex = |name: &str, value: &str| Matcher::new(model::MatchOp::Regex, name, value).expect("a pattern");
    match random.below(6) {
        0 => vec![Matcher::equal("job", "api")],
        1 => vec![regex("job", "a.*|web"), Matcher::equal("zone", "")],
        2 => vec![Matcher::equal("pod", "pod-1")],
        3 => vec![Matcher::equal("job", "none")],
        _ => Vec::new(),
    }
}

pub(crate) fn random_needle(random: &mut Random) -> Vec<u8> {
    let mut needle = random_text(random);
    if random.below(3) > 0 {
        needle = WORDS[random.below(WORDS.len())].as_bytes().to_vec();
    }
    let start = random.below(needle.len().min(4) + 1);
    let end = start + random.below((needle.len() - start).min(12) + 1);
    needle[start..end].to_vec()
}

pub(crate) fn random_filter(random: &mut Random) -> LineFilter {
    let patterns = ["falc[o]", "err|500", "^$", "(?i)get.*items", "\u{fffd}", "a{2,}$"];
    let regex = |random: &mut Random| goregex::Regex::new(patterns[random.below(patterns.len())]).expect("a pattern");
    match random.below(9) {
        0..=3 => LineFilter::Contains(random_needle(random)),
        4 => LineFilter::NotContains(random_needle(random)),
        5 | 6 => LineFilter::ContainsAny((0..random.below(4)).map(|_| random_needle(random)).collect()),
        7 => LineFilter::Matches(regex(random)),
        _ => LineFilter::NotMatches(regex(random)),
    }
}

/// The length of a block's head, as `docs/format/logs-block.md` draws it.
pub(crate) fn head_len(block: &[u8]) -> usize {
    let number = |at: usize| u32::from_le_bytes(block[at..at + 4].try_into().expect("four bytes")) as usize;
    104 + number(96) + number(100) * 8 + number(88) * 24 + 4
}
