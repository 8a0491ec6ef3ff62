//! Rules over a store in memory, on a clock that is set by hand.

#![allow(
    dead_code,
    clippy::expect_used,
    reason = "each test file uses some of these; a broken case may abort its test"
)]

use std::sync::Arc;

use config::Report;
use model::alert::AlertError;
use model::{AlertSink, Clock, Labels, ManualClock, PostedAlert, is_stale};
use parking_lot::Mutex;
use rules::{Language, Manager, Options, RuleSet, RuleView, Settings, Sources};
use storage::batch::Value;
use storage::{CancelToken, TenantId};
use testkit::MemoryStore;

/// When tests begin: some while after the epoch, so that looking back is possible.
pub(crate) const START_MS: i64 = 1_000_000_000_000;
pub(crate) const MINUTE_MS: i64 = 60_000;

/// Remembers what it is given, or refuses it.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pub(crate) posted: Mutex<Vec<PostedAlert>>,
    pub(crate) is_closed: Mutex<bool>,
}

impl AlertSink for Inbox {
    fn post(&self, alerts: &[PostedAlert]) -> Result<(), AlertError> {
        if *self.is_closed.lock() {
            return Err(AlertError::Unavailable("closed".to_owned()));
        }
        self.posted.lock().extend_from_slice(alerts);
        Ok(())
    }
}

/// A manager and all that it needs.
pub(crate) struct Bench {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) manager: Manager,
}

impl Bench {
    /// Loads a file's rules.
    pub(crate) fn new(file: &str) -> Bench {
        let mut bench = Bench::over(Arc::new(MemoryStore::new()), START_MS);
        bench.load(file, Settings::default());
        bench
    }

    /// A process that starts over a store, at a time; without rules yet.
    pub(crate) fn over(store: Arc<MemoryStore>, now_ms: i64) -> Bench {
        let clock = Arc::new(ManualClock::new(now_ms));
        let inbox = Arc::new(Inbox::default());
        let sources = Sources {
            metrics: store.clone(),
            engine: promql::Engine::default(),
            logs: None,
            tenant: TenantId::default(),
            cancel: CancelToken::new(),
        };
        let options = Options { external_url: "http://menara".to_owned(), ..Options::default() };
        let manager = Manager::new(sources, inbox.clone(), clock.clone(), options);
        Bench { store, clock, inbox, manager }
    }

    pub(crate) fn load(&mut self, file: &str, settings: Settings) {
        let set = parse(file).expect("valid rules");
        self.manager.load(set, settings, self.clock.now_ms());
    }

    /// Lets the next evaluation come, after `set` has written what it finds; returns its time.
    pub(crate) fn next(&mut self, set: impl FnOnce(&MemoryStore, i64)) -> i64 {
        let due_ms = self.manager.next_due_ms().expect("rules");
        self.clock.set_ms(due_ms);
        set(&self.store, due_ms);
        self.manager.step(due_ms);
        due_ms
    }

    /// The first rule as others see it.
    pub(crate) fn rule(&self) -> RuleView {
        self.manager.view().groups()[0].rules[0].clone()
    }

    /// What was posted since the last look: `labels status ends-at-minus-now annotations`.
    pub(crate) fn posted(&self) -> Vec<PostedAlert> {
        std::mem::take(&mut *self.inbox.posted.lock())
    }

    /// What the store holds of a metric: series, times in minutes since a moment, and values; `stale` for an end.
    pub(crate) fn stored(&self, metric: &str, from_ms: i64) -> Vec<String> {
        let dump = self.store.dump();
        let of_metric = dump.iter().filter(|(labels, _)| labels.metric_name() == metric);
        let show = |(labels, samples): (&Labels, &std::collections::BTreeMap<i64, Value>)| {
            let samples = samples.iter().filter(|(time_ms, _)| **time_ms >= from_ms);
            let samples: Vec<String> = samples
                .map(|(time_ms, value)| {
                    let minutes = (time_ms - from_ms) as f64 / MINUTE_MS as f64;
                    match value {
                        Value::Float(value) if is_stale(*value) => format!("{minutes}:stale"),
                        Value::Float(value) => format!("{minutes}:{value}"),
                        Value::Histogram(_) => format!("{minutes}:histogram"),
                    }
                })
                .collect();
            format!("{} {}", labels.without_name(), samples.join(" "))
        };
        of_metric.map(show).collect()
    }
}

/// Writes one sample.
pub(crate) fn put(store: &MemoryStore, pairs: &[(&str, &str)], time_ms: i64, value: f64) {
    store.insert_floats(&Labels::from_pairs(pairs.iter().copied()), [(time_ms, value)]);
}

pub(crate) fn parse(text: &str) -> Result<RuleSet, rules::LoadError> {
    RuleSet::parse("test.yml", text, Language::PromQl, &Report::new())
}
