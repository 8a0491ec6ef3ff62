//! Reading the samples of a plan in batches of series that share their timestamps.

use std::sync::Arc;

use hashbrown::HashMap;
use storage::{CancelToken, ColumnBatch, Result, SeriesColumn, TimeRange, Values};

use super::layout::Layout;
use super::plan::{Plan, PlannedSeries};
use super::source::{Source, TimesKey};

/// A batch ends when it holds about so many values.
const BATCH_VALUES: usize = 64 << 10;

/// Yields the samples of all planned series, each series once and whole.
#[derive(Debug)]
pub(crate) struct SelectStream {
    sources: Vec<Source>,
    buckets: std::vec::IntoIter<Bucket>,
    current: Option<OpenBucket>,
    range: TimeRange,
    cancel: CancelToken,
}

/// Series whose items have the same timestamps, source by source.
#[derive(Debug)]
struct Bucket {
    series: Vec<PlannedSeries>,
}

#[derive(Debug)]
struct OpenBucket {
    series: std::vec::IntoIter<PlannedSeries>,
    layout: Layout,
}

impl SelectStream {
    pub(crate) fn new(plan: Plan, range: TimeRange, cancel: CancelToken) -> SelectStream {
        let mut buckets: Vec<Bucket> = Vec::new();
        let mut bucket_of: HashMap<Vec<TimesKey>, usize, foldhash::fast::RandomState> = HashMap::default();
        for series in plan.series {
            let keys = series.items.iter();
            let keys = keys.map(|&(source, item)| plan.sources[source as usize].times_key(source, item)).collect();
            let bucket = *bucket_of.entry(keys).or_insert_with(|| {
                buckets.push(Bucket { series: Vec::new() });
                buckets.len() - 1
            });
            buckets[bucket].series.push(series);
        }
        SelectStream { sources: plan.sources, buckets: buckets.into_iter(), current: None, range, cancel }
    }

    fn next_batch(&mut self) -> Result<Option<ColumnBatch>> {
        loop {
            self.cancel.check()?;
            let Some(mut bucket) = self.take_bucket()? else { return Ok(None) };
            let batch = self.read(&mut bucket)?;
            if bucket.series.len() > 0 {
                self.current = Some(bucket);
            }
            if let Some(batch) = batch {
                return Ok(Some(batch));
            }
        }
    }

    fn take_bucket(&mut self) -> Result<Option<OpenBucket>> {
        if let Some(bucket) = self.current.take() {
            return Ok(Some(bucket));
        }
        let Some(bucket) = self.buckets.next() else { return Ok(None) };
        let items = bucket.series.first().map(|series| series.items.clone()).unwrap_or_default();
        let layout = Layout::new(&self.sources, &items, self.range)?;
        Ok(Some(OpenBucket { series: bucket.series.into_iter(), layout }))
    }

    /// As many series of the bucket as a batch holds.
    fn read(&mut self, bucket: &mut OpenBucket) -> Result<Option<ColumnBatch>> {
        let times_ms = bucket.layout.times_ms();
        if times_ms.is_empty() {
            bucket.series = Vec::new().into_iter();
            return Ok(None);
        }
        let mut series = Vec::new();
        while series.len() * times_ms.len() < BATCH_VALUES {
            let Some(planned) = bucket.series.next() else { break };
            let mut values = Vec::with_capacity(times_ms.len());
            bucket.layout.read(&mut self.sources, &planned.items, &mut values)?;
            series.push(SeriesColumn { series: planned.series, values: Values::Floats(values) });
        }
        Ok(Some(ColumnBatch { times_ms: Arc::clone(times_ms), series }))
    }
}

impl Iterator for SelectStream {
    type Item = Result<ColumnBatch>;

    fn next(&mut self) -> Option<Result<ColumnBatch>> {
        let result = self.next_batch().transpose();
        if matches!(result, Some(Err(_))) {
            // After a failure there is nothing more to say.
            self.buckets = Vec::new().into_iter();
            self.current = None;
        }
        result
    }
}
