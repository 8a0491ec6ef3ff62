//! Putting the samples of one series together from several places.

use std::ops::Range;
use std::sync::Arc;

use storage::{Result, TimeRange};

use super::source::Source;

/// How the items of a series, or of several whose items have the same timestamps, become one column.
#[derive(Debug)]
pub(crate) struct Layout {
    items: Vec<ItemRows>,
    times_ms: Arc<[i64]>,
    /// Where items overlap in time: per time the position of its value among the rows of all items laid end to end.
    order: Option<Vec<u32>>,
}

#[derive(Debug)]
struct ItemRows {
    n_times: usize,
    /// Those within the range.
    rows: Range<usize>,
}

impl Layout {
    /// Lays out the items (source, number) for a range of time. Of two samples at the same time the one of the earlier
    /// item, which was written first, stays.
    pub(crate) fn new(sources: &[Source], items: &[(u32, u32)], range: TimeRange) -> Result<Layout> {
        let mut pieces: Vec<(Arc<[i64]>, Range<usize>)> = Vec::with_capacity(items.len());
        for &(source, item) in items {
            let times_ms = sources[source as usize].times_ms(item)?;
            let start = times_ms.partition_point(|&t| t < range.start_ms);
            let end = times_ms.partition_point(|&t| t <= range.end_ms);
            pieces.push((times_ms, start..end.max(start)));
        }
        let (times_ms, order) = join(&pieces);
        let items = pieces.into_iter().map(|(times_ms, rows)| ItemRows { n_times: times_ms.len(), rows }).collect();
        Ok(Layout { items, times_ms, order })
    }

    /// The times of the whole, ascending.
    pub(crate) fn times_ms(&self) -> &Arc<[i64]> {
        &self.times_ms
    }

    /// Appends the values of a series laid out so.
    pub(crate) fn read(&self, sources: &mut [Source], items: &[(u32, u32)], values: &mut Vec<f64>) -> Result<()> {
        let mut end_to_end = Vec::new();
        let mut scratch = Vec::new();
        let target = if self.order.is_some() { &mut end_to_end } else { &mut *values };
        for (layout, &(source, item)) in self.items.iter().zip(items) {
            if layout.rows.is_empty() {
                continue;
            }
            let source = &mut sources[source as usize];
            if layout.rows.len() == layout.n_times {
                source.values(item, layout.n_times, target)?;
            } else {
                scratch.clear();
                source.values(item, layout.n_times, &mut scratch)?;
                target.extend_from_slice(&scratch[layout.rows.clone()]);
            }
        }
        if let Some(order) = &self.order {
            values.extend(order.iter().map(|&position| end_to_end[position as usize]));
        }
        Ok(())
    }
}

fn join(pieces: &[(Arc<[i64]>, Range<usize>)]) -> (Arc<[i64]>, Option<Vec<u32>>) {
    let filled: Vec<&(Arc<[i64]>, Range<usize>)> = pieces.iter().filter(|(_, rows)| !rows.is_empty()).collect();
    if let [(times_ms, rows)] = filled[..]
        && rows.len() == times_ms.len()
    {
        return (Arc::clone(times_ms), None);
    }
    let all: Vec<i64> = filled.iter().flat_map(|(times_ms, rows)| times_ms[rows.clone()].iter().copied()).collect();
    if all.windows(2).all(|pair| pair[0] < pair[1]) {
        return (all.into(), None);
    }
    let mut order: Vec<u32> = (0..all.len() as u32).collect();
    order.sort_by_key(|&position| all[position as usize]);
    order.dedup_by_key(|position| all[*position as usize]);
    (order.iter().map(|&position| all[position as usize]).collect(), Some(order))
}
