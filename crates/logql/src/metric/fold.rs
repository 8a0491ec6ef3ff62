//! Aggregates that can be joined, so that each value is looked at once however many windows hold it.

use logql_syntax::ast::RangeOp;

use super::buckets::Buckets;
use super::grid::{ABSENT, Grid};

/// What a window's values are reduced to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Average,
    Min,
    Max,
    Variance,
    Deviation,
    First,
    Last,
}

/// Some values of a series, reduced. What `a` and `b` are depends on the [`Fold`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Partial {
    count: f64,
    /// The sum, the extreme, the mean, or the value.
    a: f64,
    /// The sum of squared distances from the mean, for variances.
    b: f64,
    /// When, for the first and the last value.
    time_ns: i64,
}

impl Fold {
    /// The fold of an operator; `None` for those that need all values of a window at once.
    pub(crate) fn of(op: RangeOp) -> Option<Fold> {
        Some(match op {
            RangeOp::CountOverTime
            | RangeOp::Rate
            | RangeOp::BytesOverTime
            | RangeOp::BytesRate
            | RangeOp::SumOverTime
            | RangeOp::AbsentOverTime => Fold::Sum,
            RangeOp::AvgOverTime => Fold::Average,
            RangeOp::MinOverTime => Fold::Min,
            RangeOp::MaxOverTime => Fold::Max,
            RangeOp::StdvarOverTime => Fold::Variance,
            RangeOp::StddevOverTime => Fold::Deviation,
            RangeOp::FirstOverTime => Fold::First,
            RangeOp::LastOverTime => Fold::Last,
            RangeOp::QuantileOverTime | RangeOp::RateCounter => return None,
        })
    }

    /// A single value.
    pub(crate) fn one(self, time_ns: i64, value: f64) -> Partial {
        // The distance of what is not finite from its own mean is not a number.
        let squares = if value.is_finite() { 0.0 } else { f64::NAN };
        Partial { count: 1.0, a: value, b: squares, time_ns }
    }

    /// Both; of equal times, `left` came first.
    pub(crate) fn join(self, left: Partial, right: Partial) -> Partial {
        let count = left.count + right.count;
        let (a, b, time_ns) = match self {
            Fold::Sum | Fold::Average => (left.a + right.a, 0.0, left.time_ns),
            Fold::Min if right.a < left.a || left.a.is_nan() => (right.a, 0.0, right.time_ns),
            Fold::Max if right.a > left.a || left.a.is_nan() => (right.a, 0.0, right.time_ns),
            Fold::Min | Fold::Max => (left.a, 0.0, left.time_ns),
            Fold::Variance | Fold::Deviation => {
                let distance = right.a - left.a;
                let mean = left.a + distance * (right.count / count);
                let squares = left.b + right.b + distance * distance * (left.count * right.count / count);
                (mean, squares, left.time_ns)
            }
            Fold::First if right.time_ns < left.time_ns => (right.a, 0.0, right.time_ns),
            Fold::Last if right.time_ns >= left.time_ns => (right.a, 0.0, right.time_ns),
            Fold::First | Fold::Last => (left.a, 0.0, left.time_ns),
        };
        Partial { count, a, b, time_ns }
    }

    fn finish(self, partial: Partial) -> f64 {
        match self {
            Fold::Average => partial.a / partial.count,
            Fold::Variance => partial.b / partial.count,
            Fold::Deviation => (partial.b / partial.count).sqrt(),
            Fold::Sum | Fold::Min | Fold::Max | Fold::First | Fold::Last => partial.a,
        }
    }

    /// The values of all windows, from partial aggregates of buckets in any order; [`ABSENT`] where a window is empty.
    ///
    /// Windows only move forward, so they are kept as a queue of two stacks: of the buckets about to leave, the joint aggregate
    /// from each to the end of that stack is known; those that came later are joined as they come. Every bucket is joined at
    /// most twice, and nothing is ever subtracted, so that what is not finite does no harm to later windows.
    pub(crate) fn slide(self, mut parts: Vec<(u32, Partial)>, buckets: &Buckets, grid: Grid) -> Vec<f64> {
        self.merge_buckets(&mut parts);
        let mut leaving: Vec<Partial> = Vec::new();
        let (mut first, mut middle, mut next) = (0, 0, 0);
        let mut later: Option<Partial> = None;
        let mut values = Vec::with_capacity(grid.len());
        for step in 0..grid.len() {
            let (from, to) = buckets.window(step);
            while let Some((_, partial)) = parts.get(next).filter(|(bucket, _)| *bucket < to) {
                later = Some(later.map_or(*partial, |later| self.join(later, *partial)));
                next += 1;
            }
            while first < next && parts[first].0 < from {
                if first == middle {
                    middle = next;
                    later = None;
                    leaving.clear();
                    for (_, partial) in parts[first..middle].iter().rev() {
                        let joint = leaving.last().map_or(*partial, |last| self.join(*partial, *last));
                        leaving.push(joint);
                    }
                }
                leaving.pop();
                first += 1;
            }
            let joint = match (leaving.last(), later) {
                (Some(leaving), Some(later)) => Some(self.join(*leaving, later)),
                (one, other) => one.copied().or(other),
            };
            values.push(joint.map_or(ABSENT, |joint| self.finish(joint)));
        }
        values
    }

    /// Sorts by bucket and joins those of one bucket; in the common case there is nothing to do.
    fn merge_buckets(self, parts: &mut Vec<(u32, Partial)>) {
        if parts.is_sorted_by(|a, b| a.0 < b.0) {
            return;
        }
        parts.sort_by_key(|(bucket, _)| *bucket);
        parts.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                kept.1 = self.join(kept.1, later.1);
            }
            is_same
        });
    }
}
