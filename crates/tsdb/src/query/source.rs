//! Where the samples of a query come from: blocks, the generation being sealed, the generation being written.

use std::sync::Arc;

use model::Labels;
use storage::Result;

use crate::block::{BlockIndex, BlockReader, Chunk, EncodedPairs};
use crate::head::{Generation, Tail};

/// One place that may hold samples of a series. Its items are numbered; a series has at most two in one source.
#[derive(Debug)]
pub(crate) enum Source {
    Block(BlockSource),
    Head(HeadSource),
}

/// Two items with the same key have the same timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TimesKey {
    pub(crate) source: u32,
    column: u32,
    rows: u32,
}

impl Source {
    pub(crate) fn times_key(&self, source: u32, item: u32) -> TimesKey {
        let (column, rows) = match self {
            Source::Block(block) => {
                let place = block.index.place(item);
                (place.column, place.runs)
            }
            Source::Head(head) => head.times_key(item),
        };
        TimesKey { source, column, rows }
    }

    /// All timestamps of an item, ascending.
    pub(crate) fn times_ms(&self, item: u32) -> Result<Arc<[i64]>> {
        match self {
            Source::Block(block) => block.times_ms(item),
            Source::Head(head) => Ok(head.times_ms(item)),
        }
    }

    /// Appends all values of an item; `n` is the number of its timestamps.
    pub(crate) fn values(&mut self, item: u32, n: usize, values: &mut Vec<f64>) -> Result<()> {
        match self {
            Source::Block(block) => block.values(item, n, values),
            Source::Head(head) => {
                head.values(item, values);
                Ok(())
            }
        }
    }
}

/// The series of a block, by their position in it.
#[derive(Debug)]
pub(crate) struct BlockSource {
    pub(crate) block: Arc<BlockReader>,
    pub(crate) index: Arc<BlockIndex>,
    /// The chunk read last: neighbouring series share it.
    chunk: Option<Box<LoadedChunk>>,
}

#[derive(Debug)]
struct LoadedChunk {
    number: usize,
    first_series: u32,
    chunk: Chunk,
}

impl BlockSource {
    pub(crate) fn new(block: Arc<BlockReader>, index: Arc<BlockIndex>) -> BlockSource {
        BlockSource { block, index, chunk: None }
    }

    /// Reads everything that a query could, and checks it.
    pub(crate) fn verify(block: &Arc<BlockReader>) -> Result<()> {
        // Not `block.index()`: what is only looked through must not push out of memory what queries use.
        let mut source = BlockSource::new(Arc::clone(block), Arc::new(block.read_index()?));
        let mut values = Vec::new();
        let (mut pairs, mut labels) = (EncodedPairs::default(), Vec::new());
        for series in 0..source.index.index.n_series() {
            let encoded = source.index.index.label_bytes(series, &mut pairs, &mut labels);
            let checked = encoded.and_then(|()| Labels::from_bytes(&labels).ok());
            checked.ok_or_else(|| block.corrupt("labels of a series make no sense"))?;
            values.clear();
            let n_times = source.times_ms(series)?.len();
            source.values(series, n_times, &mut values)?;
        }
        Ok(())
    }

    fn times_ms(&self, series: u32) -> Result<Arc<[i64]>> {
        let times = self.index.times_ms(self.index.place(series));
        times.ok_or_else(|| self.block.corrupt("times of a series are missing"))
    }

    fn values(&mut self, series: u32, n: usize, values: &mut Vec<f64>) -> Result<()> {
        let missing = || self.block.corrupt("values of a series are missing");
        let number = self.index.directory.chunk_of(series).ok_or_else(missing)?;
        let loaded = match &mut self.chunk {
            Some(loaded) if loaded.number == number => loaded,
            cached => {
                let (first_series, chunk) = self.block.chunk(&self.index, number)?;
                cached.insert(Box::new(LoadedChunk { number, first_series, chunk }))
            }
        };
        let page = (series - loaded.first_series) as usize;
        loaded.chunk.decode(page, n, values).ok_or_else(|| self.block.corrupt("values of a series make no sense"))
    }
}

/// Copies of the compressed tails of a generation, so that they can be read without its lock.
#[derive(Debug, Default)]
pub(crate) struct HeadSource {
    columns: Vec<Arc<[i64]>>,
    /// From the generation's group to `columns`.
    column_of_group: hashbrown::HashMap<u32, u32, foldhash::fast::RandomState>,
    items: Vec<HeadItem>,
}

#[derive(Debug)]
enum HeadItem {
    Tail { column: u32, tail: Tail },
    Late(Vec<(i64, u64)>),
}

impl HeadSource {
    /// Takes a copy of a slot's samples; returns the numbers of its items: the tail, the late samples.
    pub(crate) fn copy(&mut self, generation: &Generation, slot: u32) -> impl Iterator<Item = u32> + use<> {
        let mut items = [None, None];
        let series = generation.series.get(slot as usize).filter(|series| !series.tail.is_empty());
        if let Some(series) = series {
            let column = *self.column_of_group.entry(series.group).or_insert_with(|| {
                self.columns.push(generation.groups[series.group as usize].times_ms.as_slice().into());
                self.columns.len() as u32 - 1
            });
            items[0] = Some(self.items.len() as u32);
            self.items.push(HeadItem::Tail { column, tail: series.tail.clone() });
        }
        if !generation.late.is_empty() {
            let late: Vec<(i64, u64)> = generation.late_of(slot).collect();
            if !late.is_empty() {
                items[1] = Some(self.items.len() as u32);
                self.items.push(HeadItem::Late(late));
            }
        }
        items.into_iter().flatten()
    }

    /// A tail without gaps has the times of its group from its first row to its last; anything else is alone with its times.
    fn times_key(&self, item: u32) -> (u32, u32) {
        match &self.items[item as usize] {
            HeadItem::Tail { column, tail } => match tail.solid_rows() {
                // Tails of one group that have no gap nearly all begin and end together; those that began later are
                // told apart by their first row, those that ended early have an entry of their own.
                Some((first, last)) if last as usize + 1 == self.columns[*column as usize].len() => (*column, first),
                _ => (u32::MAX, item),
            },
            HeadItem::Late(_) => (u32::MAX, item),
        }
    }

    fn times_ms(&self, item: u32) -> Arc<[i64]> {
        match &self.items[item as usize] {
            HeadItem::Tail { column, tail } => {
                let column = &self.columns[*column as usize];
                match tail.solid_rows() {
                    Some((0, last)) if last as usize + 1 == column.len() => Arc::clone(column),
                    Some((first, last)) => column[first as usize..=last as usize].into(),
                    None => {
                        let (mut rows, mut values) = (Vec::new(), Vec::new());
                        tail.decode(&mut rows, &mut values);
                        rows.into_iter().map(|row| column[row as usize]).collect()
                    }
                }
            }
            HeadItem::Late(samples) => samples.iter().map(|&(time_ms, _)| time_ms).collect(),
        }
    }

    fn values(&self, item: u32, values: &mut Vec<f64>) {
        match &self.items[item as usize] {
            HeadItem::Tail { tail, .. } => tail.decode(&mut Vec::with_capacity(tail.len()), values),
            HeadItem::Late(samples) => values.extend(samples.iter().map(|&(_, bits)| f64::from_bits(bits))),
        }
    }
}
