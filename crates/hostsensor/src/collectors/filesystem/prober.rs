//! Asks the file systems for their size without ever waiting for long: a network file system whose server is away
//! makes the asking thread wait for as long as the server stays away.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::Duration;

/// What a file system says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Usage {
    pub(super) size_bytes: f64,
    pub(super) free_bytes: f64,
    /// What is left for users that are not root.
    pub(super) available_bytes: f64,
    pub(super) files: f64,
    pub(super) files_free: f64,
}

type Ask = Arc<dyn Fn(&Path) -> io::Result<Usage> + Send + Sync>;

/// How long a silent mount is waited for, as node_exporter does.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a mount is waited for once another has used up [`TIMEOUT`] in the same round.
const SHORT_TIMEOUT: Duration = Duration::from_millis(100);

/// So many threads may hang on silent mounts; when there are as many, no mount is asked until one has answered.
const MAX_STUCK: usize = 16;

/// Asks in a thread of its own. A mount that does not answer is left to that thread, and another one takes over; the
/// mount is not asked again until the first has come back.
pub(super) struct Prober {
    ask: Ask,
    timeout: Duration,
    worker: Option<Worker>,
    stuck: HashMap<PathBuf, Worker>,
}

/// A thread that takes lists of paths, and answers for one after the other.
struct Worker {
    requests: Sender<Vec<PathBuf>>,
    answers: Receiver<io::Result<Usage>>,
    /// Tells the thread to stop at the next chance.
    is_abandoned: Arc<AtomicBool>,
}

impl Default for Prober {
    fn default() -> Prober {
        Prober::new(Arc::new(statfs), TIMEOUT)
    }
}

impl Prober {
    fn new(ask: Ask, timeout: Duration) -> Prober {
        Prober { ask, timeout, worker: None, stuck: HashMap::new() }
    }

    /// An answer for each path, in their order.
    pub(super) fn ask(&mut self, paths: Vec<PathBuf>) -> Vec<io::Result<Usage>> {
        self.stuck.retain(|_, worker| worker.is_running());
        let mut answers: Vec<io::Result<Usage>> = paths.iter().map(|_| Err(timed_out())).collect();
        // What is left to ask, as places in `paths`; the last comes first.
        let mut open: Vec<usize> = (0..paths.len()).filter(|at| !self.stuck.contains_key(&paths[*at])).collect();
        open.reverse();
        let mut timeout = self.timeout;
        while !open.is_empty() && self.stuck.len() < MAX_STUCK {
            let request = open.iter().rev().map(|at| paths[*at].clone()).collect();
            let Some(worker) = self.start(request) else { break };
            while let Some(at) = open.pop() {
                match worker.answers.recv_timeout(timeout) {
                    Ok(answer) => answers[at] = answer,
                    Err(RecvTimeoutError::Timeout) => {
                        timeout = timeout.min(SHORT_TIMEOUT);
                        worker.is_abandoned.store(true, Ordering::Relaxed);
                        self.stuck.insert(paths[at].clone(), worker);
                        break;
                    }
                    // The thread has died on this path; the next one gets a new thread.
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if open.is_empty() {
                    self.worker = Some(worker);
                    break;
                }
            }
        }
        answers
    }

    /// Hands a request to the idle worker or a new one; nothing if the system has no thread for it.
    fn start(&mut self, request: Vec<PathBuf>) -> Option<Worker> {
        let request = match self.worker.take() {
            Some(worker) => match worker.requests.send(request) {
                Ok(()) => return Some(worker),
                Err(unsent) => unsent.0,
            },
            None => request,
        };
        let worker = Worker::spawn(Arc::clone(&self.ask))?;
        worker.requests.send(request).ok()?;
        Some(worker)
    }
}

impl Worker {
    fn spawn(ask: Ask) -> Option<Worker> {
        let (requests, incoming) = mpsc::channel::<Vec<PathBuf>>();
        let (outgoing, answers) = mpsc::channel();
        let is_abandoned = Arc::new(AtomicBool::new(false));
        let is_stopped = Arc::clone(&is_abandoned);
        let work = move || {
            // Ends when the prober has dropped its end of either channel.
            for path in incoming.into_iter().flatten() {
                let answer = ask(&path);
                if is_stopped.load(Ordering::Relaxed) || outgoing.send(answer).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("statfs".to_owned()).spawn(work).ok()?;
        Some(Worker { requests, answers, is_abandoned })
    }

    /// Whether the thread of an abandoned worker has not come back yet.
    fn is_running(&self) -> bool {
        loop {
            match self.answers.try_recv() {
                Ok(_) => {}
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}

impl fmt::Debug for Prober {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Prober").field("stuck", &self.stuck.keys()).finish_non_exhaustive()
    }
}

/// node_exporter's words for it.
fn timed_out() -> io::Error {
    io::Error::other("mountpoint timeout")
}

fn statfs(path: &Path) -> io::Result<Usage> {
    let stat = rustix::fs::statfs(path)?;
    #[expect(clippy::cast_precision_loss, reason = "samples are floats; node_exporter converts before it multiplies")]
    let usage = {
        let block_bytes = stat.f_bsize as f64;
        Usage {
            size_bytes: stat.f_blocks as f64 * block_bytes,
            free_bytes: stat.f_bfree as f64 * block_bytes,
            available_bytes: stat.f_bavail as f64 * block_bytes,
            files: stat.f_files as f64,
            files_free: stat.f_ffree as f64,
        }
    };
    Ok(usage)
}

#[cfg(test)]
mod tests;
