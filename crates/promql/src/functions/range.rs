//! Functions of a window: each step of a series is made of the samples in the range before it.

use model::Labels;
use model::labels::METRIC_NAME;
use promql_syntax::ast::{Call, Expr, ExprKind, RangeSelector, Span, ValueType};
use storage::batch::Value as StoredValue;
use storage::{Grid, Reduce, TimeRange, Values};

use crate::duration;
use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Sink};
use crate::grid::{ABSENT, GridColumn, GridSeries, ScalarColumn, StepTimes, has_absent, is_present};
use crate::labels::METRIC_TYPE;
use crate::selector::{Around, native_histograms};
use crate::shape::unwrap_parens;
use crate::window::Windows;

/// A function of a window.
#[derive(Clone, Copy)]
pub(crate) struct RangeFunction {
    kernel: fn(&SeriesWindows<'_>, &mut [f64]),
    keeps_name: bool,
    wants_counter: bool,
    wants_quantile: bool,
}

/// The samples of one series, cut into windows.
pub(crate) struct SeriesWindows<'b> {
    /// Its labels.
    pub(crate) labels: &'b Labels,
    /// Whether its metric name is to be dropped when the query is done.
    pub(crate) drop_name: bool,
    /// Sample times, ascending.
    pub(crate) times_ms: &'b [i64],
    /// Sample values, staleness markers taken out.
    pub(crate) values: &'b [f64],
    /// Which rows belong to which step.
    pub(crate) windows: &'b Windows,
    /// The evaluation times.
    pub(crate) steps: StepTimes,
    /// The length of windows.
    pub(crate) range_ms: i64,
    /// The scalar argument of functions that have one.
    pub(crate) parameter: &'b ScalarColumn,
}

/// Takes the windows of each series of a range vector.
pub(crate) type WindowSink<'s> = &'s mut dyn FnMut(SeriesWindows<'_>) -> Result<()>;

impl RangeFunction {
    /// A function that drops the metric name.
    pub(crate) const fn new(kernel: fn(&SeriesWindows<'_>, &mut [f64])) -> RangeFunction {
        RangeFunction { kernel, keeps_name: false, wants_counter: false, wants_quantile: false }
    }

    /// The result is a sample of the metric itself, so the name stays.
    pub(crate) const fn keeping_name(self) -> RangeFunction {
        RangeFunction { keeps_name: true, ..self }
    }

    /// Only makes sense on counters: says so when a name does not look like one.
    pub(crate) const fn of_counters(self) -> RangeFunction {
        RangeFunction { wants_counter: true, ..self }
    }

    /// Its scalar should lie between 0 and 1.
    pub(crate) const fn of_quantile(self) -> RangeFunction {
        RangeFunction { wants_quantile: true, ..self }
    }
}

/// Feeds the result for each series to the sink.
pub(crate) fn stream(
    evaluator: &Evaluator<'_>,
    function: &RangeFunction,
    call: &Call,
    grid: Grid,
    around: Around<'_>,
    sink: Sink<'_>,
) -> Result<()> {
    let Some(range) = call.args.iter().find(|arg| arg.value_type() == ValueType::RangeVector) else {
        return Err(QueryError::unexpected("no range vector in the arguments"));
    };
    let scalar = call.args.iter().find(|arg| arg.value_type() == ValueType::Scalar);
    let parameter = scalar.map_or(Ok(ScalarColumn::Constant(f64::NAN)), |arg| evaluator.eval_scalar(arg, grid))?;
    let around = Around { function: call.function.name, grouping: around.grouping };
    evaluator.stream_windows(range, grid, around, &parameter, &mut |series| {
        let mut column = GridColumn::absent(series.windows.len());
        (function.kernel)(&series, column.values_mut());
        if column.is_empty() {
            return Ok(());
        }
        if function.wants_counter {
            note_non_counter(evaluator, series.labels, unwrap_parens(range).span);
        }
        if let (true, Some(scalar)) = (function.wants_quantile, scalar) {
            note_bad_quantiles(evaluator, &parameter, &column, unwrap_parens(scalar).span);
        }
        let mut one = GridSeries { labels: series.labels.clone(), drop_name: series.drop_name, column };
        if !function.keeps_name {
            evaluator.drop_name(&mut one);
        }
        sink(one)
    })
}

impl Evaluator<'_> {
    /// Feeds the windows of each series of a range selector or subquery to the sink.
    pub(crate) fn stream_windows(
        &self,
        range: &Expr,
        grid: Grid,
        around: Around<'_>,
        parameter: &ScalarColumn,
        sink: WindowSink<'_>,
    ) -> Result<()> {
        match &unwrap_parens(range).kind {
            ExprKind::Range(selector) => self.stream_selected_windows(selector, grid, around, parameter, sink),
            ExprKind::Subquery(subquery) => self.stream_subquery_windows(subquery, grid, parameter, sink),
            _ => Err(QueryError::unexpected("a range vector was needed")),
        }
    }

    fn stream_selected_windows(
        &self,
        range: &RangeSelector,
        grid: Grid,
        around: Around<'_>,
        parameter: &ScalarColumn,
        sink: WindowSink<'_>,
    ) -> Result<()> {
        let steps = self.step_times(&range.selector.modifiers, grid)?;
        let range_ms = duration::positive_ms(&range.range, self.query_grid)?;
        let start_ms = steps.first_ms.saturating_sub(range_ms).saturating_add(1);
        let wanted = TimeRange { start_ms, end_ms: steps.last_ms() };
        let hints = self.hints(wanted, range_ms, steps, around);
        self.for_each_batch(&range.selector, &hints, Reduce::Raw, &mut |batch| {
            let shared = Windows::new(&batch.times_ms, steps, range_ms);
            for one in &batch.series {
                let values = floats(&one.values, &batch.times_ms, wanted)?;
                let series = Uncut { labels: &one.series.labels, drop_name: false, times_ms: &batch.times_ms, values };
                cut(&series, &shared, steps, range_ms, parameter, sink)?;
            }
            Ok(())
        })
    }
}

/// The samples of one series before they are cut into windows; staleness markers are among them.
pub(crate) struct Uncut<'b> {
    pub(crate) labels: &'b Labels,
    pub(crate) drop_name: bool,
    pub(crate) times_ms: &'b [i64],
    pub(crate) values: std::borrow::Cow<'b, [f64]>,
}

/// Cuts a series by the windows that its batch shares, or by its own when it has gaps where the others have samples.
pub(crate) fn cut(
    series: &Uncut<'_>,
    shared: &Windows,
    steps: StepTimes,
    range_ms: i64,
    parameter: &ScalarColumn,
    sink: WindowSink<'_>,
) -> Result<()> {
    let &Uncut { labels, drop_name, times_ms, ref values } = series;
    let whole = SeriesWindows { labels, drop_name, times_ms, values, windows: shared, steps, range_ms, parameter };
    if !has_absent(values) {
        return sink(whole);
    }
    let (times_ms, values): (Vec<i64>, Vec<f64>) =
        times_ms.iter().zip(values.iter()).filter(|(_, v)| is_present(**v)).unzip();
    let windows = Windows::new(&times_ms, steps, range_ms);
    sink(SeriesWindows { times_ms: &times_ms, values: &values, windows: &windows, ..whole })
}

/// The values of a column as floats.
pub(crate) fn floats<'v>(
    values: &'v Values,
    times_ms: &[i64],
    wanted: TimeRange,
) -> Result<std::borrow::Cow<'v, [f64]>> {
    match values {
        Values::Floats(values) => Ok(values.into()),
        Values::Mixed(values) => {
            let number = |(value, time): (&StoredValue, &i64)| match value {
                StoredValue::Float(number) => Ok(*number),
                StoredValue::Histogram(_) if wanted.contains(*time) => Err(native_histograms()),
                StoredValue::Histogram(_) => Ok(ABSENT),
            };
            values.iter().zip(times_ms).map(number).collect()
        }
    }
}

impl SeriesWindows<'_> {
    /// Sets the result of every step whose window has at least so many samples.
    #[inline]
    pub(crate) fn each(&self, at_least: usize, out: &mut [f64], f: impl Fn(usize, &[i64], &[f64]) -> f64) {
        for (step, out) in out.iter_mut().enumerate() {
            let rows = self.windows.rows(step);
            if rows.len() >= at_least {
                *out = f(step, &self.times_ms[rows.clone()], &self.values[rows]);
            }
        }
    }
}

/// The names of counters end in `_total`, those of histogram and summary parts in `_sum`, `_count` or `_bucket`.
fn note_non_counter(evaluator: &Evaluator<'_>, labels: &Labels, span: Span) {
    let name = labels.get(METRIC_NAME);
    if name.is_empty() {
        return;
    }
    let mut notes = evaluator.notes.borrow_mut();
    if evaluator.options.type_and_unit_labels {
        let metric_type = labels.get(METRIC_TYPE);
        if !matches!(metric_type, "counter" | "histogram") {
            notes.possible_non_counter_type(name, metric_type, span);
        }
    } else if !["_total", "_sum", "_count", "_bucket"].iter().any(|ending| name.ends_with(ending)) {
        notes.possible_non_counter(name, span);
    }
}

fn note_bad_quantiles(evaluator: &Evaluator<'_>, quantile: &ScalarColumn, column: &GridColumn, span: Span) {
    for (step, _) in column.values().iter().enumerate().filter(|(_, v)| is_present(**v)) {
        let quantile = quantile.at(step);
        if !(0.0..=1.0).contains(&quantile) {
            evaluator.notes.borrow_mut().invalid_quantile(quantile, span);
        }
    }
}
