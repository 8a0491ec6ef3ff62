//! Lines that are in no block yet, per tenant, day and group.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};
use model::Labels;
use model::labels::InvalidLabels;
use storage::LineEntry;
use storage::logs::Stream;

mod chunk;

pub(crate) use chunk::Chunk;

use crate::key::{Key, day_of, group_of};
use crate::wal::Position;

/// A chunk that a reader shares is copied to go on with it when it is smaller than this; otherwise another one begins.
const COPY_BYTES: usize = 32 << 10;
/// Streams whose group is remembered; beyond it all are forgotten and looked at again.
const MAX_KNOWN_STREAMS: usize = 1 << 16;

/// The heads of all keys.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    pub(crate) active: HashMap<Key, Head, RandomState>,
    /// Heads whose blocks are not in place yet, oldest first; usually none or one.
    pub(crate) frozen: Vec<Arc<Head>>,
    known: KnownStreams,
    /// Bytes of the active heads in memory, about.
    pub(crate) active_bytes: usize,
    /// Text of one head that makes a block, and whether some head may have as much.
    block_bytes: u64,
    pub(crate) has_full: bool,
}

/// Lines of one key as they arrived.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) key: Key,
    pub(crate) streams: Arc<Vec<Arc<Stream>>>,
    numbers: HashTable<u32>,
    pub(crate) chunks: Vec<Arc<Chunk>>,
    pub(crate) first_ns: i64,
    pub(crate) last_ns: i64,
    pub(crate) n_rows: u64,
    pub(crate) text_bytes: u64,
    size_bytes: usize,
    /// The records of the log that hold its first and its last line.
    pub(crate) since: Position,
    pub(crate) through: Position,
    /// When it got its first and its last line, by the clock.
    pub(crate) created_ms: i64,
    pub(crate) touched_ms: i64,
    /// Names the block that it becomes; given once, so that an attempt that is repeated writes the same file.
    pub(crate) sequence: u64,
}

/// A stream and what follows from its labels.
#[derive(Clone, Debug)]
pub(crate) struct KnownStream {
    pub(crate) stream: Arc<Stream>,
    pub(crate) group: Labels,
    hash: u64,
}

/// When and where lines are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) position: Position,
    pub(crate) now_ms: i64,
}

impl Heads {
    pub(crate) fn new(block_bytes: usize) -> Heads {
        Heads { block_bytes: block_bytes as u64, ..Heads::default() }
    }

    /// The head to seal next: one that makes a block, or the largest if all together take more than this.
    pub(crate) fn due(&mut self, max_bytes: usize) -> Option<Key> {
        let largest = self.active.values().max_by_key(|head| head.text_bytes);
        self.has_full = largest.is_some_and(|head| head.text_bytes >= self.block_bytes);
        let is_due = self.has_full || self.active_bytes > max_bytes;
        let heaviest = || self.active.values().max_by_key(|head| head.size_bytes);
        if is_due { if self.has_full { largest } else { heaviest() }.map(|head| head.key.clone()) } else { None }
    }

    /// The stream of canonical label bytes.
    ///
    /// # Errors
    /// When the bytes are no labels.
    pub(crate) fn stream(&mut self, labels: &[u8]) -> Result<KnownStream, InvalidLabels> {
        self.known.get(labels)
    }

    /// Adds lines of one stream. Those of keys that `skip` names are left out.
    pub(crate) fn push(
        &mut self,
        tenant: u32,
        stream: &KnownStream,
        lines: &[LineEntry<'_>],
        moment: Moment,
        skip: &dyn Fn(&Key) -> bool,
    ) {
        let mut rest = lines;
        while let Some(first) = rest.first() {
            let day = day_of(first.time_ns);
            let n = rest.iter().take_while(|line| day_of(line.time_ns) == day).count();
            let (run, others) = rest.split_at(n);
            rest = others;
            let key = Key { tenant, day, group: stream.group.clone() };
            if skip(&key) {
                continue;
            }
            let head = self.active.entry(key).or_insert_with_key(|key| Head::new(key.clone(), moment));
            let before_bytes = head.size_bytes;
            head.push(stream, run, moment);
            self.active_bytes += head.size_bytes - before_bytes;
            self.has_full |= head.text_bytes >= self.block_bytes;
        }
    }

    /// Takes a head out of those that lines are added to.
    pub(crate) fn freeze(&mut self, key: &Key, sequence: u64) {
        if let Some(mut head) = self.active.remove(key) {
            self.active_bytes = self.active_bytes.saturating_sub(head.size_bytes);
            head.sequence = sequence;
            self.frozen.push(Arc::new(head));
        }
        if self.active.is_empty() {
            self.active.shrink_to_fit();
        }
    }

    /// All heads, those first that are older.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Head> {
        self.frozen.iter().map(|head| &**head).chain(self.active.values())
    }

    /// Bytes of all heads in memory, about.
    pub(crate) fn size_bytes(&self) -> usize {
        self.active_bytes + self.frozen.iter().map(|head| head.size_bytes).sum::<usize>()
    }

    /// Forgets streams, of which it costs little to find out again what they are.
    pub(crate) fn forget_known_streams(&mut self) {
        self.known = KnownStreams::default();
    }
}

impl Head {
    fn new(key: Key, moment: Moment) -> Head {
        Head {
            key,
            streams: Arc::default(),
            numbers: HashTable::new(),
            chunks: Vec::new(),
            first_ns: i64::MAX,
            last_ns: i64::MIN,
            n_rows: 0,
            text_bytes: 0,
            size_bytes: 0,
            since: moment.position,
            through: moment.position,
            created_ms: moment.now_ms,
            touched_ms: moment.now_ms,
            sequence: 0,
        }
    }

    fn push(&mut self, stream: &KnownStream, lines: &[LineEntry<'_>], moment: Moment) {
        let number = self.number(stream);
        self.through = moment.position;
        self.touched_ms = moment.now_ms;
        let mut rest = lines;
        while let Some(first) = rest.first() {
            let (chunk, is_new) = self.writable(first.line.len());
            let before_bytes = if is_new { 0 } else { chunk.size_bytes() };
            let mut n = 0;
            while let Some(line) = rest.get(n).filter(|line| chunk.has_room(line.line.len())) {
                chunk.push(number, line.time_ns, line.line, line.metadata);
                n += 1;
            }
            let added_bytes = chunk.size_bytes().saturating_sub(before_bytes);
            self.size_bytes += added_bytes;
            for line in &rest[..n] {
                self.first_ns = self.first_ns.min(line.time_ns);
                self.last_ns = self.last_ns.max(line.time_ns);
                self.text_bytes += line.line.len() as u64;
            }
            self.n_rows += n as u64;
            rest = &rest[n..];
        }
    }

    /// The chunk to add a line to, and whether it is a new one.
    fn writable(&mut self, line_bytes: usize) -> (&mut Chunk, bool) {
        let goes_on = self.chunks.last_mut().is_some_and(|chunk| {
            chunk.has_room(line_bytes) && (chunk.text.len() < COPY_BYTES || Arc::get_mut(chunk).is_some())
        });
        if !goes_on {
            self.chunks.push(Arc::default());
        }
        let last = self.chunks.len() - 1;
        (Arc::make_mut(&mut self.chunks[last]), !goes_on)
    }

    fn number(&mut self, known: &KnownStream) -> u32 {
        let streams = &self.streams;
        let is_same = |&number: &u32| streams[number as usize].labels == known.stream.labels;
        if let Some(&number) = self.numbers.find(known.hash, is_same) {
            return number;
        }
        let number = self.streams.len() as u32;
        Arc::make_mut(&mut self.streams).push(Arc::clone(&known.stream));
        self.size_bytes += 64 + known.stream.labels.as_bytes().len();
        let streams = &self.streams;
        let hasher = |&number: &u32| hash(streams[number as usize].labels.as_bytes());
        self.numbers.insert_unique(known.hash, number, hasher);
        number
    }
}

/// Streams by their label bytes.
#[derive(Debug, Default)]
struct KnownStreams(HashTable<KnownStream>);

impl KnownStreams {
    fn get(&mut self, labels: &[u8]) -> Result<KnownStream, InvalidLabels> {
        let hash_of_labels = hash(labels);
        if let Some(known) = self.0.find(hash_of_labels, |known| known.stream.labels.as_bytes() == labels) {
            return Ok(known.clone());
        }
        let labels = Labels::from_bytes(labels)?;
        // Bytes that were not canonical have another hash than those that the labels have now.
        let hash_of_labels = hash(labels.as_bytes());
        let group = group_of(&labels);
        let known = KnownStream { stream: Arc::new(Stream { labels }), group, hash: hash_of_labels };
        if self.0.len() >= MAX_KNOWN_STREAMS {
            self.0.clear();
        }
        let is_same = |other: &KnownStream| other.stream == known.stream;
        if self.0.find(hash_of_labels, is_same).is_none() {
            self.0.insert_unique(hash_of_labels, known.clone(), |known| known.hash);
        }
        Ok(known)
    }
}

fn hash(bytes: &[u8]) -> u64 {
    foldhash::fast::FixedState::default().hash_one(bytes)
}
