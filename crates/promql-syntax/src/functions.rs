//! The functions of PromQL and their signatures.

use crate::ast::ValueType;

/// A function that a call may name.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name as written in queries.
    pub name: &'static str,
    /// Types of the arguments; of the variadic ones the last type repeats.
    pub args: &'static [ValueType],
    /// How many arguments at the end may be left out or added.
    pub variadic: Variadic,
    /// Type of the result.
    pub returns: ValueType,
    /// Whether upstream hides it behind a feature flag; accepted here all the same.
    pub experimental: bool,
}

/// How far the number of arguments may differ from the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variadic {
    /// Exactly the arguments listed.
    None,
    /// Up to this many of the listed arguments, counted from the end, may be left out.
    Optional(usize),
    /// The last listed argument may be left out or repeat without end.
    Any,
}

use ValueType::{InstantVector as V, RangeVector as R, Scalar as S, String as T};

/// All functions of Prometheus 3.14, sorted by name.
///
/// `histogram_quantiles` takes between one and ten quantiles, so it lists all ten.
pub static FUNCTIONS: [Function; 90] = [
    function("abs", &[V], Variadic::None, V, false),
    function("absent", &[V], Variadic::None, V, false),
    function("absent_over_time", &[R], Variadic::None, V, false),
    function("acos", &[V], Variadic::None, V, false),
    function("acosh", &[V], Variadic::None, V, false),
    function("asin", &[V], Variadic::None, V, false),
    function("asinh", &[V], Variadic::None, V, false),
    function("atan", &[V], Variadic::None, V, false),
    function("atanh", &[V], Variadic::None, V, false),
    function("avg_over_time", &[R], Variadic::None, V, false),
    function("ceil", &[V], Variadic::None, V, false),
    function("changes", &[R], Variadic::None, V, false),
    function("clamp", &[V, S, S], Variadic::None, V, false),
    function("clamp_max", &[V, S], Variadic::None, V, false),
    function("clamp_min", &[V, S], Variadic::None, V, false),
    function("cos", &[V], Variadic::None, V, false),
    function("cosh", &[V], Variadic::None, V, false),
    function("count_over_time", &[R], Variadic::None, V, false),
    function("day_of_month", &[V], Variadic::Optional(1), V, false),
    function("day_of_week", &[V], Variadic::Optional(1), V, false),
    function("day_of_year", &[V], Variadic::Optional(1), V, false),
    function("days_in_month", &[V], Variadic::Optional(1), V, false),
    function("deg", &[V], Variadic::None, V, false),
    function("delta", &[R], Variadic::None, V, false),
    function("deriv", &[R], Variadic::None, V, false),
    function("double_exponential_smoothing", &[R, S, S], Variadic::None, V, true),
    function("end", &[], Variadic::None, S, true),
    function("exp", &[V], Variadic::None, V, false),
    function("first_over_time", &[R], Variadic::None, V, false),
    function("floor", &[V], Variadic::None, V, false),
    function("histogram_avg", &[V], Variadic::None, V, false),
    function("histogram_count", &[V], Variadic::None, V, false),
    function("histogram_fraction", &[S, S, V], Variadic::None, V, false),
    function("histogram_quantile", &[S, V], Variadic::None, V, false),
    function("histogram_quantiles", &[V, T, S, S, S, S, S, S, S, S, S, S], Variadic::Optional(9), V, true),
    function("histogram_stddev", &[V], Variadic::None, V, false),
    function("histogram_stdvar", &[V], Variadic::None, V, false),
    function("histogram_sum", &[V], Variadic::None, V, false),
    function("hour", &[V], Variadic::Optional(1), V, false),
    function("idelta", &[R], Variadic::None, V, false),
    function("increase", &[R], Variadic::None, V, false),
    function("info", &[V, V], Variadic::Optional(1), V, true),
    function("irate", &[R], Variadic::None, V, false),
    function("label_join", &[V, T, T, T], Variadic::Any, V, false),
    function("label_replace", &[V, T, T, T, T], Variadic::None, V, false),
    function("last_over_time", &[R], Variadic::None, V, false),
    function("ln", &[V], Variadic::None, V, false),
    function("log10", &[V], Variadic::None, V, false),
    function("log2", &[V], Variadic::None, V, false),
    function("mad_over_time", &[R], Variadic::None, V, true),
    function("max_of", &[S, S], Variadic::None, S, true),
    function("max_over_time", &[R], Variadic::None, V, false),
    function("min_of", &[S, S], Variadic::None, S, true),
    function("min_over_time", &[R], Variadic::None, V, false),
    function("minute", &[V], Variadic::Optional(1), V, false),
    function("month", &[V], Variadic::Optional(1), V, false),
    function("pi", &[], Variadic::None, S, false),
    function("predict_linear", &[R, S], Variadic::None, V, false),
    function("present_over_time", &[R], Variadic::None, V, false),
    function("quantile_over_time", &[S, R], Variadic::None, V, false),
    function("rad", &[V], Variadic::None, V, false),
    function("range", &[], Variadic::None, S, true),
    function("rate", &[R], Variadic::None, V, false),
    function("resets", &[R], Variadic::None, V, false),
    function("round", &[V, S], Variadic::Optional(1), V, false),
    function("scalar", &[V], Variadic::None, S, false),
    function("sgn", &[V], Variadic::None, V, false),
    function("sin", &[V], Variadic::None, V, false),
    function("sinh", &[V], Variadic::None, V, false),
    function("sort", &[V], Variadic::None, V, false),
    function("sort_by_label", &[V, T], Variadic::Any, V, true),
    function("sort_by_label_desc", &[V, T], Variadic::Any, V, true),
    function("sort_desc", &[V], Variadic::None, V, false),
    function("sqrt", &[V], Variadic::None, V, false),
    function("start", &[], Variadic::None, S, true),
    function("start_timestamp", &[V], Variadic::None, V, true),
    function("stddev_over_time", &[R], Variadic::None, V, false),
    function("stdvar_over_time", &[R], Variadic::None, V, false),
    function("step", &[], Variadic::None, S, true),
    function("sum_over_time", &[R], Variadic::None, V, false),
    function("tan", &[V], Variadic::None, V, false),
    function("tanh", &[V], Variadic::None, V, false),
    function("time", &[], Variadic::None, S, false),
    function("timestamp", &[V], Variadic::None, V, false),
    function("ts_of_first_over_time", &[R], Variadic::None, V, true),
    function("ts_of_last_over_time", &[R], Variadic::None, V, true),
    function("ts_of_max_over_time", &[R], Variadic::None, V, true),
    function("ts_of_min_over_time", &[R], Variadic::None, V, true),
    function("vector", &[S], Variadic::None, V, false),
    function("year", &[V], Variadic::Optional(1), V, false),
];

/// The function of this name; upper and lower case differ.
#[must_use]
pub fn lookup(name: &str) -> Option<&'static Function> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|i| &FUNCTIONS[i])
}

const fn function(
    name: &'static str,
    args: &'static [ValueType],
    variadic: Variadic,
    returns: ValueType,
    experimental: bool,
) -> Function {
    Function { name, args, variadic, returns, experimental }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_by_name() {
        for function in &FUNCTIONS {
            assert_eq!(lookup(function.name), Some(function));
        }
        assert_eq!(lookup("rate").map(|f| (f.args, f.returns)), Some((&[R][..], V)));
        assert_eq!(lookup("time").map(|f| (f.args, f.returns)), Some((&[][..], S)));
        for name in ["", "Rate", "sum", "rates", "zzz"] {
            assert_eq!(lookup(name), None, "{name}");
        }
    }

    #[test]
    fn optional_arguments_are_among_those_listed() {
        for function in &FUNCTIONS {
            match function.variadic {
                Variadic::None => {}
                Variadic::Optional(n) => assert!(n > 0 && n <= function.args.len(), "{}", function.name),
                Variadic::Any => assert!(!function.args.is_empty(), "{}", function.name),
            }
        }
    }
}
