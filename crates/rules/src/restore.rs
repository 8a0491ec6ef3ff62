//! Taking over, after a restart, since when alerts were pending.

use std::collections::BTreeMap;

use model::alert::ALERT_NAME;
use model::{Labels, Matcher, is_stale};
use storage::batch::Value;
use storage::{Limits, Reduce, SelectHints, TimeRange, Values};

use crate::evaluate::Sources;
use crate::rule::{ALERTS_FOR_STATE, Rule};
use crate::spec::RuleKind;

/// What a restart may cost. Milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    /// How long the process may have been down.
    pub(crate) outage_ms: i64,
    /// How long an alert stays pending at least after a restart. Rules that wait for less wait anew.
    pub(crate) grace_ms: i64,
}

/// Sets since when the alerts of a rule are there to what its series say. The rule counts as restored afterwards, whatever came of it.
///
/// # Errors
/// When the store cannot be asked; then the alerts wait anew.
pub(crate) fn restore(rule: &mut Rule, sources: &Sources, tolerance: Tolerance, now_ms: i64) -> Result<(), String> {
    rule.is_restored = true;
    let RuleKind::Alerting(alerting) = &rule.spec.kind else { return Ok(()) };
    let for_ms = alerting.for_ms;
    if for_ms < tolerance.grace_ms || rule.alerts.by_labels.is_empty() {
        return Ok(());
    }
    let range = TimeRange { start_ms: now_ms.saturating_sub(tolerance.outage_ms), end_ms: now_ms };
    let last = last_states(&rule.spec.name, sources, range)?;
    for (labels, alert) in &mut rule.alerts.by_labels {
        let Some(&(time_ms, active_at_seconds)) = last.get(labels) else { continue };
        if is_stale(active_at_seconds) {
            continue;
        }
        // Whole seconds, as the series has them.
        let down_at_ms = time_ms.div_euclid(1000) * 1000;
        let active_at_ms = (active_at_seconds as i64).saturating_mul(1000);
        alert.active_at_ms = restored(down_at_ms, active_at_ms, for_ms, tolerance.grace_ms, now_ms);
    }
    Ok(())
}

/// Since when an alert counts as there, so that the time without evaluations does not count as waiting.
fn restored(down_at_ms: i64, active_at_ms: i64, for_ms: i64, grace_ms: i64, now_ms: i64) -> i64 {
    let remaining_ms = for_ms.saturating_sub(down_at_ms.saturating_sub(active_at_ms));
    if remaining_ms <= 0 {
        // It fired already, and does so again with the next evaluation.
        active_at_ms
    } else if remaining_ms < grace_ms {
        now_ms + grace_ms - for_ms
    } else {
        active_at_ms + (now_ms - down_at_ms)
    }
}

/// The last sample of each of an alert's series, by the alert's labels.
fn last_states(alert: &str, sources: &Sources, range: TimeRange) -> Result<BTreeMap<Labels, (i64, f64)>, String> {
    let matchers = [Matcher::metric_name(ALERTS_FOR_STATE), Matcher::equal(ALERT_NAME, alert)];
    let hints = SelectHints::range(range);
    let stream =
        sources.metrics.select(sources.tenant, &matchers, &hints, Reduce::Raw, &Limits::default(), &sources.cancel);
    let mut last = BTreeMap::new();
    for batch in stream.map_err(|error| error.to_string())? {
        let batch = batch.map_err(|error| error.to_string())?;
        let Some(&time_ms) = batch.times_ms.last() else { continue };
        for column in &batch.series {
            let value = match &column.values {
                Values::Floats(values) => values.last().copied(),
                Values::Mixed(values) => match values.last() {
                    Some(Value::Float(value)) => Some(*value),
                    _ => None,
                },
            };
            if let Some(value) = value {
                last.insert(column.series.labels.without_name(), (time_ms, value));
            }
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::restored;

    #[test]
    fn the_outage_does_not_count_as_waiting() {
        const MINUTE_MS: i64 = 60_000;
        // Down at, active since, for, now, expected; minutes. The grace period is ten.
        for (down_at, active_at, for_minutes, now, expected) in [
            // Fired before.
            (60, 20, 30, 70, 20),
            (60, 30, 30, 70, 30),
            // Five minutes were left: ten from now on.
            (60, 35, 30, 70, 50),
            // Twenty were left: twenty from now on.
            (60, 50, 30, 70, 60),
        ] {
            let minutes = restored(
                down_at * MINUTE_MS,
                active_at * MINUTE_MS,
                for_minutes * MINUTE_MS,
                10 * MINUTE_MS,
                now * MINUTE_MS,
            );
            assert_eq!(minutes, expected * MINUTE_MS, "down at {down_at}, active since {active_at}");
        }
    }
}
