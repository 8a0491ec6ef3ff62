//! Turns the alert manager, and sends what it wants sent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::alerting::{Action, SharedManager};
use notify::Notifiers;
use tokio::runtime::Handle;

use super::latency::Latencies;
use super::reload::CurrentNotifiers;
use super::{Signal, until};

/// How long the alert manager is left alone at most.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

pub(super) struct Turner {
    pub(super) manager: Arc<SharedManager>,
    pub(super) notifiers: CurrentNotifiers,
    pub(super) latencies: Arc<Latencies>,
    pub(super) signal: Signal,
    pub(super) runtime: Handle,
}

impl Turner {
    /// Sends until it is time to stop. What is under way then is sent again after the next start.
    pub(super) fn run(&self) {
        loop {
            let (actions, notifiers, failures, wait) = self.manager.turn(|manager, now_ms| {
                let actions = manager.step(now_ms);
                let wait = until(manager.next_due_ms(), now_ms, LONGEST_WAIT);
                (actions, Arc::clone(&self.notifiers.read()), manager.take_failures(), wait)
            });
            for failure in failures {
                tracing::warn!(about = failure.about, "a notification was given up: {}", failure.reason);
            }
            for action in actions {
                self.send(action, Arc::clone(&notifiers));
            }
            if self.signal.wait(wait) {
                return;
            }
        }
    }

    fn send(&self, action: Action, notifiers: Arc<Notifiers>) {
        let (manager, latencies) = (Arc::clone(&self.manager), Arc::clone(&self.latencies));
        let blocking = self.runtime.clone();
        self.runtime.spawn(async move {
            let began = Instant::now();
            let outcome = notifiers.send(&action.to, &action.notification).await;
            latencies.observe(&action.to.kind, began.elapsed());
            // Writing down that it was sent waits for the disk.
            let noted = blocking
                .spawn_blocking(move || manager.change(|manager, now_ms| manager.done(action.id, outcome, now_ms)));
            match noted.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(to = %action.to, "what was sent could not be noted: {error}"),
                Err(error) => tracing::error!(to = %action.to, "BUG: noting what was sent panicked: {error}"),
            }
        });
    }
}
