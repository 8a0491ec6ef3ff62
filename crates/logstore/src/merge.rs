//! Joining small blocks of one day and group: fewer files to open, longer runs of lines that look alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use model::Labels;
use storage::Result;

use crate::block::{self, Block, BlockRows, Cache, Columns, Identity, Index, MetadataColumn, Reading, Row};
use crate::error::io_error;
use crate::key::{Key, day_of};
use crate::stats::Counters;
use crate::store::{EmbeddedLogStore, Inner, Maintenance};

/// A day is joined when it ended this long ago, so that its last blocks are there.
const SETTLED_MS: i64 = 3_600_000;
/// So many small blocks are joined at once, even if they are very small.
const MANY_BLOCKS: usize = 32;

impl EmbeddedLogStore {
    /// Joins small blocks that were appended one behind the other, if there are some. Returns whether there were. A block is joined once.
    ///
    /// # Errors
    /// `Io`, `Full` or `Corrupt`; the blocks then stay as they are.
    pub(crate) fn merge_once(&self, maintenance: &mut Maintenance, now_ms: i64) -> Result<bool> {
        let inner = &*self.0;
        while let Some(path) = maintenance.leftovers.last() {
            inner.fs.remove(path).map_err(|e| io_error("cannot remove what is left of a merge", e))?;
            maintenance.leftovers.pop();
        }
        let blocks = Arc::clone(&inner.state.lock().blocks);
        let Some(sources) = choose(&blocks, inner.options.block_bytes as u64, now_ms) else { return Ok(false) };
        drop(blocks);
        let merged = inner.merge(maintenance, &sources)?;
        let is_source = |block: &Arc<Block>| sources.iter().any(|source| Arc::ptr_eq(source, block));
        {
            let mut state = inner.state.lock();
            let blocks = Arc::make_mut(&mut state.blocks);
            blocks.retain(|block| !is_source(block));
            blocks.push(Arc::new(merged));
        }
        sources.iter().for_each(|block| block.doom());
        Counters::add(&inner.counters.merges, 1);
        Ok(true)
    }
}

impl Inner {
    fn merge(&self, maintenance: &mut Maintenance, sources: &[Arc<Block>]) -> Result<Block> {
        // A merge must not push out of memory what queries use.
        let cache = Cache::new(0);
        let mut parts = Vec::with_capacity(sources.len());
        for block in sources {
            let reading = Reading { block, cache: &cache, codec: &self.codec };
            parts.push(Source::read(&reading).inspect_err(|error| self.suspect(block, error))?);
        }
        let last = &sources[sources.len() - 1].meta;
        let identity = Identity {
            key: last.key.clone(),
            level: 1,
            sequence: self.next_sequence.fetch_add(1, Ordering::Relaxed),
            through: last.through,
            sources: sources.iter().map(|block| block.meta.sequence).collect(),
        };
        let path = Inner::blocks_dir(&self.dir).join(block::file_name(identity.key.day, identity.sequence));
        let merged = self.write_block(rows_of(&parts), identity);
        if merged.is_err() && self.fs.remove(&path).is_err() {
            // It may stand there beside its sources; another merge of these must not come to stand beside it as well.
            maintenance.leftovers.push(path);
        }
        merged
    }
}

/// All of a block, decoded.
struct Source {
    index: Arc<Index>,
    columns: Arc<Columns>,
    metadata: Arc<MetadataColumn>,
    texts: Vec<Arc<Vec<u8>>>,
}

impl Source {
    fn read(reading: &Reading<'_>) -> Result<Source> {
        let index = reading.index()?;
        let columns = reading.columns(&index)?;
        let metadata = reading.metadata()?;
        let texts = (0..index.frames.len()).map(|number| reading.frame(&index, number)).collect::<Result<_>>()?;
        Ok(Source { index, columns, metadata, texts })
    }
}

fn rows_of(sources: &[Source]) -> BlockRows<'_> {
    let mut rows = BlockRows::default();
    let mut streams: HashMap<Labels, u32, RandomState> = HashMap::default();
    let mut numbers: HashMap<&[u8], u32, RandomState> = HashMap::default();
    for source in sources {
        let metadata: Vec<u32> = (0..source.metadata.len())
            .map(|number| {
                let metadata = source.metadata.get(number);
                *numbers.entry(metadata).or_insert_with(|| {
                    rows.metadata.push(metadata);
                    rows.metadata.len() as u32 - 1
                })
            })
            .collect();
        let first_text = rows.texts.len();
        rows.texts.extend(source.texts.iter().map(|text| &text[..]));
        let mut frame = 0;
        for of_block in &source.index.streams {
            let labels = &of_block.stream.labels;
            let stream = *streams.entry(labels.clone()).or_insert_with(|| {
                rows.streams.push(Arc::clone(&of_block.stream));
                rows.streams.len() as u32 - 1
            });
            for row in of_block.first_row..of_block.first_row + of_block.n_rows {
                while source.index.frames[frame].first_row + source.index.frames[frame].n_rows <= row {
                    frame += 1;
                }
                let start = source.columns.start(row, &source.index.frames[frame]);
                rows.rows.push(Row {
                    time_ns: source.columns.times_ns[row as usize],
                    stream,
                    text: (first_text + frame) as u32,
                    start,
                    len_bytes: source.columns.ends[row as usize] - start,
                    metadata: metadata[source.metadata.number_of(row) as usize],
                });
            }
        }
    }
    rows
}

/// Neighbours in the order of appending that are small and were never joined, oldest key first.
fn choose(blocks: &[Arc<Block>], block_bytes: u64, now_ms: i64) -> Option<Vec<Arc<Block>>> {
    let mut by_key: BTreeMap<&Key, Vec<&Arc<Block>>> = BTreeMap::new();
    for block in blocks {
        by_key.entry(&block.meta.key).or_default().push(block);
    }
    let settled_day = day_of(now_ms.saturating_sub(SETTLED_MS).saturating_mul(1_000_000));
    for (key, mut blocks) in by_key {
        blocks.sort_by_key(|block| block.meta.through);
        let is_small = |block: &Block| block.meta.level == 0 && block.meta.text_bytes < block_bytes / 2;
        for run in blocks.chunk_by(|a, b| is_small(a) == is_small(b)).filter(|run| is_small(run[0])) {
            let mut text_bytes = 0;
            let fits = run.iter().take_while(|block| {
                let fits = text_bytes < block_bytes;
                text_bytes += block.meta.text_bytes;
                fits
            });
            let chosen: Vec<Arc<Block>> = fits.map(|block| Arc::clone(block)).collect();
            let is_due = text_bytes >= block_bytes || chosen.len() >= MANY_BLOCKS || key.day < settled_day;
            if chosen.len() > 1 && is_due {
                return Some(chosen);
            }
        }
    }
    None
}
