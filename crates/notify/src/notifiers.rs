//! The registry of a configuration's receivers.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use model::{Integration, Notification, Notifier, NotifyOutcome};
use tokio::runtime::Handle;

use crate::receiver::{Receiver, Tools, failed, retry};

/// All receivers of a configuration, by integration. What is not in it is answered with `not built yet`.
pub struct Notifiers {
    runtime: Handle,
    tools: Tools,
    receivers: BTreeMap<Integration, Box<dyn Receiver>>,
}

impl Notifiers {
    /// No receivers yet. Exchanges run on the runtime; [`Notifier::notify`] waits for them and so must not be called on its own threads.
    #[must_use]
    pub fn new(runtime: Handle, tools: Tools) -> Notifiers {
        Notifiers { runtime, tools, receivers: BTreeMap::new() }
    }

    /// Adds a receiver, or replaces one.
    pub fn add(&mut self, integration: Integration, receiver: Box<dyn Receiver>) {
        self.receivers.insert(integration, receiver);
    }

    /// Sends a notification, without blocking.
    pub async fn send(&self, to: &Integration, notification: &Notification) -> NotifyOutcome {
        let Some(receiver) = self.receivers.get(to) else {
            return failed(format!("not built yet: sending to {to}"));
        };
        let left = self.tools.time_left(notification, None);
        if left == Duration::ZERO {
            return retry("the deadline has passed");
        }
        match tokio::time::timeout(left, receiver.send(&self.tools, &to.receiver, notification)).await {
            Ok(outcome) => outcome,
            Err(_) => retry(format!("no answer within {left:?}")),
        }
    }
}

impl Notifier for Notifiers {
    fn notify(&self, to: &Integration, notification: &Notification) -> NotifyOutcome {
        self.runtime.block_on(self.send(to, notification))
    }
}

impl fmt::Debug for Notifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifiers").field("receivers", &self.receivers).finish_non_exhaustive()
    }
}
