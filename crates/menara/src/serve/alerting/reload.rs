//! The configuration is read anew while everything runs: all of it, or what is wrong is told and what runs is kept.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use ::alerting::SharedManager;
use model::Clock;
use notify::Notifiers;
use notify::telegram::QuietBots;
use parking_lot::{Mutex, RwLock};

use super::Signal;
use super::configuration::{Configuration, Site};
use super::watch::{Fingerprint, WatchedFiles};
use crate::configuration::{PROMTAIL_FILE, Rules};

/// The notifiers of the configuration that runs. What is under way ends with those that it began with.
pub(super) type CurrentNotifiers = Arc<RwLock<Arc<Notifiers>>>;

/// Reads the configuration anew.
pub(crate) struct Reloader {
    site: Site,
    clock: Arc<dyn Clock>,
    quiet: Arc<QuietBots>,
    manager: Arc<SharedManager>,
    notifiers: CurrentNotifiers,
    rules: Sender<NewRules>,
    rules_signal: Signal,
    /// What the shipper began with.
    promtail: Option<String>,
    files: Mutex<(WatchedFiles, Fingerprint)>,
    /// One after the other.
    one_at_a_time: Mutex<()>,
    status: Mutex<ReloadStatus>,
}

/// Rules that are to take the place of those that run.
pub(super) struct NewRules {
    pub(super) rules: Rules,
    /// Dropped when that has happened.
    pub(super) taken: Sender<()>,
}

/// How the last reading of the configuration went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ReloadStatus {
    pub(crate) is_successful: bool,
    /// When a configuration was last taken, in milliseconds since the epoch.
    pub(crate) succeeded_at_ms: i64,
    /// Upstream's number for the text of `alertmanager.yml`.
    pub(crate) hash: f64,
}

/// What a reloader works upon.
pub(super) struct Running {
    pub(super) site: Site,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) quiet: Arc<QuietBots>,
    pub(super) manager: Arc<SharedManager>,
    pub(super) notifiers: CurrentNotifiers,
    pub(super) rules_signal: Signal,
}

impl Reloader {
    /// Works upon what was started with a configuration. Whoever turns the rules takes new ones from the receiver.
    pub(super) fn new(
        running: Running,
        hash: f64,
        files: WatchedFiles,
        promtail: Option<String>,
    ) -> (Reloader, Receiver<NewRules>) {
        let Running { site, clock, quiet, manager, notifiers, rules_signal } = running;
        let (rules, new_rules) = mpsc::channel();
        let status = ReloadStatus { is_successful: true, succeeded_at_ms: clock.now_ms(), hash };
        let reloader = Reloader {
            site,
            clock,
            quiet,
            manager,
            notifiers,
            rules,
            rules_signal,
            promtail,
            files: Mutex::new((files.clone(), files.look())),
            one_at_a_time: Mutex::new(()),
            status: Mutex::new(status),
        };
        (reloader, new_rules)
    }

    /// Reads all files anew. When this returns, they hold; alerts, silences, what was told, and the state of rules and groups that are
    /// the same stay. Must be called within the runtime, where blocking is allowed.
    ///
    /// # Errors
    /// What is wrong with them; what runs is kept.
    pub(crate) fn reload(&self) -> Result<(), String> {
        let _turn = self.one_at_a_time.lock();
        {
            // Before they are read: what changes meanwhile is noticed.
            let (files, seen) = &mut *self.files.lock();
            *seen = files.look();
        }
        match Configuration::read(&self.site, &self.clock, &self.quiet) {
            Ok(configuration) => {
                self.apply(configuration);
                tracing::info!("the configuration was read anew");
                Ok(())
            }
            Err(error) => {
                self.status.lock().is_successful = false;
                let why = format!("{error:#}");
                tracing::error!("the configuration was not read anew, what runs is kept: {why}");
                Err(why)
            }
        }
    }

    fn apply(&self, configuration: Configuration) {
        let Configuration { alertmanager, hash, notifiers, rules, files, promtail } = configuration;
        if promtail != self.promtail {
            tracing::warn!(
                "{PROMTAIL_FILE} has changed since the start, which alone obeys it: restart to have it hold"
            );
        }
        self.manager.change(|manager, now_ms| {
            // Within the lock, so that what is handed out is sent by the notifiers of its configuration.
            *self.notifiers.write() = Arc::new(notifiers);
            manager.reload(alertmanager, now_ms);
        });
        {
            let mut watched = self.files.lock();
            let seen = files.look().with_states_of(&watched.1);
            *watched = (files, seen);
        }
        let (taken, waiting) = mpsc::channel();
        if self.rules.send(NewRules { rules, taken }).is_ok() {
            self.rules_signal.wake();
            // Nothing is sent: the other end is dropped, also when everything stops meanwhile.
            waiting.recv().ok();
        }
        let succeeded_at_ms = self.clock.now_ms();
        *self.status.lock() = ReloadStatus { is_successful: true, succeeded_at_ms, hash };
    }

    /// The files as they are now, if they are not what was read last.
    pub(super) fn changed_files(&self) -> Option<Fingerprint> {
        let (files, seen) = &*self.files.lock();
        Some(files.look()).filter(|now| now != seen)
    }

    /// How the last reading went.
    pub(crate) fn status(&self) -> ReloadStatus {
        *self.status.lock()
    }
}

impl fmt::Debug for Reloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloader").field("site", &self.site).field("status", &self.status()).finish_non_exhaustive()
    }
}
