//! What the handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tails that may run at a time.
const MAX_TAILS: usize = 10;
/// Bytes of push bodies that may be held at a time, as they came.
const MAX_HELD_BYTES: usize = 64 << 20;
/// Bodies are accounted in pieces of this size.
const ACCOUNTED_BYTES: usize = 1 << 10;

/// Counts of what runs: pushes and tails.
#[derive(Debug)]
pub struct LokiState {
    /// Pushes that are being decoded and written.
    pub(super) push_turns: Arc<Semaphore>,
    held: Arc<Semaphore>,
    tails: Arc<AtomicUsize>,
}

impl Default for LokiState {
    fn default() -> LokiState {
        let n_cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        LokiState {
            push_turns: Arc::new(Semaphore::new(n_cores)),
            held: Arc::new(Semaphore::new(MAX_HELD_BYTES / ACCOUNTED_BYTES)),
            tails: Arc::default(),
        }
    }
}

impl LokiState {
    /// Waits until a body of this size may be read.
    pub(super) async fn hold(&self, n_bytes: usize) -> Option<OwnedSemaphorePermit> {
        let pieces = n_bytes.min(MAX_HELD_BYTES).div_ceil(ACCOUNTED_BYTES).max(1);
        Arc::clone(&self.held).acquire_many_owned(u32::try_from(pieces).unwrap_or(u32::MAX)).await.ok()
    }

    /// Begins a tail, unless too many run; the error says so as Loki does.
    pub(super) fn begin_tail(&self) -> Result<TailTurn, String> {
        let before = self.tails.fetch_add(1, Ordering::SeqCst);
        let turn = TailTurn(Arc::clone(&self.tails));
        if before >= MAX_TAILS {
            let count = before + 1;
            return Err(format!("max concurrent tail requests limit exceeded, count > limit ({count} > {MAX_TAILS})"));
        }
        Ok(turn)
    }
}

/// Ends a tail when dropped.
#[derive(Debug)]
pub(super) struct TailTurn(Arc<AtomicUsize>);

impl Drop for TailTurn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
