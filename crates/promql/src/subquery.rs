//! Subqueries: an expression evaluated on a grid of its own, whose steps are the samples of a range vector.

use promql_syntax::ast::Subquery;
use storage::Grid;

use crate::duration;
use crate::error::{QueryError, Result, TOO_MANY_SAMPLES};
use crate::eval::Evaluator;
use crate::functions::range::{Uncut, WindowSink, cut};
use crate::grid::{ScalarColumn, StepTimes};
use crate::window::Windows;

impl Evaluator<'_> {
    /// Feeds the windows of each series of a subquery to the sink.
    pub(crate) fn stream_subquery_windows(
        &self,
        subquery: &Subquery,
        grid: Grid,
        parameter: &ScalarColumn,
        sink: WindowSink<'_>,
    ) -> Result<()> {
        let steps = self.step_times(&subquery.modifiers, grid)?;
        let range_ms = duration::positive_ms(&subquery.range, self.query_grid)?;
        let inner = self.inner_grid(subquery, steps, range_ms)?;
        if inner.is_empty() {
            return Ok(());
        }
        let times_ms: Vec<i64> = (0..inner.len()).map(|step| inner.time_ms(step)).collect();
        let shared = Windows::new(&times_ms, steps, range_ms);
        for one in &self.eval_vector(&subquery.expr, inner)? {
            self.budget.touch(shared.longest())?;
            let values = one.column.values().into();
            let series = Uncut { labels: &one.labels, drop_name: one.drop_name, times_ms: &times_ms, values };
            cut(&series, &shared, steps, range_ms, parameter, sink)?;
        }
        Ok(())
    }

    /// The evaluation times of the inner expression: multiples of its step since the epoch, from the first one within the
    /// first window to the end of the last.
    fn inner_grid(&self, subquery: &Subquery, steps: StepTimes, range_ms: i64) -> Result<Grid> {
        let step_ms = match &subquery.step {
            Some(step) => duration::positive_ms(step, self.query_grid)?,
            None => self.options.default_subquery_step_ms,
        }
        // A step below a millisecond is cut to nothing, and steps have to move on.
        .max(1);
        let border = steps.first_ms.saturating_sub(range_ms);
        // The division cuts towards zero, as upstream's does; the window itself is open on the left.
        let mut start_ms = step_ms.saturating_mul(border / step_ms);
        if start_ms <= border {
            start_ms = start_ms.saturating_add(step_ms);
        }
        let grid = Grid { start_ms, end_ms: steps.last_ms(), step_ms };
        if grid.len() > self.options.max_samples {
            return Err(QueryError::execution(TOO_MANY_SAMPLES));
        }
        Ok(grid)
    }
}
