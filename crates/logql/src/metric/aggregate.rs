//! Aggregations over series.

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::{MetricKind, VectorAggregate, VectorOp};

use super::extract::{can_be_summed, outer_group};
use super::grid::{ABSENT, Series, is_present};
use super::{Evaluator, group_labels, range, topk};
use crate::error::{QueryError, Result};
use crate::labels::LabelSet;

/// Evaluates an aggregation.
pub(super) fn eval(evaluator: &mut Evaluator<'_>, node: &VectorAggregate) -> Result<Vec<Series>> {
    if node.op == VectorOp::ApproxTopk && !evaluator.is_instant {
        return Err(QueryError::invalid("count min sketches are only supported on instant queries"));
    }
    if let (VectorOp::Sum, MetricKind::RangeAggregate(inner)) = (node.op, &node.expr.kind)
        && can_be_summed(inner.op)
        && inner.grouping.is_none()
    {
        // The lines are summed by group at once, and series in between are never made.
        let group = outer_group(node.grouping.as_ref());
        let series = range::eval(evaluator, inner, Some(&group))?;
        return Ok(fold_groups(series, node));
    }
    let series = evaluator.eval_vector(&node.expr)?;
    let count = node.param.unwrap_or(1);
    Ok(match node.op {
        VectorOp::Topk | VectorOp::ApproxTopk => topk::select(series, node.grouping.as_ref(), count, false),
        VectorOp::Bottomk => topk::select(series, node.grouping.as_ref(), count, true),
        VectorOp::Sort => topk::sort(series, true),
        VectorOp::SortDesc => topk::sort(series, false),
        _ => fold_groups(series, node),
    })
}

/// What is known of one group at one step.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    count: f64,
    /// The sum, the extreme, or the mean.
    value: f64,
    /// The sum of squared distances from the mean.
    squares: f64,
}

fn fold_groups(series: Vec<Series>, node: &VectorAggregate) -> Vec<Series> {
    let steps = series.first().map_or(0, |one| one.values.len());
    let mut places: HashMap<LabelSet, usize> = HashMap::new();
    let mut groups: Vec<(LabelSet, Vec<State>)> = Vec::new();
    for one in series {
        let labels = group_labels(&one.labels, node.grouping.as_ref());
        let place = *places.entry(labels).or_insert_with_key(|labels| {
            groups.push((labels.clone(), vec![State::default(); steps]));
            groups.len() - 1
        });
        for (state, value) in groups[place].1.iter_mut().zip(one.values).filter(|(_, value)| is_present(*value)) {
            state.add(node.op, value);
        }
    }
    let finish = |state: State| if state.count > 0.0 { state.finish(node.op) } else { ABSENT };
    let column = |states: Vec<State>| states.into_iter().map(finish).collect();
    groups.into_iter().map(|(labels, states)| Series { labels, values: column(states) }).collect()
}

impl State {
    fn add(&mut self, op: VectorOp, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.value = value;
            return;
        }
        match op {
            VectorOp::Min if value < self.value || self.value.is_nan() => self.value = value,
            VectorOp::Max if value > self.value || self.value.is_nan() => self.value = value,
            VectorOp::Sum | VectorOp::Avg => self.value += value,
            VectorOp::Stddev | VectorOp::Stdvar => {
                let distance = value - self.value;
                self.value += distance / self.count;
                self.squares += distance * (value - self.value);
            }
            _ => {}
        }
    }

    fn finish(self, op: VectorOp) -> f64 {
        match op {
            VectorOp::Avg => self.value / self.count,
            VectorOp::Count => self.count,
            VectorOp::Stdvar => self.squares / self.count,
            VectorOp::Stddev => (self.squares / self.count).sqrt(),
            _ => self.value,
        }
    }
}
