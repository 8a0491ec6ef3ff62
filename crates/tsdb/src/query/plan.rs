//! From matchers to the series that a query reads and where their samples stand.

use std::sync::Arc;

use hashbrown::HashMap;
use model::Matcher;
use storage::{CancelToken, Error, ErrorKind, Limits, Result, Series, SeriesId, TimeRange};

use super::source::{BlockSource, HeadSource, Source};
use crate::block::BlockReader;
use crate::head::{Generation, Head, series_id};
use crate::matching;

/// Sources in the order of their age, and the series found in them.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) sources: Vec<Source>,
    pub(crate) series: Vec<PlannedSeries>,
    by_id: HashMap<u128, u32, foldhash::fast::RandomState>,
}

/// A series and the items (source, number) that hold its samples, oldest source first.
#[derive(Debug)]
pub(crate) struct PlannedSeries {
    pub(crate) series: Arc<Series>,
    pub(crate) items: Vec<(u32, u32)>,
}

/// What a plan is made from: the state of the store at one moment.
pub(crate) struct Snapshot<'a> {
    pub(crate) head: &'a Head,
    pub(crate) blocks: &'a [Arc<BlockReader>],
    /// Counts queries; tells which block indexes were used last.
    pub(crate) query: u64,
}

impl Plan {
    /// Finds the series that match, with all places of their samples in blocks and generations that overlap the range.
    pub(crate) fn new(
        snapshot: &Snapshot<'_>,
        matchers: &[Matcher],
        range: TimeRange,
        limits: &Limits,
        cancel: &CancelToken,
    ) -> Result<Plan> {
        let mut plan = Plan::default();
        for block in snapshot.blocks.iter().filter(|block| block.meta.range.overlaps(range)) {
            cancel.check()?;
            plan.add_block(snapshot, block, matchers)?;
            plan.check(limits)?;
        }
        let hits = matching::find_series(&snapshot.head.table, matchers);
        let schemas = snapshot.head.table.schemas();
        let slots: Vec<u32> =
            hits.into_iter().map(|hit| schemas[hit.schema as usize].slots[hit.row as usize]).collect();
        for generation in snapshot.head.generations() {
            if generation.range.is_some_and(|r| r.overlaps(range)) {
                plan.add_generation(snapshot.head, generation, &slots);
                plan.check(limits)?;
            }
        }
        Ok(plan)
    }

    fn add_block(&mut self, snapshot: &Snapshot<'_>, block: &Arc<BlockReader>, matchers: &[Matcher]) -> Result<()> {
        let index = block.index(snapshot.query)?;
        let source = self.sources.len() as u32;
        for hit in matching::find_series(&index.index, matchers) {
            let number = index.index.first_series(hit.schema) + hit.row;
            let labels = index.index.labels(number).ok_or_else(|| block.corrupt("labels of a series make no sense"))?;
            let id = series_id(snapshot.head.table.seed(), labels.as_bytes());
            let series = &mut self.series;
            let position = *self.by_id.entry(id).or_insert_with(|| {
                series.push(PlannedSeries::new(id, labels));
                series.len() as u32 - 1
            });
            self.series[position as usize].items.push((source, number));
        }
        self.sources.push(Source::Block(BlockSource::new(Arc::clone(block), index)));
        Ok(())
    }

    fn add_generation(&mut self, head: &Head, generation: &Generation, slots: &[u32]) {
        let mut copy = HeadSource::default();
        let source = self.sources.len() as u32;
        for &slot in slots {
            for item in copy.copy(generation, slot) {
                let id = head.table.id(slot);
                let series = &mut self.series;
                let position = *self.by_id.entry(id).or_insert_with(|| {
                    series.push(PlannedSeries::new(id, head.table.labels(slot)));
                    series.len() as u32 - 1
                });
                self.series[position as usize].items.push((source, item));
            }
        }
        self.sources.push(Source::Head(copy));
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

impl PlannedSeries {
    fn new(id: u128, labels: model::Labels) -> PlannedSeries {
        PlannedSeries { series: Arc::new(Series { id: SeriesId(id), labels }), items: Vec::new() }
    }
}
