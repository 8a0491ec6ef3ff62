//! What every kind of receiver is to the registry.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use httpkit::{Request, Response};
use model::notify::ReceiverData;
use model::{Clock, Notification, NotifyOutcome};

use crate::http::{Http, HttpError};
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
    pub(crate) fn time_left(&self, notification: &Notification, own_limit: Option<Duration>) -> Duration {
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

/// Sends the one request that makes up a notification, if it could be written, and goes by the status of the answer. `too_many` is the
/// status by which this kind says that it has had too many requests.
pub(crate) async fn send_one(
    http: &Http,
    request: Result<Request, String>,
    limit: Duration,
    too_many: Option<u16>,
) -> NotifyOutcome {
    let request = match request {
        Ok(request) => request,
        Err(reason) => return failed(reason),
    };
    match http.send(request, limit).await {
        Ok(response) if response.status.is_success() => NotifyOutcome::Sent(ReceiverData::new()),
        Ok(response) => of_status(&response, too_many),
        Err(error) => of_error(&error),
    }
}

/// What an answer means whose status is no success: too many requests and a server's own trouble pass.
pub(crate) fn of_status(response: &Response, too_many: Option<u16>) -> NotifyOutcome {
    let status = response.status.as_u16();
    let reason = format!("unexpected status code {status}: {}", said(response));
    if too_many == Some(status) || response.status.is_server_error() { retry(reason) } else { failed(reason) }
}

/// The beginning of what an answer says, for errors.
pub(crate) fn said(response: &Response) -> String {
    const MAX_CHARS: usize = 200;
    response.text().trim().chars().take(MAX_CHARS).collect()
}
