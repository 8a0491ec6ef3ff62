//! The stores: opening them, what they do from time to time, closing them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use durable::RealFs;
use logstore::{EmbeddedLogStore, LogStoreOptions};
use model::Clock;
use storage::logs::BodyDecoder;
use tsdb::Tsdb;

use super::directories::Directories;
use super::random;
use super::worker::Worker;

/// What a power cut may take.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(1);
/// What each store may take of the file system; together a fifth.
const MAX_DISK_SHARE: f64 = 0.1;

/// Both stores; cloning shares them.
#[derive(Clone, Debug)]
pub(crate) struct Stores {
    pub(crate) metrics: Tsdb,
    pub(crate) logs: EmbeddedLogStore,
}

impl Stores {
    /// Opens them below the data directory.
    pub(crate) fn open(
        directories: &Directories,
        clock: &Arc<dyn Clock>,
        bodies: Arc<dyn BodyDecoder>,
    ) -> anyhow::Result<Stores> {
        let options = tsdb::Options {
            new_store_seed: random::seed()?,
            max_disk_share: MAX_DISK_SHARE,
            ..tsdb::Options::default()
        };
        let dir = directories.data.join("metrics");
        let metrics = Tsdb::open(&dir, Arc::new(RealFs), Arc::clone(clock), options);
        let metrics = metrics.with_context(|| format!("cannot open the metric store in {}", dir.display()))?;
        let dir = directories.data.join("logs");
        let options = LogStoreOptions { max_disk_share: MAX_DISK_SHARE, ..LogStoreOptions::default() };
        let logs = EmbeddedLogStore::open(Arc::new(RealFs), &dir, options, bodies, Arc::clone(clock));
        let logs = logs.with_context(|| format!("cannot open the log store in {}", dir.display()))?;
        Ok(Stores { metrics, logs })
    }

    /// One line on the metric store.
    pub(crate) fn describe_metrics(&self, directories: &Directories) -> String {
        let stats = self.metrics.stats();
        let samples = stats.block_samples + stats.head_samples;
        let state = if stats.full { " · the disk is nearly full: no samples are taken" } else { "" };
        format!("{} · {samples} samples, kept 90 d or until a tenth of the disk{state}", directories.data.display())
    }

    /// One line on the log store.
    pub(crate) fn describe_logs(&self) -> String {
        let stats = self.logs.stats();
        let lines = stats.block_lines + stats.head_lines;
        let state = if stats.full { " · the disk is nearly full: no lines are taken" } else { "" };
        format!("{lines} lines, kept 30 d or until a tenth of the disk{state}")
    }

    /// Starts the threads that maintain and sync the stores.
    pub(crate) fn start_workers(&self) -> anyhow::Result<Vec<Worker>> {
        let stores = self.clone();
        let maintenance = Worker::start("menara-store", move |stop| {
            while !stop.wait(MAINTENANCE_INTERVAL) {
                if let Err(error) = stores.metrics.tick() {
                    tracing::error!(%error, "the metric store could not do what was due");
                }
                if let Err(error) = stores.logs.maintain() {
                    tracing::error!(%error, "the log store could not do what was due");
                }
            }
        })?;
        // A merge may take longer than the second that something acknowledged may wait for the disk.
        let stores = self.clone();
        let syncing = Worker::start("menara-sync", move |stop| {
            while !stop.wait(SYNC_INTERVAL) {
                if let Err(error) = stores.metrics.sync() {
                    tracing::error!(%error, "the log of the metric store could not be synced");
                }
                if let Err(error) = stores.logs.sync() {
                    tracing::error!(%error, "the log of the log store could not be synced");
                }
            }
        })?;
        Ok(vec![maintenance, syncing])
    }

    /// The end: makes what was acknowledged safe from a power cut.
    pub(crate) fn close(&self) -> anyhow::Result<()> {
        self.metrics.sync().context("the last samples may not survive a power cut")?;
        self.logs.close().context("the last lines may not survive a power cut")
    }
}
