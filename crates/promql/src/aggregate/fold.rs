//! `sum avg count min max group stddev stdvar`: folded as series arrive, so that only groups are kept.

use promql_syntax::ast::{Aggregate, AggregateOp};
use storage::Grid;

use super::around;
use super::groups::Groups;
use crate::error::Result;
use crate::eval::Evaluator;
use crate::grid::{ABSENT, GridColumn, GridSeries, is_present};
use crate::sum::{KahanSum, RunningMean};

/// Evaluates one of these aggregations.
pub(crate) fn eval(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    let steps = grid.len();
    let mut groups: Groups<State> = Groups::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |one| {
        let groups_before = groups.len();
        let group = groups.of(&one.labels, one.drop_name, node.grouping.as_ref(), || State::new(node.op, steps));
        group.state.add(one.column.values());
        if groups.len() > groups_before { evaluator.budget.take(steps) } else { Ok(()) }
    })?;
    let finish = |group: super::groups::Group<State>| GridSeries {
        labels: group.labels,
        drop_name: group.drop_name,
        column: GridColumn::from_values(group.state.finish()),
    };
    Ok(groups.into_groups().into_iter().map(finish).collect())
}

/// What is known of a group at every step.
#[derive(Debug)]
enum State {
    /// The plain sum is absent until the first sample.
    Sum(Vec<KahanSum>),
    Avg(Vec<RunningMean>),
    /// These are absent until the first sample.
    Min(Vec<f64>),
    Max(Vec<f64>),
    Count(Vec<f64>),
    Group(Vec<f64>),
    Variance {
        moments: Vec<Moments>,
        root: bool,
    },
}

/// Count, mean and sum of squared deviations by Welford's method.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl State {
    fn new(op: AggregateOp, steps: usize) -> State {
        match op {
            AggregateOp::Avg => State::Avg(vec![RunningMean::default(); steps]),
            AggregateOp::Min => State::Min(vec![ABSENT; steps]),
            AggregateOp::Max => State::Max(vec![ABSENT; steps]),
            AggregateOp::Count => State::Count(vec![ABSENT; steps]),
            AggregateOp::Group => State::Group(vec![ABSENT; steps]),
            AggregateOp::Stddev => State::Variance { moments: vec![Moments::default(); steps], root: true },
            AggregateOp::Stdvar => State::Variance { moments: vec![Moments::default(); steps], root: false },
            _ => State::Sum(vec![KahanSum { sum: ABSENT, compensation: 0.0 }; steps]),
        }
    }

    /// Adds a member's values.
    fn add(&mut self, values: &[f64]) {
        match self {
            State::Sum(sums) => fold(sums, values, |sum, value| {
                if is_present(sum.sum) {
                    sum.add(value);
                } else {
                    // Beginning with the value itself keeps a negative zero.
                    sum.sum = value;
                }
            }),
            State::Avg(means) => fold(means, values, RunningMean::add),
            State::Min(least) => fold(least, values, |least, value| {
                // What is absent is a NaN as well, and a NaN gives way to anything.
                if least.is_nan() || value < *least {
                    *least = value;
                }
            }),
            State::Max(most) => fold(most, values, |most, value| {
                if most.is_nan() || value > *most {
                    *most = value;
                }
            }),
            State::Count(counts) => fold(counts, values, |count, _| {
                *count = if is_present(*count) { *count + 1.0 } else { 1.0 };
            }),
            State::Group(ones) => fold(ones, values, |one, _| *one = 1.0),
            State::Variance { moments, .. } => fold(moments, values, Moments::add),
        }
    }

    /// The result at every step.
    fn finish(self) -> Vec<f64> {
        let shown = |seen: bool, value: f64| if seen { value } else { ABSENT };
        match self {
            State::Sum(sums) => sums.iter().map(|s| shown(is_present(s.sum), s.value())).collect(),
            State::Avg(means) => means.iter().map(|m| shown(m.has_any(), m.value())).collect(),
            State::Min(values) | State::Max(values) | State::Count(values) | State::Group(values) => values,
            State::Variance { moments, root } => {
                let value = |m: &Moments| if root { (m.squares / m.count).sqrt() } else { m.squares / m.count };
                moments.iter().map(|m| shown(m.count > 0.0, value(m))).collect()
            }
        }
    }
}

/// Takes the values of one member into the state of each step where it has one.
#[inline]
fn fold<T>(states: &mut [T], values: &[f64], mut add: impl FnMut(&mut T, f64)) {
    for (state, value) in states.iter_mut().zip(values) {
        if is_present(*value) {
            add(state, *value);
        }
    }
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }
}
