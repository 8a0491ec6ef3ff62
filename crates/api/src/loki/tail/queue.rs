//! What stands between the store and a reader: batches, up to a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::Labels;
use parking_lot::Mutex;
use storage::LineBatch;
use storage::logs::TailSink;
use tokio::sync::mpsc;

/// Batches that wait for a reader.
const MAX_BATCHES: usize = 4_096;
/// Bytes of the lines that wait for a reader.
const MAX_BYTES: usize = 8 << 20;
/// Dropped lines that are told one by one.
const MAX_TOLD: usize = 1_000;

/// The reader's end.
pub(super) struct Queue {
    batches: mpsc::Receiver<Arc<LineBatch>>,
    shared: Arc<Shared>,
}

/// The store's end.
pub(super) struct Sink {
    batches: mpsc::Sender<Arc<LineBatch>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    bytes: AtomicUsize,
    dropped: Mutex<Vec<DroppedLine>>,
}

/// A line that a reader was too slow for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DroppedLine {
    pub(super) labels: Labels,
    pub(super) time_ns: i64,
}

impl Queue {
    pub(super) fn new() -> (Queue, Sink) {
        let (sender, receiver) = mpsc::channel(MAX_BATCHES);
        let shared = Arc::new(Shared::default());
        (Queue { batches: receiver, shared: Arc::clone(&shared) }, Sink { batches: sender, shared })
    }

    /// The next batch; `None` when the store ends the tail.
    pub(super) async fn next(&mut self) -> Option<Arc<LineBatch>> {
        let batch = self.batches.recv().await?;
        self.shared.bytes.fetch_sub(cost(&batch), Ordering::Relaxed);
        Some(batch)
    }

    /// A batch that is there already.
    pub(super) fn try_next(&mut self) -> Option<Arc<LineBatch>> {
        let batch = self.batches.try_recv().ok()?;
        self.shared.bytes.fetch_sub(cost(&batch), Ordering::Relaxed);
        Some(batch)
    }

    /// Lines dropped since the last call.
    pub(super) fn take_dropped(&self) -> Vec<DroppedLine> {
        std::mem::take(&mut *self.shared.dropped.lock())
    }
}

impl TailSink for Sink {
    fn take(&self, batch: Arc<LineBatch>) -> bool {
        let cost = cost(&batch);
        // A batch that is larger than the bound by itself passes when nothing waits.
        let waiting = self.shared.bytes.fetch_add(cost, Ordering::Relaxed);
        let refused = if waiting > 0 && waiting + cost > MAX_BYTES {
            Some(batch)
        } else {
            match self.batches.try_send(batch) {
                Ok(()) => None,
                Err(mpsc::error::TrySendError::Full(batch)) => Some(batch),
                Err(mpsc::error::TrySendError::Closed(_)) => return false,
            }
        };
        if let Some(batch) = refused {
            self.shared.bytes.fetch_sub(cost, Ordering::Relaxed);
            self.shared.drop_lines(&batch);
        }
        true
    }
}

impl Shared {
    fn drop_lines(&self, batch: &LineBatch) {
        let mut dropped = self.dropped.lock();
        let room = MAX_TOLD.saturating_sub(dropped.len());
        dropped.extend(batch.rows.iter().take(room).filter_map(|row| {
            let stream = batch.streams.get(row.stream as usize)?;
            Some(DroppedLine { labels: stream.labels.clone(), time_ns: row.time_ns })
        }));
    }
}

/// What a batch counts as: its texts and what its rows take.
fn cost(batch: &LineBatch) -> usize {
    batch.bytes.len() + batch.rows.len() * size_of::<storage::LineRow>() + 1
}

#[cfg(test)]
mod tests {
    use storage::logs::Stream;

    use super::*;

    fn batch(n_lines: usize, line: &[u8]) -> Arc<LineBatch> {
        let labels = Labels::from_pairs([("app", "x")]);
        let mut batch = LineBatch { streams: vec![Arc::new(Stream { labels })], ..LineBatch::default() };
        for i in 0..n_lines {
            batch.push(0, i as i64, line, &[]);
        }
        Arc::new(batch)
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_told() {
        let (mut queue, sink) = Queue::new();
        let large = vec![b'x'; 3 << 20];
        for _ in 0..4 {
            assert!(sink.take(batch(1, &large)));
        }
        assert_eq!(queue.take_dropped().len(), 2);
        assert!(queue.take_dropped().is_empty());
        assert!(queue.try_next().is_some() && queue.try_next().is_some() && queue.try_next().is_none());
        assert!(sink.take(batch(1, &vec![b'x'; 9 << 20])), "one that is too large by itself passes");
        assert!(queue.try_next().is_some() && queue.take_dropped().is_empty());
        for _ in 0..MAX_BATCHES {
            assert!(sink.take(batch(1, b"x")));
        }
        sink.take(batch(2_000, b"x"));
        assert_eq!(queue.take_dropped().len(), MAX_TOLD);
        drop(queue);
        assert!(!sink.take(batch(1, b"x")), "nobody reads any more");
    }
}
