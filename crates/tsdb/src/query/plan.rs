//! From matchers to the series that a query reads and where their samples stand.

use std::sync::Arc;

use hashbrown::HashMap;
use model::{Labels, Matcher};
use storage::{CancelToken, Error, ErrorKind, Limits, Result, Series, SeriesId, TimeRange};

use super::source::{BlockSource, HeadSource, Source};
use crate::block::{BlockReader, EncodedPairs};
use crate::head::{Generation, Head, series_id};
use crate::matching;

/// Sources in the order of their age, and the series found in them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) sources: Vec<Source>,
    pub(crate) series: Vec<PlannedSeries>,
    by_id: HashMap<u128, u32, foldhash::fast::RandomState>,
    seed: u64,
    /// Blocks stand before the generations of the head among the sources.
    n_blocks: usize,
}

/// A series and the items (source, number) that hold its samples, oldest source first.
#[derive(Debug)]
pub(crate) struct PlannedSeries {
    pub(crate) series: Arc<Series>,
    pub(crate) items: Vec<(u32, u32)>,
}

impl Plan {
    /// Begins with the generations of the head that overlap the range; their tails are copied, so that the head's lock is held
    /// for no longer than this. `n_blocks` older sources will follow.
    pub(crate) fn of_head(
        head: &Head,
        n_blocks: usize,
        matchers: &[Matcher],
        range: TimeRange,
        limits: &Limits,
    ) -> Result<Plan> {
        let mut plan = Plan { seed: head.table.seed(), n_blocks, ..Plan::default() };
        let schemas = head.table.schemas();
        let hits = matching::find_series(&head.table, matchers);
        let slots: Vec<u32> =
            hits.into_iter().map(|hit| schemas[hit.schema as usize].slots[hit.row as usize]).collect();
        for generation in head.generations() {
            if generation.range.is_some_and(|r| r.overlaps(range)) {
                plan.add_generation(head, generation, &slots)?;
                plan.check(limits)?;
            }
        }
        Ok(plan)
    }

    /// Adds the blocks, oldest first, of which the plan was told how many there are. `query` counts queries, and tells which block indexes
    /// were used last.
    pub(crate) fn with_blocks(
        mut self,
        blocks: &[Arc<BlockReader>],
        query: u64,
        matchers: &[Matcher],
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Plan> {
        debug_assert_eq!(blocks.len(), self.n_blocks);
        let newer = std::mem::take(&mut self.sources);
        for block in blocks {
            cancel.check()?;
            self.add_block(query, block, matchers)?;
            self.check(limits)?;
        }
        self.sources.extend(newer);
        for series in &mut self.series {
            series.items.sort_unstable();
        }
        Ok(self)
    }

    fn add_block(&mut self, query: u64, block: &Arc<BlockReader>, matchers: &[Matcher]) -> Result<()> {
        let index = block.index(query)?;
        let source = self.sources.len() as u32;
        let nonsense = || block.corrupt("labels of a series make no sense");
        let (mut pairs, mut labels) = (EncodedPairs::default(), Vec::new());
        for hit in matching::find_series(&index.index, matchers) {
            let number = index.index.first_series(hit.schema) + hit.row;
            index.index.label_bytes(number, &mut pairs, &mut labels).ok_or_else(nonsense)?;
            let id = series_id(self.seed, &labels);
            let series = self.series(id, || Labels::from_bytes(&labels).map_err(|_| nonsense()))?;
            series.items.push((source, number));
        }
        self.sources.push(Source::Block(BlockSource::new(Arc::clone(block), index)));
        Ok(())
    }

    fn add_generation(&mut self, head: &Head, generation: &Generation, slots: &[u32]) -> Result<()> {
        let mut copy = HeadSource::default();
        let source = (self.n_blocks + self.sources.len()) as u32;
        for &slot in slots {
            for item in copy.copy(generation, slot) {
                self.series(head.table.id(slot), || Ok(head.table.labels(slot)))?.items.push((source, item));
            }
        }
        self.sources.push(Source::Head(copy));
        Ok(())
    }

    /// The planned series of an identity, added now if it is new.
    fn series(&mut self, id: u128, labels: impl FnOnce() -> Result<Labels>) -> Result<&mut PlannedSeries> {
        let position = match self.by_id.get(&id) {
            Some(&position) => position,
            None => {
                let found = Series { id: SeriesId(id), labels: labels()? };
                self.series.push(PlannedSeries { series: Arc::new(found), items: Vec::new() });
                let position = self.series.len() as u32 - 1;
                self.by_id.insert(id, position);
                position
            }
        };
        Ok(&mut self.series[position as usize])
    }

    fn check(&self, limits: &Limits) -> Result<()> {
        if self.series.len() > limits.series {
            let message = format!(
                "the selector matches more than {} series; narrow it with a label or raise the limit on series",
                limits.series
            );
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        Ok(())
    }
}
