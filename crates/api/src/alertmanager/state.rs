//! What the handlers share.

use std::sync::Arc;
use std::time::Duration;

use alerting::{SharedManager, Syntax};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::ApiError;
use crate::pool::QueryPool;
use crate::state::Api;

/// Requests that are worked on at a time. They wait for one lock and one disk, so that more would not be faster; queries, which may take
/// long, do not hold them up.
const MAX_RUNNING: usize = 4;
/// How long a request may wait for its turn.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of bodies that may be held at a time.
const MAX_HELD_BYTES: usize = 64 << 20;
/// Bodies are accounted in pieces of this size.
const ACCOUNTED_BYTES: usize = 1 << 10;

/// The alert manager, as the handlers use it.
#[derive(Debug)]
pub struct AlertmanagerState {
    manager: Arc<SharedManager>,
    syntax: Syntax,
    started_at_ms: i64,
    pool: QueryPool,
    held: Arc<Semaphore>,
}

impl AlertmanagerState {
    /// Serves a manager; `started_at_ms` is what the status tells as the start of this program, in milliseconds since the epoch.
    #[must_use]
    pub fn new(manager: Arc<SharedManager>, started_at_ms: i64) -> AlertmanagerState {
        let syntax = manager.read(|manager, _| manager.syntax());
        AlertmanagerState {
            manager,
            syntax,
            started_at_ms,
            pool: QueryPool::new(MAX_RUNNING),
            held: Arc::new(Semaphore::new(MAX_HELD_BYTES / ACCOUNTED_BYTES)),
        }
    }

    /// How matchers are read.
    pub(super) fn syntax(&self) -> Syntax {
        self.syntax
    }

    /// When this program started, in milliseconds since the epoch.
    pub(super) fn started_at_ms(&self) -> i64 {
        self.started_at_ms
    }

    /// Works with the manager where blocking is allowed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&SharedManager) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let manager = Arc::clone(&self.manager);
        self.pool.run(TIMEOUT, move |_| work(&manager)).await?
    }

    /// Waits until a body of this size may be read.
    pub(super) async fn hold(&self, n_bytes: usize) -> Result<OwnedSemaphorePermit, ApiError> {
        let pieces = n_bytes.min(MAX_HELD_BYTES).div_ceil(ACCOUNTED_BYTES).max(1);
        let held = Arc::clone(&self.held).acquire_many_owned(u32::try_from(pieces).unwrap_or(u32::MAX));
        held.await.map_err(|_| ApiError::unavailable("shutting down"))
    }
}

/// The alert manager of a request; the request is refused where there is none.
#[derive(Debug)]
pub(super) struct Alerts(pub(super) Arc<AlertmanagerState>);

impl FromRequestParts<Arc<Api>> for Alerts {
    type Rejection = ApiError;

    async fn from_request_parts(_parts: &mut Parts, api: &Arc<Api>) -> Result<Alerts, ApiError> {
        let state = api.alerts.as_ref().ok_or_else(|| ApiError::unavailable("alerts are not configured"))?;
        Ok(Alerts(Arc::clone(state)))
    }
}
