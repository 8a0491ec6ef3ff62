//! Threads that do something from time to time until they are told to stop.

use std::fmt;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use parking_lot::{Condvar, Mutex};

/// Tells a worker to stop, and lets it wait without sleeping through that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Waits for a while; returns at once, with `true`, when it is time to stop.
    pub(crate) fn wait(&self, duration: Duration) -> bool {
        self.wait_until(Instant::now() + duration)
    }

    /// Waits for a moment; returns at once, with `true`, when it is time to stop.
    pub(crate) fn wait_until(&self, moment: Instant) -> bool {
        let (stopped, changed) = &*self.0;
        let mut stopped = stopped.lock();
        while !*stopped {
            if changed.wait_until(&mut stopped, moment).timed_out() {
                break;
            }
        }
        *stopped
    }

    fn stop(&self) {
        let (stopped, changed) = &*self.0;
        *stopped.lock() = true;
        changed.notify_all();
    }
}

/// A running thread.
pub(crate) struct Worker {
    stop: Box<dyn FnOnce() + Send>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts a thread.
    pub(crate) fn start(name: &str, work: impl FnOnce(&Stop) + Send + 'static) -> anyhow::Result<Worker> {
        let stop = Stop::default();
        let seen = stop.clone();
        Worker::start_with(name, move || stop.stop(), move || work(&seen))
    }

    /// Starts a thread that is told to stop in its own way.
    pub(crate) fn start_with(
        name: &str,
        stop: impl FnOnce() + Send + 'static,
        work: impl FnOnce() + Send + 'static,
    ) -> anyhow::Result<Worker> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        Ok(Worker { stop: Box::new(stop), thread: thread.with_context(|| format!("cannot start thread {name}"))? })
    }

    /// Tells the thread to stop and waits until it has.
    pub(crate) fn stop(self) {
        let name = self.thread.thread().name().unwrap_or_default().to_owned();
        (self.stop)();
        if self.thread.join().is_err() {
            tracing::error!(thread = name, "BUG: a worker panicked");
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Worker").field(&self.thread.thread().name()).finish()
    }
}
