//! Silences.

use alerting::silence::{MatcherDraft, SilenceDraft, SilenceState};
use alerting::{Silence, Syntax};
use serde_json::Value;

use super::data::{Case, items, labels, ms};
use super::{expect, matchers};

const NOW_MS: i64 = 1_000_000_000;

pub(super) fn matcher(value: &Value) -> MatcherDraft {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    MatcherDraft { name: text("name"), op: text("op"), value: text("value") }
}

fn draft(value: &Value) -> SilenceDraft {
    let sets = items(&value["matcher_sets"]).iter();
    let at = |key: &str| ms(&value[key]).map(|ms| NOW_MS + ms);
    SilenceDraft {
        matcher_sets: sets.map(|set| items(set).iter().map(matcher).collect()).collect(),
        starts_at_ms: at("starts_at"),
        ends_at_ms: at("ends_at"),
        ..SilenceDraft::default()
    }
}

/// A silence of which only the times matter; one without times ended long ago.
fn timed(value: &Value) -> Result<Silence, String> {
    let mut draft = draft(value);
    let any = MatcherDraft { name: "a".to_owned(), op: "=".to_owned(), value: "b".to_owned() };
    draft.matcher_sets = vec![vec![any]];
    draft.starts_at_ms.get_or_insert(0);
    draft.ends_at_ms.get_or_insert(0);
    // A change may turn the times around, which is another table's business.
    let (starts_at_ms, ends_at_ms) = (draft.starts_at_ms, draft.ends_at_ms);
    draft.ends_at_ms = starts_at_ms;
    let mut silence = draft.check(Syntax::Classic)?;
    silence.ends_at_ms = ends_at_ms.unwrap_or_default();
    Ok(silence)
}

pub(super) fn can_update(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let (old, new) = (timed(&case.value["old"])?, timed(&case.value["new"])?);
        let (got, expected) = (old.can_become(&new, NOW_MS), case.value["can_update"].as_bool().unwrap_or_default());
        // Upstream's test fails only on a change that must not be.
        if got && !expected { Err("is changed in place".to_owned()) } else { Ok(()) }
    };
    Some(run())
}

pub(super) fn validate(case: &Case<'_>) -> Option<Result<(), String>> {
    let outcome = draft(&case.value["silence"]).check(Syntax::Classic);
    Some(judge(case.value, outcome.err()))
}

pub(super) fn validate_matcher(case: &Case<'_>) -> Option<Result<(), String>> {
    let outcome = matcher(case.value).check(matchers::syntax(case.text("mode")));
    Some(judge(case.value, outcome.err()))
}

fn judge(case: &Value, error: Option<String>) -> Result<(), String> {
    match (error, case["error_contains"].as_str()) {
        (None, None) => Ok(()),
        (Some(error), Some(part)) if error.contains(part) => Ok(()),
        (error, expected) => Err(format!("got the error {error:?}, expected one with {expected:?}")),
    }
}

pub(super) fn matches(case: &Case<'_>) -> Option<Result<(), String>> {
    let mut draft = draft(&case.value["silence"]);
    draft.starts_at_ms = Some(NOW_MS);
    draft.ends_at_ms = Some(NOW_MS + 1000);
    let labels = labels(&case.file["matches"]["labels"]);
    let got = draft.check(Syntax::Utf8).map(|silence| silence.matches(&labels));
    Some(expect("matches", &got, &Ok(case.value["matches"].as_bool().unwrap_or_default())))
}

pub(super) fn expire(case: &Case<'_>) -> Option<Result<(), String>> {
    let run = || {
        let silence = timed(case.value)?;
        let state = match silence.state_at(NOW_MS) {
            SilenceState::Active => "active",
            SilenceState::Pending => "pending",
            SilenceState::Expired => "expired",
        };
        expect("state", &state, &case.text("state"))?;
        let (ended, after) = (silence.ended_at(NOW_MS), &case.value["after"]);
        for (key, got_ms) in
            [("starts_at", ended.starts_at_ms), ("ends_at", ended.ends_at_ms), ("updated_at", ended.updated_at_ms)]
        {
            if let Some(expected_ms) = ms(&after[key]) {
                expect(key, &got_ms, &(NOW_MS + expected_ms))?;
            }
        }
        expect("state after", &ended.state_at(NOW_MS), &SilenceState::Expired)
    };
    Some(run())
}
