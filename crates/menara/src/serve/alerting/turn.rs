//! Turns the alert manager, and sends what it wants sent.

use std::sync::Arc;
use std::time::Duration;

use ::alerting::{Action, SharedManager};
use notify::Notifiers;
use tokio::runtime::Handle;

use super::{Signal, until};

/// How long the alert manager is left alone at most.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

pub(super) struct Turner {
    pub(super) manager: Arc<SharedManager>,
    pub(super) notifiers: Arc<Notifiers>,
    pub(super) signal: Signal,
    pub(super) runtime: Handle,
}

impl Turner {
    /// Sends until it is time to stop. What is under way then is sent again after the next start.
    pub(super) fn run(&self) {
        loop {
            let (actions, failures, wait) = self.manager.turn(|manager, now_ms| {
                let actions = manager.step(now_ms);
                (actions, manager.take_failures(), until(manager.next_due_ms(), now_ms, LONGEST_WAIT))
            });
            for failure in failures {
                tracing::warn!(about = failure.about, "a notification was given up: {}", failure.reason);
            }
            for action in actions {
                self.send(action);
            }
            if self.signal.wait(wait) {
                return;
            }
        }
    }

    fn send(&self, action: Action) {
        let (manager, notifiers) = (Arc::clone(&self.manager), Arc::clone(&self.notifiers));
        let blocking = self.runtime.clone();
        self.runtime.spawn(async move {
            let outcome = notifiers.send(&action.to, &action.notification).await;
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
