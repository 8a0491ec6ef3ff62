//! What every kind of receiver is to the registry.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Notification, NotifyOutcome};

use crate::http::HttpError;
use crate::template::Templater;
use crate::words::Language;

/// What becomes of a notification, once it is known.
pub type Answer<'a> = Pin<Box<dyn Future<Output = NotifyOutcome> + Send + 'a>>;

/// A way to a receiver.
pub trait Receiver: Send + Sync + fmt::Debug {
    /// Sends a notification. `receiver` is the receiver's name, which some kinds show.
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a>;
}

/// What all receivers share.
#[derive(Clone, Debug)]
pub struct Tools {
    /// Puts notifications into the words of the user's templates.
    pub templater: Arc<Templater>,
    /// Tells how much time is left.
    pub clock: Arc<dyn Clock>,
    /// What messages of our own are written in, by the kinds that speak more than English.
    pub language: Language,
}

impl Tools {
    /// How long an answer to a notification may take from now on: until the deadline, and not longer than the receiver's own limit.
    #[must_use]
    pub fn time_left(&self, notification: &Notification, own_limit: Option<Duration>) -> Duration {
        let left_ms = notification.deadline_ms.saturating_sub(self.clock.now_ms());
        let left = Duration::from_millis(u64::try_from(left_ms).unwrap_or(0));
        own_limit.map_or(left, |limit| left.min(limit))
    }
}

/// An attempt that is not worth repeating before the next flush.
pub(crate) fn failed(reason: impl Into<String>) -> NotifyOutcome {
    NotifyOutcome::Failed { reason: reason.into() }
}

/// An attempt that may go well a little later.
pub(crate) fn retry(reason: impl Into<String>) -> NotifyOutcome {
    NotifyOutcome::Retry { reason: reason.into(), retry_after_ms: None }
}

/// What a failed exchange means.
pub(crate) fn of_error(error: &HttpError) -> NotifyOutcome {
    if error.is_temporary() { retry(error.to_string()) } else { failed(error.to_string()) }
}

/// The beginning of what an answer says, for errors.
pub(crate) fn said(response: &httpkit::Response) -> String {
    const MAX_CHARS: usize = 200;
    response.text().trim().chars().take(MAX_CHARS).collect()
}
