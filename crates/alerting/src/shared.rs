//! The alert manager for many callers: behind a lock, on a clock.

use std::fmt;
use std::sync::Arc;

use model::alert::AlertError;
use model::{AlertSink, Clock, PostedAlert};
use parking_lot::Mutex;

use crate::manager::AlertManager;

/// An alert manager that threads share. Whoever turns it is woken when something may be due earlier than it said.
pub struct SharedManager {
    manager: Mutex<AlertManager>,
    clock: Arc<dyn Clock>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl SharedManager {
    /// Shares a manager. `wake` is called, without the lock, after every call that may have changed what is due.
    pub fn new(manager: AlertManager, clock: Arc<dyn Clock>, wake: impl Fn() + Send + Sync + 'static) -> SharedManager {
        SharedManager { manager: Mutex::new(manager), clock, wake: Box::new(wake) }
    }

    /// Asks the manager something; the second argument is the time in milliseconds.
    pub fn read<R>(&self, ask: impl FnOnce(&AlertManager, i64) -> R) -> R {
        let now_ms = self.clock.now_ms();
        ask(&self.manager.lock(), now_ms)
    }

    /// Lets the manager do something, then wakes whoever turns it.
    pub fn change<R>(&self, act: impl FnOnce(&mut AlertManager, i64) -> R) -> R {
        let now_ms = self.clock.now_ms();
        let result = act(&mut self.manager.lock(), now_ms);
        (self.wake)();
        result
    }

    /// Turns the manager: what `act` does wakes nobody.
    pub fn turn<R>(&self, act: impl FnOnce(&mut AlertManager, i64) -> R) -> R {
        let now_ms = self.clock.now_ms();
        act(&mut self.manager.lock(), now_ms)
    }
}

impl AlertSink for SharedManager {
    fn post(&self, alerts: &[PostedAlert]) -> Result<(), AlertError> {
        self.change(|manager, now_ms| manager.post(alerts, now_ms))
    }
}

impl fmt::Debug for SharedManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedManager").field("clock", &self.clock).finish_non_exhaustive()
    }
}
