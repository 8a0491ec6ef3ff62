//! The alert manager: takes alerts and silences, says what is to be sent, and is told what became of it.
//!
//! It is a machine that is turned from outside: every call carries the moment, [`step`](AlertManager::step) hands out the notifications that
//! are due, [`done`](AlertManager::done) takes their answers, [`next_due_ms`](AlertManager::next_due_ms) says when to turn it again. What it
//! acknowledges is on the disk; after a crash it goes on where it was, with silences and inhibition in force before anything is sent.

mod flush;
mod options;
mod post;
mod reload;
mod silencing;
mod state;
mod suppression;
mod view;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use durable::FileSystem;
use model::notify::{Integration, Notification};

use crate::config::Config;
use crate::dispatch::{Group, GroupId, LogKey, LoggedSets};
use crate::inhibit::Inhibitor;
use crate::log::{Journal, Record};
use crate::matcher::Syntax;
use crate::route::RouteTree;
use state::State;

pub use options::{Entropy, Options};
pub use suppression::Suppression;
pub use view::{AlertCounts, AlertView, GroupView};

/// Failures that are kept until somebody asks.
const MAX_FAILURES: usize = 1000;
/// How often what is over is forgotten.
const MAINTENANCE_MS: i64 = 15 * 60_000;

/// The alert manager.
#[derive(Debug)]
pub struct AlertManager {
    options: Options,
    config: Arc<Config>,
    routes: RouteTree,
    /// The integrations of each receiver.
    receivers: BTreeMap<String, Vec<Way>>,
    inhibitor: Inhibitor,
    state: State,
    groups: BTreeMap<GroupId, Group>,
    journal: Journal,
    /// Nothing is sent before.
    dispatch_from_ms: i64,
    stepped_at_ms: i64,
    maintained_at_ms: i64,
    next_number: u64,
    outstanding: BTreeMap<ActionId, Outstanding>,
    counters: BTreeMap<String, Counts>,
    /// Looks at groups.
    flushes: u64,
    suppressions: BTreeMap<Suppression, u64>,
    received: Received,
    failures: Vec<Failure>,
}

/// An integration of a receiver.
#[derive(Clone, Debug)]
struct Way {
    integration: Arc<Integration>,
    send_resolved: bool,
    is_built: bool,
}

/// Names an [`Action`] until it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(u64);

/// A notification that is to be sent now.
#[derive(Clone, Debug)]
pub struct Action {
    /// What to give to [`AlertManager::done`].
    pub id: ActionId,
    /// By which way.
    pub to: Arc<Integration>,
    /// What.
    pub notification: Arc<Notification>,
}

/// What an action is about, kept until its answer comes, even if the group has gone on without it.
#[derive(Debug)]
struct Outstanding {
    group: GroupId,
    flight: u64,
    leg: usize,
    key: LogKey,
    sets: LoggedSets,
    expiry_ms: i64,
}

/// Attempts to send by one kind of integration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Notifications that were to be sent.
    pub notifications: u64,
    /// Of these, those that were given up.
    pub failed: u64,
    /// Attempts.
    pub requests: u64,
    /// Of these, those that did not succeed.
    pub requests_failed: u64,
}

/// Alerts that were posted, counted anew each time they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Those that fired.
    pub firing: u64,
    /// Those that had ended.
    pub resolved: u64,
    /// Of both, those that were refused because they make no sense.
    pub invalid: u64,
}

/// A notification that was given up, or something that could not be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it is about: an integration, or the log.
    pub about: String,
    /// Why.
    pub reason: String,
}

impl AlertManager {
    /// Starts from what a directory holds. The second value tells of damage that was found there.
    ///
    /// # Errors
    /// When the directory cannot be read or written, or holds a log of another version, which stays as it is.
    pub fn open(
        fs: Arc<dyn FileSystem>,
        dir: &Path,
        config: Arc<Config>,
        options: Options,
        now_ms: i64,
    ) -> io::Result<(AlertManager, Option<String>)> {
        let mut state = State::default();
        let (journal, damage) = Journal::open(fs, dir, &mut state)?;
        let mut manager = AlertManager {
            dispatch_from_ms: now_ms.saturating_add(options.start_delay_ms),
            stepped_at_ms: now_ms,
            maintained_at_ms: now_ms,
            options,
            routes: RouteTree::new(&config.route),
            receivers: ways(&config),
            inhibitor: Inhibitor::default(),
            config,
            state,
            groups: BTreeMap::new(),
            journal,
            next_number: 0,
            outstanding: BTreeMap::new(),
            counters: BTreeMap::new(),
            flushes: 0,
            suppressions: BTreeMap::new(),
            received: Received::default(),
            failures: Vec::new(),
        };
        manager.rebuild(now_ms);
        manager.clamp_timers(now_ms);
        manager.forget(now_ms);
        manager.wait_for_postings(now_ms);
        Ok((manager, damage))
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// How matchers and label names are read.
    #[must_use]
    pub fn syntax(&self) -> Syntax {
        self.options.syntax
    }

    /// When [`step`](AlertManager::step) has something to do next, in milliseconds since the epoch. It should be called each minute all the
    /// same, since it notices by that when the clock has been set back.
    #[must_use]
    pub fn next_due_ms(&self) -> i64 {
        let groups = self.groups.values().map(|group| group.next_due_ms(self.dispatch_from_ms));
        groups.fold(self.maintained_at_ms.saturating_add(MAINTENANCE_MS), i64::min)
    }

    /// Attempts so far, by kind of integration.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<String, Counts> {
        &self.counters
    }

    /// Alerts that were posted so far.
    #[must_use]
    pub fn received(&self) -> Received {
        self.received
    }

    /// How often a group was looked at: who is to be told what.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.flushes
    }

    /// What failed since the last call, for the program's log.
    pub fn take_failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.failures)
    }

    /// Puts all alerts into their groups again, and makes known to inhibition what fires.
    fn rebuild(&mut self, now_ms: i64) {
        self.groups.clear();
        self.inhibitor = Inhibitor::new(&self.config.inhibit_rules);
        let timers = std::mem::take(&mut self.state.timers);
        let alerts: Vec<_> = self.state.alerts.values().cloned().collect();
        for alert in &alerts {
            self.inhibitor.put(alert);
        }
        for alert in alerts {
            self.route(&alert, now_ms, |id| timers.get(id).copied());
        }
    }

    /// After the clock has gone back, lets no timer wait longer than it would from now.
    fn clamp_timers(&mut self, now_ms: i64) {
        self.dispatch_from_ms = self.dispatch_from_ms.min(now_ms.saturating_add(self.options.start_delay_ms));
        self.maintained_at_ms = self.maintained_at_ms.min(now_ms);
        for group in self.groups.values_mut() {
            let Some(route) = self.routes.nodes().get(group.route) else { continue };
            group.clamp_timers(now_ms, route.group_wait_ms.max(route.group_interval_ms));
        }
    }

    /// After a start, lets groups wait whose alerts have run out while nobody listened.
    fn wait_for_postings(&mut self, now_ms: i64) {
        let until_ms = now_ms.saturating_add(self.options.restart_grace_ms);
        let has_run_out =
            |alert: &Arc<model::Alert>| alert.is_resolved_at(now_ms) && alert.ends_at_ms > alert.updated_at_ms;
        for group in self.groups.values_mut().filter(|group| group.alerts.values().any(has_run_out)) {
            group.next_flush_ms = group.next_flush_ms.max(until_ms);
            // Else the next posting of an old alert would have the group looked at.
            group.has_flushed = true;
        }
    }

    /// Forgets what is over.
    fn forget(&mut self, now_ms: i64) {
        self.maintained_at_ms = now_ms;
        self.state.silences.forget(now_ms, self.options.retention_ms);
        self.state.log.forget_expired(now_ms);
        self.inhibitor.forget_ended(now_ms);
        let groups = &self.groups;
        self.state.alerts.retain(|fingerprint, alert| {
            !alert.is_resolved_at(now_ms) || groups.values().any(|group| group.alerts.contains_key(fingerprint))
        });
        self.state.forget_settled();
    }

    /// Writes a record down. When the log is full or broken, a new one is begun first.
    ///
    /// # Errors
    /// What the operating system says; nothing was written then.
    fn write(&mut self, record: &Record) -> io::Result<u64> {
        if self.journal.wants_replacing() {
            let snapshot = self.state.records(&self.groups);
            if let Err(error) = self.journal.replace(&snapshot) {
                if self.journal.is_broken() {
                    return Err(error);
                }
                self.journal.postpone();
                self.fail("log".to_owned(), error.to_string());
            }
        }
        self.journal.append(record)
    }

    /// Writes a record down so that it survives a power cut.
    ///
    /// # Errors
    /// What the operating system says. The record may be there all the same after the next start.
    fn write_safely(&mut self, record: &Record) -> io::Result<()> {
        let position = self.write(record)?;
        self.journal.sync_to(position)
    }

    /// Writes a record down whose loss costs nothing but a second look at a group.
    fn note(&mut self, record: &Record) {
        if let Err(error) = self.write(record) {
            self.fail("log".to_owned(), error.to_string());
        }
    }

    fn fail(&mut self, about: String, reason: String) {
        // Whoever does not ask misses the rest.
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(Failure { about, reason });
        }
    }

    fn next_number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }
}

fn ways(config: &Config) -> BTreeMap<String, Vec<Way>> {
    let of_receiver = |receiver: &crate::config::Receiver| {
        let way = |entry: &crate::config::IntegrationConfig| {
            let (receiver, kind) = (receiver.name.clone(), entry.kind.to_owned());
            let integration = Arc::new(Integration { receiver, kind, index: entry.index });
            Way { integration, send_resolved: entry.send_resolved, is_built: entry.is_built }
        };
        (receiver.name.clone(), receiver.integrations.iter().map(way).collect())
    };
    config.receivers.iter().map(of_receiver).collect()
}

#[cfg(test)]
mod tests;
