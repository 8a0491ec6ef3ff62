//! Sums that lose no small terms beside large ones.

/// A running sum by Kahan's method in Neumaier's form. Upstream sums the same way, so results agree to the last bit.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct KahanSum {
    /// The plain sum.
    pub(crate) sum: f64,
    /// What the plain sum has lost.
    pub(crate) compensation: f64,
}

impl KahanSum {
    /// Adds a term. An infinite sum needs no compensation, and one would turn it into a NaN.
    #[inline]
    pub(crate) fn add(&mut self, term: f64) {
        let total = self.sum + term;
        if total.is_infinite() {
            self.compensation = 0.0;
        } else if self.sum.abs() >= term.abs() {
            self.compensation += (self.sum - total) + term;
        } else {
            self.compensation += (term - total) + self.sum;
        }
        self.sum = total;
    }

    /// The compensated sum.
    #[inline]
    pub(crate) fn value(self) -> f64 {
        self.sum + self.compensation
    }

    /// The sum of all values.
    pub(crate) fn of(values: &[f64]) -> KahanSum {
        // A sum that is finite in the end was so all along, and then infinities need no care on the way.
        let (mut sum, mut compensation) = (0.0f64, 0.0);
        for term in values {
            let total = sum + term;
            let (large, small) = if sum.abs() >= term.abs() { (sum, *term) } else { (*term, sum) };
            compensation += (large - total) + small;
            sum = total;
        }
        if sum.is_finite() {
            return KahanSum { sum, compensation };
        }
        let mut careful = KahanSum::default();
        values.iter().for_each(|v| careful.add(*v));
        careful
    }
}

/// A running mean: a compensated sum divided at the end, which changes to an incremental mean when the sum would
/// overflow.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RunningMean {
    /// Sum or, once `incremental`, mean.
    total: KahanSum,
    count: f64,
    incremental: bool,
}

impl RunningMean {
    /// Adds a value.
    #[inline]
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        if self.count == 1.0 {
            self.total = KahanSum { sum: value, compensation: 0.0 };
            return;
        }
        if !self.incremental {
            let mut next = self.total;
            next.add(value);
            if !next.sum.is_infinite() {
                self.total = next;
                return;
            }
            self.incremental = true;
            self.total.sum /= self.count - 1.0;
            self.total.compensation /= self.count - 1.0;
        }
        let mean = self.total.sum;
        if mean.is_infinite() && !value.is_nan() && (value.is_finite() || (mean > 0.0) == (value > 0.0)) {
            // Subtracting infinities of the same sign would give a NaN where the mean is known.
            return;
        }
        let kept = (self.count - 1.0) / self.count;
        let mut next = KahanSum { sum: kept * mean, compensation: kept * self.total.compensation };
        next.add(value / self.count);
        self.total = next;
    }

    /// Whether anything was added.
    pub(crate) fn has_any(self) -> bool {
        self.count > 0.0
    }

    /// The mean of all values; NaN for none.
    pub(crate) fn of(values: &[f64]) -> f64 {
        let total = KahanSum::of(values);
        if total.sum.is_finite() {
            let count = values.len() as f64;
            return total.sum / count + total.compensation / count;
        }
        let mut mean = RunningMean::default();
        values.iter().for_each(|v| mean.add(*v));
        mean.value()
    }

    /// The mean of what was added; NaN for nothing.
    #[inline]
    pub(crate) fn value(self) -> f64 {
        if self.incremental {
            self.total.value()
        } else {
            self.total.sum / self.count + self.total.compensation / self.count
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64]) -> f64 {
        let mut mean = RunningMean::default();
        values.iter().for_each(|v| mean.add(*v));
        let at_once = RunningMean::of(values);
        assert!(at_once == mean.value() || (at_once.is_nan() && mean.value().is_nan()), "{values:?}: {at_once}");
        at_once
    }

    #[test]
    fn large_terms_cancel_without_loss() {
        let mut sum = KahanSum::default();
        [1.0, 1e100, 1.0, -1e100].iter().for_each(|v| sum.add(*v));
        assert_eq!(sum.value(), 2.0);
        assert_eq!(KahanSum::of(&[1.0, 1e100, 1.0, -1e100]).value(), 2.0);
        assert_eq!(KahanSum::of(&[1.0, f64::INFINITY, 1.0]).value(), f64::INFINITY);
    }

    #[test]
    fn means_do_not_overflow() {
        let inf = f64::INFINITY;
        for (values, expected) in [
            (&[1.0, 2.0, 3.0][..], 2.0),
            (&[1.5e308, 1.5e308], 1.5e308),
            (&[-1.5e308, 1.5e308, -1.5e308], -0.5e308),
            (&[inf, 0.0, inf], inf),
            (&[1.0, -inf, -inf], -inf),
        ] {
            let found = mean(values);
            assert!(found == expected || (found - expected).abs() < expected.abs() * 1e-12, "{values:?}: {found}");
        }
        assert!(mean(&[inf, -inf]).is_nan());
        assert!(mean(&[inf, f64::NAN, 1.0]).is_nan());
        assert!(mean(&[]).is_nan());
    }
}
