//! The alerts of a rule: pending, firing, firing on, resolved.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use model::Labels;
use model::alert::Annotations;

/// How long a resolved alert is kept and posted again and again, so that the alert manager hears of its end. Milliseconds.
const RESOLVED_RETENTION_MS: i64 = 15 * 60_000;

/// The state of an alert, or of a rule: that of its most urgent alert.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    /// Nothing is wrong, or is wrong any more.
    #[default]
    Inactive,
    /// Not for long enough yet.
    Pending,
    /// Something is wrong.
    Firing,
}

impl AlertState {
    /// The state's name in series and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AlertState::Inactive => "inactive",
            AlertState::Pending => "pending",
            AlertState::Firing => "firing",
        }
    }
}

impl fmt::Display for AlertState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An alert. Times are milliseconds since the epoch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ActiveAlert {
    pub(crate) annotations: Annotations,
    pub(crate) value: f64,
    pub(crate) state: AlertState,
    /// Since when it is there.
    pub(crate) active_at_ms: i64,
    /// Since when it fires; kept when it has ended.
    pub(crate) fired_at_ms: Option<i64>,
    pub(crate) resolved_at_ms: Option<i64>,
    /// When it was last handed over.
    pub(crate) last_sent_at_ms: Option<i64>,
    /// Since when it fires on without a sample.
    pub(crate) keep_firing_since_ms: Option<i64>,
}

/// What an evaluation found for one set of labels.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) annotations: Annotations,
    pub(crate) value: f64,
}

/// How long alerts wait and fire on. Milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Durations {
    pub(crate) for_ms: i64,
    pub(crate) keep_firing_for_ms: i64,
}

/// The alerts of a rule by their labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alerts {
    pub(crate) by_labels: BTreeMap<Labels, ActiveAlert>,
}

impl Alerts {
    /// Takes in what an evaluation found. Returns the alerts that are pending or fire, which the rule's series show.
    ///
    /// # Errors
    /// When there are more than the limit, if it is not 0; then all are forgotten.
    pub(crate) fn update(
        &mut self,
        found: BTreeMap<Labels, Found>,
        durations: Durations,
        limit: u64,
        time_ms: i64,
    ) -> Result<Vec<(&Labels, &ActiveAlert)>, String> {
        let mut missing: Vec<Labels> = Vec::new();
        for (labels, alert) in &mut self.by_labels {
            match found.get(labels) {
                Some(_) => alert.keep_firing_since_ms = None,
                None if !alert.stays(durations.keep_firing_for_ms, time_ms) => missing.push(labels.clone()),
                None => {}
            }
        }
        for labels in missing {
            self.by_labels.remove(&labels);
        }
        for (labels, Found { annotations, value }) in found {
            match self.by_labels.get_mut(&labels).filter(|alert| alert.state != AlertState::Inactive) {
                Some(alert) => {
                    alert.annotations = annotations;
                    alert.value = value;
                }
                None => {
                    self.by_labels.insert(labels, ActiveAlert::new(annotations, value, time_ms));
                }
            }
        }
        let is_active = |alert: &ActiveAlert| alert.state != AlertState::Inactive;
        for alert in self.by_labels.values_mut().filter(|alert| alert.state == AlertState::Pending) {
            if time_ms - alert.active_at_ms >= durations.for_ms {
                alert.state = AlertState::Firing;
                alert.fired_at_ms = Some(time_ms);
            }
        }
        let n_active = self.by_labels.values().filter(|alert| is_active(alert)).count() as u64;
        if limit > 0 && n_active > limit {
            self.by_labels.clear();
            return Err(format!("exceeded limit of {limit} with {n_active} alerts"));
        }
        Ok(self.by_labels.iter().filter(|(_, alert)| is_active(alert)).collect())
    }

    /// The state of the most urgent alert.
    pub(crate) fn state(&self) -> AlertState {
        self.by_labels.values().map(|alert| alert.state).max().unwrap_or_default()
    }
}

impl ActiveAlert {
    fn new(annotations: Annotations, value: f64, time_ms: i64) -> ActiveAlert {
        ActiveAlert {
            annotations: Arc::clone(&annotations),
            value,
            state: AlertState::Pending,
            active_at_ms: time_ms,
            fired_at_ms: None,
            resolved_at_ms: None,
            last_sent_at_ms: None,
            keep_firing_since_ms: None,
        }
    }

    /// Has the alert, whose sample is gone, end unless it fires on. Whether it is kept.
    fn stays(&mut self, keep_firing_for_ms: i64, time_ms: i64) -> bool {
        if self.state == AlertState::Firing && keep_firing_for_ms > 0 {
            let since_ms = *self.keep_firing_since_ms.get_or_insert(time_ms);
            if time_ms - since_ms < keep_firing_for_ms {
                return true;
            }
        }
        let is_over = self.resolved_at_ms.is_some_and(|at_ms| time_ms - at_ms > RESOLVED_RETENTION_MS);
        if self.state == AlertState::Pending || is_over {
            return false;
        }
        if self.state == AlertState::Firing {
            self.state = AlertState::Inactive;
            self.resolved_at_ms = Some(time_ms);
        }
        true
    }

    /// Whether the alert manager is to hear of it now: it has ended since it last did, or the resend delay is over.
    pub(crate) fn needs_sending(&self, resend_delay_ms: i64, time_ms: i64) -> bool {
        if self.state == AlertState::Pending {
            return false;
        }
        let Some(sent_at_ms) = self.last_sent_at_ms else { return true };
        self.resolved_at_ms.is_some_and(|at_ms| at_ms > sent_at_ms) || sent_at_ms + resend_delay_ms < time_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    /// Runs a rule once a minute over `_` (nothing) and `x` (a sample), and compares the states after each evaluation: `.` for none,
    /// `i`nactive, `p`ending, `f`iring.
    fn check(for_minutes: i64, keep_minutes: i64, samples: &str, expected: &str) {
        let mut alerts = Alerts::default();
        let durations = Durations { for_ms: for_minutes * MINUTE_MS, keep_firing_for_ms: keep_minutes * MINUTE_MS };
        let labels = Labels::from_pairs([("alertname", "A")]);
        let states: String = samples
            .chars()
            .enumerate()
            .map(|(minute, sample)| {
                let found = (sample == 'x')
                    .then(|| (labels.clone(), Found { annotations: Annotations::default(), value: 1.0 }));
                alerts.update(found.into_iter().collect(), durations, 0, minute as i64 * MINUTE_MS).expect("no limit");
                match alerts.by_labels.get(&labels).map(|alert| alert.state) {
                    None => '.',
                    Some(state) => state.as_str().chars().next().expect("a letter"),
                }
            })
            .collect();
        assert_eq!(states, expected, "for {for_minutes}m keep_firing_for {keep_minutes}m: {samples}");
    }

    #[test]
    fn alerts_go_through_their_states() {
        check(0, 0, "xx__x", "ffiif");
        check(2, 0, "xxxx_", "ppffi");
        check(2, 0, "xx_xxx", "pp.ppf");
        check(0, 2, "x____", "fffii");
        check(0, 2, "x_x__x", "ffffff");
        check(2, 2, "xxx____", "ppfffii");
        check(0, 0, "x_________________", "fiiiiiiiiiiiiiiii.");
        check(0, 0, "x_x________________", "fifiiiiiiiiiiiiiiii");
        check(5, 0, "_____", ".....");
    }

    #[test]
    fn a_limit_forgets_all() {
        let found = |n: usize| -> BTreeMap<Labels, Found> {
            let one = |i: usize| {
                let labels = Labels::from_pairs([("i", i.to_string())]);
                (labels, Found { annotations: Annotations::default(), value: 1.0 })
            };
            (0..n).map(one).collect()
        };
        let durations = Durations { for_ms: 0, keep_firing_for_ms: 0 };
        let mut alerts = Alerts::default();
        assert_eq!(alerts.update(found(2), durations, 2, 0).map(|active| active.len()), Ok(2));
        let error = alerts.update(found(3), durations, 2, 1).map(|active| active.len());
        assert_eq!(error, Err("exceeded limit of 2 with 3 alerts".to_owned()));
        assert!(alerts.by_labels.is_empty());
    }

    #[test]
    fn alerts_are_sent_when_they_change_and_again() {
        let alert = |state, resolved_at_ms, last_sent_at_ms| ActiveAlert {
            state,
            resolved_at_ms,
            last_sent_at_ms,
            ..ActiveAlert::new(Annotations::default(), 1.0, 0)
        };
        for (alert, time_ms, expected) in [
            (alert(AlertState::Pending, None, None), 1, false),
            (alert(AlertState::Firing, None, None), 1, true),
            (alert(AlertState::Firing, None, Some(0)), MINUTE_MS, false),
            (alert(AlertState::Firing, None, Some(0)), MINUTE_MS + 1, true),
            (alert(AlertState::Inactive, Some(10), Some(5)), 10, true),
            (alert(AlertState::Inactive, Some(10), Some(10)), 20, false),
            (alert(AlertState::Inactive, Some(10), Some(10)), MINUTE_MS + 11, true),
        ] {
            assert_eq!(alert.needs_sending(MINUTE_MS, time_ms), expected, "{alert:?} at {time_ms}");
        }
    }
}
