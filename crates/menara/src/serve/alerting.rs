//! Alerts: rules make them, the alert manager decides who is told, and notifiers tell.

mod configuration;
mod latency;
mod receivers;
mod reload;
mod rules_worker;
mod turn;
mod watch;

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use ::alerting::{AlertManager, Entropy, Options, SharedManager};
use anyhow::Context;
use api::AlertmanagerState;
use durable::RealFs;
use model::{AlertSink, Clock};
use notify::telegram::QuietBots;
use parking_lot::{Condvar, Mutex, RwLock};
use rules::RulesView;
use storage::CancelToken;

use super::directories::Directories;
use super::random;
use super::stores::Stores;
use super::worker::Worker;

pub(crate) use configuration::Site;
pub(crate) use latency::{BOUNDS_SECONDS, Latencies};
pub(crate) use reload::{ReloadStatus, Reloader};

use configuration::Configuration;
use reload::{CurrentNotifiers, NewRules, Running};

/// Rules and the alert manager, before they run.
pub(crate) struct Alerting {
    manager: Arc<SharedManager>,
    signal: Signal,
    notifiers: CurrentNotifiers,
    latencies: Arc<Latencies>,
    rules: rules::Manager,
    new_rules: Receiver<NewRules>,
    rules_signal: Signal,
    rules_view: RulesView,
    reloader: Arc<Reloader>,
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
    pub(crate) site: Site,
}

/// What metrics tell of alerting.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    pub(crate) manager: Arc<SharedManager>,
    pub(crate) latencies: Arc<Latencies>,
    pub(crate) rules: RulesView,
    pub(crate) reloader: Arc<Reloader>,
}

impl Alerting {
    /// Reads the configuration and what the data directory holds. Must be called within the runtime, on which messages are sent.
    pub(crate) fn open(ground: &Ground<'_>) -> anyhow::Result<Alerting> {
        let Ground { directories, clock, .. } = ground;
        let quiet = Arc::new(QuietBots::default());
        let configuration = Configuration::read(&ground.site, clock, &quiet)?;
        let Configuration { alertmanager: config, hash, notifiers, rules: read, files, promtail } = configuration;
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
        let notifiers = Arc::new(RwLock::new(Arc::new(notifiers)));
        let describes = format!("{} rules · {} receivers", read.n_rules(), config.receivers.len());
        let cancel = CancelToken::new();
        let sink: Arc<dyn AlertSink> = Arc::clone(&manager) as _;
        let sources = rules_worker::sources(ground, cancel.clone());
        let options = rules::Options { external_url: ground.site.external_url.clone(), ..rules::Options::default() };
        let mut rules = rules::Manager::new(sources, sink, Arc::clone(clock), options);
        rules.load(read.rules, read.settings, clock.now_ms());
        let rules_view = rules.view();
        let rules_signal = Signal::default();
        let running = Running {
            site: ground.site.clone(),
            clock: Arc::clone(clock),
            quiet,
            manager: Arc::clone(&manager),
            notifiers: Arc::clone(&notifiers),
            rules_signal: rules_signal.clone(),
        };
        let (reloader, new_rules) = Reloader::new(running, hash, files, promtail);
        Ok(Alerting {
            manager,
            signal,
            notifiers,
            latencies: Arc::default(),
            rules,
            new_rules,
            rules_signal,
            rules_view,
            reloader: Arc::new(reloader),
            cancel,
            clock: Arc::clone(clock),
            describes,
        })
    }

    /// One line on what is configured.
    pub(crate) fn describe(&self) -> &str {
        &self.describes
    }

    /// The alert manager, for its API.
    pub(crate) fn api(&self, started_at_ms: i64) -> Arc<AlertmanagerState> {
        Arc::new(AlertmanagerState::new(Arc::clone(&self.manager), started_at_ms))
    }

    /// What metrics tell of it.
    pub(crate) fn watched(&self) -> Watched {
        Watched {
            manager: Arc::clone(&self.manager),
            latencies: Arc::clone(&self.latencies),
            rules: self.rules_view.clone(),
            reloader: Arc::clone(&self.reloader),
        }
    }

    /// What reads the configuration anew.
    pub(crate) fn reloader(&self) -> Arc<Reloader> {
        Arc::clone(&self.reloader)
    }

    /// The rules as they are, for their API.
    pub(crate) fn rules_view(&self) -> RulesView {
        self.rules_view.clone()
    }

    /// Starts to evaluate rules and to send messages, and to look at the configuration's files this often; never if it is zero.
    pub(crate) fn start(self, look_every: Duration) -> anyhow::Result<Vec<Worker>> {
        let Alerting {
            manager,
            signal,
            notifiers,
            latencies,
            mut rules,
            new_rules,
            rules_signal,
            reloader,
            cancel,
            clock,
            ..
        } = self;
        let stop = signal.clone();
        let runtime = tokio::runtime::Handle::current();
        let turning = turn::Turner { manager, notifiers, latencies, signal, runtime };
        let sending = Worker::start_with("menara-alerts", move || stop.stop(), move || turning.run())?;
        let (stop, seen) = (rules_signal.clone(), cancel);
        let stop_rules = move || {
            // A query that runs is cut off.
            seen.cancel();
            stop.stop();
        };
        let evaluating = Worker::start_with("menara-rules", stop_rules, move || {
            rules_worker::run(&mut rules, &new_rules, &rules_signal, &*clock);
        })?;
        let runtime = tokio::runtime::Handle::current();
        let mut workers = Vec::new();
        if !look_every.is_zero() {
            let watch = move |stop: &_| watch::run(&reloader, &runtime, look_every, stop);
            workers.push(Worker::start("menara-config", watch)?);
        }
        // What hands over ends before what it hands over to.
        workers.extend([evaluating, sending]);
        Ok(workers)
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
