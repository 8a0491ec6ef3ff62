//! Intermediate results: one value per step of the query.

use foldhash::{HashMap, HashMapExt};
use model::{Labels, STALE_NAN};
use std::collections::hash_map::Entry;
use storage::Grid;

use crate::error::{QueryError, Result, SAME_LABELSET};

/// Stands for "no sample at this step". Arithmetic never makes these bits and selectors hide them, so no value is lost.
pub(crate) const ABSENT: f64 = STALE_NAN;

/// Whether there is a sample.
#[inline]
pub(crate) fn is_present(value: f64) -> bool {
    value.to_bits() != ABSENT.to_bits()
}

/// Whether any value is absent.
pub(crate) fn has_absent(values: &[f64]) -> bool {
    // Looking for any NaN first needs no branches, and most series have none.
    let nans: u64 = values.iter().map(|v| u64::from(v.is_nan())).sum();
    nans > 0 && values.iter().any(|v| !is_present(*v))
}

/// The values of one series, or of a result without labels, at every step.
#[derive(Clone, Debug)]
pub(crate) struct GridColumn(Vec<f64>);

/// A series of an instant vector over all steps.
#[derive(Clone, Debug)]
pub(crate) struct GridSeries {
    /// Its labels; the metric name may still have to go, see `drop_name`.
    pub(crate) labels: Labels,
    /// The metric name is dropped when the query is done (only with delayed name removal).
    pub(crate) drop_name: bool,
    /// Its values.
    pub(crate) column: GridColumn,
}

/// A scalar over all steps.
#[derive(Clone, Debug)]
pub(crate) enum ScalarColumn {
    /// The same at every step.
    Constant(f64),
    /// One per step; a scalar is never absent.
    Steps(Vec<f64>),
}

/// The evaluation times of a selector: those of the query with `offset` and `@` applied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepTimes {
    /// Time of the first step.
    pub(crate) first_ms: i64,
    /// Distance of steps; 0 when `@` pins all steps to one time.
    pub(crate) step_ms: i64,
    /// Number of steps.
    pub(crate) len: usize,
}

/// Unites series that have the same labels, which happens when a metric name is dropped or a label replaced.
///
/// # Errors
/// When two of them have a sample at the same step.
pub(crate) fn merge_same_labels(series: Vec<GridSeries>) -> Result<Vec<GridSeries>> {
    let mut merged: Vec<GridSeries> = Vec::with_capacity(series.len());
    let mut places: HashMap<Labels, usize> = HashMap::with_capacity(series.len());
    for one in series {
        match places.entry(one.labels.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(merged.len());
                merged.push(one);
            }
            Entry::Occupied(entry) => {
                let into = &mut merged[*entry.get()];
                into.drop_name |= one.drop_name;
                if !into.column.fill_from(&one.column) {
                    return Err(QueryError::execution(SAME_LABELSET));
                }
            }
        }
    }
    Ok(merged)
}

impl GridColumn {
    /// No sample at any step.
    pub(crate) fn absent(len: usize) -> GridColumn {
        GridColumn(vec![ABSENT; len])
    }

    /// Takes over values in which [`ABSENT`] stands for no sample.
    pub(crate) fn from_values(values: Vec<f64>) -> GridColumn {
        GridColumn(values)
    }

    /// The same value at every step.
    pub(crate) fn repeat(value: f64, len: usize) -> GridColumn {
        GridColumn(vec![value; len])
    }

    /// All steps, with [`ABSENT`] where there is no sample.
    pub(crate) fn values(&self) -> &[f64] {
        &self.0
    }

    /// All steps, to be changed in place.
    pub(crate) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.0
    }

    /// The value at a step.
    pub(crate) fn get(&self, step: usize) -> Option<f64> {
        self.0.get(step).copied().filter(|v| is_present(*v))
    }

    /// Whether no step has a sample.
    pub(crate) fn is_empty(&self) -> bool {
        !self.0.iter().any(|v| is_present(*v))
    }

    /// The number of samples.
    pub(crate) fn points(&self) -> usize {
        self.0.iter().filter(|v| is_present(**v)).count()
    }

    /// Changes every value that is there.
    #[inline]
    pub(crate) fn map(&mut self, mut f: impl FnMut(f64) -> f64) {
        for value in &mut self.0 {
            if is_present(*value) {
                *value = f(*value);
            }
        }
    }

    /// Changes every value that is there; `None` removes it.
    #[inline]
    pub(crate) fn filter_map(&mut self, mut f: impl FnMut(usize, f64) -> Option<f64>) {
        for (step, value) in self.0.iter_mut().enumerate() {
            if is_present(*value) {
                *value = f(step, *value).unwrap_or(ABSENT);
            }
        }
    }

    /// Takes the samples of another column where this one has none; false when both have one at some step.
    pub(crate) fn fill_from(&mut self, other: &GridColumn) -> bool {
        for (value, more) in self.0.iter_mut().zip(&other.0) {
            if is_present(*more) {
                if is_present(*value) {
                    return false;
                }
                *value = *more;
            }
        }
        true
    }

    /// The column of a single step, repeated.
    pub(crate) fn broadcast(&self, len: usize) -> GridColumn {
        GridColumn::repeat(self.0.first().copied().unwrap_or(ABSENT), len)
    }
}

impl ScalarColumn {
    /// The value at a step.
    #[inline]
    pub(crate) fn at(&self, step: usize) -> f64 {
        match self {
            ScalarColumn::Constant(value) => *value,
            ScalarColumn::Steps(values) => values.get(step).copied().unwrap_or(f64::NAN),
        }
    }

    /// The values of all steps.
    pub(crate) fn to_values(&self, len: usize) -> Vec<f64> {
        match self {
            ScalarColumn::Constant(value) => vec![*value; len],
            ScalarColumn::Steps(values) => values.clone(),
        }
    }

    /// Applies a function to every value.
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> ScalarColumn {
        match self {
            ScalarColumn::Constant(value) => ScalarColumn::Constant(f(value)),
            ScalarColumn::Steps(values) => ScalarColumn::Steps(values.into_iter().map(f).collect()),
        }
    }

    /// The number of samples that it counts as.
    pub(crate) fn points(&self) -> usize {
        match self {
            ScalarColumn::Constant(_) => 1,
            ScalarColumn::Steps(values) => values.len(),
        }
    }
}

impl StepTimes {
    /// The times of a grid, each moved into the past by the offset, or all pinned to one.
    pub(crate) fn new(grid: Grid, at_ms: Option<i64>, offset_ms: i64) -> StepTimes {
        let (first_ms, step_ms) = at_ms.map_or((grid.start_ms, grid.step_ms), |at| (at, 0));
        StepTimes { first_ms: first_ms.saturating_sub(offset_ms), step_ms, len: grid.len() }
    }

    /// The time of a step.
    #[inline]
    pub(crate) fn at(self, step: usize) -> i64 {
        self.first_ms.saturating_add(self.step_ms.saturating_mul(step as i64))
    }

    /// The time of the last step.
    pub(crate) fn last_ms(self) -> i64 {
        self.at(self.len.saturating_sub(1))
    }

    /// As a grid, for a store.
    pub(crate) fn grid(self) -> Grid {
        Grid { start_ms: self.first_ms, end_ms: self.last_ms(), step_ms: self.step_ms }
    }
}
