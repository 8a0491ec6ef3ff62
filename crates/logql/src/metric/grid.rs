//! The evaluation times of a query, and series over them.

use model::{STALE_NAN, is_stale};

use crate::error::{QueryError, Result};
use crate::labels::LabelSet;

/// Stands at a step where a series has no value. No computation makes this pattern of bits.
pub(crate) const ABSENT: f64 = STALE_NAN;

/// Whether a series has a value at a step.
pub(crate) fn is_present(value: f64) -> bool {
    !is_stale(value)
}

/// Evaluation times at equal distances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    start_ns: i64,
    /// Positive; of no meaning when there is only one time.
    step_ns: i64,
    len: usize,
}

impl Grid {
    /// A single time.
    pub(crate) fn instant(at_ns: i64) -> Grid {
        Grid { start_ns: at_ns, step_ns: 1, len: 1 }
    }

    /// All times from the start to the end, which is one of them if the steps hit it.
    ///
    /// # Errors
    /// When steps do not lead forward, or are too many.
    pub(crate) fn range(start_ns: i64, end_ns: i64, step_ns: i64, max_steps: usize) -> Result<Grid> {
        if step_ns <= 0 {
            let message = "zero or negative query resolution step widths are not accepted. Try a positive integer";
            return Err(QueryError::invalid(message));
        }
        if end_ns < start_ns {
            return Err(QueryError::invalid("end timestamp must not be before or equal to start time"));
        }
        let steps = (i128::from(end_ns) - i128::from(start_ns)) / i128::from(step_ns);
        match usize::try_from(steps) {
            Ok(steps) if steps <= max_steps => Ok(Grid { start_ns, step_ns, len: steps + 1 }),
            _ => Err(QueryError::invalid(format!(
                "exceeded maximum resolution of {max_steps} points per time series. Try increasing the value of the step parameter"
            ))),
        }
    }

    pub(crate) fn len(self) -> usize {
        self.len
    }

    pub(crate) fn start_ns(self) -> i64 {
        self.start_ns
    }

    pub(crate) fn step_ns(self) -> i64 {
        self.step_ns
    }

    pub(crate) fn time_ns(self, step: usize) -> i64 {
        // Within the end of the query, which is a time.
        self.start_ns + self.step_ns * step as i64
    }

    /// The same times, so much earlier.
    pub(crate) fn earlier(self, offset_ns: i64) -> Grid {
        Grid { start_ns: self.start_ns.saturating_sub(offset_ns), ..self }
    }
}

/// One series: a value for each step, [`ABSENT`] where it has none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) labels: LabelSet,
    pub(crate) values: Vec<f64>,
}

impl Series {
    /// A series without labels that always has the same value.
    pub(crate) fn constant(value: f64, steps: usize) -> Series {
        Series { labels: LabelSet::empty(), values: vec![value; steps] }
    }

    /// Whether there is a value at any step.
    pub(crate) fn is_any_present(&self) -> bool {
        self.values.iter().any(|value| is_present(*value))
    }
}
