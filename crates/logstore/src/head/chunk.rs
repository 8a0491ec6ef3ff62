//! A piece of a head: texts one behind the other, and a row for each.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// A chunk takes no more lines beyond this many bytes of text.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// Lines as they arrived. Readers share chunks; one that is shared is not changed any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) text: Vec<u8>,
    pub(crate) rows: Vec<HeadRow>,
    metadata: MetadataTable,
}

/// One line of a chunk. Its text begins where that of the row before ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadRow {
    pub(crate) time_ns: i64,
    /// Number of the stream in its head.
    pub(crate) stream: u32,
    /// Where its text ends.
    pub(crate) end: u32,
    /// Number of its metadata in the chunk.
    pub(crate) metadata: u32,
}

impl Chunk {
    pub(crate) fn push(&mut self, stream: u32, time_ns: i64, line: &[u8], metadata: &[u8]) {
        self.text.extend_from_slice(line);
        let metadata = self.metadata.number(metadata);
        self.rows.push(HeadRow { time_ns, stream, end: self.text.len() as u32, metadata });
    }

    /// Whether one more line of this length may be added.
    pub(crate) fn has_room(&self, line_bytes: usize) -> bool {
        self.rows.is_empty() || (self.text.len() < CHUNK_BYTES && self.text.len() + line_bytes < u32::MAX as usize)
    }

    /// Where the text of a row begins.
    pub(crate) fn start(&self, row: usize) -> u32 {
        if row == 0 { 0 } else { self.rows[row - 1].end }
    }

    pub(crate) fn line(&self, row: usize) -> &[u8] {
        &self.text[self.start(row) as usize..self.rows[row].end as usize]
    }

    /// The metadata of a number.
    pub(crate) fn metadata(&self, number: u32) -> &[u8] {
        self.metadata.get(number)
    }

    pub(crate) fn n_metadata(&self) -> u32 {
        self.metadata.ends.len() as u32
    }

    /// Bytes that it takes in memory, about.
    pub(crate) fn size_bytes(&self) -> usize {
        self.text.capacity() + self.rows.capacity() * size_of::<HeadRow>() + self.metadata.bytes.capacity()
    }
}

/// Different metadata, each once.
#[derive(Clone, Debug, Default)]
struct MetadataTable {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    last: u32,
}

impl MetadataTable {
    fn number(&mut self, metadata: &[u8]) -> u32 {
        if (self.last as usize) < self.ends.len() && self.get(self.last) == metadata {
            return self.last;
        }
        let hash = |bytes: &[u8]| FixedState::default().hash_one(bytes);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(&number) = self.numbers.find(hash(metadata), |&number| slice(bytes, ends, number) == metadata) {
            self.last = number;
            return number;
        }
        let number = self.ends.len() as u32;
        self.bytes.extend_from_slice(metadata);
        self.ends.push(self.bytes.len() as u32);
        let (bytes, ends) = (&self.bytes, &self.ends);
        self.numbers.insert_unique(hash(metadata), number, |&number| hash(slice(bytes, ends, number)));
        self.last = number;
        number
    }

    fn get(&self, number: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, number)
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], number: u32) -> &'a [u8] {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] as usize };
    &bytes[start..ends[number] as usize]
}
