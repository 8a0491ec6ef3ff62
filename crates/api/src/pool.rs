//! Where blocking work runs: as many queries at a time as there are cores, the others wait their turn.

use std::sync::Arc;
use std::time::Duration;

use storage::CancelToken;
use tokio::sync::Semaphore;

/// Runs queries on threads of their own, a bounded number at a time.
#[derive(Clone, Debug)]
pub struct QueryPool {
    turns: Arc<Semaphore>,
}

/// Why work did not finish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PoolError {
    /// The time allowed was over before its turn came.
    TimedOutWaiting,
    /// It panicked; the message went to the log.
    Panicked,
}

impl QueryPool {
    /// A pool in which `n_threads` pieces of work run at a time.
    #[must_use]
    pub fn new(n_threads: usize) -> QueryPool {
        QueryPool { turns: Arc::new(Semaphore::new(n_threads.max(1))) }
    }

    /// Runs blocking work. Its token is pulled when the time allowed is over or when the caller no longer waits.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        timeout: Duration,
        work: impl FnOnce(&CancelToken) -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let deadline = tokio::time::Instant::now() + timeout;
        let turn = tokio::time::timeout_at(deadline, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(PoolError::TimedOutWaiting) };
        let token = CancelToken::new();
        let on_drop = CancelOnDrop(token.clone());
        let mut task = tokio::task::spawn_blocking({
            let token = token.clone();
            move || {
                let _turn = turn;
                work(&token)
            }
        });
        let result = match tokio::time::timeout_at(deadline, &mut task).await {
            Ok(result) => result,
            Err(_) => {
                token.time_out();
                task.await
            }
        };
        drop(on_drop);
        result.map_err(|error| {
            tracing::error!(%error, "BUG: a query panicked");
            PoolError::Panicked
        })
    }
}

/// Stops the work of a request whose caller has hung up.
struct CancelOnDrop(CancelToken);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
