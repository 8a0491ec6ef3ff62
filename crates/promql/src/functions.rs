//! The functions that are built, by name.

pub(crate) mod map;
pub(crate) mod range;

mod absent;
mod histogram_quantile;
mod label_replace;
mod math;
mod over_time;
mod rate;
mod scalar;
mod sort;
mod time;

use promql_syntax::ast::{Call, Expr};
use storage::Grid;

use crate::error::Result;
use crate::eval::{Evaluator, Value};
use map::MapFunction;
use range::RangeFunction;

/// How a function is evaluated.
pub(crate) enum Builtin {
    /// Over the window of each step, series by series.
    Range(RangeFunction),
    /// On the value at each step, series by series.
    Map(MapFunction),
    /// In a way of its own; the expression is the call itself.
    Whole(fn(&Evaluator<'_>, &Call, &Expr, Grid) -> Result<Value>),
}

/// Every function that is built; anything else is refused by the check before evaluation.
static REGISTRY: &[(&str, Builtin)] = &[
    ("abs", Builtin::Map(math::abs)),
    ("absent", Builtin::Whole(absent::absent)),
    ("absent_over_time", Builtin::Whole(absent::absent_over_time)),
    ("avg_over_time", Builtin::Range(RangeFunction::new(over_time::avg))),
    ("ceil", Builtin::Map(math::ceil)),
    ("changes", Builtin::Range(RangeFunction::new(over_time::changes))),
    ("clamp", Builtin::Map(math::clamp)),
    ("clamp_max", Builtin::Map(math::clamp_max)),
    ("clamp_min", Builtin::Map(math::clamp_min)),
    ("count_over_time", Builtin::Range(RangeFunction::new(over_time::count))),
    ("delta", Builtin::Range(RangeFunction::new(rate::delta))),
    ("first_over_time", Builtin::Range(RangeFunction::new(over_time::first).keeping_name())),
    ("floor", Builtin::Map(math::floor)),
    ("histogram_quantile", Builtin::Whole(histogram_quantile::eval)),
    ("increase", Builtin::Range(RangeFunction::new(rate::increase).of_counters())),
    ("irate", Builtin::Range(RangeFunction::new(rate::irate))),
    ("label_replace", Builtin::Whole(label_replace::eval)),
    ("last_over_time", Builtin::Range(RangeFunction::new(over_time::last).keeping_name())),
    ("mad_over_time", Builtin::Range(RangeFunction::new(over_time::mad))),
    ("max_over_time", Builtin::Range(RangeFunction::new(over_time::max))),
    ("min_over_time", Builtin::Range(RangeFunction::new(over_time::min))),
    ("present_over_time", Builtin::Range(RangeFunction::new(over_time::present))),
    ("quantile_over_time", Builtin::Range(RangeFunction::new(over_time::quantile).of_quantile())),
    ("rate", Builtin::Range(RangeFunction::new(rate::rate).of_counters())),
    ("resets", Builtin::Range(RangeFunction::new(over_time::resets))),
    ("round", Builtin::Map(math::round)),
    ("scalar", Builtin::Whole(scalar::scalar)),
    ("sort", Builtin::Whole(sort::ascending)),
    ("sort_by_label", Builtin::Whole(sort::by_label)),
    ("sort_by_label_desc", Builtin::Whole(sort::by_label_descending)),
    ("sort_desc", Builtin::Whole(sort::descending)),
    ("stddev_over_time", Builtin::Range(RangeFunction::new(over_time::stddev))),
    ("stdvar_over_time", Builtin::Range(RangeFunction::new(over_time::stdvar))),
    ("sum_over_time", Builtin::Range(RangeFunction::new(over_time::sum))),
    ("time", Builtin::Whole(time::time)),
    ("timestamp", Builtin::Whole(time::timestamp)),
    ("ts_of_first_over_time", Builtin::Range(RangeFunction::new(over_time::time_of_first))),
    ("ts_of_last_over_time", Builtin::Range(RangeFunction::new(over_time::time_of_last))),
    ("ts_of_max_over_time", Builtin::Range(RangeFunction::new(over_time::time_of_max))),
    ("ts_of_min_over_time", Builtin::Range(RangeFunction::new(over_time::time_of_min))),
    ("vector", Builtin::Whole(scalar::vector)),
];

/// How a function is evaluated; `None` when it is not built.
pub(crate) fn lookup(name: &str) -> Option<&'static Builtin> {
    let place = REGISTRY.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    REGISTRY.get(place).map(|(_, builtin)| builtin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_for_the_search() {
        assert!(REGISTRY.is_sorted_by(|a, b| a.0 < b.0));
        assert!(REGISTRY.iter().all(|(name, _)| lookup(name).is_some()));
        assert!(lookup("deriv").is_none());
    }
}
