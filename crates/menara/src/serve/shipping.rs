//! Lines of this machine's files: `promtail.yaml`, and the way from the shipper to the intake.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use durable::RealFs;
use intake::{Intake, PushRequest};
use model::Clock;
use parking_lot::Mutex;
use shipper::{ContainerLogs, Delivery, LineSink, Options, Settings, Shipper, Stop};
use storage::logs::SourceId;
use storage::{LogStore, TenantId};

use super::directories::{Directories, host_name};
use super::worker::Worker;
use crate::configuration::PROMTAIL_FILE;

/// The shipper, before it runs.
pub(crate) struct Shipping {
    shipper: Shipper,
    describes: String,
}

impl Shipping {
    /// Reads the configuration.
    pub(crate) fn open(
        directories: &Directories,
        store: Arc<dyn LogStore>,
        intake: Arc<Intake>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Shipping> {
        let (settings, describes) = settings(&directories.config)?;
        let options = Options {
            positions: directories.data.join("positions"),
            data_dir: Some(directories.data.clone()),
            own_files: Vec::new(),
        };
        let sink = Arc::new(IntakeSink { store, intake });
        let shipper = Shipper::new(settings, sink, Arc::new(RealFs), clock, options)
            .context("cannot tell which log lines were shipped already")?;
        Ok(Shipping { shipper, describes })
    }

    /// One line on what is shipped.
    pub(crate) fn describe(&self) -> &str {
        &self.describes
    }

    /// Totals, for metrics.
    pub(crate) fn counters(&self) -> Arc<shipper::Counters> {
        self.shipper.counters()
    }

    /// Which files are followed and which are not.
    pub(crate) fn status(&self) -> Arc<Mutex<shipper::Status>> {
        self.shipper.status()
    }

    /// Where the logs of containers are named that are followed too.
    pub(crate) fn container_logs(&self) -> Arc<ContainerLogs> {
        self.shipper.container_logs()
    }

    /// Starts to follow the files.
    pub(crate) fn start(mut self) -> anyhow::Result<Worker> {
        let (stop, stopper) = Stop::new().context("cannot make what stops the shipper")?;
        Worker::start_with("menara-shipper", move || stopper.stop(), move || self.shipper.run(&stop))
    }
}

fn settings(config: &Path) -> anyhow::Result<(Settings, String)> {
    let path = config.join(PROMTAIL_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let settings = Settings::default_files(&host_name()).map_err(anyhow::Error::msg)?;
            return Ok((settings, "text logs below /var/log".to_owned()));
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let (settings, notices) = Settings::from_promtail(&path.display().to_string(), &text, &host_name())?;
    for notice in notices.iter().filter(|notice| notice.is_warning()) {
        tracing::warn!("{notice}");
    }
    let n_targets = settings.targets.len();
    let noun = if n_targets == 1 { "source" } else { "sources" };
    Ok((settings, format!("{n_targets} {noun} of {}", path.display())))
}

/// Hands lines to the intake, which asks nothing back but whether they are acknowledged.
struct IntakeSink {
    store: Arc<dyn LogStore>,
    intake: Arc<Intake>,
}

impl LineSink for IntakeSink {
    fn deliver(&self, delivery: &Delivery<'_>) -> storage::Result<()> {
        let mut request = PushRequest::new();
        if delivery.own_times {
            request.allow_any_time();
        }
        for stream in delivery.streams {
            request.begin_canonical_stream(stream.labels);
            for line in stream.lines {
                request.push_line(line.time_ns, line.line);
            }
        }
        let outcome = self.intake.push(TenantId::default(), &request, None, Some(delivery.range))?;
        if let Some(error) = outcome.error {
            // They would be refused again; the source's end has moved behind them. The text names the stream.
            tracing::warn!(refused = outcome.refused_lines, "lines of a file were refused: {error}");
        }
        Ok(())
    }

    fn source_end(&self, source: SourceId) -> storage::Result<Option<u64>> {
        self.store.source_end(TenantId::default(), source)
    }
}
