//! Inhibition: alerts that keep others back while they fire.

use std::collections::{BTreeMap, HashMap};

use model::{Alert, Fingerprint, Labels};

use crate::config::{InhibitRule, InhibitSource};

/// The rules, and which alerts are sources of which rule. Unlike upstream's it knows all sources of a rule, not one.
#[derive(Debug, Default)]
pub struct Inhibitor {
    rules: Vec<RuleState>,
}

#[derive(Debug)]
struct RuleState {
    rule: InhibitRule,
    /// For each source of the rule, the alerts by the values that they must share with a target.
    sources: Vec<HashMap<Vec<String>, BTreeMap<Fingerprint, SourceAlert>>>,
}

#[derive(Debug)]
struct SourceAlert {
    ends_at_ms: i64,
    /// It is a target of the rule as well, and cannot keep another such alert back.
    is_target: bool,
}

impl Inhibitor {
    /// Rules without any alerts.
    #[must_use]
    pub fn new(rules: &[InhibitRule]) -> Inhibitor {
        let state = |rule: &InhibitRule| RuleState {
            rule: rule.clone(),
            sources: rule.sources.iter().map(|_| HashMap::new()).collect(),
        };
        Inhibitor { rules: rules.iter().map(state).collect() }
    }

    /// Takes note of an alert that was posted.
    pub fn put(&mut self, alert: &Alert) {
        let fingerprint = alert.fingerprint();
        for RuleState { rule, sources } in &mut self.rules {
            let is_target = rule.targets.matches(&alert.labels);
            for (source, alerts) in rule.sources.iter().zip(sources) {
                if source.matchers.matches(&alert.labels) {
                    let values = shared_values(source, &alert.labels);
                    let noted = SourceAlert { ends_at_ms: alert.ends_at_ms, is_target };
                    alerts.entry(values).or_default().insert(fingerprint, noted);
                }
            }
        }
    }

    /// Forgets alerts that have ended.
    pub fn forget_ended(&mut self, now_ms: i64) {
        for alerts in self.rules.iter_mut().flat_map(|state| &mut state.sources) {
            alerts.retain(|_, alerts| {
                alerts.retain(|_, alert| alert.ends_at_ms > now_ms);
                !alerts.is_empty()
            });
        }
    }

    /// The alerts that keep one with these labels back now, one for each source of the first rule that does; none if it is told of.
    #[must_use]
    pub fn inhibiting(&self, labels: &Labels, now_ms: i64) -> Vec<Fingerprint> {
        let targeted = self.rules.iter().filter(|state| state.rule.targets.matches(labels));
        targeted.map(|state| state.inhibiting(labels, now_ms)).find(|found| !found.is_empty()).unwrap_or_default()
    }
}

impl RuleState {
    fn inhibiting(&self, labels: &Labels, now_ms: i64) -> Vec<Fingerprint> {
        let firing = |(source, alerts): (&InhibitSource, &HashMap<Vec<String>, BTreeMap<_, SourceAlert>>)| {
            let is_two_sided = source.matchers.matches(labels);
            let sharing = alerts.get(&shared_values(source, labels))?;
            let inhibits = |alert: &SourceAlert| alert.ends_at_ms > now_ms && !(is_two_sided && alert.is_target);
            sharing.iter().find(|(_, alert)| inhibits(alert)).map(|(fingerprint, _)| *fingerprint)
        };
        let found: Option<Vec<Fingerprint>> = self.rule.sources.iter().zip(&self.sources).map(firing).collect();
        found.unwrap_or_default()
    }
}

fn shared_values(source: &InhibitSource, labels: &Labels) -> Vec<String> {
    source.equal.iter().map(|name| labels.get(name).to_owned()).collect()
}
