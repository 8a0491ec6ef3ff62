//! Stopping work that nobody waits for any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::{Error, ErrorKind, Result};

const RUNNING: u8 = 0;
const CANCELLED: u8 = 1;
const TIMED_OUT: u8 = 2;

/// A flag shared by the one who waits and the ones who work. Engines look at it once per batch.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicU8>);

impl CancelToken {
    /// A token that nobody has pulled yet.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// The caller went away.
    pub fn cancel(&self) {
        self.stop(CANCELLED);
    }

    /// The time allowed is over.
    pub fn time_out(&self) {
        self.stop(TIMED_OUT);
    }

    /// Fails once the token was pulled.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] or [`ErrorKind::TimedOut`]; the first reason given stays.
    pub fn check(&self) -> Result<()> {
        match self.0.load(Ordering::Relaxed) {
            RUNNING => Ok(()),
            CANCELLED => Err(Error::new(ErrorKind::Cancelled, "query was canceled")),
            _ => Err(Error::new(ErrorKind::TimedOut, "query timed out")),
        }
    }

    fn stop(&self, reason: u8) {
        // A token that was already pulled keeps its first reason.
        self.0.compare_exchange(RUNNING, reason, Ordering::Relaxed, Ordering::Relaxed).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_its_first_reason() {
        let token = CancelToken::new();
        assert!(token.check().is_ok());
        let shared = token.clone();
        shared.time_out();
        token.cancel();
        assert_eq!(token.check().map_err(|e| e.kind()), Err(ErrorKind::TimedOut));
    }
}
