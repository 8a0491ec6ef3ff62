//! All groups, and when each is due.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use model::{AlertSink, Clock, Labels};

use crate::evaluate::Sources;
use crate::group::{Group, GroupDefaults, Outside};
use crate::prometheus::PrometheusConfig;
use crate::restore::Tolerance;
use crate::rule::Surroundings;
use crate::set::RuleSet;
use crate::view::RulesView;
use crate::write;

/// What upstream takes from its command line. Milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where people reach this server, without a slash at the end; links to expressions begin with it.
    pub external_url: String,
    /// How long an alert that goes on is not told of again.
    pub resend_delay_ms: i64,
    /// How long the process may have been down for the waiting of alerts to go on where it was.
    pub outage_tolerance_ms: i64,
    /// How long an alert waits at least after a restart; rules that wait for less wait anew.
    pub for_grace_period_ms: i64,
}

impl Default for Options {
    /// Upstream's.
    fn default() -> Options {
        Options {
            external_url: String::new(),
            resend_delay_ms: 60_000,
            outage_tolerance_ms: 3_600_000,
            for_grace_period_ms: 600_000,
        }
    }
}

/// What `prometheus.yml` says for all groups. Milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often groups are evaluated that do not say so themselves.
    pub evaluation_interval_ms: i64,
    /// How far back the queries of groups look that do not say so themselves.
    pub query_offset_ms: i64,
    /// Labels that each alert gets on its way out.
    pub external_labels: Labels,
    /// What is done to the labels of each alert on its way out, external ones among them; may drop it.
    pub alert_relabel: Vec<relabel::Rule>,
}

impl Default for Settings {
    /// Those of an empty file.
    fn default() -> Settings {
        Settings::from(&PrometheusConfig::default())
    }
}

impl From<&PrometheusConfig> for Settings {
    fn from(config: &PrometheusConfig) -> Settings {
        Settings {
            evaluation_interval_ms: config.evaluation_interval_ms,
            query_offset_ms: config.rule_query_offset_ms,
            external_labels: config.external_labels.clone(),
            alert_relabel: config.alert_relabel.clone(),
        }
    }
}

/// Evaluates groups when they are due. One thread turns it: it waits until [`next_due_ms`](Manager::next_due_ms), then calls
/// [`step`](Manager::step). Others look through [`view`](Manager::view).
pub struct Manager {
    sources: Sources,
    sink: Arc<dyn AlertSink>,
    clock: Arc<dyn Clock>,
    options: Options,
    settings: Settings,
    groups: Vec<Group>,
    removed: Vec<Removed>,
    /// Whether rules were loaded before; only the first rules take over what was before a restart.
    is_loaded: bool,
    view: RulesView,
}

/// What a group wrote that is gone. Its series end after two intervals, unless another group writes them by then.
#[derive(Debug)]
struct Removed {
    source: String,
    series: BTreeSet<Labels>,
    removed_at_ms: i64,
    due_ms: i64,
}

impl Manager {
    /// A manager without groups. The clock tells how long evaluations take.
    #[must_use]
    pub fn new(sources: Sources, sink: Arc<dyn AlertSink>, clock: Arc<dyn Clock>, options: Options) -> Manager {
        Manager {
            sources,
            sink,
            clock,
            options,
            settings: Settings::default(),
            groups: Vec::new(),
            removed: Vec::new(),
            is_loaded: false,
            view: RulesView::default(),
        }
    }

    /// Evaluates these rules from now on. A group that is unchanged goes on undisturbed; one that changed keeps the alerts of the rules
    /// whose names and labels are the same.
    pub fn load(&mut self, rules: RuleSet, settings: Settings, now_ms: i64) {
        self.settings = settings;
        let defaults = self.defaults();
        let mut before = std::mem::take(&mut self.groups);
        for spec in rules.groups {
            let old = before.iter().position(|old| old.spec.file == spec.file && old.spec.name == spec.name);
            let old = old.map(|index| before.remove(index));
            let interval_ms = spec.interval_ms.unwrap_or(defaults.interval_ms);
            let group = match old {
                Some(old) if old.spec == spec && old.interval_ms == interval_ms => old,
                Some(old) => {
                    let mut group = Group::new(spec, defaults, false, now_ms);
                    group.take_over(old);
                    group
                }
                None => Group::new(spec, defaults, !self.is_loaded, now_ms),
            };
            self.groups.push(group);
        }
        for group in before {
            let (source, due_ms) = (group.source.clone(), now_ms + 2 * group.interval_ms);
            self.removed.push(Removed { source, due_ms, removed_at_ms: now_ms, series: group.into_series() });
        }
        self.is_loaded = true;
        self.view.replace(self.groups.iter().map(|group| Arc::new(group.view())).collect());
    }

    /// Evaluates the groups that are due, those first that are so for longest.
    pub fn step(&mut self, now_ms: i64) {
        let defaults = self.defaults();
        let outside = Outside {
            around: Surroundings {
                sources: &self.sources,
                external_labels: &self.settings.external_labels,
                alert_relabel: &self.settings.alert_relabel,
                external_url: &self.options.external_url,
                resend_delay_ms: self.options.resend_delay_ms,
            },
            sink: &*self.sink,
            clock: &*self.clock,
            tolerance: Tolerance {
                outage_ms: self.options.outage_tolerance_ms,
                grace_ms: self.options.for_grace_period_ms,
            },
        };
        self.groups.iter_mut().for_each(|group| group.follow_clock(now_ms));
        let mut due: Vec<&mut Group> = self.groups.iter_mut().filter(|group| group.due_ms <= now_ms).collect();
        due.sort_by_key(|group| group.due_ms);
        for group in due {
            if self.sources.cancel.check().is_err() {
                return;
            }
            group.evaluate(outside, defaults, now_ms);
            self.view.update(group.view());
        }
        let offset_ms = self.settings.query_offset_ms;
        self.removed.retain(|removed| {
            let is_due = removed.due_ms <= now_ms;
            let at_ms = removed.removed_at_ms - offset_ms;
            // One that cannot be written now is tried again with the next step.
            !is_due || write::ends(&self.sources, &removed.source, at_ms, &removed.series).is_err()
        });
    }

    /// When [`step`](Manager::step) has something to do; in milliseconds since the epoch. `None` without rules.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<i64> {
        let groups = self.groups.iter().map(|group| group.due_ms);
        groups.chain(self.removed.iter().map(|removed| removed.due_ms)).min()
    }

    /// What others see, also later on.
    #[must_use]
    pub fn view(&self) -> RulesView {
        self.view.clone()
    }

    fn defaults(&self) -> GroupDefaults {
        GroupDefaults {
            interval_ms: self.settings.evaluation_interval_ms,
            query_offset_ms: self.settings.query_offset_ms,
        }
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager").field("options", &self.options).field("groups", &self.groups).finish_non_exhaustive()
    }
}
