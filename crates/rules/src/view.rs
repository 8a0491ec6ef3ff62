//! What others see of groups and rules, for `/api/v1/rules` and `/api/v1/alerts`.

use std::sync::Arc;

use model::Labels;
use model::alert::Annotations;
use parking_lot::RwLock;

use crate::alerts::AlertState;

/// The latest state of all groups; clones show the same. Looking never waits for an evaluation.
#[derive(Clone, Debug, Default)]
pub struct RulesView(Arc<RwLock<Vec<Arc<GroupView>>>>);

impl RulesView {
    /// All groups, by file and name, each as its last evaluation left it.
    #[must_use]
    pub fn groups(&self) -> Vec<Arc<GroupView>> {
        self.0.read().clone()
    }

    /// Shows other groups.
    pub(crate) fn replace(&self, mut groups: Vec<Arc<GroupView>>) {
        groups.sort_by(|a, b| (&a.file, &a.name).cmp(&(&b.file, &b.name)));
        *self.0.write() = groups;
    }

    /// Shows another state of one group.
    pub(crate) fn update(&self, group: GroupView) {
        let mut groups = self.0.write();
        if let Some(shown) = groups.iter_mut().find(|shown| shown.file == group.file && shown.name == group.name) {
            *shown = Arc::new(group);
        }
    }
}

/// A group. Durations are milliseconds unless the name says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: Arc<str>,
    /// The distance of evaluations.
    pub interval_ms: i64,
    /// How many series or alerts each rule may make; 0 for any number.
    pub limit: u64,
    /// Its rules, in order.
    pub rules: Vec<RuleView>,
    /// When it was last evaluated, by the clock.
    pub last_evaluation_ms: Option<i64>,
    /// How long that took, in nanoseconds.
    pub evaluation_ns: i64,
    /// Evaluations so far.
    pub evaluations: u64,
    /// Evaluations that were left out since the one before took too long.
    pub missed: u64,
    /// Evaluations of single rules.
    pub rule_evaluations: u64,
    /// Evaluations of single rules that failed.
    pub failures: u64,
    /// Samples that the last evaluation made.
    pub samples: u64,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleView {
    /// The series it records, or the alert's name.
    pub name: String,
    /// What it asks, in normal form.
    pub query: String,
    /// Its labels as they are written, the group's among them, by name.
    pub labels: Vec<(String, String)>,
    /// How the last evaluation went.
    pub health: Health,
    /// Why it failed.
    pub last_error: Option<String>,
    /// When it was last evaluated, by the clock.
    pub last_evaluation_ms: Option<i64>,
    /// How long that took, in nanoseconds.
    pub evaluation_ns: i64,
    /// What only an alerting rule has; none for a recording rule.
    pub alerting: Option<AlertingView>,
}

/// What only an alerting rule has.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertingView {
    /// How long an alert is pending before it fires. Milliseconds.
    pub for_ms: i64,
    /// How long an alert fires on when its sample is gone. Milliseconds.
    pub keep_firing_for_ms: i64,
    /// Its annotations as they are written, by name.
    pub annotations: Vec<(String, String)>,
    /// The state of its most urgent alert.
    pub state: AlertState,
    /// Its alerts that are pending or fire.
    pub alerts: Vec<AlertView>,
}

/// An alert that is pending or fires.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertView {
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Annotations,
    /// Its state.
    pub state: AlertState,
    /// Since when it is there, in milliseconds since the epoch.
    pub active_at_ms: i64,
    /// Since when it fires on without a sample, in milliseconds since the epoch.
    pub keep_firing_since_ms: Option<i64>,
    /// The value of its last sample.
    pub value: f64,
}

/// How a rule's last evaluation went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Health {
    /// There was none yet.
    #[default]
    Unknown,
    /// It went well.
    Good,
    /// It failed.
    Bad,
}

impl Health {
    /// The name in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Health::Unknown => "unknown",
            Health::Good => "ok",
            Health::Bad => "err",
        }
    }
}
