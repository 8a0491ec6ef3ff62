//! A group that is evaluated again and again.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::alert::AlertError;
use model::{AlertSink, Clock, Fingerprint, Labels};

use crate::restore::{self, Tolerance};
use crate::rule::{Moment, Rule, Surroundings};
use crate::spec::GroupSpec;
use crate::view::{GroupView, Health};
use crate::write;

/// What a group does not say itself. Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupDefaults {
    pub(crate) interval_ms: i64,
    pub(crate) query_offset_ms: i64,
}

/// What an evaluation reaches out to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outside<'s> {
    pub(crate) around: Surroundings<'s>,
    pub(crate) sink: &'s dyn AlertSink,
    pub(crate) clock: &'s dyn Clock,
    pub(crate) tolerance: Tolerance,
}

/// A group and its state.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) spec: GroupSpec,
    pub(crate) interval_ms: i64,
    /// How the store knows what the group writes.
    pub(crate) source: String,
    pub(crate) rules: Vec<Rule>,
    pub(crate) due_ms: i64,
    /// Series of rules that are gone.
    ended: BTreeSet<Labels>,
    /// Evaluations until the state from before a restart is taken over.
    restore_after: Option<u32>,
    last_evaluation_ms: Option<i64>,
    evaluation_ns: i64,
    evaluations: u64,
    missed: u64,
    rule_evaluations: u64,
    failures: u64,
    samples: u64,
}

impl Group {
    /// A group whose first evaluation is due when its interval comes round. `restores` says whether it is the first of its name since
    /// the process started.
    pub(crate) fn new(spec: GroupSpec, defaults: GroupDefaults, restores: bool, now_ms: i64) -> Group {
        let interval_ms = spec.interval_ms.unwrap_or(defaults.interval_ms).max(1);
        let rules = spec.rules.iter().map(|rule| Rule::new(Arc::clone(rule), !restores)).collect();
        let source = format!("rules/{};{}", spec.file, spec.name);
        let mut group = Group {
            spec,
            interval_ms,
            source,
            rules,
            due_ms: now_ms,
            ended: BTreeSet::new(),
            // With the first evaluation alone, what alerts depend on may not be there yet.
            restore_after: restores.then_some(2),
            last_evaluation_ms: None,
            evaluation_ns: 0,
            evaluations: 0,
            missed: 0,
            rule_evaluations: 0,
            failures: 0,
            samples: 0,
        };
        group.due_ms = group.slot_before(now_ms) + interval_ms;
        group
    }

    /// The last moment at or before a time at which this group is evaluated: groups are spread over their interval, each always at the
    /// same place.
    fn slot_before(&self, now_ms: i64) -> i64 {
        let identity = Labels::from_pairs([("file", &*self.spec.file), ("name", self.spec.name.as_str())]);
        let offset_ms = (Fingerprint::of(&identity).0 % self.interval_ms.unsigned_abs()) as i64;
        (now_ms - offset_ms).div_euclid(self.interval_ms) * self.interval_ms + offset_ms
    }

    /// Goes on where another group was: its rules' alerts and series. What no rule goes on with ends.
    pub(crate) fn take_over(&mut self, mut from: Group) {
        self.last_evaluation_ms = from.last_evaluation_ms;
        self.evaluation_ns = from.evaluation_ns;
        (self.evaluations, self.missed) = (from.evaluations, from.missed);
        (self.rule_evaluations, self.failures, self.samples) = (from.rule_evaluations, from.failures, from.samples);
        self.ended = std::mem::take(&mut from.ended);
        for rule in &mut self.rules {
            if let Some(index) = from.rules.iter().position(|old| old.is_continued_by(rule)) {
                let old = from.rules.remove(index);
                rule.series = old.series;
                rule.alerts = old.alerts;
            }
        }
        self.ended.extend(from.into_series());
    }

    /// The series that the group wrote last.
    pub(crate) fn into_series(self) -> BTreeSet<Labels> {
        self.rules.into_iter().flat_map(|rule| rule.series).chain(self.ended).collect()
    }

    /// Has the next evaluation come soon though the clock was set back.
    pub(crate) fn follow_clock(&mut self, now_ms: i64) {
        if self.due_ms - now_ms > 2 * self.interval_ms {
            self.due_ms = self.slot_before(now_ms) + self.interval_ms;
        }
    }

    /// Evaluates all rules at the last moment that has come. Afterwards the group is due again.
    pub(crate) fn evaluate(&mut self, outside: Outside<'_>, defaults: GroupDefaults, now_ms: i64) {
        let late = (now_ms - self.due_ms).max(0) / self.interval_ms;
        let time_ms = self.due_ms + late * self.interval_ms;
        self.missed += late.unsigned_abs();
        self.due_ms = time_ms + self.interval_ms;
        let started_ns = outside.clock.now_ns();
        let offset_ms = self.spec.query_offset_ms.unwrap_or(defaults.query_offset_ms);
        let moment = Moment { time_ms, offset_ms, limit: self.spec.limit };
        self.samples = 0;
        for rule in &mut self.rules {
            let rule_started_ns = outside.clock.now_ns();
            let outcome = evaluate_rule(rule, &self.source, self.interval_ms, outside, moment);
            rule.last_evaluation_ms = Some(rule_started_ns / 1_000_000);
            rule.evaluation_ns = outside.clock.now_ns() - rule_started_ns;
            rule.health = if outcome.is_ok() { Health::Good } else { Health::Bad };
            self.rule_evaluations += 1;
            self.samples += outcome.as_ref().map_or(0, |n_samples| *n_samples as u64);
            rule.last_error = outcome.err();
            self.failures += u64::from(rule.last_error.is_some());
        }
        if write::ends(outside.around.sources, &self.source, time_ms - offset_ms, &self.ended).is_ok() {
            self.ended.clear();
        }
        self.last_evaluation_ms = Some(started_ns / 1_000_000);
        self.evaluation_ns = outside.clock.now_ns() - started_ns;
        self.evaluations += 1;
        self.restore_if_due(outside, now_ms);
    }

    fn restore_if_due(&mut self, outside: Outside<'_>, now_ms: i64) {
        self.restore_after = match self.restore_after {
            Some(1) => {
                for rule in &mut self.rules {
                    if let Err(error) = restore::restore(rule, outside.around.sources, outside.tolerance, now_ms) {
                        rule.health = Health::Bad;
                        rule.last_error = Some(format!("restoring 'for' state: {error}"));
                    }
                }
                None
            }
            left => left.map(|left| left.saturating_sub(1)),
        };
    }

    pub(crate) fn view(&self) -> GroupView {
        GroupView {
            name: self.spec.name.clone(),
            file: Arc::clone(&self.spec.file),
            interval_ms: self.interval_ms,
            limit: self.spec.limit,
            rules: self.rules.iter().map(Rule::view).collect(),
            last_evaluation_ms: self.last_evaluation_ms,
            evaluation_ns: self.evaluation_ns,
            evaluations: self.evaluations,
            missed: self.missed,
            rule_evaluations: self.rule_evaluations,
            failures: self.failures,
            samples: self.samples,
        }
    }
}

/// Evaluates a rule, hands its alerts over and writes its series. Returns how many samples it made.
///
/// # Errors
/// What went wrong with any of this; the rest was done.
fn evaluate_rule(
    rule: &mut Rule,
    source: &str,
    interval_ms: i64,
    outside: Outside<'_>,
    moment: Moment,
) -> Result<usize, String> {
    let around = outside.around;
    let samples = rule.evaluate(around, moment)?;
    let posted = post_alerts(rule, interval_ms, outside, moment.time_ms);
    let at_ms = moment.time_ms - moment.offset_ms;
    let written = write::samples(around.sources, source, at_ms, &samples);
    let n_samples = samples.len();
    let series: BTreeSet<Labels> = samples.into_iter().map(|(labels, _)| labels).collect();
    let ended = write::ends(around.sources, source, at_ms, rule.series.difference(&series));
    rule.series = if ended.is_ok() { series } else { rule.series.union(&series).cloned().collect() };
    written.and(ended).and(posted).map(|()| n_samples)
}

/// Hands alerts over. Those that could not be kept are handed over again with the next evaluation.
fn post_alerts(rule: &mut Rule, interval_ms: i64, outside: Outside<'_>, time_ms: i64) -> Result<(), String> {
    let alerts = rule.to_post(outside.around, interval_ms, time_ms);
    if alerts.is_empty() {
        return Ok(());
    }
    let outcome = outside.sink.post(&alerts);
    if !matches!(outcome, Err(AlertError::Unavailable(_))) {
        rule.mark_posted(outside.around.resend_delay_ms, time_ms);
    }
    outcome.map_err(|error| format!("handing alerts over: {error}"))
}
