//! Instant selectors: the latest sample of each series at every step.

use model::MatchOp;
use model::labels::METRIC_NAME;
use promql_syntax::ast::{AggregateGrouping, AtModifier, SelectorModifiers, VectorSelector};
use storage::{ColumnBatch, Grid, Grouping, Reduce, SelectHints, TimeRange, Values};

use crate::duration;
use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Sink};
use crate::grid::{ABSENT, GridColumn, GridSeries, StepTimes, is_present};
use crate::window::{NO_ROW, last_rows};

/// What stands around a selector, for the store's hints.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around<'e> {
    /// The function or aggregation applied to the selector.
    pub(crate) function: &'e str,
    /// How that aggregation groups.
    pub(crate) grouping: Option<&'e AggregateGrouping>,
}

/// What an instant selector yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Yield {
    /// The samples' values.
    Values,
    /// The samples' times in seconds.
    Times,
}

impl Evaluator<'_> {
    /// Feeds each series of an instant selector to the sink.
    pub(crate) fn stream_selector(
        &self,
        selector: &VectorSelector,
        grid: Grid,
        around: Around<'_>,
        what: Yield,
        sink: Sink<'_>,
    ) -> Result<()> {
        let steps = self.step_times(&selector.modifiers, grid)?;
        let range = TimeRange {
            start_ms: steps.first_ms.saturating_sub(self.lookback_ms).saturating_add(1),
            end_ms: steps.last_ms(),
        };
        let hints = self.hints(range, 0, steps, around);
        let reduce = Reduce::LastPerStep { grid: steps.grid(), lookback_ms: self.lookback_ms };
        self.for_each_batch(selector, &hints, reduce, &mut |batch| {
            let rows = last_rows(&batch.times_ms, steps, self.lookback_ms);
            for one in &batch.series {
                let column = gather(&batch, &one.values, &rows, what)?;
                if !column.is_empty() {
                    sink(GridSeries { labels: one.series.labels.clone(), drop_name: false, column })?;
                }
            }
            Ok(())
        })
    }

    /// Reads the samples of a selector batch by batch.
    pub(crate) fn for_each_batch(
        &self,
        selector: &VectorSelector,
        hints: &SelectHints,
        reduce: Reduce,
        f: &mut dyn FnMut(ColumnBatch) -> Result<()>,
    ) -> Result<()> {
        self.cancel.check()?;
        let limits = &self.options.limits;
        let stream = self.store.select(self.tenant, &selector.matchers, hints, reduce, limits, self.cancel)?;
        for batch in stream {
            self.cancel.check()?;
            let batch = batch?;
            self.budget.touch(batch.times_ms.len())?;
            self.budget.count_read(batch.times_ms.len() * batch.series.len());
            f(batch)?;
        }
        Ok(())
    }

    /// The evaluation times of a selector.
    pub(crate) fn step_times(&self, modifiers: &SelectorModifiers, grid: Grid) -> Result<StepTimes> {
        let at_ms = modifiers.at.map(|at| match at {
            AtModifier::Time(ms) => ms,
            AtModifier::Start => self.query_grid.start_ms,
            AtModifier::End => self.query_grid.end_ms,
        });
        let offset_ms = duration::offset_ms(modifiers.offset.as_ref(), self.query_grid)?;
        Ok(StepTimes::new(grid, at_ms, offset_ms))
    }

    /// Hints for the store.
    pub(crate) fn hints(&self, range: TimeRange, window_ms: i64, steps: StepTimes, around: Around<'_>) -> SelectHints {
        let grouping = around
            .grouping
            .map_or_else(Grouping::default, |g| Grouping { without: g.without, labels: g.labels.clone() });
        SelectHints { range, step_ms: steps.step_ms, window_ms, function: around.function.to_owned(), grouping }
    }
}

/// Whether all series of a selector have the same metric name, so that dropping it cannot make two of them equal.
pub(crate) fn has_one_name(selector: &VectorSelector) -> bool {
    selector.matchers.iter().any(|m| m.name() == METRIC_NAME && m.op() == MatchOp::Equal && !m.value().is_empty())
}

/// A staleness marker has the very bits that stand for "no sample", so it needs no care here.
fn gather(batch: &ColumnBatch, values: &Values, rows: &[u32], what: Yield) -> Result<GridColumn> {
    let seconds = |row: u32| batch.times_ms[row as usize] as f64 / 1000.0;
    let at = |row: u32, value: f64| match what {
        Yield::Times if is_present(value) => seconds(row),
        _ => value,
    };
    let column = match values {
        Values::Floats(values) => {
            rows.iter().map(|row| if *row == NO_ROW { ABSENT } else { at(*row, values[*row as usize]) }).collect()
        }
        Values::Mixed(values) => {
            let mut column = Vec::with_capacity(rows.len());
            for row in rows {
                column.push(match values.get(*row as usize) {
                    None => ABSENT,
                    Some(storage::batch::Value::Float(value)) => at(*row, *value),
                    Some(storage::batch::Value::Histogram(_)) => match what {
                        Yield::Values => return Err(native_histograms()),
                        Yield::Times => seconds(*row),
                    },
                });
            }
            column
        }
    };
    Ok(GridColumn::from_values(column))
}

/// The refusal of native histogram samples.
pub(crate) fn native_histograms() -> QueryError {
    QueryError::not_built("native histogram samples")
}
