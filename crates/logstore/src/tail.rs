//! Handing lines to those who wait for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{Labels, Matcher};
use parking_lot::Mutex;
use storage::logs::{LineBatch, LogBatch, Stream, TailGuard, TailSink};
use storage::{Error, ErrorKind, Result, TenantId};

/// Everyone who waits.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    entries: Mutex<Vec<Arc<Tail>>>,
    is_closed: AtomicBool,
}

struct Tail {
    tenant: TenantId,
    matchers: Vec<Matcher>,
    sink: Box<dyn TailSink>,
    has_ended: AtomicBool,
}

impl std::fmt::Debug for Tail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tail").field("tenant", &self.tenant).field("matchers", &self.matchers).finish_non_exhaustive()
    }
}

impl Tails {
    pub(crate) fn add(
        self: &Arc<Tails>,
        tenant: TenantId,
        matchers: Vec<Matcher>,
        sink: Box<dyn TailSink>,
    ) -> Result<TailGuard> {
        let tail = Arc::new(Tail { tenant, matchers, sink, has_ended: AtomicBool::new(false) });
        let mut entries = self.entries.lock();
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Closed, "the log store is shutting down"));
        }
        entries.push(Arc::clone(&tail));
        let tails = Arc::downgrade(self);
        Ok(TailGuard::new(move || {
            tail.has_ended.store(true, Ordering::Relaxed);
            if let Some(tails) = tails.upgrade() {
                tails.entries.lock().retain(|other| !Arc::ptr_eq(other, &tail));
            }
        }))
    }

    /// Ends all tails and lets no more begin.
    pub(crate) fn close(&self) {
        let entries = {
            let mut entries = self.entries.lock();
            self.is_closed.store(true, Ordering::Relaxed);
            std::mem::take(&mut *entries)
        };
        drop(entries);
    }

    /// Hands out a batch that was acknowledged.
    pub(crate) fn publish(&self, tenant: TenantId, batch: &LogBatch<'_>) {
        let tails: Vec<Arc<Tail>> = {
            let entries = self.entries.lock();
            entries.iter().filter(|tail| tail.tenant == tenant).cloned().collect()
        };
        if tails.is_empty() {
            return;
        }
        let streams: Vec<Labels> = batch
            .streams
            .iter()
            .map(|stream| Labels::from_bytes(stream.labels).unwrap_or_else(|_| Labels::empty()))
            .collect();
        let mut ended = Vec::new();
        for tail in tails {
            let lines = tail.lines(batch, &streams);
            let has_ended = tail.has_ended.load(Ordering::Relaxed);
            if !has_ended && !lines.rows.is_empty() && !tail.sink.take(Arc::new(lines)) {
                tail.has_ended.store(true, Ordering::Relaxed);
                ended.push(tail);
            }
        }
        if !ended.is_empty() {
            self.entries.lock().retain(|tail| !tail.has_ended.load(Ordering::Relaxed));
        }
    }
}

impl Tail {
    fn lines(&self, batch: &LogBatch<'_>, streams: &[Labels]) -> LineBatch {
        let mut lines = LineBatch::default();
        for (stream, labels) in batch.streams.iter().zip(streams) {
            if stream.lines.is_empty() || !self.matchers.iter().all(|matcher| matcher.matches_labels(labels)) {
                continue;
            }
            let number = lines.streams.len() as u32;
            lines.streams.push(Arc::new(Stream { labels: labels.clone() }));
            for line in stream.lines {
                lines.push(number, line.time_ns, line.line, line.metadata);
            }
        }
        lines
    }
}
