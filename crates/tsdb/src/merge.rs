//! Joining small blocks into larger ones: fewer files to open, longer pages to compress, one index instead of many.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hashbrown::HashMap;
use storage::{Result, TimeRange};

use crate::block::{self, BlockMeta, BlockPlan, BlockReader, BlockSeries, EncodedPairs, Runs, TimeColumn};
use crate::error::io_error;
use crate::head::SeriesTable;
use crate::query::{BlockSource, Layout, Source, TimesKey};
use crate::stats::Counters;
use crate::store::Tsdb;

/// Blocks of level 0 become one per four hours, those one per day.
const WINDOWS_MS: [i64; 2] = [4 * 3_600_000, 24 * 3_600_000];
/// A window is joined when it ended this long ago, so that its last blocks are there.
const SETTLED_MS: i64 = 3_600_000;

impl Tsdb {
    /// Joins the blocks of one finished window, if there is one. Returns whether there was.
    ///
    /// # Errors
    /// `Io`, `Full` or `Corrupt`; the blocks then stay as they are.
    pub(crate) fn merge_once(&self, now_ms: i64) -> Result<bool> {
        let _guard = self.0.maintenance.lock();
        let Some(sources) = choose(&self.0.blocks.read(), now_ms) else { return Ok(false) };
        let merged = self.merge(&sources)?;
        let replaced: Vec<u64> = sources.iter().map(|block| block.meta.sequence).collect();
        {
            let mut blocks = self.0.blocks.write();
            blocks.retain(|block| !replaced.contains(&block.meta.sequence));
            blocks.push(merged);
            blocks.sort_by_key(|block| block.age());
        }
        for block in &sources {
            // Queries that still read it hold the file open.
            self.0.fs.remove(block.path()).map_err(|e| io_error("cannot remove a merged block", e))?;
        }
        Counters::add(&self.0.counters.merges, 1);
        Ok(true)
    }

    fn merge(&self, blocks: &[Arc<BlockReader>]) -> Result<Arc<BlockReader>> {
        let inner = &*self.0;
        let seed = inner.state.read().head.table.seed();
        let mut table = SeriesTable::new(seed);
        let mut items: Vec<Vec<(u32, u32)>> = Vec::new();
        let mut sources = Vec::new();
        for (source, block) in blocks.iter().enumerate() {
            // Not `block.index()`: a merge must not push out of memory what queries use.
            let index = Arc::new(block.read_index()?);
            let (mut pairs, mut labels) = (EncodedPairs::default(), Vec::new());
            for number in 0..index.index.n_series() {
                let encoded = index.index.label_bytes(number, &mut pairs, &mut labels);
                encoded.ok_or_else(|| block.corrupt("labels of a series make no sense"))?;
                let inserted = table.insert(table.hash(&labels), &labels);
                let (slot, is_new) = inserted.map_err(|e| block.corrupt(&e.to_string()))?;
                if is_new {
                    items.push(Vec::new());
                }
                items[slot as usize].push((source as u32, number));
            }
            sources.push(Source::Block(BlockSource::new(Arc::clone(block), index)));
        }
        let sequence = inner.next_sequence.fetch_add(1, Ordering::Relaxed);
        let merge = Merge::plan(&table, &sources, items, blocks, sequence)?;
        let mut values = |position: usize, values: &mut Vec<f64>| {
            let (layout, items) = (&merge.layouts[merge.layout_of[position] as usize], &merge.items[position]);
            layout.read(&mut sources, items, values)
        };
        let path = block::write_block(&*inner.fs, &Tsdb::blocks_dir(&inner.dir), &merge.block, &mut values)?;
        Ok(Arc::new(BlockReader::open(&*inner.fs, &path)?))
    }
}

/// What a merge will write.
struct Merge {
    block: BlockPlan,
    layouts: Vec<Layout>,
    /// Per series in block order: its layout.
    layout_of: Vec<u32>,
    /// Per series in block order: its items, oldest block first.
    items: Vec<Vec<(u32, u32)>>,
}

impl Merge {
    fn plan(
        table: &SeriesTable,
        sources: &[Source],
        mut items: Vec<Vec<(u32, u32)>>,
        blocks: &[Arc<BlockReader>],
        sequence: u64,
    ) -> Result<Merge> {
        let mut index = block::build_index(table, &|_| true);
        let order = std::mem::take(&mut index.order);
        let items: Vec<Vec<(u32, u32)>> = order.iter().map(|&slot| std::mem::take(&mut items[slot as usize])).collect();
        let mut layouts: Vec<Layout> = Vec::new();
        let mut layout_of_keys: HashMap<Vec<TimesKey>, u32, foldhash::fast::RandomState> = HashMap::default();
        let mut layout_of = Vec::with_capacity(items.len());
        for items in &items {
            let keys = items.iter().map(|&(source, item)| sources[source as usize].times_key(source, item)).collect();
            let next = layouts.len() as u32;
            let layout = *layout_of_keys.entry(keys).or_insert(next);
            if layout == next {
                layouts.push(Layout::new(sources, items, TimeRange::ALL)?);
            }
            layout_of.push(layout);
        }
        let columns: Vec<TimeColumn> = layouts.iter().map(|layout| Arc::clone(layout.times_ms())).collect();
        let n_samples = layout_of.iter().map(|&layout| columns[layout as usize].len() as u64).sum();
        let max = |field: fn(&BlockMeta) -> i64| blocks.iter().map(|b| field(&b.meta)).max().unwrap_or(0);
        let meta = BlockMeta {
            level: blocks.iter().map(|block| block.meta.level).max().unwrap_or(0) + 1,
            range: TimeRange {
                start_ms: blocks.iter().map(|block| block.meta.range.start_ms).min().unwrap_or(0),
                end_ms: max(|meta| meta.range.end_ms),
            },
            sequence,
            generation: blocks.iter().map(|block| block.meta.generation).max().unwrap_or(0),
            n_series: items.len() as u64,
            n_samples,
        };
        let series = layout_of.iter().map(|&column| BlockSeries { column, runs: 0 }).collect();
        let sources = blocks.iter().map(|block| block.meta.sequence).collect();
        let block = BlockPlan { meta, index, columns, runs: vec![Runs::default()], series, sources };
        Ok(Merge { block, layouts, layout_of, items })
    }
}

/// The blocks of the oldest finished window that holds at least two of a level.
fn choose(blocks: &[Arc<BlockReader>], now_ms: i64) -> Option<Vec<Arc<BlockReader>>> {
    for (level, window_ms) in WINDOWS_MS.into_iter().enumerate() {
        let mut windows: std::collections::BTreeMap<i64, Vec<Arc<BlockReader>>> = std::collections::BTreeMap::new();
        for block in blocks.iter().filter(|block| block.meta.level == level as u32) {
            let window = block.meta.range.start_ms.div_euclid(window_ms);
            windows.entry(window).or_default().push(Arc::clone(block));
        }
        let settled = |window: i64| (window + 1).saturating_mul(window_ms).saturating_add(SETTLED_MS) <= now_ms;
        let chosen = windows.into_iter().find(|(window, blocks)| blocks.len() > 1 && settled(*window));
        if let Some((_, mut blocks)) = chosen {
            // Oldest first: of two samples at one time the one written first stays.
            blocks.sort_by_key(|block| block.age());
            return Some(blocks);
        }
    }
    None
}
