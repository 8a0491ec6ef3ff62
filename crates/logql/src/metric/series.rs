//! The series of a range aggregation while its lines are read.

use foldhash::{HashMap, HashMapExt};

use super::buckets::Buckets;
use super::fold::{Fold, Partial};
use super::grid::{Grid, Series};
use super::raw::Sample;
use crate::error::{QueryError, QueryErrorKind, Result};
use crate::labels::LabelSet;

/// Series by the bytes that name them.
#[derive(Debug)]
pub(super) struct SeriesTable {
    places: HashMap<Vec<u8>, usize>,
    series: Vec<(LabelSet, Samples)>,
    fold: Option<Fold>,
    max_series: usize,
    /// Samples that may still be kept.
    samples_left: usize,
}

/// What is kept of a series' samples.
#[derive(Debug)]
pub(super) enum Samples {
    /// Aggregates by bucket, in the order in which they came.
    Folded(Vec<(u32, Partial)>),
    /// All of them.
    Raw(Vec<Sample>),
}

impl SeriesTable {
    /// With a fold only aggregates are kept.
    pub(super) fn new(fold: Option<Fold>, max_series: usize, max_samples: usize) -> SeriesTable {
        SeriesTable { places: HashMap::new(), series: Vec::new(), fold, max_series, samples_left: max_samples }
    }

    /// The place of the series that the bytes name; a new one gets its labels from `labels`.
    pub(super) fn place(&mut self, key: &[u8], labels: impl FnOnce() -> LabelSet) -> Result<usize> {
        if let Some(place) = self.places.get(key) {
            return Ok(*place);
        }
        if self.series.len() == self.max_series {
            let message = format!(
                "a range aggregation of the query has more than {} series; aggregate by fewer labels, or drop labels that tell \
                 lines apart",
                self.max_series
            );
            return Err(QueryError::new(QueryErrorKind::Limit, message));
        }
        let samples = if self.fold.is_some() { Samples::Folded(Vec::new()) } else { Samples::Raw(Vec::new()) };
        self.series.push((labels(), samples));
        self.places.insert(key.to_vec(), self.series.len() - 1);
        Ok(self.series.len() - 1)
    }

    /// Adds a sample that lies in a bucket.
    pub(super) fn add(&mut self, place: usize, bucket: u32, time_ns: i64, value: f64) -> Result<()> {
        let grows = match (&mut self.series[place].1, self.fold) {
            (Samples::Folded(parts), Some(fold)) => match parts.last_mut() {
                Some((last, partial)) if *last == bucket => {
                    *partial = fold.join(*partial, fold.one(time_ns, value));
                    false
                }
                _ => {
                    parts.push((bucket, fold.one(time_ns, value)));
                    true
                }
            },
            (Samples::Raw(samples), _) => {
                samples.push((time_ns, value));
                true
            }
            (Samples::Folded(_), None) => false,
        };
        if grows {
            self.samples_left = self.samples_left.checked_sub(1).ok_or_else(|| {
                let message = "the query holds too many samples in memory; use a shorter range or fewer series";
                QueryError::new(QueryErrorKind::Limit, message)
            })?;
        }
        Ok(())
    }

    /// The value of every series at every step.
    pub(super) fn finish(
        self,
        buckets: &Buckets,
        grid: Grid,
        mut raw: impl FnMut(Vec<Sample>) -> Vec<f64>,
    ) -> Vec<Series> {
        let fold = self.fold;
        let one = |(labels, samples): (LabelSet, Samples)| {
            let values = match (samples, fold) {
                (Samples::Folded(parts), Some(fold)) => fold.slide(parts, buckets, grid),
                (Samples::Raw(samples), _) => raw(samples),
                (Samples::Folded(_), None) => Vec::new(),
            };
            Series { labels, values }
        };
        self.series.into_iter().map(one).collect()
    }
}
