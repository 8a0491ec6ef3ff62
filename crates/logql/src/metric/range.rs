//! Range aggregations: lines of a window to one value.

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::{RangeAggregate, RangeOp};
use model::{MatchOp, Matcher};
use storage::logs::{CountUnit, LineQuery, NanoGrid, NanoRange, Need, Order};
use storage::{LineBatch, LineFilter};

use super::Evaluator;
use super::buckets::Buckets;
use super::extract::{Group, Line, SampleExtractor};
use super::fold::Fold;
use super::grid::{ABSENT, Grid, Series, is_present};
use super::raw::{counter_rate, over_windows, quantile};
use super::series::SeriesTable;
use crate::error::Result;
use crate::labels::LabelSet;

/// Bytes that a kept sample takes.
const SAMPLE_BYTES: usize = 48;

/// Evaluates an aggregation; `group` overrules the labels by which it groups itself.
pub(super) fn eval(
    evaluator: &mut Evaluator<'_>,
    aggregate: &RangeAggregate,
    group: Option<&Group>,
) -> Result<Vec<Series>> {
    let mut extractor = SampleExtractor::new(aggregate, group, &evaluator.options.surroundings)?;
    let filters = extractor.take_pushed_filters();
    let grid = evaluator.grid.earlier(aggregate.range.offset_ns);
    let counted = count_in_store(evaluator, aggregate, &extractor, &filters, grid)?;
    let mut series = match counted {
        Some(series) => series,
        None => read_lines(evaluator, aggregate, &mut extractor, filters, grid)?,
    };
    if matches!(aggregate.op, RangeOp::Rate | RangeOp::BytesRate) {
        let seconds = aggregate.range.range_ns as f64 / 1e9;
        let values = series.iter_mut().flat_map(|series| &mut series.values).filter(|value| is_present(**value));
        values.for_each(|value| *value /= seconds);
    }
    if aggregate.op == RangeOp::AbsentOverTime {
        return Ok(absent(&series, &aggregate.range.log.matchers, grid.len()));
    }
    Ok(series)
}

fn read_lines(
    evaluator: &mut Evaluator<'_>,
    aggregate: &RangeAggregate,
    extractor: &mut SampleExtractor,
    filters: Vec<LineFilter>,
    grid: Grid,
) -> Result<Vec<Series>> {
    let range_ns = aggregate.range.range_ns;
    let buckets = Buckets::new(grid, range_ns);
    let fold = Fold::of(aggregate.op);
    let limits = &evaluator.options.limits;
    let mut table = SeriesTable::new(fold, evaluator.options.max_inner_series, limits.memory_bytes / SAMPLE_BYTES);
    let is_order_free = !matches!(fold, None | Some(Fold::First | Fold::Last));
    let query = LineQuery {
        matchers: aggregate.range.log.matchers.clone(),
        range: lines_of(grid, range_ns),
        filters,
        order: if is_order_free { Order::Any } else { Order::PerStream },
        limit: None,
        need: Need { line: extractor.needs_text(), metadata: extractor.needs_metadata() },
    };
    for batch in evaluator.store.select_lines(evaluator.tenant, query, limits, evaluator.cancel)? {
        evaluator.cancel.check()?;
        let batch = batch?;
        let stats = &mut evaluator.stats;
        stats.lines_read += batch.rows.len() as u64;
        stats.bytes_read += batch.rows.iter().map(|row| u64::from(row.line_bytes)).sum::<u64>();
        stats.metadata_bytes_read += batch.rows.iter().map(|row| row.metadata.len() as u64).sum::<u64>();
        stats.lines_kept += read_batch(&batch, extractor, &buckets, &mut table)?;
    }
    let mut sorted = Vec::new();
    Ok(table.finish(&buckets, grid, |samples| {
        over_windows(samples, grid, range_ns, |window, end_ns| match aggregate.param {
            Some(q) => quantile(q, window, &mut sorted),
            None => counter_rate(window, end_ns, range_ns),
        })
    }))
}

/// Adds the samples of a batch; how many there were.
fn read_batch(
    batch: &LineBatch,
    extractor: &mut SampleExtractor,
    buckets: &Buckets,
    table: &mut SeriesTable,
) -> Result<u64> {
    // Where only the stream says which series a line belongs to, that is worked out once.
    let mut known: Vec<Option<usize>> = vec![None; batch.streams.len()];
    let can_know = extractor.is_by_stream();
    let only_counts = extractor.only_counts();
    let mut kept = 0;
    for row in &batch.rows {
        let Some(bucket) = buckets.of(row.time_ns) else { continue };
        let stream = row.stream as usize;
        let (text, metadata) = (batch.line(row), batch.metadata(row));
        let line = Line { text, bytes: row.line_bytes, metadata, time_ns: row.time_ns };
        let is_plain = can_know && line.metadata.is_empty();
        let (value, place) = match known[stream].filter(|_| is_plain && only_counts) {
            Some(place) => (extractor.plain_value(line), place),
            None => {
                let Some(value) = extractor.value(&batch.streams[stream].labels, line) else { continue };
                let place = match known[stream].filter(|_| is_plain) {
                    Some(place) => place,
                    None => {
                        extractor.check_error()?;
                        extractor.write_key();
                        table.place(extractor.key(), || extractor.series_labels())?
                    }
                };
                if is_plain {
                    known[stream] = Some(place);
                }
                (value, place)
            }
        };
        table.add(place, bucket, row.time_ns, value)?;
        kept += 1;
    }
    Ok(kept)
}

/// The times at which a line may be in a window.
fn lines_of(grid: Grid, range_ns: i64) -> NanoRange {
    let last_ns = grid.time_ns(grid.len() - 1);
    NanoRange {
        start_ns: grid.start_ns().saturating_sub(range_ns).saturating_add(1),
        end_ns: last_ns.saturating_add(1),
    }
}

/// Lets the store count, if it can and no label is needed that it cannot tell.
fn count_in_store(
    evaluator: &Evaluator<'_>,
    aggregate: &RangeAggregate,
    extractor: &SampleExtractor,
    filters: &[LineFilter],
    grid: Grid,
) -> Result<Option<Vec<Series>>> {
    use RangeOp::{BytesOverTime, BytesRate, CountOverTime, Rate};
    let Group::By(names) = extractor.group() else { return Ok(None) };
    let is_plain = names.iter().all(|name| !name.ends_with("_extracted") && !name.starts_with("__"));
    if !matches!(aggregate.op, CountOverTime | Rate | BytesOverTime | BytesRate)
        || !extractor.only_counts()
        || !is_plain
    {
        return Ok(None);
    }
    let by_metadata: Vec<&str> = names.iter().map(String::as_str).collect();
    let grid_ns = NanoGrid {
        start_ns: grid.start_ns(),
        end_ns: grid.time_ns(grid.len() - 1),
        step_ns: if grid.len() > 1 { grid.step_ns() } else { 0 },
        window_ns: aggregate.range.range_ns,
    };
    let count = |bytes: bool| -> Result<Option<HashMap<LabelSet, Vec<u64>>>> {
        let matchers = &aggregate.range.log.matchers;
        let unit = CountUnit { matchers, filters, bytes, by_metadata: &by_metadata };
        let limits = &evaluator.options.limits;
        let series = evaluator.store.count_grid(evaluator.tenant, &unit, grid_ns, limits, evaluator.cancel)?;
        let Some(series) = series else { return Ok(None) };
        let mut groups: HashMap<LabelSet, Vec<u64>> = HashMap::new();
        for one in series {
            let labels = LabelSet::from(&one.labels).filter(|name| names.iter().any(|wanted| wanted == name));
            let counts = groups.entry(labels).or_insert_with(|| vec![0; grid.len()]);
            counts.iter_mut().zip(one.counts).for_each(|(sum, count)| *sum += count);
        }
        Ok(Some(groups))
    };
    let Some(lines) = count(false)? else { return Ok(None) };
    // Lines without text make a window that has no bytes and is not empty, so the lines are counted in either case.
    let bytes = if matches!(aggregate.op, BytesOverTime | BytesRate) { count(true)? } else { None };
    let series = lines.into_iter().map(|(labels, counts)| {
        let amounts = bytes.as_ref().map(|bytes| bytes.get(&labels));
        let value = |(step, count): (usize, u64)| match (count, amounts) {
            (0, _) => ABSENT,
            (count, None) => count as f64,
            (_, Some(amounts)) => amounts.map_or(0, |amounts| amounts[step]) as f64,
        };
        Series { values: counts.into_iter().enumerate().map(value).collect(), labels }
    });
    Ok(Some(series.collect()))
}

/// One series with the value 1 where no line is, and the labels that the selector says lines would have.
fn absent(series: &[Series], matchers: &[Matcher], steps: usize) -> Vec<Series> {
    let is_any = |step: usize| series.iter().any(|series| is_present(series.values[step]));
    let values: Vec<f64> = (0..steps).map(|step| if is_any(step) { ABSENT } else { 1.0 }).collect();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for matcher in matchers {
        let name = matcher.name();
        let is_only = matchers.iter().filter(|other| other.name() == name).count() == 1;
        if matcher.op() == MatchOp::Equal && is_only && !matcher.value().is_empty() {
            pairs.push((name, matcher.value()));
        }
    }
    let series = Series { labels: LabelSet::from_pairs(pairs), values };
    if series.is_any_present() { vec![series] } else { Vec::new() }
}
