//! Alerts: rules make them, the alert manager decides who is told, and notifiers tell.

mod files;
mod receivers;
mod rules_worker;
mod turn;

use std::sync::Arc;
use std::time::Duration;

use ::alerting::{AlertManager, Entropy, Options, SharedManager};
use anyhow::Context;
use api::AlertmanagerState;
use durable::RealFs;
use model::{AlertSink, Clock};
use parking_lot::{Condvar, Mutex};
use rules::RulesView;
use storage::CancelToken;

use super::directories::Directories;
use super::random;
use super::stores::Stores;
use super::worker::Worker;

pub(crate) use files::{ALERTMANAGER_FILE, PROMETHEUS_FILE, RULES_FOLDER};

/// Rules and the alert manager, before they run.
pub(crate) struct Alerting {
    manager: Arc<SharedManager>,
    signal: Signal,
    notifiers: Arc<notify::Notifiers>,
    rules: rules::Manager,
    rules_view: RulesView,
    cancel: CancelToken,
    clock: Arc<dyn Clock>,
    describes: String,
}

/// What alerting stands on.
pub(crate) struct Ground<'a> {
    pub(crate) directories: &'a Directories,
    pub(crate) stores: &'a Stores,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) log_engine: logql::Engine,
    /// Where people reach this server; links in messages begin with it.
    pub(crate) external_url: String,
    /// Whether the rules that are shipped are evaluated too.
    pub(crate) shipped_rules: bool,
}

impl Alerting {
    /// Reads the configuration and what the data directory holds. Must be called within the runtime, on which messages are sent.
    pub(crate) fn open(ground: &Ground<'_>) -> anyhow::Result<Alerting> {
        let Ground { directories, clock, .. } = ground;
        let config = Arc::new(files::alertmanager_config(&directories.config)?);
        let mut randomness = Random::new()?;
        let options = Options::new(Entropy::new(move || randomness.next()));
        let dir = directories.data.join("alerting");
        let opened = AlertManager::open(Arc::new(RealFs), &dir, Arc::clone(&config), options, clock.now_ms());
        let (manager, damage) = opened.context("cannot read what is known of alerts and silences")?;
        if let Some(damage) = damage {
            tracing::error!("{}: {damage}", dir.display());
        }
        let signal = Signal::default();
        let wake = signal.clone();
        let manager = Arc::new(SharedManager::new(manager, Arc::clone(clock), move || wake.wake()));
        let notifiers = Arc::new(receivers::notifiers(&config, &directories.config, ground)?);
        let read = files::rules(&directories.config, ground.shipped_rules)?;
        let describes = format!("{} rules · {} receivers", read.n_rules(), config.receivers.len());
        let cancel = CancelToken::new();
        let sink: Arc<dyn AlertSink> = Arc::clone(&manager) as _;
        let sources = rules_worker::sources(ground, cancel.clone());
        let options = rules::Options { external_url: ground.external_url.clone(), ..rules::Options::default() };
        let mut rules = rules::Manager::new(sources, sink, Arc::clone(clock), options);
        rules.load(read.rules, read.settings, clock.now_ms());
        let rules_view = rules.view();
        Ok(Alerting { manager, signal, notifiers, rules, rules_view, cancel, clock: Arc::clone(clock), describes })
    }

    /// One line on what is configured.
    pub(crate) fn describe(&self) -> &str {
        &self.describes
    }

    /// The alert manager, for its API.
    pub(crate) fn api(&self, started_at_ms: i64) -> Arc<AlertmanagerState> {
        Arc::new(AlertmanagerState::new(Arc::clone(&self.manager), started_at_ms))
    }

    /// The alert manager, for metrics.
    pub(crate) fn manager(&self) -> Arc<SharedManager> {
        Arc::clone(&self.manager)
    }

    /// The rules as they are, for their API.
    pub(crate) fn rules_view(&self) -> RulesView {
        self.rules_view.clone()
    }

    /// Starts to evaluate rules and to send messages.
    pub(crate) fn start(self) -> anyhow::Result<Vec<Worker>> {
        let Alerting { manager, signal, notifiers, mut rules, cancel, clock, .. } = self;
        let stop = signal.clone();
        let runtime = tokio::runtime::Handle::current();
        let turning = turn::Turner { manager, notifiers, signal, runtime };
        let sending = Worker::start_with("menara-alerts", move || stop.stop(), move || turning.run())?;
        let rules_signal = Signal::default();
        let (stop, seen) = (rules_signal.clone(), cancel);
        let stop_rules = move || {
            // A query that runs is cut off.
            seen.cancel();
            stop.stop();
        };
        let evaluating = Worker::start_with("menara-rules", stop_rules, move || {
            rules_worker::run(&mut rules, &rules_signal, &*clock);
        })?;
        // Rules hand over to the alert manager, so they end first.
        Ok(vec![evaluating, sending])
    }
}

/// Wakes a worker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signal(Arc<(Mutex<Wanted>, Condvar)>);

#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    stop: bool,
    look: bool,
}

impl Signal {
    fn wake(&self) {
        self.set(|wanted| wanted.look = true);
    }

    fn stop(&self) {
        self.set(|wanted| wanted.stop = true);
    }

    fn set(&self, set: impl FnOnce(&mut Wanted)) {
        let (wanted, signal) = &*self.0;
        set(&mut wanted.lock());
        signal.notify_all();
    }

    /// Waits for so long, or until there is something to look at. Whether it is time to stop.
    fn wait(&self, at_most: Duration) -> bool {
        let (wanted, signal) = &*self.0;
        let mut wanted = wanted.lock();
        if !wanted.stop && !wanted.look {
            signal.wait_for(&mut wanted, at_most);
        }
        wanted.look = false;
        wanted.stop
    }
}

/// How long it is until a moment, but not longer than this: clocks may be set, and the alert manager wants to notice.
fn until(moment_ms: i64, now_ms: i64, at_most: Duration) -> Duration {
    Duration::from_millis(u64::try_from(moment_ms.saturating_sub(now_ms)).unwrap_or(0)).min(at_most)
}

/// Numbers that nobody can guess, from a seed of the operating system each.
struct Random(u64);

impl Random {
    fn new() -> anyhow::Result<Random> {
        Ok(Random(random::seed()?))
    }

    fn next(&mut self) -> u64 {
        // An id that repeats would be noticed and refused; one from the system is as good as any.
        self.0 = random::seed().unwrap_or_else(|_| self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1));
        self.0
    }
}
