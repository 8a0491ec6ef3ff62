//! How windows that overlap share the work: a line falls into one bucket, and a window is a run of buckets.

use super::grid::Grid;

/// Cuts time at all beginnings and ends of windows `(t - range, t]`.
///
/// The times of the grid cut the line of time into cells. If the range is a multiple of the step, windows begin where cells do;
/// otherwise each cell is cut in two where windows begin, the same distance before its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Buckets {
    grid: Grid,
    range_ns: i64,
    /// Whole steps in the range.
    steps: i64,
    /// What is left of the range behind whole steps; 0 when cells are not cut.
    rest_ns: i64,
}

impl Buckets {
    pub(crate) fn new(grid: Grid, range_ns: i64) -> Buckets {
        let step_ns = if grid.len() > 1 { grid.step_ns() } else { range_ns.max(1) };
        Buckets { grid, range_ns, steps: range_ns / step_ns, rest_ns: range_ns % step_ns }
    }

    /// The bucket of a time; `None` when no window holds it.
    pub(crate) fn of(&self, time_ns: i64) -> Option<u32> {
        let since_ns = time_ns.checked_sub(self.grid.start_ns())?;
        if since_ns <= -self.range_ns || time_ns > self.grid.time_ns(self.grid.len() - 1) {
            return None;
        }
        if self.grid.len() == 1 {
            return Some(0);
        }
        let step_ns = self.grid.step_ns();
        // The cell that ends at this step holds the time; rounded up, since cells are open at their beginnings.
        let cell = since_ns.div_euclid(step_ns) + i64::from(since_ns.rem_euclid(step_ns) > 0);
        let bucket = if self.rest_ns == 0 {
            cell + self.steps - 1
        } else {
            let is_behind_cut = since_ns > cell * step_ns - self.rest_ns;
            if self.steps == 0 && !is_behind_cut {
                return None;
            }
            2 * (cell + self.steps) + i64::from(is_behind_cut)
        };
        u32::try_from(bucket).ok()
    }

    /// The buckets of the window of a step: from the first up to, without it, the second.
    pub(crate) fn window(&self, step: usize) -> (u32, u32) {
        let (step, steps) = (step as u64, self.steps.unsigned_abs());
        let (from, to) = match (self.grid.len(), self.rest_ns) {
            (1, _) => (0, 1),
            (_, 0) => (step, step + steps),
            _ => (2 * step + 1, 2 * (step + steps) + 2),
        };
        let narrow = |bucket: u64| u32::try_from(bucket).unwrap_or(u32::MAX);
        (narrow(from), narrow(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_a_window_exactly_if_its_bucket_is() {
        for (step_ns, steps) in [(1, 9), (2, 5), (3, 4), (7, 3), (10, 1)] {
            for range_ns in 1..25 {
                let grid = Grid::range(100, 100 + step_ns * (steps - 1), step_ns, 1000).expect("a grid");
                let buckets = Buckets::new(grid, range_ns);
                for time_ns in 60..180 {
                    let bucket = buckets.of(time_ns);
                    for step in 0..grid.len() {
                        let end_ns = grid.time_ns(step);
                        let is_within = end_ns - range_ns < time_ns && time_ns <= end_ns;
                        let (from, to) = buckets.window(step);
                        let is_bucket_within = bucket.is_some_and(|bucket| from <= bucket && bucket < to);
                        assert_eq!(
                            is_bucket_within, is_within,
                            "range {range_ns}, step {step_ns}, {time_ns} at {end_ns}"
                        );
                    }
                }
            }
        }
    }
}
