//! How many samples a query holds at a time.

use std::cell::Cell;

use crate::error::{QueryError, Result, TOO_MANY_SAMPLES};

/// Counts the samples of intermediate results, and of one series' raw samples at a time, as upstream does for its limit
/// on samples. The batches themselves are bounded by the store's own limits.
#[derive(Debug)]
pub(crate) struct Budget {
    held: Cell<usize>,
    peak: Cell<usize>,
    read: Cell<u64>,
    max: usize,
}

impl Budget {
    pub(crate) fn new(max: usize) -> Budget {
        Budget { held: Cell::new(0), peak: Cell::new(0), read: Cell::new(0), max }
    }

    /// Samples held now.
    pub(crate) fn held(&self) -> usize {
        self.held.get()
    }

    /// The most samples held at any time.
    pub(crate) fn peak(&self) -> usize {
        self.peak.get()
    }

    /// Samples that came from the store.
    pub(crate) fn read(&self) -> u64 {
        self.read.get()
    }

    /// Takes room for more samples.
    pub(crate) fn take(&self, samples: usize) -> Result<()> {
        self.settle(self.held.get(), samples)
    }

    /// Checks that samples which are dropped again at once fit.
    pub(crate) fn touch(&self, samples: usize) -> Result<()> {
        let held = self.held.get();
        self.take(samples)?;
        self.held.set(held);
        Ok(())
    }

    /// An operator is done: what it held beyond the mark taken before is replaced by its result.
    pub(crate) fn settle(&self, mark: usize, result: usize) -> Result<()> {
        let held = mark.saturating_add(result);
        self.held.set(held);
        self.peak.set(self.peak.get().max(held));
        if held > self.max { Err(QueryError::execution(TOO_MANY_SAMPLES)) } else { Ok(()) }
    }

    /// Counts samples that came from the store.
    pub(crate) fn count_read(&self, samples: usize) {
        self.read.set(self.read.get() + samples as u64);
    }
}
