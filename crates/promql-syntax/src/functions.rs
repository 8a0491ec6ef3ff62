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
    pub(crate) variadic: Variadic,
    /// Type of the result.
    pub(crate) returns: ValueType,
}

/// How far the number of arguments may differ from the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variadic {
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
pub(crate) static FUNCTIONS: [Function; 90] = [
    function("abs", &[V], Variadic::None, V),
    function("absent", &[V], Variadic::None, V),
    function("absent_over_time", &[R], Variadic::None, V),
    function("acos", &[V], Variadic::None, V),
    function("acosh", &[V], Variadic::None, V),
    function("asin", &[V], Variadic::None, V),
    function("asinh", &[V], Variadic::None, V),
    function("atan", &[V], Variadic::None, V),
    function("atanh", &[V], Variadic::None, V),
    function("avg_over_time", &[R], Variadic::None, V),
    function("ceil", &[V], Variadic::None, V),
    function("changes", &[R], Variadic::None, V),
    function("clamp", &[V, S, S], Variadic::None, V),
    function("clamp_max", &[V, S], Variadic::None, V),
    function("clamp_min", &[V, S], Variadic::None, V),
    function("cos", &[V], Variadic::None, V),
    function("cosh", &[V], Variadic::None, V),
    function("count_over_time", &[R], Variadic::None, V),
    function("day_of_month", &[V], Variadic::Optional(1), V),
    function("day_of_week", &[V], Variadic::Optional(1), V),
    function("day_of_year", &[V], Variadic::Optional(1), V),
    function("days_in_month", &[V], Variadic::Optional(1), V),
    function("deg", &[V], Variadic::None, V),
    function("delta", &[R], Variadic::None, V),
    function("deriv", &[R], Variadic::None, V),
    function("double_exponential_smoothing", &[R, S, S], Variadic::None, V),
    function("end", &[], Variadic::None, S),
    function("exp", &[V], Variadic::None, V),
    function("first_over_time", &[R], Variadic::None, V),
    function("floor", &[V], Variadic::None, V),
    function("histogram_avg", &[V], Variadic::None, V),
    function("histogram_count", &[V], Variadic::None, V),
    function("histogram_fraction", &[S, S, V], Variadic::None, V),
    function("histogram_quantile", &[S, V], Variadic::None, V),
    function("histogram_quantiles", &[V, T, S, S, S, S, S, S, S, S, S, S], Variadic::Optional(9), V),
    function("histogram_stddev", &[V], Variadic::None, V),
    function("histogram_stdvar", &[V], Variadic::None, V),
    function("histogram_sum", &[V], Variadic::None, V),
    function("hour", &[V], Variadic::Optional(1), V),
    function("idelta", &[R], Variadic::None, V),
    function("increase", &[R], Variadic::None, V),
    function("info", &[V, V], Variadic::Optional(1), V),
    function("irate", &[R], Variadic::None, V),
    function("label_join", &[V, T, T, T], Variadic::Any, V),
    function("label_replace", &[V, T, T, T, T], Variadic::None, V),
    function("last_over_time", &[R], Variadic::None, V),
    function("ln", &[V], Variadic::None, V),
    function("log10", &[V], Variadic::None, V),
    function("log2", &[V], Variadic::None, V),
    function("mad_over_time", &[R], Variadic::None, V),
    function("max_of", &[S, S], Variadic::None, S),
    function("max_over_time", &[R], Variadic::None, V),
    function("min_of", &[S, S], Variadic::None, S),
    function("min_over_time", &[R], Variadic::None, V),
    function("minute", &[V], Variadic::Optional(1), V),
    function("month", &[V], Variadic::Optional(1), V),
    function("pi", &[], Variadic::None, S),
    function("predict_linear", &[R, S], Variadic::None, V),
    function("present_over_time", &[R], Variadic::None, V),
    function("quantile_over_time", &[S, R], Variadic::None, V),
    function("rad", &[V], Variadic::None, V),
    function("range", &[], Variadic::None, S),
    function("rate", &[R], Variadic::None, V),
    function("resets", &[R], Variadic::None, V),
    function("round", &[V, S], Variadic::Optional(1), V),
    function("scalar", &[V], Variadic::None, S),
    function("sgn", &[V], Variadic::None, V),
    function("sin", &[V], Variadic::None, V),
    function("sinh", &[V], Variadic::None, V),
    function("sort", &[V], Variadic::None, V),
    function("sort_by_label", &[V, T], Variadic::Any, V),
    function("sort_by_label_desc", &[V, T], Variadic::Any, V),
    function("sort_desc", &[V], Variadic::None, V),
    function("sqrt", &[V], Variadic::None, V),
    function("start", &[], Variadic::None, S),
    function("start_timestamp", &[V], Variadic::None, V),
    function("stddev_over_time", &[R], Variadic::None, V),
    function("stdvar_over_time", &[R], Variadic::None, V),
    function("step", &[], Variadic::None, S),
    function("sum_over_time", &[R], Variadic::None, V),
    function("tan", &[V], Variadic::None, V),
    function("tanh", &[V], Variadic::None, V),
    function("time", &[], Variadic::None, S),
    function("timestamp", &[V], Variadic::None, V),
    function("ts_of_first_over_time", &[R], Variadic::None, V),
    function("ts_of_last_over_time", &[R], Variadic::None, V),
    function("ts_of_max_over_time", &[R], Variadic::None, V),
    function("ts_of_min_over_time", &[R], Variadic::None, V),
    function("vector", &[S], Variadic::None, V),
    function("year", &[V], Variadic::Optional(1), V),
];

/// The function of this name; upper and lower case differ.
pub(crate) fn lookup(name: &str) -> Option<&'static Function> {
    FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|i| &FUNCTIONS[i])
}

const fn function(name: &'static str, args: &'static [ValueType], variadic: Variadic, returns: ValueType) -> Function {
    Function { name, args, variadic, returns }
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
